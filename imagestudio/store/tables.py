"""The tables. Migrations in `migrations/` make them; a test holds the two together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

from imagestudio.core.errors import Failure
from imagestudio.core.messages import Message, from_json, to_json


class Messages(TypeDecorator[tuple[Message, ...]]):
    """A JSON list. An older studio kept plain sentences in it."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Sequence[Message] | None, dialect: Any) -> Any:
        """To the column."""
        return None if value is None else [to_json(message) for message in value]

    def process_result_value(self, value: Any, dialect: Any) -> tuple[Message, ...]:
        """From the column."""
        return tuple(map(from_json, value or ()))


class StoredFailure(TypeDecorator[Failure]):
    """A JSON object, or null."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Failure | None, dialect: Any) -> Any:
        """To the column."""
        return None if value is None else value.to_json()

    def process_result_value(self, value: Any, dialect: Any) -> Failure | None:
        """From the column."""
        return None if value is None else Failure.from_json(value)


metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("task", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("model", String(64), nullable=False),
    Column("provider", String(32), nullable=False),
    Column("served_by", String(128)),
    Column("demo", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("asked", JSON, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("controls", JSON, nullable=False),
    Column("response_format", String(16), nullable=False),
    Column("input_file", String(32)),
    Column("estimated_usd", Float),
    Column("warnings", Messages, nullable=False),
    Column("error", StoredFailure),
    Column("replaces", String(32)),
    Column("webhook_url", Text),
    Column("origin", Text),
    Column("worker", String(64)),
    Column("lease", Integer, nullable=False, server_default="0"),
    Column("lease_until", Float),
    Column("payer", String(16), nullable=False, server_default="studio"),
    Column("guest", Boolean, nullable=False, server_default=false()),
    Column("gone", String(16)),
    Column("gone_at", Float),
    Column("network", String(64), nullable=False, server_default=""),
    # A page of an owner's jobs is found in this one, whichever filters are on.
    Index("jobs_by_owner", *("owner", "id", "gone", "status", "model", "task", "created_at")),
    Index("jobs_by_status", "status"),
    Index("jobs_by_time", "created_at"),
    Index("jobs_by_owner_and_time", "owner", "created_at"),
    Index("jobs_by_worker", "worker"),
    Index("jobs_by_input", "input_file"),
    Index("jobs_by_gone", "gone", "gone_at"),
)

calls = Table(
    "calls",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("reserved_usd", Float),
    Column("state", String(16), nullable=False),
    Column("ticket", JSON(none_as_null=True)),
    Column("warnings", Messages, nullable=False),
    Column("reported_usd", Float),
    Column("charged", String(8), nullable=False),
    Column("error", StoredFailure),
    Column("submitted_at", Float),
    Column("finished_at", Float),
    Column("seed", BigInteger),
    Index("calls_by_state", "state"),
)

files = Table(
    "files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("mime_type", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("job_id", String(32)),
    Column("call", Integer),
    Column("position", Integer, nullable=False),
    Column("favourite", Boolean, nullable=False, server_default=false()),
    Column("gone", String(16)),
    Column("gone_at", Float),
    ForeignKeyConstraint(["job_id", "call"], ["calls.job_id", "calls.position"]),
    Index("files_by_job", "job_id"),
    Index("files_by_owner", "owner", "favourite", "created_at"),
    Index("files_by_time", "created_at"),
)

library = Table(
    "library",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_id", String(32), nullable=False, unique=True),
    Column("owner", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("model", String(64), nullable=False),
    Column("provider", String(32), nullable=False),
    Column("task", String(16), nullable=False),
    Column("favourite", Boolean, nullable=False),
    Column("shown", Boolean, nullable=False),
    # Every question about it is answered from this one, whichever filters are on.
    Index(
        "library_by_owner",
        *("owner", "shown", "id", "created_at", "model", "provider", "task", "favourite", "file_id"),
    ),
    sqlite_autoincrement=True,
)
"""The pictures that came out and are there, oldest first by `id`. Triggers on `files` keep it, and with it
the words of the prompts in `library_search` (migrations/versions/0010_first_schema.py)."""

prompt_words = Table(
    "prompt_words",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id"), primary_key=True),
    Column("text", Text, nullable=False),
)
"""Prompts as the search takes them, where that is not as they are: see `search_text`."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("job_id", String(32), ForeignKey("jobs.id"), nullable=False),
    Column("created_at", Float, nullable=False),
)

durations = Table(
    "durations",
    metadata,
    Column("model", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("mean", Float, nullable=False),
    Column("squares", Float, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("job_id", String(32), ForeignKey("jobs.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Float),
    Column("delivered_at", Float),
    Column("last_error", Text),
    Column("created_at", Float, nullable=False),
    Index("webhooks_by_due", "due_at"),
    Index("webhooks_by_job", "job_id"),
)

job_keys = Table(
    "job_keys",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Sealed keys of visitors, each as long as its job runs."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("prefix", String(16), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("revoked_at", Float),
    Column("requests_per_minute", Integer),
    Column("usd_day", Float),
    Column("usd_month", Float),
)

shares = Table(
    "shares",
    metadata,
    Column("file_id", String(32), ForeignKey("files.id"), primary_key=True),
    Column("token", String(32), nullable=False, unique=True),
    Column("created_at", Float, nullable=False),
)
"""Pictures that their owners opened to everybody who has the link."""

comparisons = Table(
    "comparisons",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("wishes", JSON, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("key", String(255)),
    Column("fingerprint", String(64), nullable=False),
    Column("winner", Integer),
    Column("shown", JSON(none_as_null=True)),
    Column("voted_at", Float),
    Column("gone_at", Float),
    UniqueConstraint("owner", "key"),
    Index("comparisons_by_owner", "owner", "id"),
)

comparison_entries = Table(
    "comparison_entries",
    metadata,
    Column("comparison_id", String(32), ForeignKey("comparisons.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("model", String(64), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("job_id", String(32), ForeignKey("jobs.id")),
    Column("error", StoredFailure),
    Index("comparison_entries_by_job", "job_id"),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("subject", String(96), primary_key=True),
    Column("at", Float, nullable=False),
    Index("ended_sessions_by_time", "at"),
)
"""Whose cookies, of those given before a moment, count no more: see `store/sessions.py`. Sessions that go on
are nowhere."""
