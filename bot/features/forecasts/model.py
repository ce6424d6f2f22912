"""Plans that somebody looks at, forecasts that were kept, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import BESIDE, Id, Table
from bot.numbers.plans import Forecast, Plan, Priors
from bot.numbers.rows import Window
from bot.personal import Leaves, person_column

REASON = 200
HELD = "events"
"""Beside the outcomes: how many events were held. No range is given for it, as it is the plan."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A forecast with all that it rests on: it is shown from this alone, for ever the same.

    `assumed` is what the organisers assume themselves, in their words. `usual` are what two simple
    rules said at the time, by outcome: the last time, and the mean of the last four, for as many
    events. `beyond` says what of the plan nothing on record can speak of, `slots` what is to be
    known of its demo slots.
    """

    plan: Plan
    priors: Priors
    forecast: Forecast
    assumed: tuple[str, ...] = ()
    usual: Mapping[str, tuple[float | None, float | None]] | None = None
    beyond: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()

    @property
    def window(self) -> Window:
        return Window(self.plan.start, self.plan.end + timedelta(days=1))


@cache
def _kept() -> TypeAdapter[Kept]:
    """Worked out when the first forecast is kept or read: a start goes without."""
    return TypeAdapter(Kept)


def written(kept: Kept) -> str:
    return _kept().dump_json(kept).decode()


def read(said: str) -> Kept:
    return _kept().validate_json(said)


class Sketch(Table):
    """A plan that somebody looks at. Nothing is kept of it but for some days."""

    __tablename__ = "forecast_sketch"
    __table_args__ = ({"info": BESIDE},)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    asked: Mapped[str] = mapped_column(Text)
    """JSON: the fields of the forms, as they were typed."""
    said: Mapped[str | None] = mapped_column(Text)
    """The forecast of the last look, as `written`."""
    said_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


class KeptForecast(Table):
    """A forecast that was issued. It never changes."""

    __tablename__ = "forecast"
    __table_args__ = (Index("ix_forecast_community_id_issued_at", "community_id", "issued_at"),)

    id: Mapped[Id]
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"))
    starts: Mapped[date]
    ends: Mapped[date]
    said: Mapped[str] = mapped_column(Text)
    """The forecast, as `written`, with its version, seed and day."""
    issued_by: Mapped[str | None] = person_column(Leaves.NAME, "forecasts you issued")
    issued_at: Mapped[datetime]

    @property
    def kept(self) -> Kept:
        return read(self.said)


class ForecastOutcome(Table):
    """What became of one outcome of a forecast; `why` where it can't be told."""

    __tablename__ = "forecast_outcome"

    forecast_id: Mapped[str] = mapped_column(ForeignKey("forecast.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(24), primary_key=True)
    came: Mapped[int | None]
    why: Mapped[str | None] = mapped_column(String(REASON))
    scored_at: Mapped[datetime]
