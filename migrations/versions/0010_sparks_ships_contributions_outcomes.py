"""sparks, ships, contributions, outcomes"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contribution",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("what", sa.String(length=150), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_contribution_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contribution_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contribution_community_id_given_at", ["community_id", "given_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_contribution_person_id"), ["person_id"], unique=False)

    op.create_table(
        "outcome",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("what", sa.String(length=150), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_outcome_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["person.id"], name=op.f("fk_outcome_noted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index("ix_outcome_community_id_day", ["community_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_noted_by"), ["noted_by"], unique=False)

    op.create_table(
        "project",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("began_as", sa.String(length=12), nullable=False),
        sa.Column("about_id", sa.String(length=32), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_project_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_project_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("began_as", "about_id", name=op.f("uq_project_began_as_about_id")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_person_id"), ["person_id"], unique=False)

    op.create_table(
        "spark",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=150), nullable=False),
        sa.Column("named_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_spark_community_id_community")
        ),
        sa.ForeignKeyConstraint(["named_by"], ["person.id"], name=op.f("fk_spark_named_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spark")),
    )
    with op.batch_alter_table("spark", schema=None) as batch_op:
        batch_op.create_index(
            "ix_spark_community_id_created_at", ["community_id", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_spark_named_by"), ["named_by"], unique=False)

    op.create_table(
        "builder",
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_builder_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_builder_project_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", "person_id", name=op.f("pk_builder")),
    )
    with op.batch_alter_table("builder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_builder_person_id"), ["person_id"], unique=False)

    op.create_table(
        "spark_member",
        sa.Column("spark_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_spark_member_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["spark_id"], ["spark.id"], name=op.f("fk_spark_member_spark_id_spark")
        ),
        sa.PrimaryKeyConstraint("spark_id", "person_id", name=op.f("pk_spark_member")),
    )
    with op.batch_alter_table("spark_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spark_member_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("spark_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spark_member_person_id"))

    op.drop_table("spark_member")
    with op.batch_alter_table("builder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_builder_person_id"))

    op.drop_table("builder")
    with op.batch_alter_table("spark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spark_named_by"))
        batch_op.drop_index("ix_spark_community_id_created_at")

    op.drop_table("spark")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_person_id"))
        batch_op.drop_index(batch_op.f("ix_project_community_id"))

    op.drop_table("project")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_noted_by"))
        batch_op.drop_index("ix_outcome_community_id_day")

    op.drop_table("outcome")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_person_id"))
        batch_op.drop_index("ix_contribution_community_id_given_at")

    op.drop_table("contribution")
