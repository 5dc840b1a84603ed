"""The package's source, parsed once: what each file imports, which texts stand in it, and what it calls."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imagestudio

PACKAGE = Path(imagestudio.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))


@dataclass(frozen=True, slots=True)
class Source:
    """One file."""

    imports: frozenset[str]
    """Every module, or thing of a module, by its dotted name."""
    constants: frozenset[str]
    calls: tuple[tuple[str, ast.Call], ...]
    """By the name of what is called."""


@cache
def source(path: Path) -> Source:
    imports: set[str] = set()
    constants: set[str] = set()
    calls: list[tuple[str, ast.Call]] = []
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                imports.update(alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names):
                imports.update(f"{module}.{alias.name}" for alias in names)
            case ast.Constant(value=str(text)):
                constants.add(text)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                calls.append((name, node))
    return Source(frozenset(imports), frozenset(constants), tuple(calls))
