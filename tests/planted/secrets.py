"""Keys that can be found again: whole or in part, each is made of one mark and says whose it is."""

import base64

MARK = "zQ7pLnT4"
"""In every piece of every secret, and nowhere else in the world."""
PROVIDERS = ("google", "bfl", "fal", "huggingface")
HEADERS = {
    "google": "X-Gemini-Key",
    "bfl": "X-BFL-Key",
    "fal": "X-Fal-Key",
    "huggingface": "X-HF-Token",
}


def marked(whose: str, what: str) -> str:
    """A key of somebody's. Its punctuation is what encodings change; of any half of it the mark is in it."""
    sign = ":" if what == "fal" else "/"
    prefix = "hf_" if what == "huggingface" else ""
    return f"{prefix}{MARK}+{whose}-{what}{sign}{MARK}-{whose}.{what}={MARK}"


HOST = {provider: marked("host", provider) for provider in PROVIDERS[:3]}
PAGE = {provider: marked("page", provider) for provider in PROVIDERS}
PROGRAM = {provider: marked("program", provider) for provider in PROVIDERS}
API_KEY, METRICS_TOKEN, SECRET_KEY = marked("studio", "api"), marked("studio", "metrics"), MARK * 5
WEBHOOK_SECRET = f"whsec_{base64.b64encode(f'{MARK}-webhook-{MARK}'.encode()).decode()}"
WRONG_API_KEY, REFUSED = marked("stranger", "api"), marked("page-invalid", "bfl")
"""A key that the studio does not know, and one that its provider refuses."""

SETTINGS = {
    "GEMINI_API_KEY": HOST["google"],
    "BFL_API_KEY": HOST["bfl"],
    "FAL_KEY": HOST["fal"],
    "IMAGESTUDIO_API_KEYS": API_KEY,
    "IMAGESTUDIO_METRICS_TOKEN": METRICS_TOKEN,
    "IMAGESTUDIO_SECRET_KEY": SECRET_KEY,
    "IMAGESTUDIO_WEBHOOK_SECRET": WEBHOOK_SECRET,
}
BROUGHT = {HEADERS[provider]: key for provider, key in PROGRAM.items()}
"""The headers of a program with keys of its own."""
SECRETS = (
    *HOST.values(),
    *PAGE.values(),
    *PROGRAM.values(),
    API_KEY,
    METRICS_TOKEN,
    SECRET_KEY,
    WEBHOOK_SECRET,
    WRONG_API_KEY,
    REFUSED,
)
