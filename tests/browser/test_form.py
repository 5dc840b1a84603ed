"""The form follows the model in the browser alone."""

from collections.abc import Callable, Sequence
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from imagestudio.catalog import default_model, models_for
from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.request import Task
from imagestudio.ui.controls import control_names
from imagestudio.ui.locale import EN
from tests.browser.conftest import PHONE, Open, choose, field, labels
from tests.conftest import Live, picture

TASKS: tuple[Task, ...] = ("generate", "edit")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PLACES = """ids => {
  scrollTo(0, 0);
  document.querySelectorAll(".fields").forEach((form) => form.scrollTo(0, 0));
  return ids.map((id) => document.getElementById(id).getBoundingClientRect().toJSON());
}"""
"""Where elements are, with everything scrolled up."""
GATED = """([task, takes]) => Object.entries(takes).every(([name, taken]) => {
  const inputs = [...document.querySelectorAll(`#${task}-${name} :is(input, textarea)`)];
  return inputs.length && inputs.every((one) => one.disabled !== taken);
})"""
"""Whether all inputs of those controls that a model takes can be used, and no others."""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def takes(spec: ModelSpec) -> dict[str, bool]:
    return {name: spec.control(name) is not None for name in control_names(spec.task)}


async def check_gates(page: Page, models: Callable[[Task], Sequence[ModelSpec]]) -> None:
    """Models gate their controls, each in its place and without a request."""
    requests: list[str] = []
    # What the page follows at all times is not asked because of a switch.
    page.on("request", lambda request: requests.append(request.url) if request.method != "GET" else None)
    for task in TASKS:
        await page.get_by_role("tab", name=EN.tabs[task]).click()
        # The last runs come a moment later, and are above the form on a phone.
        await expect(page.locator(f"#{task}-beside")).to_have_attribute("data-drawn", "")
        await page.wait_for_function(GATED, arg=[task, takes(default_model(task))])
        watched = [f"{task}-{name}" for name in (*control_names(task), "run", "results")]
        before = await page.evaluate(PLACES, watched)
        requests.clear()
        for spec in models(task):
            await choose(page, task, labels(task)[spec.id])
            await expect(page.locator(f"#{task}-note")).to_contain_text(spec.note)
            for name in (name for name, taken in takes(spec).items() if not taken):
                said = page.locator(f"#{task}-{name} .info-text")
                await expect(said).to_have_text(f"Not with {spec.name}")
            await page.wait_for_function(GATED, arg=[task, takes(spec)])
            assert await page.evaluate(PLACES, watched) == before, spec.id
        assert requests == []
        await choose(page, task, labels(task)[default_model(task).id])


def one_of_each_form(task: Task) -> list[ModelSpec]:
    """Of the models that take the same controls one."""
    return list({tuple(takes(spec).values()): spec for spec in models_for(task)}.values())


async def test_a_phone_gates_scrolls_down_only_and_keeps_the_button_in_reach(
    open_page: Open, live: Live
) -> None:
    async with open_page(live.url, PHONE) as page:
        await check_gates(page, one_of_each_form)
        for task in TASKS:
            await page.get_by_role("tab", name=EN.tabs[task]).click()
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                await expect(page.locator(f"#{task}-run")).to_be_in_viewport(ratio=1)
                width = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
                assert await page.evaluate(width) == PHONE["width"]


async def test_gates_bounds_and_prices_are_the_catalogs(open_page: Open, live: Live) -> None:
    settings = [
        {},
        {"width": 1024, "height": 1024},
        {"width": 2048, "height": 1056},
        {"width": 512},
        {"aspect_ratio": "16:9"},
        {"image_size": "2K"},
        {"image_size": "2K", "num_images": 3},
        {"vector": True},
    ]
    async with open_page(live.url) as page:
        await check_gates(page, models_for)
        for spec in models_for("generate"):
            for asked in settings:
                taken = {name: value for name, value in asked.items() if spec.control(name)}
                told = await page.evaluate(
                    "([id, asked]) => window.studio.estimate(id, asked)", [spec.id, taken]
                )
                assert told == pytest.approx(price(spec, taken), abs=1e-6), (spec.id, taken)
        await page.get_by_role("tab", name=EN.tabs["generate"]).click()
        await choose(page, "generate", labels("generate")["flux-1.1-pro"])
        await expect(page.locator("#generate-width .info-text")).to_have_text("256–1440, ×32")
        assert await field(page, "generate-height").get_attribute("placeholder") == "768"
        assert await field(page, "generate-height").input_value() == ""
        await choose(page, "generate", labels("generate")["flux-2-pro"])
        run = page.locator("#generate-run")
        await expect(run).to_have_text("Generate · $0.03")
        await field(page, "generate-width").fill("2048")
        await field(page, "generate-height").fill("2048")
        await expect(run).to_have_text("Generate · $0.075")
        await choose(page, "generate", labels("generate")["imagen-4-ultra"])
        await field(page, "generate-num_images").fill("4")
        await expect(run).to_have_text("Generate · $0.536")
        await expect(page.locator("#generate-note")).to_contain_text("served by gemini-3-pro-image")
        await check_edit_prices(page)


def price(spec: ModelSpec, asked: dict[str, object]) -> float | None:
    """The same by the catalog itself, a lone side completed as the studio does."""
    sides = dict(zip(("width", "height"), spec.default_size, strict=True)) if spec.default_size else {}
    full = {**sides, **asked} if "width" in asked else asked
    size = spec.size(full)
    one = spec.route(asked).price.per_image(size[0] * size[1] if size else None, full.get("image_size"))
    return None if one is None else one * int(full.get("num_images", 1))


async def check_edit_prices(page: Page) -> None:
    """An edit is priced by the picture that is given."""
    upload = {"name": "photo.png", "mimeType": "image/png", "buffer": picture(2048, 1024)}
    await page.get_by_role("tab", name=EN.tabs["edit"]).click()
    run = page.locator("#edit-run")
    await expect(run).to_have_text("Edit · from its size")
    await page.locator("#edit-image input[type=file]").set_input_files(upload)
    await expect(run).to_have_text("Edit · $0.06")
    await choose(page, "edit", labels("edit")["flux-kontext"])
    await expect(run).to_have_text("Edit · $0.04")
    await choose(page, "edit", labels("edit")["qwen-image-edit"])
    await expect(run).to_have_text("Edit · $0.06")
    await page.locator("#edit-image").get_by_label("Remove Image").click()
    await expect(run).to_have_text("Edit · from its size")
