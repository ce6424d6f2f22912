"""People: the test's hands. What a person types, presses, picks and fills in, and what they see."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import events
from .bits import Permission
from .events import ScheduledEvent
from .interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    DEFER,
    MODAL,
    SUBMIT,
    Choice,
    Interaction,
    Interactions,
)
from .limits import FILE_BYTES
from .messages import File, Message, compose, remove
from .screen import (
    Impossible,
    button_data,
    command_data,
    form_data,
    form_fields,
    menu_data,
    person_menu_data,
)
from .state import Channel, Guild, Json, Member, User


class NotAnswered(AssertionError):
    """The person reads "The application did not respond"."""

    def __init__(self, interaction: Interaction, words: str) -> None:
        tried = "".join(f"\n  the bot tried, and Discord said: {r}" for r in interaction.refusals)
        super().__init__(f"{interaction!r} {words}{tried}")
        self.interaction = interaction


@dataclass(eq=False)
class Modal:
    """A form on someone's screen."""

    interaction: Interaction
    form: Json

    @property
    def title(self) -> str:
        return self.form["title"]

    @property
    def custom_id(self) -> str:
        return self.form["custom_id"]

    @property
    def fields(self) -> dict[str, Any]:
        """The questions, and what stands in them already."""
        return {name: part.get("value") for name, part in form_fields(self.form).items()}


Reply = Message | Modal | None
"""What a person sees in the end: a message (new, or changed in place), a form, or nothing."""


@dataclass(eq=False, repr=False)
class Person(User):
    desk: Interactions = field(kw_only=True)

    @property
    def dm(self) -> Channel:
        """Their direct messages with the bot."""
        return self.world.dm(self)

    @property
    def dms(self) -> list[Message]:
        return self.reads(self.dm)

    def reads(self, channel: Channel) -> list[Message]:
        """What they see in a channel, private messages included, oldest first."""
        return [message for message in channel.log.values() if self.sees(message)]

    def sees(self, message: Message) -> bool:
        channel = message.channel
        if message.deleted or message.seen_by not in (None, self):
            return False
        if channel.guild is None:
            return channel.recipient is self
        member = channel.guild.members.get(self.id)
        return bool(member and member.permissions(channel) & Permission.VIEW_CHANNEL)

    async def command(self, channel: Channel, name: str, /, **options: Any) -> Reply:
        """`/name` with its options; a subcommand is written `"event create"`."""
        member = self._member(channel, Permission.USE_APPLICATION_COMMANDS)
        data = command_data(channel, member, name, options)
        return await self._seen(await self._do(COMMAND, channel, data))

    def attach(self, name: str, data: bytes, content_type: str = "text/csv") -> File:
        """A file from their device, to give as an option of a command."""
        if not 0 < len(data) <= FILE_BYTES:
            raise Impossible(f"{name} has {len(data):,} bytes; people can upload {FILE_BYTES:,}.")
        return self.world.cdn.put(name, data, content_type)

    async def use_menu(self, channel: Channel, name: str, whom: User) -> Reply:
        """Pick an entry of the app's from the menu of somebody's name."""
        member = self._member(channel, Permission.USE_APPLICATION_COMMANDS)
        data = person_menu_data(channel, member, name, whom)
        return await self._seen(await self._do(COMMAND, channel, data))

    async def type_option(
        self, channel: Channel, name: str, option: str, text: str, /, **others: Any
    ) -> list[Choice]:
        """What is offered while they type `text` into an option with autocomplete."""
        member = self._member(channel, Permission.USE_APPLICATION_COMMANDS)
        data = command_data(channel, member, name, {**others, option: text}, option)
        return (await self._do(AUTOCOMPLETE, channel, data)).choices or []

    async def press(self, message: Message, label: str) -> Reply:
        """The button of this label."""
        self._look_at(message)
        data = button_data(message, label)
        return await self._seen(await self._do(COMPONENT, message.channel, data, message))

    async def choose(self, message: Message, *picks: Any, menu: str | None = None) -> Reply:
        """Pick from a menu: labels, or the users, roles and channels themselves."""
        self._look_at(message)
        data = menu_data(message, picks, menu)
        return await self._seen(await self._do(COMPONENT, message.channel, data, message))

    async def submit(self, modal: Modal, /, **answers: Any) -> Reply:
        """Fill in a form and send it: `title=…` answers the question "Title"."""
        opened = modal.interaction
        data = form_data(modal.form, answers, opened.channel)
        return await self._seen(await self._do(SUBMIT, opened.channel, data, opened.source))

    def say(self, channel: Channel, text: str) -> Message:
        """An ordinary message."""
        self._member(channel, Permission.SEND_MESSAGES)
        return compose(channel, self, {"content": text}, {})

    def delete(self, message: Message) -> None:
        """As the server's moderator."""
        remove(message)

    # Scheduled events, as the server's own calendar offers them

    def schedule(
        self,
        guild: Guild,
        name: str,
        starts: datetime,
        ends: datetime | None = None,
        *,
        location: str | None = None,
        channel: Channel | None = None,
        description: str | None = None,
    ) -> ScheduledEvent:
        body: Json = {
            "name": name,
            "description": description,
            "privacy_level": 2,
            "scheduled_start_time": starts.isoformat(),
            "scheduled_end_time": ends and ends.isoformat(),
            "entity_type": events.EXTERNAL,
        }
        if channel:
            kind = events.IN_VOICE if channel.kind == 2 else events.IN_STAGE
            body |= {"entity_type": kind, "channel_id": str(channel.id)}
        else:
            body["entity_metadata"] = {"location": location}
        return events.create(guild, self, body)

    def reschedule(self, event: ScheduledEvent, starts: datetime, ends: datetime) -> None:
        body = {"scheduled_start_time": starts.isoformat(), "scheduled_end_time": ends.isoformat()}
        events.change(event, body)

    def start(self, event: ScheduledEvent) -> None:
        events.change(event, {"status": events.ACTIVE})

    def end(self, event: ScheduledEvent) -> None:
        events.change(event, {"status": events.COMPLETED})

    def call_off(self, event: ScheduledEvent) -> None:
        events.change(event, {"status": events.CANCELED})

    def delete_event(self, event: ScheduledEvent) -> None:
        events.delete(event)

    def interested(self, event: ScheduledEvent, yes: bool = True) -> None:
        event.mark(self, yes)

    # How it is done

    def _member(self, channel: Channel, permission: int) -> Member | None:
        """Them in this channel's guild, with the permission to do something there."""
        if channel.guild is None:
            if channel.recipient is not self:
                raise Impossible(f"{self} can't see {channel}.")
            return None
        member = channel.guild.members.get(self.id)
        wanted = permission | Permission.VIEW_CHANNEL
        if member is None or member.permissions(channel) & wanted != wanted:
            raise Impossible(f"{self} may not do this in {channel}.")
        if self.world.bot.id not in channel.guild.members:
            raise Impossible(f"The bot is no longer in {channel.guild}.")
        return member

    def _look_at(self, message: Message) -> None:
        if not self.sees(message):
            raise Impossible(f"{self} doesn't see {message!r}.")

    async def _do(
        self, kind: int, channel: Channel, data: Json, source: Message | None = None
    ) -> Interaction:
        interaction = Interaction(self.world, kind, self, channel, data, source)
        self.desk.begin(interaction)
        try:
            async with asyncio.timeout(self.desk.answer_within):
                await interaction.answered
        except TimeoutError:
            interaction.expired = True
            words = f"was not answered within {self.desk.answer_within:g} s."
            raise NotAnswered(interaction, words) from None
        return interaction

    async def _seen(self, interaction: Interaction) -> Reply:
        if interaction.answer == MODAL and interaction.modal:
            return Modal(interaction, interaction.modal)
        message = interaction.original
        if interaction.answer == DEFER and message:
            try:
                await self.world.until(lambda: not message.loading or message.deleted)
            except TimeoutError:
                raise NotAnswered(interaction, "still says that it is thinking.") from None
            if message.deleted:
                return interaction.followups[-1] if interaction.followups else None
        return message
