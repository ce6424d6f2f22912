"""A community with a clock, for tests of events: the local workspace on a database that lasts."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select

from adapters.local.workspace import WHERE, Message, Workspace
from bot.actions import Feature, Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Call, Place, Scene, Via
from bot.db import Database, Table
from bot.features import events
from bot.features.events.model import Event
from bot.markup import text_of
from bot.people import Caller, Community, Space, Where
from bot.replies import Outcome

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
"""A Monday."""
PLACE = Place("#demo-night")
T = TypeVar("T", bound=Table)

neighbours = Feature("neighbours")
"""Stands for the features that other events' promises belong to."""


@neighbours.delivery("retros.open", grace=timedelta(days=7))
async def _retro(scene: Scene, event: str) -> None: ...


@neighbours.delivery("followups.open", grace=timedelta(days=7))
async def _followups(scene: Scene, event: str) -> None: ...


@dataclass
class Hall:
    """One process. `again` is another one on the same database, sharing nothing in memory."""

    database: Database
    content: Content
    workspace: Workspace = field(default_factory=lambda: Workspace(NOW))
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    features: Sequence[Feature] = (events.feature, neighbours)

    def __post_init__(self) -> None:
        self.workspace.roles["olga"] = Role.HOST
        self.app = App(
            Registry(self.features),
            self.content,
            self.database,
            [self.workspace],
            clock=self.workspace.clock,
            new_id=self.new_id,
        )
        self.workspace.connect(self.app)

    def new_id(self) -> str:
        return f"{next(self.ids):016x}"

    def again(self) -> "Hall":
        now = self.workspace.now
        hall = Hall(self.database, self.content, Workspace(now), self.ids, self.features)
        hall.workspace._sent = dict(self.workspace._sent)
        return hall

    async def settle(self, zone: str, where: Where = WHERE) -> None:
        async with self.database.transaction() as session:
            community = Community(
                id=self.new_id(), name="Sample", zone=zone, feed_key=self.new_id(), created_at=NOW
            )
            session.add(community)
            await session.flush()
            session.add(
                Space(
                    id=self.new_id(),
                    community_id=community.id,
                    platform=where.platform,
                    external_id=where.space,
                )
            )

    async def say(self, who: str, line: str) -> Message:
        await self.workspace.say(who, PLACE, line)
        return self._answer(who)

    async def press(self, who: str, label: str) -> Message:
        await self.workspace.press(who, label)
        return self._answer(who)

    def _answer(self, who: str) -> Message:
        return [each for each in self.workspace.messages if each.reader == who][-1]

    async def do(self, who: str, action: str, where: Where = WHERE, **args: str) -> Outcome:
        """A press whose button need not be on the screen."""
        return await self.app.run(Call(action, args, Caller(where, who, who), PLACE, Via.PRESS))

    async def plan(self, line: str = '"Demo night" "Friday 18:30" 2h') -> Event:
        await self.say("olga", f"/event create {line}")
        await self.press("olga", "Yes, announce it")
        await self.advance(minutes=1)
        return (await self.all(Event))[-1]

    async def advance(self, **span: float) -> None:
        await self.workspace.advance(timedelta(**span))

    async def all(self, table: type[T]) -> Sequence[T]:
        """Rows, events in order of their start."""
        order = [table.starts_at] if table is Event else []  # type: ignore[attr-defined]
        async with self.database.session() as session:
            return list(await session.scalars(select(table).order_by(*order)))

    async def event(self, id_: str) -> Event:
        async with self.database.session() as session:
            return (await session.scalars(select(Event).where(Event.id == id_))).one()

    async def scene(self, where: Where = WHERE) -> tuple[Scene, Space]:
        """As the lead's wiring makes one for what a platform tells."""
        space, community = await self.app._home(where, self.workspace.now)
        scene = Scene(
            now=self.workspace.now,
            new_id=self.new_id,
            registry=self.app.registry,
            content=self.content,
            community=community,
            database=self.database,
        )
        return scene, space

    def direct(self, who: str) -> list[tuple[datetime, str]]:
        return [
            (each.at, each.card.title)
            for each in self.workspace.messages
            if each.place.direct and each.reader == who
        ]

    @property
    def public(self) -> list[Message]:
        return [each for each in self.workspace.messages if not each.private]


def words(message: Message) -> str:
    card = message.card
    fields = [f"{each.name} {text_of(each.value)}" for each in card.fields]
    return "\n".join([card.title, text_of(card.text), *fields])
