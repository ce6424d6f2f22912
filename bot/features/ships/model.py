"""Projects: what somebody builds, where it began, and what became of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.personal import Leaves, person_column

DEMO, SPARK, OWN = "demo", "spark", "own"
TITLE = 150
LINK = 300


class Project(Table):
    """Something that is built. One that began with a ship has no beginning that we know."""

    __tablename__ = "project"
    __table_args__ = (UniqueConstraint("began_as", "about_id"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    person_id: Mapped[str | None] = person_column(
        Leaves.NAME, "things you build or shipped", wipes=("title", "link")
    )
    """Who is asked how it goes."""
    title: Mapped[str] = mapped_column(String(TITLE))
    link: Mapped[str] = mapped_column(String(LINK), default="")
    began_as: Mapped[str] = mapped_column(String(12))
    """demo, spark, or own where it was first heard of when it shipped."""
    about_id: Mapped[str] = mapped_column(String(32))
    """The demo or spark; for an own one its own id."""
    began_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    let_go_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def is_open(self) -> bool:
        return self.shipped_at is None and self.let_go_at is None


class Builder(Table):
    """Somebody who builds it too, and may say that it shipped."""

    __tablename__ = "builder"

    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[str] = person_column(
        Leaves.ROW, "things you build together with others", primary_key=True
    )
