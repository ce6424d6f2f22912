"""Forecasts: a plan in plain words, ranges that are kept as they are, and scored in their time."""

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.actions import Role
from bot.content import Content
from bot.context import Call, Place, Scene, Via
from bot.db import Database
from bot.errors import UserError
from bot.features import forecasts, program
from bot.features.demos.model import SHOWN, Demo
from bot.features.events.model import CLOSED, Event
from bot.features.forecasts import working
from bot.features.forecasts.asked import read_assumed, read_budget, read_targets
from bot.features.forecasts.habits import beyond
from bot.features.forecasts.model import ForecastOutcome, Kept, KeptForecast, Sketch, read, written
from bot.features.forecasts.period import read_period, read_rhythm
from bot.features.forecasts.working import digest
from bot.features.program.model import Wording
from bot.features.pulse import report
from bot.features.sponsors.money import Money
from bot.numbers.plans import Plan
from bot.people import Caller, Community, Where
from bot.replies import Outcome, Refusal, Reply
from tests.features.evenings import FEATURES, HOSTS, Evenings, new_id

pytestmark = pytest.mark.usefixtures("everyone_agrees")
TODAY = date(2026, 5, 4)
HALL = Place(HOSTS)
WEEK = timedelta(weeks=1)
LOOK, KEEP = "Show the ranges", "Keep it, to be scored"
PEOPLE = "People at the events, counted at each"


@pytest.fixture
async def desk(content: Content, database: Database) -> Evenings:
    desk = Evenings(content, database, features=(forecasts.feature, program.feature, *FEATURES))
    await desk.host("olga", Role.ORGANISER)
    return desk


async def say(desk: Evenings, line: str, who: str = "olga") -> str:
    await desk.workspace.say(who, HALL, line)
    return desk.words(who)


async def press(desk: Evenings, label: str) -> str:
    await desk.workspace.press("olga", label)
    return desk.words("olga")


async def fill(desk: Evenings, **values: str) -> str:
    await desk.workspace.fill("olga", values)
    return desk.words("olga")


async def do(
    desk: Evenings, action: str, where: Where | None = None, /, via: Via = Via.PRESS, **args: str
) -> Outcome:
    caller = Caller(where or desk.where, "olga", "olga", Role.ORGANISER)
    return await desk.workspace.app.run(Call(action, args, caller, HALL, via))


async def page(desk: Evenings) -> str:
    """The one for leadership."""
    (community,) = await desk.all(Community)
    app = desk.workspace.app
    scene = Scene(desk.now, new_id, app.registry, app.content, community, desk.database)
    written = await report.report(scene, 90)
    await scene.close()
    return written


async def demos(desk: Evenings, numbers: Sequence[int]) -> None:
    """So many were shown at each event; nobody said how many slots it had."""
    async with desk.database.transaction() as session:
        events = (await session.scalars(select(Event).order_by(Event.starts_at))).all()
        here = events[0].community_id
        session.add(
            Wording(id="w", community_id=here, what="demo", number=1, words="{}", made_at=desk.now)
        )
        await session.flush()
        for event, number in zip(events, numbers, strict=True):
            event.created_at = event.starts_at
            session.add_all(demo_of(event) for _ in range(number))


def demo_of(event: Event) -> Demo:
    return Demo(
        id=new_id(),
        community_id=event.community_id,
        event_id=event.id,
        title="A parser",
        state="idea",
        minutes=5,
        wish="",
        status=SHOWN,
        contract_id="w",
        created_at=event.starts_at,
    )


async def evenings(desk: Evenings, number: int, *, weeks_from: int, guests: int = 20) -> list[str]:
    """Every second week, from so many weeks from now on."""
    steps = (weeks_from + 2 * each for each in range(number))
    return [await desk.event(starts=step * WEEK, guests=guests) for step in steps]


async def close(desk: Evenings) -> None:
    """As hosts do: from then on the lists say who came."""
    async with desk.database.transaction() as session:
        await session.execute(update(Event).values(status=CLOSED))


async def keep(desk: Evenings, line: str = '"next quarter" 6 4 "1500 EUR" "150 people"') -> str:
    await say(desk, f"/forecast {line}")
    await press(desk, LOOK)
    return await press(desk, KEEP)


async def reopened(desk: Evenings) -> str:
    await press(desk, KEEP)
    return await press(desk, "Open it")


def shown(desk: Evenings) -> object:
    return desk.workspace.seen_by("olga")[-1].card


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("next quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("This quarter", TODAY, date(2026, 6, 30)),
        ("next 3 months", TODAY, date(2026, 8, 3)),
        ("next month", date(2026, 6, 1), date(2026, 6, 30)),
        ("Q1", date(2027, 1, 1), date(2027, 3, 31)),
        ("q4 2026", date(2026, 10, 1), date(2026, 12, 31)),
        ("March 2027", date(2027, 3, 1), date(2027, 3, 31)),
        ("may", TODAY, date(2026, 5, 31)),
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        ("Jan to March 2027", date(2027, 1, 1), date(2027, 3, 31)),
        ("1 July 2026 to 30 September 2026", date(2026, 7, 1), date(2026, 9, 30)),
        ("Wednesday 1 July 2026 - 15 July 2026", date(2026, 7, 1), date(2026, 7, 15)),
    ],
)
def test_a_period_in_plain_words(text: str, start: date, end: date) -> None:
    found = read_period(text, TODAY)
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Q1 2026", "has passed"),
        ("last quarter", "31 March 2026 has passed"),
        ("past 3 months", "has passed"),
        ("1 July 2026 to 1 June 2026", "before it begins"),
        ("next 400 years", "more than two years"),
        ("next 999 quarters", "more than two years"),
        ("soon", "as a period"),
        ("next moon", "as a period"),
        ("April 2026", "has passed"),
        ("2035", "more than two years"),
        ("", "as a period"),
        ("x" * 10_000, "as a period"),
        ("1 July 2026 to whenever", "as a day"),
    ],
)
def test_a_period_that_is_none(text: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        read_period(text, TODAY)
    assert error.value.field == "period"


def test_a_rhythm_in_plain_words() -> None:
    first, last = date(2026, 7, 1), date(2026, 9, 30)
    for text, number in (
        ("6", 6),
        ("1 event", 1),
        ("6 every 2 weeks", 6),
        ("every other week", 7),
        ("twenty", 20),
    ):
        days = read_rhythm(text, first, last)
        assert (len(days), sorted(days)) == (number, list(days)), text
        assert first <= days[0] <= days[-1] <= last
    assert [each.month for each in read_rhythm("monthly", first, last)] == [7, 8, 9]
    for text, number in (("6", 6), ("monthly", 3), ("6 every 2 weeks", 6), ("weekly", 13)):
        days = read_rhythm(text, first, last, weekday=1)
        assert (len(days), len(set(days))) == (number, number), text
        assert {each.weekday() for each in days} == {1}, text
        assert first <= days[0] <= days[-1] <= last
    assert len(read_rhythm("14", first, last, weekday=1)) == 14
    for text, words in (
        ("10000", "10,000 events"),
        ("0", "one event at least"),
        ("-3", "as a number of events"),
        ("every 0 weeks", "None of these days"),
        ("20 monthly", "Only 3 fit"),
        ("many", "as a number of events"),
    ):
        with pytest.raises(UserError, match=words):
            read_rhythm(text, first, last)


def test_hopes_and_assumptions_in_plain_words() -> None:
    assert read_targets("1,500 people, 20 demos and 3 first demos") == {
        "attendance": 1500,
        "demos": 20,
        "first_demos": 3,
    }
    assert read_targets("150 people,200 demos") == {"attendance": 150, "demos": 200}
    assert read_budget("1500 euros") == read_budget("€1500") == Money(150_000, "EUR")
    money = Money(150_000, "EUR")
    mine = "One more host hour brings 0.5 demos; each 100 EUR brings 2 people"
    assert read_assumed(mine, 12, money).extra == {"demos": 6, "attendance": 30}
    for text in ("0 people", "-5 people", "5 people, 6 people", "5 moons", "people"):
        with pytest.raises(UserError) as error:
            read_targets(text)
        assert error.value.field == "targets", text
    for text, hours in (("one more host hour brings 1 demo", 0), ("each 5 USD brings 1 demo", 1)):
        with pytest.raises(UserError):
            read_assumed(text, hours, money)
    for text, words in (
        ("-5 EUR", "less than nothing"),
        ("5 EUR + $6 USD", "two currencies"),
        ("5 euros 6 USD", "two currencies"),
        ("0 EUR", "Leave this empty"),
        ("5 dollars", "USD, CAD"),
    ):
        with pytest.raises(UserError, match=words):
            read_budget(text)


async def test_a_plan_is_shown_back_changed_and_looked_at(desk: Evenings) -> None:
    await desk.workspace.say("olga", HALL, "/forecast")
    filled = {"period": "next quarter", "events": "6 every 2 weeks", "money": "1500 EUR"}
    bad = {"period": "spring", "events": "a few", "slots": "-20", "money": "5 EUR 6 USD"}
    wrong = await fill(desk, **bad, targets="many")
    assert "Period: I can't read “spring”" in wrong
    assert "Events: I can't read “a few”" in wrong
    assert "Slots: Write the demo slots as a whole number" in wrong
    assert "Money: I see two currencies" in wrong
    assert "Targets: I can't read “many”" in wrong
    assert set(desk.workspace.forms["olga"].wrong) == {*bad, "targets"}
    said = await fill(desk, **filled, slots="", targets="150 people, 20 demos")
    assert "1 July 2026 to 30 September 2026" in said
    assert f"{PEOPLE}: 150" in said
    await press(desk, "Host hours and assumptions")
    said = await fill(desk, hours="12", assumed="one more host hour brings 0.5 demos")
    assert "Host hours more than now: 12" in said
    await press(desk, "Change it")
    assert "Your plan, changed" in await fill(desk, slots="5")
    said = await press(desk, LOOK)
    assert "a first guess of ours" in said
    assert "they don't add up" in said
    assert "Your own assumption, not mine" in said
    assert "the 150 you hope for about" in said
    assert re.search(r"Stop if there are fewer than \d+ after 3 of the 6 events, planned", said)
    assert "The assumption adds 6 demos, and the slots leave room for" in said
    assert re.search(r"One visit costs [1-9]\d?(\.\d0)? EUR to", said)
    said = await press(desk, "What it rests on")
    assert "Nothing on record" in said
    assert "the slots leave room for" in said
    assert "0 things were under way on 4 May 2026" in said
    await press(desk, "Back to the ranges")
    await press(desk, "Drop it")
    assert await desk.all(Sketch) == await desk.all(KeptForecast) == []


async def test_a_kept_forecast_stays_byte_for_byte(desk: Evenings) -> None:
    await evenings(desk, 12, weeks_from=-26)
    await close(desk)
    assert "Forecast kept" in await keep(desk)
    assert "It rests on 12 events here" in await press(desk, "Open it")
    before = shown(desk)
    await evenings(desk, 2, weeks_from=-2, guests=90)
    await say(desk, "/forecast assumptions")
    await press(desk, "Change people and demos")
    assert "is not a number" in await fill(desk, attendance="lots")
    assert "Kept, for forecasts from now on" in await fill(desk, attendance="400")
    desk.restart()
    row = (await desk.all(KeptForecast))[0]
    again = await do(desk, "forecast show", forecast=row.id)
    assert isinstance(again, Reply)
    assert again.card == before
    assert written(read(row.said)) == row.said
    assert await desk.all(Sketch) == []


async def test_a_forecast_of_an_earlier_version_is_read_as_it_was(desk: Evenings) -> None:
    """Its level to stop at named a day and no event, and nothing was said of slots."""
    await keep(desk)
    async with desk.database.transaction() as session:
        (row,) = await session.scalars(select(KeptForecast))
        said = json.loads(row.said)
        del said["slots"]
        said["forecast"]["version"] = 3
        for each in said["forecast"]["outlooks"]:
            del each["fits"]
            if each["stop"]:
                del each["stop"]["after"]
        row.said = json.dumps(said)
    assert re.search(r"Stop if there are fewer than \d+ by \d", await press(desk, "Open it"))
    assert "This is version 3 of the method." in await press(desk, "What it rests on")


async def test_assumptions_carry_over_and_can_be_taken_back(desk: Evenings) -> None:
    await say(desk, "/forecast assumptions")
    await press(desk, "Change what comes of it")
    await fill(desk, sparks="3")
    await press(desk, "Change people and demos")
    said = await fill(desk, attendance="35", newcomers="20 %")
    assert "People at one event: 35" in said
    assert "Sparks after one event: 3" in said
    said = await press(desk, "Undo")
    assert "People at one event: 20" in said
    assert "Sparks after one event: 3" in said


async def test_it_is_scored_in_its_time_and_told(desk: Evenings) -> None:
    await evenings(desk, 12, weeks_from=-26)
    await close(desk)
    await evenings(desk, 6, weeks_from=9, guests=20)
    await keep(desk, '"next quarter" "as planned" 4')
    assert "its time has not come" in await say(desk, "/forecast scores")
    assert [message.card.title for message in desk.posted("@olga")] == []
    await close(desk)
    await desk.workspace.advance(date(2026, 10, 9) - desk.now.date())
    assert "How it went" in desk.posted("@olga")[-1].card.title
    said = await say(desk, "/forecast scores")
    assert "people 120, inside the range of" in said
    assert "Our one range so far held" in said
    told = {each.outcome: each.came for each in await desk.all(ForecastOutcome)}
    assert (told["attendance"], told["events"]) == (120, 6)
    assert "sparks" not in told
    await desk.workspace.advance(timedelta(days=60))
    assert len([m for m in desk.posted("@olga") if "How it went" in m.card.title]) == 1
    await desk.workspace.choose("olga", "1 Jul 2026 to 30 Sep 2026")
    assert "Events: 6 planned, 6 held" in desk.words("olga")
    assert "It rests on 12 events here" in await press(desk, "The forecast as issued")


async def test_unknown_attendance_is_unknown_until_somebody_notes_it(desk: Evenings) -> None:
    (night,) = await evenings(desk, 1, weeks_from=9, guests=0)
    await desk.coming(night, "ada", "bob", "cleo")
    await keep(desk, '"next quarter" 2')
    await desk.workspace.advance(date(2026, 12, 20) - desk.now.date())
    said = await say(desk, "/forecast scores")
    assert "can't be scored: nobody noted who came to 1 event" in said
    assert "2 events planned, 1 held" in said
    row = (await desk.all(KeptForecast))[0]
    assert isinstance(await do(desk, "forecast score", forecast=row.id), Refusal)
    await desk.seen(night, "ada", present=True)
    assert isinstance(await do(desk, "forecast score", forecast=row.id), Refusal)
    await close(desk)
    assert isinstance(await do(desk, "forecast score", forecast=row.id), Reply)
    assert "people 1, below the range" in await say(desk, "/forecast scores")


async def test_no_event_is_no_opportunity_and_never_zero(desk: Evenings) -> None:
    await keep(desk, '"next month" 2')
    await desk.workspace.advance(timedelta(days=120))
    said = await say(desk, "/forecast scores")
    assert "can't be scored: no event was held" in said
    assert "did not hold" not in said
    assert {each.came for each in await desk.all(ForecastOutcome) if each.outcome != "events"} == {
        None
    }
    (told,) = desk.posted("@olga")
    assert "No event was held, so there is nothing to score." in told.card.text
    await desk.workspace.choose("olga", "1 Jun 2026 to 30 Jun 2026")
    assert "2 planned, none held. So there is nothing to score." in desk.words("olga")


async def test_the_same_days_count_once_and_only_by_the_people_at_events(desk: Evenings) -> None:
    """However often a quarter was kept: by the first, also where a later one did better."""
    await evenings(desk, 12, weeks_from=-26)
    await evenings(desk, 2, weeks_from=9, guests=500)
    await evenings(desk, 1, weeks_from=23, guests=20)
    whole, part = '"next quarter" 2', '"July 2026 to August 2026" 3'
    for plan in (whole, '"next quarter" 50', part, '"October 2026" 1'):
        kept = await keep(desk, plan)
        beside = plan not in (whole, '"October 2026" 1')
        assert ("counts instead of this one" in kept) is beside
        await desk.workspace.advance(timedelta(minutes=1))
    await close(desk)
    await desk.workspace.advance(date(2026, 12, 20) - desk.now.date())
    said = await say(desk, "/forecast scores")
    assert said.count("people 1,000") == 3
    assert said.count("above the range") == 2
    assert "1 of our 2 ranges held." in said


async def test_how_it_would_have_done_here(desk: Evenings) -> None:
    await say(desk, "/forecast scores")
    assert "Not enough is on record" in await press(desk, "How it would have done here")
    await evenings(desk, 24, weeks_from=-49)
    await close(desk)
    said = await press(desk, "Back to the scores")
    said = await press(desk, "How it would have done here")
    assert "not forecasts that anybody issued" in said
    assert "of 3 held" in said


async def test_two_keep_one_look_and_one_is_kept(desk: Evenings) -> None:
    await say(desk, '/forecast "next quarter" 6')
    await press(desk, LOOK)
    (sketch,) = await desk.all(Sketch)
    seen = digest(sketch.said or "")
    keep_it = (do(desk, "forecast keep", sketch=sketch.id, seen=seen) for _ in range(2))
    told = await asyncio.gather(*keep_it)
    assert sum(isinstance(each, Reply) for each in told) == 1
    assert len(await desk.all(KeptForecast)) == 1


async def test_the_same_plan_gets_the_same_ranges_however_often_it_is_looked_at(
    desk: Evenings,
) -> None:
    """And a plan that differs in one thing differs by that alone."""
    await evenings(desk, 12, weeks_from=-26)
    await close(desk)
    cards = []
    for line in ('"next quarter" 6 4', '"next quarter" 6 4', '"next quarter" 6 6'):
        await say(desk, f"/forecast {line}")
        await press(desk, LOOK)
        cards.append(desk.workspace.seen_by("olga")[-1].card)
    one, again, more_slots = cards
    assert (one.text, one.fields) == (again.text, again.fields)
    assert one.fields[:2] == more_slots.fields[:2]
    assert one.fields[2] != more_slots.fields[2]


async def test_only_the_ranges_that_were_seen_are_kept(
    desk: Evenings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where another organiser changed the plan, and looked at it, meanwhile."""
    await say(desk, '/forecast "next quarter" 6')
    await press(desk, LOOK)
    (sketch,) = await desk.all(Sketch)
    seen = digest(sketch.said or "")
    changed = {"sketch": sketch.id, "period": "next quarter", "events": "9"}
    worked_out = working._worked_out
    loop = asyncio.get_running_loop()

    def meanwhile(*args: Any) -> Kept:
        change = do(desk, "forecast change", via=Via.FORM, **changed)
        asyncio.run_coroutine_threadsafe(change, loop).result(30)
        return worked_out(*args)

    monkeypatch.setattr(working, "_worked_out", meanwhile)
    told = await do(desk, "forecast look", sketch=sketch.id)
    assert isinstance(told, Refusal)
    assert "Nothing is lost" in told.says
    monkeypatch.undo()
    assert isinstance(await do(desk, "forecast look", sketch=sketch.id), Reply)
    for stale in ({"seen": seen}, {}):
        kept = await do(desk, "forecast keep", sketch=sketch.id, **stale)
        assert isinstance(kept, Refusal)
    (sketch,) = await desk.all(Sketch)
    seen = digest(sketch.said or "")
    assert isinstance(await do(desk, "forecast keep", sketch=sketch.id, seen=seen), Reply)
    (row,) = await desk.all(KeptForecast)
    assert len(row.kept.plan.events) == 9


async def test_leaders_see_every_forecast_whose_days_are_not_over(desk: Evenings) -> None:
    await evenings(desk, 12, weeks_from=-26)
    assert "An organiser makes one with /forecast" in await page(desk)
    await keep(desk, '"next month" 2')
    for events in (3, 4, 5):
        await desk.workspace.advance(timedelta(minutes=1))
        await keep(desk, f'"next quarter" {events} 3 "1500 EUR" "90 people"')
    said = await page(desk)
    assert said.count("1 July 2026 to 30 September 2026") == 3
    assert "1 June 2026" not in said
    assert "The plan: 5 events, 3 demo slots at each, 1,500 EUR. Issued on 4 May 2026." in said
    assert "90: about" in said
    assert "EUR to" in said
    await desk.workspace.advance(date(2026, 10, 1) - desk.now.date())
    assert "An organiser makes one with /forecast" in await page(desk)


async def test_more_slots_than_were_ever_filled_bring_few_demos(desk: Evenings) -> None:
    """Nobody can buy demos by typing slots, and what was shown is what was shown."""
    await evenings(desk, 12, weeks_from=-26)
    await close(desk)
    await demos(desk, [2, 3] * 6)
    said, middles = "", []
    for slots in (3, 30):
        await say(desk, f'/forecast "next quarter" 6 {slots}')
        said = await press(desk, LOOK)
        (middle,) = re.findall(r"Demos shown: [^;]*; the middle is (\d+)", said)
        middles.append(int(middle))
    assert 12 <= middles[0] <= middles[1] <= 24
    assert "At most 3 demos were shown at one event here" in said
    await desk.prefer(demo_slots=12)
    await say(desk, '/forecast "next quarter" 6 30')
    assert f"the middle is {middles[1]}" in await press(desk, LOOK)


async def test_a_look_of_yesterday_is_not_kept(desk: Evenings) -> None:
    await say(desk, '/forecast "next quarter" 6')
    await press(desk, LOOK)
    await desk.workspace.advance(timedelta(days=1))
    assert "not of today" in await press(desk, KEEP)
    await press(desk, "Back to the plan")
    await press(desk, LOOK)
    assert "Forecast kept" in await press(desk, KEEP)


async def test_the_fullest_plan_fits_on_a_card(desk: Evenings) -> None:
    hopes = "9999 people, 9 newcomers, 9 demos, 9 first demos, 9 feedback, 9 sparks, 9 ships"
    await say(desk, f'/forecast "next quarter" 200 50 "999999.99 EUR" "{hopes}, 9 renewals"')
    await press(desk, "Host hours and assumptions")
    mine = "one further host hour brings about 000000.001 more demos"
    assert "are the most" in await fill(desk, hours="9", assumed="; ".join([mine] * 4))
    await fill(desk, hours="9", assumed="; ".join([mine] * 3))
    assert "What to expect" in await press(desk, LOOK)


async def test_for_organisers_and_their_own_community(desk: Evenings) -> None:
    await keep(desk)
    await say(desk, '/forecast "next quarter" 6')
    await desk.host("hugo", Role.HOST)
    for line in ("", " scores", " assumptions"):
        assert "is for organisers" in await say(desk, f"/forecast{line}", "hugo")
    (row,), (sketch,) = await desk.all(KeptForecast), await desk.all(Sketch)
    other = Where("local", "elsewhere", "Elsewhere")
    for action in ("show", "went", "why", "score"):
        assert isinstance(await do(desk, f"forecast {action}", other, forecast=row.id), Refusal)
    for action in ("look", "keep", "change", "more", "drop", "basis", "plan-again"):
        assert isinstance(await do(desk, f"forecast {action}", other, sketch=sketch.id), Refusal)
    found = await do(desk, "forecast scores", other)
    assert isinstance(found, Reply)
    assert "No forecast is kept yet" in found.card.text


async def test_when_alone_takes_what_is_planned_or_else_what_is_usual(desk: Evenings) -> None:
    for line in ('/forecast "next quarter"', '/forecast "next quarter" "as planned"'):
        said = await say(desk, line)
        assert "none was held lately. How many?" in said
    await evenings(desk, 12, weeks_from=-24)
    said = await say(desk, '/forecast "next quarter"')
    assert "You held 12 events in the last 24 weeks, so I take 7." in said
    assert "7: 6 Jul to 28 Sep. On Mondays, as you usually meet." in said
    await evenings(desk, 3, weeks_from=9)
    said = await say(desk, '/forecast "next quarter"')
    assert "3: 6 Jul, 20 Jul, 3 Aug. As they are planned." in said


async def test_days_that_have_passed_are_told_and_take_no_events(desk: Evenings) -> None:
    said = await say(desk, '/forecast "1 April 2026 to 30 June 2026" "every 2 weeks"')
    assert "1 April 2026 has passed, so this plan begins on 4 May 2026." in said
    assert "4: 11 May, 25 May, 8 Jun, 22 Jun" in said
    assert "has passed" not in await say(desk, '/forecast "next quarter" 6')


async def test_a_plan_far_from_the_record_is_told_apart(desk: Evenings) -> None:
    await evenings(desk, 12, weeks_from=-24)
    await say(desk, '/forecast "next week" 20')
    said = await press(desk, LOOK)
    assert "You have held about one every two weeks." in said
    assert "Nothing here says how 20 in a week would go." in said
    assert "Nothing here says how 20 in a week" in await reopened(desk)
    await say(desk, '/forecast "next quarter" 12')
    assert "Nothing here says" not in await press(desk, LOOK)


def test_far_from_the_record() -> None:
    """Of events, twice the busiest such stretch."""
    held = [TODAY - timedelta(days=14 * each) for each in range(10, 0, -1)]

    def far(events: int, days: int, nights: list[date] = held) -> int:
        plan = Plan(TODAY, TODAY + timedelta(days=days - 1), (TODAY,) * events, 4)
        return len(list(beyond(plan, nights, TODAY)))

    assert [far(12, 84), far(13, 84), far(2, 7), far(3, 7)] == [0, 1, 0, 1]
    assert far(6, 91, held[-1:]) == 0
    assert far(14, 91, held[-1:]) == 1
    assert far(200, 91, []) == 0


async def test_a_look_keeps_nobody_waiting(desk: Evenings) -> None:
    """Whoever acts while ranges are worked out is not held up by a transaction."""
    await evenings(desk, 12, weeks_from=-26)
    await close(desk)
    await say(desk, '/forecast "next quarter" 12')
    (sketch,) = await desk.all(Sketch)
    looking = asyncio.create_task(do(desk, "forecast look", sketch=sketch.id))
    await asyncio.sleep(0.05)
    await desk.person("ada")
    assert isinstance(await looking, Reply)
