"""A visitor with a real browser: keys given in the page, runs, a reload, keys taken back; then all that the
page and its browser still know."""

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from imagestudio.ui.locale import EN
from tests.browser.conftest import ARGUMENTS, WIDE, chromium
from tests.planted import visitors
from tests.planted.secrets import API_KEY, PAGE, REFUSED, WRONG_API_KEY
from tests.planted.world import World

expect.set_options(timeout=60_000)

EVERYTHING = """async () => {
  const databases = await indexedDB.databases();
  const kept = (await caches.keys()).map((name) => caches.open(name).then((one) => one.keys()));
  return {
    html: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll("input, textarea")].map((field) => field.value),
    local: { ...localStorage }, session: { ...sessionStorage },
    cookie: document.cookie, address: location.href, state: history.state, name: window.name,
    asked: performance.getEntries().map((entry) => entry.name),
    databases, cached: (await Promise.all(kept)).flat().map((request) => request.url),
    config: window.gradio_config,
  };
}"""


def walk(world: World, config: pytest.Config) -> list[str]:
    """The visitor's pictures. What could be read in the page is in `told`, the rest in the profile."""
    with sync_playwright() as playwright:
        path = chromium(playwright.chromium.executable_path, config)
        context = playwright.chromium.launch_persistent_context(
            world.profile, executable_path=path, args=ARGUMENTS, viewport=WIDE, locale="en"
        )
        context.set_default_timeout(60_000)
        page = context.pages[0]
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(world.studio.url)
        give_keys(page)
        look(world, "with the keys given", page, context)
        page.keyboard.press("Escape")
        run(page, "a hill")
        expect(page.locator("#generate-results .mat.done img")).to_be_visible()
        run(page, "nasty:422")
        expect(page.locator("#generate-status .refusal")).to_be_visible()
        look(world, "after a run", page, context)
        page.reload()
        open_dialog(page)
        look(world, "after a reload", page, context)
        files = visitors.walk(world, {one["name"]: one["value"] for one in context.cookies()})
        take_back(page)
        enter(page)
        look(world, "at the end", page, context)
        world.told["the console"] = "\n".join(said)
        context.close()
    return files


def open_dialog(page: Page) -> None:
    page.locator("[data-opens-keys]:visible").first.click()
    expect(page.locator("#own-bfl")).to_be_visible()


def send(page: Page, name: str, key: str, answer: str) -> None:
    """Type a key, send it, and be told what came of it. Then it is in no field any more."""
    field = page.locator(f"#own-{name}")
    expect(field).to_have_attribute("type", "password")
    field.fill(key)
    field.press("Enter")
    expect(page.locator(f"#own-{name}-said")).to_have_text(answer)
    expect(field).to_have_value("")


def give_keys(page: Page) -> None:
    open_dialog(page)
    send(page, "bfl", REFUSED, EN.forms["refused"])
    for name, key in PAGE.items():
        send(page, name, key, EN.forms["works"])


def run(page: Page, prompt: str) -> None:
    page.locator("#generate-prompt textarea").fill(prompt)
    page.keyboard.press("Control+Enter")


def take_back(page: Page) -> None:
    row = page.locator("section.key").filter(has=page.locator("#own-google"))
    row.get_by_role("button", name=EN.forms["forget"]).click()
    expect(page.locator("#own-google-said")).to_have_text(EN.forms["forgotten"])


def enter(page: Page) -> None:
    """An API key that the studio does not know, and one that it does."""
    page.locator("#own-access").fill(WRONG_API_KEY)
    page.locator("#own-access").press("Enter")
    expect(page.locator("#own-access-said[data-kind=refused]")).to_be_visible()
    page.locator("#own-access").fill(API_KEY)
    page.locator("#own-access").press("Enter")
    expect(page.locator("#own-access-said[data-kind=works]")).to_be_visible()


def look(world: World, when: str, page: Page, context: BrowserContext) -> None:
    """All that scripts of the page could read, and all that the browser keeps for it."""
    known: dict[str, Any] = page.evaluate(EVERYTHING)
    assert known["html"]
    world.told[f"the page, {when}"] = json.dumps([known, context.storage_state()])
