"""What a setting can be: how a value is read from what people type, and said in words.

Each `read` raises UserError with a sentence that says what to type instead.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.content import Content
from bot.context import Context
from bot.errors import TryLater, Undeliverable, UserError
from bot.markup import plain, shorten
from bot.people import Address, Community, Space, spot_words
from bot.platform import Channel as Room
from bot.replies import OPTION_LABEL, OPTIONS, Option
from bot.roles import in_time
from bot.zones import read_zone, zones_like

MENTION = re.compile(r"<#(\w+)(?:\|[^>]*)?>")
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

    def words(
        self, value: Any, content: Content, community: Community | None = None, here: str = ""
    ) -> str:
        """The value in plain words, as markup. `here` is the channel that the reader is in."""
        ...

    def ways(self, content: Content) -> str:
        """What it can be, for the documentation."""
        ...

    def picks(self, content: Content) -> tuple[Option, ...]:
        """All there is, where that is few enough to pick from; else it is typed."""
        ...

    async def like(self, ctx: Context, text: str) -> tuple[Option, ...]:
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

    def words(
        self, value: int, content: Content, community: Community | None = None, here: str = ""
    ) -> str:
        return self.shown.format(value)

    def ways(self, content: Content) -> str:
        return f"{self.least} to {self.most}"

    def picks(self, content: Content) -> tuple[Option, ...]:
        return ()

    async def like(self, ctx: Context, text: str) -> tuple[Option, ...]:
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

    def words(
        self,
        value: str | None,
        content: Content,
        community: Community | None = None,
        here: str = "",
    ) -> str:
        return self.labels(content).get(value, value) if value else "nothing"

    def ways(self, content: Content) -> str:
        return ", ".join(f"`{option.value}`" for option in self.picks(content))

    def picks(self, content: Content) -> tuple[Option, ...]:
        options = tuple(Option(label, key) for key, label in self.labels(content).items())
        return (*options, Option("Nothing", OFF)) if self.optional else options

    async def like(self, ctx: Context, text: str) -> tuple[Option, ...]:
        wanted = text.strip().lower()
        return tuple(each for each in self.picks(ctx.content) if wanted in each.label.lower())


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

    def words(
        self, value: str, content: Content, community: Community | None = None, here: str = ""
    ) -> str:
        return plain(value)

    def ways(self, content: Content) -> str:
        return "an IANA name such as `Europe/Paris`, or a city"

    def picks(self, content: Content) -> tuple[Option, ...]:
        return ()

    async def like(self, ctx: Context, text: str) -> tuple[Option, ...]:
        return zones_like(text)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, once we know that we may post there. Its name is noted with it."""

    name: str
    """Of the setting, to say what to type."""

    async def read(self, ctx: Context, text: str) -> str | None:
        wanted = text.strip()
        if wanted.lower() in NOTHING:
            return None
        space, slash, id_ = wanted.partition("/")
        if slash and space != ctx.space.id:
            return await self._elsewhere(ctx, wanted)
        if wanted.lower() == "here":
            if ctx.place.direct:
                raise UserError(
                    f"Only you read here. In that channel, type `/settings {self.name} here`."
                )
            id_ = ctx.place.id
        try:
            seen = await in_time(ctx.platform.channels(ctx.call.caller.where))
        except (TryLater, Undeliverable):
            seen = ()
        if not slash and wanted.lower() != "here":
            id_ = self._meant(seen, wanted)
        await _refuse_closed(ctx, id_)
        name = next((each.name for each in seen if each.id == id_), "")
        spot = f"{ctx.space.id}/{id_}"
        (await ctx.own_community()).name_channel(spot, ctx.space.platform, name)
        return spot

    def typed(self, value: str | None) -> str:
        return value or OFF

    def words(
        self,
        value: str | None,
        content: Content,
        community: Community | None = None,
        here: str = "",
    ) -> str:
        return spot_words(community, value, here) if value and community else "off"

    def ways(self, content: Content) -> str:
        return "`here`, typed in the channel; another channel's name; or `off`"

    def picks(self, content: Content) -> tuple[Option, ...]:
        return Option("This channel", "here"), Option("Off", OFF)

    async def like(self, ctx: Context, text: str) -> tuple[Option, ...]:
        wanted = text.strip().lower().removeprefix("#")
        seen = await ctx.platform.channels(ctx.call.caller.where)
        named = [Option(shorten(f"#{each.name}", OPTION_LABEL), each.id) for each in seen]
        offered = (*self.picks(ctx.content), *named)
        return tuple(each for each in offered if wanted in each.label.lower())[:OPTIONS]

    def _meant(self, seen: Iterable[Room], wanted: str) -> str:
        """The id of the channel that is mentioned or named. Raises UserError."""
        if mention := MENTION.fullmatch(wanted):
            return mention[1]
        name = wanted.removeprefix("#").lower()
        found = [each.id for each in seen if wanted == each.id or name == each.name.lower()]
        if len(found) != 1:
            how_many = "more than one channel" if found else "no channel"
            raise UserError(
                f"I see {how_many} called “{plain(wanted, 40)}”. "
                f"In the right one, type `/settings {self.name} here`. "
                f"For none: `/settings {self.name} off`."
            )
        return found[0]

    async def _elsewhere(self, ctx: Context, spot: str) -> str:
        """A channel of the community's other space, as it was chosen there."""
        space = await ctx.session.get(Space, spot.partition("/")[0])
        if space is None or space.community_id != ctx.community.id:
            raise UserError(
                f"In that channel, type `/settings {self.name} here`. "
                f"For none: `/settings {self.name} off`."
            )
        return spot


async def _refuse_closed(ctx: Context, channel: str) -> None:
    obstacle = await ctx.platform.obstacle(Address(ctx.call.caller.where, channel=channel))
    if obstacle:
        raise UserError(
            f"I can't post there. {plain(obstacle, 300)} "
            "Please mend that and try again, or choose another channel."
        )
