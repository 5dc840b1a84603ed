"""The form follows the model in the browser alone."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from imagestudio.catalog import MODELS, default_model, models_for
from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.request import Task
from imagestudio.ui.controls import control_names
from imagestudio.ui.locale import EN
from tests.browser.conftest import PHONE, WIDE, Open, choose, field, labels
from tests.conftest import Live, picture

TASKS: tuple[Task, ...] = ("generate", "edit")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PLACES = """ids => {
  scrollTo(0, 0);
  document.querySelectorAll(".fields").forEach((form) => form.scrollTo(0, 0));
  return ids.map((id) => document.getElementById(id).getBoundingClientRect().toJSON());
}"""
"""Where elements are, with everything scrolled up."""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def states(page: Page, task: Task) -> dict[str, bool]:
    """Each control, and whether all of its inputs can be used."""
    found = {}
    for name in control_names(task):
        disabled = await field(page, f"{task}-{name}").evaluate_all("all => all.map(one => one.disabled)")
        assert len(set(disabled)) == 1, name
        found[name] = not disabled[0]
    return found


def takes(spec: ModelSpec) -> dict[str, bool]:
    return {name: spec.control(name) is not None for name in control_names(spec.task)}


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
async def test_every_model_gates_its_controls_in_their_places_without_a_request(
    open_page: Open, live: Live, viewport: dict[str, int]
) -> None:
    async with open_page(live.url, viewport) as page:
        requests: list[str] = []
        # What the page follows at all times is not asked because of a switch.
        page.on("request", lambda request: requests.append(request.url) if request.method != "GET" else None)
        for task in TASKS:
            await page.get_by_role("tab", name=EN.tabs[task]).click()
            # The last runs come a moment later, and are above the form on a phone.
            await expect(page.locator(f"#{task}-beside")).to_have_attribute("data-drawn", "")
            assert await states(page, task) == takes(default_model(task))
            watched = [f"{task}-{name}" for name in (*control_names(task), "run", "results")]
            before = await page.evaluate(PLACES, watched)
            requests.clear()
            for model, label in labels(task).items():
                spec = MODELS[model]
                await choose(page, task, label)
                await expect(page.locator(f"#{task}-note")).to_contain_text(spec.note)
                assert await states(page, task) == takes(spec), model
                for name in (name for name, taken in takes(spec).items() if not taken):
                    said = page.locator(f"#{task}-{name} .info-text")
                    await expect(said).to_have_text(f"Not with {spec.name}")
                assert await page.evaluate(PLACES, watched) == before, model
            assert requests == []


async def test_bounds_and_prices_are_the_catalogs(open_page: Open, live: Live) -> None:
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
        for spec in models_for("generate"):
            for asked in settings:
                taken = {name: value for name, value in asked.items() if spec.control(name)}
                told = await page.evaluate(
                    "([id, asked]) => window.studio.estimate(id, asked)", [spec.id, taken]
                )
                assert told == pytest.approx(price(spec, taken), abs=1e-6), (spec.id, taken)
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


def price(spec: ModelSpec, asked: dict[str, object]) -> float | None:
    """The same by the catalog itself, a lone side completed as the studio does."""
    sides = dict(zip(("width", "height"), spec.default_size, strict=True)) if spec.default_size else {}
    full = {**sides, **asked} if "width" in asked else asked
    size = spec.size(full)
    one = spec.route(asked).price.per_image(size[0] * size[1] if size else None, full.get("image_size"))
    return None if one is None else one * int(full.get("num_images", 1))


async def test_an_edit_is_priced_by_the_picture_that_is_given(open_page: Open, live: Live) -> None:
    upload = {"name": "photo.png", "mimeType": "image/png", "buffer": picture(2048, 1024)}
    async with open_page(live.url) as page:
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


async def test_a_phone_scrolls_down_only_and_keeps_the_button_in_reach(
    open_page: Open, demo_url: str
) -> None:
    async with open_page(demo_url, PHONE) as page:
        for task in TASKS:
            await page.get_by_role("tab", name=EN.tabs[task]).click()
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                await expect(page.locator(f"#{task}-run")).to_be_in_viewport(ratio=1)
                width = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
                assert await page.evaluate(width) == PHONE["width"]


async def test_the_icon_is_the_logo(live: Live) -> None:
    root = Path(__file__).parents[2]
    assert (root / "assets/logo.svg").read_bytes() == (root / "imagestudio/ui/logo.svg").read_bytes()
