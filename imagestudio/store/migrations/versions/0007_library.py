"""The library: every picture that is shown, in the order of arrival, and the words of its prompt.

`library_search` is contentless: it holds no prompt again, only where its words are. Triggers keep both, for
whoever writes a file. A later migration that makes `files` anew has to make its two triggers anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# An owner is one word in the index, whatever it is made of: others' pictures cost a search nothing.
WORDS = (
    "SELECT {what} library.id, 'o' || hex(library.owner), jobs.prompt FROM library "
    "JOIN files ON files.id = library.file_id JOIN jobs ON jobs.id = files.job_id"
)
DELETE = "'delete',"
ROW = (
    "INSERT INTO library (file_id, owner, created_at, model, provider, task, favourite, shown) "
    "SELECT files.id, files.owner, files.created_at, jobs.model, jobs.provider, jobs.task, files.favourite, "
    "files.gone IS NULL FROM files JOIN jobs ON jobs.id = files.job_id "
    "WHERE files.kind = 'result' AND (files.gone IS NULL OR files.gone = 'binned')"
)
SEARCH = (
    "CREATE VIRTUAL TABLE library_search USING fts5(owner, prompt, content='', prefix='1 2 3', "
    "tokenize='unicode61 remove_diacritics 2')"
)
TRIGGERS = {
    "library_adds": f"AFTER INSERT ON files BEGIN {ROW} AND files.id = new.id; END",
    "library_indexes": (
        "AFTER INSERT ON library BEGIN INSERT INTO library_search (rowid, owner, prompt) "
        f"{WORDS.format(what='')} WHERE library.id = new.id; END"
    ),
    "library_follows": (
        "AFTER UPDATE OF favourite, gone ON files BEGIN "
        "UPDATE library SET favourite = new.favourite, shown = new.gone IS NULL WHERE file_id = new.id; "
        "DELETE FROM library WHERE file_id = new.id AND new.gone IS NOT NULL AND new.gone <> 'binned'; END"
    ),
    "library_forgets": (
        "BEFORE DELETE ON library BEGIN INSERT INTO library_search (library_search, rowid, owner, prompt) "
        f"{WORDS.format(what=DELETE)} WHERE library.id = old.id; END"
    ),
}


def upgrade() -> None:
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
        unique=False,
    )
    op.execute(SEARCH)
    op.execute(f"{ROW} ORDER BY files.created_at, files.id")
    op.execute(f"INSERT INTO library_search (rowid, owner, prompt) {WORDS.format(what='')}")
    for name, trigger in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {trigger}")


def downgrade() -> None:
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE library_search")
    op.drop_table("library")
