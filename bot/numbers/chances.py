"""How many of some will do it: a range for a share that drifts slowly.

Shares are Beta-Binomial. Old quarters count less, and how sure the share is fades with the quarters
ahead: what was learned weighs `memory` of itself for each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.numbers.counts import Draws
from bot.numbers.plans import QUARTER, Cases, SharePrior

MEMORY = 0.85
AS_MUCH_AS = 80.0
"""Cases that a share rests on at most: more of them do not make the next like them."""


@dataclass(frozen=True, slots=True)
class Chance:
    """What is known of a share: a Beta distribution by its two weights."""

    yes: float
    no: float

    @property
    def share(self) -> float:
        return self.yes / (self.yes + self.no)

    def shares(self, draws: int, chance: np.random.Generator) -> Draws:
        """One for each draw, as a column."""
        return chance.beta(self.yes, self.no, size=(draws, 1))


def of(wholes: Draws, shares: Draws, chance: np.random.Generator) -> Draws:
    """So many of each draw's whole."""
    return chance.binomial(np.maximum(wholes, 0).astype(np.int64), shares).astype(float)


def chance_of(
    cases: Iterable[Cases], as_of: date, prior: SharePrior, quarters_ahead: float = 0.5
) -> Chance:
    """What the records before a day say about a share so many quarters after it."""
    yes = no = 0.0
    for each in cases:
        if each.day <= as_of:
            weight = MEMORY ** ((as_of - each.day).days / QUARTER + quarters_ahead)
            yes += weight * each.part
            no += weight * (each.whole - each.part)
    fit = min(1.0, AS_MUCH_AS / (yes + no)) if yes + no else 1.0
    return Chance(
        prior.weight * prior.share + fit * yes, prior.weight * (1 - prior.share) + fit * no
    )
