"""Pictures where Gradio may serve them: copied into its cache, byte for byte.

The data folder itself is never opened to Gradio, which serves everything in an allowed folder to everyone.
"""

from pathlib import Path

from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder


def uploads() -> Path:
    """The folder that holds what people uploaded, and the copies made here."""
    return Path(get_upload_folder())


def share(path: Path) -> str:
    """A copy under a name that its content decides. Blocking."""
    shared: str = save_file_to_cache(path, str(uploads()))
    return shared
