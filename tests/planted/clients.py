"""The same keys through the clients of others: gradio_client, and an agent's MCP session."""

import json
from typing import Any

from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.conftest import picture
from tests.planted.programs import MODELS
from tests.planted.secrets import API_KEY, BROUGHT
from tests.planted.world import World
from tests.ui.conftest import mcp_session

HEADERS = {"X-API-Key": API_KEY, **BROUGHT}
PROMPTS = ("a hill", "nasty:422", "nasty:401", "demo:refuse")


def walk_gradio(world: World) -> list[dict[str, Any]]:
    """Every function, and what each says when the provider fails; the jobs that succeeded."""
    client = Client(
        world.studio.url,
        headers=HEADERS,
        download_files=world.downloads,
        verbose=False,
        analytics_enabled=False,
        httpx_kwargs={"timeout": 120},
    )
    jobs = []
    for model in MODELS:
        for prompt in PROMPTS:
            try:
                _, job = client.predict(prompt=prompt, model=model, api_name="/generate")
                jobs.append(job)
            except AppError as error:
                world.told[f"gradio_client, {model}, {prompt}"] = f"{error!r} {error}"
    source = world.downloads / "source.png"
    source.write_bytes(picture(80, 60))
    _, edited = client.predict(prompt="winter", image=handle_file(str(source)), api_name="/edit")
    _, again = client.predict(edited["id"], run_again=True, api_name="/job")
    asked = client.predict(prompt="a hill", dry_run=True, api_name="/generate")
    models = client.predict(api_name="/models")
    stopped = client.predict(again["id"], api_name="/cancel")
    world.told["gradio_client"] = json.dumps([*jobs, edited, again, asked, models, stopped])
    world.told["gradio_client's own view"] = client.view_api(return_format="str", print_info=False)
    client.close()
    return [*jobs, edited]


async def walk_mcp(world: World) -> list[str]:
    """Every tool; what they answered."""
    answers = []
    async with mcp_session(world.studio.url, HEADERS) as session:
        calls = [
            ("generate_image", {"prompt": prompt, "model": model}) for model in MODELS for prompt in PROMPTS
        ]
        for tool, arguments in [*calls, ("list_models", {}), ("get_job", {"job_id": "0" * 32})]:
            answers.append((await session.call_tool(tool, arguments)).model_dump_json())
        answers.append((await session.list_tools()).model_dump_json())
    world.told["MCP"] = "\n".join(answers)
    return answers
