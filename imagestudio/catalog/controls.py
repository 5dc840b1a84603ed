"""The controls that several models share."""

from imagestudio.catalog.spec import Control, ControlName

RATIOS = ("1:1", "3:4", "4:3", "9:16", "16:9")

ASPECT_RATIO = Control("aspect_ratio", "Shape of the picture, width to height.", "choice", choices=RATIOS)
NUM_IMAGES = Control("num_images", "How many pictures.", "integer", minimum=1, maximum=4, default=1)
IMAGE_SIZE = Control("image_size", "Resolution class of the picture.", "choice", choices=("1K", "2K"))
SEED = Control(
    "seed", "Same seed and settings, similar picture.", "integer", minimum=0, maximum=4_294_967_295
)


def sides(maximum: int, step: int = 1) -> tuple[Control, Control]:
    """Width and height in pixels, 256 to `maximum`, in multiples of `step`."""
    return _side("width", maximum, step), _side("height", maximum, step)


def _side(name: ControlName, maximum: int, step: int) -> Control:
    return Control(
        name, f"{name.capitalize()} in pixels.", "integer", minimum=256, maximum=maximum, step=step
    )
