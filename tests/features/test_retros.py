"""The retro: at its minute, truly anonymous, summed up, and turned into actions."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import inspect, text

from adapters.local.workspace import WHERE
from bot.actions import Role
from bot.content import Content
from bot.context import Call, Place, Via
from bot.db import Database
from bot.features.events.model import CANCELLED
from bot.features.retros.cards import PAGE_ROOM, pages
from bot.features.retros.model import FEWEST, Response, Retro, RetroAction, RetroAnswer, response
from bot.features.retros.store import Quote
from bot.forms import Form
from bot.people import Account, Caller, Where
from bot.replies import Refusal
from tests.features.evenings import HOSTS, NOW, Evenings, dump, text_in

pytestmark = pytest.mark.usefixtures("everyone_agrees")

HALL = Place("#demo-night")
HOURS = timedelta(hours=1)
ENDS = NOW + 3 * HOURS
OPENS = ENDS + 48 * HOURS
CARD = ": what should the hosts know?"
NASTY = "<@U1> @everyone **b** [x](https://evil.example) ```c``` > q"


@pytest.fixture
def evenings(content: Content, database: Database) -> Evenings:
    return Evenings(content, database)


async def opened(evenings: Evenings, **more: object) -> str:
    event = await evenings.event(**more)
    await evenings.workspace.advance(51 * HOURS)
    return event


async def answer(evenings: Evenings, who: str, first: str, *, named: bool = True) -> None:
    label = "Answer" if named else "Answer without my name"
    await evenings.workspace.press(who, label)
    await evenings.workspace.fill(who, {"first": first})


async def three_answers(evenings: Evenings) -> None:
    await answer(evenings, "ada", "The quiet corner")
    await answer(evenings, "bo", "Louder speakers")
    await answer(evenings, "cy", "Less pizza", named=False)


def cards(evenings: Evenings) -> list[datetime]:
    return [m.at for m in evenings.posted("#demo-night") if m.card.title.endswith(CARD)]


async def test_the_card_is_posted_48_hours_after_the_end_to_the_minute(
    evenings: Evenings, content: Content
) -> None:
    await evenings.event()
    await evenings.workspace.advance(51 * HOURS - timedelta(minutes=1))
    assert cards(evenings) == []
    await evenings.workspace.advance(timedelta(minutes=1))
    assert cards(evenings) == [OPENS]
    card = evenings.posted("#demo-night")[0].card
    assert card.title == f"Demo night, Mon 4 May{CARD}"
    assert [each.name for each in card.fields] == [q.question for q in content.retro.questions]
    assert [button.label for button in card.buttons] == ["Answer", "Answer without my name"]
    await evenings.workspace.advance(60 * 24 * HOURS)
    assert cards(evenings) == [OPENS]


async def test_the_delay_is_a_setting_that_also_holds_for_events_that_exist(
    evenings: Evenings,
) -> None:
    await evenings.event()
    await evenings.prefer(retro_hours=72)
    await evenings.workspace.advance(200 * HOURS)
    assert cards(evenings) == [ENDS + 72 * HOURS]


async def test_a_moved_event_takes_its_retro_along_even_if_the_row_stayed(
    evenings: Evenings,
) -> None:
    event = await evenings.event()
    await evenings.change(event, starts_at=NOW + 25 * HOURS)
    await evenings.workspace.advance(200 * HOURS)
    assert cards(evenings) == [OPENS + 24 * HOURS]


async def test_a_cancelled_event_has_no_retro(evenings: Evenings) -> None:
    event = await evenings.event()
    await evenings.change(event, status=CANCELLED)
    await evenings.workspace.advance(200 * HOURS)
    assert evenings.workspace.messages == []
    assert await evenings.all(Retro) == []


@pytest.mark.parametrize(("late", "posted"), [(timedelta(days=3), 1), (timedelta(days=8), 0)])
async def test_three_days_late_is_still_worth_posting(
    evenings: Evenings, late: timedelta, posted: int
) -> None:
    await evenings.event()
    evenings.restart(OPENS + late)
    await evenings.workspace.app.tick()
    assert len(cards(evenings)) == posted


async def test_a_channel_that_is_gone_is_told_and_the_retro_goes_on(evenings: Evenings) -> None:
    event = await evenings.event()
    evenings.workspace.closed_channels.add("#demo-night")
    await evenings.workspace.advance(52 * HOURS)
    (parked,) = [row for row in await evenings.rows() if row.parked]
    assert "gone" in (parked.parked or "")
    await evenings.workspace.say("ada", Place("#general"), "/retro")
    await answer(evenings, "ada", "Hello")
    assert [each.event_id for each in await evenings.all(RetroAnswer)] == [event]


async def test_the_form_asks_what_the_content_asks(evenings: Evenings, content: Content) -> None:
    await opened(evenings)
    for label in ("Answer", "Answer without my name"):
        await evenings.workspace.press("ada", label)
        labels = [param.label for param in evenings.workspace.forms["ada"].params]
        assert labels == [question.question for question in content.retro.questions]


async def test_another_pack_asks_other_questions_at_once(
    evenings: Evenings, content: Content
) -> None:
    await opened(evenings)
    first = content.retro.questions[0]
    five = tuple(
        first.model_copy(update={"key": f"q{n}", "question": f"Number {n}?"}) for n in range(5)
    )
    retro = content.retro.model_copy(update={"questions": five})
    evenings.workspace.app.content = replace(content, retro=retro)
    await evenings.workspace.press("ada", "Answer")
    await evenings.workspace.fill("ada", {"fifth": "The last"})
    (kept,) = await evenings.all(RetroAnswer)
    assert kept.said == {"q4": "The last"}


async def test_answering_again_changes_the_named_answer(evenings: Evenings) -> None:
    await opened(evenings)
    await answer(evenings, "ada", "First thought")
    await evenings.workspace.press("ada", "Change it")
    assert evenings.workspace.forms["ada"].asks.draft == {"first": "First thought"}
    await evenings.workspace.fill("ada", {"first": "Second thought", "third": "Speeches"})
    (kept,) = await evenings.all(RetroAnswer)
    assert kept.said == {"return": "Second thought", "stop": "Speeches"}
    assert (await evenings.people())[kept.person_id] == "ada"
    await evenings.workspace.press("ada", "Take it back")
    assert await evenings.all(RetroAnswer) == []
    await evenings.workspace.press("ada", "Answer again")
    assert evenings.workspace.forms["ada"].asks.draft == {}


async def test_nobody_answers_with_nothing_and_1000_characters_fit(evenings: Evenings) -> None:
    await opened(evenings)
    await evenings.workspace.press("ada", "Answer")
    await evenings.workspace.fill("ada", {"first": " ", "second": ""})
    assert "one question at least" in evenings.words("ada")
    await evenings.workspace.fill("ada", {"first": "x" * 1001})
    assert "There is room for 1,000" in evenings.words("ada").replace("\\", "")
    assert await evenings.all(RetroAnswer) == []
    await evenings.workspace.fill("ada", {"first": "x" * 1000})
    assert len(await evenings.all(RetroAnswer)) == 1


@pytest.mark.parametrize("label", ["Answer", "Answer without my name"])
async def test_a_form_that_arrives_twice_is_kept_once(evenings: Evenings, label: str) -> None:
    await opened(evenings)
    await evenings.workspace.press("ada", label)
    form = evenings.workspace.forms["ada"]
    await evenings.workspace.fill("ada", {"first": "Once"})
    evenings.workspace.forms["ada"] = form
    await evenings.workspace.fill("ada", {"first": "Once"})
    assert "Nothing was saved twice" in evenings.words("ada")
    assert len(await evenings.all(RetroAnswer)) == 1


async def test_an_anonymous_answer_leaves_no_way_back_in_any_table(
    evenings: Evenings, database: Database
) -> None:
    event = await opened(evenings)
    await evenings.coming(event, "mira")
    person = await evenings.person("mira")
    before = await dump(database)
    evenings.workspace.now += timedelta(minutes=17)
    await answer(evenings, "mira", "Said in secret", named=False)
    changed = await dump(database) ^ before
    assert {table for table, _ in changed} == {"retro_answer", "form"}
    moment = evenings.now
    for _, row in changed:
        assert person not in row
        assert "mira" not in row
        assert f"{moment.hour}, {moment.minute}" not in row
        assert "datetime.datetime" not in row or "0, 0, tzinfo" in row
    (mark,) = await evenings.all(Form)
    assert (mark.account, mark.draft) == ("", None)
    assert mark.updated_at == datetime.combine(moment.date(), datetime.min.time(), UTC)
    (kept,) = await evenings.all(RetroAnswer)
    assert (kept.person_id, kept.day) == (None, moment.date())
    assert mark.id != kept.id


async def test_an_anonymous_refusal_keeps_no_draft(evenings: Evenings, database: Database) -> None:
    await opened(evenings)
    evenings.workspace.keeps_forms_open = False
    await evenings.workspace.press("ada", "Answer without my name")
    before = await dump(database)
    await evenings.workspace.fill("ada", {"first": "x" * 1001})
    assert await dump(database) == before
    assert "Try again" not in [b.label for b in evenings.workspace.messages[-1].card.buttons]


async def test_an_anonymous_answer_tells_nothing_about_missed_messages(
    evenings: Evenings, database: Database
) -> None:
    """Telling leaves a time of day beside a person."""
    event = await evenings.event()
    evenings.workspace.closed_dms.add("org1")
    await evenings.workspace.advance(70 * HOURS)
    assert any(row.parked for row in await evenings.rows())
    before = {row.id: row.told_at for row in await evenings.rows()}
    await answer(evenings, "org1", "In secret", named=False)
    assert {row.id: row.told_at for row in await evenings.rows()} == before
    await evenings.workspace.say("org1", HALL, f"/retro {event}")
    assert {row.id: row.told_at for row in await evenings.rows()} != before


async def test_the_order_of_answers_tells_nothing(evenings: Evenings, database: Database) -> None:
    await opened(evenings)
    for number in range(12):
        await answer(evenings, f"member{number}", f"Answer {number:02}", named=False)
    evenings.workspace.join("org1", Role.HOST)
    await evenings.workspace.say("org1", HALL, "/retro summary")
    await evenings.workspace.press("org1", "Read: What would bring you back, or keep you away?")
    said = re.findall(r"Answer \d\d", evenings.words("org1"))
    kept = sorted(await evenings.all(RetroAnswer), key=lambda each: each.id)
    assert said == [each.said["return"] for each in kept][: len(said)]
    if database.is_sqlite:
        async with database.engine.connect() as connection:
            rows = await connection.execute(text("SELECT id FROM retro_answer"))
            assert [row[0] for row in rows] == [each.id for each in kept]
            made = await connection.execute(
                text("SELECT sql FROM sqlite_master WHERE name = 'retro_answer'")
            )
            assert "WITHOUT ROWID" in str(made.scalar())


async def test_the_answer_table_has_no_time_and_no_account(database: Database) -> None:
    async with database.engine.connect() as connection:
        columns = await connection.run_sync(lambda c: inspect(c).get_columns("retro_answer"))
    assert {each["name"] for each in columns} == {"id", "event_id", "person_id", "words", "day"}
    assert "TIME" not in str(next(each["type"] for each in columns if each["name"] == "day"))


async def test_below_three_answers_nothing_is_shown(evenings: Evenings) -> None:
    await opened(evenings)
    says = []
    for who in ("ada", "bo", "cy"):
        await answer(evenings, who, f"Secret of {who}", named=who == "bo")
        await evenings.workspace.say("org1", HALL, "/retro summary")
        says.append(evenings.words("org1"))
    assert "2 more answers to go" in says[0]
    assert "1 more answer to go" in says[1]
    assert "Secret" not in says[0] + says[1]
    assert "bo" not in re.findall(r"\w+", says[0] + says[1])
    assert all(f"Secret of {who}" in says[2] for who in ("ada", "bo", "cy"))


async def test_an_old_button_shows_nothing_once_there_are_too_few_again(
    evenings: Evenings,
) -> None:
    await opened(evenings)
    await three_answers(evenings)
    await evenings.workspace.say("org1", HALL, "/retro summary")
    await evenings.workspace.press("org1", "Read: What would bring you back, or keep you away?")
    kept = sorted(await evenings.all(RetroAnswer), key=lambda each: each.id)
    number = 1 + [each.said["return"] for each in kept].index("Louder speakers")
    await evenings.workspace.press("ada", "Take it back")
    await evenings.workspace.press("org1", f"Act on {number}")
    assert "too few answers" in evenings.words("org1")
    assert "org1" not in evenings.workspace.forms


async def test_the_summary_has_names_counts_and_the_share(evenings: Evenings) -> None:
    event = await opened(evenings)
    await evenings.coming(event, "ada", "bo", "cy", "dee", "eve")
    await evenings.seen(event, "eve", present=False)
    await evenings.seen(event, "walk-in", present=True)
    await three_answers(evenings)
    await evenings.workspace.say("org1", HALL, "/retro summary demo")
    says = evenings.words("org1")
    assert "3 answers so far. 5 were there, or meant to come." in says
    assert "What would bring you back, or keep you away? (3)" in says
    assert "> ada: The quiet corner" in says
    assert "> without a name: Less pizza" in says
    assert "What could we stop doing? (0): Nothing yet." in says
    assert evenings.workspace.messages[-1].private


async def test_late_answers_are_welcome_after_the_summary(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await opened(evenings)
    await evenings.workspace.advance(40 * 24 * HOURS)
    await three_answers(evenings)
    await evenings.workspace.say("org1", HALL, "/retro summary")
    assert "Louder speakers" in evenings.words("org1")


async def test_the_summary_comes_to_the_hosts_at_its_hour(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await opened(evenings)
    await three_answers(evenings)
    await evenings.workspace.advance(71 * HOURS)
    assert evenings.posted(HOSTS) == []
    await evenings.workspace.advance(30 * 24 * HOURS)
    (told,) = [m for m in evenings.posted(HOSTS) if m.card.title.startswith("Retro")]
    assert told.at == ENDS + 120 * HOURS
    assert "Less pizza" in text_in(told)


async def test_without_a_channel_for_hosts_its_creator_gets_the_summary(
    evenings: Evenings,
) -> None:
    await opened(evenings)
    await answer(evenings, "ada", "Hello")
    await evenings.workspace.advance(30 * 24 * HOURS)
    (told,) = [m for m in evenings.posted("@org1") if m.card.title.startswith("Retro: Demo night")]
    assert "2 more answers to go" in text_in(told)
    quiet = told.at - ENDS - 120 * HOURS
    assert timedelta(0) <= quiet <= 12 * HOURS  # it waits for the morning


async def test_without_any_host_the_summary_is_parked_with_a_reason(evenings: Evenings) -> None:
    await opened(evenings, host=None)
    await answer(evenings, "ada", "Hello")
    await evenings.workspace.advance(30 * 24 * HOURS)
    reasons = {row.kind: row.parked for row in await evenings.rows() if row.parked}
    assert "no channel for hosts" in str(reasons["retros.summarise"])


async def test_hostile_text_is_inert_everywhere(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    event = await opened(evenings, title=NASTY)
    for who in ("ada", NASTY, "cy"):
        await evenings.workspace.say(who, HALL, f"/retro {event}")
        await answer(evenings, who, NASTY)
    await evenings.workspace.say("org1", HALL, "/retro summary")
    assert evenings.words("org1").count(NASTY) >= 4
    await evenings.workspace.press("org1", "Read: What would bring you back, or keep you away?")
    assert evenings.words("org1").count(NASTY) >= 3
    await evenings.workspace.press("org1", "Act on 1")
    await evenings.workspace.fill("org1", {"what": NASTY, "owner": NASTY, "when": "tomorrow"})
    assert NASTY in evenings.words("org1")
    await evenings.workspace.say("org1", HALL, "/retro actions")
    assert NASTY in evenings.words("org1")
    await evenings.workspace.advance(130 * HOURS)
    assert NASTY in text_in(evenings.posted(HOSTS)[-1])


def test_long_answers_are_all_there_on_pages_that_fit() -> None:
    quotes = [Quote(f"{n}", f"{n} " + "*" * 990, "_" * 200) for n in range(9)]
    found = pages(quotes)
    assert [quote for page in found for quote in page] == quotes
    assert len(found) == 9
    assert len(pages([])) == 1
    assert PAGE_ROOM < 3000


async def test_long_answers_can_be_read_to_the_end(evenings: Evenings) -> None:
    await opened(evenings)
    for number in range(5):
        await answer(evenings, f"member{number}", "word " * 190 + f"end{number}")
    await evenings.workspace.say("org1", HALL, "/retro summary")
    assert "…" in evenings.words("org1")
    await evenings.workspace.press("org1", "Read: What would bring you back, or keep you away?")
    seen = evenings.words("org1")
    while "More →" in [b.label for b in evenings.workspace.seen_by("org1")[-1].card.buttons]:
        await evenings.workspace.press("org1", "More →")
        seen += evenings.words("org1")
    assert all(f"end{number}" in seen for number in range(5))
    await evenings.workspace.press("org1", "← Before")
    await evenings.workspace.press("org1", "All questions")
    assert evenings.words("org1").startswith("Retro: Demo night, Mon 4 May")


async def decided(evenings: Evenings, what: str = "Buy a longer cable", owner: str = "bo") -> None:
    await evenings.workspace.say("org1", HALL, "/retro summary")
    await evenings.workspace.press("org1", "Read: What would bring you back, or keep you away?")
    await evenings.workspace.press("org1", "Act on 1")
    await evenings.workspace.fill("org1", {"what": what, "owner": owner, "when": "3 June"})


async def test_an_answer_becomes_an_action_with_owner_and_date(evenings: Evenings) -> None:
    await opened(evenings)
    await three_answers(evenings)
    await evenings.workspace.say("org1", HALL, "/retro summary")
    await evenings.workspace.press("org1", "Read: What would bring you back, or keep you away?")
    await evenings.workspace.press("org1", "Act on 1")
    first = sorted(await evenings.all(RetroAnswer), key=lambda each: each.id)[0]
    form = evenings.workspace.forms["org1"]
    assert form.asks.draft == {"what": first.said["return"], "owner": "org1"}
    for when, says in [("tomorrowish", "can't read"), ("1 May 2026", "has passed")]:
        await evenings.workspace.fill("org1", {"what": "Buy", "owner": "bo", "when": when})
        assert says in evenings.words("org1").replace("\\", "")
        assert "when" in evenings.workspace.forms["org1"].wrong
    await evenings.workspace.fill("org1", {"what": "Buy", "owner": "BO", "when": "3 June"})
    assert "bo will do it by Wednesday 3 June 2026" in evenings.words("org1")
    (kept,) = await evenings.all(RetroAction)
    assert (kept.title, kept.owner, kept.due) == ("Buy", "bo", date(2026, 6, 3))
    assert (await evenings.people())[kept.owner_id] == "bo"
    await evenings.workspace.press("org1", "Undo")
    assert await evenings.all(RetroAction) == []


async def test_an_owner_need_not_be_a_member(evenings: Evenings) -> None:
    await opened(evenings)
    await three_answers(evenings)
    await decided(evenings, owner="The venue")
    (kept,) = await evenings.all(RetroAction)
    assert (kept.owner, kept.owner_id) == ("The venue", None)


async def test_actions_are_done_and_opened_again_for_a_while(evenings: Evenings) -> None:
    await opened(evenings)
    await three_answers(evenings)
    await decided(evenings)
    await evenings.workspace.press("org1", "Open actions")
    assert (
        "Buy a longer cable · bo · by Wednesday 3 June 2026 · after Demo night, Mon 4 May"
        in evenings.words("org1")
    )
    await evenings.workspace.press("org1", "Done: Buy a longer cable")
    assert evenings.words("org1").startswith("Done: Buy a longer cable")
    await evenings.workspace.press("org1", "Open actions")
    assert "Nothing is open" in evenings.words("org1")
    await evenings.workspace.press("org1", "Undo")
    await evenings.workspace.press("org1", "Open actions")
    await evenings.workspace.press("org1", "Done: Buy a longer cable")
    await evenings.workspace.advance(25 * HOURS)
    await evenings.workspace.press("org1", "Undo")
    assert "more than a day ago" in evenings.words("org1")


async def test_many_actions_have_pages(evenings: Evenings) -> None:
    await opened(evenings)
    await three_answers(evenings)
    for number in range(7):
        await decided(evenings, f"{'*' * 140} {number}", "*" * 90)
    await evenings.workspace.say("org1", HALL, "/retro actions")
    await evenings.workspace.press("org1", "2 more")
    assert len(evenings.workspace.messages[-1].card.buttons) == 2


def recalls(evenings: Evenings) -> list[tuple[datetime, str]]:
    found = [m for m in evenings.posted(HOSTS) if m.card.title.startswith("Still open")]
    return [(m.at, m.card.title) for m in found]


async def test_open_actions_come_back_a_day_before_the_next_event(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await opened(evenings)
    await three_answers(evenings)
    await decided(evenings)
    await evenings.workspace.advance(5 * 24 * HOURS)
    cancelled = await evenings.event("Called off", starts=48 * HOURS)
    await evenings.change(cancelled, status=CANCELLED)
    moved = await evenings.event("Second night", starts=72 * HOURS)
    begins = evenings.now + 96 * HOURS
    await evenings.change(moved, starts_at=begins)
    await evenings.workspace.advance(80 * HOURS)
    assert recalls(evenings) == [
        (begins - 24 * HOURS, "Still open before Second night, Fri 15 May")
    ]
    told = text_in(next(m for m in evenings.posted(HOSTS) if "Still open" in m.card.title))
    assert "Buy a longer cable · bo" in told
    await evenings.workspace.press("org1", "Done: Buy a longer cable")
    await evenings.event("Third night", starts=10 * 24 * HOURS)
    await evenings.workspace.advance(30 * 24 * HOURS)
    assert len(recalls(evenings)) == 1


async def test_a_recall_survives_weeks_away(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await opened(evenings)
    await three_answers(evenings)
    await decided(evenings)
    evenings.restart(evenings.now + timedelta(days=40))
    await evenings.event("Much later", starts=40 * HOURS)
    await evenings.workspace.advance(40 * HOURS)
    assert [title for _, title in recalls(evenings)] == ["Still open before Much later, Wed 17 Jun"]


async def test_an_event_that_is_moved_after_the_promise_is_recalled_once_at_its_new_hour(
    evenings: Evenings,
) -> None:
    await evenings.hosts_channel()
    await opened(evenings)
    await three_answers(evenings)
    event = await evenings.event("Second night", starts=47 * HOURS)
    await decided(evenings)
    later = evenings.now + 80 * HOURS
    await evenings.change(event, starts_at=later)
    await evenings.workspace.advance(80 * HOURS)
    assert [at for at, _ in recalls(evenings)] == [later - 24 * HOURS]


@pytest.mark.parametrize("line", ["/retro summary", "/retro actions"])
async def test_members_are_refused_what_is_for_hosts(evenings: Evenings, line: str) -> None:
    await opened(evenings)
    await three_answers(evenings)
    await evenings.workspace.say("ada", HALL, line)
    assert "is for hosts" in evenings.words("ada")


async def test_a_member_may_press_nothing_that_is_for_hosts(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await opened(evenings)
    await three_answers(evenings)
    await evenings.workspace.advance(120 * HOURS)
    await evenings.workspace.press("ada", "Read: What would bring you back, or keep you away?")
    assert "This is for hosts" in evenings.words("ada")


async def test_before_the_first_retro_and_for_unknown_events_it_says_so(
    evenings: Evenings,
) -> None:
    await evenings.workspace.say("ada", HALL, "/retro")
    assert "opens 48 hours after" in evenings.words("ada")
    await opened(evenings)
    await evenings.workspace.say("ada", HALL, "/retro Moon landing")
    assert "No retro is open for an event of that name" in evenings.words("ada")
    call = Call("retro", {}, Caller(WHERE, "ada", "ada"), HALL)
    options = await evenings.workspace.app.suggest(call, "event", "demo")
    assert [(each.label, each.hint) for each in options] == [
        ("Demo night, Mon 4 May", "Monday 4 May 2026, 19:00")
    ]


async def test_another_communitys_ids_are_refused(evenings: Evenings) -> None:
    event = await opened(evenings)
    await three_answers(evenings)
    await decided(evenings)
    (action,) = await evenings.all(RetroAction)
    said = (await evenings.all(RetroAnswer))[0]
    elsewhere = Caller(Where("local", "elsewhere", "Another"), "eve", "eve", Role.ORGANISER)
    tries = [
        ("retro answer", {"event": event}, {"first": "Spam"}),
        ("retro anonymous", {"event": event}, {"first": "Spam"}),
        ("retro withdraw", {"event": event}, {}),
        ("retro overview", {"event": event}, {}),
        ("retro read", {"event": event, "question": "1"}, {}),
        ("retro decide", {"answer": said.id, "question": "1"}, {}),
        ("retro action", {"event": event}, {"what": "x", "owner": "y", "when": "friday"}),
        ("retro done", {"action": action.id}, {}),
        ("retro undo", {"action": action.id}, {}),
        ("retro drop", {"action": action.id}, {}),
    ]
    before = await dump(evenings.database)
    for name, known, args in tries:
        via = Via.FORM if args else Via.PRESS
        form = "f" if args else None
        call = Call(name, args if args else known, elsewhere, HALL, via, known, form)
        assert isinstance(await evenings.workspace.app.run(call), Refusal), name
    changed = await dump(evenings.database) ^ before
    assert {table for table, _ in changed} == {"community", "space"}


def said(person: str | None, day: int) -> RetroAnswer:
    return RetroAnswer(id="x", event_id="e", person_id=person, words="{}", day=date(2026, 5, day))


def test_the_response_counts_who_was_asked_and_answered_within_a_week() -> None:
    opened = date(2026, 5, 6)
    answers = [said("a", 6), said("b", 13), said("c", 14), said(None, 7), said("stranger", 7)]
    assert response({"a", "b", "c", "d"}, answers, opened) == Response(3, 4)
    assert response({"a"}, answers, opened) == Response(1, 1)
    assert response({"a"}, [], opened) == Response(0, 1)
    assert response(set(), answers, opened) is None
    assert FEWEST == 3


async def test_opening_the_form_stores_nobody(evenings: Evenings) -> None:
    await opened(evenings)
    await evenings.workspace.press("new", "Answer")
    assert "new" not in [each.external_id for each in await evenings.all(Account)]


async def test_a_late_card_leaves_time_before_its_summary(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await evenings.event()
    evenings.restart(ENDS + 119 * HOURS)
    await evenings.workspace.app.tick()
    await answer(evenings, "ada", "Hello")
    await evenings.workspace.advance(72 * HOURS)
    (told,) = [m for m in evenings.posted(HOSTS) if m.card.title.startswith("Retro")]
    assert told.at == ENDS + (119 + 24) * HOURS


async def test_without_an_answer_there_is_no_summary(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await opened(evenings)
    await evenings.workspace.advance(30 * 24 * HOURS)
    assert [m for m in evenings.posted(HOSTS) if m.card.title.startswith("Retro")] == []


async def test_nothing_is_asked_about_an_evening_without_anybody(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    event = await evenings.event(guests=0)
    await evenings.coming(event, "ada", answer="no")
    await evenings.seen(event, "bo", present=False)
    await evenings.workspace.advance(30 * 24 * HOURS)
    assert evenings.workspace.messages == []
    assert await evenings.all(Retro) == []
    meant = await evenings.event("Hike", guests=0)
    await evenings.coming(meant, "ada")
    await evenings.workspace.advance(60 * HOURS)
    assert [each.event_id for each in await evenings.all(Retro)] == [meant]


async def hikes(evenings: Evenings) -> None:
    """On Monday 4 May and on Monday 11 May; both have answers."""
    await evenings.event("Hike")
    await evenings.event("Hike", starts=169 * HOURS)
    await evenings.event("Demo night", starts=170 * HOURS)
    await evenings.workspace.advance(240 * HOURS)


@pytest.mark.parametrize("line", ["/retro", "/retro summary"])
async def test_several_of_a_name_are_told_apart_by_their_dates(
    evenings: Evenings, line: str
) -> None:
    await hikes(evenings)
    await evenings.workspace.say("org1", HALL, f"{line} hike")
    card = evenings.workspace.messages[-1].card
    assert card.title == "Which one?"
    assert card.choice
    labels = [option.label for option in card.choice.options]
    assert labels == ["Hike, Mon 11 May", "Hike, Mon 4 May"]
    await evenings.workspace.choose("org1", "Hike, Mon 4 May")
    assert "Hike, Mon 4 May" in evenings.words("org1").splitlines()[0]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("", "Demo night, Mon 11 May"),
        ("2", "Hike, Mon 11 May"),
        ("3", "Hike, Mon 4 May"),
        ("4 May", "Hike, Mon 4 May"),
        ("hike 4 may", "Hike, Mon 4 May"),
        ("Hike, Mon 11 May", "Hike, Mon 11 May"),
        ("2026-05-04", "Hike, Mon 4 May"),
        ("demo", "Demo night, Mon 11 May"),
    ],
)
async def test_a_number_or_a_date_names_one(evenings: Evenings, said: str, title: str) -> None:
    await hikes(evenings)
    await evenings.workspace.say("org1", HALL, f"/retro summary {said}".strip())
    assert evenings.words("org1").startswith(f"Retro: {title}")


@pytest.mark.parametrize("page", [99, 0, -4])
async def test_a_page_that_is_not_there_is_the_nearest_one(evenings: Evenings, page: int) -> None:
    await opened(evenings)
    await three_answers(evenings)
    for number in range(7):
        await decided(evenings, f"Task {number}")
    await evenings.workspace.say("org1", HALL, f"/retro actions {page}")
    card = evenings.workspace.messages[-1].card
    labels = [button.label for button in card.buttons]
    assert len(labels) == (2 if page == 99 else 6)
    assert not any(label.startswith("-") for label in labels)


async def test_me_is_whoever_says_it(evenings: Evenings) -> None:
    await opened(evenings)
    await three_answers(evenings)
    await decided(evenings, owner="me")
    (kept,) = await evenings.all(RetroAction)
    assert kept.owner == "org1"
    assert (await evenings.people())[kept.owner_id] == "org1"


async def test_another_title_may_stand_in_the_content(evenings: Evenings, content: Content) -> None:
    title = "How was {event}?"
    retro = content.retro.model_copy(update={"title": title})
    evenings.workspace.app.content = replace(content, retro=retro)
    await opened(evenings, title="{date} " + "many words " * 12)
    asked = evenings.posted("#demo-night")[0].card.title
    assert asked.startswith("How was {date} many words")
    assert len(asked) <= 150
