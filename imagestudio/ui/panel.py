"""The parts that both tabs have: run and stop, status, the picture and the lines under it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from imagestudio.generation import Task
from imagestudio.jobs import Offer
from imagestudio.ui import results, texts
from imagestudio.ui.runs import Runs, Shown

SECRET = "imagestudio"
"""BrowserState wants one, the same after a restart. It keeps nothing secret: an id in one's own browser."""


@dataclass(frozen=True, slots=True)
class Foot:
    """The end of the form."""

    status: gr.HTML
    run: gr.Button
    stop: gr.Button
    look_again: gr.Button
    run_again: gr.Button
    spent: gr.HTML


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the pictures are."""

    results: gr.HTML
    line: gr.HTML
    details: gr.HTML


def build_foot(task: Task, label: str) -> Foot:
    """Status, ways on and buttons, which stay in sight. It grows upwards: the run button keeps its place."""
    with gr.Column(elem_classes=["foot"]):
        status = gr.HTML("", elem_id=f"{task}-status", elem_classes=["status"])
        with gr.Row(elem_classes=["offers"]):
            look_again = gr.Button(
                texts.LOOK_AGAIN, elem_id=f"{task}-look_again", visible=False, min_width=0, size="sm"
            )
            run_again = gr.Button(
                texts.RUN_AGAIN, elem_id=f"{task}-run_again", visible=False, min_width=0, size="sm"
            )
        with gr.Row(elem_classes=["buttons"]):
            run = gr.Button(label, variant="primary", elem_id=f"{task}-run", scale=3, min_width=0)
            stop = gr.Button(
                texts.STOP, elem_id=f"{task}-stop", elem_classes=["stop"], visible=False, scale=1, min_width=0
            )
        spent = gr.HTML("", elem_id=f"{task}-spent", elem_classes=["spent"])
    return Foot(status, run, stop, look_again, run_again, spent)


def build_stage(task: Task) -> Stage:
    """The mat and the lines under it."""
    with gr.Column(elem_classes=["stage"]):
        return Stage(
            gr.HTML(results.empty(task), elem_id=f"{task}-results", elem_classes=["results"]),
            gr.HTML("", elem_id=f"{task}-line", elem_classes=["line"]),
            gr.HTML("", elem_id=f"{task}-details", elem_classes=["details"]),
        )


class Panel:
    """Foot and stage of a tab, and the job that they show."""

    def __init__(self, task: Task, foot: Foot, stage: Stage) -> None:
        self.task = task
        self.foot = foot
        self.job_id = gr.BrowserState("", storage_key=f"imagestudio-{task}", secret=SECRET)
        self.outputs = [
            self.job_id, foot.run, foot.stop, foot.look_again, foot.run_again,
            foot.status, foot.spent, stage.results, stage.line, stage.details,
        ]  # fmt: skip

    def row(self, shown: Shown) -> list[Any]:
        """What is shown, in the order of `outputs`."""
        parts = (shown.status, shown.spent, shown.results, shown.line, shown.details)
        return [
            gr.skip() if shown.job_id is None else shown.job_id,
            gr.update(interactive=not shown.running),
            gr.update(visible=shown.running),
            _offered(shown, "look_again"),
            _offered(shown, "run_again"),
            *(gr.skip() if part is None else part for part in parts),
        ]

    def listen(self, demo: gr.Blocks, runs: Runs) -> None:
        """Wire the buttons of a run, and take the run up again after a reload."""
        for event, handler in (
            (self.foot.stop.click, partial(stop, runs, self)),
            (self.foot.look_again.click, partial(again, runs.look_again, self)),
            (self.foot.run_again.click, partial(again, runs.run_again, self)),
            (demo.load, partial(resume, runs, self)),
        ):
            event(handler, self.job_id, self.outputs, concurrency_limit=None, **PRIVATE)


PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def _offered(shown: Shown, offer: Offer) -> Any:
    if shown.offers is None:
        return gr.skip()
    if label := shown.offers.get(offer):
        return gr.update(visible=True, value=label)
    return gr.update(visible=False)


def share_spent(one: Foot, other: Foot) -> None:
    """Keep what is spent the same in both tabs, in the browser."""
    for this, that in ((one, other), (other, one)):
        this.spent.change(fn=None, inputs=this.spent, outputs=that.spent, js="(html) => html", **PRIVATE)


async def again(
    way: Callable[[str], AsyncIterator[Shown]], panel: Panel, job_id: Any
) -> AsyncIterator[list[Any]]:
    """Look again, or run again, what the page shows."""
    async for shown in way(job_id if isinstance(job_id, str) else ""):
        yield panel.row(shown)


async def stop(runs: Runs, panel: Panel, job_id: Any) -> list[Any]:
    """Stop the job that the page shows."""
    return panel.row(await runs.stop(job_id if isinstance(job_id, str) else ""))


async def resume(runs: Runs, panel: Panel, job_id: Any) -> AsyncIterator[list[Any]]:
    """Show again what ran, or ran last, before the page was loaded."""
    if not isinstance(job_id, str) or not job_id:
        yield panel.row(await runs.idle())
        return
    async for shown in runs.watch(job_id):
        yield panel.row(shown)
