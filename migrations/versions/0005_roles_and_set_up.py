"""roles and set-up"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "granted_role",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("granted_by", sa.String(length=32), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_granted_role_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["person.id"], name=op.f("fk_granted_role_granted_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_granted_role_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_granted_role")),
    )
    with op.batch_alter_table("granted_role", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_granted_role_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_granted_role_granted_by"), ["granted_by"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_granted_role_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channels", sa.Text(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("setup_next", sa.Integer(), server_default="1", nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.drop_column("setup_next")
        batch_op.drop_column("channels")

    with op.batch_alter_table("granted_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_granted_role_person_id"))
        batch_op.drop_index(batch_op.f("ix_granted_role_granted_by"))
        batch_op.drop_index(batch_op.f("ix_granted_role_community_id"))

    op.drop_table("granted_role")
