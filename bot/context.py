"""What a handler gets: who acts, where, when, and the means to read, write and answer."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.actions import Attachment, Registry, Role
from bot.content import Content
from bot.db import Database, Table
from bot.errors import UserError
from bot.outbox import Outbox
from bot.people import Caller, Community, Person, Space, known_person, person_of
from bot.platform import Platform
from bot.roles import in_time, role_of

T = TypeVar("T", bound=Table)


class Via(StrEnum):
    COMMAND = "command"
    PRESS = "press"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is typed or pressed, as its platform names it."""

    id: str
    direct: bool = False
    """A direct message: nobody else reads there."""


@dataclass(frozen=True, slots=True)
class Call:
    """One wish of one person, as an adapter understood it.

    For a form, `args` is what was filled in, `known` what was settled before it opened, and `form`
    the submission's id.
    """

    action: str
    args: Mapping[str, str]
    caller: Caller
    place: Place
    via: Via = Via.COMMAND
    known: Mapping[str, str] = field(default_factory=dict)
    form: str | None = None
    files: Mapping[str, Attachment] = field(default_factory=dict)
    """What was attached to a command, by parameter."""


@dataclass(slots=True)
class Scene:
    """A community at a moment, with the means to read and write. One transaction, opened at
    first use: reading the words costs no query."""

    now: datetime
    new_id: Callable[[], str]
    registry: Registry
    content: Content
    community: Community
    database: Database
    public_url: str | None = field(default=None, kw_only=True)
    """Where the web reaches this bot, if it does."""
    _session: AsyncSession | None = field(default=None, init=False)

    @property
    def session(self) -> AsyncSession:
        """Features add and flush; only the App commits."""
        if self._session is None:
            self._session = self.database.session()
        return self._session

    @property
    def is_open(self) -> bool:
        """Whether there is a transaction."""
        return self._session is not None

    @property
    def today(self) -> date:
        """On the community's calendar."""
        return self.now.astimezone(ZoneInfo(self.community.zone)).date()

    @property
    def outbox(self) -> Outbox:
        """What is said later, in this transaction."""
        return Outbox(self.session, self.community.id, self.new_id, self.registry.kinds, self.now)

    async def get_own(self, table: type[T], id_: str, gone: str, *, lock: bool = False) -> T:
        """A row of this community. Raises UserError with the sentence where there is none, so
        that nobody learns what others have. One that is locked is read anew: call it before
        anything is changed."""
        found: Any = await self.session.get(
            table, id_, with_for_update=lock, populate_existing=lock
        )
        if found is None or found.community_id != self.community.id:
            raise UserError(gone)
        return cast("T", found)

    @asynccontextmanager
    async def at_leisure(self) -> AsyncIterator["Scene"]:
        """The same scene for a look that takes long: all it reads is of one moment, it writes
        nothing, and nobody waits for it. What was not committed before is dropped."""
        await self.close()
        shared = {each.name: getattr(self, each.name) for each in fields(Scene) if each.init}
        async with self.database.snapshot() as connection, AsyncSession(connection) as session:
            scene = Scene(**shared)
            scene._session = session
            yield scene

    async def commit(self) -> None:
        if self._session is not None:
            await self._session.commit()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


@dataclass(slots=True)
class Context(Scene):
    """A scene in which somebody acts."""

    call: Call
    space: Space
    platforms: Mapping[str, Platform]
    changed: bool = field(default=False, init=False)
    """Whether this action may have changed the community itself."""
    resettled: bool = field(default=False, init=False)
    """Whether spaces have another community now: the App looks them up again."""
    _person: Person | None = field(default=None, init=False)
    _role: Role | None = field(default=None, init=False)

    @property
    def platform(self) -> Platform:
        """Where somebody acts."""
        return self.platforms[self.call.caller.where.platform]

    @property
    def place(self) -> Place:
        return self.call.place

    @property
    def spot(self) -> str:
        """The channel we are in, as a community keeps channels: `space id/channel id`."""
        return f"{self.space.id}/{self.place.id}"

    async def person(self) -> Person:
        """Who acts. Asking stores them: call it only for something that is kept."""
        if self._person is None:
            self._person = await person_of(
                self.session, self.call.caller, self.space, self.now, self.new_id
            )
        return self._person

    async def known_person(self) -> Person | None:
        """Who acts, if anything is kept about them. Asking stores nothing."""
        return self._person or await known_person(self.session, self.space, self.call.caller.user)

    async def fresh_community(self) -> Community:
        """The community as it is now, to be looked at: `community` may be some seconds old."""
        if not self.changed:
            self.community = await self.session.get_one(Community, self.community.id)
        return self.community

    @property
    def kept(self) -> Person | None:
        """Who acts, if this action has kept something for them."""
        return self._person

    async def own_community(self) -> Community:
        """The community as it is in this transaction, held until its end: to be changed.

        `community` may be some seconds old; from here on it is this one, also for the App.
        """
        if not self.changed:
            self.community = await self.session.get_one(
                Community, self.community.id, with_for_update=True, populate_existing=True
            )
            self.changed = True
        return self.community

    async def role(self) -> Role:
        """What they may do here, now: permissions may have changed since the button was made."""
        if self._role is None:
            self._role = await role_of(self, self.call.caller)
        return self._role

    async def role_of(self, caller: Caller) -> Role:
        """What somebody else may do, on whichever platform. Raises TryLater.

        Soon or not at all: a transaction may be open, and others wait for it.
        """
        return await in_time(role_of(self, caller))
