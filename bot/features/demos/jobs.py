"""What demos say later. Each reads the world again when it is due, and may say nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.context import Scene
from bot.features.demos import cards, feedback, hosts, mine, night, onward, store
from bot.features.demos.feature import feature
from bot.features.demos.model import BOOKED, COMING, DECLINED, REPLY, SHOWN, WITHDRAWN, Demo
from bot.features.events import cards as event_cards
from bot.features.events import store as events
from bot.features.events.after import dated
from bot.features.events.answers import add
from bot.features.events.cards import when_line
from bot.features.events.feature import told_the_day_before
from bot.features.events.model import CANCELLED, CLOSED, PLANNED, Event
from bot.markup import one_line, paragraphs, plain
from bot.people import Person, directly, hosts_of, quiet_until
from bot.platform import Letter
from bot.replies import TEXT, TITLE, Button, Card, Reply, Style

DAYS = timedelta(days=14)
SOON = timedelta(hours=12)
HOUR = timedelta(hours=1)
NOT_AFTER_ALL = (
    "Can't you make it after all? Open it and withdraw: somebody may be waiting for a slot."
)
WHEN = {"week": "in a week", "day": "tomorrow"}


@feature.delivery("demos.host", grace=DAYS, asked_for=True)
async def to_host(scene: Scene, demo: str, why: str) -> Letter | None:
    """Hosts are asked for their yes, and hear when a slot that they gave is free again."""
    found = await store.find(scene, demo)
    if found is None:
        return None
    event = await store.event_of(scene, found)
    if event.starts_at <= scene.now or event.status != PLANNED:
        return None
    to = await hosts_of(scene.session, scene.community, event.created_by)
    if why == "withdrawn" and found.status == WITHDRAWN:
        return Letter(to, Reply(await _withdrawn(scene, found, event), private=False))
    if why == "asked" and found.status == BOOKED and not found.confirmed_at:
        card = await hosts.asked(scene, found, shared=to.user is None)
        return Letter(to, Reply(card, private=False))
    return None


@feature.delivery("demos.asks", grace=DAYS, asked_for=True)
async def ask_together(scene: Scene, event: str) -> Letter | None:
    """One message to one host about all demos of an evening that wait for a yes by then."""
    found = await events.find(scene, event)
    if found is None or found.starts_at <= scene.now or found.status != PLANNED:
        return None
    waiting = [demo for demo in await store.at(scene, found, BOOKED) if not demo.confirmed_at]
    if not waiting:
        return None
    to = await hosts_of(scene.session, scene.community, found.created_by)
    if len(waiting) == 1:
        card = await hosts.asked(scene, waiting[0], shared=to.user is None)
    else:
        card = await hosts.asked_together(scene, dated(found, scene.community.zone, 90), waiting)
    return Letter(to, Reply(card, private=False))


async def _withdrawn(scene: Scene, demo: Demo, event: Event) -> Card:
    name = plain(await store.name_of(scene, demo), 60)
    text = f"{name} has withdrawn from {plain(event.title, 100)}. Whoever waits gets the slot."
    return Card(cards.title("Withdrawn: ", demo), text)


@feature.delivery("demos.moved-up", grace=DAYS, asked_for=True)
async def moved_up(scene: Scene, demo: str) -> Letter | None:
    note = "You were on the waiting list, and now a slot is yours. A host confirms it soon."
    return await _to_presenter(scene, demo, "A slot fell free: ", note, _has_slot)


@feature.delivery("demos.confirmed", grace=DAYS, asked_for=True)
async def confirmed(scene: Scene, demo: str) -> Letter | None:
    note = "A host has confirmed it. I remind you when the evening is near."
    return await _to_presenter(scene, demo, "Confirmed: ", note, _is_confirmed)


@feature.delivery("demos.declined", grace=DAYS, asked_for=True)
async def declined(scene: Scene, demo: str) -> Letter | None:
    found = await store.find(scene, demo)
    words = plain(found.reply, REPLY) if found else ""
    note = f"A host writes: {words}\n\nAnother evening may fit: `/demo` begins."
    return await _to_presenter(
        scene, demo, "Not this time: ", note, lambda found: found.status == DECLINED
    )


@feature.delivery("demos.moved", grace=DAYS, asked_for=True)
async def moved(scene: Scene, demo: str) -> Letter | None:
    note = "A host has moved it to this evening, since it was not shown. `/demo mine` changes it."
    return await _to_presenter(scene, demo, "At another event now: ", note, _is_coming)


@feature.delivery("demos.offered", grace=DAYS, asked_for=True)
async def offered(scene: Scene, demo: str, mine: str) -> Letter | None:
    """Somebody would like to swap with this demo's presenter."""
    found, theirs = await store.find(scene, demo), await store.find(scene, mine)
    if not found or not theirs or theirs.offered_to != found.id or not _is_coming(theirs):
        return None
    event = await store.event_of(scene, theirs)
    name = plain(await store.name_of(scene, theirs), 60)
    what = "a slot" if theirs.status == BOOKED else "a place on the waiting list"
    where = f"{plain(event.title, 100)}, {when_line(event, scene.community.zone)}"
    note = f"{name} has {what} at {where}, and would swap it for yours. Either answer is fine."
    if found.event_id == theirs.event_id and found.status == theirs.status == BOOKED:
        note = f"{name} would swap places with you in the running order. Either answer is fine."
    return await _to_presenter(scene, demo, "Swap? ", note, _is_coming, _answers(found, theirs))


def _answers(found: Demo, theirs: Demo) -> tuple[Button, ...]:
    return (
        mine.accept.button("Swap", Style.MAIN, demo=found.id, mine=theirs.id),
        mine.keep.button("Keep mine", demo=found.id, mine=theirs.id),
    )


@feature.delivery("demos.swapped", grace=DAYS, asked_for=True)
async def swapped(scene: Scene, demo: str) -> Letter | None:
    note = "They said yes: you have swapped. `/demo mine` shows how it stands now."
    return await _to_presenter(scene, demo, "Swapped: ", note, _is_coming)


@feature.delivery("demos.kept", grace=DAYS, asked_for=True)
async def kept(scene: Scene, demo: str) -> Letter | None:
    note = "They keep their slot, so yours stays as it was."
    return await _to_presenter(scene, demo, "No swap: ", note, _is_coming)


@feature.delivery("demos.event-changed", grace=DAYS)
async def event_changed(scene: Scene, event: str) -> None:
    """Demos follow their event: to new hours, to another event, or to whoever was there."""
    found = await events.find(scene, event, lock=True)
    if found is None:
        return
    if found.status == PLANNED:
        if await store.at(scene, found, *COMING):
            await night.promise(scene, found)
    elif found.status == CANCELLED:
        for demo in await store.at(scene, found, *COMING):
            await night.tell(scene, "demos.called-off", demo)
    elif found.status == CLOSED and scene.now >= found.ends_at:
        await _invite(scene, found)


@feature.delivery("demos.followed-up", grace=DAYS)
async def followed_up(scene: Scene, about: str) -> None:
    """A message about a demo was written, or is due again."""
    if found := await store.find(scene, about):
        await onward.followed_up(scene, found, await store.event_of(scene, found))


@feature.delivery("demos.called-off", grace=DAYS, asked_for=True)
async def called_off(scene: Scene, demo: str) -> Letter | None:
    found = await store.find(scene, demo)
    if found is None or (await store.event_of(scene, found)).status != CANCELLED:
        return None
    note = "The event is off, and your demo is still wanted. Move it, or withdraw it."
    buttons = (
        mine.move.button("Move to another event", Style.MAIN, demo=demo),
        mine.withdraw.button("Withdraw", demo=demo),
    )
    return await _to_presenter(scene, demo, "Your demo: ", note, _is_coming, buttons)


@feature.delivery("demos.release", grace=DAYS)
async def release(scene: Scene, event: str, at: int) -> None:
    """From now on the kept slots are for all."""
    await events.find(scene, event, lock=True)
    found = await night.at_its_moment(scene, "demos.release", event, at)
    if found and found.starts_at > scene.now:
        await night.fill(scene, found)


@feature.delivery("demos.week", grace=SOON)
async def week(scene: Scene, event: str, at: int) -> None:
    await _prepare(scene, event, at, "week")


@feature.delivery("demos.day", grace=SOON)
async def day(scene: Scene, event: str, at: int) -> None:
    await _prepare(scene, event, at, "day")


async def _prepare(scene: Scene, event: str, at: int, ahead: str) -> None:
    """A row for each who is confirmed, so that each is sent and settled on its own."""
    found = await night.at_its_moment(scene, f"demos.{ahead}", event, at)
    if found is None:
        return
    for demo in filter(_is_confirmed, await store.at(scene, found, BOOKED)):
        await night.tell(scene, "demos.coach", demo, ahead=ahead)


@feature.delivery("demos.coach", grace=SOON, asked_for=True)
async def coach(scene: Scene, demo: str, ahead: str) -> Letter | None:
    """A reminder with one line of coaching, another each time."""
    found = await store.find(scene, demo)
    if found is None or found.presenter_id is None:
        return None
    coaching = scene.content.demo.coaching
    lines = coaching.week if ahead == "week" else coaching.day
    before = len(await store.by(scene, found.presenter_id))
    line = plain(lines[(before + found.turn) % len(lines)])
    title = f"Your demo is {WHEN[ahead]}: "
    if ahead == "week":
        return await _to_presenter(scene, demo, title, line, _is_confirmed)
    letter = await _to_presenter(scene, demo, title, f"{line}\n\n{NOT_AFTER_ALL}", _is_confirmed)
    return await _with_facts(scene, letter, found) if letter else None


async def _with_facts(scene: Scene, letter: Letter, demo: Demo) -> Letter:
    """What the event's own reminder says: it stays away then."""
    event = await store.event_of(scene, demo)
    card = letter.reply.card
    text = "\n\n".join(filter(None, [card.text, paragraphs(event.details)]))
    facts = event_cards.facts(event, scene.community.zone, await events.count(scene.session, event))
    buttons = (*card.buttons, add.button("Add to calendar", event=event.id))
    fitting = text if len(text) <= TEXT else card.text
    whole = replace(card, text=fitting, fields=facts, buttons=buttons)
    return replace(letter, reply=replace(letter.reply, card=whole))


async def _tells(scene: Scene, event: Event, whom: str) -> bool:
    """Whether a confirmed presenter hears of the event with their demo."""
    promised = await scene.outbox.find(night.key_of("demos.day", event))
    if promised is None or promised.parked:
        return False
    confirmed = filter(_is_confirmed, await store.at(scene, event, BOOKED))
    return any(demo.presenter_id == whom for demo in confirmed)


told_the_day_before.append(_tells)


@feature.delivery("demos.after", grace=timedelta(hours=30))
async def after(scene: Scene, event: str, at: int) -> None:
    """An hour after the end: those present are invited, and hosts asked what was shown."""
    found = await night.at_its_moment(scene, "demos.after", event, at)
    if found is None or not await store.at(scene, found, BOOKED, SHOWN):
        return
    await _invite(scene, found)
    person = None if scene.community.prefs.hosts_channel else found.created_by
    key = f"demos.ask:{event}"
    await scene.outbox.later("demos.ask", key=key, due=scene.now, person=person, event=event)


@feature.delivery("demos.ask", grace=DAYS)
async def ask(scene: Scene, event: str) -> Letter | None:
    found = await events.find(scene, event)
    if found is None or not await store.at(scene, found, BOOKED):
        return None
    to = await hosts_of(scene.session, scene.community, found.created_by)
    button = hosts.deliver.button("Say what was shown", Style.MAIN, event=event)
    text = "It takes a minute. Each demo that was shown gets a follow-up."
    title = f"Which demos were shown? {dated(found, scene.community.zone, 110)}"
    return Letter(to, Reply(Card(title, text, buttons=(button,)), private=False))


async def _invite(scene: Scene, event: Event) -> None:
    """One message a person and evening, to whoever was there and agreed to be written to."""
    demos = await store.at(scene, event, BOOKED, SHOWN)
    if not demos or scene.now >= night.moments(event)["demos.collect"]:
        return
    for person in await store.present(scene, event):
        if any(demo.presenter_id != person for demo in demos):
            key = f"demos.invite:{event.id}:{person}"
            await scene.outbox.later(
                "demos.invite", key=key, due=scene.now, person=person, event=event.id, whom=person
            )


@feature.delivery("demos.invite", grace=night.COLLECTED)
async def invite(scene: Scene, event: str, whom: str) -> Letter | None:
    found = await events.find(scene, event)
    to = await directly(scene.session, whom)
    if found is None or to is None or scene.now >= night.moments(found)["demos.collect"] - HOUR:
        return None
    shown = await store.at(scene, found, BOOKED, SHOWN)
    demos = [demo for demo in shown if demo.presenter_id != whom]
    if not demos or not await store.was_present(scene, event, whom):
        return None
    names = dict(await store.names(scene, demos))
    return Letter(to, Reply(feedback.invitation(scene, found, demos, names)))


@feature.delivery("demos.collect", grace=timedelta(days=3))
async def collect(scene: Scene, event: str, at: int) -> None:
    """The lines for each presenter, outside their quiet hours and within what was promised."""
    found = await night.at_its_moment(scene, "demos.collect", event, at)
    if found is None:
        return
    for demo in await store.with_feedback(scene, found):
        person = await scene.session.get_one(Person, demo.presenter_id)
        await scene.outbox.later(
            "demos.words",
            key=f"demos.words:{demo.id}",
            due=quiet_until(person, scene.community, scene.now) or scene.now,
            person=person.id,
            demo=demo.id,
        )


@feature.delivery("demos.words", grace=timedelta(days=7), asked_for=True)
async def hand_over(scene: Scene, demo: str) -> Letter | None:
    """The room's words, in one message."""
    found = await store.find(scene, demo)
    if found is None or found.presenter_id is None:
        return None
    to = await directly(scene.session, found.presenter_id)
    card = await feedback.words_card(scene, found)
    if to is None or card is None:
        return None
    found.told_at = found.told_at or scene.now
    await scene.session.flush()
    return Letter(to, Reply(card))


async def _to_presenter(
    scene: Scene,
    demo: str,
    before: str,
    note: str,
    holds: Callable[[Demo], bool],
    buttons: tuple[Button, ...] = (),
) -> Letter | None:
    """A direct word about one demo, if what it says still holds."""
    found = await store.find(scene, demo)
    if found is None or found.presenter_id is None or not holds(found):
        return None
    event = await store.event_of(scene, found)
    to = await directly(scene.session, found.presenter_id)
    if to is None or event.ends_at <= scene.now:
        return None
    where = f"{plain(event.title, 100)}, {when_line(event, scene.community.zone)}"
    open_it = mine.open_.button("Open it", demo=found.id)
    title = one_line(cards.title(before, found), TITLE)
    return Letter(to, Reply(Card(title, f"{note}\n\n{where}", buttons=(*buttons, open_it))))


def _is_coming(demo: Demo) -> bool:
    return demo.status in COMING


def _has_slot(demo: Demo) -> bool:
    return demo.status == BOOKED


def _is_confirmed(demo: Demo) -> bool:
    return demo.status == BOOKED and demo.confirmed_at is not None
