"""The top bar and what is beside the forms' fields, in English."""

FORMS = {
    "keys": "Keys",
    "keys_title": "Your own keys",
    "keys_where": (
        "Keys stay in this server's memory for this session, and are forgotten after 12 hours without use. "
        "Your browser stores none of them."
    ),
    "keys_forced": "This studio is a demo for everybody: it takes no keys.",
    "key_of": "{provider} key",
    "key_page": "Get a key",
    "token": "Hugging Face token",
    "token_hint": "It pays for the models that Hugging Face routes.",
    "access": "Access key of this studio",
    "access_hint": "Whoever runs this studio gave it to you.",
    "held": "A key is held.",
    "not_held": "No key yet.",
    "key_typed": "Paste it here",
    "save": "Check and use",
    "checking": "Checking",
    "forget": "Forget",
    "forgotten": "Forgotten.",
    "works": "It works.",
    "refused": "Refused: the provider does not know this key. Copy it anew.",
    "unknown": "It could not be checked now, and is used all the same.",
    "entered": "Welcome, {name}.",
    "leave": "Leave",
    "close": "Close",
    "add_key": "Add your key",
    "get_key": "Get one:",
    "missing": "Add a key of {provider} to run it.",
    "missing_label": "needs a key",
    "today": "Today {usd}",
    "today_demo": "Demo, no charge",
    "dismiss": "Dismiss",
    "swap": "Swap width and height",
    "dice": "Draw a seed",
    "keep": "Keep last seed",
    "examples": "Or start with one of these",
    "example_fox": "A red fox in fresh snow, morning light",
    "example_lake": "A mountain lake at dusk, mist over the water",
    "example_poster": 'A poster for a lazy day, bold shapes, the words "Slow Sundays"',
    "example_winter": "A mountain lake in winter, wide and quiet",
    "runs": "Your last runs",
    "run_of": "Show again: {prompt}",
    "paste_by_key": "Here the browser keeps the clipboard to itself. Press Ctrl+V, or ⌘V, to paste.",
    "paste_none": "There is no picture in what was pasted. Copy the picture itself, or choose its file.",
    "drop_other": "That address works on its own page only. Save the picture there, and choose its file.",
    "before_after": "Before and after",
    "before": "Before",
    "after": "After",
    "edit_this": "Edit this",
    "source": "Picture to edit",
    "source_own": "From your library",
    "source_other": "Choose another",
    "tree": "Edits of this picture",
    "tree_given": "Your picture",
    "tree_from": "Edit from here: {prompt}",
    "tree_here": "shown now",
    "usual": "{seconds} s of about {usual} s",
    "details": "Details",
}
SHAPES = {"1:1": "Square", "3:4": "Portrait", "4:3": "Landscape", "9:16": "Tall", "16:9": "Wide"}
NOTICES = {
    "no_lasting_storage": (
        "This studio has no lasting storage: every picture is lost when it restarts. "
        "Download what you want to keep."
    ),
    "no_keys_for_guests": (
        "This studio's own provider keys do not serve guests: use your own, or try the demo."
    ),
    "found_by_cookie": (
        "Your pictures belong to this browser: they are found by its cookie, and can't be without it."
    ),
}
