"""How the page looks: theme, style sheet, icon. look.css says what a theme can't."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes.utils import sizes

HERE = Path(__file__).parent
ICON = HERE / "logo.svg"
PARTS = tuple(
    HERE / "styles" / f"{name}.css"
    for name in (
        "bar",
        "forms",
        "keys",
        "beside",
        "library",
        "detail",
        "toast",
        "ask",
        "everybody",
        "compare",
        "compare-results",
    )
)
"""What look.css does not say: a file for each of the page's own parts."""

TEXT = sizes.Size("13px", "13px", "13px", "14px", "16px", "20px", "28px")
SPACE = sizes.Size("1px", "2px", "4px", "8px", "8px", "16px", "24px")
RADIUS = sizes.Size("2px", "4px", "6px", "8px", "8px", "10px", "10px")
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace")

PALETTE = {
    # what: (light, slightly warm; dark, slightly cool)
    "ground": ("#f4f2ee", "#15171a"),
    "panel": ("#fbfaf8", "#1c1f23"),
    "field": ("#ffffff", "#15171a"),
    "text": ("#1f1e1b", "#e8eaed"),
    "quiet": ("#5b5852", "#a7acb4"),
    "edge": ("#8d8981", "#6f757d"),
    "hairline": ("#e0dcd4", "#2d3136"),
    "accent": ("#1d6670", "#6fbfc8"),
    "accent_hover": ("#17545c", "#8bcdd5"),
    "on_accent": ("#ffffff", "#0c1a1c"),
    "chosen": ("#e1edee", "#1f3437"),
    "loss": ("#a32a22", "#ff9d92"),
}

MEANS = {
    "body_background_fill": "ground",
    "background_fill_primary": "panel",
    "background_fill_secondary": "ground",
    "body_text_color": "text",
    "body_text_color_subdued": "quiet",
    "block_background_fill": "panel",
    "block_border_color": "hairline",
    "block_info_text_color": "quiet",
    "block_label_background_fill": "panel",
    "block_label_text_color": "quiet",
    "block_title_text_color": "text",
    "border_color_primary": "hairline",
    "border_color_accent": "accent",
    "border_color_accent_subdued": "edge",
    "color_accent_soft": "chosen",
    "input_background_fill": "field",
    "input_background_fill_focus": "field",
    "input_border_color": "edge",
    "input_border_color_focus": "accent",
    "input_border_color_hover": "edge",
    "input_placeholder_color": "quiet",
    "link_text_color": "accent",
    "link_text_color_hover": "accent_hover",
    "link_text_color_visited": "accent",
    "link_text_color_active": "accent_hover",
    "loader_color": "accent",
    "error_text_color": "loss",
    "error_border_color": "loss",
    "error_icon_color": "loss",
    "error_background_fill": "panel",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent_hover",
    "button_primary_border_color": "accent",
    "button_primary_border_color_hover": "accent_hover",
    "button_primary_text_color": "on_accent",
    "button_primary_text_color_hover": "on_accent",
    "button_secondary_background_fill": "field",
    "button_secondary_background_fill_hover": "ground",
    "button_secondary_border_color": "edge",
    "button_secondary_border_color_hover": "edge",
    "button_secondary_text_color": "text",
    "button_secondary_text_color_hover": "text",
    "checkbox_background_color": "field",
    "checkbox_background_color_focus": "field",
    "checkbox_background_color_hover": "field",
    "checkbox_background_color_selected": "accent",
    "checkbox_border_color": "edge",
    "checkbox_border_color_focus": "accent",
    "checkbox_border_color_hover": "edge",
    "checkbox_border_color_selected": "accent",
    "checkbox_label_background_fill": "field",
    "checkbox_label_background_fill_hover": "ground",
    "checkbox_label_background_fill_selected": "chosen",
    "checkbox_label_border_color": "edge",
    "checkbox_label_border_color_hover": "edge",
    "checkbox_label_border_color_selected": "accent",
    "checkbox_label_text_color": "text",
    "checkbox_label_text_color_selected": "text",
    "panel_background_fill": "panel",
    "panel_border_color": "hairline",
}


def theme() -> gr.themes.Base:
    """Gradio's plain theme in our colours, sizes and system fonts."""
    ours = gr.themes.Base(text_size=TEXT, spacing_size=SPACE, radius_size=RADIUS, font=SANS, font_mono=MONO)
    dark = {f"{name}_dark": PALETTE[colour][1] for name, colour in MEANS.items()}
    return ours.set(
        **{name: PALETTE[colour][0] for name, colour in MEANS.items()},
        **dark,
        color_accent=PALETTE["accent"][0],
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_padding="0px",
        block_label_border_width="0px",
        block_title_text_weight="600",
        block_title_text_size="13px",
        block_info_text_size="13px",
        block_title_padding="0px",
        button_border_width="1px",
        button_large_radius="8px",
        button_large_text_size="16px",
        button_large_text_weight="600",
        button_transition="background-color 140ms ease-out",
        input_border_width="1px",
        input_radius="8px",
        input_shadow="none",
        input_shadow_focus="none",
        input_text_size="16px",
        layout_gap="16px",
        form_gap_width="0px",
    )


def look() -> dict[str, Any]:
    """Arguments of Gradio's mount that make the page look like itself."""
    variables = "".join(_variables(*mode) for mode in ((":root", 0), (".dark", 1)))
    return {
        "theme": theme(),
        "css": variables + "".join(part.read_text() for part in (HERE / "look.css", *PARTS)),
        "favicon_path": str(ICON),
        "footer_links": ["api"],
    }


def _variables(selector: str, mode: int) -> str:
    pairs = "".join(f"--studio-{name.replace('_', '-')}: {value[mode]};" for name, value in PALETTE.items())
    return f"{selector} {{{pairs}}}\n"
