"""The sandbox's demo pictures: pleasant stand-ins for what a model would draw."""

from imagestudio.sandbox.pictures.edits.apply import edit
from imagestudio.sandbox.pictures.picture import draw, encode
from imagestudio.sandbox.pictures.svg import draw_svg

__all__ = ["draw", "draw_svg", "edit", "encode"]
