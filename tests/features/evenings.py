"""A community with events that end, for what happens after them. No clock but the workspace's."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.local.workspace import WHERE, Message, Workspace
from bot.actions import Feature, Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Scene
from bot.db import Database, Table
from bot.features import followups, retros
from bot.features.events.model import PLANNED, Attendance, Event, Rsvp
from bot.features.privacy.erasing import erase
from bot.markup import text_of
from bot.outbox import Outbox, Outgoing
from bot.people import Caller, Community, Person, Space, Where, person_of, settle_in

NOW = datetime(2026, 5, 4, 18, tzinfo=UTC)
"""A Monday."""
FEATURES: tuple[Feature, ...] = (retros.feature, followups.feature)
HOSTS = "#hosts"


def new_id() -> str:
    return secrets.token_hex(8)


@dataclass
class Evenings:
    """Hands and eyes for one database. `restart` is a new process on it."""

    content: Content
    database: Database
    workspace: Workspace = field(init=False)
    where: Where = WHERE
    features: tuple[Feature, ...] = FEATURES

    def __post_init__(self) -> None:
        self.restart(NOW)

    def restart(self, now: datetime | None = None) -> None:
        before = self.workspace if now is None else None
        self.workspace = Workspace(before.now if before else now or NOW)
        if before:
            self.workspace.roles = before.roles
        app = App(
            Registry(self.features),
            self.content,
            self.database,
            [self.workspace],
            clock=self.workspace.clock,
            new_id=new_id,
        )
        self.workspace.connect(app)

    @property
    def now(self) -> datetime:
        return self.workspace.now

    async def home(self, session: AsyncSession) -> tuple[Space, Community]:
        return await settle_in(session, self.where, NOW, new_id, "UTC")

    async def prefer(self, **choices: object) -> None:
        async with self.database.transaction() as session:
            _, community = await self.home(session)
            found = await session.get(Community, community.id)
            assert found
            found.prefer(**choices)
        self.workspace.app._homes.clear()

    async def hosts_channel(self) -> None:
        async with self.database.transaction() as session:
            space, _ = await self.home(session)
        await self.prefer(hosts_channel=f"{space.id}/{HOSTS}")

    async def person(self, name: str) -> str:
        async with self.database.transaction() as session:
            space, _ = await self.home(session)
            caller = Caller(self.where, name, name)
            return (await person_of(session, caller, space, NOW, new_id)).id

    async def host(self, name: str, role: Role = Role.HOST) -> str:
        """Somebody who may do this, and to whom the bot may write."""
        self.workspace.join(name, role)
        person = await self.person(name)
        async with self.database.transaction() as session:
            (await session.get_one(Person, person)).agreed_at = self.now
        return person

    async def leave(self, name: str) -> None:
        """Deletes all that is kept of them."""
        async with self.database.transaction() as session:
            _, community = await self.home(session)
        app = self.workspace.app
        scene = Scene(self.now, new_id, app.registry, app.content, community, self.database)
        person = await self.person(name)
        await erase(scene, await scene.session.get_one(Person, person))
        await scene.commit()
        await scene.close()

    async def event(
        self,
        title: str = "Demo night",
        *,
        starts: timedelta = timedelta(hours=1),
        host: str | None = "org1",
        guests: int = 1,
        **more: Any,
    ) -> str:
        """Planned, with the rows that the events feature promises. It takes two hours.

        `guests` have no account here; without any nothing is asked afterwards.
        """
        owner = await self.person(host) if host else None
        if host:
            self.workspace.join(host, Role.HOST)
        async with self.database.transaction() as session:
            space, community = await self.home(session)
            event = Event(
                id=new_id(),
                community_id=community.id,
                title=title,
                starts_at=self.now + starts,
                minutes=120,
                spot=f"{space.id}/#demo-night",
                status=PLANNED,
                code="123",
                created_by=owner,
                created_at=self.now,
                **more,
            )
            session.add(event)
            await session.flush()
            for _ in range(guests):
                seen = Attendance(
                    id=new_id(), event_id=event.id, present=True, via="host", noted_at=NOW
                )
                session.add(seen)
            kinds = self.workspace.app.registry.kinds
            outbox = Outbox(session, community.id, new_id, kinds, self.now)
            retro = event.ends_at + timedelta(hours=community.prefs.retro_hours)
            await outbox.later("retros.open", key=f"retro:{event.id}", due=retro, event=event.id)
            key = f"followups:{event.id}"
            await outbox.later("followups.open", key=key, due=event.ends_at, event=event.id)
            return event.id

    async def change(self, event_id: str, **values: Any) -> None:
        async with self.database.transaction() as session:
            event = await session.get(Event, event_id)
            assert event
            for name, value in values.items():
                setattr(event, name, value)

    async def coming(self, event_id: str, *names: str, answer: str = "coming") -> None:
        for name in names:
            person = await self.person(name)
            async with self.database.transaction() as session:
                session.add(
                    Rsvp(event_id=event_id, person_id=person, answer=answer, answered_at=NOW)
                )

    async def seen(self, event_id: str, name: str, *, present: bool) -> None:
        person = await self.person(name)
        async with self.database.transaction() as session:
            session.add(
                Attendance(
                    id=new_id(),
                    event_id=event_id,
                    person_id=person,
                    present=present,
                    via="host",
                    noted_at=NOW,
                )
            )

    async def all(self, table: type[Table]) -> list[Any]:
        async with self.database.session() as session:
            return list(await session.scalars(select(table)))

    async def rows(self) -> list[Outgoing]:
        return await self.all(Outgoing)

    async def people(self) -> dict[str, str]:
        """Names by id."""
        return {person.id: person.name for person in await self.all(Person)}

    def words(self, member: str) -> str:
        """All of the newest message that a member sees."""
        return text_in(self.workspace.seen_by(member)[-1])

    def posted(self, place: str) -> list[Message]:
        return [each for each in self.workspace.messages if each.place.id == place]

    def posted_publicly(self, place: str) -> list[Message]:
        return [each for each in self.posted(place) if not each.private]


def text_in(message: Message) -> str:
    card = message.card
    fields = [f"{each.name}: {text_of(each.value)}" for each in card.fields]
    return "\n".join([card.title, text_of(card.text), *fields])


async def dump(database: Database) -> set[tuple[str, str]]:
    """Every row of every table, as text, with its table."""
    found: set[tuple[str, str]] = set()
    async with database.engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            for row in await connection.execute(select(table)):
                found.add((table.name, repr(tuple(row))))
    return found
