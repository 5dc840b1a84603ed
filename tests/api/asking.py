"""Requests made up from the reference: most as it asks for them, some nearly, some not at all."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

from tests.api.conftest import picture

METHODS = ("get", "head", "post", "put", "delete")
DATA_URI = f"data:image/png;base64,{base64.b64encode(picture()).decode()}"
# Nothing leaves the machine: no name that would have to be resolved, no address that is anybody's.
ADDRESSES = [
    "http://127.0.0.1:9/x.png",
    "http://[::1]/x",
    "ftp://10.0.0.1/x",
    "//10.0.0.1/x",
    "file:///etc/passwd",
]
PICTURES = [DATA_URI, "data:,x", "data:image/png;base64,%%%", *ADDRESSES]
ODD: Sequence[Any] = (
    None, True, False, 0, -1, 1, 2.5, 1e308, 10**40, "", " ", "x", "0", "1:1", "\x00", "\ud800", "\u202e",
    "a" * 3000, "' OR 1=1 --", "../../etc/passwd", "{{7*7}}", "%s%n", "\r\nX: y", [], {}, [[[]]],
    {"a": {"b": []}},
)  # fmt: skip
BROKEN = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"prompt": NaN}',
    b'{"a":1,"a":2}',
    b"\xff\xfe",
    b'{"a":' * 200,
    b"\x00" * 50,
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and the statuses that the reference has for it."""

    method: str
    path: str
    statuses: frozenset[int]
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asker:
    """Makes them up. `known` are ids that there are, by the name of their parameter."""

    document: Mapping[str, Any]
    random: Random
    known: Mapping[str, Sequence[str]]

    def asks(self, count: int) -> Iterator[Ask]:
        """As many for each operation as for any other."""
        operations = [
            (method, path, item, item[method])
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        ]
        for number in range(count):
            method, path, item, operation = operations[number % len(operations)]
            yield self._ask(
                method, path, [*item.get("parameters", []), *operation.get("parameters", [])], operation
            )

    def _ask(self, method: str, path: str, parameters: list[Any], operation: Mapping[str, Any]) -> Ask:
        query: list[str] = []
        headers: dict[str, str] = {}
        for parameter in parameters:
            name, where = parameter["name"], parameter["in"]
            if where == "path":
                path = path.replace(f"{{{name}}}", quote(self._id(name), safe=""))
            elif self._sometimes(0.6):
                text = _text(self._value(parameter["schema"], name))
                if where == "query":
                    query.append(f"{name}={quote(text.encode('utf-8', 'surrogatepass'))}")
                else:
                    headers[name] = (
                        text.encode("ascii", "ignore").decode().replace("\r", "").replace("\n", "")[:900]
                    )
        content, kind = self._body(operation.get("requestBody", {}).get("content", {}))
        if kind:
            headers["Content-Type"] = kind
        address = f"{path}?{'&'.join(query)}" if query else path
        statuses = frozenset(int(status) for status in operation["responses"])
        return Ask(method.upper(), address, statuses, content, headers)

    def _sometimes(self, share: float) -> bool:
        return self.random.random() < share

    def _id(self, name: str) -> str:
        if self._sometimes(0.6):
            return self.random.choice(self.known[name])
        return self.random.choice(["0" * 32, "x", "G" * 32, "a" * 300, "ü", "%", "1 OR 1", "None"])

    def _body(self, kinds: Mapping[str, Any]) -> tuple[bytes, str]:
        if not kinds:
            return (self.random.choice(BROKEN), "application/json") if self._sometimes(0.1) else (b"", "")
        kind = self.random.choice(sorted(kinds))
        if self._sometimes(0.1):
            wrong = [
                "application/json",
                kind,
                "",
                "text/plain",
                "multipart/form-data; boundary=b",
                "a/b; charset=x",
            ]
            return self.random.choice(BROKEN), self.random.choice(wrong)
        value = self._value(kinds[kind]["schema"], "")
        if kind == "application/json":
            return json.dumps(value).encode(), kind
        return self._form(value if isinstance(value, dict) else {}), "multipart/form-data; boundary=b"

    def _form(self, fields: Mapping[str, Any]) -> bytes:
        parts = b""
        for name, value in fields.items():
            data = value if isinstance(value, bytes) else _text(value).encode("utf-8", "surrogatepass")
            file = b'; filename="x.png"' if isinstance(value, bytes) else b""
            head = b'--b\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + file
            parts += head + b"\r\n\r\n" + data + b"\r\n"
        return parts + (b"--b--\r\n" if self._sometimes(0.95) else b"--")

    def _value(self, schema: Mapping[str, Any], name: str) -> Any:
        """A value of a schema, or, one time in eight, something odd."""
        if name in ("image_url", "webhook_url"):
            return self.random.choice([*(PICTURES if name == "image_url" else ADDRESSES), *self.known[name]])
        if self._sometimes(0.12):
            return self.random.choice(ODD)
        if "$ref" in schema:
            return self._value(
                self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name
            )
        if "properties" in schema:
            return self._object(schema)
        for choices in ("oneOf", "anyOf"):
            if choices in schema:
                return self._value(self.random.choice(schema[choices]), name)
        return self._plain(schema)

    def _object(self, schema: Mapping[str, Any]) -> Any:
        required = schema.get("required", ())
        names = [name for name in schema["properties"] if self._sometimes(0.95 if name in required else 0.25)]
        made = {name: self._value(schema["properties"][name], name) for name in names}
        if self._sometimes(0.03):
            made[str(self.random.choice(ODD))[:40]] = self.random.choice(ODD)
        return made

    def _plain(self, schema: Mapping[str, Any]) -> Any:
        if "const" in schema or "enum" in schema:
            return self.random.choice(schema.get("enum") or [schema["const"]])
        if schema.get("format") == "binary":
            return self.random.choice([picture(), picture(kind="jpeg"), b"", b"GIF89a", b"<svg/>"])
        kind = schema.get("type")
        if kind == "integer":
            low, high = schema.get("minimum", 0), schema.get("maximum", 5000)
            step = schema.get("multipleOf", 1)
            return self.random.choice([low, high, self.random.randint(low, high) // step * step])
        if kind == "boolean":
            return self._sometimes(0.5)
        return self.random.choice(["a fox", "2026-11-01", "bytes=0-9", "respond-async", "day", "ä" * 20, "1"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=repr)
