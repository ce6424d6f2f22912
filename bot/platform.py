"""The only port: what the core asks of a platform."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.actions import Registry, Role
from bot.people import Address, Caller, Where
from bot.replies import Reply

__all__ = [
    "Address",
    "Channel",
    "Check",
    "Errand",
    "Group",
    "Letter",
    "Platform",
    "Profile",
    "Sent",
    "Served",
]

if TYPE_CHECKING:
    from bot.app import App


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that arrived, so that it can be edited later."""

    where: Where
    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way: a new one to an address, or a newer version of one that arrived."""

    to: Address | Sent
    reply: Reply


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to do on a platform that is no message, such as keeping its copy of an event.

    `do` runs outside any transaction; what it learns it stores in one of its own.
    """

    where: Where
    do: Callable[["Platform"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `community-os doctor`: fine, or what to do."""

    about: str
    ok: bool
    says: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody as their platform knows them now. `role` is by the platform's own permissions."""

    name: str
    role: Role
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel by its platform's id, and its name without a sign before it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """A role of a Discord server or a user group of Slack, by id, and its name without an @."""

    id: str
    name: str
    everyone: bool = False
    """Whether all who are there are in it, whoever they are."""


class Served(Protocol):
    """What runs beside the clockwork until it is cancelled."""

    def connect(self, app: "App") -> None:
        """Whom to call when somebody does something. Once, before `run`."""
        ...

    async def run(self) -> None:
        """Serve until cancelled."""
        ...


class Platform(Served, Protocol):
    """Discord, Slack or the local workspace."""

    name: str
    keeps_forms_open: bool
    """Whether a refused form stays on the screen with what was written."""
    knows_repeats: bool
    """Whether a message sent again with the same nonce is seen once."""
    calls_groups: str
    """What groups of people are called there: "role", "user group"."""
    takes_files: bool
    """Whether people can attach a file to a command."""

    async def ready(self) -> None:
        """Wait until it takes messages."""
        ...

    async def role_of(self, caller: Caller) -> Role:
        """What the platform's own permissions say. Raises TryLater when it can't be asked."""
        ...

    async def profile_of(self, where: Where, user: str) -> Profile | None:
        """Who has this id there; None for nobody, or nobody any more. Raises TryLater."""
        ...

    async def groups(self, where: Where) -> tuple[Group, ...]:
        """The groups of people there. Raises Undeliverable, with what to do, where I may not look,
        and TryLater when I can't."""
        ...

    async def groups_of(self, where: Where, user: str, among: Collection[str]) -> Collection[str]:
        """In which of these groups somebody is; in none where I may not look. Raises TryLater."""
        ...

    async def channels(self, where: Where) -> tuple[Channel, ...]:
        """The channels that I can see there. Raises TryLater when I can't look."""
        ...

    async def zone_of(self, caller: Caller) -> str | None:
        """The IANA zone in their profile, where the platform knows one."""
        ...

    async def obstacle(self, to: Address) -> str | None:
        """What keeps me from posting there, in words an organiser can act on; None if nothing."""
        ...

    async def send(self, to: Address, reply: Reply, nonce: str) -> Sent:
        """Send one message. The same nonce within minutes is the same message, where it can be.

        Raises Undeliverable when it can never arrive, TryLater when it may.
        """
        ...

    async def edit(self, sent: Sent, reply: Reply) -> None:
        """Put a newer version in its place. Raises Undeliverable or TryLater."""
        ...

    def checks(self, registry: Registry) -> AsyncIterator[Check]:
        """Token, scopes, intents, permissions: whatever can be wrong on the platform's side."""
        ...
