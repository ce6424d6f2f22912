"""Demos: a contract with two sides, slots that are given once, and words that arrive in time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.actions import Role
from bot.content import Content
from bot.db import Database
from bot.features.demos.model import Demo, DemoFeedback, heard_in_time
from bot.features.followups.model import FollowUp
from bot.features.program.model import Wording
from bot.outbox import Outgoing
from bot.people import Person, Where
from bot.replies import Refusal, Reply
from tests.features.stage import FIRST, HOSTS, SECOND, Stage, words

pytestmark = pytest.mark.usefixtures("everyone_agrees")

ELSEWHERE = Where("local", "elsewhere", "Another")
NASTY = "<@U1> @everyone **b** [x](https://evil.example) `c` \u202eabc"


@pytest.fixture
def stage(content: Content, database: Database) -> Stage:
    return Stage(database, content)


def refusal(outcome: object) -> str:
    assert isinstance(outcome, Refusal)
    return outcome.says


async def test_a_slot_needs_both_sides(stage: Stage) -> None:
    await stage.open()
    contract = await stage.write("ada", "A tiny parser", link="https://example.org/p")
    assert "5 minutes, on a clock" in contract
    assert "Of 4 slots 1 is kept for people who show something for the first time" in contract
    assert "What we reward here:" in contract
    assert stage.posted(HOSTS) == []
    assert "You have a slot. A host confirms it soon" in words(await stage.press("ada", "I agree"))
    assert [text.splitlines()[0] for text in stage.posted(HOSTS)] == ["Demo: A tiny parser"]
    stage.workspace.roles["hana"] = Role.HOST
    await stage.workspace.press("hana", "Confirm")
    assert "Confirmed: A tiny parser" in stage.told("ada")
    assert "a host has confirmed it" in words(await stage.say("ada", "/demo mine"))
    assert "first demo here" in words(await stage.say("bob", "/demo list"))


async def test_each_sign_up_keeps_the_contract_it_agreed_to(stage: Stage) -> None:
    await stage.open()
    await stage.sign("ada")
    await stage.write("bob")
    await stage.say("olga", "/demo contract")
    await stage.press("olga", "Change the words")
    await stage.workspace.fill("olga", {"third": "Nobody sells."})
    assert "read it once more" in words(await stage.press("bob", "I agree"))
    await stage.press("bob", "I agree")
    before, after = await stage.demo("ada"), await stage.demo("bob")
    versions = {each.id: each.said for each in await stage.all(Wording)}
    assert versions[before.contract_id]["pitch"].startswith("Nothing is sold")
    assert versions[after.contract_id]["pitch"] == "Nobody sells."
    await stage.say("olga", "/demo contract")
    restored = await stage.press("olga", "Undo")
    assert "Nothing is sold" in words(restored)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "x" * 3000, "There is room for 200"),
        ("title", "x" * 150, "A title has 1 to 100 characters."),
        ("title", "\u202e", "A title has 1 to 100 characters."),
        ("minutes", "0", "A demo here takes 1 to 5 minutes."),
        ("minutes", "500", "A demo here takes 1 to 5 minutes."),
        ("minutes", "five", "not a whole number"),
        ("state", "nearly", "choose one of idea, in progress, shipped"),
        ("link", "javascript:alert(1)", "is not a web address"),
        ("link", "https://[::1", "is not a web address"),
        ("wish", "\u202e", "Say which feedback would help you."),
    ],
)
async def test_bad_input_is_told_at_its_field(
    stage: Stage, field: str, value: str, says: str
) -> None:
    await stage.open()
    assert says in await stage.write("ada", **{field: value})
    assert says in stage.workspace.forms["ada"].wrong[field]
    assert await stage.all(Demo) == []


async def test_a_title_of_mentions_and_markup_is_inert(stage: Stage) -> None:
    await stage.open()
    await stage.sign("ada", NASTY, wish=NASTY)
    await stage.press("olga", "Confirm")
    shown = await stage.say("bob", "/demo list")
    assert "<@U1> @everyone **b** [x](https://evil.example) `c` abc" in words(shown)
    await stage.say("olga", "/demo order")
    text = await stage.press("olga", "As text")
    assert text.files[0].name == "running-order.txt"
    assert "\u202e" not in text.files[0].data.decode()
    assert "@everyone" in text.files[0].data.decode()


async def test_two_who_take_the_last_slot_at_once(stage: Stage) -> None:
    await stage.open()
    await stage.prefer(demo_slots=1, demo_first_timers="none")
    people = ["ada", "bob", "cleo", "dan"]
    for who in people:
        await stage.write(who)
    ids = {who: (await stage.demo(who)).id for who in people}
    outcomes = await asyncio.gather(*(stage.do(who, "demo agree", demo=ids[who]) for who in people))
    told = [outcome.card.text for outcome in outcomes if isinstance(outcome, Reply)]
    assert sum("You have a slot" in text for text in told) == 1
    assert sum("on the waiting list" in text for text in told) == 3
    assert sorted(await stage.status(*people)) == ["booked", "waiting", "waiting", "waiting"]
    assert sorted(demo.turn for demo in await stage.all(Demo)) == [1, 2, 3, 4]


async def test_slots_are_kept_for_first_timers_and_then_given_to_all(stage: Stage) -> None:
    await stage.open('"Demo night" "22 May 18:30" 2h')
    await stage.prefer(demo_slots=2, demo_first_timers="half")
    await shown_before(stage, "ada", "bob")
    await stage.sign("ada", event="22 May")
    assert "Of 2 slots 1 is kept" in await stage.sign("bob", event="22 May")
    assert await stage.status("ada", "bob") == ["booked", "waiting"]
    assert "1 of 2 slots free. 1 waiting." in words(await stage.say("eve", "/demo list"))
    await stage.advance(days=15)
    assert await stage.status("bob") == ["waiting"]
    await stage.advance(days=1)
    assert await stage.status("bob") == ["booked"]
    assert "A slot fell free: Work of bob" in stage.told("bob")
    await stage.sign("newcomer", event="22 May")
    assert await stage.status("newcomer") == ["waiting"]


async def shown_before(stage: Stage, *people: str) -> None:
    """They have shown something here."""
    await stage.prefer(demo_first_timers="none")
    await stage.plan('"Long ago" "in 1 hour" 1h')
    for who in people:
        await stage.sign(who, event="4 May")
    await stage.advance(hours=3)
    async with stage.database.transaction() as session:
        await session.execute(update(Demo).values(status="shown"))
    await stage.prefer(demo_first_timers="half")


async def test_whoever_waits_moves_up_when_somebody_withdraws(stage: Stage) -> None:
    await stage.open()
    await stage.say("olga", '/demo slots 1 "Demo night"')
    for who in ("ada", "bob", "cleo"):
        await stage.sign(who)
    assert "number 2 on the waiting list" in words(await stage.say("cleo", "/demo mine"))
    await stage.confirm_all()
    await stage.say("ada", "/demo mine")
    await stage.press("ada", "Withdraw")
    assert await stage.status("ada", "bob", "cleo") == ["withdrawn", "booked", "waiting"]
    assert "A slot fell free: Work of bob" in stage.told("bob")
    assert "Withdrawn: Work of ada" in "\n".join(stage.posted(HOSTS))
    assert "number 2 on the waiting list" in words(await stage.press("ada", "Undo"))
    await stage.say("olga", '/demo slots 3 "Demo night"')
    assert await stage.status("ada", "bob", "cleo") == ["booked", "booked", "booked"]


async def test_a_host_is_told_kindly_when_nothing_is_left_to_confirm(stage: Stage) -> None:
    await stage.open()
    await stage.sign("ada")
    demo = await stage.demo("ada")
    await stage.do("ada", "demo withdraw", demo=demo.id)
    says = refusal(await stage.do("olga", "demo yes", demo=demo.id))
    assert says == "ada has withdrawn it, so there is nothing to confirm any more."
    assert "for hosts" in refusal(await stage.do("eve", "demo yes", demo=demo.id))
    assert "somebody else's" in refusal(await stage.do("eve", "demo withdraw", demo=demo.id))
    stage.workspace.roles["eve"] = Role.ORGANISER
    for action in ("demo yes", "demo look", "demo pick", "demo one", "demo heard"):
        outcome = await stage.do("eve", action, ELSEWHERE, demo=demo.id)
        assert "no such demo" in refusal(outcome)


async def test_a_host_declines_with_words(stage: Stage) -> None:
    await stage.open()
    await stage.sign("ada")
    await stage.press("olga", "Not this time")
    await stage.workspace.fill("olga", {"words": "We have three parsers; June is free."})
    assert "Not this time: Work of ada" in stage.told("ada")
    assert "three parsers; June" in words(stage.workspace.seen_by("ada")[-1])
    await stage.press("olga", "Undo")
    assert await stage.status("ada") == ["booked"]


async def test_a_cancelled_event_asks_each_presenter_to_move(stage: Stage) -> None:
    first, second = await stage.open(FIRST, SECOND)
    for who in ("ada", "bob"):
        await stage.sign(who)
    await stage.say("olga", '/event cancel "8 May"')
    await stage.press("olga", "Cancel this one")
    assert stage.told("ada").count("Your demo: Work of ada") == 1
    moved = await stage.press("ada", "Move to another event")
    assert "It is at Second night now" in words(moved)
    assert (await stage.demo("ada")).event_id == second.id
    await stage.press("bob", "Withdraw")
    assert await stage.status("ada", "bob") == ["booked", "withdrawn"]
    await stage.say("olga", "/event cancel")
    await stage.press("olga", "Cancel this one")
    assert "No other event" in words(await stage.press("ada", "Move to another event"))
    assert first.id != second.id


async def test_demos_follow_an_event_that_moves(stage: Stage) -> None:
    await stage.open('"Demo night" "22 May 18:30" 2h')
    for who in ("ada", "bob"):
        await stage.sign(who, event="22 May")
    await stage.do("olga", "demo yes", demo=(await stage.demo("ada")).id)
    await stage.say("olga", "/event edit")
    await stage.press("olga", "Change")
    await stage.workspace.fill("olga", {"when": "29 May 18:30"})
    await stage.press("olga", "Save")
    assert "Changed: Demo night, Fri 29 May" in stage.told("ada")
    await stage.advance(days=24, hours=12)
    coached = [at for at, title in stage.direct("ada") if title.startswith("Your demo is")]
    assert [at.isoformat()[:16] for at in coached] == ["2026-05-22T18:30", "2026-05-28T18:30"]
    assert not [title for title in stage.told("bob") if title.startswith("Your demo is")]


async def test_a_demo_moves_to_the_next_event_and_back(stage: Stage) -> None:
    first, second = await stage.open(FIRST, SECOND)
    await stage.prefer(demo_slots=1, demo_first_timers="none")
    await stage.sign("ada")
    await stage.sign("bob")
    await stage.say("ada", "/demo mine")
    await stage.press("ada", "Move to another event")
    assert (await stage.demo("ada")).event_id == second.id
    assert await stage.status("bob") == ["booked"]
    assert "number 1 on the waiting list" in words(await stage.press("ada", "Undo"))
    assert (await stage.demo("ada")).event_id == first.id
    assert len(await stage.all(Demo)) == 2


async def test_two_presenters_swap_when_both_say_yes(stage: Stage) -> None:
    first, second = await stage.open(FIRST, SECOND)
    await stage.sign("ada")
    await stage.sign("bob", event="22 May")
    await stage.confirm_all()
    await stage.say("ada", "/demo mine")
    await stage.press("ada", "Swap")
    await stage.choose("ada", "bob: Work of bob")
    mine, theirs = await stage.demo("ada"), await stage.demo("bob")
    forged = await stage.do("ada", "demo accept", demo=mine.id, mine=theirs.id)
    assert "taken the offer back" in refusal(forged)
    assert "You have swapped." in words(await stage.press("bob", "Swap"))
    mine, theirs = await stage.demo("ada"), await stage.demo("bob")
    assert (mine.event_id, theirs.event_id) == (second.id, first.id)
    assert mine.confirmed_at is None
    assert "Swapped: Work of ada" in stage.told("ada")
    again = await stage.do("bob", "demo accept", demo=theirs.id, mine=mine.id)
    assert "taken the offer back" in refusal(again)


async def test_a_yes_from_two_devices_swaps_once(stage: Stage) -> None:
    first, second = await stage.open(FIRST, SECOND)
    await stage.sign("ada")
    await stage.sign("bob", event="22 May")
    await stage.say("ada", "/demo mine")
    await stage.press("ada", "Swap")
    await stage.choose("ada", "bob: Work of bob")
    mine, theirs = await stage.demo("ada"), await stage.demo("bob")
    said = await asyncio.gather(
        *(stage.do("bob", "demo accept", demo=theirs.id, mine=mine.id) for _ in range(2))
    )
    assert sum(isinstance(each, Refusal) for each in said) == 1
    mine, theirs = await stage.demo("ada"), await stage.demo("bob")
    assert (mine.event_id, theirs.event_id) == (second.id, first.id)


async def test_hosts_set_the_running_order_by_buttons(stage: Stage) -> None:
    await stage.open()
    for who in ("ada", "bob", "cleo"):
        await stage.sign(who)
    await stage.say("olga", "/demo order")
    await stage.choose("olga", "cleo: Work of cleo")
    await stage.press("olga", "↑ Earlier")
    shown = words(await stage.press("olga", "↑ Earlier"))
    assert shown.index("cleo") < shown.index("ada") < shown.index("bob")
    assert words(await stage.press("olga", "↑ Earlier")) == shown
    demo = await stage.demo("ada")
    await asyncio.gather(*(stage.do("olga", "demo down", demo=demo.id) for _ in range(3)))
    text = await stage.do("olga", "demo export", event=demo.event_id)
    assert isinstance(text, Reply)
    names = [line.split(". ")[1].split(":")[0] for line in text.card.text.splitlines()[2:-1:2]]
    assert names == ["cleo", "bob", "ada"]


async def test_hosts_say_what_was_shown(stage: Stage) -> None:
    _, second = await stage.open(FIRST, SECOND)
    for who in ("ada", "bob", "cleo"):
        await stage.sign(who)
    demo = await stage.demo("ada")
    early = await stage.do("olga", "demo mark", demo=demo.id, was="shown")
    assert "has not begun" in refusal(early)
    await stage.advance(days=4, hours=13)
    assert any("Which demos were shown?" in text for text in stage.posted(HOSTS))
    await stage.say("olga", "/demo deliver")
    await stage.choose("olga", "? bob: Work of bob")
    await stage.press("olga", "Not shown")
    await stage.choose("olga", "? cleo: Work of cleo")
    await stage.press("olga", "Moves to another event")
    await stage.choose("olga", "Fri 22 May 18:30 · Second night")
    await stage.press("olga", "Back")
    await stage.press("olga", "All others were shown")
    assert await stage.status("ada", "bob", "cleo") == ["shown", "no-show", "booked"]
    assert (await stage.demo("cleo")).event_id == second.id
    assert "At another event now: Work of cleo" in stage.told("cleo")
    about = [each.title for each in await stage.all(FollowUp) if each.what == "demo"]
    assert about == ["Demo: Work of ada"]
    await stage.do("olga", "demo mark", demo=demo.id, was="booked")
    assert [each for each in await stage.all(FollowUp) if each.what == "demo"] == []


async def test_a_presenter_gets_one_message_the_day_before(stage: Stage) -> None:
    """It says what the event's reminder says, which goes to all others who come."""
    await stage.open()
    for who in ("ada", "bob", "cleo"):
        await stage.sign(who)
    await stage.agreed("dan")
    event = (await stage.demo("ada")).event_id
    await stage.do("dan", "event rsvp", event=event, answer="coming")
    for who in ("ada", "bob"):
        await stage.do("olga", "demo yes", demo=(await stage.demo(who)).id)
    await stage.advance(days=3)
    await stage.do("bob", "demo withdraw", demo=(await stage.demo("bob")).id)
    await stage.advance(hours=10)
    told = {
        who: [title.partition(":")[0] for title in stage.told(who) if "tomorrow" in title]
        for who in ("ada", "bob", "cleo", "dan")
    }
    event_alone = ["Demo night is tomorrow"]
    assert told == {
        "ada": ["Your demo is tomorrow"],
        "bob": event_alone,
        "cleo": event_alone,
        "dan": event_alone,
    }
    (card,) = [m.card for m in stage.workspace.seen_by("ada") if "is tomorrow" in m.card.title]
    assert "Who comes" in [field.name for field in card.fields]
    assert [button.label for button in card.buttons] == ["Open it", "Add to calendar"]
    await stage.advance(hours=24)
    assert [stage.told(who).count("Demo night is in an hour") for who in told] == [1, 1, 1, 1]


async def test_an_evening_with_demos_is_one_reminder(stage: Stage) -> None:
    await stage.open()
    for who in ("ada", "bob"):
        await stage.sign(who)
    await stage.advance(days=4, hours=13)
    await stage.say("olga", "/demo deliver")
    await stage.press("olga", "All others were shown")
    await stage.agreed("olga")
    await stage.advance(days=3)
    (reminder,) = [m for m in stage.workspace.seen_by("olga") if "A message to write" in words(m)]
    assert "Demo: Work of ada" in words(reminder)
    assert "Demo: Work of bob" in words(reminder)


async def evening(stage: Stage) -> None:
    """Ada and Bob have shown something; Cleo and Dan watched, and Eve stayed at home."""
    await stage.open()
    for who in ("ada", "bob"):
        await stage.sign(who)
    await stage.agreed("cleo", "dan", "eve")
    event = (await stage.demo("ada")).event_id
    await stage.do("eve", "event rsvp", event=event, answer="coming")
    await stage.advance(days=4, hours=9, minutes=30)
    await stage.do("olga", "event door", event=event)
    for who in ("ada", "bob", "cleo", "dan"):
        await stage.do(who, "event here", event=event)
    await stage.advance(hours=15)


async def test_the_room_sends_one_line_and_the_presenter_reads_them_in_time(stage: Stage) -> None:
    await evening(stage)
    asked = "One line for a presenter? Demo night, Fri 8 May"
    assert [stage.told(who).count(asked) for who in ("ada", "cleo", "dan", "eve")] == [1, 1, 1, 0]
    ada = await stage.demo("ada")
    await stage.choose("cleo", "ada: Work of ada")
    await stage.workspace.fill("cleo", {"words": "The loop lost me", "name": "yes"})
    await stage.choose("dan", "ada: Work of ada")
    await stage.workspace.fill("dan", {"words": f"{NASTY} fine"})
    await stage.choose("dan", "ada: Work of ada")
    await stage.workspace.fill("dan", {"words": "Show the end first"})
    assert len(await stage.all(DemoFeedback)) == 2
    own = await stage.do("ada", "demo say", demo=ada.id, words="me")
    away = await stage.do("eve", "demo say", demo=ada.id, words="well")
    assert "yours" in refusal(own)
    assert "those who were there" in refusal(away)
    await stage.advance(days=2)
    got = [m for m in stage.workspace.seen_by("ada") if "What the room says" in m.card.title]
    assert len(got) == 1
    assert "The loop lost me · cleo" in words(got[0])
    assert "Show the end first" in words(got[0])
    assert "dan" not in words(got[0])
    assert not any("The loop" in words(m) for m in stage.workspace.seen_by("olga"))
    event = await stage.event(ada.event_id)
    assert heard_in_time((await stage.demo("ada")).told_at, event.ends_at)
    assert not heard_in_time((await stage.demo("bob")).told_at, event.ends_at)
    assert not [title for title in stage.told("bob") if "What the room says" in title]
    late = await stage.do("dan", "demo say", demo=ada.id, words="more")
    assert "gone out already" in refusal(late)
    assert "somebody else's" in refusal(await stage.do("bob", "demo heard", demo=ada.id))


async def test_whoever_is_noted_at_the_close_is_invited_too(stage: Stage) -> None:
    await evening(stage)
    ada = await stage.demo("ada")
    people = {person.name: person.id for person in await stage.all(Person)}
    noted = {"event": ada.event_id, "whom": people["eve"], "was": "here"}
    await stage.do("olga", "event noted", **noted)
    await stage.do("olga", "event closed", event=ada.event_id)
    await stage.advance(minutes=1)
    assert "One line for a presenter? Demo night, Fri 8 May" in stage.told("eve")


async def test_a_presenter_who_is_forgotten_leaves_a_free_slot(stage: Stage) -> None:
    await stage.open()
    await stage.prefer(demo_slots=1, demo_first_timers="none")
    await stage.sign("ada")
    async with stage.database.transaction() as session:
        await session.execute(update(Demo).values(presenter_id=None, title="", wish="", link=""))
    assert "1 of 1 slots free" in words(await stage.say("bob", "/demo list"))
    assert "You have a slot" in await stage.sign("bob")
    (gone,) = [demo for demo in await stage.all(Demo) if demo.presenter_id is None]
    assert "no slot" in refusal(await stage.do("olga", "demo yes", demo=gone.id))
    await stage.advance(days=10)
    assert [row for row in await stage.all(Outgoing) if row.parked] == []


async def test_one_demo_a_person_and_evening(stage: Stage) -> None:
    await stage.open()
    await stage.sign("ada", "A loom")
    assert "“A loom” already" in words(await stage.say("ada", "/demo"))
    await stage.say("ada", "/demo mine")
    await stage.press("ada", "Edit")
    await stage.workspace.fill("ada", {"title": "A better loom", "minutes": "3"})
    assert (await stage.demo("ada")).title == "A better loom"
    demo = await stage.demo("ada")
    await asyncio.gather(*(stage.do("ada", "demo agree", demo=demo.id) for _ in range(3)))
    assert [each.status for each in await stage.all(Demo)] == ["booked"]


async def test_no_slots_no_sign_up(stage: Stage) -> None:
    await stage.open()
    await stage.prefer(demo_slots=0)
    await stage.agreed("ada")
    assert "No event with demo slots is planned yet" in words(await stage.say("ada", "/demo"))
    await stage.say("olga", "/demo slots 2")
    await stage.write("ada")
    stage.workspace.now += timedelta(days=5)
    assert "has begun" in words(await stage.press("ada", "I agree"))


async def test_the_longest_words_still_fit(stage: Stage) -> None:
    await stage.open('"Demo night" "Friday 18:30" 2h "" "" 90')
    await stage.say("olga", "/demo contract")
    await stage.press("olga", "Change the words")
    long = dict.fromkeys(("first", "second", "third", "fourth"), "*" * 240)
    await stage.workspace.fill("olga", long)
    await stage.say("olga", "/program edit")
    await stage.press("olga", "Write it")
    await stage.workspace.fill("olga", dict.fromkeys(long, "*\n" * 199))
    for number in range(12):
        await stage.say("olga", f"/program change {'*' * 90} {number}")
    assert f"{'*' * 90} 11" in words(await stage.say("olga", "/program changes"))
    link = "https://example.org/" + "_" * 280
    most = {"link": link, "wish": "*" * 200}
    for who in ("ada", "bob", "cleo", "dan"):
        assert "*" * 240 in await stage.write(who, "*" * 100, **most)
        assert "*" * 100 in words(await stage.press(who, "I agree"))
    for line in ("/demo list", "/demo order", "/demo confirm", "/program"):
        assert "broke" not in words(await stage.say("olga", line))
