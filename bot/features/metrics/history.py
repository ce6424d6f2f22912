"""All that is on record about one community, as the rows that figures are made of."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.context import Scene
from bot.features.contributions import Contribution
from bot.features.demos.model import SHOWN, Demo, heard_in_time
from bot.features.events.model import CANCELLED, CLOSED, COMING, Attendance, Event, Rsvp
from bot.features.followups.model import DONE
from bot.features.followups.model import FollowUp as FollowUpRow
from bot.features.outcomes import Outcome as OutcomeRow
from bot.features.retros.model import Retro as RetroRow
from bot.features.retros.model import RetroAnswer, response
from bot.features.ships.model import Project as ProjectRow
from bot.features.sparks.model import Spark as SparkRow
from bot.features.sponsors.model import SponsorTerm
from bot.numbers.rows import (
    DEMO,
    HELP,
    Build,
    First,
    FollowUp,
    History,
    Night,
    Outcome,
    Project,
    Retro,
    Spark,
    Term,
)
from bot.schedule import zone_of

Came = dict[str, list[Attendance]]


async def history(scene: Scene) -> History:
    events = await _events(scene)
    came = await _by_event(scene, Attendance)
    said = await _by_event(scene, Rsvp)
    firsts = _firsts(scene, events, came)
    return History(
        nights=tuple(_night(scene, each, came, said, firsts) for each in events),
        firsts=firsts,
        builds=await _builds(scene),
        sparks=await _sparks(scene),
        terms=await _terms(scene),
        projects=await _projects(scene),
        follow_ups=await _follow_ups(scene),
        retros=await _retros(scene, said, came),
        outcomes=await _outcomes(scene),
    )


def _day(scene: Scene, moment: datetime) -> date:
    return moment.astimezone(zone_of(scene.community.zone)).date()


async def _events(scene: Scene) -> list[Event]:
    found = await scene.session.scalars(
        select(Event)
        .where(
            Event.community_id == scene.community.id,
            Event.status != CANCELLED,
            Event.starts_at <= scene.now,
        )
        .order_by(Event.starts_at, Event.id)
    )
    return [each for each in found if each.ends_at <= scene.now]


async def _by_event(scene: Scene, table: Any) -> dict[str, list[Any]]:
    found = await scene.session.scalars(
        select(table)
        .join(Event, Event.id == table.event_id)
        .where(Event.community_id == scene.community.id)
    )
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for row in found:
        rows[row.event_id].append(row)
    return rows


def _present(came: Came, event: Event) -> set[str]:
    return {each.person_id for each in came.get(event.id, ()) if each.present and each.person_id}


def _firsts(scene: Scene, events: Iterable[Event], came: Came) -> tuple[First, ...]:
    met: dict[str, First] = {}
    for event in events:
        for person in sorted(_present(came, event)):
            met.setdefault(person, First(person, _day(scene, event.starts_at), event.id))
    return tuple(met.values())


def _night(
    scene: Scene, event: Event, came: Came, said: dict[str, list[Rsvp]], firsts: tuple[First, ...]
) -> Night:
    notes = came.get(event.id, [])
    approved = {
        each.person_id
        for each in said.get(event.id, ())
        if each.answer == COMING and not each.waiting
    }
    return Night(
        event.id,
        event.title,
        _day(scene, event.starts_at),
        sum(each.present for each in notes) if notes else None,
        sum(first.night == event.id for first in firsts),
        len(approved),
        len(approved & _present(came, event)) if event.status == CLOSED else None,
    )


async def _builds(scene: Scene) -> tuple[Build, ...]:
    shown = await scene.session.execute(
        select(Demo, Event)
        .join(Event, Event.id == Demo.event_id)
        .where(
            Demo.community_id == scene.community.id,
            Demo.status == SHOWN,
            Demo.presenter_id.is_not(None),
        )
    )
    helped = await scene.session.scalars(
        select(Contribution).where(
            Contribution.community_id == scene.community.id, Contribution.person_id.is_not(None)
        )
    )
    found: list[Build] = [
        Build(
            demo.presenter_id or "",
            _day(scene, event.starts_at),
            DEMO,
            event.id,
            demo.state != "shipped",
            heard_in_time(demo, event),
        )
        for demo, event in shown
    ]
    found += [
        Build(each.person_id or "", _day(scene, each.given_at), HELP, "", False, False)
        for each in helped
    ]
    return tuple(sorted(found, key=lambda build: (build.day, build.person)))


async def _sparks(scene: Scene) -> tuple[Spark, ...]:
    found = await scene.session.scalars(
        select(SparkRow)
        .where(SparkRow.community_id == scene.community.id, SparkRow.confirmed_at.is_not(None))
        .order_by(SparkRow.created_at, SparkRow.id)
    )
    return tuple(Spark(each.id, _day(scene, each.created_at)) for each in found)


async def _terms(scene: Scene) -> tuple[Term, ...]:
    found_ = await scene.session.scalars(
        select(SponsorTerm)
        .where(SponsorTerm.community_id == scene.community.id)
        .order_by(SponsorTerm.ends, SponsorTerm.id)
    )
    terms = found_.all()
    by_id = {term.id: term for term in terms}
    found: list[Term] = []
    for term in terms:
        after = by_id.get(term.renewed_by_id or "")
        found.append(
            Term(
                term.id,
                term.sponsor_id,
                term.ends + timedelta(days=1),
                term.minor,
                term.currency,
                term.one_off,
                _day(scene, after.created_at) if after else None,
                after.minor if after else 0,
            )
        )
    return tuple(found)


async def _projects(scene: Scene) -> tuple[Project, ...]:
    rows = await scene.session.scalars(
        select(ProjectRow)
        .where(ProjectRow.community_id == scene.community.id, ProjectRow.began_at.is_not(None))
        .order_by(ProjectRow.began_at, ProjectRow.id)
    )
    return tuple(
        Project(
            each.id,
            _day(scene, each.began_at),
            _day(scene, each.shipped_at) if each.shipped_at else None,
            _day(scene, each.let_go_at) if each.let_go_at else None,
        )
        for each in rows
        if each.began_at
    )


async def _follow_ups(scene: Scene) -> tuple[FollowUp, ...]:
    rows = await scene.session.scalars(
        select(FollowUpRow)
        .where(FollowUpRow.community_id == scene.community.id, FollowUpRow.due_at <= scene.now)
        .order_by(FollowUpRow.due_at, FollowUpRow.id)
    )
    return tuple(
        FollowUp(
            each.id,
            _day(scene, each.due_at),
            bool(each.status == DONE and each.settled_at and each.settled_at <= each.due_at),
        )
        for each in rows
    )


async def _retros(scene: Scene, said: dict[str, list[Rsvp]], came: Came) -> tuple[Retro, ...]:
    rows = list(
        await scene.session.scalars(
            select(RetroRow)
            .where(RetroRow.community_id == scene.community.id)
            .order_by(RetroRow.opened_at, RetroRow.event_id)
        )
    )
    answers: defaultdict[str, list[RetroAnswer]] = defaultdict(list)
    for answer in await scene.session.scalars(
        select(RetroAnswer)
        .join(RetroRow, RetroRow.event_id == RetroAnswer.event_id)
        .where(RetroRow.community_id == scene.community.id)
    ):
        answers[answer.event_id].append(answer)
    found: list[Retro] = []
    for row in rows:
        asked = {
            each.person_id for each in came.get(row.event_id, ()) if each.present and each.person_id
        }
        opened = _day(scene, row.opened_at)
        if counted := response(asked, answers[row.event_id], opened):
            found.append(Retro(row.event_id, opened, counted.asked, counted.answered))
    return tuple(found)


async def _outcomes(scene: Scene) -> tuple[Outcome, ...]:
    rows = await scene.session.scalars(
        select(OutcomeRow)
        .where(OutcomeRow.community_id == scene.community.id)
        .order_by(OutcomeRow.day, OutcomeRow.id)
    )
    return tuple(Outcome(each.id, each.day, each.kind) for each in rows)
