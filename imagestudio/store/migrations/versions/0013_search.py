"""Searches for folded words, symbols, and all writing without spaces; an index that filters an owner's jobs.

The search is made anew of every prompt: some seconds for 100,000 of them.
"""

from alembic import op

from imagestudio.store.search_text import is_plain, search_text

revision = "0013"
down_revision = "0012"

AT_ONCE = 1000
INDEXED = (
    "INSERT INTO library_search (rowid, owner, prompt) "
    "SELECT library.id, 'o' || hex(library.owner), coalesce((SELECT text FROM prompt_words "
    "WHERE prompt_words.job_id = jobs.id), jobs.prompt) FROM library "
    "JOIN files ON files.id = library.file_id JOIN jobs ON jobs.id = files.job_id ORDER BY library.id"
)


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("DELETE FROM prompt_words")
    last = ""
    while prompts := connection.exec_driver_sql(
        "SELECT id, prompt FROM jobs WHERE id > ? ORDER BY id LIMIT ?", (last, AT_ONCE)
    ).fetchall():
        last = prompts[-1].id
        words = [(job, search_text(prompt), prompt) for job, prompt in prompts]
        if rows := [(job, text) for job, text, prompt in words if not is_plain(prompt, text)]:
            connection.exec_driver_sql("INSERT INTO prompt_words (job_id, text) VALUES (?, ?)", rows)
    connection.exec_driver_sql("INSERT INTO library_search (library_search) VALUES ('delete-all')")
    connection.exec_driver_sql(INDEXED)
    op.drop_index("jobs_by_owner", "jobs")
    op.create_index("jobs_by_owner", "jobs", ["owner", "id", "gone", "status", "model", "task", "created_at"])
