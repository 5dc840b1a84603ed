"""Looks for the secrets in bytes, whatever they were written as."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.planted.readable import readable
from tests.planted.secrets import MARK

AROUND = 60


def _in_base64(data: bytes) -> Iterator[bytes]:
    """The letters that are there at each of the three alignments, whatever stands around the data."""
    for before in range(3):
        letters = base64.b64encode(b"\0" * before + data).rstrip(b"=")
        last = -1 if (before + len(data)) % 3 else None
        yield letters[(0, 2, 3)[before] : last]


def forms(text: str) -> set[bytes]:
    """What a text of letters and digits looks like: as it is, as numbers, in base64, escaped, two bytes wide.
    In an address, JSON or HTML its letters stay as they are."""
    data = text.encode()
    standard = set(_in_base64(data))
    return {
        data,
        data.hex().encode(),
        data.hex().upper().encode(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
        "".join(f"%{ord(letter):02X}" for letter in text).encode(),
        "".join(f"%{ord(letter):02x}" for letter in text).encode(),
        *standard,
        *(letters.replace(b"+", b"-").replace(b"/", b"_") for letters in standard),
    }


# The webhook secret is base64 already: its mark has other letters.
NEEDLES = forms(MARK).union(*(forms(letters.decode()) for letters in _in_base64(MARK.encode())))


@dataclass
class Search:
    """Everything that was looked through, and what was found in it."""

    needles: tuple[bytes, ...] = tuple(sorted(NEEDLES))
    finds: list[str] = field(default_factory=list)
    places: int = 0
    bytes: int = 0

    def look(self, where: str, data: bytes) -> None:
        """In the data, and in whatever is packed in it."""
        for place, plain in readable(where, data):
            self.places += 1
            self.bytes += len(plain)
            for needle in self.needles:
                if (at := plain.find(needle)) >= 0:
                    around = plain[max(0, at - AROUND) : at + len(needle) + AROUND]
                    self.finds.append(f"{place}: {around!r}")

    def look_at_files(self, folder: Path) -> None:
        """In every file below, and in their names."""
        for path in sorted(folder.rglob("*")):
            self.look(f"the name of {path}", str(path.relative_to(folder)).encode())
            if path.is_file() and not path.is_symlink():
                self.look(str(path), path.read_bytes())

    def nothing(self) -> None:
        """There was something to look through, and no secret in it."""
        assert self.places, "nothing was looked through"
        told = "\n".join(self.finds[:20])
        assert not self.finds, f"{len(self.finds)} finds:\n{told}"
