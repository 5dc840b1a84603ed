"""Limits: what is kept how long, and keys that are handed out."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("favourite", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("gone", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("gone_at", sa.Float(), nullable=True))
        batch_op.create_index("files_by_owner", ["owner", "favourite", "created_at"], unique=False)
        batch_op.create_index("files_by_time", ["created_at"], unique=False)

    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("jobs_by_input", ["input_file"], unique=False)

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


def downgrade() -> None:
    op.drop_table("api_keys")

    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("jobs_by_input")

    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index("files_by_time")
        batch_op.drop_index("files_by_owner")
        batch_op.drop_column("gone_at")
        batch_op.drop_column("gone")
        batch_op.drop_column("favourite")
