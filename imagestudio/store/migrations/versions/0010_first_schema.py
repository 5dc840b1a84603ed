"""The first schema.

It is what ten steps made before the first release, and has the number of the last of them: a database that
took all ten is up to date. `library_search` is contentless: it holds no prompt again, only where its words
are. Triggers keep it and `library`, for whoever writes a file. A later migration that makes `files` anew has
to make its two triggers anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = None

SEARCH = (
    "CREATE VIRTUAL TABLE library_search USING fts5(owner, prompt, content='', prefix='1 2 3', "
    "tokenize='unicode61 remove_diacritics 2')"
)
# An owner is one word in the index, whatever it is made of: others' pictures cost a search nothing. Prompts
# with Chinese or Japanese signs are indexed as `prompt_words` has them, all others as they are.
WORDS = (
    "SELECT {what} library.id, 'o' || hex(library.owner), coalesce((SELECT text FROM prompt_words "
    "WHERE prompt_words.job_id = jobs.id), jobs.prompt) FROM library "
    "JOIN files ON files.id = library.file_id JOIN jobs ON jobs.id = files.job_id"
)
TRIGGERS = {
    "library_adds": (
        "AFTER INSERT ON files BEGIN INSERT INTO library "
        "(file_id, owner, created_at, model, provider, task, favourite, shown) "
        "SELECT files.id, files.owner, files.created_at, jobs.model, jobs.provider, jobs.task, "
        "files.favourite, files.gone IS NULL FROM files JOIN jobs ON jobs.id = files.job_id "
        "WHERE files.kind = 'result' AND (files.gone IS NULL OR files.gone = 'binned') "
        "AND files.id = new.id; END"
    ),
    "library_follows": (
        "AFTER UPDATE OF favourite, gone ON files BEGIN "
        "UPDATE library SET favourite = new.favourite, shown = new.gone IS NULL WHERE file_id = new.id; "
        "DELETE FROM library WHERE file_id = new.id AND new.gone IS NOT NULL AND new.gone <> 'binned'; END"
    ),
    "library_indexes": (
        "AFTER INSERT ON library BEGIN INSERT INTO library_search (rowid, owner, prompt) "
        f"{WORDS.format(what='')} WHERE library.id = new.id; END"
    ),
    "library_forgets": (
        "BEFORE DELETE ON library BEGIN INSERT INTO library_search (library_search, rowid, owner, prompt) "
        f"""{WORDS.format(what="'delete',")} WHERE library.id = old.id; END"""
    ),
}


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("revoked_at", sa.Float(), nullable=True),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        sa.Column("usd_day", sa.Float(), nullable=True),
        sa.Column("usd_month", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "comparisons",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("winner", sa.Integer(), nullable=True),
        sa.Column("shown", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("voted_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "key"),
    )
    op.create_index("comparisons_by_owner", "comparisons", ["owner", "id"])
    op.create_table(
        "durations",
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Float(), nullable=False),
        sa.Column("squares", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("model"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("task", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("served_by", sa.String(length=128), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=True),
        sa.Column("finished_at", sa.Float(), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("controls", sa.JSON(), nullable=False),
        sa.Column("response_format", sa.String(length=16), nullable=False),
        sa.Column("input_file", sa.String(length=32), nullable=True),
        sa.Column("estimated_usd", sa.Float(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("replaces", sa.String(length=32), nullable=True),
        sa.Column("webhook_url", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("lease", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("payer", sa.String(length=16), server_default="studio", nullable=False),
        sa.Column("guest", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("jobs_by_input", "jobs", ["input_file"])
    op.create_index("jobs_by_owner", "jobs", ["owner", "id"])
    op.create_index("jobs_by_owner_and_time", "jobs", ["owner", "created_at"])
    op.create_index("jobs_by_status", "jobs", ["status"])
    op.create_index("jobs_by_time", "jobs", ["created_at"])
    op.create_index("jobs_by_worker", "jobs", ["worker"])
    op.create_table(
        "library",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("task", sa.String(length=16), nullable=False),
        sa.Column("favourite", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("file_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "library_by_owner",
        "library",
        ["owner", "shown", "id", "created_at", "model", "provider", "task", "favourite", "file_id"],
    )
    op.create_table(
        "calls",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("reserved_usd", sa.Float(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ticket", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("reported_usd", sa.Float(), nullable=True),
        sa.Column("charged", sa.String(length=8), nullable=False),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("submitted_at", sa.Float(), nullable=True),
        sa.Column("finished_at", sa.Float(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
        ),
        sa.PrimaryKeyConstraint("job_id", "position"),
    )
    op.create_index("calls_by_state", "calls", ["state"])
    op.create_table(
        "comparison_entries",
        sa.Column("comparison_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=True),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["comparison_id"],
            ["comparisons.id"],
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
        ),
        sa.PrimaryKeyConstraint("comparison_id", "place"),
    )
    op.create_index("comparison_entries_by_job", "comparison_entries", ["job_id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
        ),
        sa.PrimaryKeyConstraint("owner", "key"),
    )
    op.create_table(
        "job_keys",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
        ),
        sa.PrimaryKeyConstraint("job_id"),
    )
    op.create_table(
        "prompt_words",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
        ),
        sa.PrimaryKeyConstraint("job_id"),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=True),
        sa.Column("delivered_at", sa.Float(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("webhooks_by_due", "webhooks", ["due_at"])
    op.create_index("webhooks_by_job", "webhooks", ["job_id"])
    op.create_table(
        "files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime_type", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=True),
        sa.Column("call", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("favourite", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("gone", sa.String(length=16), nullable=True),
        sa.Column("gone_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id", "call"],
            ["calls.job_id", "calls.position"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("files_by_job", "files", ["job_id"])
    op.create_index("files_by_owner", "files", ["owner", "favourite", "created_at"])
    op.create_index("files_by_time", "files", ["created_at"])
    op.create_table(
        "shares",
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files.id"],
        ),
        sa.PrimaryKeyConstraint("file_id"),
        sa.UniqueConstraint("token"),
    )
    op.execute(SEARCH)
    for name, trigger in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {trigger}")
