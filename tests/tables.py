"""Rows: one test for many cases that differ in a value, where a test each would cost more than the case."""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

Test = Callable[..., Any]


def rows(names: str | tuple[str, ...], values: Iterable[Any]) -> Callable[[Test], Test]:
    """Like `pytest.mark.parametrize`, within one test: every row is tried, and each that fails is named.

    The test's fixtures are made once, for all rows.
    """
    fields = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    table = [dict(zip(fields, _cells(row, len(fields)), strict=True)) for row in values]
    assert table, "a table without a row tests nothing"

    def decorate(test: Test) -> Test:
        if inspect.iscoroutinefunction(test):

            @functools.wraps(test)
            async def tried(**fixtures: Any) -> None:
                for trial in _trials(table):
                    with trial as row:
                        await test(**fixtures, **row)
        else:

            @functools.wraps(test)
            def tried(**fixtures: Any) -> None:
                for trial in _trials(table):
                    with trial as row:
                        test(**fixtures, **row)

        signature = inspect.signature(test)
        left = [parameter for name, parameter in signature.parameters.items() if name not in fields]
        assert len(left) + len(fields) == len(signature.parameters), f"{fields} are not all taken"
        tried.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return tried

    return decorate


def _cells(row: Any, count: int) -> Any:
    if isinstance(row, type(pytest.param())):
        return row.values
    return row if count > 1 else (row,)


def _trials(table: list[dict[str, Any]]) -> Iterator[Any]:
    failures: list[BaseException] = []

    @contextmanager
    def trial(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        try:
            yield row
        except (Exception, pytest.fail.Exception) as error:
            error.add_note("In the row " + ", ".join(f"{name}={value!r:.200}" for name, value in row.items()))
            if "pytest-timeout" in str(error):
                raise
            failures.append(error)

    for row in table:
        yield trial(row)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise BaseExceptionGroup(f"{len(failures)} of {len(table)} rows failed", failures)
