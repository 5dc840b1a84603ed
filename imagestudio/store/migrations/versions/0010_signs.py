"""Searching Chinese and Japanese: prompts with such signs are indexed with each sign apart.

`prompt_words` has only their texts. All other prompts are indexed as they are.
"""

import sqlalchemy as sa
from alembic import op

from imagestudio.store.cjk_search import separate_signs

revision = "0010"
down_revision = "0009"

FROM = "FROM library JOIN files ON files.id = library.file_id JOIN jobs ON jobs.id = files.job_id"
OWNER = "'o' || hex(library.owner)"
PLAIN = "jobs.prompt"
APART = "coalesce((SELECT text FROM prompt_words WHERE prompt_words.job_id = jobs.id), jobs.prompt)"
SPACED = "jobs.id IN (SELECT job_id FROM prompt_words)"


def add(text: str, which: str) -> str:
    return (
        "INSERT INTO library_search (rowid, owner, prompt) "
        f"SELECT library.id, {OWNER}, {text} {FROM} WHERE {which}"
    )


def remove(text: str, which: str) -> str:
    return (
        "INSERT INTO library_search (library_search, rowid, owner, prompt) "
        f"SELECT 'delete', library.id, {OWNER}, {text} {FROM} WHERE {which}"
    )


def listen(text: str) -> None:
    for name, when, what in (
        ("library_indexes", "AFTER INSERT", add(text, "library.id = new.id")),
        ("library_forgets", "BEFORE DELETE", remove(text, "library.id = old.id")),
    ):
        op.execute(f"DROP TRIGGER {name}")
        op.execute(f"CREATE TRIGGER {name} {when} ON library BEGIN {what}; END")


def upgrade() -> None:
    words = op.create_table(
        "prompt_words",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"]),
        sa.PrimaryKeyConstraint("job_id"),
    )
    known = op.get_bind().execute(sa.text("SELECT id, prompt FROM jobs"))
    rows = [
        {"job_id": job, "text": text} for job, prompt in known if (text := separate_signs(prompt)) != prompt
    ]
    if rows:
        op.bulk_insert(words, rows)
    op.execute(remove(PLAIN, SPACED))
    op.execute(add(APART, SPACED))
    listen(APART)


def downgrade() -> None:
    op.execute(remove(APART, SPACED))
    op.execute(add(PLAIN, SPACED))
    listen(PLAIN)
    op.drop_table("prompt_words")
