"""The studio that strangers can reach."""

from tests.public import public

__all__ = ["public"]
