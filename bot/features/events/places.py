"""Who has a place. The event's row is locked while places change hands, so that the last one is
given once."""

from bot.context import Scene
from bot.errors import UserError
from bot.features.events import promises, store
from bot.features.events.feature import feature
from bot.features.events.model import CANCELLED, COMING, Event, Rsvp


async def answer(scene: Scene, event: Event, person: str, said: str) -> Rsvp:
    """Note what somebody says. The event is locked. Raises UserError when it is too late."""
    _prove_open(scene, event)
    rsvp = await scene.session.get(Rsvp, (event.id, person))
    if rsvp:
        rsvp.batch_id = None
    if rsvp and rsvp.answer == said:
        return rsvp
    had_place = bool(rsvp and rsvp.answer == COMING and not rsvp.waiting)
    waiting = said == COMING and (await store.count(scene.session, event)).left(event.capacity) == 0
    turn = await store.next_turn(scene.session, event.id)
    if rsvp is None:
        rsvp = Rsvp(event_id=event.id, person_id=person)
        scene.session.add(rsvp)
    rsvp.answer, rsvp.waiting, rsvp.answered_at = said, waiting, scene.now
    rsvp.turn = turn
    await scene.session.flush()
    if had_place:
        await fill(scene, event)
    await promises.refresh(scene, event)
    return rsvp


async def fill(scene: Scene, event: Event, **more: int) -> set[str]:
    """Give free places to those who wait longest, and tell them. Returns who they are.

    `more` is what that message says besides.
    """
    waiting = [rsvp for rsvp in await store.said(scene.session, event.id, COMING) if rsvp.waiting]
    left = (await store.count(scene.session, event)).left(event.capacity)
    for rsvp in waiting[:left]:
        rsvp.waiting = False
        await promises.tell(scene, "events.moved-up", event, rsvp.person_id, rsvp.turn, **more)
    await scene.session.flush()
    return {rsvp.person_id for rsvp in waiting[:left]}


async def make_up(scene: Scene, person: str) -> None:
    """Two answers of one person have become one: what fell free is given on, and shown."""
    for event in await store.coming(scene):
        if await scene.session.get(Rsvp, (event.id, person)):
            await fill(scene, await store.event_of(scene, event.id, lock=True))
            await promises.refresh(scene, event)


@feature.farewell
async def leave(scene: Scene, person: str) -> None:
    """Take somebody off every list that still counts, as if they had never answered."""
    for event in await store.answered_by(scene, person):
        await store.forget_answer(scene, event, person)
        await fill(scene, event)
        await promises.refresh(scene, event)


async def place_in_line(scene: Scene, rsvp: Rsvp) -> int:
    """1 for whoever moves up next."""
    line = [each for each in await store.said(scene.session, rsvp.event_id, COMING) if each.waiting]
    return line.index(rsvp) + 1


def _prove_open(scene: Scene, event: Event) -> None:
    if event.status == CANCELLED:
        raise UserError("It was cancelled. `/events` lists what is coming.")
    if event.ends_at <= scene.now:
        raise UserError("It is over, so there is nothing to answer. `/events` lists what comes.")
