"""Eight weeks of one member, through the hands of each platform, with a restart in the middle."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.outbox import Outgoing
from bot.people import Person
from tests.adapters.hands import Hands
from tests.adapters.process import Life
from tests.adapters.test_community_map import wait_for_pictures
from tests.adapters.test_month import (
    SECOND,
    Start,
    about,
    count,
    discord,
    life,
    local,
    slack,
    start,
    until,
)
from tests.warm import script

__all__ = ["discord", "life", "local", "slack", "start"]

STORY = Path(__file__).parents[1] / "scripts" / "eight_weeks.txt"
FIRST = datetime(2026, 5, 10, 18, tzinfo=UTC)
"""The Sunday of the first message."""
REVIEW = "Your weekly review"
CARD = "My Community Card, "


def sunday(weeks: int) -> datetime:
    return FIRST + timedelta(weeks=weeks)


async def test_eight_weeks(life: Life, start: Start) -> None:
    async with start() as hands:
        wait_for_pictures(hands)
        await hands.join("ada")
        await hands.join("bob")
        await begin(life, hands)
        await keep(life, hands)
    async with start() as hands:
        await put_off(life, hands)
        await fall_silent(life, hands)
        await look_again(life, hands)
        await leave(life, hands)
        assert hands.sees("bob") == []
        assert all(seen.private and not seen.pings for seen in hands.sees("ada"))
    async with life.database.session() as session:
        parked = [row.parked for row in await session.scalars(select(Outgoing)) if row.parked]
    assert parked == []


async def begin(life: Life, hands: Hands) -> None:
    """Asked first; a map, with a stop in the middle; and the wish for a review each week."""
    await hands.say("ada", "map")
    assert "Is that fine with you?" in hands.sees("ada")[-1].words
    async with life.database.session() as session:
        assert (await session.scalars(select(Person))).all() == []
    await hands.press("ada", "Yes, that is fine")
    await draw(life, hands, 15, {"weak-ties": 1})
    assert life.content.areas["weak-ties"].thin in about(hands, "ada", CARD)[-1].words
    await hands.say("ada", "review")
    await hands.press("ada", "Answer")
    await hands.fill("ada", first="Mara <@U1> @everyone", third="The ladder")
    await hands.press("ada", "Send me this once a week")
    assert "The next one comes on" in hands.sees("ada")[-1].words
    await hands.say("ada", "review settings", zone="UTC")  # Slack's profile has another
    await hands.say("ada", "home")
    (home,) = about(hands, "ada", "Home")
    assert life.content.areas["weak-ties"].thin in home.fields["Your community map"]
    assert "2 lines are open." in home.fields["Your weekly review"]
    assert "I may write to you." in home.fields["Your privacy"]


async def draw(life: Life, hands: Hands, minutes: int, others: dict[str, int]) -> None:
    """Level 2 everywhere but in `others`."""
    await hands.press("ada", f"{minutes} minutes")
    for area in life.content.map.areas:
        if area.key == "digital":
            await hands.say("ada", "map")
            assert "Nothing is lost" in hands.sees("ada")[-1].words
        await hands.press("ada", area.levels[others.get(area.key, 2)])


async def keep(life: Life, hands: Hands) -> None:
    """The first two messages: done, changed, written anew."""
    before = count(hands, "ada", REVIEW)
    await until(life, FIRST - SECOND)
    assert count(hands, "ada", REVIEW) == before
    await life.advance(seconds=1)
    assert count(hands, "ada", REVIEW) == before + 1
    await hands.press("ada", "1 · Done")
    await hands.press("ada", "Changed")
    await hands.press("ada", "Answer")
    await hands.fill("ada", second="Tea with Jon")
    assert "The next one comes on" in about(hands, "ada", "Written down")[-1].words


async def put_off(life: Life, hands: Hands) -> None:
    """Later today: it comes once more, in a process that never showed it."""
    await until(life, sunday(1))
    assert "Tea with Jon" in about(hands, "ada", REVIEW)[-1].words
    await hands.press("ada", "Later today")
    before = count(hands, "ada", REVIEW)
    await until(life, sunday(1) + timedelta(hours=15))
    assert count(hands, "ada", REVIEW) == before + 1
    await hands.press("ada", "Let go")
    await hands.press("ada", "Skip")
    assert count(hands, "ada", "Left out this week") == 1


async def fall_silent(life: Life, hands: Hands) -> None:
    """Three messages, one word that it rests, and nothing more until it is wished for."""
    before = count(hands, "ada", REVIEW)
    await until(life, sunday(7) - timedelta(days=1))
    assert count(hands, "ada", REVIEW) == before + 4
    assert count(hands, "ada", "rests") == 1
    await hands.press("ada", "Send it again")
    assert count(hands, "ada", "Once a week") >= 1


async def look_again(life: Life, hands: Hands) -> None:
    """A second map tells what is different; the ledger and the counts tell it all."""
    await hands.say("ada", "map")
    await draw(life, hands, 30, {})
    assert "Weak ties, 1 then and 2 now" in about(hands, "ada", CARD)[-1].words
    await hands.say("ada", "review ledger")
    assert "The ladder · Changed" in about(hands, "ada", "Your ledger")[-1].words
    await hands.say("ada", "privacy")
    assert "community maps: 2" in hands.sees("ada")[-1].words


async def leave(life: Life, hands: Hands) -> None:
    """Take it all along, delete it while a review is ahead, and begin anew."""
    await hands.say("ada", "privacy export")
    await arrived(hands, "what-is-kept-about-me.json")
    await hands.say("ada", "privacy delete")
    await hands.press("ada", "Yes, delete it all")
    assert count(hands, "ada", "Everything about you is deleted") == 1
    before = count(hands, "ada", REVIEW)
    await until(life, sunday(10))
    assert count(hands, "ada", REVIEW) == before
    async with life.database.session() as session:
        assert (await session.scalars(select(Person))).all() == []
    await hands.press("ada", "Send it again" if "rests" in str(hands.sees("ada")) else "Edit")
    assert "Before we begin" in hands.sees("ada")[-1].title
    await hands.press("ada", "Yes, that is fine")
    await hands.say("ada", "map history")
    assert count(hands, "ada", "No map yet") == 1


async def arrived(hands: Hands, file: str) -> None:
    """Slack takes files by a way of its own, aside."""
    for _ in range(200):
        if any(seen.files == (file,) for seen in hands.sees("ada")):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(hands.sees("ada"))


def test_the_story_as_a_script(tmp_path: Path) -> None:
    told = script(
        STORY.read_text(), tmp_path, "--start", "2026-05-04T18:00", "--tz", "Europe/Berlin"
    )
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr
    assert "!" not in told.stdout.replace("![", "")
