"""How many will come: a range for events that are planned, from those that were held.

People at an event are a Gamma-Poisson count around a level that drifts as a random walk of its
logarithm. A particle filter (Gordon, Salmond and Smith, IEE Proceedings F 140, 1993) carries many
guesses of level, spread and drift through the records at once; the static ones are kept alive with
the kernel of Liu and West (2001). Old events count less by themselves, since the level has moved
on; two events already give a range, and it is a wide one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from bot.numbers.plans import QUARTER, Count, CountPrior, Guess

Draws = NDArray[np.float64]

PARTICLES = 4000
"""Guesses that go through the records."""
DRAWS = 20_000
"""Futures drawn from them; so many of each."""
SHRINK = 0.98
"""How much of itself a guess keeps when guesses are drawn anew."""
ALIVE = 0.5
"""Guesses are drawn anew when fewer than this share of them carry the weight."""
RECENT = 400
"""Events before these teach nothing more about the level of today."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is known at a day: equally likely guesses, as logarithms."""

    level: Draws
    spread: Draws
    drift: Draws


@dataclass(frozen=True, slots=True)
class Ahead:
    """Draws by events, and what they come from: how many are usual as of now, one for each draw,
    and how many are usual at each event by then."""

    people: Draws
    now: Draws
    usual: Draws


def level_of(
    counts: Sequence[Count], as_of: date, prior: CountPrior, chance: np.random.Generator
) -> Level:
    """What the records before a day say about it."""
    held = sorted((each for each in counts if each.day <= as_of), key=lambda each: each.day)
    guesses = np.vstack(
        [_log_normal(each, chance) for each in (prior.level, prior.spread, prior.drift)]
    )
    weight = np.zeros(PARTICLES)
    before = held[-RECENT:][0].day if held else as_of
    for each in held[-RECENT:]:
        guesses = _wander(guesses, (each.day - before).days, chance)
        weight += _likelihood(each.number, guesses[0], guesses[1])
        before = each.day
        if _alive(weight) < ALIVE:
            guesses, weight = _anew(guesses, weight, chance), np.zeros(PARTICLES)
    guesses = guesses[:, _drawn(weight, chance)]
    return Level(*_wander(guesses, (as_of - before).days, chance))


def people(level: Level, days_ahead: Sequence[int], chance: np.random.Generator) -> Ahead:
    """How many come to each of the events, in order of their day.

    One row is one guess, whose level wanders on from event to event.
    """
    found, usual = (np.empty((DRAWS, len(days_ahead))) for _ in range(2))
    guesses = np.vstack([level.level, level.spread, level.drift])
    guesses = np.repeat(guesses, DRAWS // PARTICLES, axis=1)
    now = np.exp(guesses[0])
    before = 0
    for at, day in enumerate(days_ahead):
        guesses = _wander(guesses, day - before, chance)
        before = day
        shape, usual[:, at] = np.exp(-guesses[1]), np.exp(guesses[0])
        found[:, at] = chance.poisson(chance.gamma(shape, usual[:, at] / shape))
    return Ahead(found, now, usual)


def _log_normal(guess: Guess, chance: np.random.Generator) -> Draws:
    noise = chance.standard_normal(PARTICLES)
    return np.asarray(np.log(guess.middle) + np.log(guess.times) * noise)


def _wander(guesses: Draws, days: int, chance: np.random.Generator) -> Draws:
    """The level after some days more, each guess by its own drift."""
    step = np.exp(guesses[2]) * np.sqrt(days / QUARTER)
    moved = guesses[0] + step * chance.standard_normal(guesses.shape[1])
    return np.vstack([np.clip(moved, -5, 12), guesses[1:]])


def _likelihood(number: int, level: Draws, spread: Draws) -> Draws:
    """Log-likelihood of a Gamma-Poisson count, a negative binomial, without its constant."""
    shape = np.exp(-spread)
    mean = np.exp(level)
    return np.asarray(
        gammaln(number + shape)
        - gammaln(shape)
        + shape * np.log(shape / (shape + mean))
        + number * np.log(mean / (shape + mean))
    )


def _alive(weight: Draws) -> float:
    share = np.exp(weight - weight.max())
    return float(share.sum() ** 2 / (share**2).sum() / len(share))


def _drawn(weight: Draws, chance: np.random.Generator) -> NDArray[np.int64]:
    """Which guesses go on, in proportion to their weight: systematic, so that few are lost."""
    share = np.exp(weight - weight.max())
    places = (np.arange(PARTICLES) + chance.random()) / PARTICLES
    found = np.searchsorted(np.cumsum(share / share.sum()), places)
    return np.minimum(found, PARTICLES - 1)


def _anew(guesses: Draws, weight: Draws, chance: np.random.Generator) -> Draws:
    """Draw, and move spread and drift a little towards their mean and apart, keeping both their
    mean and their variance."""
    drawn = guesses[:, _drawn(weight, chance)]
    fixed = drawn[1:]
    middle = fixed.mean(axis=1, keepdims=True)
    apart = np.sqrt(1 - SHRINK**2) * fixed.std(axis=1, keepdims=True)
    noise = chance.standard_normal(fixed.shape)
    return np.vstack([drawn[0], SHRINK * fixed + (1 - SHRINK) * middle + apart * noise])
