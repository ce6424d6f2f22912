"""What the command line does with one community: import, and export."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from bot.actions import Registry
from bot.content import Content
from bot.context import Scene
from bot.db import Database
from bot.errors import StartError, UserError
from bot.imports.text import LARGEST
from bot.people import Community


@asynccontextmanager
async def scene_of(
    database: Database,
    registry: Registry,
    content: Content,
    named: str | None,
    now: datetime,
    new_id: Callable[[], str],
) -> AsyncIterator[Scene]:
    """The one community there is, or the one that is named; nothing is kept until `commit`.

    Raises StartError, also for what a person would be told.
    """
    async with database.session() as session:
        community = await session.scalar(select(Community).where(Community.id == named))
        if community is None:
            found = (await session.scalars(select(Community).order_by(Community.name))).all()
            community = _one(found, named)
    scene = Scene(now, new_id, registry, content, community, database)
    try:
        yield scene
    except UserError as error:
        raise StartError(error.says) from None
    finally:
        await scene.close()


def _one(communities: Sequence[Community], named: str | None) -> Community:
    same = [each for each in communities if named is None or each.name == named]
    if len(same) == 1:
        return same[0]
    if not communities:
        raise StartError(
            "There is no community yet. Run the bot once, and let somebody type a command."
        )
    listed = "; ".join(f"{each.id} ({each.name})" for each in communities)
    raise StartError(f"Which community? Add --community with one of these ids: {listed}.")


def contents(paths: tuple[Path, ...]) -> list[tuple[str, bytes]]:
    """Files with their names. What is too large is not even opened."""
    found = []
    for path in paths:
        try:
            if path.stat().st_size > LARGEST:
                raise StartError(
                    f"{path.name} has {path.stat().st_size / 2**20:,.0f} MB, and I read up to "
                    f"{LARGEST // 2**20} MB. Export one year at a time."
                )
            found.append((path.name, path.read_bytes()))
        except OSError as error:
            raise StartError(f"I can't read {path}: {error.strerror}.") from None
    return found


def write(path: Path, data: bytes) -> None:
    """For its owner alone, like the database. Raises StartError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_bytes(data)
    except OSError as error:
        raise StartError(f"I can't write {path}: {error.strerror}.") from None
