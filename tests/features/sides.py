"""One bot that lives on two platforms at once, each a local workspace of another name."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select

from adapters.local.workspace import Message, Workspace
from bot.actions import Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Call, Place, Via
from bot.db import Database, Table
from bot.features import FEATURES
from bot.markup import text_of
from bot.people import Caller, Where
from bot.replies import Button, Outcome
from tests.features.hall import NOW

PLACE = Place("#general")
T = TypeVar("T", bound=Table)


class Side(Workspace):
    def __init__(self, now: datetime, name: str, called: str) -> None:
        super().__init__(now)
        self.name = name
        self.where = Where(name, f"{name}-1", called)

    def _caller(self, member: str) -> Caller:
        self.join(member)
        return Caller(self.where, member, member)


@dataclass
class Sides:
    """One process. `again` is another one on the same database and the same screens."""

    database: Database
    content: Content
    discord: Side = field(default_factory=lambda: Side(NOW, "discord", "Gathering"))
    slack: Side = field(default_factory=lambda: Side(NOW, "slack", "Mill"))

    def __post_init__(self) -> None:
        self.app = App(
            Registry(FEATURES),
            self.content,
            self.database,
            [self.discord, self.slack],
            clock=lambda: self.discord.now,
            new_id=lambda: secrets.token_hex(8),
            public_url="https://bot.example",
        )
        for side in (self.discord, self.slack):
            side.connect(self.app)
            side.join("olga", Role.ORGANISER)

    def again(self) -> "Sides":
        return Sides(self.database, self.content, self.discord, self.slack)

    async def advance(self, **span: float) -> None:
        end = self.discord.now + timedelta(**span)
        while (due := await self.app.next_due()) and due <= end:
            self._set(max(self.discord.now, due))
            if not await self.app.tick():
                break
        self._set(end)

    def _set(self, now: datetime) -> None:
        self.discord.now = self.slack.now = now

    async def say(self, side: Side, who: str, line: str) -> Message:
        await side.say(who, PLACE, line)
        return self.told(side, who)

    async def press(self, side: Side, who: str, label: str) -> Message:
        await side.press(who, label)
        return self.told(side, who)

    def told(self, side: Side, who: str) -> Message:
        """The newest answer to them, not what came to them directly."""
        return [m for m in side.messages if m.reader == who and not m.place.direct][-1]

    def directly(self, side: Side, who: str) -> list[str]:
        return [m.card.title for m in side.messages if m.reader == who and m.place.direct]

    async def do(self, side: Side, who: str, button: Button) -> Outcome:
        """Press a button that somebody was shown once."""
        press = button.press
        call = Call(press.action, press.values, side._caller(who), PLACE, Via.PRESS)
        return await self.app.run(call)

    async def code(self, side: Side, who: str, button: str = "") -> str:
        """The command line that a card says to type on the other side."""
        message = await self.say(side, who, "/link")
        if button:
            message = await self.press(side, who, button)
        return next(line for line in message.card.text.splitlines() if line.startswith("/link "))

    async def join_sides(self) -> Message:
        """What the Slack workspace has moves to the Discord server's community."""
        line = await self.code(self.discord, "olga", "Join the two sides")
        await self.say(self.slack, "olga", line)
        return await self.press(self.slack, "olga", "Yes, join them")

    async def join_accounts(self, who: str, first: Side, then: Side) -> Message:
        await self.say(then, who, await self.code(first, who))
        return await self.press(then, who, "Yes, both are me")

    async def plan(self, side: Side, title: str, when: str = "Friday 18:30") -> None:
        await self.say(side, "olga", f'/event create "{title}" "{when}" 2h')
        await self.press(side, "olga", "Yes, announce it")
        await self.advance(minutes=1)

    async def all(self, table: type[T]) -> list[T]:
        async with self.database.session() as session:
            return list(await session.scalars(select(table)))


def words(message: Message) -> str:
    card = message.card
    fields = [f"{each.name}: {text_of(each.value)}" for each in card.fields]
    return "\n".join([card.title, text_of(card.text), *fields])
