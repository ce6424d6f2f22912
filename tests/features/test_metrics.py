"""The numbers end to end: what is stored, what is counted of it, and what organisers read."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from adapters.local.workspace import WHERE
from bot.actions import Registry, Role
from bot.content import Content
from bot.context import Call, Place, Scene, Via
from bot.db import Database, Table
from bot.features import FEATURES
from bot.features.contributions import Contribution
from bot.features.demos.model import Demo, DemoNight
from bot.features.events.model import (
    CANCELLED,
    CLOSED,
    COMING,
    NOT_COMING,
    PLANNED,
    Attendance,
    Event,
    Rsvp,
)
from bot.features.followups.model import FollowUp
from bot.features.imports.model import Talk
from bot.features.metrics.document import document
from bot.features.metrics.history import history
from bot.features.metrics.model import Staff
from bot.features.metrics.turning import weakest
from bot.features.program.model import Wording
from bot.features.retros.model import Retro, RetroAnswer
from bot.features.ships.model import Project
from bot.features.sparks.model import Spark, SparkMember
from bot.features.speakers.model import Candidate, SpeakerMove
from bot.features.sponsors.model import Sponsor, SponsorTerm
from bot.joining import absorb
from bot.numbers.figures import PerEvent, Share
from bot.numbers.metrics import METRICS
from bot.numbers.rows import DEMO, HELP, TALK, History, Night
from bot.people import Caller, Community, Person
from bot.replies import Refusal
from tests.features.evenings import Evenings

pytestmark = pytest.mark.usefixtures("everyone_agrees")

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = NOW.date()
PARIS = "Europe/Paris"


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@dataclass
class Records:
    """A community whose past is written straight into the tables."""

    content: Content
    database: Database
    zone: str = "UTC"
    name: str = "c"
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    people: dict[str, str] = field(default_factory=dict)

    async def begin(self) -> "Records":
        await self.add(
            Community(
                id=self.name, name="Sample", zone=self.zone, feed_key=self.name, created_at=NOW
            )
        )
        return self

    def id(self) -> str:
        return f"{self.name}-{next(self.ids):08}"

    async def add(self, *rows: Table) -> None:
        async with self.database.transaction() as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def person(self, name: str) -> str:
        if name not in self.people:
            self.people[name] = self.id()
            await self.add(
                Person(id=self.people[name], community_id=self.name, name=name, created_at=NOW)
            )
        return self.people[name]

    async def night(
        self,
        at: datetime,
        here: str = "",
        *,
        absent: str = "",
        coming: str = "",
        walk_ins: int = 0,
        status: str = CLOSED,
    ) -> str:
        event = Event(
            id=self.id(),
            community_id=self.name,
            title="Demo night",
            starts_at=at,
            minutes=120,
            spot="s/#demo-night",
            status=status,
            code="1",
            created_at=at,
        )
        rows: list[Table] = [event]
        who = {name: await self.person(name) for name in f"{here} {absent} {coming}".split()}
        rows += [self.seen(event.id, who[name], True) for name in here.split()]
        rows += [self.seen(event.id, who[name], False) for name in absent.split()]
        rows += [self.yes(event.id, who[name]) for name in coming.split()]
        rows += [self.seen(event.id, None, True) for _ in range(walk_ins)]
        await self.add(*rows)
        return event.id

    def yes(self, event: str, person: str, answer: str = COMING, *, waiting: bool = False) -> Rsvp:
        return Rsvp(
            event_id=event, person_id=person, answer=answer, waiting=waiting, answered_at=NOW
        )

    def seen(self, event: str, person: str | None, present: bool) -> Attendance:
        return Attendance(
            id=self.id(),
            event_id=event,
            person_id=person,
            name="" if person else "Walk-in",
            present=present,
            via="host",
            noted_at=NOW,
        )

    async def read(self) -> History:
        scene = await self.scene()
        try:
            return await history(scene)
        finally:
            await scene.close()

    async def scene(self) -> Scene:
        async with self.database.session() as session:
            community = await session.get_one(Community, self.name)
        return Scene(
            now=NOW,
            new_id=self.id,
            registry=Registry(FEATURES),
            content=self.content,
            community=community,
            database=self.database,
        )


@pytest.fixture
async def records(content: Content, database: Database) -> Records:
    return await Records(content, database).begin()


def pooled(past: History, key: str) -> object:
    return METRICS[key].at(past, TODAY).measure


async def test_returning_rates_worked_out_by_hand(records: Records) -> None:
    """Two of three, two of four, and of the last one of three: the walk-in can't be recognised."""
    await records.night(ago(60), "ada bob cleo")
    await records.night(ago(50), "ada bob dan")
    await records.night(ago(40), "cleo dan eve fay")
    await records.night(ago(30))
    await records.night(ago(20), "ada gus hal", absent="bob", walk_ins=1)
    await records.night(ago(15), "ada bob ivo", status=CANCELLED)
    await records.night(ago(-5), coming="ada", status=PLANNED)
    past = await records.read()
    found = [(night.present, night.recognised - night.newcomers) for night in past.nights]
    assert found == [(3, 0), (3, 2), (4, 2), (None, 0), (4, 1)]
    figure = METRICS["returning-attendee-rate"].at(past, TODAY)
    assert figure.measure == Share(5, 10)
    assert figure.notes == ("1 without an account here can't be recognised: left out.",)
    assert pooled(past, "newcomers-per-event") == PerEvent(8, 4)


async def test_unknown_is_not_absent(records: Records) -> None:
    """One door noted only who was there; one event was not closed; of one everybody is known."""
    await records.night(ago(20), "ada bob", absent="cleo", coming="ada cleo dan eve")
    await records.night(ago(10), coming="ada bob")
    await records.night(ago(5), "ada", coming="ada bob", status=PLANNED)
    await records.night(ago(4), "ada", coming="ada bob", absent="bob")
    past = await records.read()
    assert [night.shown for night in past.nights] == [1, 0, None, 1]
    figure = METRICS["show-rate"].at(past, TODAY)
    assert figure.measure == Share(1, 2)
    assert figure.notes[0].startswith("3 events left out: who did not come is not known.")


async def test_a_list_is_known_once_it_is_closed_or_says_most(records: Records) -> None:
    """Three check-ins of twenty who said yes are no attendance of three; where nobody had said yes
    three are."""
    await records.night(ago(30), "ada bob", coming="ada bob cleo", status=PLANNED)
    await records.night(ago(20), "ada", coming="ada bob", status=PLANNED)
    await records.night(ago(10), "ada", status=PLANNED)
    await records.night(ago(5), "ada", coming="ada bob cleo")
    past = await records.read()
    assert [night.present for night in past.nights] == [2, None, 1, 1]
    assert len(past.firsts) == 2, "somebody who was seen was there, whatever the list says"


async def test_slots_are_those_that_somebody_could_take(records: Records) -> None:
    """Of an event from an import nobody knows what was offered; here slots count from the first
    demo night on, and how many there were is known where a host said it. What is usual today
    rewrites nothing."""
    await records.add(wording(records))
    await records.night(ago(50), "ada")
    first = await records.night(ago(40), "ada")
    await records.add(demo_of(records, first, await records.person("ada"), "idea"))
    await records.night(ago(30), "ada")
    imported = await records.night(ago(20), "ada")
    named = await records.night(ago(10), "ada")
    async with records.database.transaction() as session:
        (await session.get_one(Event, imported)).created_at = NOW
        (await session.get_one(Event, named)).created_at = NOW
        session.add(DemoNight(event_id=named, slots=7))
    assert [night.slots for night in (await records.read()).nights] == [0, None, None, 0, 7]


async def test_a_talk_is_one_however_often_it_is_told(records: Records) -> None:
    """On a list and on the board; delivered, taken back a step, and delivered again."""
    here, ada, gil = records.name, await records.person("ada"), await records.person("Gil")
    night = await records.night(ago(40), "ada")
    later = await records.night(ago(10), "ada")
    board = {"a": (ada, "Ada"), "g": (None, "gil"), "h": (None, "Hal")}
    await records.add(
        *(Talk(id=f"t{n}", community_id=here, event_id=night, speaker_id=who, title="T")
          for n, who in enumerate((ada, gil))),
        *(Candidate(id=key, community_id=here, person_id=person, name=name, stage="delivered",
                    since=NOW, created_at=NOW) for key, (person, name) in board.items()),
    )  # fmt: skip

    def move(number: int, candidate: str, days: int, was: str = "booked") -> SpeakerMove:
        return SpeakerMove(
            id=f"m{number}", community_id=here, candidate_id=candidate, number=number,
            was=was, stage="delivered", at=ago(days),
        )  # fmt: skip

    await records.add(
        move(1, "a", 39),
        move(2, "g", 38),
        move(3, "h", 39),
        move(4, "h", 37),
        move(5, "h", 36, "followed-up"),
        move(6, "h", 9),
    )
    past = await records.read()
    talks = sorted((each.person, each.night) for each in past.builds)
    assert talks == sorted([(ada, night), (gil, night), ("guest:h", night), ("guest:h", later)])


async def test_a_night_belongs_to_the_communitys_day(content: Content, database: Database) -> None:
    late = datetime(2026, 5, 3, 22, 30, tzinfo=UTC)
    records = await Records(content, database, PARIS).begin()
    await records.night(late, "ada")
    assert [night.day for night in (await records.read()).nights] == [date(2026, 5, 4)]


async def test_staff_are_in_no_figure(records: Records) -> None:
    await records.night(ago(60), "ada bob olga", coming="olga")
    await records.night(ago(50), "ada olga cleo")
    olga = await records.person("olga")
    await records.add(
        Contribution(
            id="h", community_id=records.name, person_id=olga, what="Chairs", given_at=ago(9)
        ),
        Staff(person_id=olga, community_id=records.name, marked_at=NOW),
    )
    past = await records.read()
    assert [(night.present, night.newcomers) for night in past.nights] == [(2, 2), (2, 1)]
    assert (past.builds, past.left_out) == ((), 1)
    assert METRICS["show-rate"].at(past, TODAY).left_out == 1


async def test_a_person_merged_later_is_one_less(records: Records) -> None:
    await records.night(ago(60), "ada bob")
    await records.night(ago(50), "ada adda", absent="bob")
    await records.night(ago(40), "adda bob")
    before = pooled(await records.read(), "returning-attendee-rate")
    ada, adda = await records.person("ada"), await records.person("adda")
    async with records.database.transaction() as session:
        gone, kept = await session.get_one(Person, adda), await session.get_one(Person, ada)
        rows = [
            {c.name: getattr(each, c.name) for c in Person.__table__.c} for each in (gone, kept)
        ]
        await absorb(session, Person.__table__, *rows)  # type: ignore[arg-type]
    past = await records.read()
    assert before == Share(3, 4)
    assert pooled(past, "returning-attendee-rate") == Share(3, 3)
    assert len(past.firsts) == 2


async def test_who_has_left_was_there_without_a_name(records: Records) -> None:
    night = await records.night(ago(60), "ada bob")
    wording = Wording(
        id="w", community_id=records.name, what="demo", number=1, words="{}", made_at=NOW
    )
    await records.add(wording)
    async with records.database.transaction() as session:
        demo = demo_of(records, night, None, "idea")
        session.add(demo)
        seen = delete(Attendance).where(Attendance.person_id == await records.person("bob"))
        await session.execute(seen)
        session.add(records.seen(night, None, True))
    past = await records.read()
    assert (past.nights[0].present, past.nights[0].nameless) == (2, 1)
    assert [build.person for build in past.builds] == [""]
    assert pooled(past, "returning-builder-rate") is None


def wording(records: Records) -> Wording:
    """The contract that demos were shown under."""
    name = records.name
    return Wording(id="w", community_id=name, what="demo", number=1, words="{}", made_at=NOW)


def demo_of(records: Records, night: str, person: str | None, state: str, **more: Any) -> Demo:
    return Demo(
        id=records.id(),
        community_id=records.name,
        event_id=night,
        presenter_id=person,
        title="A parser",
        state=state,
        minutes=5,
        wish="",
        status="shown",
        contract_id="w",
        created_at=NOW,
        **more,
    )


async def test_everything_else_on_record(records: Records) -> None:
    """One of each kind that counts, beside one that must not."""
    here, ada, bob = records.name, await records.person("ada"), await records.person("bob")
    night = await records.night(ago(40), "ada bob", coming="ada cleo")
    ended = ago(40) + timedelta(hours=2)
    guest = Candidate(
        id="g", community_id=here, name="Gil", stage="delivered", since=NOW, created_at=NOW
    )

    def move(number: int, **more: Any) -> SpeakerMove:
        values = {"was": "booked", "stage": "delivered", "at": ago(39)} | more
        return SpeakerMove(
            id=f"m{number}", community_id=here, candidate_id="g", number=number, **values
        )

    def term(id_: str, **more: Any) -> SponsorTerm:
        values = {"starts": date(2025, 1, 1), "ends": date(2025, 12, 31), "minor": 100_000}
        return SponsorTerm(
            id=id_,
            community_id=here,
            sponsor_id="s",
            currency="EUR",
            one_off=False,
            created_at=ago(300),
            **values | more,
        )

    def due(number: int, at: datetime, **more: Any) -> FollowUp:
        return FollowUp(
            id=f"f{number}",
            community_id=here,
            what="event",
            about_id=night,
            number=number,
            title="Demo night",
            since=ended,
            due_at=at,
            **more,
        )

    await records.add(
        wording(records),
        demo_of(records, night, ada, "idea", told_at=ended + timedelta(hours=48)),
        demo_of(records, night, bob, "shipped", told_at=ended + timedelta(hours=49)),
        guest,
        move(1),
        move(2, undone_at=NOW),
        move(3, source="demo", source_id="d"),
        Contribution(id="h1", community_id=here, person_id=ada, what="Chairs", given_at=ago(3)),
        Contribution(id="h2", community_id=here, what="", given_at=ago(3)),
        Spark(id="k1", community_id=here, what="A map", created_at=ago(30), confirmed_at=ago(2)),
        Spark(id="k2", community_id=here, what="No", created_at=ago(30), ended_at=ago(2)),
        SparkMember(spark_id="k1", person_id=ada),
        Project(
            id="p1",
            community_id=here,
            title="Parser",
            began_as="demo",
            about_id="d1",
            began_at=ago(30),
            shipped_at=ago(10),
            created_at=NOW,
        ),
        Project(
            id="p2",
            community_id=here,
            title="Out of the blue",
            began_as="own",
            about_id="p2",
            shipped_at=ago(1),
            created_at=NOW,
        ),
        Sponsor(id="s", community_id=here, name="Mill", created_at=NOW),
        term("t2", starts=date(2026, 1, 1), ends=date(2026, 12, 31), minor=50_000),
        term("t1", renewed_by_id="t2"),
        due(1, ago(20), status="done", settled_at=ago(21)),
        due(2, ago(20), status="skipped", settled_at=ago(21)),
        due(3, ago(-2)),
        Retro(event_id=night, community_id=here, opened_at=ago(38)),
        RetroAnswer(id="r1", event_id=night, person_id=ada, words="{}", day=ago(36).date()),
        RetroAnswer(id="r2", event_id=night, words="{}", day=ago(1).date()),
    )
    past = await records.read()
    builds = [(each.person, each.kind, each.unfinished, each.heard) for each in past.builds]
    assert sorted(builds) == sorted(
        [
            (ada, DEMO, True, True),
            (bob, DEMO, False, False),
            ("guest:g", TALK, False, False),
            (ada, HELP, False, False),
        ]
    )
    assert {each.night for each in past.builds if each.on_stage} == {night}
    assert [each.id for each in past.sparks] == ["k1"]
    assert [(each.id, each.shipped) for each in past.projects] == [("p1", ago(10).date())]
    assert past.unbegun == (ago(1).date(),)
    first = past.terms[0]
    assert (first.end, first.renewed_on) == (date(2026, 1, 1), ago(300).date())
    assert pooled(past, "sponsor-renewal") == Share(1, 1)
    assert "500 EUR of 1,000 EUR" in METRICS["sponsor-renewal"].at(past, TODAY).notes[0]
    assert pooled(past, "follow-up-minimum") == Share(1, 2)
    assert pooled(past, "retro-response") == Share(1, 3), "ada, bob and cleo were asked"


@dataclass(frozen=True)
class Told:
    """One event as a test draws it: who said and did what, by person."""

    days: int
    status: str
    said: Mapping[int, tuple[str, bool]]
    seen: Mapping[int, bool]
    walk_ins: int


PEOPLE = st.integers(0, 5)
EVENINGS = st.lists(
    st.builds(
        Told,
        st.integers(-20, 120),
        st.sampled_from([CLOSED, CLOSED, PLANNED, CANCELLED]),
        st.dictionaries(
            PEOPLE, st.tuples(st.sampled_from([COMING, NOT_COMING]), st.booleans()), max_size=4
        ),
        st.dictionaries(PEOPLE, st.booleans(), max_size=5),
        st.integers(0, 2),
    ),
    max_size=8,
)


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(evenings=EVENINGS, staff=st.sets(PEOPLE, max_size=2))
async def test_the_loader_agrees_with_a_plain_count(
    content: Content, database: Database, evenings: list[Told], staff: set[int]
) -> None:
    records = await Records(content, database, name=f"c{next(COMMUNITIES)}").begin()
    for person in range(6):
        await records.person(str(person))
    for told in evenings:
        event = await records.night(ago(told.days), walk_ins=told.walk_ins, status=told.status)
        await records.add(
            *(
                records.yes(event, records.people[str(who)], answer, waiting=waiting)
                for who, (answer, waiting) in told.said.items()
            ),
            *(
                records.seen(event, records.people[str(who)], present)
                for who, present in told.seen.items()
            ),
        )
    await records.add(
        *(
            Staff(person_id=records.people[str(who)], community_id=records.name, marked_at=NOW)
            for who in staff
        )
    )
    found = await records.read()
    # of two on one day either may be first: their newcomers are told together
    assert sorted(map(_plain, found.nights)) == sorted(_counted(evenings, staff))
    assert _newcomers(found) == _new(evenings, staff)


COMMUNITIES = itertools.count()


def _plain(night: Night) -> tuple[Any, ...]:
    present = -1 if night.present is None else night.present
    return night.day, present, night.nameless, night.approved, night.unknown, night.shown or 0


def _counted(evenings: Sequence[Told], staff: set[int]) -> list[tuple[Any, ...]]:
    rows = []
    for told in _held(evenings):
        seen = {who: was for who, was in told.seen.items() if who not in staff}
        coming = [
            who
            for who, (answer, waiting) in told.said.items()
            if answer == COMING and not waiting and who not in staff
        ]
        here = sum(seen.values()) + told.walk_ins
        covered = not coming or 2 * sum(who in seen for who in coming) > len(coming)
        known = bool(seen or told.walk_ins) and (told.status == CLOSED or covered)
        noted = [who for who in coming if who in seen]
        shown = sum(seen[who] for who in noted) if told.status == CLOSED else 0
        rows.append(
            (
                ago(told.days).date(),
                here if known else -1,
                told.walk_ins,
                len(noted),
                len(coming) - len(noted),
                shown,
            )
        )
    return rows


def _newcomers(past: History) -> dict[date, int]:
    found: dict[date, int] = {}
    for night in past.nights:
        found[night.day] = found.get(night.day, 0) + night.newcomers
    return found


def _new(evenings: Sequence[Told], staff: set[int]) -> dict[date, int]:
    first: dict[int, date] = {}
    for told in _held(evenings):
        for who, was in told.seen.items():
            if was and who not in staff:
                day = ago(told.days).date()
                first[who] = min(first.get(who, day), day)
    days = {ago(told.days).date() for told in _held(evenings)}
    return {day: sum(each == day for each in first.values()) for day in days}


def _held(evenings: Sequence[Told]) -> list[Told]:
    return [each for each in evenings if each.days > 0 and each.status != CANCELLED]


# what organisers see

HERE = Place("#hosts")


@pytest.fixture
async def hall(content: Content, database: Database) -> Evenings:
    hall = Evenings(content, database, features=FEATURES)
    await hall.host("org1", Role.ORGANISER)
    hall.workspace.join("ada")
    return hall


async def past_of(hall: Evenings) -> Records:
    """To write a past for the community of the hall."""
    async with hall.database.transaction() as session:
        _, community = await hall.home(session)
    return Records(hall.content, hall.database, name=community.id)


async def say(hall: Evenings, line: str, who: str = "org1") -> str:
    await hall.workspace.say(who, HERE, line)
    return hall.words(who)


async def press(hall: Evenings, label: str) -> str:
    await hall.workspace.press("org1", label)
    return hall.words("org1")


async def test_an_empty_community_reads_what_will_appear_and_when(hall: Evenings) -> None:
    listed = await say(hall, "/metric")
    assert "Nothing is on record yet." in listed
    assert listed.count("not known yet") == len(METRICS)
    for metric in METRICS.values():
        assert f"It can be told {metric.comes}" in await say(hall, f"/metric {metric.key}")
        assert "Show the rows" not in labels(hall)
    assert "Nothing is on record yet." in await say(hall, "/flywheel")


def labels(hall: Evenings) -> list[str]:
    return [each.label for each in hall.workspace.seen_by("org1")[-1].card.buttons]


async def test_a_figure_opens_to_its_rows(hall: Evenings) -> None:
    records = await past_of(hall)
    now = hall.now
    night = await records.night(now - timedelta(days=150), "ada")
    await records.night(now - timedelta(days=30), "ada")
    for name, days in (("*Ada*", 100), ("*Ada*", 20), ("Bob", 101), ("Cleo", 99)):
        await records.add(
            Contribution(
                id=records.id(),
                community_id=records.name,
                person_id=await records.person(name),
                what="Chairs",
                given_at=now - timedelta(days=days),
            )
        )
    assert night
    said = await say(hall, "/metric Returning builders")
    assert "1 of 3: too few to speak of a share." in said
    assert "Beside it: First visit to first demo" in said
    rows = (await press(hall, "Show the rows")).splitlines()
    assert rows[1] == "3 in all. Only you see this."
    assert rows[3:] == [
        "• ✓ *Ada*: 24 January 2026, 14 April 2026",
        "• – Bob: 23 January 2026",
        "• – Cleo: 25 January 2026",
    ]
    assert all(message.private for message in hall.workspace.messages)
    assert "Returning builders" in await press(hall, "Back to the figure")
    assert "is for organisers" in await say(hall, "/metric", "ada")


async def test_many_rows_have_pages_and_leavers_no_name(hall: Evenings) -> None:
    records = await past_of(hall)
    for day in range(25):
        await records.night(hall.now - timedelta(days=2 * day + 1), "ada bob", walk_ins=1)
    await say(hall, "/metric newcomers-per-event")
    assert "25 in all, page 1 of 2." in await press(hall, "Show the rows")
    last = await press(hall, "Next")
    assert "page 2 of 2" in last
    assert "0 for the first time, of 3 there" in last
    assert "Next" not in labels(hall)
    records.people.clear()
    outcome = await hall.workspace.app.run(
        Call("metric rows", {"name": "gone"}, Caller(WHERE, "org1", "org1"), HERE, Via.PRESS)
    )
    assert isinstance(outcome, Refusal)


async def test_staff_are_marked_and_the_figure_says_so(hall: Evenings) -> None:
    records = await past_of(hall)
    records.people["ada"] = await hall.person("ada")
    await records.night(hall.now - timedelta(days=5), "ada", coming="ada bob", absent="bob")
    assert "1 of 2" in await say(hall, "/metric show-rate")
    assert "ada is staff now" in await say(hall, "/staff ada")
    said = await say(hall, "/metric show-rate")
    assert "0 of 1" in said
    assert "1 person marked as staff left out" in said
    assert "ada" in await say(hall, "/staff")
    assert "ada is not staff any more" in await say(hall, "/staff ada")
    assert "ada is staff now" in await press(hall, "Undo")
    other = await Records(hall.content, hall.database, name="other").begin()
    stranger = await other.person("zoe")
    outcome = await hall.workspace.app.run(
        Call(
            "staff set",
            {"person": stranger, "to": "yes"},
            Caller(WHERE, "org1", "org1"),
            HERE,
            Via.PRESS,
        )
    )
    assert isinstance(outcome, Refusal)


async def test_the_weakest_stage_is_named_and_chooses_the_principle(hall: Evenings) -> None:
    """Everything goes well but feedback: 40 demos, of which nobody heard anything."""
    records = await past_of(hall)
    await records.add(
        Wording(id="w", community_id=records.name, what="demo", number=1, words="{}", made_at=NOW),
        Sponsor(id="s", community_id=records.name, name="Mill", created_at=NOW),
    )
    for week in range(24):
        await week_of(hall, records, week)
    said = await say(hall, "/flywheel")
    assert "Feedback (demos with feedback within 48 hours: 0%, 0 of " in said
    assert ") is weakest: its range lies below all others, the nearest being " in said
    assert "Feedback ◆ weakest" in said
    card = hall.workspace.seen_by("org1")[-1].card
    assert card.picture is not None
    assert "Feedback ◆ weakest: demos with feedback within 48 hours, 0% (0 of" in card.picture.alt
    assert any(label.startswith("Read ") for label in labels(hall))
    scene = await records.scene()
    scene.now = hall.now
    need = await weakest(scene)
    await scene.close()
    assert need is not None
    assert need.key == "feedback"


async def week_of(hall: Evenings, records: Records, week: int) -> None:
    """One evening with two unfinished demos and a spark, and a project that shipped."""
    at = hall.now - timedelta(days=7 * week + 5)
    helper = await records.person(f"helper{week % 8}")
    night = await records.night(at, f"ada bob new{week}")
    people = [await records.person(name) for name in ("ada", "bob")]
    await records.add(
        *(demo_of(records, night, each, "idea") for each in people),
        Spark(
            id=records.id(), community_id=records.name, what="A map", created_at=at, confirmed_at=at
        ),
        Project(
            id=(project := records.id()),
            community_id=records.name,
            title="Parser",
            began_as="demo",
            about_id=project,
            began_at=at - timedelta(days=60),
            shipped_at=at,
            created_at=NOW,
        ),
        *(
            Contribution(
                id=records.id(),
                community_id=records.name,
                person_id=helper,
                what="Chairs",
                given_at=at - timedelta(days=90 * again),
            )
            for again in range(2)
        ),
    )


def test_the_document_is_current(content: Content) -> None:
    written = (Path(__file__).parents[2] / "docs/metrics.md").read_text(encoding="utf-8")
    assert written == document(content), (
        "Run: python -m bot.features.metrics.document > docs/metrics.md"
    )
