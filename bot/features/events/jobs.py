"""What events say later. Each reads the world again when it is due, and may say nothing."""

from datetime import UTC, datetime, timedelta

from bot.context import Scene
from bot.features.events import answers, attendance, cards, lifecycle, promises, store
from bot.features.events.feature import feature, told_the_day_before
from bot.features.events.model import CANCELLED, COMING, PLANNED, Event, Rsvp
from bot.markup import one_line
from bot.people import channel_at, directly, hosts_of
from bot.platform import Letter
from bot.replies import TITLE, Card, Reply, Style

DAYS = timedelta(days=14)
SOON = timedelta(hours=6)
DAY_BEFORE = 24
GRACE = {DAY_BEFORE: SOON, 1: timedelta(minutes=45)}
"""How late a reminder still helps."""
HOURS = {DAY_BEFORE: "tomorrow", 1: "in an hour"}


@feature.delivery("events.announce", grace=DAYS)
async def announce(scene: Scene, event: str) -> Letter | None:
    found = await _planned(scene, event)
    if found is None or found.starts_at <= scene.now:
        return None
    to = await channel_at(scene.session, found.spot)
    card = await answers.announcement(scene, found)
    return Letter(to, Reply(card, private=False)) if to else None


@feature.delivery("events.refresh", grace=DAYS)
async def refresh(scene: Scene, event: str) -> Letter | None:
    row = await scene.outbox.find(promises.announce_key(event))
    if row is None or row.sent is None:
        return None
    found = await store.find(scene, event)
    if found is None:
        return None
    return Letter(row.sent, Reply(await answers.announcement(scene, found), private=False))


@feature.delivery("events.remind", grace=SOON)
async def remind(scene: Scene, event: str, hours: int) -> None:
    """A row for each who comes, so that each is sent and settled on its own."""
    found = await _planned(scene, event)
    if found is None or scene.now > found.starts_at - timedelta(hours=hours) + GRACE[hours]:
        return
    for rsvp in await store.said(scene.session, event, COMING):
        if rsvp.waiting:
            continue
        await scene.outbox.later(
            "events.reminder",
            key=f"reminder:{event}:{hours}:{rsvp.person_id}:{promises.stamp(found)}",
            due=scene.now,
            person=rsvp.person_id,
            event=event,
            hours=hours,
            whom=rsvp.person_id,
        )


@feature.delivery("events.reminder", grace=SOON, asked_for=True)
async def reminder(scene: Scene, event: str, hours: int, whom: str) -> Letter | None:
    found = await _planned(scene, event)
    rsvp = await scene.session.get(Rsvp, (event, whom))
    if found is None or found.starts_at <= scene.now or not _has_place(rsvp):
        return None
    if hours == DAY_BEFORE and await _told_already(scene, found, whom):
        return None
    title = f"{one_line(found.title, 100)} is {HOURS[hours]}"
    note = f"See you {HOURS[hours]}? If not, press Not coming: somebody may be waiting."
    return await _directly(scene, whom, found, title, note)


async def _told_already(scene: Scene, event: Event, whom: str) -> bool:
    return any([await told(scene, event, whom) for told in told_the_day_before])


@feature.delivery("events.moved-up", grace=DAYS, asked_for=True)
async def moved_up(scene: Scene, event: str, whom: str, was: int = 0) -> Letter | None:
    """`was` is the start before, where the event changed and gave the place in one go."""
    found = await _planned(scene, event)
    if found is None or not _has_place(await scene.session.get(Rsvp, (event, whom))):
        return None
    title = f"A place fell free: {cards.dated(found, scene.community.zone)}"
    note = "You were on the waiting list, and now you are coming."
    if was:
        note += f" {cards.change(datetime.fromtimestamp(was, UTC), found, scene.community.zone)}"
    return await _directly(scene, whom, found, title, note)


@feature.delivery("events.moved", grace=DAYS, asked_for=True)
async def moved(scene: Scene, event: str, whom: str, version: int, was: int) -> Letter | None:
    """A later change has a word of its own, so only the newest is said."""
    found = await _planned(scene, event)
    if found is None or found.version != version or found.ends_at <= scene.now:
        return None
    before = datetime.fromtimestamp(was, UTC)
    title = f"Changed: {cards.dated(found, scene.community.zone)}"
    note = cards.change(before, found, scene.community.zone)
    return await _directly(scene, whom, found, title, note)


@feature.delivery("events.called-off", grace=DAYS, asked_for=True)
async def called_off(scene: Scene, event: str, whom: str, more: int) -> Letter | None:
    found = await store.find(scene, event)
    to = await directly(scene.session, whom)
    if found is None or to is None or found.status != CANCELLED or found.ends_at <= scene.now:
        return None
    later = " The dates after it are called off too." if more else ""
    text = f"It was planned for {cards.when_line(found, scene.community.zone)}.{later}"
    return Letter(to, Reply(Card(cards.title(found), text)))


@feature.delivery("events.close", grace=DAYS)
async def ask_to_close(scene: Scene, event: str) -> Letter | None:
    """Hosts are asked who came, once, while they still remember.

    Without a channel of theirs it is a word to whoever planned it, in a row of its own: one that
    keeps that person's quiet hours.
    """
    found = await _planned(scene, event)
    if found is None:
        return None
    if found.created_by and not scene.community.prefs.hosts_channel:
        await scene.outbox.later(
            "events.ask",
            key=f"ask:{event}",
            due=scene.now,
            person=found.created_by,
            event=event,
        )
        return None
    return await _who_came(scene, found)


@feature.delivery("events.ask", grace=DAYS)
async def ask(scene: Scene, event: str) -> Letter | None:
    found = await _planned(scene, event)
    return await _who_came(scene, found) if found else None


async def _who_came(scene: Scene, event: Event) -> Letter | None:
    """Nobody is asked about an evening for which nobody came or meant to."""
    if not await store.door_list(scene.session, event):
        return None
    to = await hosts_of(scene.session, scene.community, event.created_by)
    button = attendance.close.button("Say who came", Style.MAIN, event=event.id)
    title = f"Who came? {cards.dated(event, scene.community.zone)}"
    text = "Say who was there: it takes two minutes."
    return Letter(to, Reply(Card(title, text, buttons=(button,))))


@feature.delivery("events.door", grace=timedelta(hours=3))
async def door(scene: Scene, event: str) -> Letter | None:
    found = await store.find(scene, event)
    to = await channel_at(scene.session, found.spot) if found else None
    if found is None or to is None or not store.door_is_open(scene, found):
        return None
    button = attendance.here.button("I am here", Style.MAIN, event=event)
    title = f"Welcome to {one_line(found.title, 100)}"
    card = Card(title, "Press the button, so that we know you came.", buttons=(button,))
    return Letter(to, Reply(card, private=False))


@feature.delivery("events.horizon", grace=timedelta(days=3650))
async def horizon(scene: Scene, series: str) -> None:
    """However late: the dates ahead are planned then."""
    await lifecycle.extend(scene, await store.series_of(scene, series))


async def _planned(scene: Scene, event: str) -> Event | None:
    found = await store.find(scene, event)
    return found if found and found.status == PLANNED else None


def _has_place(rsvp: Rsvp | None) -> bool:
    return bool(rsvp and rsvp.answer == COMING and not rsvp.waiting)


async def _directly(scene: Scene, whom: str, event: Event, title: str, note: str) -> Letter | None:
    """A word to one person, with the buttons to change their mind."""
    to = await directly(scene.session, whom)
    if to is None:
        return None
    counts = await store.count(scene.session, event)
    card = cards.about(event, scene.community.zone, counts, note)
    buttons = answers.buttons(scene, event)
    return Letter(to, Reply(Card(one_line(title, TITLE), card.text, card.fields, buttons)))
