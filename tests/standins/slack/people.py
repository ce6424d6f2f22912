"""A person at the keyboard: types commands, presses buttons, fills forms, and sees what comes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.standins.slack import forms, payloads, views
from tests.standins.slack.blocks import options_faults
from tests.standins.slack.chat import respond
from tests.standins.slack.delivery import Dispatcher
from tests.standins.slack.elements import choices
from tests.standins.slack.forms import Field
from tests.standins.slack.model import Channel, Delivery, Message, Sight, User, View
from tests.standins.slack.reading import Json, elements
from tests.standins.slack.state import State
from tests.standins.slack.web_api import SlackError

RESERVED = (
    "/archive /away /call /collapse /dm /dnd /expand /feed /feedback /help /invite /join /kick "
    "/leave /me /mute /msg /open /part /remind /remove /rename /search /shortcuts /shrug /star "
    "/status /topic /who"
)
"""Slack answers these itself; an app never hears of them."""

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass
class Seen:
    """What one action brought to this person's screen. Messages and views stay live."""

    delivery: Delivery | None = None
    messages: list[Message] = field(default_factory=list)
    view: View | None = None
    errors: dict[str, str] = field(default_factory=dict)
    """What stands in red, by the label of its field."""

    @property
    def failed(self) -> str | None:
        """The error that Slack shows instead of an answer, such as `operation_timeout`."""
        if self.delivery is None or self.delivery.outcome in ("acked", "pending"):
            return None
        return self.delivery.outcome

    @property
    def message(self) -> Message:
        """The newest message that this brought."""
        assert self.messages, f"nothing was said; failed: {self.failed}, errors: {self.errors}"
        return self.messages[-1]

    @property
    def modal(self) -> View:
        """The view that this brought."""
        assert self.view, f"no view came; failed: {self.failed}, errors: {self.errors}"
        return self.view

    @property
    def text(self) -> str:
        return self.message.shown


Place = Message | View | Seen


class Person:
    """Acts as one user. Every action waits for the ack and then for something new to see."""

    def __init__(self, user: User, state: State, dispatcher: Dispatcher) -> None:
        self.user = user
        self.id = user.id
        self.name = user.name
        self._state = state
        self._dispatcher = dispatcher

    def __repr__(self) -> str:
        return f"<Person {self.name}>"

    # What they see

    @property
    def dm(self) -> Channel:
        """The conversation with the bot."""
        return self._state.dm_of(self.user)

    @property
    def dms(self) -> list[Message]:
        """What the bot wrote to this person directly."""
        return self.sees(self.dm)

    @property
    def modal(self) -> View | None:
        """The modal on top."""
        return self.user.modals[-1] if self.user.modals else None

    @property
    def home(self) -> View | None:
        return self.user.home

    def sees(self, channel: Channel | None = None) -> list[Message]:
        """What this person can read in a channel, or anywhere: oldest first, also what no one else
        sees."""
        everywhere = self.user.workspace.channels.values()
        found: list[Message] = []
        for place in everywhere if channel is None else [channel]:
            if place.visible_to(self.user):
                found += place.messages
                found += [m for m in place.ephemeral.values() if m.only_for is self.user]
        return sorted(found, key=lambda message: message.ts)

    # What they do

    def say(self, channel: Channel, text: str) -> Message:
        """Write a message. The app isn't told: it has no scope that reads messages."""
        message = Message(self._state.new_ts(), channel, self.user, text, [])
        self._state.post(message)
        return message

    async def command(self, channel: Channel, name: str, text: str = "") -> Seen:
        """Type a slash command."""
        assert name not in RESERVED.split(), f"{name} belongs to Slack"
        known = self._state.commands
        assert known is None or name in known, f"{name} is not a valid command"
        assert channel.visible_to(self.user), f"{self.name} can't see {channel.name}"
        payload = payloads.command(self._state, self.user, channel, name, text)

        def show(answer: Any) -> None:
            if answer:
                self._show(payload["response_url"], answer, name)

        return await self._act("slash_commands", payload, show)

    async def press(self, place: Place, button: str, *, which: int | None = None) -> Seen:
        """Press a button by its text; `which` (from 1) tells apart those that read the same."""
        place = self._here(place)
        found = [
            (block, element)
            for block, element in elements(place.blocks)
            if element["type"] == "button" and element["text"]["text"] == button
        ]
        assert found, f"no button {button!r}; there are: {place.buttons}"
        assert which or len(found) == 1, f"{len(found)} buttons {button!r}: say which="
        block, element = found[(which or 1) - 1]
        return await self._dispatch(place, block, element, {"type": "button", **_pressed(element)})

    async def choose(
        self, place: Place, option: Any, *, field: str | None = None, query: str | None = None
    ) -> Seen:
        """Choose from a menu, also from an overflow menu or one that asks the app for its options.

        Without `field` it is the first that offers the option; menus that ask the app are asked
        last, for `query` or else for the whole text.
        """
        place = self._here(place)
        if field is None and (found := _in_overflow(place.blocks, option)):
            block, element, picked = found
            answer = {"type": "overflow", "selected_option": picked}
            return await self._dispatch(place, block, element, answer)
        if field is not None:
            menu = forms.find(place.blocks, field)
            return await self._set(
                place, menu, option, await self._offered(place, menu, option, query)
            )
        menus = [f for f in forms.fields(place.blocks) if f.options or f.external]
        for menu in sorted(menus, key=lambda menu: menu.external):
            offered = await self._offered(place, menu, option, query)
            if option in [o["text"]["text"] for o in offered]:
                return await self._set(place, menu, option, offered)
        labels = [menu.label for menu in menus]
        raise AssertionError(f"no menu offers {option!r}; menus: {labels}")

    async def suggestions(self, place: Place, field: str, query: str = "") -> list[str]:
        """The options that the app offers while this person types into an external select."""
        place = self._here(place)
        offered = await self._ask(place, forms.find(place.blocks, field), query)
        return [option["text"]["text"] for option in offered]

    async def fill(
        self, view: View | Seen, answers: Mapping[str, Any] | None = None, /, **named: Any
    ) -> None:
        """Fill in fields, found by label, block id or action id, without sending the form."""
        place = self._here(view)
        for name, value in {**(answers or {}), **named}.items():
            menu = forms.find(place.blocks, name)
            await self._set(place, menu, value, await self._offered(place, menu, value))

    async def submit(
        self, view: View | Seen, answers: Mapping[str, Any] | None = None, /, **named: Any
    ) -> Seen:
        """Fill in fields and send the form. What Slack's client refuses isn't sent at all."""
        modal = self._here(view)
        assert isinstance(modal, View)
        assert modal.body["type"] == "modal", "only modals can be submitted"
        await self.fill(modal, answers, **named)
        modal.errors = forms.faults(modal.blocks, modal.values)
        if modal.errors:
            return Seen(view=modal, errors=modal.red)
        payload = payloads.submission(self._state, modal, self._response_urls(modal))
        mark = len(self._state.sights)
        delivery = await self._dispatcher.interact("interactive", payload)
        if delivery.outcome == "acked":
            views.answer_submission(self._state, modal, delivery.answer)
        else:
            modal.errors = {"": TROUBLE}
        if modal.errors:
            return Seen(delivery, view=modal, errors=modal.red)
        await self._look(mark)
        return self._seen(mark, delivery)

    async def close(self, view: View | Seen, *, everything: bool = False) -> Seen:
        """Close a modal, or with `everything` the whole stack of modals."""
        modal = self._here(view)
        assert isinstance(modal, View)
        everything = everything or bool(modal.body.get("clear_on_close"))
        gone = list(self.user.modals) if everything else [modal]
        views.close(self._state, gone[0])
        seen = Seen()
        for closed in reversed(gone):
            if closed.body.get("notify_on_close"):
                payload = payloads.closing(self._state, closed, cleared=everything)
                seen = await self._act("interactive", payload)
        return seen

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Seen:
        """Use a global shortcut, or with `message` one from that message's menu."""
        if message:
            self._here(message)
        payload = payloads.shortcut(self._state, self.user, callback_id, message)
        return await self._act("interactive", payload)

    async def use(self, label: str, message: Message) -> Seen:
        """Pick a shortcut of the manifest by its name, from a message's menu."""
        found = self._state.shortcuts.get(label)
        assert found, f"no shortcut {label!r}; there are {sorted(self._state.shortcuts)}"
        assert found["type"] == "message", f"{label!r} is not in the menu of messages"
        assert message.only_for is None, "messages that only one person sees have no such menu"
        return await self.shortcut(found["callback_id"], message)

    async def open_home(self) -> Seen:
        """Open the app's home tab and wait until it is drawn."""
        mark, state = len(self._state.sights), self._state
        event = payloads.home_opened(state, self.user)
        delivery = self._dispatcher.soon(payloads.event(state, self.user.workspace, event))
        patience = state.rules.ack + state.rules.patience

        def drawn() -> bool:
            mine = [sight for sight in state.sights[mark:] if sight.viewer is self.user]
            return bool(mine) or delivery.outcome != "pending"

        await state.until(drawn, patience)
        if delivery.outcome == "acked":
            await self._look(mark)
        seen = self._seen(mark, delivery)
        seen.view = self.user.home
        return seen

    # How it travels

    async def _act(
        self,
        kind: Literal["slash_commands", "interactive"],
        payload: Json,
        answered: Callable[[Any], None] | None = None,
    ) -> Seen:
        mark = len(self._state.sights)
        delivery = await self._dispatcher.interact(kind, payload)
        if delivery.outcome == "acked":
            if answered:
                answered(delivery.answer)
            await self._look(mark)
        return self._seen(mark, delivery)

    async def _dispatch(self, place: Message | View, block: Json, element: Json, did: Json) -> Seen:
        ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
        payload = payloads.block_action(self._state, self.user, place, {**did, **ids})
        return await self._act("interactive", payload)

    async def _set(
        self, place: Message | View, field: Field, value: Any, offered: list[Json]
    ) -> Seen:
        """Answer a field. One text adds to what a field of many holds; a list replaces it."""
        answers = self._values(place)[field.block["block_id"]]
        held = answers[field.element["action_id"]][field.key]
        kept = [item for item in held if isinstance(item, dict)] if field.many else []
        if kept and isinstance(value, str):
            value = [*(option["text"]["text"] for option in kept), value]
        answer = answers[field.element["action_id"]] = field.answer(value, [*offered, *kept])
        if not field.sends:
            return Seen(view=place if isinstance(place, View) else None)
        return await self._dispatch(place, field.block, field.element, answer)

    async def _offered(
        self, place: Message | View, field: Field, value: Any, query: str | None = None
    ) -> list[Json]:
        """The options of a menu; one that asks the app is asked for `query`, or for each text."""
        if not field.external:
            return field.options
        texts = value if isinstance(value, list) else [value]
        asked = [query] if query is not None else texts
        return [option for text in asked for option in await self._ask(place, field, text)]

    async def _ask(self, place: Message | View, field: Field, query: str) -> list[Json]:
        least = field.element.get("min_query_length", 3)
        if len(query) < least:
            return []
        payload = payloads.suggestion(
            self._state, self.user, place, field.block, field.element, query
        )
        delivery = await self._dispatcher.interact("interactive", payload)
        if delivery.outcome != "acked":
            return []
        if faults := options_faults(delivery.answer):
            self._state.problem("bad_options", "; ".join(faults))
            return []
        return choices(delivery.answer)

    def _show(self, response_url: str, answer: Any, where: str) -> None:
        to = self._state.response_urls[response_url.removeprefix(self._state.origin)]
        try:
            respond(self._state, to, answer, where)
        except SlackError as refusal:
            said = "; ".join([where, *refusal.body.get("errors", [])])
            self._state.problem(refusal.error, said)

    def _response_urls(self, modal: View) -> list[Json]:
        """Where a submission may be answered: the conversations chosen in fields that allow it."""
        urls = []
        for menu in forms.fields(modal.blocks):
            ids = {"block_id": menu.block["block_id"], "action_id": menu.element["action_id"]}
            chosen = modal.values[ids["block_id"]][ids["action_id"]][menu.key]
            if menu.element.get("response_url_enabled") and chosen:
                channel = self.user.workspace.channels[chosen]
                made = self._state.new_response_url(self.user, channel)
                urls.append({**ids, "channel_id": channel.id, "response_url": made.url})
        return urls

    # What is on the screen

    def _here(self, place: Place) -> Message | View:
        """The message or view itself, if this person really has it before them."""
        if isinstance(place, Seen):
            place = place.view or place.message
        if isinstance(place, View):
            shown = place is self.user.home or place is self.modal
            assert shown, f"{self.name} doesn't have {place.title!r} on top"
        else:
            assert not place.deleted, "the message is gone"
            assert place.only_for in (None, self.user), "only someone else sees this message"
            assert place.channel.visible_to(self.user), "the message is in a channel out of sight"
        return place

    def _values(self, place: Message | View) -> dict[str, Json]:
        if isinstance(place, View):
            return place.values
        draft = forms.start(place.blocks, place.drafts.get(self.user.id))
        place.drafts[self.user.id] = draft
        return draft

    def _news(self, mark: int) -> list[Sight]:
        """What has changed on this person's screen; a modal that closes is no news."""
        return [s for s in self._state.sights[mark:] if s.change != "closed" and self._for_me(s)]

    def _for_me(self, sight: Sight) -> bool:
        if sight.viewer:
            return sight.viewer is self.user
        return sight.channel is not None and sight.channel.visible_to(self.user)

    async def _look(self, mark: int) -> None:
        """Wait for something new, and then until the screen stays as it is for a moment."""
        rules, seen = self._state.rules, 0
        for within in (rules.patience, *[rules.settle] * 10):

            def more(seen: int = seen) -> bool:
                return len(self._news(mark)) > seen

            if not await self._state.until(more, within):
                return
            seen = len(self._news(mark))

    def _seen(self, mark: int, delivery: Delivery) -> Seen:
        things = list(dict.fromkeys(sight.thing for sight in self._news(mark)))
        messages = [thing for thing in things if isinstance(thing, Message) and not thing.deleted]
        shown = [thing for thing in things if isinstance(thing, View) and thing.open]
        return Seen(delivery, messages, shown[-1] if shown else None)


def _pressed(button: Json) -> Json:
    return {key: button[key] for key in ("text", "value", "style") if key in button}


def _in_overflow(blocks: list[Json], text: Any) -> tuple[Json, Json, Json] | None:
    for block, element in elements(blocks):
        if element["type"] == "overflow":
            for option in element["options"]:
                if option["text"]["text"] == text:
                    return block, element, option
    return None
