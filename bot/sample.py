"""Three years of a made-up community, so that figures, stories and ranges can be looked at before
there are any of one's own. The same seed writes the same years. Every name says that it is a
sample."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Table
from bot.features.contributions import Contribution
from bot.features.demos.model import SHOWN, Demo
from bot.features.events.model import BY_CODE, BY_HOST, CLOSED, COMING, Attendance, Event, Rsvp
from bot.features.followups.model import DONE, EVENT, SKIPPED, FollowUp
from bot.features.outcomes import Outcome
from bot.features.program.model import ProgramChange, Wording
from bot.features.retros.model import Retro, RetroAction, RetroAnswer
from bot.features.ships.model import DEMO, Project
from bot.features.sparks.model import Spark
from bot.features.sponsors.model import Sponsor, SponsorTerm
from bot.people import Community, Person, Space

if TYPE_CHECKING:
    import numpy as np

SEED = 52
YEARS = 3
FORTNIGHT = timedelta(days=14)
EVENING = time(18, 30)
MINUTES = 120
HEARD_WITHIN = timedelta(hours=47)
CHANGES = (
    (700, "we ask newcomers at the door what they are working on"),
    (410, "we keep a third of the slots for people who never showed anything"),
    (100, "we ask everybody two days before whether they still come"),
)
"""How many days ago each began."""
SPONSORS = (
    ("The Mill", 150_000),
    ("Harbour Bikes", 60_000),
    ("Lantern Print", 40_000),
    ("The Corner Bakery", 25_000),
    ("Northside Radio", 80_000),
    ("Kite and Key", 30_000),
    ("The Tool Library", 20_000),
)
OUTCOMES = ((820, "champion"), (610, "hire"), (330, "champion"), (150, "hire"), (90, "hire"))
TO_DO = ("Test the microphone before the doors open", "Write the names larger", "End on time")
FIRST = (
    "Abel", "Bea", "Ciro", "Dora", "Emre", "Faye", "Gil", "Hana", "Ivo", "June", "Kofi", "Lena",
    "Milo", "Nora", "Otto", "Pia", "Remy", "Suda", "Tove", "Uli", "Vera", "Wim", "Xiu", "Yara",
)  # fmt: skip


async def write(
    session: AsyncSession, community: Community, space: Space, now: datetime, seed: int = SEED
) -> None:
    """Add the years before `now` to a community that has no events yet."""
    if await session.scalar(select(Event.id).where(Event.community_id == community.id).limit(1)):
        return
    years = Years(community.id, f"{space.id}/#general", now, seed)
    years.make()
    for table, rows in years.rows.items():
        await session.execute(insert(table), rows)
    await session.flush()


@dataclass(slots=True)
class Years:
    """Rows by table, in an order in which they can be written."""

    community: str
    spot: str
    now: datetime
    seed: int
    rows: dict[type[Table], list[dict[str, Any]]] = field(default_factory=dict)
    met: list[tuple[str, float]] = field(default_factory=list)
    """Who has come, and how likely they come again."""
    showed: set[str] = field(default_factory=set)
    """Who has shown something."""
    contract: str = ""
    chance: "np.random.Generator" = field(init=False)
    doubt: "np.random.Generator" = field(init=False)
    """Of what hosts forgot to note; apart, so that the story stays as it is."""

    def make(self) -> None:
        import numpy as np

        self.chance = np.random.default_rng(self.seed)
        self.doubt = np.random.default_rng(self.seed)
        self.rows = {table: [] for table in _ORDER}
        self.contract = self._new(
            Wording, what="sample", number=1, words="{}", by_id=None, made_at=self._ago(1100)
        )
        for starts in self._evenings():
            self._evening(starts)
        self._sponsors()
        self._noted()
        self.rows = {table: rows for table, rows in self.rows.items() if rows}

    def _evenings(self) -> list[datetime]:
        last = datetime.combine(self.now.date() - timedelta(days=4), EVENING, UTC)
        nights = YEARS * 365 // FORTNIGHT.days
        return [last - FORTNIGHT * n for n in reversed(range(nights))]

    def _evening(self, starts: datetime) -> None:
        event = self._new(
            Event,
            series_id=None,
            slot=None,
            title="Demo night (sample)",
            details="",
            place="The Library",
            starts_at=starts,
            minutes=MINUTES,
            capacity=None,
            spot=self.spot,
            status=CLOSED,
            code="sample",
            created_by=None,
            changed_by=None,
            created_at=starts - FORTNIGHT,
        )
        ends = starts + timedelta(minutes=MINUTES)
        here = self._come(event, starts)
        self._stage(event, here, ends)
        self._besides(here, ends)
        self._afterwards(event, here, ends)

    def _come(self, event: str, starts: datetime) -> list[str]:
        """Who is there: some of those who know it, and newcomers."""
        shows = 0.83 if self.now - starts < timedelta(days=90) else 0.68
        returning = [person for person, likely in self.met if self.chance.random() < likely]
        said = returning + [self._newcomer(starts) for _ in range(self.chance.poisson(4))]
        here = [person for person in said if self.chance.random() < shows]
        for person in said:
            answer = {"event_id": event, "person_id": person, "answer": COMING, "waiting": False}
            self.rows[Rsvp].append(answer | {"answered_at": starts - timedelta(days=2), "turn": 0})
        for person in said:
            came = person in here
            if came or self.doubt.random() < 0.9:  # of some, hosts did not know
                self._new_row(
                    Attendance,
                    event_id=event,
                    person_id=person,
                    name="",
                    present=came,
                    via=BY_CODE if came else BY_HOST,
                    noted_at=starts,
                )
        self.met = [(person, likely * 0.985) for person, likely in self.met]
        return here

    def _newcomer(self, starts: datetime) -> str:
        first = FIRST[len(self.met) % len(FIRST)]
        person = self._new(Person, name=f"{first} {len(self.met) + 1} (sample)", created_at=starts)
        self.met.append((person, float(self.chance.beta(0.5, 1.6))))
        return person

    def _stage(self, event: str, here: list[str], ends: datetime) -> None:
        """Demos, the feedback on them, and what they become."""
        keen = sorted(here, key=dict(self.met).__getitem__, reverse=True)[: len(here) // 2]
        for place, person in enumerate(self._some(keen, 3)):
            told = self.chance.random() < 0.08
            demo = self._new(
                Demo,
                event_id=event,
                presenter_id=person,
                title="A small thing (sample)",
                state="in progress" if self.chance.random() < 0.55 else "shipped",
                minutes=5,
                wish="Does the first screen say what it is?",
                link="",
                status=SHOWN,
                contract_id=self.contract,
                agreed_at=ends - FORTNIGHT,
                confirmed_at=ends - FORTNIGHT,
                confirmed_by=None,
                first_time=person not in self.showed,
                turn=place,
                place=place,
                offered_to=None,
                moved_to=None,
                reply="",
                settled_at=ends,
                told_at=ends + HEARD_WITHIN if told else None,
                created_at=ends - FORTNIGHT,
            )
            self.showed.add(person)
            self._project(demo, person, ends)

    def _project(self, demo: str, person: str, began: datetime) -> None:
        shipped = began + timedelta(days=int(self.chance.gamma(2, 30)))
        ships = self.chance.random() < 0.6 and shipped < self.now
        self._new(
            Project,
            person_id=person,
            title="A small thing (sample)",
            link="",
            began_as=DEMO,
            about_id=demo,
            began_at=began,
            shipped_at=shipped if ships else None,
            let_go_at=None,
            created_at=began,
        )

    def _besides(self, here: list[str], ends: datetime) -> None:
        """Help that was given, and joint work that began."""
        for person in self._some(here, 1):
            what = "Stacked the chairs (sample)"
            self._new(Contribution, person_id=person, what=what, given_at=ends)
        if here and self.chance.random() < 0.75:
            told = ends + timedelta(days=5)
            if told < self.now:
                self._new(
                    Spark,
                    what="Something for two (sample)",
                    named_by=None,
                    created_at=told,
                    confirmed_at=told,
                    ended_at=None,
                )

    def _afterwards(self, event: str, here: list[str], ends: datetime) -> None:
        due = ends + timedelta(hours=72)
        if due < self.now:
            self._follow_up(event, ends, due)
        opened = ends + timedelta(hours=48)
        if opened >= self.now:
            return
        community = {"event_id": event, "community_id": self.community, "opened_at": opened}
        self.rows[Retro].append(community)
        for _ in self._some(here, 0.35 * len(here)):
            words = '{"change": "A little less noise at the bar. (sample)"}'
            self._new_row(
                RetroAnswer, event_id=event, person_id=None, words=words, day=opened.date()
            )
        if self.chance.random() < 0.25:
            done = self.chance.random() < 0.6
            self._new(
                RetroAction,
                event_id=event,
                title=TO_DO[len(self.rows[RetroAction]) % len(TO_DO)],
                owner="A host (sample)",
                owner_id=None,
                due=(opened + FORTNIGHT).date(),
                done_at=min(opened + FORTNIGHT, self.now) if done else None,
                created_at=opened,
            )

    def _follow_up(self, event: str, ends: datetime, due: datetime) -> None:
        kept = self.chance.random() < 0.75
        self._new(
            FollowUp,
            what=EVENT,
            about_id=event,
            number=1,
            title="Demo night (sample)",
            owner_id=None,
            since=ends,
            due_at=due,
            status=DONE if kept else SKIPPED,
            settled_at=due - timedelta(hours=20),
            reason=None if kept else "Nobody was free (sample)",
            worded=0,
        )

    def _sponsors(self) -> None:
        for name, value in SPONSORS:
            made = self._ago(1000)
            sponsor = self._new(Sponsor, name=f"{name} (sample)", created_at=made)
            starts = made.date() + timedelta(days=int(self.chance.integers(0, 120)))
            self._terms(sponsor, starts, value)

    def _terms(self, sponsor: str, starts: date, value: int) -> None:
        """A year each, renewed while it goes well. Later ones are written first: the one before
        names its renewal."""
        terms: list[dict[str, Any]] = []
        while starts < self.now.date() and (not terms or self.chance.random() < 0.8):
            ends = starts + timedelta(days=364)
            terms.append({"id": self._id(), "starts": starts, "ends": ends})
            starts = ends + timedelta(days=1)
        after = None
        for term in reversed(terms):
            self._new_row(
                SponsorTerm,
                **term,
                community_id=self.community,
                sponsor_id=sponsor,
                minor=value,
                currency="EUR",
                one_off=False,
                renewed_by_id=after,
                ended_on=None,
                ended_reason=None,
                added_by=None,
                created_at=datetime.combine(term["starts"], time(9), UTC),
            )
            after = term["id"]

    def _noted(self) -> None:
        for days, words in CHANGES:
            moment = self._ago(days)
            self._new(
                ProgramChange,
                day=moment.date(),
                words=f"{words} (sample)",
                by_id=None,
                removed_at=None,
                made_at=moment,
            )
        for days, kind in OUTCOMES:
            moment = self._ago(days)
            self._new(
                Outcome,
                kind=kind,
                what="It began here (sample)",
                day=moment.date(),
                noted_by=None,
                created_at=moment,
            )

    def _some(self, people: list[str], about: float) -> list[str]:
        """About so many of them, each once."""
        number = min(len(people), int(self.chance.poisson(about)))
        return [people[at] for at in self.chance.permutation(len(people))[:number]]

    def _ago(self, days: int) -> datetime:
        return self.now - timedelta(days=days)

    def _id(self) -> str:
        return str(self.chance.bytes(8).hex())

    def _new(self, table: type[Table], **values: Any) -> str:
        return self._new_row(table, community_id=self.community, **values)

    def _new_row(self, table: type[Table], **values: Any) -> str:
        row = {"id": self._id(), **values}
        self.rows[table].append(row)
        return str(row["id"])


_ORDER: tuple[type[Table], ...] = (
    Person,
    Wording,
    Event,
    Rsvp,
    Attendance,
    Demo,
    Project,
    Contribution,
    Spark,
    FollowUp,
    Retro,
    RetroAnswer,
    RetroAction,
    Sponsor,
    SponsorTerm,
    ProgramChange,
    Outcome,
)
