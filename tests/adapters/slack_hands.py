"""The Slack adapter on its strict stand-in, behind the contract suite's hands."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from adapters.slack import SlackPlatform
from adapters.slack.manifest import as_typed, manifest
from bot.actions import Role
from bot.app import App
from bot.platform import Platform
from tests.adapters.hands import Seen, SeenForm, newest
from tests.standins.slack import Delivery, Message, Person, Slack, View
from tests.standins.slack.forms import Field, fields
from tests.standins.slack.reading import elements

Json = dict[str, Any]


def platform_on(slack: Slack, **more: Any) -> SlackPlatform:
    """The adapter as this Slack expects it: by Socket Mode or by HTTP."""
    way = (
        {"app_token": slack.app_token}
        if slack.mode == "socket"
        else {"signing_secret": slack.signing_secret, "port": 0}
    )
    return SlackPlatform(**{"bot_token": slack.bot_token, "api_url": slack.base_url, **way, **more})


@asynccontextmanager
async def connected(
    slack: Slack, app_on: Callable[[Platform], App]
) -> AsyncIterator[SlackPlatform]:
    """The adapter at work, and shut down in the end as on SIGTERM."""
    platform = platform_on(slack)
    platform.connect(app_on(platform))
    task = asyncio.create_task(platform.run())
    ready = asyncio.create_task(platform.ready())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    assert ready.done(), task.result()
    if slack.mode == "http":
        assert await slack.http.verify(f"http://127.0.0.1:{platform.port}/slack/events")
    else:
        await slack.connected()
    try:
        yield platform
    finally:
        task.cancel()
        await asyncio.wait({task})


PATIENCE = 5.0


class SlackHands:
    """People in one workspace's #general."""

    def __init__(self, slack: Slack, platform: SlackPlatform) -> None:
        self.slack = slack
        self.platform = platform
        self.general = slack.channel("general")
        self.people: dict[str, Person] = {}
        self._last: Delivery | None = None

    def person(self, who: str) -> Person:
        if who not in self.people:
            self.people[who] = self.slack.user(who)
        return self.people[who]

    async def join(self, who: str, role: Role = Role.MEMBER) -> None:
        self.person(who).user.admin = role is Role.ORGANISER
        self.platform._members.clear()  # a minute passes

    async def say(self, who: str, command: str, /, **options: object) -> None:
        name, _, sub = as_typed(command).partition(" ")
        named = (f'{option}:"{value}"' for option, value in options.items())
        await self.person(who).command(self.general, f"/{name}", " ".join([sub, *named]).strip())
        await self._settled()

    async def press(self, who: str, label: str) -> None:
        found = (each for each in reversed(self.messages(who)) if label in each.buttons)
        await self.person(who).press(next(found), label)
        await self._settled()

    async def choose(self, who: str, label: str) -> None:
        found = (each for each in reversed(self.messages(who)) if fields(each.blocks))
        await self.person(who).choose(next(found), label)
        await self._settled()

    async def use_on(self, who: str, label: str, whom: str) -> None:
        """Here it stands in the menu of what they wrote."""
        registry = self.platform._listeners._app.registry
        self.slack.install(manifest(registry))
        message = self.person(whom).say(self.general, "Shall I show how it works?")
        await self.person(who).use(label, message)
        await self._settled()

    async def fill(self, who: str, **values: object) -> None:
        modal = self.modal(who)
        known = {field.block["block_id"]: field for field in fields(modal.blocks)}
        answers = {name: _as_shown(known[name], value) for name, value in values.items()}
        seen = await self.person(who).submit(modal, answers)
        self._last = seen.delivery
        await self._settled()

    async def _settled(self) -> None:
        """Slack is answered at once, and what a press leads to comes after."""
        if tasks := set(self.platform._listeners._tasks):
            await asyncio.wait(tasks, timeout=PATIENCE)

    async def resend(self, who: str) -> None:
        assert self._last
        await self.slack.dispatcher.interact("interactive", self._last.payload)

    async def suggestions(self, who: str, command: str, name: str, text: str) -> list[str]:
        await self.say(who, command)
        return await self.person(who).suggestions(self.modal(who), name, text)

    def modal(self, who: str) -> View:
        modal = self.person(who).modal
        assert modal, f"no form is open for {who}"
        return modal

    def messages(self, who: str) -> list[Message]:
        person = self.person(who)
        return sorted([*person.sees(self.general), *person.dms], key=lambda message: message.ts)

    async def tick(self) -> None:
        await self.platform._listeners._app.tick()

    def sees(self, who: str) -> list[Seen]:
        return [seen(message) for message in self.messages(who)]

    def opens(self, who: str, file: str) -> bytes:
        there = (each for message in self.messages(who) for each in message.files)
        return newest(((each.name, each.content) for each in there), file)

    def form(self, who: str) -> SeenForm | None:
        modal = self.person(who).modal
        return _form(modal) if modal else None


def seen(message: Message) -> Seen:
    """The first rich text is the card's text, the others are its fields."""
    text, *named = [drawn(block) for block in _of_type(message.blocks, "rich_text")] or [""]
    menus = [element for _, element in elements(message.blocks) if "options" in element]
    images = _of_type(message.blocks, "image")
    return Seen(
        title="".join(block["text"]["text"] for block in _of_type(message.blocks, "header")),
        text=text,
        fields=dict(field.split("\n", 1) for field in named),
        buttons=tuple(message.buttons),
        options=tuple(option["text"]["text"] for menu in menus for option in menu["options"]),
        private=bool(message.only_for or message.channel.person),
        alt=next((image["alt_text"] for image in images), None),
        files=tuple(file.name for file in message.files),
        pings=bool(message.pings or message.loose_mentions),
    )


def drawn(block: Json) -> str:
    """Rich text as a person reads it."""
    return "\n".join(_part(part) for part in block["elements"])


def _part(part: Json) -> str:
    if part["type"] == "rich_text_list":
        first = part.get("offset", 0) + 1
        ordered = part["style"] == "ordered"
        items = enumerate(part["elements"], start=first)
        return "\n".join(f"{f'{n}.' if ordered else '•'} {_part(item)}" for n, item in items)
    quote = "> " if part["type"] == "rich_text_quote" else ""
    return quote + "".join(_words(span) for span in part["elements"])


def _words(span: Json) -> str:
    if span["type"] == "channel":
        return f"#channel({span['channel_id']})"
    return str(span.get("text") or span["fallback"])


def _of_type(blocks: list[Json], kind: str) -> list[Json]:
    return [block for block in blocks if block["type"] == kind]


def _as_shown(field: Field, value: object) -> str:
    """An option by what it reads, anything else as it is typed."""
    texts = {option["value"]: option["text"]["text"] for option in field.options}
    return str(texts.get(str(value), str(value)))


def _form(modal: View) -> SeenForm:
    known = fields(modal.blocks)
    return SeenForm(
        tuple(field.label for field in known),
        {field.label: answer for field in known if (answer := _filled(modal, field))},
        {f.label: modal.errors[f.block["block_id"]] for f in known if _is_wrong(modal, f)},
    )


def _filled(modal: View, field: Field) -> str:
    answer = modal.values[field.block["block_id"]][field.element["action_id"]][field.key]
    return str(answer["value"] if isinstance(answer, dict) else answer or "")


def _is_wrong(modal: View, field: Field) -> bool:
    return field.block["block_id"] in modal.errors
