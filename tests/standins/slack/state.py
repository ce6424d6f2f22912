"""Everything the stand-in knows, in plain sight: tests read it and assert on it."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, TypeVar

from tests.standins.slack.model import (
    APP_ID,
    Channel,
    Delivery,
    File,
    Message,
    Problem,
    Request,
    ResponseUrl,
    Sight,
    Trigger,
    User,
    View,
    Workspace,
)
from tests.standins.slack.reading import Json
from tests.standins.slack.rules import Faults, RateLimits, Rules

T = TypeVar("T")


class State:
    """The world of one app: who it is, the workspaces that installed it, and all that happened."""

    app_id = APP_ID
    signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"
    verification_token = "gIkuvaNzQIHg97ATvDxqgjtO"
    app_token = "xapp-1-A0000000001-1-standin"

    def __init__(self, rules: Rules, *, rate_limits: bool = False) -> None:
        self.rules = rules
        self.rate_limits = RateLimits(on=rate_limits)
        self.faults = Faults()
        self.app_scopes = {"connections:write"}
        self.commands: set[str] | None = None
        """The commands of the manifest; None lets people type any."""
        self.shortcuts: dict[str, dict[str, str]] = {}
        """Those of the manifest, by what people read."""
        self.origin = ""
        self.workspaces: dict[str, Workspace] = {}
        self.views: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.tickets: set[str] = set()
        """Addresses for Socket Mode that were given out and not used yet."""
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.requests: list[Request] = []
        self.deliveries: list[Delivery] = []
        self.problems: list[Problem] = []
        self.sights: list[Sight] = []
        self._count = 0
        self._changed = asyncio.Event()

    def new_id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count:010X}"

    def new_ts(self) -> str:
        self._count += 1
        return f"{int(time.time())}.{self._count % 1_000_000:06d}"

    def problem(self, kind: str, detail: str) -> None:
        self.problems.append(Problem(kind, detail))

    def see(self, change: Any, thing: Message | View, viewer: User | None) -> None:
        """Record a change on a screen and wake whoever is looking."""
        channel = thing.channel if isinstance(thing, Message) else None
        self.sights.append(Sight(change, thing, channel, viewer))
        self.touch()

    def touch(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, truth: Callable[[], T], within: float) -> T | None:
        """Wait until something becomes true, looking again whenever anything changes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not (found := truth()):
                    await self._changed.wait()
                return found
        return None

    def new_trigger(self, user: User, view: View | None = None) -> Trigger:
        trigger = Trigger(f"{self.new_id('')}.{int(time.time())}.standin", user, view)
        self.triggers[trigger.id] = trigger
        return trigger

    def new_response_url(
        self, user: User, channel: Channel, original: Message | None = None
    ) -> ResponseUrl:
        path = f"/response/{user.workspace.id}/{self.new_id('')}"
        made = ResponseUrl(self.origin + path, user, channel, original)
        self.response_urls[path] = made
        return made

    def dm_of(self, user: User) -> Channel:
        """The direct messages between the bot and this person, opened if need be."""
        if user.dm is None:
            workspace = user.workspace
            user.dm = Channel(self.new_id("D"), "directmessage", workspace, person=user)
            user.dm.members = {user.id, workspace.bot.id}
            workspace.channels[user.dm.id] = user.dm
        return user.dm

    def post(self, message: Message) -> None:
        shelf = message.channel.ephemeral if message.only_for else message.channel.posted
        shelf[message.ts] = message
        self.see("posted", message, message.only_for)

    def erase(self, message: Message) -> None:
        message.deleted = True
        message.channel.posted.pop(message.ts, None)
        message.channel.ephemeral.pop(message.ts, None)
        self.see("deleted", message, message.only_for)

    def is_image(self, reference: Json) -> bool:
        """Whether a `slack_file` names a picture that is uploaded, completed and processed."""
        file = self.files.get(reference.get("id", "")) or next(
            (f for f in self.files.values() if reference.get("url") == self.file_url(f)), None
        )
        return file is not None and self.is_ready(file) and file.mimetype.startswith("image/")

    def is_ready(self, file: File) -> bool:
        done = file.completed_at
        return done is not None and time.monotonic() - done >= self.rules.file_ready

    def file_url(self, file: File) -> str:
        return f"{self.origin}/files-pri/{file.workspace.id}-{file.id}/{file.name}"
