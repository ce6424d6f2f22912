"""What people do on Slack, one listener for each kind of it: understand, ask the App, answer.

Slack waits three seconds for the ack. A command is answered in it; a press is acked at once; a form
is handled first, since its ack carries what is wrong with it. What takes longer goes on aside.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack import parse, render
from adapters.slack.api import Api
from adapters.slack.door import Once
from adapters.slack.home import home
from adapters.slack.limits import ACK, EVENT
from adapters.slack.messages import Messages
from adapters.slack.parse import Json, Origin
from bot.app import App
from bot.context import Call
from bot.errors import TryLater, Undeliverable, UserError
from bot.people import Caller, Where
from bot.replies import OpenForm, Refusal, Reply

log = logging.getLogger(__name__)
T = TypeVar("T")

TOO_SLOW = Refusal("Slack gave me three seconds to open the form. Please try once more.")
"""With what was written so far, where there is something."""
DIRECT = 1.0
"""Seconds to find out whether a conversation of two is the one with the bot."""


class Listeners(AsyncMiddleware):
    """Between Bolt and the App.

    A middleware, and the last one: Bolt's own listeners first build everything that a listener
    might ask for, twice over, and answer only after a poll of 10 ms in their default settings.
    """

    def __init__(self, app: App, api: Api, messages: Messages) -> None:
        self._app = app
        self._api = api
        self._messages = messages
        self._events = Once(EVENT)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._by_kind: dict[str, Callable[[Json], Awaitable[BoltResponse]]] = {
            "command": self.on_command,
            "block_actions": self.on_press,
            "view_submission": self.on_form,
            "block_suggestion": self.on_typing,
            "shortcut": self.on_shortcut,
            "message_action": self.on_shortcut,
            "event_callback": self.on_event,
        }

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name for it
    ) -> BoltResponse:
        kind = "command" if "command" in req.body else req.body.get("type", "")
        listener = self._by_kind.get(kind)
        return await (listener(req.body) if listener else next())

    async def finish(self, within: float) -> None:
        """Wait for what goes on aside, for so many seconds."""
        if self._tasks:
            _, pending = await asyncio.wait(self._tasks, timeout=within)
            for task in pending:
                task.cancel()

    # The listeners

    async def on_command(self, body: Json) -> BoltResponse:
        origin = await self._origin(body)
        try:
            call = parse.command(self._app.registry, body, origin)
        except UserError as error:
            return self._said(Refusal(error.says).reply, origin)
        asked = self._ask(call, origin, body["trigger_id"])
        return self._said(await self._in_time(asked, call, origin), origin)

    async def on_press(self, body: Json) -> BoltResponse:
        self._aside(self._pressed(body))
        return _seen()

    async def on_shortcut(self, body: Json) -> BoltResponse:
        self._aside(self._taken(body))
        return _seen()

    async def on_form(self, body: Json) -> BoltResponse:
        call, origin = parse.submission(body)
        outcome = await self._in_time(self._app.run(call), call, origin)
        asked = [block["block_id"] for block in body["view"]["blocks"] if block["type"] == "input"]
        match outcome:
            case Refusal() if asked:
                return _answer(render.errors(outcome, asked))
            case OpenForm():
                view = self._view(outcome, origin)
                return _answer({"response_action": "update", "view": view})
            case Reply() | Refusal():
                self._aside(self._show(outcome, origin))
        return _answer({"response_action": "clear"})

    async def on_typing(self, body: Json) -> BoltResponse:
        call, name, text = parse.suggestion(body)
        return _answer(render.options(await self._app.suggest(call, name, text), text))

    async def on_event(self, body: Json) -> BoltResponse:
        """Slack sends an event again until it is acked; it is answered once."""
        event = body["event"]
        if self._events.first(body["event_id"]):
            if event["type"] == "app_home_opened" and event.get("tab") == "home":
                where = Where("slack", body["team_id"])
                self._aside(self._go_home(Caller(where, event["user"], event["user"])))
            elif event["type"] in ("tokens_revoked", "app_uninstalled"):
                log.warning("Slack: %s in workspace %s", event["type"], body["team_id"])
        return _seen()

    # What they lead to

    async def _pressed(self, body: Json) -> None:
        origin = await self._origin(body)
        if parse.goes_home(body):
            await self._go_home(origin.caller)
        elif call := parse.press(body, origin):
            await self._show(await self._ask(call, origin, body["trigger_id"]), origin)

    async def _taken(self, body: Json) -> None:
        origin = await self._origin(body)
        author = parse.written_by(body)
        call = parse.shortcut(body, origin, await self._name_of(author) if author else "")
        await self._show(await self._ask(call, origin, body["trigger_id"]), origin)

    async def _go_home(self, caller: Caller) -> None:
        drawn = render.message(await home(self._app, caller))
        await self._messages.publish(caller.user, render.home(drawn, first=True))

    async def _ask(self, call: Call, origin: Origin, trigger: str) -> Reply | Refusal | None:
        """What there is to say. A form is opened at once, and says it all."""
        outcome = await self._app.run(call)
        if not isinstance(outcome, OpenForm):
            return outcome
        try:
            view = self._view(outcome, origin)
            await self._api.call(self._api.web.views_open, trigger_id=trigger, view=view)
        except (Undeliverable, TryLater) as error:
            log.warning("A form did not open: %s", error)
            return await self._app.keep_form(call, TOO_SLOW, outcome)
        return None

    def _view(self, asks: OpenForm, origin: Origin) -> Json:
        action = self._app.registry.get(asks.action)
        return render.modal(action, parse.fitted(asks, origin), origin)

    def _said(self, outcome: Reply | Refusal | None, origin: Origin) -> BoltResponse:
        """The ack that answers a command. A picture has to be uploaded first: it comes after."""
        if outcome is None:
            return _seen()
        reply = _as_reply(outcome)
        if reply.card.picture or reply.files:
            self._aside(self._show(reply, origin))
            return _seen()
        public = render.is_public(reply, origin)
        return BoltResponse(status=200, body=render.acknowledged(reply.card, public=public))

    async def _show(self, outcome: Reply | Refusal | None, origin: Origin) -> None:
        if outcome is None:
            return
        try:
            await self._messages.answer(_as_reply(outcome), origin)
        except (Undeliverable, TryLater) as error:
            log.warning("An answer did not arrive: %s", error)

    # Where

    async def _origin(self, body: Json) -> Origin:
        """Commands can be typed in any conversation of two. Only the one with the bot is direct."""
        channel = parse.channel_of(body) or ""
        direct = channel.startswith("D") and await self._is_ours(channel, parse.user_of(body))
        return parse.origin_of(body, direct=direct)

    async def _is_ours(self, channel: str, user: str) -> bool:
        try:
            async with asyncio.timeout(DIRECT):
                return await self._messages.dm_of(user) == channel
        except (Undeliverable, TryLater, TimeoutError):
            return False

    async def _name_of(self, user: str) -> str:
        """What somebody is called here; empty if Slack does not say so soon."""
        try:
            async with asyncio.timeout(DIRECT):
                found = (await self._api.call(self._api.web.users_info, user=user))["user"]
        except (Undeliverable, TryLater, TimeoutError):
            return ""
        profile = found.get("profile") or {}
        names = (found.get("real_name"), profile.get("display_name"), found.get("name"))
        return next(filter(None, names), "")

    # When

    async def _in_time(self, work: Coroutine[Any, Any, T], call: Call, origin: Origin) -> T | None:
        """What comes while Slack waits; None for what comes later and is shown then."""
        task = self._aside(work)
        await asyncio.sleep(0)  # often enough: `/principle` waits for nothing
        if task.done() or (await asyncio.wait({task}, timeout=ACK))[0]:
            return task.result()
        self._aside(self._later(task, call, origin))
        return None

    async def _later(self, task: asyncio.Task[Any], call: Call, origin: Origin) -> None:
        """Slack has closed the form by now, and opens no other one: a button does."""
        outcome = await task
        match outcome:
            case Refusal():
                outcome = await self._app.keep_form(call, outcome)
            case OpenForm():
                outcome = await self._app.keep_form(call, TOO_SLOW, outcome)
        await self._show(outcome, origin)

    def _aside(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Go on with it after the ack, and to its end when the bot stops."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("Answering on Slack failed", exc_info=error)


def _as_reply(outcome: Reply | Refusal) -> Reply:
    return outcome.reply if isinstance(outcome, Refusal) else outcome


def _seen() -> BoltResponse:
    return BoltResponse(status=200)


def _answer(body: Json) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body))
