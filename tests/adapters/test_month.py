"""One month in a community, through the hands of each platform, with a restart in the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from sqlalchemy import select

from bot.actions import Role
from bot.content import Content
from bot.db import Database
from bot.outbox import Outgoing
from tests.adapters.discord_hands import DiscordHands
from tests.adapters.hands import Hands, Seen
from tests.adapters.local_hands import LocalHands
from tests.adapters.process import Life, on_discord, on_local, on_slack
from tests.adapters.slack_hands import SlackHands
from tests.standins.discord import Discord
from tests.standins.slack import Slack

STARTS = datetime(2026, 5, 8, 18, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)
RETRO = ENDS + timedelta(hours=48)
SECOND = timedelta(seconds=1)


class Start(Protocol):
    """Begin a process of the bot: the database and what people see last longer than it."""

    def __call__(self) -> AbstractAsyncContextManager[Hands]: ...


@pytest.fixture
def life(content: Content, database: Database) -> Life:
    return Life(content, database)


@pytest.fixture
def local(life: Life) -> Start:
    before: list[LocalHands] = []

    @asynccontextmanager
    async def start() -> AsyncIterator[Hands]:
        before.append(on_local(life, before[-1] if before else None))
        yield before[-1]

    return start


@pytest.fixture
async def discord(life: Life) -> AsyncIterator[Start]:
    async with Discord() as discord:
        hands = DiscordHands(discord)

        @asynccontextmanager
        async def start() -> AsyncIterator[Hands]:
            async with on_discord(life, discord, hands):
                yield hands

        yield start


@pytest.fixture
async def slack(life: Life) -> AsyncIterator[Start]:
    async with Slack() as slack:
        before: list[SlackHands] = []

        @asynccontextmanager
        async def start() -> AsyncIterator[Hands]:
            async with on_slack(life, slack, before[0] if before else None) as hands:
                before[:] = [hands]
                yield hands

        yield start
        assert slack.problems == []


@pytest.fixture(params=["local", "discord", "slack"])
def start(request: pytest.FixtureRequest) -> Start:
    found: Start = request.getfixturevalue(request.param)
    return found


def about(hands: Hands, who: str, words: str) -> list[Seen]:
    """What they see whose title has these words."""
    return [each for each in hands.sees(who) if words in each.title]


def count(hands: Hands, who: str, words: str) -> int:
    return len(about(hands, who, words))


async def until(life: Life, moment: datetime) -> None:
    await life.advance(seconds=(moment - life.now).total_seconds())


async def test_a_month(life: Life, start: Start) -> None:
    async with start() as hands:
        await plan(life, hands)
        await remind(life, hands)
        await gather(life, hands)
    async with start() as hands:
        await look_back(life, hands)
        await follow_up(life, hands)
        await weeks(life, hands)
    async with life.database.session() as session:
        parked = [row.parked for row in await session.scalars(select(Outgoing)) if row.parked]
    assert parked == []


async def plan(life: Life, hands: Hands) -> None:
    await hands.join("olga", Role.ORGANISER)
    for member in ("ada", "bob", "eve"):
        await hands.join(member)
    await hands.say("olga", "week here")
    asked = {"title": "Demo night", "when": "Friday 18:30", "minutes": "2h", "place": "Mill"}
    await hands.say("olga", "event create", **asked)
    assert count(hands, "olga", "Is this right?") == 1
    await hands.press("olga", "Yes, announce it")
    await life.advance(seconds=20)
    await agree(life, hands, "olga")
    for who, answer in (("ada", "Coming"), ("bob", "Coming"), ("eve", "Maybe")):
        await hands.press(who, answer)
        await agree(life, hands, who)
    await life.advance(seconds=30)
    (card,) = [each for each in hands.sees("eve") if not each.private]
    assert "Demo night" in card.title
    assert "2" in card.words.split("Mill", 1)[1]


async def agree(life: Life, hands: Hands, who: str) -> None:
    """They are asked once, with the first thing that is kept for them, and it says what for."""
    (asked,) = [each for each in hands.sees(who) if "May I write to you?" in each.fields]
    assert asked.private
    assert "I read no messages" in asked.words
    await hands.press(who, "Yes, write to me")
    assert hands.sees(who)[-1].title == "Thank you"


async def remind(life: Life, hands: Hands) -> None:
    """A day and an hour before, directly, to those alone who said that they come."""
    for before, words in ((24, "tomorrow"), (1, "in an hour")):
        await until(life, STARTS - timedelta(hours=before) - SECOND)
        assert [count(hands, who, words) for who in ("ada", "bob", "eve")] == [0, 0, 0]
        await life.advance(seconds=1)
        assert [count(hands, who, words) for who in ("ada", "bob", "eve")] == [1, 1, 0]
        assert about(hands, "ada", words)[0].private


async def gather(life: Life, hands: Hands) -> None:
    await until(life, STARTS)
    await hands.say("olga", "event checkin")
    await hands.press("olga", "Open the button in the channel")
    await life.advance(seconds=1)
    assert count(hands, "eve", "Welcome to Demo night") == 1
    for who in ("ada", "eve"):
        await hands.press(who, "I am here")
        assert count(hands, who, "You are checked in") == 1
    await until(life, ENDS + timedelta(hours=13))  # the host sleeps before
    assert count(hands, "olga", "Who came?") == 1
    await hands.press("olga", "Say who came")
    await hands.press("olga", "Close the event")
    (closed,) = about(hands, "olga", "Closed: Demo night")
    assert closed.text.startswith("Here: 2. Not here: 0. Not known: 1.")
    await hands.press("olga", "The rest did not come")
    await hands.press("olga", "Undo “did not come”")
    await hands.press("olga", "Save again")
    (closed,) = about(hands, "olga", "Closed: Demo night")
    assert closed.text.startswith("Here: 2. Not here: 0. Not known: 1.")


async def look_back(life: Life, hands: Hands) -> None:
    """The retro's card comes 48 hours after the end, to the second."""
    question = "what should the hosts know?"
    await until(life, RETRO - SECOND)
    assert count(hands, "ada", question) == 0
    await life.advance(seconds=1)
    (card,) = about(hands, "ada", question)
    assert not card.private
    assert len(card.fields) == 3
    await hands.press("ada", "Answer")
    await hands.fill("ada", first="The table by the window")
    assert "Thank" in hands.sees("ada")[-1].words
    assert "window" not in str(hands.sees("bob"))


async def follow_up(life: Life, hands: Hands) -> None:
    """One is due within 72 hours; the host is reminded once, with a third of them left."""
    await until(life, ENDS + timedelta(hours=60))
    assert count(hands, "olga", "A message to write") == 1
    await hands.say("olga", "followups")
    await hands.press("olga", "Done")
    await until(life, ENDS + timedelta(days=10))
    assert count(hands, "olga", "A message to write") == 1
    assert count(hands, "olga", "Retro: Demo night") == 1


async def weeks(life: Life, hands: Hands) -> None:
    await until(life, datetime(2026, 6, 1, 10, tzinfo=UTC))
    posts = [each.title for each in about(hands, "eve", "Principle of the week: ")]
    assert len(posts) == len(set(posts)) == 4
    for words, seen in (("tomorrow", 1), ("in an hour", 1), ("what should the hosts know?", 1)):
        assert count(hands, "bob", words) == seen
    assert [each.private for each in hands.sees("bob") if "Demo night" in each.title].count(
        False
    ) == 3


async def test_a_weekly_review(life: Life, start: Start) -> None:
    """Asked first, written, sent each week from then on, and settled with one press."""
    sunday = datetime(2026, 5, 10, 18, tzinfo=UTC)
    async with start() as hands:
        await hands.join("ada")
        await hands.join("bob")
        await hands.say("ada", "review")
        await hands.press("ada", "Yes, that is fine")
        await hands.press("ada", "Answer")
        form = hands.form("ada")
        assert form
        assert len(form.labels) == len(life.content.review.questions)
        await hands.fill("ada", first="Mara <@U1> @everyone", third="The ladder")
        (kept,) = about(hands, "ada", "Written down")
        assert "The ladder" in kept.words
        await hands.resend("ada")
        assert count(hands, "ada", "Written down") == 1
        await hands.press("ada", "Send me this once a week")
        await hands.say("ada", "review settings", day="Sunday", hour="17", zone="UTC")
        assert "Sundays at 17:00" in about(hands, "ada", "Settings of your")[0].words
        await hands.press("ada", "Change")
        await hands.fill("ada", hour="18")
        assert "Sundays at 18:00" in about(hands, "ada", "Settings of your")[-1].words
    async with start() as hands:
        await until(life, sunday - SECOND)
        before = count(hands, "ada", "Your weekly review")
        await life.advance(seconds=1)
        assert count(hands, "ada", "Your weekly review") == before + 1
        asked = about(hands, "ada", "Your weekly review")[-1]
        assert asked.private
        assert not asked.pings
        assert "The ladder" in asked.words
        assert "4 weeks" in asked.options
        await hands.press("ada", "1 · Done")
        settled = about(hands, "ada", "Your weekly review")[-1]
        assert "The ladder" in settled.words
        assert "Done" in settled.buttons
        await hands.press("ada", "Done")
        await hands.press("ada", "Answer")
        await hands.fill("ada", second="Tea")
        await hands.say("ada", "review ledger")
        (ledger,) = about(hands, "ada", "Your ledger")
        assert "The ladder · Done" in ledger.words
        await hands.press("ada", "Save as a file")
        for _ in range(200):  # Slack takes files by a way of its own, aside
            if any(seen.files == ("my-weekly-reviews.txt",) for seen in hands.sees("ada")):
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError(hands.sees("ada"))
        assert "ladder" not in str(hands.sees("bob"))
