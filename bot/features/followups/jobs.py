"""What follow-ups do by themselves: open when an event ends, remind once, tell a new owner."""

from datetime import datetime, timedelta

from bot.context import Scene
from bot.features.events.after import anybody, dated
from bot.features.events.model import CANCELLED, Event
from bot.features.followups import store
from bot.features.followups.actions import about_due, feature
from bot.features.followups.cards import heading
from bot.features.followups.model import EVENT, OPEN, FollowUp
from bot.people import directly, hosts_of
from bot.platform import Letter
from bot.replies import Reply

__all__ = ["feature"]

DAY = timedelta(days=1)
FORTNIGHT = timedelta(weeks=2)
"""Up to two weeks late a follow-up is still worth sending (principle 45)."""


@feature.delivery("followups.open", grace=FORTNIGHT)
async def open_followups(scene: Scene, event: str) -> None:
    found = await scene.session.get(Event, event)
    if found is None or found.status == CANCELLED:
        return
    lists_close = found.ends_at + DAY
    if scene.now < found.ends_at:
        await _again(scene, event, found.ends_at)
    elif await anybody(scene.session, event):
        title = dated(found, scene.community.zone)
        await store.open_for(
            scene, EVENT, found.id, title, since=found.ends_at, owner_id=found.created_by
        )
    elif scene.now < lists_close:  # who was there is often noted the day after
        await _again(scene, event, lists_close)


async def _again(scene: Scene, event: str, due: datetime) -> None:
    key = f"followups:{event}:{scene.new_id()}"  # the first key is spent on this row
    await scene.outbox.later("followups.open", key=key, due=due, event=event)


@feature.delivery("followups.remind", grace=FORTNIGHT)
async def remind(scene: Scene, what: str, about: str, owner: str) -> Letter | None:
    """Once, with a third of the time left: to the owner, or to all hosts if it is nobody's."""
    found = await store.about(scene, what, about)
    due = [each for each in found if each.status == OPEN and (each.owner_id or "") == owner]
    if what == EVENT and found:
        due += await store.of_demos(scene, owner, found[0].due_at)
    if not due or scene.now >= due[0].due_at:
        return None
    to = await directly(scene.session, owner) if owner else None
    card = await about_due(scene, heading("A message to write: ", due[0]), due)
    return Letter(to or await hosts_of(scene.session, scene.community), Reply(card, private=False))


@feature.delivery("followups.handed", grace=FORTNIGHT)
async def handed(scene: Scene, followup: str, owner: str) -> Letter | None:
    """Whoever gets a follow-up hears of it."""
    found = await scene.session.get(FollowUp, followup)
    to = await directly(scene.session, owner)
    if found is None or found.status != OPEN or found.owner_id != owner or to is None:
        return None
    card = await about_due(scene, heading("Handed to you: ", found), [found])
    return Letter(to, Reply(card, private=False))


@feature.farewell
async def leave(scene: Scene, person: str) -> None:
    """What was theirs is nobody's, so that all hosts are reminded of it."""
    theirs = await store.owned_by(scene, person)
    evenings = {each.due_at for each in theirs if each.what == EVENT}
    for each in theirs:
        each.owner_id = None
        told_along = each.what != EVENT and each.due_at in evenings
        if scene.now < each.remind_at and not told_along:
            await store.promise_reminder(scene, each)
