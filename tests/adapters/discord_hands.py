"""The Discord adapter on its strict stand-in, behind the contract suite's hands."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.discord import DiscordPlatform
from bot.actions import Role
from tests.adapters.hands import Seen, SeenForm, newest
from tests.standins.discord import Channel, Discord, Guild, Message, Modal, Permission, Person
from tests.standins.discord.interactions import COMMAND
from tests.standins.discord.screen import command_data, person_menu_data

PATIENCE = 5.0
GRANTS = {Role.HOST: Permission.MANAGE_EVENTS, Role.ORGANISER: Permission.MANAGE_GUILD}


@asynccontextmanager
async def running(platform: DiscordPlatform) -> AsyncIterator[DiscordPlatform]:
    """Connected, and shut down in the end as on SIGTERM."""
    task = asyncio.create_task(platform.run())
    ready = asyncio.create_task(platform.ready())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        ready.cancel()
        await task
    try:
        yield platform
    finally:
        task.cancel()
        await asyncio.wait({task})


def platform_on(discord: Discord) -> DiscordPlatform:
    return DiscordPlatform(
        discord.token, discord.api, discord.gateway_url, guild_ready_timeout=0.02
    )


class DiscordHands:
    """People in one server's #general, or in direct messages once they are `in_dms`."""

    platform: DiscordPlatform

    def __init__(self, discord: Discord) -> None:
        self.discord = discord
        self.guild: Guild = discord.guild("Gathering")
        self.general: Channel = self.guild.channel("general")
        self.roles = {role: [self.guild.role(role.people, grant)] for role, grant in GRANTS.items()}
        self.in_dms: set[str] = set()
        self.people: dict[str, Person] = {}
        self.modals: dict[str, Modal] = {}
        self._last: tuple[Modal, dict[str, object]] | None = None

    async def join(self, who: str, role: Role = Role.MEMBER) -> None:
        self.guild.members[self.person(who).id].roles = self.roles.get(role, [])

    async def say(self, who: str, command: str, /, **options: object) -> None:
        person, channel = self.person(who), self.place(who)
        # Not `person.command`: an admin may show a command to whomever they like.
        data = command_data(channel, None, self._as_shown(command), options)
        await self._sees(who, await person._seen(await person._do(COMMAND, channel, data)))

    async def press(self, who: str, label: str) -> None:
        message = self._newest(who, label, "buttons")
        await self._sees(who, await self.person(who).press(message, label))

    async def choose(self, who: str, label: str) -> None:
        message = next(each for each in reversed(self.messages(who)) if each.selects)
        await self._sees(who, await self.person(who).choose(message, label))

    async def use_on(self, who: str, label: str, whom: str) -> None:
        person = self.person(who)
        data = person_menu_data(self.general, None, label, self.person(whom))
        await self._sees(who, await person._seen(await person._do(COMMAND, self.general, data)))

    async def fill(self, who: str, **values: object) -> None:
        self._last = self.modals.pop(who), values
        await self.resend(who)

    async def resend(self, who: str) -> None:
        assert self._last
        modal, values = self._last
        await self._sees(who, await self.person(who).submit(modal, **values))

    async def suggestions(self, who: str, command: str, name: str, text: str) -> list[str]:
        shown = self._as_shown(command)
        choices = await self.person(who).type_option(self.place(who), shown, name, text)
        return [choice.name for choice in choices]

    async def tick(self) -> None:
        await self.platform.app.tick()

    def sees(self, who: str) -> list[Seen]:
        return [seen(message) for message in self.messages(who)]

    def opens(self, who: str, file: str) -> bytes:
        there = (each for message in self.messages(who) for each in message.files)
        return newest(((each.name, each.data) for each in there), file)

    def form(self, who: str) -> SeenForm | None:
        modal = self.modals.get(who)
        if modal is None:
            return None
        filled = {label: value for label, value in modal.fields.items() if value}
        return SeenForm(tuple(modal.fields), filled, {})

    def person(self, who: str) -> Person:
        if who not in self.people:
            self.people[who] = self.discord.user(who)
        return self.people[who]

    def place(self, who: str) -> Channel:
        return self.person(who).dm if who in self.in_dms else self.general

    def messages(self, who: str) -> list[Message]:
        person = self.person(who)
        return sorted(person.reads(self.general) + person.dms, key=lambda message: message.id)

    def _as_shown(self, command: str) -> str:
        action = self.platform.app.registry.get(command)
        shown = self.discord.commands[command.partition(" ")[0]]
        alone = all(option["type"] > 2 for option in shown["options"])
        return command if alone or " " in command else f"{command} {action.bare}"

    def _newest(self, who: str, label: str, kind: str) -> Message:
        for message in reversed(self.messages(who)):
            if label in getattr(message, kind):
                return message
        raise LookupError(f"{who} sees no {label!r}; there is {self.messages(who)}")

    async def _sees(self, who: str, reply: Message | Modal | None) -> None:
        """What comes first may only ask for time: the rest is waited for too."""
        if isinstance(reply, Modal):
            self.modals[who] = reply
        if answering := set(self.platform._door._answering):
            await asyncio.wait(answering, timeout=PATIENCE)


def seen(message: Message) -> Seen:
    (embed,) = message.embeds
    title, text = Drawn(embed["title"]), Drawn(embed.get("description", ""))
    fields = [(Drawn(each["name"]), Drawn(each["value"])) for each in embed.get("fields", ())]
    every = [title, text, *(part for pair in fields for part in pair)]
    return Seen(
        title.text,
        text.text,
        {name.text: value.text for name, value in fields},
        tuple(message.buttons),
        tuple(option["label"] for menu in message.selects for option in menu["options"]),
        message.private or message.channel.guild is None,
        embed.get("image", {}).get("description"),
        tuple(file["filename"] for file in message.data["attachments"]),
        any(message.pings) or any(part.mentions for part in every),
    )


class Drawn:
    """Markdown as Discord's app draws it: the words, and what would look like a mention.

    After https://support.discord.com/hc/en-us/articles/210298617 and the order in which the app's
    own rules are tried; what is escaped is drawn as it is.
    """

    RULES = re.compile(
        r"""
        \\(?P<escaped>[^0-9A-Za-z\s])
        | ```(?:\w+\n)?\n?(?P<fence>.+?)\n?```
        | (?P<ticks>`+)(?P<code>.*?[^`])(?P=ticks)(?!`)
        | <t:(?P<time>\d+)(?::[tTdDfFR])?>
        | <\#(?P<channel>\d+)>
        | (?P<mention><(?:@[!&]?|\#|id:|/[\w -]+:|a?:\w+:)\w+>|@everyone|@here)
        | \[(?P<label>[^\]]+)\]\(<?(?P<link>https?://[^)>\s]+)>?\)
        | (?P<address>https?://\S+)
        | (?P<emoji>:\w+:)
        | (?P<mark>\*\*|__|~~|\|\||\*|(?<!\w)_|_(?!\w))
        | ^(?:\#{1,3}|-\#)\ (?P<heading>)
        | ^>\ (?P<quote>)
        | ^\s*[-*]\ (?P<bullet>)
        """,
        re.VERBOSE | re.DOTALL | re.MULTILINE,
    )

    def __init__(self, markdown: str) -> None:
        self.mentions: list[str] = []
        self.marks: list[str] = []
        self.text = self._drawn(markdown)

    def _drawn(self, markdown: str) -> str:
        return self.RULES.sub(self._one, markdown)

    def _one(self, found: re.Match[str]) -> str:
        kind = found.lastgroup
        if kind == "mention":
            self.mentions.append(found[0])
            return f"@someone({found[0]})"
        if kind == "channel":
            return f"#channel({found[kind]})"
        if kind == "link":
            return self._drawn(found["label"])
        if kind in ("mark", "heading", "address", "emoji"):
            self.marks.append(found[0])
            return found[0] if kind in ("address", "emoji") else ""
        if kind == "bullet":
            return "• "
        return (
            found[kind] if kind in ("escaped", "fence", "code", "quote") else f"({found['time']})"
        )
