"""The network that a guest's job came from, as a hash: limits hold for all of a network together."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("network", sa.String(length=64), nullable=False, server_default=""))
