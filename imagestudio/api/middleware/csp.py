"""What a browser may do with an answer: the Content-Security-Policy, and the other headers of that kind."""

from urllib.parse import urlsplit

from imagestudio.core.settings import Settings

HUGGING_FACE = ("https://huggingface.co", "https://*.hf.space")
"""Where Spaces are shown in a frame."""

SOURCES = {
    "default-src": "'self'",
    # Gradio writes styles into elements, and draws uploads from blob: and data: addresses.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "connect-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "frame-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}

FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES)


class Policy:
    """The headers of a studio with these settings."""

    def __init__(self, settings: Settings) -> None:
        frames = HUGGING_FACE if settings.space_id else ()
        self._rest = "; ".join(f"{name} {sources}" for name, sources in SOURCES.items())
        self._frames = " ".join(("frame-ancestors 'self'", *frames))

    def content_security(self, nonce: str | None = None) -> str:
        """The policy of a page whose own scripts carry this nonce, or of anything else."""
        scripts = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
        # Gradio compiles the page's `js=` handlers and the templates of gr.HTML at run time, both from its
        # own configuration. Without this the page stays empty.
        return f"{self._rest}; script-src {scripts} 'unsafe-eval'; {self._frames}"


def keeps_apart(scheme: str, host: str) -> bool:
    """Whether a browser takes Cross-Origin-Opener-Policy from here: elsewhere it would only complain."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:  # no host at all: it is refused further in
        return False
    return scheme == "https" or name in ("localhost", "127.0.0.1", "::1")
