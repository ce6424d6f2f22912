"""How a card comes about: each rule a small pure function, with no chance in any of them.

They are told to members in docs/map.md and behind "Why this?".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.content import Area, Contribution, Invitation

D = TypeVar("D", bound=Contribution)

HIGHEST = 4
"""An answer is a level from 0 to this."""
HEAVY = 25
"""At this score and below the card adds the line that names who else can help."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an earlier card showed."""

    thin: str | None
    invitation: str | None
    contribution: str | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a card shows of the thin spot."""

    thin: Area
    invitation: Invitation
    contribution: Contribution
    chapter: int


@dataclass(frozen=True, slots=True)
class Change:
    """An area whose level is another one than on the map before."""

    area: Area
    before: int
    now: int


def score(levels: Iterable[int]) -> int:
    """All levels together, as a share of the most there can be, in hundredths, halves upwards."""
    known = list(levels)
    most = HIGHEST * len(known)
    return (200 * sum(known) + most) // (2 * most)


def is_heavy(points: int) -> bool:
    return points <= HEAVY


def thin_spot(levels: Mapping[str, int], earlier: Sequence[str | None]) -> str:
    """The area of the lowest level. Among several the one whose turn is longest ago, never before
    all others; then the order of the questions. `earlier`: thin spots so far, newest first.
    """
    lowest = min(levels.values())
    return max(
        (area for area, level in levels.items() if level == lowest),
        key=lambda area: _ago(area, earlier),
    )


def pick(deeds: Iterable[D], minutes: int, level: int, earlier: Sequence[str | None]) -> D:
    """Of what fits the answer and the minutes, what was shown longest ago, never before all others;
    then what makes most of the minutes; then the order of the words. `earlier`: what was shown,
    newest first.
    """
    fitting = [deed for deed in deeds if deed.minutes <= minutes and deed.least <= level]
    return max(fitting, key=lambda deed: (_ago(deed.do, earlier), deed.minutes))


def choose(
    areas: Mapping[str, Area], levels: Mapping[str, int], minutes: int, earlier: Sequence[Shown]
) -> Chosen:
    """What the card of these answers shows, after the cards of `earlier`, newest first."""
    before = [each.thin for each in earlier]
    thin = areas[thin_spot(levels, before)]
    level = levels[thin.key]
    return Chosen(
        thin,
        pick(thin.invitations, minutes, level, [each.invitation for each in earlier]),
        pick(thin.contributions, minutes, level, [each.contribution for each in earlier]),
        thin.chapters[before.count(thin.key) % len(thin.chapters)],
    )


def still_there(areas: Mapping[str, Area], shown: Shown, chapter: int | None) -> Chosen | None:
    """What a card showed, unless the words have changed since."""
    area = areas.get(shown.thin or "")
    if area is None or chapter is None:
        return None
    invitation = next((each for each in area.invitations if each.do == shown.invitation), None)
    given = next((each for each in area.contributions if each.do == shown.contribution), None)
    return Chosen(area, invitation, given, chapter) if invitation and given else None


def changes(
    areas: Iterable[Area], before: Mapping[str, int], now: Mapping[str, int]
) -> list[Change]:
    """Areas whose level differs, of those that both maps answer."""
    both = [area for area in areas if area.key in before and area.key in now]
    found = [Change(area, before[area.key], now[area.key]) for area in both]
    return [each for each in found if each.before != each.now]


def next_open(areas: Iterable[Area], levels: Mapping[str, int]) -> Area | None:
    """The first question without an answer."""
    return next((area for area in areas if area.key not in levels), None)


def _ago(name: str, earlier: Sequence[str | None]) -> int:
    return earlier.index(name) if name in earlier else len(earlier)
