"""Every setting: its name, what it does, what it can be. The card, the forms and docs/settings.md
are made from this table; a setting's name is its field of `Prefs`, with hyphens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process

from bot.content import Content
from bot.context import Scene
from bot.errors import UserError
from bot.features.pulse import weekly_pulse
from bot.features.settings.kinds import Channel, Kind, Number, OneOf, Zone, hour
from bot.features.weekly import chain, needs
from bot.markup import plain
from bot.people import Community

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
ORDERS = {"number": "by number", "needs": "by need"}
SHARES = {"none": "none", "quarter": "a quarter", "third": "a third", "half": "half"}
FORGOTTEN = "after two weeks people have forgotten the evening"


Then = Callable[[Scene, str], Awaitable[str]]
"""Carries a change out and says what comes of it; the text is the channel that we are in."""


First = Callable[[Scene, str, Any], Awaitable[str]]
"""What to say of a value before it is taken; nothing, where it is taken at once."""


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    label: str
    does: str
    kind: Kind
    then: Then | None = None
    first: First | None = None

    @property
    def field(self) -> str:
        return self.name.replace("-", "_")

    def of(self, community: Community) -> Any:
        return community.zone if self.field == "zone" else getattr(community.prefs, self.field)

    def put(self, community: Community, value: object) -> None:
        if self.field == "zone":
            community.zone = str(value)
        else:
            community.prefer(**{self.field: value})


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    settings: tuple[Setting, ...]
    outlook: Then | None = None


async def _new_clock(scene: Scene, here: str) -> str:
    """A change of zone moves the next weekly posts, where there are any."""
    await weekly_pulse.WEEKLY.promise(scene)
    return await chain.follow(scene, here) if chain.is_on(scene) else ""


async def _quiet(scene: Scene, here: str) -> str:
    prefs = scene.community.prefs
    return "No quiet hours now." if prefs.quiet_from == prefs.quiet_until else ""


def _days(content: Content) -> dict[str, str]:
    return DAYS


def _orders(content: Content) -> dict[str, str]:
    return ORDERS


def _shares(content: Content) -> dict[str, str]:
    return SHARES


SECTIONS = (
    Section(
        "The community",
        (
            Setting(
                "zone",
                "Time zone",
                "The clock for every day and hour here.",
                Zone(),
                _new_clock,
            ),
            Setting(
                "hosts-channel",
                "Hosts' channel",
                "Where hosts read what needs them, such as the summary of a retro.",
                Channel("hosts-channel"),
            ),
        ),
    ),
    Section(
        "Principle of the week",
        (
            Setting(
                "principle-channel",
                "Where",
                "The channel for the principle of the week. Off: none is posted.",
                Channel("principle-channel"),
                chain.follow,
            ),
            Setting("principle-day", "Day", "The day it is posted.", OneOf(_days), chain.follow),
            Setting(
                "principle-hour",
                "Hour",
                "The hour it is posted, on the community's clock.",
                hour(),
                chain.follow,
            ),
            Setting(
                "principle-order",
                "Order",
                "By number, from 1 to 52, or by need: what is thin here chooses.",
                OneOf(_orders),
                chain.follow,
            ),
            Setting(
                "principle-need",
                "Need",
                "What you want more of. It chooses when the order is by need.",
                OneOf(needs.places, optional=True),
                chain.follow,
            ),
        ),
        chain.outlook,
    ),
    Section(
        "Weekly pulse",
        (
            Setting(
                "pulse-channel",
                "Where",
                "The organisers' channel for the weekly pulse. Off: none is posted.",
                Channel("pulse-channel"),
                weekly_pulse.follow,
                weekly_pulse.warning,
            ),
            Setting("pulse-day", "Day", "The day it is posted.", OneOf(_days), weekly_pulse.follow),
            Setting(
                "pulse-hour",
                "Hour",
                "The hour it is posted, on the community's clock.",
                hour(),
                weekly_pulse.follow,
            ),
        ),
        weekly_pulse.outlook,
    ),
    Section(
        "Demos",
        (
            Setting(
                "demo-slots",
                "Slots",
                "How many demos one event has. `/demo slots` changes it for one of them.",
                Number(0, 30, "{} for each event", "more than thirty is a conference"),
            ),
            Setting(
                "demo-minutes",
                "Minutes",
                "How long one demo may be: part of the contract.",
                Number(1, 60, "{} minutes", "a demo that takes longer is a talk"),
            ),
            Setting(
                "demo-first-timers",
                "For first-timers",
                "The share kept for first-timers, until 3 days before the event.",
                OneOf(_shares),
            ),
        ),
    ),
    Section(
        "After an event",
        (
            Setting(
                "retro-hours",
                "Retro opens",
                "How long after an event its questions are asked.",
                Number(
                    1,
                    336,
                    "{} hours after the event",
                    f"right after it people are on their way home, and {FORGOTTEN}",
                ),
            ),
            Setting(
                "retro-summary-hours",
                "Summary of the retro",
                "How long after an event hosts get the answers together.",
                Number(
                    2,
                    672,
                    "{} hours after the event",
                    "it comes after the questions, and a month later nobody acts on it",
                ),
            ),
            Setting(
                "follow-up-count",
                "Follow-ups at least",
                "How many follow-ups each event and each demo has.",
                Number(
                    0, 10, "{} for each event and demo", "more is a promise that few hosts keep"
                ),
            ),
            Setting(
                "follow-up-hours",
                "Follow-ups within",
                "How long hosts have for them.",
                Number(1, 336, "{} hours", f"a message takes an hour, and {FORGOTTEN}"),
            ),
        ),
    ),
    Section(
        "Messages to members",
        (
            Setting(
                "quiet-from",
                "Quiet from",
                "From this hour on I write to nobody who is not waiting for it.",
                hour(),
                _quiet,
            ),
            Setting(
                "quiet-until",
                "Quiet until",
                "The hour at which quiet hours end. The same as the start: none.",
                hour(),
                _quiet,
            ),
            Setting(
                "messages-a-week",
                "Messages a week",
                "How many such messages one member gets in a week at most.",
                Number(
                    1,
                    21,
                    "{} at most",
                    "without any a promise could not be kept, and three a day is as much as "
                    "anybody reads",
                ),
            ),
        ),
    ),
)
SETTINGS = {setting.name: setting for section in SECTIONS for setting in section.settings}
TITLES = {
    setting.name: f"{section.title}: {setting.label.lower()}"
    for section in SECTIONS
    for setting in section.settings
}


def setting_called(name: str) -> Setting:
    """Raises UserError with the nearest name."""
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    if setting := SETTINGS.get(wanted):
        return setting
    near = process.extractOne(wanted, list(SETTINGS), score_cutoff=60)
    guess = f" Did you mean `{near[0]}`?" if near else ""
    raise UserError(f"There is no setting “{plain(name, 40)}”.{guess} `/settings` shows them all.")
