"""Gradio's own page, 30 components, served as the studio's is; `python -m tests.benchmarks.plain PORT`."""

import sys

import gradio as gr
import uvicorn
from fastapi import FastAPI

COMPONENTS = 30
KINDS = (gr.Textbox, gr.Number, gr.Dropdown, gr.Checkbox, gr.Slider, gr.HTML)


def page() -> gr.Blocks:
    """As many of the usual kinds, and a button that does something."""
    with gr.Blocks(title="Plain", analytics_enabled=False) as demo:
        made = [KINDS[number % len(KINDS)](label=f"Component {number}") for number in range(COMPONENTS - 1)]
        gr.Button("Run", elem_id="run").click(lambda text: text, made[0], made[6])
    return demo


def app() -> FastAPI:
    """It, mounted at /."""
    bare = FastAPI()

    @bare.get("/api/health")
    def health() -> str:
        return "ok"

    return gr.mount_gradio_app(bare, page(), path="/", ssr_mode=False)


if __name__ == "__main__":
    uvicorn.run(app, factory=True, port=int(sys.argv[1]), log_level="error")
