"""How an endpoint is written: a plain function from a `Call` to JSON, marked with its route."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from .faults import ApiError
from .messages import Upload
from .state import Guild
from .world import World

Handler = Callable[["Call"], Any]
H = TypeVar("H", bound=Callable[..., Any])
MARK = "_route"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read."""

    where: Mapping[str, str]
    """The path's parameters."""
    query: Mapping[str, str]
    body: Any
    uploads: Mapping[int, Upload]

    def id(self, name: str) -> int:
        """A snowflake of the path; 0, which nothing has, where it is none."""
        value = self.where[name]
        return int(value) if value.isdecimal() else 0

    def guild(self, world: World) -> Guild:
        """The guild of the path, if the bot is in it."""
        guild = world.guilds.get(self.id("guild"))
        if guild is None:
            raise ApiError(404, 10004, "Unknown Guild")
        if world.bot.id not in guild.members:
            raise ApiError(403, 50001, "Missing Access")
        return guild


class Route(NamedTuple):
    method: str
    path: str
    exempt: bool
    """Answers an interaction: needs no bot token and doesn't count towards the global limit."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def route(method: str, path: str, *, exempt: bool = False) -> Callable[[H], H]:
    """Mark a method as the endpoint of this path (below `/api/v10`)."""

    def mark(handler: H) -> H:
        setattr(handler, MARK, (*getattr(handler, MARK, ()), Route(method, path, exempt)))
        return handler

    return mark


def routes_of(part: object) -> Iterator[tuple[Route, Handler]]:
    for name in dir(type(part)):
        for found in getattr(getattr(type(part), name), MARK, ()):
            yield found, getattr(part, name)
