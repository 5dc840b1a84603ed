"""What visitors delete, and sessions that were ended."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("gone", sa.String(length=16), nullable=True))
    op.add_column("jobs", sa.Column("gone_at", sa.Float(), nullable=True))
    op.create_index("jobs_by_gone", "jobs", ["gone", "gone_at"])
    op.add_column("comparisons", sa.Column("gone_at", sa.Float(), nullable=True))
    op.create_table(
        "ended_sessions",
        sa.Column("subject", sa.String(length=96), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_index("ended_sessions_by_time", "ended_sessions", ["at"])
