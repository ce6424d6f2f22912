"""Organisers hear of a term before it runs out."""

from datetime import timedelta

from bot.context import Scene
from bot.features.sponsors import cards, store
from bot.features.sponsors.actions import again, show, stop
from bot.features.sponsors.feature import feature
from bot.features.sponsors.model import SponsorTerm
from bot.people import hosts_of
from bot.platform import Letter
from bot.replies import Reply, Style

__all__ = ["feature"]

GRACE = timedelta(days=13)
"""Up to the day before its end, the nearer of the two still helps."""


@feature.delivery("sponsors.due", grace=GRACE)
async def due(scene: Scene, term: str, ends: str) -> Letter | None:
    """In the hosts' channel; without one it is a word to who noted the term, in a row of its own:
    one that keeps that person's quiet hours."""
    found = await _still_due(scene, term, ends)
    if found is None:
        return None
    if found.added_by and not scene.community.prefs.hosts_channel:
        key = f"sponsor-ask:{term}:{scene.today.isoformat()}"
        await scene.outbox.later(
            "sponsors.ask", key=key, due=scene.now, person=found.added_by, term=term, ends=ends
        )
        return None
    return await _letter(scene, found)


@feature.delivery("sponsors.ask", grace=GRACE)
async def ask(scene: Scene, term: str, ends: str) -> Letter | None:
    found = await _still_due(scene, term, ends)
    return await _letter(scene, found) if found else None


async def _still_due(scene: Scene, term: str, ends: str) -> SponsorTerm | None:
    """Not where it was renewed, ended, moved or taken back meanwhile."""
    found = await scene.session.get(SponsorTerm, term)
    if found is None or not found.is_due(scene.today) or found.ends.isoformat() != ends:
        return None
    return found


async def _letter(scene: Scene, found: SponsorTerm) -> Letter:
    to = await hosts_of(scene.session, scene.community, found.added_by)
    _, sponsor = await store.term_of(scene, found.id)
    buttons = (
        again.button("Renew", Style.MAIN, term=found.id),
        stop.button("It ends", term=found.id),
        show.button("Open", term=found.id),
    )
    card = cards.due(found, sponsor, scene.today, buttons)
    return Letter(to, Reply(card, private=False))
