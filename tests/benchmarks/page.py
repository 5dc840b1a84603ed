"""How fast the page is: `python -m tests.benchmarks.page`, a minute. Exits with 1 where a bound is missed.

All is measured in the page, by its own clock. How soon it can be used, with nothing cached, is a ratio to
Gradio's own page of thirty components, loaded in turns, so that a busy machine slows both.
"""

import asyncio
import sys
from statistics import median, quantiles

from playwright.async_api import Browser, Page, async_playwright, expect

from imagestudio.catalog import default_model, models_for
from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.request import Task
from imagestudio.core.settings import load_settings
from imagestudio.ui.catalog_data import choices
from imagestudio.ui.controls import control_names
from imagestudio.ui.locale import EN
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.processes import KEYS, plain, providers, studio
from tests.browser.conftest import ARGUMENTS, choose, chromium, field, ready

TASKS: tuple[Task, ...] = ("generate", "edit")
ROUNDS, RUNS, LOADS = 3, 20, 12
SWITCH_MS, QUEUED_MS, LOAD = 20, 150, 1.2
PROMPT = "takes 0 s"

TIMED = """(begins, element, done) => new Promise((resolve) => {
  let began;
  const begin = (event) => begins(event) && (began ??= performance.now());
  for (const kind of ["mousedown", "click"]) document.addEventListener(kind, begin, { capture: true });
  new MutationObserver((_, watch) => {
    if (began === undefined || !done()) return;
    watch.disconnect();
    resolve(performance.now() - began);
  }).observe(element, { subtree: true, childList: true, attributes: true, characterData: true });
})"""
"""Milliseconds from an event that begins something until an element shows that it is done."""
SWITCHED = f"""([task, wanted, note]) => {{
  const fields = document.querySelector(`#${{task}}-fields`);
  const input = (name) => fields.querySelector(`#${{task}}-${{name}} :is(input, textarea)`);
  const gated = () => Object.keys(wanted).every((name) => input(name).disabled !== wanted[name]);
  const done = () => fields.textContent.includes(note) && gated();
  window.timed = ({TIMED})(({{ target }}) => target.closest?.("[role=option]"), fields, done);
}}"""
QUEUED = f"""() => {{
  const status = document.querySelector("#generate-status");
  const runs = ({{ target }}) => target.closest?.("#generate-run");
  window.timed = ({TIMED})(runs, status, () => status.querySelector(".working"));
}}"""
USABLE = """const look = () => (%s) ? (window.usable = performance.now()) : requestAnimationFrame(look);
look();"""
OURS = "document.querySelector('#generate-note .price') && !document.querySelector('#generate-run').disabled"
THEIRS = "document.querySelector('#run') && !document.querySelector('#run').disabled"


async def measure() -> list[Figure]:
    """Everything, in one browser."""
    with providers() as fast, studio(fast, with_page=True) as ours, plain() as theirs:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium(playwright.chromium.executable_path), args=ARGUMENTS
            )
            page = await browser.new_page()
            await ready(page, ours.url)
            switches = await switched(page)
            waits = await queued(page)
            await page.close()
            loads = await loaded(browser, ours.url, theirs)
            await browser.close()
    return [
        Figure(
            "Another of the fourteen models: its controls are there within, in the middle",
            median(switches),
            SWITCH_MS,
            " ms",
        ),
        Figure("the same, 95 % within", p95(switches), SWITCH_MS, " ms"),
        Figure("A run is shown as queued, 95 % within", p95(waits), QUEUED_MS, " ms"),
        loads,
    ]


async def switched(page: Page) -> list[float]:
    """To every model, several times."""
    settings = load_settings(KEYS)
    times = []
    for task in TASKS:
        await page.get_by_role("tab", name=EN.tabs[task]).click()
        labels = {model: label for label, model in choices(task, settings)}
        for _ in range(ROUNDS):
            for spec in _in_turn(task):
                times.append(await _switch(page, task, spec, labels[spec.id]))
    return times


def _in_turn(task: Task) -> list[ModelSpec]:
    """All of a task's models, last the one that is chosen at the beginning: each is a change."""
    models, first = list(models_for(task)), default_model(task)
    return sorted(models, key=lambda spec: spec is first)


async def _switch(page: Page, task: Task, spec: ModelSpec, label: str) -> float:
    wanted = {name: spec.control(name) is not None for name in control_names(task)}
    await page.evaluate(SWITCHED, [task, wanted, spec.note])
    await choose(page, task, label)
    return await _told(page)


async def _told(page: Page) -> float:
    return float(await asyncio.wait_for(page.evaluate("timed"), 30))


async def queued(page: Page) -> list[float]:
    """Run after run, by the button."""
    await page.get_by_role("tab", name=EN.tabs["generate"]).click()
    await field(page, "generate-prompt").fill(PROMPT)
    times = []
    for _ in range(RUNS):
        await page.evaluate(QUEUED)
        await page.locator("#generate-run").click()
        times.append(await _told(page))
        await expect(page.locator("#generate-status .done")).to_be_visible()
        await expect(page.locator("#generate-run")).to_be_enabled()
    return times


async def loaded(browser: Browser, ours: str, theirs: str) -> Figure:
    """The ratio of the medians, the two taking turns; the first load of each warms its server up."""
    times: dict[str, list[float]] = {ours: [], theirs: []}
    for _ in range(LOADS + 1):
        for url, condition in ((ours, OURS), (theirs, THEIRS)):
            times[url].append(await _load(browser, url, condition))
    mine, plain_ones = median(times[ours][1:]), median(times[theirs][1:])
    what = f"The page can be used ({mine:.0f} ms), to Gradio's own of 30 components ({plain_ones:.0f} ms)"
    return Figure(what, mine / plain_ones, LOAD, "×")


async def _load(browser: Browser, url: str, condition: str) -> float:
    context = await browser.new_context()
    page = await context.new_page()
    await page.add_init_script(USABLE % condition)
    await page.goto(url)
    usable = await (await page.wait_for_function("window.usable")).json_value()
    await context.close()
    return float(usable)


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    figures = asyncio.run(measure())
    sys.stdout.write(f"{table(figures)}\n")
    sys.exit(not all(figure.is_met for figure in figures))
