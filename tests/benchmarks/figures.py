"""What was measured, against what was promised."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

MARK = "<!-- benchmarks -->"


@dataclass(frozen=True)
class Figure:
    """One line: a value that is to be at most, or at least, its bound."""

    what: str
    value: float
    bound: float
    unit: str
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def line(self) -> str:
        sign = "≥" if self.at_least else "≤"
        met = "yes" if self.is_met else "**no**"
        return f"| {self.what} | {self.value:.3g}{self.unit} | {sign} {self.bound:g}{self.unit} | {met} |"


def table(figures: Sequence[Figure]) -> str:
    """In Markdown."""
    return "\n".join(
        ["| | measured | bound | met |", "| --- | --- | --- | --- |", *(f.line for f in figures)]
    )


def write(path: Path, text: str) -> None:
    """Put a text between the marks of a document."""
    before, _, after = path.read_text().split(MARK)
    path.write_text(f"{before}{MARK}\n\n{text}\n\n{MARK}{after}")


def end(wrong: Sequence[str]) -> NoReturn:
    """Say what was not as promised, and end with status 1 where anything was."""
    sys.stdout.writelines(f"WRONG: {line}\n" for line in wrong)
    sys.exit(1 if wrong else 0)
