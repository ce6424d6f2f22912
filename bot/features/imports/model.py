"""What came from elsewhere: batches that can be taken back whole, and who is who."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import BESIDE, Id, Table
from bot.personal import WITHHELD, Leaves, person_column

BY_IMPORT = "import"
EMAIL, TOOL, BOUGHT, NAME = "email", "tool", "bought", "name"
"""How somebody is known again: by address, by their id at another tool, by the address of whoever
bought their ticket together with their own name, or by name alone."""
TITLE, PLACE, DETAILS = 150, 300, 4000
TALK = 300


class ImportBatch(Table):
    """One import. Rows that it added carry its id."""

    __tablename__ = "import_batch"

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    what: Mapped[str] = mapped_column(String(200))
    """Such as "a Luma guest list"."""
    events: Mapped[int]
    people: Mapped[int]
    answers: Mapped[int]
    attendances: Mapped[int]
    absences: Mapped[int] = mapped_column(default=0, server_default="0")
    """So many of the attendances say that somebody was not there."""
    talks: Mapped[int]
    demos: Mapped[int] = mapped_column(default=0, server_default="0")
    made_by: Mapped[str | None] = person_column(Leaves.NAME, "imports you made")
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class ImportKey(Table):
    """With it a community's hashes are made, so that they say nothing to anybody without it."""

    __tablename__ = "import_key"
    __table_args__ = ({"info": BESIDE},)

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), info=WITHHELD)


class Brought(Table):
    """Somebody whom an import added. Without an account nobody can write to them."""

    __tablename__ = "brought"

    person_id: Mapped[str] = person_column(
        Leaves.ROW, "lists of other tools that you were on", primary_key=True
    )
    batch_id: Mapped[str] = mapped_column(ForeignKey("import_batch.id"), index=True)


class Handle(Table):
    """By what an imported person is known again: only as a keyed hash."""

    __tablename__ = "handle"
    __table_args__ = (UniqueConstraint("community_id", "hash"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[str] = person_column(
        Leaves.ROW, "hashes of addresses or names by which lists know you"
    )
    kind: Mapped[str] = mapped_column(String(8))
    hash: Mapped[str] = mapped_column(String(64), info=WITHHELD)
    batch_id: Mapped[str | None] = mapped_column(String(32))
    """The import that added it. No foreign key: SQLite would have to build the table anew."""


class EventKey(Table):
    """How another tool names an event of ours, as a hash of its long key."""

    __tablename__ = "event_key"

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), index=True)
    batch_id: Mapped[str | None] = mapped_column(String(32))
    """The import that added it. No foreign key: SQLite would have to build the table anew."""


class Likeness(Table):
    """Two who may be one person: for a host to say. No row is changed before."""

    __tablename__ = "likeness"
    __table_args__ = (
        UniqueConstraint("person_id", "other_id"),
        Index("ix_likeness_community_id_settled_at", "community_id", "settled_at"),
        {"info": BESIDE},
    )

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[str] = person_column(Leaves.ROW, "names on lists that look like yours")
    other_id: Mapped[str] = person_column(Leaves.ROW, "names on lists that yours looks like")
    settled_at: Mapped[datetime | None]
    """When a host said that they are two."""


class Talk(Table):
    """A talk that was given, from a list of talks."""

    __tablename__ = "talk"
    __table_args__ = (Index("ix_talk_community_id_event_id", "community_id", "event_id"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    speaker_id: Mapped[str | None] = person_column(Leaves.NAME, "talks you gave", wipes=("title",))
    title: Mapped[str] = mapped_column(String(TALK))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("import_batch.id"))


class ImportLink(Table):
    """A web address whose preview was shown. What stands behind it is not kept."""

    __tablename__ = "import_link"
    __table_args__ = ({"info": BESIDE},)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    address: Mapped[str] = mapped_column(String(1000), info=WITHHELD)
    event: Mapped[str] = mapped_column(String(200), default="")
    starts: Mapped[str] = mapped_column(String(200), default="")
    dates: Mapped[str] = mapped_column(String(3), default="")
    digest: Mapped[str] = mapped_column(String(64))
    """Of what was read: if it changed since, the preview is shown anew."""
    made_at: Mapped[datetime] = mapped_column(index=True)
