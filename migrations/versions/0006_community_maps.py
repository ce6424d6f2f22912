"""community maps"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "map_picture",
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("slot", sa.String(length=10), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("bands", sa.Text(), nullable=False),
        sa.Column("thin", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_map_picture_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "slot", name=op.f("pk_map_picture")),
    )
    op.create_table(
        "community_map",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thin", sa.String(length=40), nullable=True),
        sa.Column("invitation", sa.Text(), nullable=True),
        sa.Column("contribution", sa.Text(), nullable=True),
        sa.Column("chapter", sa.Integer(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_community_map_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_community_map_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_map")),
    )
    with op.batch_alter_table("community_map", schema=None) as batch_op:
        batch_op.create_index(
            "ix_community_map_community_id_finished_at",
            ["community_id", "finished_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_community_map_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("community_map", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_community_map_person_id"))
        batch_op.drop_index("ix_community_map_community_id_finished_at")

    op.drop_table("community_map")
    op.drop_table("map_picture")
