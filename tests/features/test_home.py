"""Home shows what is one's own, and `/changes` what hosts and organisers did, with the way back."""

import json
from datetime import timedelta

import pytest

from bot.actions import Role
from bot.changes import Change
from bot.content import Content
from bot.context import Call, Place, Via
from bot.db import Database
from bot.features import FEATURES
from bot.features.outcomes import Outcome
from bot.people import Caller, Community, Person, Where
from bot.replies import Refusal
from tests.features.evenings import Evenings

HALL = Place("#general")


@pytest.fixture
def evenings(content: Content, database: Database) -> Evenings:
    found = Evenings(content, database, features=FEATURES)
    found.workspace.join("org", Role.ORGANISER)
    return found


async def say(evenings: Evenings, who: str, line: str) -> str:
    await evenings.workspace.say(who, HALL, line)
    return evenings.words(who)


async def test_home_shows_the_next_event_and_stores_nobody(evenings: Evenings) -> None:
    await evenings.event(host=None)
    assert "The next event: Demo night" in await say(evenings, "ada", "/home")
    for line in ("/map forget", "/review stop", "/privacy"):
        await say(evenings, "ada", line)
    assert await evenings.all(Person) == []


async def test_whoever_was_not_met_is_met_as_the_refusal_says(evenings: Evenings) -> None:
    refused = await say(evenings, "ada", "/spark @dan a parser")
    assert "to press “You may write to me”" in refused
    await say(evenings, "dan", "/privacy")
    await evenings.workspace.press("dan", "You may write to me")
    assert "I ask dan whether it is so." in await say(evenings, "ada", "/spark @dan a parser")


@pytest.mark.parametrize("line", ["/spark", "/map forget", "/review stop"])
async def test_whoever_only_looks_is_not_stored(evenings: Evenings, line: str) -> None:
    await say(evenings, "ada", line)
    assert await evenings.all(Person) == []


async def test_home_shows_my_map_my_review_and_my_privacy(evenings: Evenings) -> None:
    for says in ("Eight short questions", "Three short questions", "I keep nothing about you."):
        assert says in await say(evenings, "ada", "/home")
    await say(evenings, "ada", "/map")
    for label in ("Yes, that is fine", "15 minutes", *_levels(evenings, 3)):
        await evenings.workspace.press("ada", label)
    assert "You stopped at question 4 of 8." in await say(evenings, "ada", "/home")
    await evenings.workspace.press("ada", "Go on with my map")
    for label in _levels(evenings, 8)[3:]:
        await evenings.workspace.press("ada", label)
    await say(evenings, "ada", "/review")
    await evenings.workspace.press("ada", "Answer")
    await evenings.workspace.fill("ada", {"first": "Mara"})
    await evenings.workspace.press("ada", "Send me this once a week")
    shown = await say(evenings, "ada", "/home")
    assert "This week needs" in shown
    assert "It comes on Sunday 10 May, 18:00. One line is open." in shown
    assert "I may write to you." in shown
    await evenings.workspace.advance(timedelta(days=8))
    assert "This week needs" not in await say(evenings, "ada", "/home")
    await say(evenings, "ada", "/privacy")
    await evenings.workspace.press("ada", "Do not write to me any more")
    shown = await say(evenings, "ada", "/home")
    assert "It comes on" not in shown
    assert "I do not write to you." in shown
    for line, says in (("/map card", "My Community Card"), ("/review ledger", "Mara")):
        assert says in await say(evenings, "ada", line), "what is theirs can still be read"
    assert "Before we begin" in await say(evenings, "ada", "/review")
    await say(evenings, "ada", "/privacy export")
    told = json.loads(evenings.workspace.messages[-1].files[0].data)
    (line,) = told["lines in your review ledger"]
    assert (line["review"], line["words"]) == ("2026-05-04", "Mara")


def _levels(evenings: Evenings, count: int) -> list[str]:
    return [each.levels[2] for each in evenings.content.map.areas[:count]]


async def test_home_shows_hosts_what_waits_for_them(evenings: Evenings) -> None:
    await evenings.event(host=None)
    await evenings.workspace.advance(timedelta(hours=6))
    assert "Say who came: • Demo night" in await say(evenings, "org", "/home")
    assert "Messages to write" in evenings.words("org")
    assert "Say who came" not in await say(evenings, "ada", "/home")


async def test_changes_are_listed_with_the_way_back(evenings: Evenings) -> None:
    await say(evenings, "org", '/outcome hire "Two met here"')
    await say(evenings, "org", "/settings principle-hour 18")
    shown = await say(evenings, "org", "/changes")
    assert "Principle of the week: hour · Now 18:00; before, 09:00. · org" in shown
    await evenings.workspace.press("org", "Undo: A hire: Two met here · 4 May 2026")
    assert [each.removed_at for each in await evenings.all(Outcome)] == [evenings.now]
    (community,) = await evenings.all(Community)
    assert community.prefs.principle_hour == 18
    assert "Deleted: Two met here" in await say(evenings, "org", "/changes")


async def test_set_up_lists_what_it_changed_and_asks_at_its_end(evenings: Evenings) -> None:
    await say(evenings, "org", "/setup")
    for label in ("Yes, that is right", "Use this channel", "At 12:00", "Back", "Looks good"):
        await evenings.workspace.press("org", label)
        assert "May I write to you?" not in evenings.words("org")
    for label in ("Looks good", "Skip for now", "Skip for now", "Finish"):
        await evenings.workspace.press("org", label)
    assert "May I write to you?" in evenings.words("org")
    await say(evenings, "org", "/map community")
    shown = await say(evenings, "org", "/changes")
    assert "Principle of the week: hour · Now 12:00; before, 09:00." in shown
    assert "Where · Now in the channel #general; before, off." in shown.replace("where", "Where")
    for word in ("Set-up", "You are all set", "Our maps"):
        assert word not in shown


async def test_looking_is_no_change(evenings: Evenings) -> None:
    await evenings.event()
    acts = {"week here", "week skip", "week clear"}
    looks = [
        action
        for action in evenings.workspace.app.registry.commands
        if action.role > Role.MEMBER and not any(param.required for param in action.params)
        if action.name not in acts
    ]
    assert len(looks) > 10
    for line in ("/home", *(f"/{action.name}" for action in looks)):
        await say(evenings, "org", line)
    await say(evenings, "org", '/event create "Drafts" "Friday 18:30"')
    assert [each.what for each in await evenings.all(Change)] == []


async def test_changes_are_one_communitys_and_organisers(evenings: Evenings) -> None:
    await say(evenings, "org", '/outcome hire "Two met here"')
    assert "for organisers" in await say(evenings, "ada", "/changes")
    (change,) = await evenings.all(Change)
    elsewhere = Caller(Where("local", "elsewhere"), "org", "org")
    for caller in (elsewhere, Caller(evenings.where, "ada", "ada")):
        call = Call("changes undo", {"change": change.id}, caller, HALL, Via.PRESS)
        assert isinstance(await evenings.workspace.app.run(call), Refusal)
    assert len(await evenings.all(Outcome)) == 1


async def test_whoever_leaves_is_not_named_in_the_changes(evenings: Evenings) -> None:
    await say(evenings, "ada", "/contribution Brought chairs")
    await say(evenings, "org", "/role ada host")
    evenings.workspace.join("adam")
    await say(evenings, "adam", "/contribution Swept up")
    await say(evenings, "org", "/role adam host")
    await say(evenings, "ada", "/privacy delete")
    await evenings.workspace.press("ada", "Yes, delete it all")
    shown = await say(evenings, "org", "/changes")
    assert "Something about somebody who left · org" in shown
    assert "adam is a host now." in shown
    assert not any("ada " in each.what for each in await evenings.all(Change))
    await evenings.workspace.press("org", "Undo: The role is changed · adam is a host now.")
    assert "adam is a member now." in evenings.words("org")


async def test_a_page_beyond_the_last_leads_back(evenings: Evenings) -> None:
    await say(evenings, "org", '/outcome hire "Two met here"')
    assert "Nothing is listed on this page." in await say(evenings, "org", "/changes 9")
    await evenings.workspace.press("org", "The newest")
    assert "Two met here" in evenings.words("org")
