"""What is assumed while there are few records: shown, and organisers may change it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.errors import UserError
from bot.markup import plain
from bot.numbers.plans import CountPrior, Priors, SharePrior
from bot.numbers.words import percent

ASSUMPTIONS = "forecast"
"""Their name among the texts of a community."""
PERCENT, NUMBER = r"(\d{1,2}) ?%?", r"(\d{1,6}(?:[.,]\d{1,2})?)"


@dataclass(frozen=True, slots=True)
class Assumption:
    """One that organisers may change. A share is typed in percent."""

    key: str
    says: str
    low: float
    high: float
    share: bool = True


ALL: tuple[Assumption, ...] = (
    Assumption("attendance", "People at one event", 1, 5000, share=False),
    Assumption("newcomers", "Of them, there for the first time", 1, 99),
    Assumption("slots", "Of four demo slots at an event, filled", 1, 99),
    Assumption("first_demos", "Demos by first-time presenters", 1, 99),
    Assumption("feedback", "Demos with feedback in time", 1, 99),
    Assumption("sparks", "Sparks after one event", 0.01, 100, share=False),
    Assumption("ships", "Things under way that ship in a quarter", 1, 99),
    Assumption("renewals", "Sponsors that renew", 1, 99),
)
BY_KEY = {each.key: each for each in ALL}


def priors_of(words: Mapping[str, str]) -> Priors:
    """Ours, with what organisers changed."""
    changed: dict[str, Any] = {
        key: _changed(getattr(Priors(), key), float(typed))
        for key, typed in words.items()
        if key in BY_KEY
    }
    return replace(Priors(), **changed)


def typed(priors: Priors, each: Assumption) -> str:
    """A count, or a share in percent."""
    prior = getattr(priors, each.key)
    return f"{prior.level.middle:g}" if isinstance(prior, CountPrior) else percent(prior.share)


def read_value(each: Assumption, text: str) -> str:
    """The number to keep. Raises UserError at the field."""
    found = re.fullmatch(PERCENT if each.share else NUMBER, text.strip())
    value = float(found[1].replace(",", ".")) if found else None
    if value is None or not each.low <= value <= each.high:
        low, high = f"{each.low:g}", f"{each.high:g}"
        wanted = (
            f"whole number from {low} to {high}%" if each.share else f"number from {low} to {high}"
        )
        raise UserError(f"“{plain(text, 30)}” is not a {wanted}.", each.key)
    return f"{value:g}"


def _changed(prior: CountPrior | SharePrior, value: float) -> CountPrior | SharePrior:
    if isinstance(prior, CountPrior):
        return replace(prior, level=replace(prior.level, middle=value))
    return replace(prior, share=value / 100)
