"""What is read and written for retros. Nothing here commits."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.content import Retro as Words
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.events.after import dated
from bot.features.events.model import COMING, PLANNED, Attendance, Event, Rsvp
from bot.features.retros.model import FEWEST, Retro, RetroAction, RetroAnswer
from bot.people import Account, Person


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer to one question. `name` is None for an anonymous one."""

    answer_id: str
    text: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a retro brought so far. Below the fewest answers it holds no quotes at all."""

    event: Event
    count: int
    asked: int
    quotes: Mapping[str, Sequence[Quote]]
    """By question, in the content's order."""

    @property
    def lacking(self) -> int:
        return max(0, FEWEST - self.count)


async def event_of(scene: Scene, event_id: str) -> Event | None:
    event = await scene.session.get(Event, event_id)
    return event if event and event.community_id == scene.community.id else None


async def retros(scene: Scene) -> Sequence[Event]:
    """The events whose retro is open, newest first."""
    found = await scene.session.scalars(
        select(Event)
        .join(Retro, Retro.event_id == Event.id)
        .where(Retro.community_id == scene.community.id)
        .order_by(Retro.opened_at.desc(), Event.id)
    )
    return found.all()


async def find(ctx: Context, event_id: str) -> Event:
    """The event of a button. Raises UserError when its retro is not open here."""
    if event := await _with_retro(ctx, event_id):
        return event
    raise UserError("No retro is open for that event.", "event")


async def meant(ctx: Context, wanted: str | None) -> Sequence[Event]:
    """The events with an open retro that words may mean, newest first: one at least. Without words
    it is the newest. Raises UserError."""
    if wanted and (event := await _with_retro(ctx, wanted)):
        return [event]
    events = await retros(ctx)
    if not events:
        hours = ctx.community.prefs.retro_hours
        raise UserError(
            f"No retro is open yet. One opens {hours} hours after each event that somebody came to."
        )
    if not wanted:
        return events[:1]
    if len(wanted) < 4 and wanted.isdecimal() and 1 <= int(wanted) <= len(events):
        return [events[int(wanted) - 1]]
    if found := named(events, wanted, ctx.community.zone):
        return found
    raise UserError("No retro is open for an event of that name or date.", "event")


def named(events: Sequence[Event], text: str, zone: str) -> Sequence[Event]:
    """Those of that very title, or else those that have all the words in title or date."""
    wanted = text.strip().lower()
    same = [event for event in events if event.title.lower() == wanted]
    parts = wanted.replace(",", " ").split()
    return same or [
        event
        for event in events
        if wanted in event.title.lower() or _has_all(_words_of(event, zone), parts)
    ]


def _has_all(words: str, parts: Iterable[str]) -> bool:
    """Each begins a word; a number is the whole of one, so that "1 May" is not the 15th."""
    ends = {each: r"\b" if each.isdecimal() else "" for each in parts}
    return all(re.search(rf"\b{re.escape(each)}{end}", words) for each, end in ends.items())


def _words_of(event: Event, zone: str) -> str:
    at = event.starts_at.astimezone(ZoneInfo(zone))
    return f"{event.title} {at:%A} {at.day} {at:%B} {at:%Y} {at:%Y-%m-%d}".lower()


async def _with_retro(scene: Scene, event_id: str) -> Event | None:
    return await scene.session.scalar(
        select(Event)
        .join(Retro, Retro.event_id == Event.id)
        .where(Event.id == event_id, Retro.community_id == scene.community.id)
    )


async def open_retro(scene: Scene, event: Event) -> Retro:
    retro = await scene.session.get(Retro, event.id)
    if retro is None:
        retro = Retro(event_id=event.id, community_id=scene.community.id, opened_at=scene.now)
        scene.session.add(retro)
        await scene.session.flush()
    return retro


async def answers_to(session: AsyncSession, event_id: str) -> Sequence[RetroAnswer]:
    """By their random ids, so that the order tells nothing."""
    found = await session.scalars(
        select(RetroAnswer).where(RetroAnswer.event_id == event_id).order_by(RetroAnswer.id)
    )
    return found.all()


async def answer_by(session: AsyncSession, event_id: str, person_id: str) -> RetroAnswer | None:
    return await session.scalar(
        select(RetroAnswer).where(
            RetroAnswer.event_id == event_id, RetroAnswer.person_id == person_id
        )
    )


async def own_words(ctx: Context, event_id: str) -> dict[str, str]:
    """What the caller said with their name before. Reading it stores nobody."""
    found = await ctx.session.scalar(
        select(RetroAnswer)
        .join(Account, Account.person_id == RetroAnswer.person_id)
        .where(
            RetroAnswer.event_id == event_id,
            Account.space_id == ctx.space.id,
            Account.external_id == ctx.call.caller.user,
        )
    )
    return found.said if found else {}


def add_answer(
    scene: Scene, event: Event, said: Mapping[str, str], person_id: str | None = None
) -> None:
    scene.session.add(
        RetroAnswer(
            id=scene.new_id(),
            event_id=event.id,
            person_id=person_id,
            words=json.dumps(said),
            day=scene.today,
        )
    )


async def asked(session: AsyncSession, event_id: str) -> set[str]:
    """Who was there or meant to come, without those who are known to have stayed away."""
    coming = await session.scalars(
        select(Rsvp.person_id).where(
            Rsvp.event_id == event_id, Rsvp.answer == COMING, Rsvp.waiting.is_(False)
        )
    )
    seen = await session.execute(
        select(Attendance.person_id, Attendance.present).where(
            Attendance.event_id == event_id, Attendance.person_id.is_not(None)
        )
    )
    known = {row[0]: row[1] for row in seen}
    return {person for person in {*coming, *known} if known.get(person, True)}


async def event_answered(scene: Scene, answer_id: str) -> str:
    """The id of the event that an answer is about. Raises UserError when it is gone."""
    answer = await scene.session.get(RetroAnswer, answer_id)
    if answer is None:
        raise UserError("That answer was taken back.")
    return answer.event_id


async def gather(scene: Scene, event: Event) -> Findings:
    answers = await answers_to(scene.session, event.id)
    people = await asked(scene.session, event.id)
    shown = answers if len(answers) >= FEWEST else []
    names = await _names(scene.session, (a.person_id for a in shown if a.person_id))
    quotes = {
        label: [
            Quote(answer.id, said, names.get(answer.person_id or ""))
            for answer in shown
            if (said := answer.said.get(key))
        ]
        for key, label in _questions(scene.content.retro, shown).items()
    }
    return Findings(event, len(answers), len(people), quotes)


def _questions(words: Words, answers: Iterable[RetroAnswer]) -> dict[str, str]:
    """Those of the content, and those that it asked once and does not ask any more."""
    now = {each.key: each.question for each in words.questions}
    once = sorted({key for answer in answers for key in answer.said} - now.keys())
    return now | {key: f"Asked before: {key}" for key in once}


async def _names(session: AsyncSession, ids: Iterable[str]) -> dict[str, str]:
    found = await session.execute(select(Person.id, Person.name).where(Person.id.in_(set(ids))))
    return {row[0]: row[1] for row in found}


async def action_of(ctx: Context, action_id: str) -> RetroAction:
    """Raises UserError when it is gone, or another community's."""
    action = await ctx.session.get(RetroAction, action_id)
    if action is None or action.community_id != ctx.community.id:
        raise UserError("That action is gone. `/retro actions` lists what is open.")
    return action


async def titles(scene: Scene, actions: Iterable[RetroAction], limit: int) -> dict[str, str]:
    """Of the events that actions come from, with their dates, by id."""
    ids = {action.event_id for action in actions}
    found = await scene.session.scalars(select(Event).where(Event.id.in_(ids)))
    return {event.id: dated(event, scene.community.zone, limit) for event in found}


async def open_actions(scene: Scene) -> Sequence[RetroAction]:
    found = await scene.session.scalars(
        select(RetroAction)
        .where(RetroAction.community_id == scene.community.id, RetroAction.done_at.is_(None))
        .order_by(RetroAction.due, RetroAction.created_at, RetroAction.id)
    )
    return found.all()


async def count_open_actions(scene: Scene) -> int:
    found = select(func.count()).where(
        RetroAction.community_id == scene.community.id, RetroAction.done_at.is_(None)
    )
    return await scene.session.scalar(found) or 0


async def next_event(scene: Scene, before: datetime) -> Event | None:
    """The first one that is planned to begin between now and then."""
    return await scene.session.scalar(
        select(Event)
        .where(
            Event.community_id == scene.community.id,
            Event.status == PLANNED,
            Event.starts_at > scene.now,
            Event.starts_at <= before,
        )
        .order_by(Event.starts_at, Event.id)
        .limit(1)
    )
