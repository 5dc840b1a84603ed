"""The reference as HTML, written from the OpenAPI document. No script, no style from elsewhere."""

import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Any

Node = dict[str, Any]
QUOTED = re.compile(r"`([^`]+)`")


def page(document: Node) -> str:
    """The whole page."""
    info = document["info"]
    style = files("imagestudio.api.openapi").joinpath("reference.css").read_text()
    operations = document["paths"] | document["webhooks"]
    body = "".join((*_operations(operations), *_components(document["components"]["schemas"])))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}: API</title><style>{style}</style></head><body><main>"
        f"<h1>{escape(info['title'])}: API</h1><p>{escape(info['description'])} "
        f"Version {escape(info['version'])}. For programs: "
        f'<a href="openapi.json">openapi.json</a>.</p>{_keys(document)}{_contents(operations)}'
        f"{body}</main></body></html>"
    )


def _keys(document: Node) -> str:
    needed = {} not in document["security"]
    how = "<code>Authorization: Bearer KEY</code> or <code>X-API-Key: KEY</code>"
    return f"<p>Calls under /api/v1 need a key: {how}.</p>" if needed else "<p>No key is needed.</p>"


def _each(paths: Node) -> Iterator[tuple[str, str, Node, Node]]:
    for path, item in paths.items():
        for method, operation in item.items():
            if method != "parameters":
                yield method.upper(), path, operation, item


def _contents(paths: Node) -> str:
    lines = [
        f'<li><a href="#{escape(operation["operationId"])}"><b>{method}</b> {escape(path)}</a> '
        f"{escape(operation['summary'])}</li>"
        for method, path, operation, _ in _each(paths)
    ]
    return f"<nav><ul>{''.join(lines)}</ul></nav>"


def _operations(paths: Node) -> Iterator[str]:
    for method, path, operation, item in _each(paths):
        yield f'<section id="{escape(operation["operationId"])}"><h2><b>{method}</b> {escape(path)}</h2>'
        yield f"<p>{escape(operation['summary'])}. {escape(operation.get('description', ''))}</p>"
        yield _parameters([*item.get("parameters", []), *operation.get("parameters", [])])
        yield from _body(operation.get("requestBody"))
        yield from _responses(operation["responses"])
        yield "</section>"


def _parameters(parameters: list[Node]) -> str:
    rows = [
        (_code(entry["name"]), escape(entry["in"]), _code(entry["schema"]), _text(entry))
        for entry in parameters
    ]
    return _table(("parameter", "in", "value", ""), rows)


def _body(body: Node | None) -> Iterator[str]:
    for kind, content in (body or {"content": {}})["content"].items():
        yield f"<h3>Body: {escape(kind)}</h3>"
        if "example" in content:
            yield _example(content["example"])
        yield _schema(content["schema"])


def _responses(responses: Node) -> Iterator[str]:
    yield "<h3>Answers</h3>"
    for status, response in responses.items():
        headers = ", ".join(response.get("headers", {}))
        said = f" Headers: {escape(headers)}." if headers else ""
        yield f"<details><summary><b>{escape(status)}</b> {_text(response)}{said}</summary>"
        for content in response.get("content", {}).values():
            yield _schema(content["schema"])
            yield from (_example(example["value"]) for example in content.get("examples", {}).values())
        yield "</details>"


def _components(schemas: Node) -> Iterator[str]:
    yield "<h2>Shapes</h2>"
    for name, schema in schemas.items():
        yield f'<section id="shape-{escape(name)}"><h3>{escape(name)}</h3>'
        yield f"<p>{_text(schema)}</p>" if "description" in schema else ""
        yield f"{_schema(schema)}</section>"


def _schema(schema: Node) -> str:
    """An object as a table of its fields, a choice as links, anything else as it is."""
    if "properties" not in schema:
        return f"<p>{_type(schema)}</p>"
    required = schema.get("required", [])
    rows = [
        (_code(name), "required" if name in required else "", _type(field), _text(field))
        for name, field in schema["properties"].items()
    ]
    return _table(("field", "", "value", ""), rows)


def _type(schema: Node) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f'<a href="#shape-{escape(name)}">{escape(name)}</a>'
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(_type(choice) for choice in choices)
    if schema.get("type") == "array" and "items" in schema:
        return f"list of {_type(schema['items'])}"
    if "properties" in schema:
        return _schema(schema)
    return _code({key: value for key, value in schema.items() if key != "description"})


def _text(node: Node) -> str:
    """A description, what it quotes in backticks as code."""
    return QUOTED.sub(r"<code>\1</code>", escape(node.get("description", "")))


def _code(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"<code>{escape(text)}</code>"


def _example(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
