"""speakers and sponsors"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "speaker_board",
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("spot", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_speaker_board_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_speaker_board")),
    )
    op.create_table(
        "sponsor",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_sponsor_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor")),
    )
    with op.batch_alter_table("sponsor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sponsor_community_id"), ["community_id"], unique=False)

    op.create_table(
        "candidate",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("topic", sa.String(length=150), nullable=True),
        sa.Column("owner_id", sa.String(length=32), nullable=True),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_candidate_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_candidate_owner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_candidate_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
    )
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_community_id_stage", ["community_id", "stage"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_candidate_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_candidate_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sponsor_term",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("sponsor_id", sa.String(length=32), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("one_off", sa.Boolean(), nullable=False),
        sa.Column("renewed_by_id", sa.String(length=32), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=True),
        sa.Column("added_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_sponsor_term_added_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_sponsor_term_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["renewed_by_id"],
            ["sponsor_term.id"],
            name=op.f("fk_sponsor_term_renewed_by_id_sponsor_term"),
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_sponsor_term_sponsor_id_sponsor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor_term")),
        sa.UniqueConstraint("renewed_by_id", name=op.f("uq_sponsor_term_renewed_by_id")),
    )
    with op.batch_alter_table("sponsor_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sponsor_term_added_by"), ["added_by"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sponsor_term_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sponsor_term_sponsor_id"), ["sponsor_id"], unique=False
        )

    op.create_table(
        "speaker_move",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("was", sa.String(length=12), nullable=True),
        sa.Column("stage", sa.String(length=12), nullable=True),
        sa.Column("owner_was_id", sa.String(length=32), nullable=True),
        sa.Column("owner_id", sa.String(length=32), nullable=True),
        sa.Column("about", sa.String(length=150), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=True),
        sa.Column("source_id", sa.String(length=32), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_speaker_move_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_speaker_move_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_speaker_move_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_speaker_move_owner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["owner_was_id"], ["person.id"], name=op.f("fk_speaker_move_owner_was_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_move")),
        sa.UniqueConstraint(
            "community_id",
            "source",
            "source_id",
            "stage",
            name=op.f("uq_speaker_move_community_id_source_source_id_stage"),
        ),
    )
    with op.batch_alter_table("speaker_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speaker_move_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_speaker_move_candidate_id"), ["candidate_id"], unique=False
        )
        batch_op.create_index(
            "ix_speaker_move_community_id_at", ["community_id", "at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_speaker_move_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_speaker_move_owner_was_id"), ["owner_was_id"], unique=False
        )

    op.create_table(
        "speaker_note",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_speaker_note_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_speaker_note_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_speaker_note_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_speaker_note_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_note")),
    )
    with op.batch_alter_table("speaker_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speaker_note_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_speaker_note_candidate_id"), ["candidate_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_speaker_note_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_speaker_note_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("speaker_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_speaker_note_person_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_note_community_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_note_candidate_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_note_by_id"))

    op.drop_table("speaker_note")
    with op.batch_alter_table("speaker_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_speaker_move_owner_was_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_move_owner_id"))
        batch_op.drop_index("ix_speaker_move_community_id_at")
        batch_op.drop_index(batch_op.f("ix_speaker_move_candidate_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_move_by_id"))

    op.drop_table("speaker_move")
    with op.batch_alter_table("sponsor_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sponsor_term_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_sponsor_term_community_id"))
        batch_op.drop_index(batch_op.f("ix_sponsor_term_added_by"))

    op.drop_table("sponsor_term")
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_person_id"))
        batch_op.drop_index(batch_op.f("ix_candidate_owner_id"))
        batch_op.drop_index("ix_candidate_community_id_stage")

    op.drop_table("candidate")
    with op.batch_alter_table("sponsor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sponsor_community_id"))

    op.drop_table("sponsor")
    op.drop_table("speaker_board")
