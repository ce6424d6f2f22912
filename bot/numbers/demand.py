"""How many demos an event shows: slot by slot, each filled or not where the one before it was.

Slots do not bring presenters; they only end what is seen of the demand for them. So each slot has a
chance of its own, a discrete-time survival (Cox, JRSS B 34, 1972): an event says something about a
slot only if it had that slot and filled those before it.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from scipy.optimize import brentq

from bot.numbers.chances import Chance, chance_of
from bot.numbers.counts import DRAWS, Draws
from bot.numbers.plans import Cases, SharePrior

SLOTS = 4
"""Of so many at an event the prior tells the share that is filled."""
FADES = 0.9
"""A slot that nothing on record speaks of is less likely filled than the one before it: there are
only so many presenters."""


def fills(
    nights: Sequence[Cases], as_of: date, prior: SharePrior, slots: int, quarters_ahead: float
) -> Iterator[Chance]:
    """For each slot of an event, what is known of its being filled where the one before it was.
    Before its records speak, a slot is expected to be like the one before it."""
    known = [night for night in nights if night.day <= as_of]
    share = _each(prior.share)
    for slot in range(1, slots + 1):
        tried = [
            Cases(night.day, int(night.part >= slot), 1)
            for night in known
            if night.whole >= slot and night.part >= slot - 1
        ]
        if not tried and (known or slot > SLOTS):
            share *= FADES
        found = chance_of(tried, as_of, SharePrior(share, prior.weight), quarters_ahead)
        share = found.share
        yield found


def reached(chances: Sequence[Chance], chance: np.random.Generator) -> Draws:
    """For each draw, how likely an event fills so many slots at least, a column for each slot.
    Where presenters are keener than the records show, they are so for all slots alike."""
    order = chance.permutation(DRAWS)
    filled = np.ones((DRAWS, len(chances)))
    for at, each in enumerate(chances):
        filled[:, at] = np.sort(each.shares(DRAWS, chance)[:, 0])[order]
    return np.asarray(filled.cumprod(axis=1))


def shown(reach: Draws, events: int, chance: np.random.Generator) -> Draws:
    """Demos by events. Each event has the same luck however many slots it gets."""
    luck = chance.random((events, DRAWS), dtype=np.float32)
    found = np.zeros((events, DRAWS), np.int16)
    for reaches in reach.T.astype(np.float32):
        found += luck < reaches
    return np.ascontiguousarray(found.T, np.float64)


def _each(share: float) -> float:
    """How likely each slot is filled after the one before it, where so many of SLOTS are."""
    return float(
        brentq(lambda each: sum(each**n for n in range(1, SLOTS + 1)) - SLOTS * share, 0, 1)
    )
