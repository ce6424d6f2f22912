"""How the engine room's pieces meet: demos, the board, follow-ups, ships, home and the changes."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.actions import Role
from bot.changes import LEFT, Change
from bot.content import Content
from bot.db import Database
from bot.features.demos.model import Demo
from bot.features.followups.model import FollowUp
from bot.features.ships.model import Project
from bot.features.speakers.model import Candidate
from bot.people import Person
from bot.replies import Outcome, Refusal, Reply
from tests.features.stage import FIRST, PLACE, SECOND, Stage, words

pytestmark = pytest.mark.usefixtures("everyone_agrees")


@pytest.fixture
def stage(content: Content, database: Database) -> Stage:
    found = Stage(database, content)
    found.workspace.roles["hana"] = Role.HOST
    return found


async def board(stage: Stage) -> dict[str, str]:
    return {str(each.name): each.stage for each in await stage.all(Candidate)}


async def evening_of(stage: Stage, *people: str) -> None:
    """They are signed up and confirmed, and the evening is over."""
    await stage.open()
    for who in people:
        await stage.sign(who)
    await stage.confirm_all()
    await stage.advance(days=4, hours=12)


async def mark(stage: Stage, who: str, was: str, by: str = "olga") -> Outcome:
    return await stage.do(by, "demo mark", demo=(await stage.demo(who)).id, was=was)


def kinds(outcomes: Sequence[Outcome]) -> list[str]:
    return sorted(type(each).__name__ for each in outcomes)


async def test_the_board_follows_a_presenter_to_and_fro(stage: Stage) -> None:
    await stage.open(FIRST, SECOND)
    await stage.sign("ada")
    assert await board(stage) == {"ada": "booked"}
    await stage.say("ada", "/demo mine")
    await stage.press("ada", "Withdraw")
    assert await board(stage) == {"ada": "parked"}
    await stage.press("ada", "Undo")
    assert await board(stage) == {"ada": "booked"}
    await stage.sign("ada", event="22 May")
    await stage.do("ada", "demo withdraw", demo=(await stage.demo("ada")).id)
    assert await board(stage) == {"ada": "booked"}, "a slot at another evening is still theirs"


async def test_a_mark_that_was_a_slip_leaves_nothing_behind(stage: Stage) -> None:
    await evening_of(stage, "ada")
    for was, stands in [("shown", "delivered"), ("no-show", "parked"), ("shown", "delivered")]:
        await mark(stage, "ada", was)
        assert await board(stage) == {"ada": stands}
    (followup,) = [each for each in await stage.all(FollowUp) if each.what == "demo"]
    await stage.do("olga", "followup done", followup=followup.id)
    await stage.advance(seconds=5)
    assert await board(stage) == {"ada": "followed-up"}
    await stage.do("olga", "followup reopen", followup=followup.id)
    await stage.advance(seconds=5)
    assert await board(stage) == {"ada": "delivered"}
    await mark(stage, "ada", "booked")
    assert await board(stage) == {"ada": "booked"}
    assert await stage.all(Project) == []
    assert [each for each in await stage.all(FollowUp) if each.what == "demo"] == []
    await stage.advance(days=120)
    assert not [title for title in stage.told("ada") if "ship" in title]


async def test_a_host_who_moved_somebody_on_is_not_overruled(stage: Stage) -> None:
    await evening_of(stage, "ada")
    await mark(stage, "ada", "shown")
    await stage.say("hana", "/speaker move declined ada")
    await mark(stage, "ada", "booked")
    assert await board(stage) == {"ada": "declined"}


async def test_undo_spares_what_another_host_did_since(stage: Stage) -> None:
    await evening_of(stage, "ada", "bob")
    ada = (await stage.demo("ada")).id
    await mark(stage, "ada", "no-show")
    await mark(stage, "ada", "shown", by="hana")
    old = await stage.do("olga", "demo unmark", demo=ada, to="booked", was="no-show")
    assert isinstance(old, Refusal)
    assert "marked it anew" in old.says
    await stage.advance(minutes=1)
    await stage.do("olga", "demo all-shown", event=(await stage.demo("bob")).event_id)
    await mark(stage, "bob", "no-show", by="hana")
    await stage.say("olga", "/changes")
    changed = await stage.press(
        "olga", "Undo: Shown: Work of bob · Friday 8 May 2026, 18:30 (UTC), 2 hours"
    )
    assert "marked it anew" in words(changed)
    assert await stage.status("ada", "bob") == ["shown", "no-show"]


async def test_one_press_for_all_can_be_taken_back(stage: Stage) -> None:
    await evening_of(stage, "ada", "bob", "cleo")
    await mark(stage, "ada", "shown")
    await stage.advance(minutes=1)
    await stage.say("olga", "/demo deliver")
    assert "Shown: 2 demos, Demo night" in words(await stage.press("olga", "All others were shown"))
    await stage.press("olga", "Undo")
    assert await stage.status("ada", "bob", "cleo") == ["shown", "booked", "booked"]
    assert await board(stage) == {"ada": "delivered", "bob": "booked", "cleo": "booked"}


async def test_undoing_slots_spares_a_later_number(stage: Stage) -> None:
    (event,) = await stage.open()
    await stage.say("olga", "/demo slots 2")
    await stage.say("hana", "/demo slots 6")
    undone = await stage.do("olga", "demo slots-back", event=event.id, number="4", now="2")
    assert isinstance(undone, Refusal)
    assert "Now 2; before, 6" in words(await stage.press("hana", "Undo"))


async def test_undoing_a_role_or_a_setting_spares_a_later_one(stage: Stage) -> None:
    await stage.open()
    stage.workspace.roles["pia"] = Role.ORGANISER
    stage.workspace.join("bob", Role.MEMBER)
    await stage.agreed("bob")
    for who, role, slots in (("olga", "host", 5), ("pia", "organiser", 6)):
        await stage.say(who, f"/settings demo-slots {slots}")
        await stage.say(who, f"/role bob {role}")
    assert "changed again since" in words(await stage.press("olga", "Undo"))
    undone = await stage.do("olga", "set back", of="demo-slots", to="4", was="00000000")
    assert isinstance(undone, Refusal)
    assert "host now" in words(await stage.press("pia", "Undo"))


async def test_two_hosts_mark_the_same_demo_at_once(stage: Stage) -> None:
    await evening_of(stage, "ada")
    await asyncio.gather(mark(stage, "ada", "shown"), mark(stage, "ada", "no-show", by="hana"))
    (status,) = await stage.status("ada")
    assert await board(stage) == {"ada": {"shown": "delivered", "no-show": "parked"}[status]}
    followups = [each for each in await stage.all(FollowUp) if each.what == "demo"]
    projects = await stage.all(Project)
    assert (len(followups), len(projects)) == ((1, 1) if status == "shown" else (0, 0))


async def test_an_undo_pressed_twice_at_once_happens_once(stage: Stage) -> None:
    await evening_of(stage, "ada")
    ada = (await stage.demo("ada")).id
    await mark(stage, "ada", "shown")
    undo = {"demo": ada, "to": "booked", "was": "shown"}
    both = await asyncio.gather(
        stage.do("olga", "demo unmark", **undo), stage.do("hana", "demo unmark", **undo)
    )
    assert kinds(both) == ["Refusal", "Reply"]
    assert await board(stage) == {"ada": "booked"}


async def test_a_host_confirms_while_another_declines_and_the_presenter_withdraws(
    stage: Stage,
) -> None:
    await stage.open()
    await stage.prefer(demo_slots=1, demo_first_timers="none")
    await stage.sign("ada")
    await stage.sign("bob")
    ada = (await stage.demo("ada")).id
    outcomes = await asyncio.gather(
        stage.do("olga", "demo yes", demo=ada),
        stage.do("hana", "demo no", demo=ada, words="Full"),
        stage.do("ada", "demo withdraw", demo=ada),
    )
    assert any(isinstance(each, Reply) for each in outcomes)
    status = await stage.status("ada", "bob")
    assert status in (["declined", "booked"], ["withdrawn", "booked"])
    assert len([each for each in await stage.all(Demo) if each.status == "booked"]) == 1


async def test_home_shows_a_host_the_whole_room(stage: Stage) -> None:
    await stage.open(FIRST, SECOND)
    await stage.sign("ada")
    await stage.sign("bob", event="22 May")
    host = words(await stage.say("hana", "/home"))
    assert "Speakers 2 booked" in host
    assert "Demos to confirm • ada: Work of ada\n• bob: Work of bob" in host
    assert "Work of bob · Second night, Fri 22 May · not confirmed yet" in words(
        await stage.say("bob", "/home")
    )
    await stage.advance(days=5)
    assert "Your demos" not in words(await stage.say("ada", "/home")), "its evening is over"


async def test_the_hosts_channel_shows_who_said_yes(stage: Stage) -> None:
    await stage.open()
    await stage.sign("ada")
    await stage.workspace.press("hana", "Confirm")
    (shown,) = stage.posted("#hosts")
    assert "Confirmed: Work of ada\nhana said yes. I tell ada" in shown
    await stage.workspace.press("olga", "Undo")
    assert "Not confirmed: Work of ada" in stage.posted("#hosts")[0]
    await stage.confirm_all()
    await stage.workspace.say("olga", PLACE, "/changes")
    before = len(stage.public)
    await stage.press(
        "olga", "Undo: Confirmed: Work of ada · I tell ada, and remind them when the…"
    )
    assert len(stage.public) == before, "the list of changes is one organiser's"


async def test_no_presenter_waits_for_a_host_whose_week_is_full(stage: Stage) -> None:
    (event,) = await stage.open()
    await stage.prefer(hosts_channel="", messages_a_week=1)
    await stage.do("olga", "demo slots", event=event.id, number="9")
    people = [f"guest{number}" for number in range(9)]
    for who in people:
        await stage.sign(who)
    await stage.advance(hours=1)
    asked = [title for title in stage.told("olga") if "wait for your yes" in title]
    assert asked == ["9 demos wait for your yes: Demo night, Fri 8 May"], "one message for all"
    (card,) = [m.card for m in stage.workspace.seen_by("olga") if m.card.title in asked]
    assert card.choice
    assert len(card.choice.options) == len(people)
    await stage.confirm_all()
    await stage.advance(hours=16)  # 02:00
    for late in people[:2]:
        await stage.do(late, "demo withdraw", demo=(await stage.demo(late)).id)
    await stage.sign(people[0], "At night")
    await stage.advance(hours=3)
    assert "Demo: At night" not in stage.told("olga")
    await stage.advance(hours=5)
    assert "Demo: At night" in stage.told("olga"), "alone it is shown at once"


async def test_who_is_forgotten_is_not_named_in_the_list_of_changes(stage: Stage) -> None:
    await stage.open()
    await stage.sign("ada", "A tiny parser")
    await stage.sign("bob", "Bees")
    await stage.confirm_all()
    await stage.say("ada", "/privacy delete")
    await stage.press("ada", "Yes, delete it all")
    assert "ada" not in [person.name for person in await stage.all(Person)]
    listed = [each.what for each in await stage.all(Change)]
    assert not [what for what in listed if "tiny parser" in what or "ada" in what.split()]
    assert LEFT in listed
    assert [what for what in listed if "Confirmed: Bees" in what]
