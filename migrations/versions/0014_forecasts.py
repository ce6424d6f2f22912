"""forecasts"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecast_sketch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_forecast_sketch_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_sketch")),
    )
    with op.batch_alter_table("forecast_sketch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecast_sketch_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "forecast",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.String(length=32), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_forecast_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["person.id"], name=op.f("fk_forecast_issued_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
    )
    with op.batch_alter_table("forecast", schema=None) as batch_op:
        batch_op.create_index(
            "ix_forecast_community_id_issued_at", ["community_id", "issued_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_forecast_issued_by"), ["issued_by"], unique=False)

    op.create_table(
        "forecast_outcome",
        sa.Column("forecast_id", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"], ["forecast.id"], name=op.f("fk_forecast_outcome_forecast_id_forecast")
        ),
        sa.PrimaryKeyConstraint("forecast_id", "outcome", name=op.f("pk_forecast_outcome")),
    )


def downgrade() -> None:
    op.drop_table("forecast_outcome")
    with op.batch_alter_table("forecast", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_issued_by"))
        batch_op.drop_index("ix_forecast_community_id_issued_at")

    op.drop_table("forecast")
    with op.batch_alter_table("forecast_sketch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_sketch_created_at"))

    op.drop_table("forecast_sketch")
