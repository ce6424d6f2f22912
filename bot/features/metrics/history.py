"""All that is on record about the community, as the plain rows that the numbers read.

Few queries, however many events there were. Who was there comes as one text of ids for each event;
what somebody's first evening was is then a matter of walking through the evenings in order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, load_only

from bot.context import Scene
from bot.features.contributions import Contribution
from bot.features.demos import heard_in_time
from bot.features.demos.model import SHOWN, Demo, DemoNight
from bot.features.events.model import CANCELLED, CLOSED, COMING, Attendance, Event, Rsvp
from bot.features.followups.model import FollowUp, in_time
from bot.features.imports.model import Talk
from bot.features.metrics.model import Staff
from bot.features.outcomes import Outcome
from bot.features.retros.model import Retro, RetroAnswer, response
from bot.features.ships.model import Project
from bot.features.sparks.model import Spark, SparkMember
from bot.features.speakers.model import Candidate, SpeakerMove, delivered
from bot.features.sponsors.model import SponsorTerm
from bot.numbers import rows
from bot.people import Person

FINISHED = "shipped"
"""What a demo says of itself where it is no rough draft any more."""

GUEST = "guest:"
"""Before the id of a speaker on the board who has no account here."""

NEAR = timedelta(days=14)
"""Hosts note within two weeks that a talk was given: it was at the newest event before that."""


@dataclass(frozen=True, slots=True)
class Evening:
    """One event that was held, and the ids of who said yes, who was there and who was not."""

    id: str
    title: str
    day: date
    ends_at: datetime
    closed: bool
    planned_here: bool
    """Before it began: of what was imported afterwards nobody knows what was offered."""
    slots: int | None
    """For demos, where a host named a number."""
    coming: set[str]
    here: set[str]
    absent: set[str]
    nameless: int
    """There, but without an account: a walk-in, or somebody whose data is deleted."""

    @property
    def is_known(self) -> bool:
        """Whether its list says who came: a host closed it, or most who had said yes are on it. A
        few check-ins at a door that nobody looked after say little; where nobody had said yes they
        miss nobody."""
        noted = bool(self.here or self.absent or self.nameless)
        return noted and (self.closed or self._is_covered)

    @property
    def _is_covered(self) -> bool:
        noted = self.coming & (self.here | self.absent)
        return not self.coming or 2 * len(noted) > len(self.coming)

    @property
    def asked(self) -> set[str]:
        """Whose answer the retro hoped for."""
        return (self.coming | self.here) - self.absent


async def history(scene: Scene) -> rows.History:
    """Until now, in the community's zone. What is planned or was cancelled is not in it."""
    staff = await _staff(scene)
    evenings = await _evenings(scene, staff)
    demos = await _demos(scene, evenings, staff)
    slots = _slots(evenings.values(), demos)
    nights, firsts = _walked(evenings.values(), slots)
    listed = await _talks_before(scene, evenings, staff)
    talks = _once(listed, await _talks(scene, nights, staff))
    builds = [*demos, *talks, *await _help(scene, staff)]
    projects, unbegun = await _projects(scene, staff)
    return rows.History(
        nights=nights,
        firsts=firsts,
        builds=tuple(sorted(builds, key=lambda build: build.day)),
        sparks=await _sparks(scene, staff),
        terms=await _terms(scene),
        projects=projects,
        follow_ups=await _follow_ups(scene),
        retros=await _retros(scene, evenings, staff),
        outcomes=await _outcomes(scene),
        unbegun=unbegun,
        left_out=len(staff),
    )


async def _evenings(scene: Scene, staff: set[str]) -> dict[str, Evening]:
    """By id, in order. Each brings its people along, which the databases read off an index."""
    said_yes = (Rsvp.answer == COMING, Rsvp.waiting.is_(False))
    found = await scene.session.execute(
        select(
            Event.id,
            Event.title,
            Event.starts_at,
            Event.minutes,
            Event.status,
            Event.created_at <= Event.starts_at,
            DemoNight.slots,
            _ids(Rsvp.person_id, Rsvp.event_id == Event.id, *said_yes),
            _ids(Attendance.person_id, Attendance.event_id == Event.id, Attendance.present),
            _ids(Attendance.person_id, Attendance.event_id == Event.id, ~Attendance.present),
            _nameless(),
        )
        .outerjoin(DemoNight, DemoNight.event_id == Event.id)
        .where(
            Event.community_id == scene.community.id,
            Event.status != CANCELLED,
            Event.starts_at < scene.now,
        )
        .order_by(Event.starts_at, Event.id)
    )
    day = _calendar(scene)
    return {
        id_: Evening(
            id_,
            title,
            day(starts_at),
            starts_at + timedelta(minutes=minutes),
            status == CLOSED,
            bool(planned_here),
            slots,
            _people(coming, staff),
            _people(here, staff),
            _people(absent, staff),
            nameless,
        )
        for (
            id_,
            title,
            starts_at,
            minutes,
            status,
            planned_here,
            slots,
            coming,
            here,
            absent,
            nameless,
        ) in found
    }


def _ids(person: InstrumentedAttribute[Any], *which: Any) -> Any:
    """All in one text: a tenth of the time that a row for each would take."""
    return select(func.aggregate_strings(person, " ")).where(*which).scalar_subquery()


def _nameless() -> Any:
    return (
        select(func.count())
        .where(Attendance.event_id == Event.id, Attendance.present, Attendance.person_id.is_(None))
        .scalar_subquery()
    )


def _people(ids: str | None, staff: set[str]) -> set[str]:
    found = set(ids.split(" ")) if ids else set()
    return found - staff if staff else found


async def _staff(scene: Scene) -> set[str]:
    found = await scene.session.scalars(
        select(Staff.person_id).where(Staff.community_id == scene.community.id)
    )
    return set(found)


def _slots(held: Iterable[Evening], demos: Iterable[rows.Build]) -> Mapping[str, int | None]:
    """By event, the slots for demos that it had: as a host said, else nobody knows how many what
    was planned here had, from the first demo night on. Before that nobody used them. The number
    that is usual today says nothing of the past."""
    held = list(held)
    began = min(
        (*(each.day for each in demos), *(each.day for each in held if each.slots)), default=None
    )
    return {each.id: _slots_at(each, began) for each in held}


def _slots_at(evening: Evening, began: date | None) -> int | None:
    if evening.slots is not None:
        return evening.slots
    return None if evening.planned_here and began and began <= evening.day else 0


def _walked(
    held: Iterable[Evening], slots: Mapping[str, int | None]
) -> tuple[tuple[rows.Night, ...], tuple[rows.First, ...]]:
    """Each evening with how many of its people came for the first time."""
    met: set[str] = set()
    nights, firsts = [], []
    for each in held:
        new = each.here - met
        met |= new
        firsts += [rows.First(person, each.day, each.id) for person in sorted(new)]
        nights.append(_night(each, len(new), slots[each.id]))
    return tuple(nights), tuple(firsts)


def _night(each: Evening, newcomers: int, slots: int | None) -> rows.Night:
    """Of those who said yes only they count of whom it is known whether they came."""
    came, stayed_away = len(each.coming & each.here), len(each.coming & each.absent)
    return rows.Night(
        each.id,
        each.title,
        each.day,
        present=len(each.here) + each.nameless if each.is_known else None,
        newcomers=newcomers,
        approved=came + stayed_away,
        shown=came if each.closed else None,
        slots=slots,
        nameless=each.nameless,
        unknown=len(each.coming) - came - stayed_away,
        here=each.here,
    )


async def _demos(
    scene: Scene, evenings: Mapping[str, Evening], staff: set[str]
) -> list[rows.Build]:
    """A demo of somebody who has left is nobody's, and still was shown. An imported list in which
    nobody heard anything did not say it."""
    found = await scene.session.execute(
        select(Demo.event_id, Demo.presenter_id, Demo.state, Demo.told_at, Demo.batch_id).where(
            Demo.community_id == scene.community.id, Demo.status == SHOWN
        )
    )
    demos = found.all()
    telling = {batch for *_, told_at, batch in demos if told_at}
    return [
        rows.Build(
            person or "",
            evenings[event].day,
            rows.DEMO,
            event,
            unfinished=state != FINISHED if state else None,
            heard=heard_in_time(told_at, evenings[event].ends_at)
            if batch is None or batch in telling
            else None,
        )
        for event, person, state, told_at, batch in demos
        if event in evenings and person not in staff
    ]


Named = tuple[str, rows.Build]
"""A talk, and how its speaker is called."""


async def _talks(scene: Scene, nights: tuple[rows.Night, ...], staff: set[str]) -> list[Named]:
    """Speakers need no account here."""
    found = await scene.session.execute(
        select(Candidate.id, Candidate.person_id, Candidate.name, SpeakerMove.at)
        .join(Candidate, Candidate.id == SpeakerMove.candidate_id)
        .where(SpeakerMove.community_id == scene.community.id, *delivered())
        .order_by(SpeakerMove.at, SpeakerMove.id)
    )
    day = _calendar(scene)
    talks = []
    for candidate, person, name, at in found:
        if person not in staff:
            who, night = person or f"{GUEST}{candidate}", rows.newest(nights, day(at), NEAR)
            talk = (
                rows.Build(who, night.day, rows.TALK, night.id)
                if night
                else rows.Build(who, day(at), rows.TALK)
            )
            talks.append((name or "", talk))
    return talks


async def _talks_before(
    scene: Scene, evenings: Mapping[str, Evening], staff: set[str]
) -> list[Named]:
    """From lists of talks of the time before this bot."""
    found = await scene.session.execute(
        select(Talk.event_id, Talk.speaker_id, Person.name)
        .outerjoin(Person, Person.id == Talk.speaker_id)
        .where(Talk.community_id == scene.community.id)
        .order_by(Talk.id)
    )
    return [
        (name or "", rows.Build(speaker or rows.GONE, evenings[event].day, rows.TALK, event))
        for event, speaker, name in found
        if event in evenings and speaker not in staff
    ]


def _once(listed: Iterable[Named], board: Iterable[Named]) -> list[rows.Build]:
    """A talk may be on a list and on the board, or be moved there twice: at one event somebody's
    talk on the board is one, and none where a list names them at that event."""
    talks, told = [], set[tuple[str | date, str]]()
    for name, talk in listed:
        talks.append(talk)
        told |= _tellings(name, talk)
    for name, talk in board:
        if told.isdisjoint(_tellings(name, talk)):
            talks.append(talk)
        told |= _tellings("", talk)
    return talks


def _tellings(name: str, talk: rows.Build) -> set[tuple[str | date, str]]:
    """How one would know it again."""
    return {(talk.night or talk.day, who) for who in (talk.person, name.casefold()) if who}


async def _help(scene: Scene, staff: set[str]) -> list[rows.Build]:
    found = await scene.session.execute(
        select(Contribution.person_id, Contribution.given_at).where(
            Contribution.community_id == scene.community.id
        )
    )
    day = _calendar(scene)
    return [
        rows.Build(person, day(at), rows.HELP)
        for person, at in found
        if person and person not in staff
    ]


async def _sparks(scene: Scene, staff: set[str]) -> tuple[rows.Spark, ...]:
    """Confirmed ones. One among staff alone is left out."""
    found = await scene.session.execute(
        select(Spark.id, Spark.created_at, func.aggregate_strings(SparkMember.person_id, " "))
        .outerjoin(SparkMember, SparkMember.spark_id == Spark.id)
        .where(Spark.community_id == scene.community.id, Spark.confirmed_at.is_not(None))
        .group_by(Spark.id, Spark.created_at)
        .order_by(Spark.created_at, Spark.id)
    )
    day = _calendar(scene)
    return tuple(
        rows.Spark(id_, day(at))
        for id_, at, people in found
        if not people or not set(people.split(" ")) <= staff
    )


async def _terms(scene: Scene) -> tuple[rows.Term, ...]:
    """A renewal counts from the day that it was noted or begins, whichever is first."""
    found = await scene.session.scalars(
        select(SponsorTerm)
        .where(SponsorTerm.community_id == scene.community.id)
        .order_by(SponsorTerm.ends, SponsorTerm.id)
    )
    terms = {term.id: term for term in found}
    day = _calendar(scene)

    def told(term: SponsorTerm) -> rows.Term:
        end = min(term.ends, term.ended_on or term.ends) + timedelta(days=1)
        after = terms.get(term.renewed_by_id or "")
        return rows.Term(
            term.id,
            term.sponsor_id,
            end,
            term.minor,
            term.currency,
            term.one_off,
            min(day(after.created_at), after.starts) if after else None,
            _worth(after, term.currency) if after else 0,
        )

    return tuple(sorted(map(told, terms.values()), key=lambda term: term.end))


def _worth(term: SponsorTerm, currency: str) -> int | None:
    return term.minor if term.currency == currency else None


async def _projects(
    scene: Scene, staff: set[str]
) -> tuple[tuple[rows.Project, ...], tuple[date, ...]]:
    """Those whose beginning is on record, and the days on which others shipped."""
    found = await scene.session.execute(
        select(
            Project.id, Project.began_at, Project.shipped_at, Project.let_go_at, Project.person_id
        )
        .where(Project.community_id == scene.community.id)
        .order_by(Project.began_at, Project.id)
    )
    day = _calendar(scene)
    projects, unbegun = [], []
    for id_, began, shipped_at, let_go_at, person in found:
        if person in staff:
            continue
        shipped = day(shipped_at) if shipped_at else None
        if began:
            let_go = day(let_go_at) if let_go_at else None
            projects.append(rows.Project(id_, day(began), shipped, let_go))
        elif shipped:
            unbegun.append(shipped)
    return tuple(projects), tuple(sorted(unbegun))


async def _follow_ups(scene: Scene) -> tuple[rows.FollowUp, ...]:
    found = await scene.session.execute(
        select(FollowUp.id, FollowUp.due_at, FollowUp.status, FollowUp.settled_at, FollowUp.since)
        .where(FollowUp.community_id == scene.community.id, FollowUp.due_at <= scene.now)
        .order_by(FollowUp.due_at, FollowUp.id)
    )
    day = _calendar(scene)
    return tuple(
        rows.FollowUp(id_, day(due_at), in_time(status, settled_at, due_at), day(since))
        for id_, due_at, status, settled_at, since in found
    )


async def _retros(
    scene: Scene, evenings: Mapping[str, Evening], staff: set[str]
) -> tuple[rows.Retro, ...]:
    given = await scene.session.scalars(
        select(RetroAnswer)
        .join(Retro, Retro.event_id == RetroAnswer.event_id)
        .where(Retro.community_id == scene.community.id)
        .options(load_only(RetroAnswer.event_id, RetroAnswer.person_id, RetroAnswer.day))
    )
    answers: dict[str, list[RetroAnswer]] = {}
    for answer in given:
        if answer.person_id not in staff:
            answers.setdefault(answer.event_id, []).append(answer)
    found = await scene.session.execute(
        select(Retro.event_id, Retro.opened_at)
        .where(Retro.community_id == scene.community.id)
        .order_by(Retro.opened_at, Retro.event_id)
    )
    day = _calendar(scene)
    retros = []
    for event, opened_at in found:
        opened = day(opened_at)
        asked = evenings[event].asked if event in evenings else set()
        if heard := response(asked, answers.get(event, []), opened):
            retros.append(rows.Retro(event, opened, heard.asked, heard.answered))
    return tuple(retros)


async def _outcomes(scene: Scene) -> tuple[rows.Outcome, ...]:
    found = await scene.session.execute(
        select(Outcome.id, Outcome.day, Outcome.kind)
        .where(Outcome.community_id == scene.community.id, Outcome.removed_at.is_(None))
        .order_by(Outcome.day, Outcome.id)
    )
    return tuple(rows.Outcome(*row) for row in found)


def _calendar(scene: Scene) -> "_Calendar":
    return _Calendar(ZoneInfo(scene.community.zone))


@dataclass(frozen=True, slots=True)
class _Calendar:
    zone: ZoneInfo

    def __call__(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()
