"""Sponsors, and the terms for which each of them gives something."""

from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table
from bot.numbers.money import Money
from bot.personal import Leaves, person_column

LONGEST_NAME = 100
LONGEST_REASON = 200
AHEAD = (60, 14)
"""Days before its end that organisers hear of a term."""
LONGEST = timedelta(days=3660)


class Sponsor(Table):
    """Who gives something: a company, a foundation, a neighbour."""

    __tablename__ = "sponsor"

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    created_at: Mapped[datetime]


class SponsorTerm(Table):
    """From a day to a day, both included, for an amount. A renewal is a term of its own."""

    __tablename__ = "sponsor_term"

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    sponsor_id: Mapped[str] = mapped_column(ForeignKey("sponsor.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date]
    minor: Mapped[int] = mapped_column(BigInteger)
    """The value in the currency's smallest unit."""
    currency: Mapped[str] = mapped_column(String(3))
    """ISO 4217."""
    one_off: Mapped[bool]
    """Nobody is asked to renew it, and it counts for no renewal."""
    renewed_by_id: Mapped[str | None] = mapped_column(ForeignKey("sponsor_term.id"), unique=True)
    ended_on: Mapped[date | None]
    """It ended before its time, or will not go on."""
    ended_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    added_by: Mapped[str | None] = person_column(Leaves.NAME, "sponsor terms you noted")
    created_at: Mapped[datetime]

    @property
    def value(self) -> Money:
        return Money(self.minor, self.currency)

    @property
    def is_open(self) -> bool:
        """What becomes of it is not decided yet."""
        return self.renewed_by_id is None and self.ended_on is None

    def is_due(self, today: date) -> bool:
        """Somebody should talk to them about what comes next."""
        near = self.ends - today <= timedelta(days=AHEAD[0])
        return self.is_open and not self.one_off and near


def next_span(term: SponsorTerm) -> tuple[date, date]:
    """The days right after a term, for as long: whole years stay whole years."""
    starts = term.ends + timedelta(days=1)
    years = starts.year - term.starts.year
    if years and (starts.month, starts.day) == (term.starts.month, term.starts.day):
        return starts, starts.replace(year=starts.year + years) - timedelta(days=1)
    return starts, starts + (term.ends - term.starts)
