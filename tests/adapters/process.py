"""A bot whose clock can be moved and whose process can end, on any platform's stand-in."""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from adapters.local.workspace import Workspace
from bot.actions import Registry
from bot.app import App
from bot.content import Content
from bot.db import Database
from bot.features import FEATURES
from bot.platform import Platform
from tests.adapters.discord_hands import DiscordHands, platform_on, running
from tests.adapters.local_hands import LocalHands
from tests.adapters.slack_hands import SlackHands, connected
from tests.standins.discord import Discord
from tests.standins.slack import Slack

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
"""A Monday."""


@dataclass
class Life:
    """What outlives a process: the database, and time."""

    content: Content
    database: Database
    now: datetime = NOW
    app: App = field(init=False)
    moved: list[Callable[[datetime], None]] = field(default_factory=list)
    """Who else has a clock."""

    def app_on(self, *platforms: Platform) -> App:
        self.app = App(
            Registry(FEATURES),
            self.content,
            self.database,
            platforms,
            clock=lambda: self.now,
            new_id=lambda: secrets.token_hex(8),
        )
        return self.app

    async def advance(self, **span: float) -> None:
        """Let time pass. What falls due on the way is delivered at its own moment, in order."""
        end = self.now + timedelta(**span)
        while (due := await self.app.next_due()) and due <= end:
            self._set(max(self.now, due))
            if not await self.app.tick():
                break
        self._set(end)

    def _set(self, now: datetime) -> None:
        self.now = now
        for move in self.moved:
            move(now)


@asynccontextmanager
async def on_discord(life: Life, discord: Discord, hands: DiscordHands) -> AsyncIterator[None]:
    """One process of the bot on Discord, whose clock goes with ours."""

    def move(now: datetime) -> None:
        discord.clock.ahead = now.timestamp() - time.time()

    move(life.now)
    life.moved = [move]
    platform = platform_on(discord)
    platform.connect(life.app_on(platform))
    async with running(platform) as hands.platform:
        yield


@asynccontextmanager
async def on_slack(life: Life, slack: Slack, hands: SlackHands | None) -> AsyncIterator[SlackHands]:
    """One process of the bot on Slack, which has no clock that we could see."""
    life.moved = []
    async with connected(slack, life.app_on) as platform:
        hands = hands or SlackHands(slack, platform)
        hands.platform = platform
        yield hands


def on_local(life: Life, before: LocalHands | None) -> LocalHands:
    """A new process on the same screens."""
    workspace = Workspace(life.now)
    if before:
        workspace.roles = before.workspace.roles
        workspace.messages = before.workspace.messages
        workspace._sent = before.workspace._sent
    workspace.connect(life.app_on(workspace))
    life.moved = [partial(setattr, workspace, "now")]
    return LocalHands(workspace)


@asynccontextmanager
async def on_both(
    life: Life, discord: Discord, slack: Slack
) -> AsyncIterator[tuple[DiscordHands, SlackHands]]:
    """One process of the bot that lives on Discord and on Slack."""
    there = DiscordHands(discord)
    there.platform = platform_on(discord)

    def app_on(platform: Platform) -> App:
        app = life.app_on(there.platform, platform)
        there.platform.connect(app)
        return app

    discord.clock.ahead = life.now.timestamp() - time.time()
    async with connected(slack, app_on) as platform, running(there.platform):
        yield there, SlackHands(slack, platform)
