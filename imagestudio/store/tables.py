"""The tables. Migrations in `migrations/` make them; a test holds the two together."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

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
    Column("warnings", JSON, nullable=False),
    Column("error", JSON(none_as_null=True)),
    Index("jobs_by_owner", "owner", "id"),
    Index("jobs_by_status", "status"),
)

calls = Table(
    "calls",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ticket", JSON(none_as_null=True)),
    Column("warnings", JSON, nullable=False),
    Column("reported_usd", Float),
    Column("charged", String(8), nullable=False),
    Column("error", JSON(none_as_null=True)),
    Column("submitted_at", Float),
    Column("finished_at", Float),
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
    ForeignKeyConstraint(["job_id", "call"], ["calls.job_id", "calls.position"]),
    Index("files_by_job", "job_id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("job_id", String(32), ForeignKey("jobs.id"), nullable=False),
    Column("created_at", Float, nullable=False),
)
