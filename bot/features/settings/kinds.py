"""What a setting can be: how a value is read from what people type, and said in words.

Each `read` raises UserError with a sentence that says what to type instead.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.content import Content
from bot.context import Context
from bot.errors import UserError
from bot.markup import plain
from bot.people import Address, Space, spot_words
from bot.replies import OPTIONS, Option
from bot.zones import read_zone, zones_like

NUMBER = re.compile(r"(\d{1,6})(?::00)?\s*(?:h|hours?|o'clock)?")
LETTERS = {
    "est": "America/New_York",
    "edt": "America/New_York",
    "est5edt": "America/New_York",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "cst6cdt": "America/Chicago",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "mst7mdt": "America/Denver",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pst8pdt": "America/Los_Angeles",
    "hst": "Pacific/Honolulu",
    "bst": "Europe/London",
    "ist": "Asia/Kolkata",
    "wet": "Europe/Lisbon",
    "west": "Europe/Lisbon",
    "cet": "Europe/Paris",
    "cest": "Europe/Paris",
    "met": "Europe/Paris",
    "eet": "Europe/Athens",
    "eest": "Europe/Athens",
    "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney",
}
"""Letters that stand for half a year, or for more than one place."""
OFF = "off"
NOTHING = {OFF, "none", "no", "nowhere"}


class Kind(Protocol):
    async def read(self, ctx: Context, text: str) -> Any:
        """The value in what was typed."""
        ...

    def typed(self, value: Any) -> str:
        """What one would type for this value: `read` takes it back."""
        ...

    def words(self, value: Any, content: Content, here: str = "") -> str:
        """The value in plain words, as markup. `here` is the channel that the reader is in."""
        ...

    def ways(self, content: Content) -> str:
        """What it can be, for the documentation."""
        ...

    def picks(self, content: Content) -> tuple[Option, ...]:
        """All there is, where that is few enough to pick from; else it is typed."""
        ...

    def like(self, text: str, content: Content) -> tuple[Option, ...]:
        """What to offer while somebody types."""
        ...


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number. `shown` turns it into words; `because` says why the range ends."""

    least: int
    most: int
    shown: str
    because: str

    async def read(self, ctx: Context, text: str) -> int:
        found = NUMBER.fullmatch(text.strip().lower())
        if not found:
            raise UserError(f"“{plain(text, 30)}” is not a whole number I can use. {self._range}")
        if not self.least <= int(found[1]) <= self.most:
            raise UserError(f"{found[1]} does not work here. {self._range}")
        return int(found[1])

    def typed(self, value: int) -> str:
        return str(value)

    def words(self, value: int, content: Content, here: str = "") -> str:
        return self.shown.format(value)

    def ways(self, content: Content) -> str:
        return f"{self.least} to {self.most}"

    def picks(self, content: Content) -> tuple[Option, ...]:
        return ()

    def like(self, text: str, content: Content) -> tuple[Option, ...]:
        digits = map(str, range(self.least, self.most + 1))
        return tuple(Option(n, n) for n in digits if n.startswith(text.strip()))[:OPTIONS]

    @property
    def _range(self) -> str:
        return f"Please choose from {self.least} to {self.most}: {self.because}."


def hour() -> Number:
    return Number(0, 23, "{:02}:00", "the hours of a day")


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few, by key or label. `optional`: also none of them, typed as "off"."""

    labels: Callable[[Content], Mapping[str, str]]
    optional: bool = False

    async def read(self, ctx: Context, text: str) -> str | None:
        wanted = text.strip().lower()
        if self.optional and wanted in NOTHING:
            return None
        for key, label in self.labels(ctx.content).items():
            short = len(wanted) > 2 and label.lower().startswith(wanted)
            if short or wanted in (key, label.lower()):
                return key
        ways = ", ".join(f"`{option.value}`" for option in self.picks(ctx.content))
        raise UserError(f"“{plain(text, 30)}” is none of them. You can choose {ways}.")

    def typed(self, value: str | None) -> str:
        return value or OFF

    def words(self, value: str | None, content: Content, here: str = "") -> str:
        return self.labels(content).get(value, value) if value else "nothing"

    def ways(self, content: Content) -> str:
        return ", ".join(f"`{option.value}`" for option in self.picks(content))

    def picks(self, content: Content) -> tuple[Option, ...]:
        options = tuple(Option(label, key) for key, label in self.labels(content).items())
        return (*options, Option("Nothing", OFF)) if self.optional else options

    def like(self, text: str, content: Content) -> tuple[Option, ...]:
        wanted = text.strip().lower()
        return tuple(each for each in self.picks(content) if wanted in each.label.lower())


@dataclass(frozen=True, slots=True)
class Zone:
    async def read(self, ctx: Context, text: str) -> str:
        if city := LETTERS.get(text.strip().lower()):
            raise UserError(
                f"{plain(text, 5)} does not say which clock it is when summer time begins. "
                f"Name a city: did you mean `{city}`?"
            )
        return read_zone(text)

    def typed(self, value: str) -> str:
        return value

    def words(self, value: str, content: Content, here: str = "") -> str:
        return plain(value)

    def ways(self, content: Content) -> str:
        return "an IANA name such as `Europe/Paris`, or a city"

    def picks(self, content: Content) -> tuple[Option, ...]:
        return ()

    def like(self, text: str, content: Content) -> tuple[Option, ...]:
        return zones_like(text)


@dataclass(frozen=True, slots=True)
class Channel:
    """The channel in which the command is typed, once we know that we may post there."""

    name: str
    """Of the setting, to say what to type."""

    async def read(self, ctx: Context, text: str) -> str | None:
        wanted = text.strip()
        if wanted.lower() in NOTHING:
            return None
        if wanted.lower() == "here":
            if ctx.place.direct:
                raise UserError(
                    f"Only you read here. In that channel, type `/settings {self.name} here`."
                )
            wanted = ctx.spot
        space, slash, channel = wanted.partition("/")
        if slash and space == ctx.space.id:
            await _refuse_closed(ctx, channel)
        elif not slash or not await _is_ours(ctx, space):
            raise UserError(
                f"In that channel, type `/settings {self.name} here`. "
                f"For none: `/settings {self.name} off`."
            )
        return wanted

    def typed(self, value: str | None) -> str:
        return value or OFF

    def words(self, value: str | None, content: Content, here: str = "") -> str:
        return spot_words(value, here) if value else "off"

    def ways(self, content: Content) -> str:
        return "`here`, typed in the channel, or `off`"

    def picks(self, content: Content) -> tuple[Option, ...]:
        return Option("This channel", "here"), Option("Off", OFF)

    def like(self, text: str, content: Content) -> tuple[Option, ...]:
        return self.picks(content)


async def _refuse_closed(ctx: Context, channel: str) -> None:
    obstacle = await ctx.platform.obstacle(Address(ctx.call.caller.where, channel=channel))
    if obstacle:
        raise UserError(
            f"I can't post there. {plain(obstacle, 300)} "
            "Please mend that and try again, or choose another channel."
        )


async def _is_ours(ctx: Context, space_id: str) -> bool:
    space = await ctx.session.get(Space, space_id)
    return space is not None and space.community_id == ctx.community.id
