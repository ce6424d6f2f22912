"""The steps of `/setup`, in their order, and what each card says. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

from bot.replies import Option

LIKELY = (
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "UTC",
    "Europe/London",
    "Africa/Lagos",
    "Europe/Berlin",
    "Europe/Athens",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)
"""One for most people on Earth, from west to east; every other zone can be typed."""

HOURS = (9, 12, 18)
"""To press; every other hour can be typed."""


class Step(IntEnum):
    ZONE = 1
    PRINCIPLE = 2
    CLOCK = 3
    HOSTS = 4
    PULSE = 5
    ROLES = 6

    @property
    def title(self) -> str:
        return f"Set-up, {self.value} of {len(Step)}: {ABOUT[self].title}"

    @property
    def before(self) -> "Step | None":
        return Step(self - 1) if self > 1 else None

    @property
    def after(self) -> "Step | None":
        return Step(self + 1) if self < len(Step) else None


@dataclass(frozen=True, slots=True)
class About:
    title: str
    says: str
    settings: tuple[str, ...] = ()


ABOUT = {
    Step.ZONE: About(
        "your clock",
        "Every day and hour here is meant on this clock.",
        ("zone",),
    ),
    Step.PRINCIPLE: About(
        "where the principle of the week appears",
        "Once a week I post one principle, with one small act and one question to talk about. "
        "A channel that everybody reads is a good place.",
        ("principle-channel",),
    ),
    Step.CLOCK: About(
        "when it appears",
        "A quiet hour at the start of the week works for most.",
        ("principle-day", "principle-hour"),
    ),
    Step.HOSTS: About(
        "where hosts read",
        "Here I write what hosts need, such as the summary after an event. A channel that only "
        "hosts read is best. Without one I write to the event's host directly.",
        ("hosts-channel",),
    ),
    Step.PULSE: About(
        "where organisers read the pulse",
        "Once a week I post how it goes: what changed, what to do next, and figures you can quote. "
        "A channel that only organisers read is best.",
        ("pulse-channel", "pulse-day", "pulse-hour"),
    ),
    Step.ROLES: About(
        "who helps you",
        "Hosts plan events and see follow-ups. Organisers can also change settings. To name "
        "somebody, type `/role @name host` or `/role @name organiser`, now or later.",
    ),
}
STEP_OF = {name: step for step, about in ABOUT.items() for name in about.settings}


def clock(zone: str, now: datetime) -> str:
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def zones(now: datetime, first: str | None = None) -> tuple[Option, ...]:
    """Likely zones with the time there, so that one finds one's own by the clock."""
    return tuple(_zone(zone, now) for zone in _once((first, *LIKELY)))


def _zone(zone: str, now: datetime) -> Option:
    return Option(f"{zone.replace('_', ' ')}, {clock(zone, now)} now", zone)


def _once(zones: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(zone for zone in zones if zone))
