"""`/setup`: six cards from nothing to the first principle, left and taken up at any point."""

import asyncio

import pytest
from sqlalchemy import select

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Role
from bot.context import Call, Place, Via
from bot.db import Database
from bot.people import Caller, Community
from bot.replies import OPTIONS, Reply
from tests.features.organisers import GENERAL, Start, answer, do, say, start, workspace

pytestmark = pytest.mark.usefixtures("everyone_agrees")

__all__ = ["start", "workspace"]

HOSTS = Place("#hosts")


async def community(database: Database) -> Community:
    async with database.session() as session:
        return (await session.scalars(select(Community))).one()


async def press(workspace: Workspace, *labels: str) -> str:
    for label in labels:
        await workspace.press("olga", label)
    return answer(workspace)


async def test_with_what_is_offered_it_takes_six_presses(
    workspace: Workspace, database: Database
) -> None:
    assert "Begin with /setup" in await say(workspace, "olga", "/help")
    assert "Begin with" not in await say(workspace, "ada", "/help")
    assert "/setup goes through the first ones" in await say(workspace, "olga", "/settings")
    assert "Set-up, 1 of 6" in await say(workspace, "olga", "/setup")
    assert "It is 09:00 now by UTC. Is that right?" in answer(workspace)
    cards = len(workspace.messages)
    assert "2 of 6" in await press(workspace, "Yes, that is right")
    says = await press(workspace, "Use this channel")
    assert "3 of 6" in says
    assert "Saved. Where: in this channel." in says
    assert "comes on Monday 11 May, 09:00, in this channel." in says
    assert "4 of 6" in await press(workspace, "Looks good")
    assert "5 of 6" in await press(workspace, "Skip for now")
    assert "6 of 6" in await press(workspace, "Skip for now")
    says = await press(workspace, "Finish")
    assert "You are all set" in says
    assert "Where: in this channel" in says
    assert len(workspace.messages) == cards, "each card takes the place of the one before"
    for line in ("/help", "/settings"):
        assert "/setup goes" not in await say(workspace, "olga", line)
        assert "Begin with" not in answer(workspace)
    assert "You are all set" in await say(workspace, "olga", "/setup")
    assert "Set-up, 1 of 6" in await press(workspace, "Go through it again")
    assert (await community(database)).setup_next is None


async def test_the_platform_is_asked_while_nobody_waits_for_us(
    workspace: Workspace, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(caller: Caller) -> str:
        async with database.transaction() as session:  # what somebody else does meanwhile
            (await session.scalars(select(Community).with_for_update())).one()
        return "Asia/Tokyo"

    await say(workspace, "olga", "/help")
    monkeypatch.setattr(workspace, "zone_of", slow)
    assert "Your profile says Asia/Tokyo" in await say(workspace, "olga", "/setup")
    await press(workspace, "Yes, that is right", "Back")
    assert "It is 09:00 now by UTC" in answer(workspace)


async def test_every_choice_can_be_another(workspace: Workspace, database: Database) -> None:
    await workspace.say("olga", HOSTS, "/principle 1")
    assert "by Europe/Berlin." in await say(workspace, "olga", "/setup Berlin")
    await workspace.choose("olga", "Asia/Tokyo")
    assert "It is 18:00 now by Asia/Tokyo." in answer(workspace)
    await press(workspace, "Type another")
    await workspace.fill("olga", {"value": "Berln"})
    assert "Did you mean" in workspace.forms["olga"].wrong["value"]
    await workspace.fill("olga", {"value": "europe/berlin"})
    await press(workspace, "Yes, that is right", "Name another")
    await workspace.fill("olga", {"value": "#nowhere"})
    assert "no channel called" in workspace.forms["olga"].wrong["value"]
    await workspace.fill("olga", {"value": "#general"})
    await workspace.choose("olga", "Thursday")
    assert "Now: Thursday, 09:00." in await press(workspace, "At 18:00", "At 09:00")
    await press(workspace, "Another hour")
    await workspace.fill("olga", {"value": "25"})
    assert "25 does not work here." in workspace.forms["olga"].wrong["value"]
    await workspace.fill("olga", {"value": "17"})
    assert "Now: Thursday, 17:00." in answer(workspace)
    await press(workspace, "Looks good", "Name another")
    await workspace.fill("olga", {"value": "hosts"})
    assert "Hosts' channel: in the channel #hosts." in answer(workspace)
    says = await press(workspace, "Where hosts read")
    assert "The next pulse comes on Monday 11 May, 10:00, in the channel #hosts." in says
    await workspace.choose("olga", "Friday")
    await press(workspace, "Another hour")
    await workspace.fill("olga", {"value": "16"})
    assert "comes on Friday 8 May, 16:00" in answer(workspace)
    await press(workspace, "Looks good", "Name somebody")
    await workspace.fill("olga", {"person": "ada", "role": "host"})
    assert "ada is a host now." in answer(workspace)
    assert "So far: ada (host)." in await say(workspace, "olga", "/setup")
    found = await community(database)
    assert found.zone == "Europe/Berlin"
    prefs = found.prefs
    assert (prefs.principle_day, prefs.principle_hour) == ("thu", 17)
    assert (prefs.pulse_day, prefs.pulse_hour) == ("fri", 16)
    assert prefs.pulse_channel == prefs.hosts_channel
    assert [
        each and each.partition("/")[2] for each in (prefs.principle_channel, prefs.hosts_channel)
    ] == [
        "#general",
        "#hosts",
    ]


async def test_it_goes_on_where_it_was_left(start: Start, workspace: Workspace) -> None:
    await say(workspace, "olga", "/setup")
    await press(workspace, "Yes, that is right", "Skip for now")
    other = start()
    assert "3 of 6" in await say(other, "olga", "/setup")
    assert "1 of 6" in await press(other, "Back", "Back")
    assert "3 of 6" in await say(other, "olga", "/setup")
    says = await press(other, "Looks good", "Skip for now", "Skip for now", "Finish")
    assert "No principle of the week is posted." in says


async def test_a_channel_that_is_closed_is_tried_again(
    workspace: Workspace, database: Database
) -> None:
    workspace.closed_channels.add("#general")
    await say(workspace, "olga", "/setup")
    says = await press(workspace, "Yes, that is right", "Use this channel")
    assert "2 of 6" in says
    assert "I can't post there. #general is gone." in says
    assert "#general is gone." in await press(workspace, "Try again")
    assert (await community(database)).prefs.principle_channel is None
    workspace.closed_channels.clear()
    assert "3 of 6" in await press(workspace, "Try again")


async def test_where_only_one_reads_no_channel_is_offered(workspace: Workspace) -> None:
    await workspace.say("olga", Place("@olga", direct=True), "/setup")
    await press(workspace, "Yes, that is right")
    labels = [each.label for each in workspace.messages[-1].card.buttons]
    assert labels == ["Name another", "Skip for now", "Back"]


async def test_an_old_card_changes_what_it_says_and_takes_nothing_back(
    workspace: Workspace, database: Database
) -> None:
    await say(workspace, "olga", "/setup")
    await press(workspace, "Yes, that is right", "Use this channel", "Looks good")
    await do(workspace, "olga", "setup keep", step="1")
    assert (await community(database)).setup_next == 4
    await press(workspace, "Skip for now", "Skip for now", "Finish")
    await do(workspace, "olga", "setup put", name="principle-channel", value="off")
    found = await community(database)
    assert found.setup_next is None
    assert found.prefs.principle_channel is None
    for args in ({"step": "0"}, {"step": "77"}):
        assert "There is no such step." in await do(workspace, "olga", "setup keep", **args)
    for name in ("retro-hours", "nothing"):
        says = await do(workspace, "olga", "setup put", name=name, value="1")
        assert "setting" in says
    assert (await community(database)).prefs.retro_hours == 48


async def test_a_member_who_presses_changes_nothing(
    workspace: Workspace, database: Database
) -> None:
    await say(workspace, "olga", "/setup")
    for action, args in (
        ("setup", {}),
        ("setup at", {"step": "2"}),
        ("setup keep", {"step": "1"}),
        ("setup put", {"name": "principle-hour", "value": "12"}),
        ("setup zone", {"value": "Asia/Tokyo"}),
        ("setup pulse", {}),
        ("setup help", {}),
    ):
        assert "for organisers" in await do(workspace, "ada", action, **args)
    found = await community(database)
    assert (found.setup_next, found.zone, found.prefs.principle_hour) == (1, "UTC", 9)


async def test_two_organisers_at_once(start: Start, database: Database) -> None:
    one, two = start(), start()
    two.join("ada", Role.ORGANISER)
    await say(one, "olga", "/setup")
    calls = [
        (one, "olga", {"name": "zone", "value": "Asia/Tokyo"}),
        (two, "ada", {"name": "principle-hour", "value": "12"}),
        (one, "olga", {"name": "principle-channel", "value": "here"}),
        (two, "ada", {"name": "hosts-channel", "value": "here"}),
    ]
    outcomes = await asyncio.gather(
        *(
            each.app.run(Call("setup put", args, Caller(WHERE, who, who), GENERAL, Via.PRESS))
            for each, who, args in calls
        )
    )
    assert all(isinstance(each, Reply) for each in outcomes)
    found = await community(database)
    assert (found.zone, found.prefs.principle_hour) == ("Asia/Tokyo", 12)
    assert found.prefs.principle_channel == found.prefs.hosts_channel is not None


@pytest.mark.parametrize("text", ["ber", "", "xyzzyx"])
async def test_zones_are_offered_while_typing(workspace: Workspace, text: str) -> None:
    call = Call("setup", {}, Caller(WHERE, "olga", "olga"), GENERAL)
    offered = [each.value for each in await workspace.app.suggest(call, "zone", text)]
    assert ("Europe/Berlin" in offered) == (text == "ber")
    assert len(offered) <= OPTIONS
