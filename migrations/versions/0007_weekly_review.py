"""weekly review"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_plan",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("day", sa.String(length=3), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("next_week", sa.String(length=10), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_from", sa.String(length=10), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_review_plan_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_review_plan")),
    )
    with op.batch_alter_table("review_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_plan_person_id"), ["person_id"], unique=False)

    op.create_table(
        "weekly_review",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("week", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("later_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_weekly_review_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_review")),
        sa.UniqueConstraint("person_id", "week", name=op.f("uq_weekly_review_person_id_week")),
    )
    with op.batch_alter_table("weekly_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weekly_review_person_id"), ["person_id"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("review_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_commitment_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["weekly_review.id"], name=op.f("fk_commitment_review_id_weekly_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("review_id", "question", name=op.f("uq_commitment_review_id_question")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitment_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitment_person_id"))

    op.drop_table("commitment")
    with op.batch_alter_table("weekly_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_weekly_review_person_id"))

    op.drop_table("weekly_review")
    with op.batch_alter_table("review_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_plan_person_id"))

    op.drop_table("review_plan")
