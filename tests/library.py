"""A library of any size, written straight into the database."""

import itertools
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from imagestudio.store.search_text import is_plain, search_text

MODELS = (("flux-2-pro", "bfl"), ("imagen-4", "google"), ("recraft-v4", "fal"))
WORDS = ("red", "fox", "snow", "café", "harbour", "blue", "night", "paper", "lamp", "tree")


def seed(
    path: Path,
    count: int,
    owner: str,
    mark: str = "a",
    name: str = "none.png",
    prompt_of: Callable[[int], str] | None = None,
) -> None:
    """Jobs of one picture each, made in the seconds from 0 on; all files are `name`, and may not be there."""
    jobs = [_job(number, owner, mark, (prompt_of or _prompt)(number)) for number in range(count)]
    files = [_file(number, owner, mark, name) for number in range(count)]
    with sqlite3.connect(path) as connection:
        triggers = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        for name in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.executemany(
            "INSERT INTO jobs (id, owner, task, status, model, provider, demo, created_at, finished_at, "
            "asked, prompt, controls, response_format, warnings) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            jobs,
        )
        connection.executemany(
            "INSERT INTO prompt_words (job_id, text) VALUES (?, ?)",
            [
                (job[0], words)
                for job in jobs
                if not is_plain(str(job[10]), words := search_text(str(job[10])))
            ],
        )
        connection.executemany(
            "INSERT INTO files (id, kind, name, mime_type, width, height, bytes, sha256, created_at, owner, "
            "job_id, position) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            files,
        )
        # What the triggers do for one picture, for all at once: ten times as fast.
        for name, new in (("library_adds", "files.id"), ("library_indexes", "library.file_id")):
            statement = triggers[name].partition(" BEGIN ")[2].removesuffix("; END")
            many = re.sub(r"\w+\.id = new\.id", f"{new} LIKE 'f{mark}%'", statement)
            connection.execute(f"{many} ORDER BY files.created_at")
        for sql in triggers.values():
            connection.execute(sql)
    connection.close()


def _job(number: int, owner: str, mark: str, prompt: str) -> tuple[object, ...]:
    model, provider = MODELS[number % 3]
    task = "edit" if number % 7 == 0 else "generate"
    rest = (json.dumps({"prompt": prompt, "model": model}), prompt, "{}", "auto", "[]")
    return (f"{mark}{number:031x}", owner, task, "succeeded", model, provider, 1, number, number + 3, *rest)


def _prompt(number: int) -> str:
    if number % 1000 == 0:
        return f"Porträt number {number} of a thousandth"
    words = itertools.islice(itertools.cycle(WORDS), number % 10, number % 10 + 4)
    signs = f" 夜の東京タワー{number}号" if number % 5 == 0 else ""
    return f"picture {number}: {' '.join(words)}{signs}"


def _file(number: int, owner: str, mark: str, name: str) -> tuple[object, ...]:
    job, file = f"{mark}{number:031x}", f"f{mark}{number:030x}"
    return (file, "result", name, "image/png", 1024, 768, 1, "0" * 64, number, owner, job, 0)
