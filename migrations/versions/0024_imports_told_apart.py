"""imports told apart"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("by_hand", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("demo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.String(length=32), nullable=True))

    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("absences", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("demos", sa.Integer(), server_default="0", nullable=False))

    op.execute(
        "UPDATE import_batch SET absences = (SELECT count(*) FROM attendance "
        "WHERE attendance.batch_id = import_batch.id AND NOT attendance.present)"
    )


def downgrade() -> None:
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_column("demos")
        batch_op.drop_column("absences")

    with op.batch_alter_table("demo", schema=None) as batch_op:
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_column("by_hand")
