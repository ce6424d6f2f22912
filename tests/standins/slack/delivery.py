"""From Slack to the app: one try for what a person does, up to four for an event."""

import asyncio
from typing import Any, Literal, Protocol

from tests.standins.slack.model import Attempt, Delivery
from tests.standins.slack.reading import Json
from tests.standins.slack.state import State


class NotAcked(Exception):
    """The app didn't take it: `timeout` (`http_timeout`), `http_error`, `connection_failed`."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        """The app said that it must not be sent again."""


class Transport(Protocol):
    """Socket Mode or HTTP."""

    async def attempt(self, delivery: Delivery, attempt: Attempt) -> Any:
        """Send once and return what the ack carried, or raise NotAcked."""


def takes_answer(delivery: Delivery) -> bool:
    """Whether the ack may say more than "seen" (`accepts_response_payload` in Socket Mode)."""
    answered = ("view_submission", "block_suggestion")
    return delivery.kind == "slash_commands" or delivery.payload.get("type") in answered


class Dispatcher:
    """Sends and keeps the record."""

    def __init__(self, state: State, transport: Transport) -> None:
        self._state = state
        self._transport = transport
        self._tasks: set[asyncio.Task[None]] = set()

    async def interact(
        self, kind: Literal["slash_commands", "interactive"], payload: Json
    ) -> Delivery:
        """Hand over a command or an interaction. What isn't acked in time has failed: the person
        sees an error, and Slack doesn't try again."""
        delivery = self._new(kind, payload)
        if missed := await self._try(delivery, 0, ""):
            slow = missed.reason.endswith("timeout")
            delivery.outcome = "operation_timeout" if slow else "dispatch_failed"
            what = payload.get("command") or payload.get("type")
            self._state.problem(delivery.outcome, f"{what}: {missed.reason}")
        self._state.touch()
        return delivery

    async def event(self, payload: Json) -> Delivery:
        """Hand over an event, again and again until it is acked or Slack gives up."""
        delivery = self._new("events_api", payload)
        await self._until_acked(delivery)
        return delivery

    def soon(self, payload: Json) -> Delivery:
        """Hand over an event in the background."""
        delivery = self._new("events_api", payload)
        task = asyncio.create_task(self._until_acked(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until_acked(self, delivery: Delivery) -> None:
        missed = await self._try(delivery, 0, "")
        for number, delay in enumerate(self._state.rules.event_retries, start=1):
            if missed is None or missed.final:
                break
            await asyncio.sleep(delay)
            missed = await self._try(delivery, number, missed.reason)
        if missed:
            delivery.outcome = "dispatch_failed"
            what = delivery.payload["event"]["type"]
            self._state.problem("event_lost", f"{what}: {missed.reason}")
        self._state.touch()

    def _new(self, kind: Any, payload: Json) -> Delivery:
        delivery = Delivery(kind, payload)
        self._state.deliveries.append(delivery)
        return delivery

    async def _try(self, delivery: Delivery, number: int, reason: str) -> NotAcked | None:
        attempt = Attempt(number, reason)
        delivery.attempts.append(attempt)
        try:
            delivery.answer = await self._transport.attempt(delivery, attempt)
        except NotAcked as missed:
            attempt.missed = missed.reason
            return missed
        delivery.outcome = "acked"
        if delivery.answer and not takes_answer(delivery):
            what = delivery.payload.get("type") or delivery.kind
            self._state.problem("answer_ignored", f"the ack of {what} takes no content")
        return None


def late(state: State, delivery: Delivery, attempt: Attempt, seconds: float) -> None:
    """An ack that came after Slack had stopped waiting."""
    attempt.seconds = seconds
    what = delivery.payload.get("command") or delivery.payload.get("type")
    state.problem("late_ack", f"{what}: after {seconds:.2f} s")
    state.touch()
