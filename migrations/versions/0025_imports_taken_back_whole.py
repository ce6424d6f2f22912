"""imports taken back whole"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_batch_id", sa.String(length=32), nullable=True))

    with op.batch_alter_table("event_key", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.String(length=32), nullable=True))

    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.String(length=32), nullable=True))

    op.execute("UPDATE attendance SET batch_id = NULL WHERE via <> 'import'")
    op.execute("UPDATE rsvp SET batch_id = NULL WHERE turn > 0")


def downgrade() -> None:
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("event_key", schema=None) as batch_op:
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("closed_batch_id")
