"""Sparks, and who was named in them. One counts when everybody named has confirmed it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

WHAT = 150


class Spark(Table):
    """Joint work that somebody says has begun. Neither moment set: it waits for answers."""

    __tablename__ = "spark"
    __table_args__ = (Index("ix_spark_community_id_created_at", "community_id", "created_at"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    what: Mapped[str] = mapped_column(String(WHAT))
    named_by: Mapped[str | None] = person_column(
        Leaves.NAME, "sparks that you told of", wipes=("what",)
    )
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """Taken back, or somebody named said that it is not theirs."""

    @property
    def waits(self) -> bool:
        return self.confirmed_at is None and self.ended_at is None


class SparkMember(Table):
    """Somebody named in a spark, whoever told of it included."""

    __tablename__ = "spark_member"

    spark_id: Mapped[str] = mapped_column(ForeignKey("spark.id"), primary_key=True)
    person_id: Mapped[str] = person_column(Leaves.ROW, "sparks with you in them", primary_key=True)
    confirmed_at: Mapped[datetime | None]
