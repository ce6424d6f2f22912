"""What a term promises for later: a word some time before it runs out."""

from datetime import timedelta

from bot.context import Scene
from bot.features.sponsors.model import AHEAD, SponsorTerm
from bot.schedule import at_hour

HOUR = 9


async def promise(scene: Scene, term: SponsorTerm) -> None:
    """What is still ahead; nothing for a one-off, or where it is decided how it goes on."""
    if term.one_off or not term.is_open:
        return
    for days in AHEAD:
        due = at_hour(term.ends - timedelta(days=days), HOUR, scene.community.zone)
        if due > scene.now:
            ends = term.ends.isoformat()
            key = _key(term, days)
            await scene.outbox.later("sponsors.due", key=key, due=due, term=term.id, ends=ends)


async def drop(scene: Scene, term: SponsorTerm) -> None:
    """Call it before the end changes."""
    await scene.outbox.cancel(*(_key(term, days) for days in AHEAD))


def _key(term: SponsorTerm, days: int) -> str:
    return f"sponsor-due:{term.id}:{days}:{term.ends.isoformat()}"
