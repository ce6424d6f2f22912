"""decisions"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("question", sa.String(length=8), nullable=False),
        sa.Column("words", sa.String(length=150), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("recall_on", sa.Date(), nullable=False),
        sa.Column("became", sa.String(length=8), nullable=True),
        sa.Column("became_on", sa.Date(), nullable=True),
        sa.Column("change_id", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id_person")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["program_change.id"], name=op.f("fk_decision_change_id_program_change")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_decision_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_decision_community_id_day", ["community_id", "day"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_community_id_day")
        batch_op.drop_index(batch_op.f("ix_decision_by_id"))

    op.drop_table("decision")
