"""roles of groups"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "granted_group",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("space_id", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("granted_by", sa.String(length=32), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_granted_group_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["person.id"], name=op.f("fk_granted_group_granted_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_granted_group_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_granted_group")),
        sa.UniqueConstraint(
            "space_id", "external_id", name=op.f("uq_granted_group_space_id_external_id")
        ),
    )
    with op.batch_alter_table("granted_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_granted_group_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_granted_group_granted_by"), ["granted_by"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("granted_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_granted_group_granted_by"))
        batch_op.drop_index(batch_op.f("ix_granted_group_community_id"))

    op.drop_table("granted_group")
