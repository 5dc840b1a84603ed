"""Who pays."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("payer", sa.String(length=16), nullable=False, server_default="studio"))
        batch_op.add_column(sa.Column("guest", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE jobs SET payer = 'nobody' WHERE demo")
    op.create_table(
        "job_keys",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"]),
        sa.PrimaryKeyConstraint("job_id"),
    )


def downgrade() -> None:
    op.drop_table("job_keys")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_column("guest")
        batch_op.drop_column("payer")
