"""demos"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "program_change",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_program_change_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_program_change_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_change")),
    )
    with op.batch_alter_table("program_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_program_change_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            "ix_program_change_community_id_day", ["community_id", "day"], unique=False
        )

    op.create_table(
        "wording",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_wording_by_id_person")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_wording_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint(
            "community_id", "what", "number", name=op.f("uq_wording_community_id_what_number")
        ),
    )
    with op.batch_alter_table("wording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wording_by_id"), ["by_id"], unique=False)

    op.create_table(
        "demo",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("presenter_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("contract_id", sa.String(length=32), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=32), nullable=True),
        sa.Column("first_time", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("offered_to", sa.String(length=32), nullable=True),
        sa.Column("moved_to", sa.String(length=32), nullable=True),
        sa.Column("reply", sa.String(length=300), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_demo_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_demo_confirmed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["wording.id"], name=op.f("fk_demo_contract_id_wording")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_demo_event_id_event")),
        sa.ForeignKeyConstraint(
            ["presenter_id"], ["person.id"], name=op.f("fk_demo_presenter_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo")),
    )
    with op.batch_alter_table("demo", schema=None) as batch_op:
        batch_op.create_index(
            "ix_demo_community_id_status", ["community_id", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_demo_confirmed_by"), ["confirmed_by"], unique=False)
        batch_op.create_index("ix_demo_event_id_status", ["event_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_demo_presenter_id"), ["presenter_id"], unique=False)

    op.create_table(
        "demo_night",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_demo_night_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_demo_night")),
    )
    op.create_table(
        "demo_feedback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("demo_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["demo_id"], ["demo.id"], name=op.f("fk_demo_feedback_demo_id_demo")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_demo_feedback_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_feedback")),
        sa.UniqueConstraint(
            "demo_id", "person_id", name=op.f("uq_demo_feedback_demo_id_person_id")
        ),
    )
    with op.batch_alter_table("demo_feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demo_feedback_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("demo_feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demo_feedback_person_id"))

    op.drop_table("demo_feedback")
    op.drop_table("demo_night")
    with op.batch_alter_table("demo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demo_presenter_id"))
        batch_op.drop_index("ix_demo_event_id_status")
        batch_op.drop_index(batch_op.f("ix_demo_confirmed_by"))
        batch_op.drop_index("ix_demo_community_id_status")

    op.drop_table("demo")
    with op.batch_alter_table("wording", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wording_by_id"))

    op.drop_table("wording")
    with op.batch_alter_table("program_change", schema=None) as batch_op:
        batch_op.drop_index("ix_program_change_community_id_day")
        batch_op.drop_index(batch_op.f("ix_program_change_by_id"))

    op.drop_table("program_change")
