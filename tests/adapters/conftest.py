"""The contract suite runs with each platform's hands."""

import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from adapters.discord import door
from adapters.local.workspace import Workspace
from bot.actions import Registry
from bot.app import App
from bot.content import Content
from bot.db import Database
from bot.features import FEATURES
from bot.platform import Platform
from tests.adapters import sample
from tests.adapters.discord_hands import DiscordHands, platform_on, running
from tests.adapters.hands import Hands
from tests.adapters.local_hands import LocalHands
from tests.adapters.slack_hands import SlackHands, connected
from tests.standins.discord import Discord
from tests.standins.discord.interactions import Interactions
from tests.standins.slack import Slack

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no defect: where the three seconds matter, a test sets its own."""
    monkeypatch.setattr(door, "PATIENCE", 10.0)
    monkeypatch.setattr(Interactions, "answer_within", 15.0)


@pytest.fixture
def app_on(content: Content, database: Database) -> Callable[[Platform], App]:
    """An App with all features and the sample one, on the platform under test."""
    ids = (f"{number:016x}" for number in itertools.count(1))

    def make(platform: Platform) -> App:
        return App(
            Registry([*FEATURES, sample.feature]),
            content,
            database,
            [platform],
            clock=lambda: NOW,
            new_id=lambda: next(ids),
        )

    return make


@pytest.fixture
async def local_hands(app_on: Callable[[Platform], App]) -> LocalHands:
    workspace = Workspace(NOW)
    workspace.connect(app_on(workspace))
    return LocalHands(workspace)


@pytest.fixture
async def discord_hands(app_on: Callable[[Platform], App]) -> AsyncIterator[DiscordHands]:
    async with Discord() as discord:
        hands = DiscordHands(discord)
        platform = platform_on(discord)
        platform.connect(app_on(platform))
        async with running(platform) as hands.platform:
            yield hands


@pytest.fixture
async def slack_hands(app_on: Callable[[Platform], App]) -> AsyncIterator[SlackHands]:
    async with Slack() as slack, connected(slack, app_on) as platform:
        yield SlackHands(slack, platform)
        assert slack.problems == []


PLATFORMS = ["local", "discord", "slack"]


@pytest.fixture(params=PLATFORMS)
def hands(request: pytest.FixtureRequest, database: Database) -> Hands:
    """Asks for `database` by name, so that each test runs on both."""
    found: Hands = request.getfixturevalue(f"{request.param}_hands")
    return found
