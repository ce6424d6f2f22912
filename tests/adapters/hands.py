"""What the contract suite asks of a platform's hands and eyes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.actions import Role


@dataclass(frozen=True)
class Seen:
    """One message as a person sees it: markup drawn, mentions resolved."""

    title: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    private: bool = False
    alt: str | None = None
    files: tuple[str, ...] = ()
    pings: bool = False

    @property
    def words(self) -> str:
        return " ".join([self.title, self.text, *self.fields, *self.fields.values()])


@dataclass(frozen=True)
class SeenForm:
    labels: tuple[str, ...]
    filled: Mapping[str, str]
    errors: Mapping[str, str]
    """By label, where the platform can show them in the form."""


class Hands(Protocol):
    """People at a platform. Channel names have no leading sign."""

    async def join(self, who: str, role: Role = Role.MEMBER) -> None: ...

    async def say(self, who: str, command: str, /, **options: object) -> None:
        """Type a command: natively with options on Discord, as text elsewhere."""

    async def press(self, who: str, label: str) -> None:
        """The newest button of that name that the person can see."""

    async def choose(self, who: str, label: str) -> None: ...

    async def use_on(self, who: str, label: str, whom: str) -> None:
        """An entry in the menu of somebody, wherever the platform has one."""

    async def fill(self, who: str, **values: object) -> None:
        """Send the open form; values by parameter name."""

    async def resend(self, who: str) -> None:
        """Deliver the last form submission a second time, as a flaky network would."""

    async def suggestions(self, who: str, command: str, name: str, text: str) -> list[str]: ...

    async def tick(self) -> None:
        """Let the bot say what is due."""

    def sees(self, who: str) -> list[Seen]:
        """All that they can see, oldest first."""

    def opens(self, who: str, file: str) -> bytes:
        """The newest file of that name that they can see. Raises LookupError."""

    def form(self, who: str) -> SeenForm | None: ...


def newest(files: Iterable[tuple[str, bytes | None]], name: str) -> bytes:
    """Of files with their names, oldest first. Raises LookupError."""
    found = [data for each, data in files if each == name and data is not None]
    if not found:
        raise LookupError(f"nobody sent {name}")
    return found[-1]
