"""Edits of a picture, chosen by the words of an instruction."""
