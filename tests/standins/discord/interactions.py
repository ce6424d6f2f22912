"""Interactions: what a person does, and the rules by which the bot may answer.

The rules: https://discord.com/developers/docs/interactions/receiving-and-responding. An answer
within three seconds, one only; after that the token serves for fifteen minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from .commands import STRING, check_choices
from .components import check_modal
from .faults import ApiError, Faults
from .limits import check_message
from .messages import EPHEMERAL, LOADING, Message, Upload, compose, numbered, remove, revise
from .routes import Call, route
from .state import DM, Channel, Json, User
from .world import World

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
TOKEN_LIVES: Final = 900.0
"""Seconds."""
ATTACHMENT_LIMIT: Final = 10 * 1024 * 1024
_ANSWERS: Final[dict[int, frozenset[int]]] = {
    COMMAND: frozenset({MESSAGE, DEFER, MODAL}),
    COMPONENT: frozenset({MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL}),
    AUTOCOMPLETE: frozenset({CHOICES}),
    SUBMIT: frozenset({MESSAGE, DEFER, DEFER_UPDATE, UPDATE}),
}


class Choice(NamedTuple):
    name: str
    value: Any


@dataclass(eq=False, repr=False)
class Interaction:
    """One thing that one person did, and everything that became of it."""

    world: World
    kind: int
    user: User
    channel: Channel
    data: Json
    source: Message | None = None
    """The message whose button or menu was used, or from which the form was opened."""
    answered: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    answer: int | None = None
    """The type of the first answer."""
    original: Message | None = None
    """The message that `@original` stands for."""
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Choice] | None = None
    refusals: list[ApiError] = field(default_factory=list)
    """What the bot tried here and Discord refused."""
    expired: bool = False
    id: int = 0
    born: float = 0.0

    def __post_init__(self) -> None:
        self.id = self.world.new_id()
        self.born = self.world.clock.now()

    def __repr__(self) -> str:
        return f"<interaction of {self.user} in {self.channel}: {self.data}>"

    @property
    def token(self) -> str:
        return f"aW50ZXJhY3Rpb246{self.id}"

    @property
    def took(self) -> float:
        """Seconds since it began."""
        return self.world.clock.now() - self.born

    @property
    def owners(self) -> Json:
        guild = self.channel.guild
        return {"0": str(guild.id) if guild else "0"}

    def payload(self) -> Json:
        world, channel, guild = self.world, self.channel, self.channel.guild
        body: Json = {
            "id": str(self.id),
            "application_id": str(world.bot.id),
            "type": self.kind,
            "data": self.data,
            "token": self.token,
            "version": 1,
            "channel": channel.payload(),
            "channel_id": str(channel.id),
            "app_permissions": str(world.bot_permissions(channel)),
            "locale": self.user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": self.owners,
            "context": 1 if channel.kind == DM else 0,
            "attachment_size_limit": ATTACHMENT_LIMIT,
        }
        if self.source:
            body["message"] = self.source.data
        if guild is None:
            return body | {"user": self.user.payload()}
        member = guild.members[self.user.id]
        permissions = member.permissions(channel)
        body["channel"]["permissions"] = str(permissions)
        return body | {
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_id": str(guild.id),
            "guild_locale": guild.locale,
            "member": member.payload() | {"permissions": str(permissions)},
        }

    def metadata(self) -> Json:
        """What a message that answers this interaction tells about it."""
        about: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": self.user.payload(),
            "authorizing_integration_owners": self.owners,
        }
        if self.kind == COMPONENT and self.source:
            about["interacted_message_id"] = self.source.data["id"]
        body: Json = {
            "application_id": str(self.world.bot.id),
            "webhook_id": str(self.world.bot.id),
            "interaction_metadata": about,
        }
        if self.kind == COMMAND:
            body["interaction"] = {
                "id": str(self.id),
                "type": self.kind,
                "name": self.data["name"],
                "user": self.user.payload(),
            }
        elif self.source:
            body["message_reference"] = {
                "type": 0,
                "message_id": self.source.data["id"],
                "channel_id": str(self.source.channel.id),
            }
        return body


class Interactions:
    """The endpoints under `/interactions` and `/webhooks`."""

    answer_within = 3.0
    """Seconds a bot has for its first answer."""

    def __init__(self, world: World) -> None:
        self.world = world

    def begin(self, interaction: Interaction) -> None:
        """Tell the bot about it."""
        kept = self.world.interactions
        kept[interaction.token] = interaction
        if len(kept) > self.world.remember:
            kept.popitem(last=False)
        guild = interaction.channel.guild
        self.world.emit("INTERACTION_CREATE", interaction.payload(), guild, 0)

    @route("POST", "/interactions/{interaction}/{token}/callback", exempt=True)
    def answer(self, call: Call) -> Json | None:
        found = self.world.interactions.get(call.where["token"])
        if found is None or str(found.id) != call.where["interaction"]:
            raise ApiError(404, 10062, "Unknown interaction")
        try:
            self._answer(found, call.body, call.uploads)
        except ApiError as refusal:
            found.refusals.append(refusal)
            raise
        if not found.answered.done():
            found.answered.set_result(None)
        wanted = call.query.get("with_response") in ("1", "true", "True")
        return _callback(found) if wanted else None

    def _answer(self, found: Interaction, body: Json, uploads: Mapping[int, Upload]) -> None:
        if found.answer is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if found.expired or found.took > self.answer_within:
            found.expired = True
            raise ApiError(404, 10062, "Unknown interaction")
        kind, data = body.get("type"), body.get("data") or {}
        _check_kind(found, body)
        if kind in (MESSAGE, UPDATE):
            old = found.source if kind == UPDATE else None
            check_message(data, uploads, old=old, ephemeral=kind == MESSAGE, path=("data",))
        elif kind == DEFER and (data.get("flags") or 0) & ~EPHEMERAL:
            faults = Faults()
            faults.add(("data", "flags"), "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL may be set.")
            faults.refuse()
        elif kind == MODAL:
            check_modal(data)
            found.modal = data | {"components": numbered(data["components"])}
        elif kind == CHOICES:
            found.choices = _choices(found, data)
        found.answer = kind
        if kind == MESSAGE:
            found.original = self._write(found, data, uploads)
        elif kind == DEFER:
            flags = (data.get("flags") or 0) | LOADING
            found.original = self._write(found, {"flags": flags}, {})
        elif kind in (UPDATE, DEFER_UPDATE):
            found.original = found.source
            if kind == UPDATE and found.source:
                revise(found.source, data, uploads)

    def _write(
        self, found: Interaction, data: Json, uploads: Mapping[int, Upload], *, first: bool = True
    ) -> Message:
        private = (data.get("flags") or 0) & EPHEMERAL
        kind = 0 if not first else 20 if found.kind == COMMAND else 19 if found.source else 0
        return compose(
            found.channel,
            self.world.bot,
            data,
            uploads,
            kind=kind,
            seen_by=found.user if private else None,
            extra=found.metadata(),
        )

    @route("POST", "/webhooks/{application}/{token}", exempt=True)
    def follow_up(self, call: Call) -> Json:
        found = self._by_token(call)
        loading = found.original
        if loading and loading.loading and not loading.deleted:
            return self._revise(loading, call)  # as Discord does, for old bots' sake
        check_message(call.body, call.uploads, ephemeral=True)
        message = self._write(found, call.body, call.uploads, first=False)
        found.followups.append(message)
        return message.data

    @route("GET", "/webhooks/{application}/{token}/messages/{message}", exempt=True)
    def fetch(self, call: Call) -> Json:
        return self._message(call).data

    @route("PATCH", "/webhooks/{application}/{token}/messages/{message}", exempt=True)
    def edit(self, call: Call) -> Json:
        return self._revise(self._message(call), call)

    @route("DELETE", "/webhooks/{application}/{token}/messages/{message}", exempt=True)
    def delete(self, call: Call) -> None:
        remove(self._message(call))

    def _revise(self, message: Message, call: Call) -> Json:
        check_message(call.body, call.uploads, old=message, ephemeral=message.loading)
        return revise(message, call.body, call.uploads).data

    def _by_token(self, call: Call) -> Interaction:
        found = self.world.interactions.get(call.where["token"])
        if found is None or call.where["application"] != str(self.world.bot.id):
            raise ApiError(404, 10015, "Unknown Webhook")
        if found.took > TOKEN_LIVES:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if found.answer is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        return found

    def _message(self, call: Call) -> Message:
        found = self._by_token(call)
        name = call.where["message"]
        for message in (found.original, *found.followups):
            if message and not message.deleted and name in (message.data["id"], "@original"):
                return message
            if name == "@original":
                break
        raise ApiError(404, 10008, "Unknown Message")


def _check_kind(found: Interaction, body: Json) -> None:
    """Whether this type of answer fits what the person did."""
    allowed = _ANSWERS[found.kind]
    if found.kind == SUBMIT and found.source is None:
        allowed = allowed - {UPDATE}
    faults = Faults()
    faults.keys(body, ("type", "data"), ())
    if body.get("type") not in allowed:
        words = f"Value must be one of {set(allowed)}."
        faults.add(("type",), "BASE_TYPE_CHOICES", words)
    faults.refuse()


def _choices(found: Interaction, data: Json) -> list[Choice]:
    faults = Faults()
    faults.keys(data, ("choices",), ("data",))
    focused = next(iter(_focused(found.data)), {})
    check_choices(faults, data, ("data",), focused.get("type", STRING))
    faults.refuse()
    return [Choice(choice["name"], choice["value"]) for choice in data.get("choices") or ()]


def _focused(data: Json) -> list[Json]:
    options = data.get("options") or []
    inner = [found for option in options for found in _focused(option)]
    return [option for option in options if option.get("focused")] + inner


def _callback(found: Interaction) -> Json:
    about: Json = {"id": str(found.id), "type": found.kind}
    body: Json = {"interaction": about}
    if found.original and found.answer != DEFER_UPDATE:
        about["response_message_id"] = found.original.data["id"]
        about["response_message_loading"] = found.answer == DEFER
        about["response_message_ephemeral"] = found.original.private
    if found.answer != CHOICES:
        body["resource"] = {"type": found.answer}
    if found.answer in (MESSAGE, UPDATE) and found.original:
        body["resource"]["message"] = found.original.data
    return body
