"""Every text of the page. One place, so that a second language is one file more."""

TITLE = "Image Studio"
GENERATE, EDIT = "Generate", "Edit"
GENERATE_RUN, EDIT_RUN = "Generate", "Edit"
STOP = "Stop"
LOOK_AGAIN = "Look again (free)"
RUN_AGAIN = "Run again"
RUN_AGAIN_TWICE = "Run again (may cost twice)"
REPEATS = "repeats run {job_id}"

PROMPT = "Prompt"
PROMPT_HINT = {"generate": "What should the picture show?", "edit": "What should change?"}
MODEL = "Model"
IMAGE = "Picture to edit"
IMAGE_URL = "Or its address"
IMAGE_URL_HINT = "https://"
TWO_PICTURES = "Give a file or an address, not both: remove one of the two."

LABELS = {
    "width": "Width",
    "height": "Height",
    "aspect_ratio": "Aspect ratio",
    "num_images": "Images",
    "image_size": "Resolution",
    "seed": "Seed",
    "vector": "Vector (SVG)",
}
AUTO = "Auto"
LEFT_OUT = {"num_images": "1", "seed": "random"}
"""What an empty number means, where it does not depend on the model."""
EMPTY_NUMBER = "auto"

NOT_TAKEN = "Not with {model}"
RANGE = "{minimum}–{maximum}"
RANGE_STEP = "{minimum}–{maximum}, ×{step}"
SEED_RANGE = "0 to 4294967295"
SHAPE = "Or set width and height"
SHAPE_ONLY = "Width to height"
VECTOR = "At its own price"

LISTED = "listed {price}"
PRICE_UNKNOWN = "price unknown"
CANNOT_RUN_LABEL = "needs {variable}"
CANNOT_RUN = "Set {variable} and start again to run it."
DEMO_FREE = "free in the demo"
RUN_FREE = "free demo"
BY_SIZE = "from its size"
"""The price of an edit before the picture is known."""

LOG_IN, LOG_OUT = "Sign in with Hugging Face", "Sign out ({})"

DEMO_TITLE = "Demo"
DEMO = "The built-in sandbox draws every picture; nothing is charged."
GO_LIVE = "To go live, set a key and start again:"
GO_LIVE_FORCED = "To go live, unset IMAGESTUDIO_SANDBOX and set a key:"

EMPTY_TITLE = {"generate": "Your picture appears here", "edit": "The edited picture appears here"}
EMPTY_HINT = {
    "generate": "Write a prompt and press Generate.",
    "edit": "Choose a picture, say what should change, and press Edit.",
}
EMPTY_KEYS = "Ctrl + Enter does the same."

STAGES = {
    "queued": "Queued",
    "sending": "Sending to {provider}",
    "waiting": "Waiting for {provider}",
    "generating": "Generating",
    "saving": "Saving",
}
WAITING = "Waiting: {reason}"
AHEAD = "{count} ahead"
SECONDS = "{seconds} s"
PERCENT = "{percent} %"
DONE = "Done in {seconds}"
STOPPED = "Stopped."

CHARGED = {
    "no": "You were not charged.",
    "yes": "This was charged.",
    "unknown": "Whether it was charged is not known.",
}
CHARGED_DEMO = "This is the demo: nothing was charged."
COST_DEMO = "demo, nothing charged"
COST_NONE = "not charged"
COST_UNKNOWN = "cost unknown"
COST_ABOUT = "about {usd}"
COST_AT_MOST = "at most {usd}"
SPENT = {"day": "Today {spent} of {limit}", "month": "This month {spent} of {limit}"}
SPENT_DEMO = "play money"

DOWNLOAD = "Download"
NOT_SHOWN = "This drawing is more than the page shows. It is whole in the download."
ASKED_SENT_GOT = "Asked, sent, got"
ASKED, SENT, GOT = "Asked", "Sent", "Got"
REFUSED_CODE = "Code"
