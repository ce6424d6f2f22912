"""Follow-ups: opened at the end of an event, reminded of once, and counted honestly."""

from datetime import datetime, timedelta

import pytest

from bot.actions import Role
from bot.content import Content
from bot.context import Call, Place, Via
from bot.db import Database
from bot.features.events.model import CANCELLED
from bot.features.followups.model import DONE, OPEN, SKIPPED, FollowUp, Kept, kept
from bot.people import Caller, Where
from bot.replies import Button, Refusal, Reply
from tests.features.evenings import HOSTS, NOW, Evenings, dump, text_in

pytestmark = pytest.mark.usefixtures("everyone_agrees")

HALL = Place("#demo-night")
HOURS = timedelta(hours=1)
ENDS = NOW + 3 * HOURS
DUE = ENDS + 72 * HOURS
REMIND = ENDS + 48 * HOURS
QUIET = timedelta(hours=11)
"""The reminder falls due at 21:00, when quiet hours begin."""
NASTY = "<@U1> @everyone **b** [x](https://evil.example) ```c``` > q"


@pytest.fixture
def evenings(content: Content, database: Database) -> Evenings:
    return Evenings(content, database)


async def ended(evenings: Evenings, *titles: str) -> None:
    for title in titles or ("Demo night",):
        await evenings.event(title)
    await evenings.workspace.advance(4 * HOURS)


async def one(evenings: Evenings) -> FollowUp:
    (found,) = await evenings.all(FollowUp)
    assert isinstance(found, FollowUp)
    return found


async def look(evenings: Evenings, who: str = "org1") -> str:
    await evenings.workspace.say(who, HALL, "/followups")
    return evenings.words(who)


def reminders(evenings: Evenings, place: str) -> list[datetime]:
    found = evenings.posted(place)
    return [m.at for m in found if m.card.title.startswith("A message to write")]


async def test_they_open_when_the_event_ends_and_are_its_hosts(evenings: Evenings) -> None:
    event = await evenings.event()
    await evenings.workspace.advance(3 * HOURS - timedelta(minutes=1))
    assert await evenings.all(FollowUp) == []
    await evenings.workspace.advance(timedelta(minutes=1))
    found = await one(evenings)
    assert (found.what, found.about_id, found.title) == (
        "event",
        event,
        "Demo night, Mon 4 May",
    )
    assert (found.since, found.due_at, found.status) == (ENDS, DUE, OPEN)
    assert (await evenings.people())[found.owner_id or ""] == "org1"
    says = await look(evenings)
    assert "Demo night, Mon 4 May · due Thursday 7 May, 21:00 · org1" in says
    assert evenings.workspace.messages[-1].private


async def test_as_many_and_as_soon_as_the_community_wants(evenings: Evenings) -> None:
    await evenings.prefer(follow_up_count=3, follow_up_hours=24)
    await ended(evenings)
    found = await evenings.all(FollowUp)
    assert sorted(each.number for each in found) == [1, 2, 3]
    assert {each.due_at for each in found} == {ENDS + 24 * HOURS}
    await evenings.workspace.advance(48 * HOURS)
    assert len(reminders(evenings, "@org1")) == 1


async def test_none_for_a_cancelled_event_and_later_for_a_moved_one(evenings: Evenings) -> None:
    cancelled, moved = await evenings.event("Called off"), await evenings.event("Moved")
    await evenings.change(cancelled, status=CANCELLED)
    await evenings.change(moved, starts_at=NOW + 30 * HOURS)
    await evenings.workspace.advance(31 * HOURS)
    assert await evenings.all(FollowUp) == []
    await evenings.workspace.advance(2 * HOURS)
    assert (await one(evenings)).since == NOW + 32 * HOURS


async def test_one_reminder_with_a_third_of_the_time_left_across_restarts(
    evenings: Evenings,
) -> None:
    await ended(evenings)
    evenings.restart()
    await evenings.workspace.advance(REMIND - evenings.now - timedelta(minutes=1))
    assert evenings.workspace.messages == []
    evenings.restart()
    await evenings.workspace.advance(2 * 24 * HOURS)
    assert reminders(evenings, "@org1") == [REMIND + QUIET]
    evenings.restart()
    await evenings.workspace.advance(30 * 24 * HOURS)
    assert reminders(evenings, "@org1") == []


async def test_opened_late_it_is_still_reminded_of_once(evenings: Evenings) -> None:
    await evenings.event()
    evenings.restart(ENDS + 60 * HOURS)
    await evenings.workspace.advance(10 * 24 * HOURS)
    assert reminders(evenings, "@org1") == [ENDS + 60 * HOURS]


async def test_a_reminder_has_the_buttons_that_settle_it(evenings: Evenings) -> None:
    await ended(evenings)
    await evenings.workspace.advance(60 * HOURS)
    await evenings.workspace.press("org1", "Done")
    assert (await one(evenings)).status == DONE


async def test_nothing_is_said_about_what_is_done_or_over(evenings: Evenings) -> None:
    await ended(evenings, "One", "Two")
    await look(evenings)
    await evenings.workspace.press("org1", "Done")
    evenings.restart(DUE + HOURS)
    await evenings.workspace.advance(30 * 24 * HOURS)
    assert reminders(evenings, "@org1") == []


async def test_what_is_nobodys_is_told_to_all_hosts(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await evenings.event(host=None)
    await evenings.workspace.advance(10 * 24 * HOURS)
    assert reminders(evenings, HOSTS) == [REMIND]
    assert "nobody's yet" in text_in(evenings.posted_publicly(HOSTS)[0])


async def test_without_any_channel_for_hosts_the_reminder_is_parked_with_a_reason(
    evenings: Evenings,
) -> None:
    await evenings.event(host=None)
    await evenings.workspace.advance(10 * 24 * HOURS)
    reasons = {row.kind: row.parked for row in await evenings.rows() if row.parked}
    assert "no channel for hosts" in str(reasons["followups.remind"])


async def test_done_says_so_and_can_be_undone_for_a_day(evenings: Evenings) -> None:
    await ended(evenings)
    await look(evenings)
    await evenings.workspace.press("org1", "Done")
    assert evenings.words("org1").startswith("Done: Demo night")
    found = await one(evenings)
    assert (found.status, found.settled_at) == (DONE, evenings.now)
    await evenings.workspace.press("org1", "What else is due")
    assert "No follow-up is waiting" in evenings.words("org1")
    await evenings.workspace.press("org1", "Undo")
    assert evenings.words("org1").startswith("Open again: Demo night")
    found = await one(evenings)
    assert (found.status, found.settled_at) == (OPEN, None)
    await look(evenings)
    await evenings.workspace.press("org1", "Done")
    await evenings.workspace.advance(25 * HOURS)
    await evenings.workspace.press("org1", "Undo")
    assert "more than a day ago" in evenings.words("org1")
    assert (await one(evenings)).status == DONE


async def test_settling_twice_changes_nothing(evenings: Evenings) -> None:
    await ended(evenings)
    await look(evenings)
    await evenings.workspace.say("org1", HALL, "/followups")
    await evenings.workspace.press("org1", "Done")
    settled = (await one(evenings)).settled_at
    evenings.workspace.now += HOURS
    await evenings.workspace.press("org1", "Skip")
    await evenings.workspace.fill("org1", {"reason": "Too late"})
    assert "done already" in evenings.words("org1")
    found = await one(evenings)
    assert (found.status, found.settled_at, found.reason) == (DONE, settled, None)


async def test_skipping_asks_for_a_reason_that_stays_in_sight(evenings: Evenings) -> None:
    await ended(evenings)
    await look(evenings)
    await evenings.workspace.press("org1", "Skip")
    assert [p.name for p in evenings.workspace.forms["org1"].params] == ["reason"]
    await evenings.workspace.fill("org1", {"reason": " "})
    assert "still missing" in evenings.words("org1")
    await evenings.workspace.fill("org1", {"reason": NASTY})
    assert f"The reason: {NASTY}" in evenings.words("org1")
    await evenings.workspace.advance(80 * HOURS)
    says = await look(evenings)
    assert "Skipped, with a reason: • Demo night, Mon 4 May: " + NASTY in says
    assert "In time, in the last 90 days: 0 of 1" in says


async def test_a_late_one_stays_in_sight_and_is_still_welcome(evenings: Evenings) -> None:
    await ended(evenings)
    await evenings.workspace.advance(20 * 24 * HOURS)
    assert "was due Thursday 7 May, 21:00, and is still welcome" in await look(evenings)
    await evenings.workspace.press("org1", "Done")
    assert "In time, in the last 90 days: 0 of 1" in await look(evenings)


async def test_the_soonest_comes_first_and_any_can_be_chosen(evenings: Evenings) -> None:
    await evenings.event("Second", starts=3 * HOURS)
    await evenings.event("First", starts=HOURS)
    for number in range(30):
        await evenings.event(f"Later {number:02}", starts=4 * HOURS)
    await evenings.workspace.advance(7 * HOURS)
    says = await look(evenings)
    assert says.index("First") < says.index("Second") < says.index("Later 00")
    assert "and 25 more" in says
    await evenings.workspace.choose("org1", "Second, Mon 4 May")
    assert evenings.words("org1").splitlines()[1].startswith("Second")
    await evenings.workspace.press("org1", "Done")
    found = await evenings.all(FollowUp)
    assert [each.title for each in found if each.status == DONE] == ["Second, Mon 4 May"]


async def test_handing_over_tells_the_other_host_and_can_be_undone(evenings: Evenings) -> None:
    await evenings.person("org2")
    evenings.workspace.join("org2", Role.HOST)
    await ended(evenings)
    await evenings.workspace.advance(12 * HOURS)  # it is morning
    await look(evenings)
    await evenings.workspace.press("org1", "Hand over")
    await evenings.workspace.fill("org1", {"to": "<@org2>"})
    assert "It is with org2 now" in evenings.words("org1")
    await evenings.workspace.advance(timedelta(minutes=1))
    (told,) = evenings.posted("@org2")
    assert told.card.title == "Handed to you: Demo night, Mon 4 May"
    await evenings.workspace.press("org1", "Undo")
    assert "It is with org1 again" in evenings.words("org1")
    assert (await evenings.people())[(await one(evenings)).owner_id or ""] == "org1"
    await evenings.workspace.advance(60 * HOURS)
    assert reminders(evenings, "@org1") == [REMIND + QUIET]
    assert reminders(evenings, "@org2") == []


async def test_an_undo_spares_a_later_handover(evenings: Evenings) -> None:
    for name in ("org2", "org3"):
        await evenings.host(name)
    await ended(evenings)
    for to in ("<@org2>", "<@org3>"):
        await look(evenings)
        await evenings.workspace.press("org1", "Hand over")
        await evenings.workspace.fill("org1", {"to": to})
    first, second = [
        button
        for message in evenings.workspace.messages
        for button in message.card.buttons
        if isinstance(button, Button) and button.label == "Undo"
    ]
    host = Caller(evenings.where, "org1", "org1")
    told = []
    for button in (first, second):
        call = Call(button.press.action, button.press.values, host, HALL, Via.PRESS)
        told.append(await evenings.workspace.app.run(call))
    assert isinstance(told[0], Refusal)
    assert "changed hands again" in told[0].says
    assert isinstance(told[1], Reply)
    assert (await evenings.people())[(await one(evenings)).owner_id or ""] == "org2"


async def test_each_handover_is_told(evenings: Evenings) -> None:
    await evenings.host("org2")
    await ended(evenings)
    await evenings.workspace.advance(12 * HOURS)  # it is morning
    for _ in range(2):
        await look(evenings)
        await evenings.workspace.press("org1", "Hand over")
        await evenings.workspace.fill("org1", {"to": "<@org2>"})
        await evenings.workspace.advance(timedelta(minutes=1))
        await evenings.workspace.press("org1", "Undo")
    assert [each.card.title.partition(":")[0] for each in evenings.posted("@org2")] == [
        "Handed to you",
        "Handed to you",
    ]


async def test_hosts_are_reminded_of_what_was_somebodys_who_left(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await ended(evenings)
    await evenings.leave("org1")
    await evenings.workspace.advance(60 * HOURS)
    assert len(reminders(evenings, HOSTS)) == 1


async def test_the_reminder_goes_to_whoever_has_it_then(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await evenings.person("org2")
    evenings.workspace.join("org2", Role.HOST)
    await evenings.event(host=None)
    await evenings.workspace.advance(4 * HOURS)
    evenings.workspace.join("org1", Role.HOST)
    await look(evenings)
    await evenings.workspace.press("org1", "Hand over")
    await evenings.workspace.fill("org1", {"to": "@ORG2"})
    await evenings.workspace.advance(10 * 24 * HOURS)
    assert (len(reminders(evenings, "@org2")), reminders(evenings, HOSTS)) == (1, [])


async def test_a_handover_of_what_was_nobodys_can_be_undone(evenings: Evenings) -> None:
    await evenings.event(host=None)
    await evenings.workspace.advance(4 * HOURS)
    evenings.workspace.join("org1", Role.HOST)
    await evenings.person("org1")
    await look(evenings)
    await evenings.workspace.press("org1", "Hand over")
    await evenings.workspace.fill("org1", {"to": "org1"})
    await evenings.workspace.press("org1", "Undo")
    assert "It is with nobody again" in evenings.words("org1")
    assert (await one(evenings)).owner_id is None


async def test_it_is_handed_only_to_one_host(evenings: Evenings) -> None:
    await evenings.person("member")
    await ended(evenings)
    await look(evenings)
    await evenings.workspace.press("org1", "Hand over")
    for to, says in [
        ("member", "member is not a host here"),
        ("nobody", "I have not met anybody called “nobody” here. Type @ and choose them"),
        ("<@stranger>", "I have not met them yet."),
        (NASTY, "I have not met anybody called"),
    ]:
        await evenings.workspace.fill("org1", {"to": to})
        assert says in evenings.words("org1")
        assert "to" in evenings.workspace.forms["org1"].wrong
    assert (await evenings.people())[(await one(evenings)).owner_id or ""] == "org1"


async def test_there_are_words_to_copy_others_each_time(
    evenings: Evenings, content: Content
) -> None:
    await ended(evenings, "One", "Two")
    messages = content.followups.messages
    assert len(messages) >= 6
    await look(evenings)
    await evenings.workspace.press("org1", "Wording")
    shown = [evenings.words("org1")]
    for _ in range(len(messages) // 2 - 1):
        await evenings.workspace.press("org1", "Other words")
        shown.append(evenings.words("org1"))
    counts = [sum(each.words in says for says in shown) for each in messages]
    assert sum(counts) == 2 * len(shown)
    assert max(counts) == 1
    await look(evenings)
    await evenings.workspace.press("org1", "Wording")
    assert evenings.words("org1") not in shown


async def test_hostile_titles_are_inert(evenings: Evenings) -> None:
    await ended(evenings, NASTY, NASTY + " two")
    assert NASTY in await look(evenings)
    await evenings.workspace.press("org1", "Done")
    assert evenings.words("org1").startswith(f"Done: {NASTY}")


async def test_members_are_refused(evenings: Evenings) -> None:
    await evenings.hosts_channel()
    await evenings.event(host=None)
    await evenings.workspace.advance(10 * 24 * HOURS)
    assert "`/followups` is for hosts" in (await look(evenings, "ada")).replace(
        "/followups", "`/followups`"
    )
    for label in ("Done", "Skip", "Hand over", "Wording"):
        await evenings.workspace.press("ada", label)
        if form := evenings.workspace.forms.get("ada"):
            await evenings.workspace.fill("ada", {form.params[0].name: "x"})
        assert "This is for hosts" in evenings.words("ada")
    assert (await one(evenings)).status == OPEN


async def test_another_communitys_ids_are_refused(evenings: Evenings) -> None:
    await ended(evenings)
    found = await one(evenings)
    where = Where("local", "elsewhere", "Another")
    eve = Caller(where, "eve", "eve", Role.ORGANISER)
    before = await dump(evenings.database)
    for name, args in [
        ("followup done", {}),
        ("followup skip", {"reason": "x"}),
        ("followup reopen", {}),
        ("followup hand-over", {"to": "eve"}),
        ("followup back", {"owner": found.owner_id or ""}),
        ("followup words", {}),
    ]:
        call = Call(name, {"followup": found.id, **args}, eve, HALL, Via.PRESS)
        assert isinstance(await evenings.workspace.app.run(call), Refusal), name
    changed = await dump(evenings.database) ^ before
    assert {table for table, _ in changed} == {"community", "space"}
    call = Call("followup show", {"followup": found.id}, eve, HALL, Via.PRESS)
    assert "Demo night" not in repr(await evenings.workspace.app.run(call))


async def test_a_stranger_is_not_made_the_owner_by_an_undo(evenings: Evenings) -> None:
    await ended(evenings)
    found = await one(evenings)
    evenings.where = Where("local", "elsewhere", "Another")
    stranger = await evenings.person("eve")
    host = Caller(Where("local", "local"), "org1", "org1")
    args = {"followup": found.id, "owner": stranger, "to": (found.owner_id or "")[:6]}
    call = Call("followup back", args, host, HALL, Via.PRESS)
    refused = await evenings.workspace.app.run(call)
    assert isinstance(refused, Refusal)
    assert "whose it was" in refused.says
    assert (await one(evenings)).owner_id == found.owner_id


def followup(due: timedelta, status: str = OPEN, settled: timedelta | None = None) -> FollowUp:
    settled_at = None if settled is None else NOW + settled
    return FollowUp(id="x", due_at=NOW + due, status=status, settled_at=settled_at)


def test_kept_counts_only_what_was_due_and_lists_the_excuses() -> None:
    assert kept([], NOW) is None
    assert kept([followup(HOURS, DONE, -HOURS)], NOW) is None
    skipped = followup(-HOURS, SKIPPED, -2 * HOURS)
    found = [
        followup(-HOURS, DONE, -2 * HOURS),
        followup(-HOURS, DONE, -HOURS),
        followup(-2 * HOURS, DONE, -HOURS),
        followup(-HOURS),
        followup(timedelta(0)),
        followup(HOURS),
        skipped,
        followup(HOURS, SKIPPED, -HOURS),
    ]
    assert kept(found, NOW) == Kept(2, 6, (skipped,))


async def test_the_card_says_what_to_do_and_by_when(evenings: Evenings) -> None:
    await ended(evenings)
    says = await look(evenings)
    assert "Write to one person who was there: a first-timer, a presenter" in says
    assert "By Thursday 7 May, 21:00 is good. Later is welcome too." in says
    await evenings.workspace.advance(20 * 24 * HOURS)
    assert "Now is welcome too." in await look(evenings)


async def test_handing_it_to_whoever_has_it_changes_nothing(evenings: Evenings) -> None:
    await evenings.person("org2")
    evenings.workspace.join("org2", Role.HOST)
    await ended(evenings)
    await evenings.workspace.advance(12 * HOURS)
    await look(evenings)
    await evenings.workspace.press("org1", "Hand over")
    await evenings.workspace.fill("org1", {"to": "org2"})
    await evenings.workspace.advance(timedelta(minutes=1))
    rows = len(await evenings.rows())
    await look(evenings)
    await evenings.workspace.press("org1", "Hand over")
    await evenings.workspace.fill("org1", {"to": "org2"})
    assert "It is with org2 already." in evenings.words("org1")
    await evenings.workspace.advance(timedelta(minutes=1))
    assert len(evenings.posted("@org2")) == 1
    assert len(await evenings.rows()) == rows


async def test_two_of_one_name_never_look_the_same(evenings: Evenings) -> None:
    await evenings.prefer(follow_up_count=2)
    await ended(evenings, "Games", "Games", "x" * 149)
    await look(evenings)
    choice = evenings.workspace.messages[-1].card.choice
    assert choice
    labels = [option.label for option in choice.options]
    assert len(set(labels)) == len(labels) == 5
    assert "Games, Mon 4 May (2)" in labels


async def test_none_after_an_evening_without_anybody(evenings: Evenings) -> None:
    await evenings.event(guests=0)
    noted = await evenings.event("Noted the next day", guests=0)
    await evenings.workspace.advance(4 * HOURS)
    assert await evenings.all(FollowUp) == []
    await evenings.seen(noted, "ada", present=True)
    await evenings.workspace.advance(10 * 24 * HOURS)
    found = await one(evenings)
    assert (found.about_id, found.due_at) == (noted, DUE)
