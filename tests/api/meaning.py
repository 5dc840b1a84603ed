"""Whether one OpenAPI document says at least what another says: by its meaning, not by how it is written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

METHODS = ("get", "head", "post", "put", "delete")


def gaps(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What the later document does not say any more, or says otherwise."""
    old, new = _Document(before), _Document(after)
    for path, item in before["paths"].items():
        yield from _item(path, old, item, new, after["paths"].get(path, {}))
    for name, item in before["webhooks"].items():
        yield from _item(name, old, item, new, after["webhooks"].get(name, {}))
    for name, schema in before["components"]["schemas"].items():
        if name not in after["components"]["schemas"]:
            yield f"component {name} is gone"
        else:
            yield from _schema(name, old, schema, new, after["components"]["schemas"][name])
    for key in ("openapi", "info", "servers", "security"):
        if before[key] != after[key]:
            yield f"{key} differs"
    if before["components"]["securitySchemes"] != after["components"]["securitySchemes"]:
        yield "securitySchemes differ"


class _Document:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]

    def choices(self, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A schema as a list of alternatives, each without references, unions and lists of types."""
        schema = dict(schema)
        if reference := schema.pop("$ref", None):
            return self.choices({**self._schemas[reference.rsplit("/", 1)[1]], **schema})
        options = schema.pop("oneOf", None) or schema.pop("anyOf", None)
        if options and all(set(option) == {"required"} for option in options):
            return self.choices(schema | {"requires": options})
        if options:
            return [
                choice if choice == {"type": "null"} else {**choice, **schema}
                for option in options
                for choice in self.choices(option)
            ]
        if "const" in schema:
            schema["enum"] = [schema.pop("const")]
        if None in schema.get("enum", ()):
            rest = [value for value in schema["enum"] if value is not None]
            return [*self.choices(schema | {"enum": rest}), {"type": "null"}]
        if isinstance(schema.get("type"), list):
            return [choice for kind in schema["type"] for choice in self.choices({**schema, "type": kind})]
        return [{"type": "null"}] if schema.get("type") == "null" else [schema]


def _item(
    path: str, old: _Document, before: Mapping[str, Any], new: _Document, after: Mapping[str, Any]
) -> Iterator[str]:
    for method in METHODS:
        if method not in before:
            continue
        here = f"{method.upper()} {path}"
        if method not in after:
            yield f"{here} is gone"
            continue
        shared = before.get("parameters", [])
        yield from _operation(here, old, before[method], shared, new, after[method])


def _operation(
    here: str,
    old: _Document,
    before: Mapping[str, Any],
    shared: Sequence[Mapping[str, Any]],
    new: _Document,
    after: Mapping[str, Any],
) -> Iterator[str]:
    for key in ("operationId", "summary", "security"):
        if key in before and before[key] != after.get(key):
            yield f"{here}: {key} differs"
    if "description" in before and _plain(before["description"]) != _plain(after.get("description", "")):
        yield f"{here}: description differs"
    parameters = {(one["in"], one["name"]): one for one in after.get("parameters", [])}
    for one in [*shared, *before.get("parameters", [])]:
        other = parameters.get((one["in"], one["name"]))
        if other is None:
            yield f"{here}: parameter {one['name']} is gone"
        else:
            if one["required"] != other["required"]:
                yield f"{here}: parameter {one['name']} is required otherwise"
            if "description" in one and one["description"] != other.get("description"):
                yield f"{here}: parameter {one['name']} is described otherwise"
            yield from _schema(f"{here} {one['name']}", old, one["schema"], new, other["schema"])
    if body := before.get("requestBody"):
        yield from _content(f"{here} body", old, body, new, after.get("requestBody", {}))
    for status, answer in before["responses"].items():
        if status not in after["responses"]:
            yield f"{here}: {status} is gone"
            continue
        yield from _content(f"{here} {status}", old, answer, new, after["responses"][status])
    if extra := set(after["responses"]) - set(before["responses"]):
        yield f"{here}: {sorted(extra)} never come"


def _content(
    here: str, old: _Document, before: Mapping[str, Any], new: _Document, after: Mapping[str, Any]
) -> Iterator[str]:
    if before.get("description") != after.get("description"):
        yield f"{here}: described otherwise"
    for name, header in before.get("headers", {}).items():
        if after.get("headers", {}).get(name) != header:
            yield f"{here}: header {name} differs"
    for kind, content in before.get("content", {}).items():
        other = after.get("content", {}).get(kind, {})
        if content.get("example") != other.get("example"):
            yield f"{here} {kind}: example differs"
        for code, example in content.get("examples", {}).items():
            if not _same_error(example, other.get("examples", {}).get(code)):
                yield f"{here} {kind}: example {code} differs"
        yield from _schema(f"{here} {kind}", old, content["schema"], new, other.get("schema", {}))


def _schema(
    here: str, old: _Document, before: Mapping[str, Any], new: _Document, after: Mapping[str, Any]
) -> Iterator[str]:
    """Each alternative of the earlier one must be one of the later one."""
    others = new.choices(after)
    for choice in old.choices(before):
        found = [list(_alternative(here, old, choice, new, other)) for other in others]
        if found and all(found):
            yield from min(found, key=len)
        elif not found:
            yield f"{here}: nothing is said"


def _alternative(
    here: str, old: _Document, before: Mapping[str, Any], new: _Document, after: Mapping[str, Any]
) -> Iterator[str]:
    for key, value in before.items():
        other = after.get(key)
        if key == "properties":
            for name, field in value.items():
                if name in (other or {}):
                    yield from _schema(f"{here}.{name}", old, field, new, other[name])  # type: ignore[index]
                else:
                    yield f"{here}.{name} is gone"
        elif key == "items":
            yield from _schema(f"{here}[]", old, value, new, other or {})
        elif key == "enum":
            # One more is no loss: a model that is new, say.
            if missing := [choice for choice in value if choice not in (other or ())]:
                yield f"{here}: {missing} can not be chosen any more"
        elif key == "required":
            if sorted(value) != sorted(other or ()):
                yield f"{here}: {key} differs"
        elif key == "description":
            if other is not None and value != other:
                yield f"{here}: {key} differs"
        elif key != "title" and value != other:
            yield f"{here}: {key} is {other!r}, not {value!r}"


def _same_error(before: Any, after: Any) -> bool:
    """The same code and details: an example's sentence may become another one that the studio says."""
    return after is not None and {**before["value"]["error"], "message": ""} == {
        **after["value"]["error"],
        "message": "",
    }


def _plain(text: str) -> str:
    return " ".join(text.split())
