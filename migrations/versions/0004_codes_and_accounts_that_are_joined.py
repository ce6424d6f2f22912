"""codes and accounts that are joined"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_key",
        sa.Column("feed_key", sa.String(length=64), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_former_key_community_id_community")
        ),
        sa.PrimaryKeyConstraint("feed_key", name=op.f("pk_former_key")),
    )
    with op.batch_alter_table("former_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_former_key_community_id"), ["community_id"], unique=False
        )

    op.create_table(
        "guess",
        sa.Column("space_id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_guess_space_id_space")),
        sa.PrimaryKeyConstraint("space_id", "account", name=op.f("pk_guess")),
    )
    op.create_table(
        "link_code",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("joins", sa.String(length=12), nullable=False),
        sa.Column("space_id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_link_code_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_link_code_digest")),
    )
    with op.batch_alter_table("link_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_code_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_code_expires_at"), ["expires_at"], unique=False)

    op.drop_table("checkin_guess")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preferred_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("preferred_at")

    op.create_table(
        "checkin_guess",
        sa.Column("space_id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_checkin_guess_space_id_space")
        ),
        sa.PrimaryKeyConstraint("space_id", "account", name=op.f("pk_checkin_guess")),
    )
    with op.batch_alter_table("link_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_code_expires_at"))
        batch_op.drop_index(batch_op.f("ix_link_code_account"))

    op.drop_table("link_code")
    op.drop_table("guess")
    with op.batch_alter_table("former_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_key_community_id"))

    op.drop_table("former_key")
