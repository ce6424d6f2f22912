"""imports"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_key",
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_import_key_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_import_key")),
    )
    op.create_table(
        "import_link",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("event", sa.String(length=200), nullable=False),
        sa.Column("starts", sa.String(length=200), nullable=False),
        sa.Column("dates", sa.String(length=3), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_import_link_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_link")),
    )
    with op.batch_alter_table("import_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_link_made_at"), ["made_at"], unique=False)

    op.create_table(
        "handle",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_handle_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_handle_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handle")),
        sa.UniqueConstraint("community_id", "hash", name=op.f("uq_handle_community_id_hash")),
    )
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handle_person_id"), ["person_id"], unique=False)

    op.create_table(
        "import_batch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("attendances", sa.Integer(), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_import_batch_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_import_batch_made_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_batch_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_import_batch_made_by"), ["made_by"], unique=False)

    op.create_table(
        "likeness",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_likeness_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_likeness_other_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_likeness_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness")),
        sa.UniqueConstraint("person_id", "other_id", name=op.f("uq_likeness_person_id_other_id")),
    )
    with op.batch_alter_table("likeness", schema=None) as batch_op:
        batch_op.create_index(
            "ix_likeness_community_id_settled_at", ["community_id", "settled_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_likeness_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_likeness_person_id"), ["person_id"], unique=False)

    op.create_table(
        "brought",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_brought_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_brought_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_brought")),
    )
    with op.batch_alter_table("brought", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brought_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_brought_person_id"), ["person_id"], unique=False)

    op.create_table(
        "event_key",
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_event_key_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_key_event_id_event")
        ),
        sa.PrimaryKeyConstraint("community_id", "digest", name=op.f("pk_event_key")),
    )
    with op.batch_alter_table("event_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_key_event_id"), ["event_id"], unique=False)

    op.create_table(
        "talk",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("speaker_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_talk_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_talk_community_id_community")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_talk_event_id_event")),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["person.id"], name=op.f("fk_talk_speaker_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
    )
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.create_index(
            "ix_talk_community_id_event_id", ["community_id", "event_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_talk_speaker_id"), ["speaker_id"], unique=False)

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.String(length=32), nullable=True))

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.String(length=32), nullable=True))

    with op.batch_alter_table("rsvp", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.String(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("rsvp", schema=None) as batch_op:
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talk_speaker_id"))
        batch_op.drop_index("ix_talk_community_id_event_id")

    op.drop_table("talk")
    with op.batch_alter_table("event_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_key_event_id"))

    op.drop_table("event_key")
    with op.batch_alter_table("brought", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brought_person_id"))
        batch_op.drop_index(batch_op.f("ix_brought_batch_id"))

    op.drop_table("brought")
    with op.batch_alter_table("likeness", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_likeness_person_id"))
        batch_op.drop_index(batch_op.f("ix_likeness_other_id"))
        batch_op.drop_index("ix_likeness_community_id_settled_at")

    op.drop_table("likeness")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_batch_made_by"))
        batch_op.drop_index(batch_op.f("ix_import_batch_community_id"))

    op.drop_table("import_batch")
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handle_person_id"))

    op.drop_table("handle")
    with op.batch_alter_table("import_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_link_made_at"))

    op.drop_table("import_link")
    op.drop_table("import_key")
