"""A login with Hugging Face makes an account the owner, on the page and in the API alike."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.access.provider import TOKEN, LoginProvider
from tests.conftest import served
from tests.crash.conftest import Process

pytestmark = pytest.mark.slow

HOST = "ann-image-studio.hf.space"
PROXIED = {"Host": HOST, "X-Forwarded-Proto": "https"}
LOGIN = "/login/huggingface"


class Browser:
    """Keeps cookies as a browser does that sees https, where the studio sees its proxy's http."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = PROXIED | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = httpx.request(method, self._url + path, headers=headers, timeout=60, **more)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            assert {"secure", "httponly"} <= {part.strip().lower() for part in line.split(";")}, line
            self.cookies[name] = value
            if "expires=Thu, 01 Jan 1970" in line:
                del self.cookies[name]
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def who(self) -> dict[str, Any]:
        told: dict[str, Any] = self.get("/visitor").json()["data"]
        return told

    def log_in(self) -> None:
        away = self.get(f"{LOGIN}?_target_url=/").headers["location"]
        back = httpx.get(away).headers["location"]
        assert back.startswith(f"https://{HOST}/login/callback?")
        assert self.get(back.removeprefix(f"https://{HOST}")).headers["location"] == "/"


@pytest.fixture(scope="module")
def provider() -> LoginProvider:
    return LoginProvider()


@pytest.fixture(scope="module")
def space(provider: LoginProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with served(provider.app, lifespan="off") as url:
        process = Process(["app.py"], "/api/health")
        process.environment = {
            "SYSTEM": "spaces",
            "SPACE_ID": "ann/image-studio",
            "SPACE_HOST": HOST,
            "OAUTH_CLIENT_ID": "client",
            "OAUTH_CLIENT_SECRET": "marked-oauth-secret",
            "OAUTH_SCOPES": "openid profile inference-api",
            "OPENID_PROVIDER_URL": url,
            "IMAGESTUDIO_HF_USERS": "ann, carl",
            "BFL_API_KEY": "marked-bfl-key",
            "IMAGESTUDIO_DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "GRADIO_SERVER_PORT": str(process.port),
        }
        try:
            process.start()
            yield process
        finally:
            process.kill()


@pytest.fixture
def browser(space: Process, provider: LoginProvider) -> Browser:
    provider.name, provider.expires_in, provider.scope = "Ann", 8 * 3600, "openid profile"
    browser = Browser(space.url)
    browser.get("/")
    return browser


def test_an_account_is_the_owner_and_whom_the_host_chose_may_spend(
    browser: Browser, provider: LoginProvider
) -> None:
    guest = browser.who()
    assert (guest["kind"], guest["demo"], guest["takes_logins"]) == ("session", True, True)
    browser.log_in()
    account = browser.who()
    assert (account["kind"], account["name"], account["demo"]) == ("huggingface", "Ann", False)
    provider.name = "Dora"
    browser.log_in()
    stranger = browser.who()
    assert (stranger["kind"], stranger["name"], stranger["demo"]) == ("huggingface", "Dora", True)


def test_an_account_pays_with_its_token_where_it_agreed_to(browser: Browser, provider: LoginProvider) -> None:
    provider.name = "Dora"
    for scope, pays in (("openid profile", False), ("openid profile inference-api", True)):
        provider.scope = scope
        browser.log_in()
        assert browser.who()["keys"]["huggingface"] is pays


def test_page_and_api_see_the_same_owner(browser: Browser, space: Process, provider: LoginProvider) -> None:
    provider.name = "Dora"
    browser.log_in()
    answer = browser.ask("POST", "/api/v1/image/generate", json={"prompt": "a marked fox"})
    assert answer.status_code == 200, answer.text
    file_id = answer.json()["data"]["images"][0]["id"]
    elsewhere, other = Browser(space.url), Browser(space.url)
    elsewhere.log_in()
    provider.name = "Emma"
    other.log_in()
    for path in (f"/visitor/files/{file_id}", f"/api/v1/image/files/{file_id}"):
        assert [one.get(path).status_code for one in (browser, elsewhere, other)] == [200, 200, 404]


def test_logging_out_makes_a_browser_a_session_again(browser: Browser) -> None:
    before = browser.cookies["__Host-imagestudio"]
    browser.log_in()
    browser.get("/logout")
    assert browser.who()["kind"] == "session"
    assert browser.cookies["__Host-imagestudio"] == before


def test_a_login_ends_when_it_says(browser: Browser, provider: LoginProvider) -> None:
    provider.expires_in = -1
    browser.log_in()
    assert browser.who()["kind"] == "session"


def test_an_account_ends_its_logins_everywhere(browser: Browser, space: Process) -> None:
    elsewhere = Browser(space.url)
    for one in (browser, elsewhere):
        one.log_in()
        assert one.who()["kind"] == "huggingface"
    answer = browser.ask("POST", "/visitor/session/end", json={"everywhere": True})
    assert answer.status_code == 200, answer.text
    assert [one.who()["kind"] for one in (browser, elsewhere)] == ["session", "session"]


def test_a_cookie_that_somebody_made_up_is_nobodys(browser: Browser) -> None:
    browser.log_in()
    content, _, rest = browser.cookies["session"].partition(".")
    session = json.loads(b64decode(content))
    session["oauth_info"]["userinfo"]["preferred_username"] = "carl"
    forged = b64encode(json.dumps(session).encode()).decode()
    for cookie in (f"{forged}.{rest}", forged, "x", content, f"{content}.{rest}x"):
        browser.cookies["session"] = cookie
        assert browser.who()["kind"] == "session"


def test_nothing_tells_the_token(browser: Browser, space: Process, provider: LoginProvider) -> None:
    provider.scope = "openid profile inference-api"
    browser.log_in()
    for path in ("/", "/config", "/visitor", "/gradio_api/info", "/api/v1/image/jobs"):
        assert TOKEN not in browser.get(path).text
    kept = Path(space.environment["IMAGESTUDIO_DATA_DIR"])
    found = [path for path in kept.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert found == []


def test_gradios_button_publishes_nothing(browser: Browser) -> None:
    config = browser.get("/config").json()
    buttons = [one["props"] for one in config["components"] if "logout_value" in one["props"]]
    assert [button["visible"] for button in buttons] == [False]
    named = browser.get("/gradio_api/info").json()["named_endpoints"]
    assert list(named) == ["/generate", "/edit", "/models", "/job", "/cancel"]


def test_without_a_login_there_is_no_trace_of_one(demo_url: str) -> None:
    for path in (LOGIN, "/login/callback", "/logout"):
        assert httpx.get(demo_url + path).status_code == 404
    config = httpx.get(f"{demo_url}/config").text
    assert "logout_value" not in config
    assert httpx.get(f"{demo_url}/visitor").json()["data"]["takes_logins"] is False
