"""Time zones as people type them: the IANA name, a city alone, a slip of the pen."""

from functools import lru_cache
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from bot.errors import UserError
from bot.markup import plain
from bot.replies import OPTIONS, Option

NEAR, AS_NEAR = 75, 10
"""Of 100: how alike a guess has to be, and how much less alike than the best one it may be."""


def read_zone(text: str) -> str:
    """The zone's IANA name. Raises UserError with the nearest ones."""
    wanted = _folded(text)
    for named in (_by_name(), _by_city()):
        if len(found := named.get(wanted, [])) == 1:
            return found[0]
    guesses = " or ".join(f"`{zone}`" for zone in _near(wanted, 2))
    hint = f"Did you mean {guesses}?" if guesses else "Write it like `Europe/Paris`."
    raise UserError(f"“{plain(text, 40)}” isn't a time zone that I know. {hint}")


def zones_like(text: str) -> tuple[Option, ...]:
    """Zones to offer while somebody types."""
    wanted = _folded(text)
    known = sorted(zone for zones in _by_city().values() for zone in zones)
    holding = [zone for zone in known if wanted in zone.lower()]
    found = dict.fromkeys([*holding, *_near(wanted, OPTIONS)])
    return tuple(Option(zone, zone) for zone in list(found)[:OPTIONS])


def _near(wanted: str, limit: int) -> list[str]:
    """Alike by the city, or by the whole name; the most alike first."""
    ranked = sorted(
        (-score, zone)
        for named in (_by_city(), _by_name())
        for name, score, _ in process.extract(
            wanted, list(named), scorer=fuzz.ratio, score_cutoff=NEAR
        )
        for zone in named[name]
    )
    near = [zone for score, zone in ranked if score <= ranked[0][0] + AS_NEAR]
    return list(dict.fromkeys(near))[:limit]


@lru_cache(maxsize=1)
def _by_name() -> dict[str, list[str]]:
    return {_folded(zone): [zone] for zone in available_timezones()}


@lru_cache(maxsize=1)
def _by_city() -> dict[str, list[str]]:
    """Only places, and UTC: not the old abbreviations, nor `Etc/GMT+3`, which means GMT-3."""
    cities: dict[str, list[str]] = {"utc": ["UTC"]}
    for zone in sorted(available_timezones()):
        region, _, place = zone.partition("/")
        if place and region != "Etc":
            cities.setdefault(_folded(place.rpartition("/")[2]), []).append(zone)
    return cities


def _folded(text: str) -> str:
    return text.strip().lower().replace(" ", "_")
