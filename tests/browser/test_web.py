"""What Chromium makes of the headers: the page works, and no other acts in its visitor's name."""

import json
from collections.abc import Iterator

import pytest
from playwright.async_api import expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.browser.conftest import Open, field
from tests.conftest import Live, served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FORM = """<form id="form" method="post" enctype="text/plain" action="{url}/api/v1/image/generate">
<input name='{{"prompt":"x","a":"' value='"}}'></form>"""
ATTEMPTS = """async ({url, ways}) => {
  const told = [];
  for (const [path, init] of ways) {
    try {
      const answer = await fetch(url + path, init);
      told.push([path, answer.type, (await answer.text()).length]);
    } catch (error) { told.push([path, "refused", 0]); }
  }
  return told;
}"""
FRAME = """url => new Promise(done => {
  const frame = document.createElement("iframe");
  frame.onload = done; frame.src = url;
  document.body.append(frame);
})"""
CALL = json.dumps({"data": ["x"], "prompt": "x", "fn_index": 0, "session_hash": "s"})
PLAIN = {"method": "POST", "body": CALL, "credentials": "include"}
TYPED = {**PLAIN, "headers": {"Content-Type": "application/json"}}
KEYED = {**PLAIN, "headers": {"X-API-Key": "k"}}
PATHS = (
    "/api/v1/image/generate",
    "/gradio_api/queue/join",
    "/gradio_api/call/generate",
    "/gradio_api/mcp/",
    "/gradio_api/upload",
)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Another site: the same machine, by another name."""
    page = Starlette(routes=[Route("/", lambda request: HTMLResponse("<body>another site</body>"))])
    with served(lambda: page) as url:
        yield url.replace("127.0.0.1", "localhost")


async def test_no_script_that_is_not_the_pages_own_runs(open_page: Open, live: Live) -> None:
    async with open_page(live.url, expected="Content Security Policy|nowhere|404") as page:
        await page.evaluate(
            """() => {
              window.ran = [];
              document.body.insertAdjacentHTML("beforeend", "<img src='/nowhere.png' onerror='ran.push(1)'>");
              const script = document.createElement("script");
              script.textContent = "ran.push(2)";
              document.body.append(script);
              const far = document.createElement("iframe");
              far.srcdoc = "<script>parent.ran.push(3)<" + "/script>";
              document.body.append(far);
            }"""
        )
        await expect(page.locator("iframe")).to_have_count(1)
        await field(page, "generate-prompt").fill("<img src=/nowhere.png onerror=ran.push(4)>")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#generate-results .mat.done img")).to_be_visible()
        assert await page.evaluate("ran") == []


async def test_another_sites_page_does_reads_and_frames_nothing(
    open_page: Open, live: Live, elsewhere: str
) -> None:
    async with open_page(live.url, expected="") as page:
        context = page.context
        other = await context.new_page()
        await other.goto(elsewhere)
        ways = [
            [path, init] for path in PATHS for init in (PLAIN, TYPED, KEYED, {**PLAIN, "mode": "no-cors"})
        ]
        ways += [[path, {"credentials": "include"}] for path in ("/", "/config", "/api/v1/image/jobs")]
        told = await other.evaluate(ATTEMPTS, {"url": live.url, "ways": ways})
        assert {(kind, length) for _, kind, length in told} == {("refused", 0), ("opaque", 0)}
        said: list[str] = []
        other.on("console", lambda message: said.append(message.text))
        await other.evaluate(FRAME, live.url)
        assert await other.frames[1].evaluate("document.querySelectorAll('gradio-app').length") == 0
        assert [line for line in said if "frame-ancestors 'self'" in line]
        await other.set_content(FORM.format(url=live.url))
        async with other.expect_navigation() as navigation:
            await other.evaluate("document.getElementById('form').submit()")
        answer = await navigation.value
        assert answer
        assert answer.status == 403
    assert live.requests == []
