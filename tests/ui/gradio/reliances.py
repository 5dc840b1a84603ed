"""What the studio relies on in Gradio: what an upgrade takes away fails here by its name."""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.resources import files
from inspect import getsource, signature
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from gradio import data_classes, events, oauth, processing_utils, route_utils, state_holder, utils
from gradio.routes import App
from starlette.routing import Mount

import imagestudio.ui.gradio as ours
from imagestudio.ui.gradio.asset_cache import FOLDER
from imagestudio.ui.gradio.call_guard import GRADIOS_OWN
from imagestudio.ui.gradio.head_injector import END, ENGLISH, HEAD, MANIFEST, preload_names
from imagestudio.ui.gradio.route_allowlist import OPEN
from imagestudio.ui.tools import FILE
from tests.public import routes

PACKAGE = Path(ours.__file__).parent
FRONTEND = files("gradio") / "templates" / "frontend"
ASSETS = Path(str(FRONTEND / "assets"))
HASHED = re.compile(r".+-[\w-]{7,9}\.\w+")


@cache
def blocks() -> gr.Blocks:
    """A page with one endpoint."""

    def endpoint(request: gr.Request, prompt: str) -> str:
        """Say it.

        Args:
            prompt: What to say.
        """
        return prompt

    with gr.Blocks(analytics_enabled=False) as page:
        events.api(endpoint, api_name="say", concurrency_limit=None)
    return page


@cache
def app() -> App:
    return App.create_app(blocks())


def opens() -> bool:
    """Whether each address that is open is one that Gradio has."""
    table = routes(app())
    return all(
        any(method in methods and pattern.fullmatch(path) for method, path in table)
        for methods, pattern in OPEN
    )


def mounts() -> bool:
    """Whether Gradio is a FastAPI app under the last route."""
    outer = FastAPI()
    gr.mount_gradio_app(outer, blocks(), path="/", ssr_mode=False)
    last = outer.routes[-1]
    return isinstance(last, Mount) and isinstance(last.app, FastAPI)


def parameters(function: Callable[..., object]) -> set[str]:
    return set(signature(function).parameters)


def has_route(method: str, path: str) -> bool:
    return (method, path) in routes(app())


MOUNTING = {
    "root_path", "run_history", "show_error", "ssr_mode", "enable_monitoring", "mcp_server", "app_kwargs",
    "max_file_size", "i18n",
}  # fmt: skip
API = {"fn", "api_name", "concurrency_limit"}
RELIANCES: list[tuple[str, str, Callable[[], bool]]] = [
    ("mount", "mount_gradio_app's arguments", lambda: parameters(gr.mount_gradio_app) >= MOUNTING),
    ("mount", "a FastAPI app under the last route", mounts),
    ("mount", "utils.get_upload_folder", lambda: bool(utils.get_upload_folder())),
    ("mount", "Blocks.has_launched before a named file is taken",
     lambda: "has_launched" in getsource(processing_utils) and not blocks().has_launched),
    ("mount", "Blocks.max_threads as the number of events at once",
     lambda: blocks().max_threads == 40 and "self.max_threads" in getsource(gr.Blocks.queue)),
    ("mount", "Blocks.state_session_capacity", lambda: "state_session_capacity" in getsource(state_holder)),
    ("mount", "Blocks.mcp_server in the page's configuration",
     lambda: "mcp_server" in blocks().get_config_file()),
    ("route_allowlist", "the addresses that are open", opens),
    ("call_guard", "session_hash and data in a call",
     lambda: data_classes.PredictBody.model_fields.keys() >= {"session_hash", "data"}),
    ("call_guard", "the fields of a call that it sets itself",
     lambda: data_classes.PredictBodyInternal.model_fields.keys() >= set(GRADIOS_OWN)),
    ("call_guard", "App.get_blocks", lambda: isinstance(app().get_blocks(), gr.Blocks)),
    ("call_guard", "Blocks.fns with api_name and fn",
     lambda: any(each.api_name == "say" and callable(each.fn) for each in blocks().fns.values())),
    ("sessions", "session_hash in a heartbeat's address",
     lambda: has_route("GET", "/gradio_api/heartbeat/x")),
    ("sessions", "session_hash in a stream's query", lambda: has_route("GET", "/gradio_api/queue/data")),
    ("sessions", "Request.session_hash", lambda: gr.Request(session_hash="s").session_hash == "s"),
    ("file_exchange", "gradio.FileData as the mark of a file",
     lambda: data_classes.FileData(path="x").model_dump()["meta"] == {"_type": FILE}),
    ("file_routes", "/upload", lambda: has_route("POST", "/gradio_api/upload")),
    ("file_routes", "/upload_progress", lambda: has_route("GET", "/gradio_api/upload_progress")),
    ("file_routes", "/file=", lambda: has_route("GET", "/gradio_api/file=x")),
    ("endpoints", "events.api's arguments", lambda: parameters(events.api) >= API),
    ("endpoints", "the request for a parameter that is annotated with gr.Request",
     lambda: utils.is_special_typed_parameter("request", {"request": gr.Request})),
    ("endpoints", "an endpoint's parameters from its signature",
     lambda: [each["parameter_name"] for each in
              blocks().get_api_info()["named_endpoints"]["/say"]["parameters"]] == ["prompt"]),
    ("endpoints", "Error(print_exception=False)", lambda: "print_exception" in parameters(gr.Error.__init__)),
    ("asset_cache", f"hashes in the names below {FOLDER}",
     lambda: all(HASHED.fullmatch(file.name) for file in ASSETS.glob("*.js"))),
    ("head_injector", "the marks in its page where the head and the data go",
     lambda: all(mark in (FRONTEND / "index.html").read_bytes() for mark in (HEAD, END, ENGLISH, MANIFEST))),
    ("head_injector", "the files that preloads.txt names",
     lambda: all((ASSETS / name).is_file() for name in preload_names())),
    ("login", "load_event_to_attach, an event that the login's button brings",
     lambda: "component.load_event_to_attach" in getsource(import_module("gradio.blocks"))),
    ("login", "the login's addresses",
     lambda: all(path in getsource(oauth) for path in ("/login/huggingface", "/login/callback", "/logout"))),
    ("login", "oauth_info in a session cookie whose key ends with -v4",
     lambda: '"-v4"' in getsource(oauth) and 'session["oauth_info"]' in getsource(oauth)),
    ("__init__", "the header x-gradio-server, which TrustedHosts takes away",
     lambda: "x-gradio-server" in getsource(route_utils)),
    ("__init__", "its look for our CORSMiddleware before it adds its own policy",
     lambda: "user_middleware" in getsource(route_utils.CustomCORSMiddleware)),
    ("__init__", "GRADIO_ANALYTICS_ENABLED and GRADIO_TEMP_DIR, which prepare_gradio sets",
     lambda: "GRADIO_ANALYTICS_ENABLED" in getsource(import_module("gradio.analytics"))
     and "GRADIO_TEMP_DIR" in getsource(utils)),
]  # fmt: skip
