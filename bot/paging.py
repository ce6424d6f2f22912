"""Lists that are longer than a card: which page of how many, what stands on it, and the way on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.actions import Action
from bot.replies import Button

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, counted from 1."""

    number: int
    last: int
    size: int

    @classmethod
    def of(cls, wanted: int, count: int, size: int = 1) -> "Page":
        """The page that was asked for, or the nearest there is: a list may have become shorter
        since its buttons were shown. An empty one has one page."""
        last = max(1, -(-count // size))
        return cls(min(max(wanted, 1), last), last, size)

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @property
    def words(self) -> str:
        """Such as "page 2 of 3"; empty where there is one only."""
        return f"page {self.number} of {self.last}" if self.last > 1 else ""

    def shown(self, items: Sequence[T]) -> Sequence[T]:
        return items[self.start : self.start + self.size]

    def titled(self, title: str) -> str:
        return f"{title}, {self.words}" if self.words else title

    def back(self, action: Action, label: str, **args: object) -> tuple[Button, ...]:
        """The page before, if there is one. `args` are what the action takes beside the page."""
        if self.number == 1:
            return ()
        return (action.button(label, page=self.number - 1, **args),)

    def on(self, action: Action, label: str, **args: object) -> tuple[Button, ...]:
        """The page after, if there is one."""
        if self.number == self.last:
            return ()
        return (action.button(label, page=self.number + 1, **args),)

    def beside(
        self, action: Action, back: str = "← Before", on: str = "More →", **args: object
    ) -> tuple[Button, ...]:
        """Both, as far as they are there."""
        return (*self.back(action, back, **args), *self.on(action, on, **args))

    def around(self, action: Action, on: str, first: str, **args: object) -> tuple[Button, ...]:
        """The page after, and from the last one the first again."""
        if self.number == self.last > 1:
            return (action.button(first, page=1, **args),)
        return self.on(action, on, **args)


def filled(
    items: Iterable[T], size: Callable[[T], int], room: int, most: int | None = None
) -> list[list[T]]:
    """As many on a page as there is room for, in order. One page at least, which may be empty."""
    pages: list[list[T]] = [[]]
    left = room
    for item in items:
        needs = size(item)
        if pages[-1] and (needs > left or len(pages[-1]) == most):
            pages.append([])
            left = room
        pages[-1].append(item)
        left -= needs
    return pages
