"""The parts that both tabs have: run and stop, status, the picture and the lines under it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from imagestudio.core.job import Offer
from imagestudio.core.request import Task
from imagestudio.ui import result_html as results
from imagestudio.ui.locale.i18n import Translator
from imagestudio.ui.run_view import Runs, RunView

RunsOf = Callable[[gr.Request], Runs]
Run = Callable[[Runs, Mapping[str, Any]], Awaitable[RunView]]


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
    beside: gr.HTML
    """The place of the last runs, and of an edit's tree: `static/strip.js`, `static/edit-extras.js`."""


def build_foot(task: Task, t: Translator) -> Foot:
    """Status, ways on and buttons, which stay in sight. It grows upwards: the run button keeps its place."""
    with gr.Column(elem_classes=["foot"]):
        status = gr.HTML("", elem_id=f"{task}-status", elem_classes=["status"])
        with gr.Row(elem_classes=["offers"]):
            look_again = gr.Button(
                t(lambda texts: texts.look_again),
                elem_id=f"{task}-look_again",
                visible=False,
                min_width=0,
                size="sm",
            )
            run_again = gr.Button(
                t(lambda texts: texts.run_again),
                elem_id=f"{task}-run_again",
                visible=False,
                min_width=0,
                size="sm",
            )
        with gr.Row(elem_classes=["buttons"]):
            run = gr.Button(
                t(lambda texts: texts.run[task]),
                variant="primary",
                elem_id=f"{task}-run",
                elem_classes=["notranslate"],  # of what was translated a new price would not be seen
                scale=3,
                min_width=0,
            )
            stop = gr.Button(
                t(lambda texts: texts.stop),
                elem_id=f"{task}-stop",
                elem_classes=["stop"],
                visible=False,
                scale=1,
                min_width=0,
            )
        spent = gr.HTML("", elem_id=f"{task}-spent", elem_classes=["spent"])
    return Foot(status, run, stop, look_again, run_again, spent)


def build_stage(task: Task, t: Translator) -> Stage:
    """The mat and the lines under it."""
    with gr.Column(elem_classes=["stage"]):
        return Stage(
            gr.HTML(
                t(lambda texts: results.empty(task, texts)),
                elem_id=f"{task}-results",
                elem_classes=["results"],
            ),
            gr.HTML("", elem_id=f"{task}-line", elem_classes=["line"]),
            gr.HTML("", elem_id=f"{task}-details", elem_classes=["details"]),
            gr.HTML(f'<div id="{task}-beside" class="beside"></div>', padding=False),
        )


class Panel:
    """Foot and stage of a tab, and the job that they show."""

    def __init__(self, task: Task, foot: Foot, stage: Stage, runs_of: RunsOf) -> None:
        self.task = task
        self.foot = foot
        self.runs_of = runs_of
        # Which job a browser's tab shows is kept by that tab: see static/shown-job.js. Two tabs don't fight.
        self.job_id = gr.Textbox("", visible="hidden", elem_id=f"{task}-job")
        self.begun = gr.Textbox("", visible="hidden")
        self.show = gr.Button("", visible="hidden", elem_id=f"{task}-show")
        self.results = stage.results
        self.outputs = [
            self.job_id, foot.run, foot.stop, foot.look_again, foot.run_again,
            foot.status, foot.spent, stage.results, stage.line, stage.details,
        ]  # fmt: skip

    def row(self, view: RunView) -> list[Any]:
        """What is shown, in the order of `outputs`."""
        parts = (view.status, view.spent, view.results, view.line, view.details)
        return [
            gr.skip() if view.job_id is None else view.job_id,
            gr.update(interactive=not view.running),
            gr.update(visible=view.running),
            _offered(view, "look_again"),
            _offered(view, "run_again"),
            *(gr.skip() if part is None else part for part in parts),
        ]

    def begun_row(self, view: RunView) -> list[Any]:
        """The same with the id of the job to follow."""
        return [*self.row(view), view.job_id if view.running else ""]

    def handler(self, run: Run, names: Mapping[str, Any]) -> Callable[..., Awaitable[list[Any]]]:
        """The handler that runs what the form holds, its components by the names that `run` takes."""

        async def handle(values: Mapping[Any, Any], request: gr.Request) -> list[Any]:
            form_values = {name: values[component] for name, component in names.items()}
            return self.begun_row(await run(self.runs_of(request), form_values))

        return handle

    def listen(self, demo: gr.Blocks, run: Run, names: Mapping[str, Any]) -> None:
        """Wire the buttons of a run, and take the run up again after a reload."""
        self._begin(self.foot.run, self.handler(run, names), set(names.values()))
        self._begin(self.foot.look_again, self.look_again, self.job_id)
        self._begin(self.foot.run_again, self.run_again, self.job_id)
        self.foot.stop.click(self.stop, self.job_id, self.outputs, concurrency_limit=None, **PRIVATE)
        ask = f"() => window.studio.jobToShow({self.task!r})"
        for event in (demo.load, self.show.click):
            event(self.resume, self.job_id, self.outputs, js=ask, **WATCHING, **PRIVATE)
        drawn = f"(_, id) => window.studio.onRendered({self.task!r}, id)"
        self.results.change(None, [self.results, self.job_id], None, js=drawn, **PRIVATE)

    def _begin(self, button: gr.Button, begin: Callable[..., Any], inputs: Any) -> None:
        """Gradio drops a press while an earlier one is not over. That keeps a double click from paying twice,
        and must not last longer than until the first one's answer is seen: hence what was begun is watched by
        an event of its own."""
        outputs = [*self.outputs, self.begun]
        pressed = button.click(begin, inputs, outputs, concurrency_limit=None, **PRIVATE)
        pressed.then(self.follow, self.begun, self.outputs, **WATCHING, **PRIVATE)

    async def stop(self, job_id: Any, request: gr.Request) -> list[Any]:
        """Stop the job that the page shows."""
        return self.row(await self.runs_of(request).stop(_id(job_id)))

    async def look_again(self, job_id: Any, request: gr.Request) -> list[Any]:
        """Look again for what the page shows."""
        return self.begun_row(await self.runs_of(request).look_again(_id(job_id)))

    async def run_again(self, job_id: Any, request: gr.Request) -> list[Any]:
        """Run again what the page shows."""
        return self.begun_row(await self.runs_of(request).run_again(_id(job_id)))

    async def follow(self, job_id: Any, request: gr.Request) -> AsyncIterator[list[Any]]:
        """Show the job that was begun to its ending; nothing after a refusal."""
        if not (job := _id(job_id)):
            yield [gr.skip() for _ in self.outputs]
            return
        async for view in self.runs_of(request).watch(job):
            yield self.row(view)

    async def resume(self, job_id: Any, request: gr.Request) -> AsyncIterator[list[Any]]:
        """Show the job of that id; without one, what runs: another page may have begun it."""
        runs = self.runs_of(request)
        job = _id(job_id) or await runs.running_one(self.task)
        if not job or job == NONE:
            yield self.row(await runs.idle())
            return
        async for view in runs.watch(job):
            yield self.row(view)


NONE = "none"
"""In the place of a job's id: nothing is to be shown, not even what runs."""
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# A later one may come while an earlier one still watches: it ends by its own.
WATCHING: dict[str, Any] = {"concurrency_limit": None, "trigger_mode": "multiple"}


def _id(job_id: Any) -> str:
    return job_id if isinstance(job_id, str) else ""


def _offered(view: RunView, offer: Offer) -> Any:
    if view.offers is None:
        return gr.skip()
    if label := view.offers.get(offer):
        return gr.update(visible=True, value=label)
    return gr.update(visible=False)


def share_spent(one: Foot, other: Foot) -> None:
    """Keep what is spent the same in both tabs, in the browser."""
    for this, that in ((one, other), (other, one)):
        this.spent.change(fn=None, inputs=this.spent, outputs=that.spent, js="(html) => html", **PRIVATE)
