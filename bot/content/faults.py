"""What is wrong with a pack: all of it at once, each with its file and line."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import StartError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault, as `community-os check` prints it. The line counts from 1."""

    path: Path
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.says}"


class ContentError(StartError):
    """The pack cannot be used. `faults` holds every reason, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class Faults(list[Fault]):
    """Collects faults, so that one broken file does not hide the next."""

    @contextmanager
    def gathered(self) -> Iterator[None]:
        try:
            yield
        except ContentError as error:
            self.extend(error.faults)
