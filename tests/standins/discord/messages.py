"""Messages: what the bot wrote, as the people who may see it read it, with every earlier version.

A message is kept in the very form Discord sends it (`data`); the properties are for a reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from .bits import Intent, Permission
from .state import Channel, Json, User, iso

SUPPRESS_EMBEDS: Final = 1 << 2
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
COMPONENTS_V2: Final = 1 << 15

BUTTON, STRING_SELECT, TEXT_INPUT, TEXT_DISPLAY = 2, 3, 4, 10
SELECTS: Final = frozenset({3, 5, 6, 7, 8})
_MENTION: Final = re.compile(r"<@(&?)!?(\d+)>|@(everyone|here)")


class Upload(NamedTuple):
    """One `files[n]` part of a multipart request."""

    name: str
    content_type: str
    data: bytes


@dataclass(slots=True)
class File:
    id: int
    name: str
    content_type: str
    data: bytes
    alt: str | None = None

    @property
    def url(self) -> str:
        return f"https://cdn.discordapp.com/attachments/0/{self.id}/{self.name}"

    def payload(self) -> Json:
        body: Json = {
            "id": str(self.id),
            "filename": self.name,
            "size": len(self.data),
            "url": self.url,
            "proxy_url": self.url.replace("cdn.discordapp.com", "media.discordapp.net"),
            "content_type": self.content_type,
        }
        return body if self.alt is None else body | {"description": self.alt}


class Pings(NamedTuple):
    """Who a message notifies, after `allowed_mentions`."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False


@dataclass(eq=False, repr=False, slots=True)
class Message:
    channel: Channel
    author: User
    data: Json
    seen_by: User | None = None
    """Set for a private (ephemeral) message: the one person who sees it."""
    files: list[File] = field(default_factory=list)
    pings: Pings = field(default_factory=Pings)
    versions: list[Json] = field(default_factory=list)
    """What it was before each edit."""
    deleted: bool = False

    def __repr__(self) -> str:
        private = f", only {self.seen_by} sees it" if self.seen_by else ""
        return f"<message in {self.channel}{private}: {self.text[:200]!r} {self.buttons}>"

    @property
    def id(self) -> int:
        return int(self.data["id"])

    @property
    def content(self) -> str:
        return self.data["content"]

    @property
    def embeds(self) -> list[Json]:
        return self.data["embeds"]

    @property
    def components(self) -> list[Json]:
        return self.data["components"]

    @property
    def flags(self) -> int:
        return self.data["flags"]

    @property
    def private(self) -> bool:
        return self.seen_by is not None

    @property
    def loading(self) -> bool:
        """The bot deferred: people read "thinking …"."""
        return bool(self.flags & LOADING)

    @property
    def pinned(self) -> bool:
        return self.data["pinned"]

    @property
    def thread(self) -> Channel | None:
        """The thread that was started from this message, if any: it has the message's id."""
        return self.channel.world.channels.get(self.id)

    @property
    def text(self) -> str:
        """Every word a person reads, top to bottom; buttons and menus left out."""
        lines: list[str | None] = [self.content]
        for embed in self.embeds:
            lines += [embed.get("author", {}).get("name"), embed.get("title")]
            lines.append(embed.get("description"))
            for part in embed.get("fields", ()):
                lines += [part["name"], part["value"]]
            lines.append(embed.get("footer", {}).get("text"))
        lines += [c["content"] for c in walk(self.components) if c["type"] == TEXT_DISPLAY]
        return "\n".join(line for line in lines if line)

    @property
    def buttons(self) -> list[str]:
        return [label(c) for c in walk(self.components) if c["type"] == BUTTON]

    @property
    def selects(self) -> list[Json]:
        return [c for c in walk(self.components) if c["type"] in SELECTS]


def walk(components: list[Json]) -> Iterator[Json]:
    """Each component and all within it, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for key in ("accessory", "component"):
            if key in component:
                yield from walk([component[key]])


def label(component: Json) -> str:
    return component.get("label") or component.get("emoji", {}).get("name", "")


def numbered(components: list[Json]) -> list[Json]:
    """A copy in which every component has an id, as Discord gives them: 1, 2, 3 …"""
    taken = {component.get("id") for component in walk(components)}
    free = (number for number in range(1, 1_000) if number not in taken)

    def copy(component: Json) -> Json:
        named = {**component, "id": component.get("id") or next(free)}
        for key in ("accessory", "component"):
            if key in named:
                named[key] = copy(named[key])
        if "components" in named:
            named["components"] = [copy(child) for child in named["components"]]
        return named

    return [copy(component) for component in components]


def compose(
    channel: Channel,
    author: User,
    body: Json,
    uploads: Mapping[int, Upload],
    *,
    kind: int = 0,
    seen_by: User | None = None,
    extra: Json | None = None,
) -> Message:
    """A new message from a checked request body; kept in its channel, and the bot is told."""
    world = channel.world
    message = Message(channel, author, {}, seen_by)
    message.files = _files(message, body, uploads)
    message.pings = _pings(channel, body)
    message.data = {
        "id": str(world.new_id()),
        "type": kind,
        "channel_id": str(channel.id),
        "author": author.payload(),
        "content": (body.get("content") or "").strip(),
        "timestamp": iso(world.clock.now()),
        "edited_timestamp": None,
        "tts": bool(body.get("tts")),
        "pinned": False,
        "flags": body.get("flags") or 0,
        **_mentions(message),
        **_shown(message, body.get("embeds") or [], body.get("components") or []),
        **(extra or {}),
    }
    if body.get("nonce") is not None:
        message.data["nonce"] = body["nonce"]
    channel.keep(message)
    tell(message, "MESSAGE_CREATE")
    return message


def revise(message: Message, body: Json, uploads: Mapping[int, Upload]) -> Message:
    """Change a message in place; the earlier version is kept."""
    data = message.data
    message.versions.append(dict(data))
    was_loading = message.loading
    if "attachments" in body or uploads:
        message.files = _files(message, body, uploads)
    if "content" in body:
        data["content"] = (body["content"] or "").strip()
    if was_loading:  # any other edit notifies nobody
        message.pings = _pings(message.channel, body)
        data.update(_mentions(message))
    embeds = (body["embeds"] or []) if "embeds" in body else data["embeds"]
    components = (body["components"] or []) if "components" in body else data["components"]
    data.update(_shown(message, embeds, components))
    kept = data["flags"] & ~(LOADING | SUPPRESS_EMBEDS)
    data["flags"] = kept | ((body.get("flags") or 0) & ~EPHEMERAL)
    data["edited_timestamp"] = None if was_loading else iso(message.channel.world.clock.now())
    tell(message, "MESSAGE_UPDATE")
    return message


def remove(message: Message) -> None:
    message.deleted = True
    if message in message.channel.pinned:
        message.channel.pinned.remove(message)
    tell(message, "MESSAGE_DELETE")


def tell(message: Message, event: str) -> None:
    """Send the bot a message event, if it asked for those."""
    channel = message.channel
    if message.private:
        return
    needs, place = Intent.DIRECT_MESSAGES, {}
    if channel.guild:
        needs, place = Intent.GUILD_MESSAGES, {"guild_id": str(channel.guild.id)}
    body = visible(message)
    if event == "MESSAGE_DELETE":
        body = {"id": body["id"], "channel_id": body["channel_id"]}
    channel.world.emit(event, body | place, channel.guild, needs)


def visible(message: Message) -> Json:
    """A message as the bot reads it: without the message content intent, which the stand-in
    never grants, the words of others reach it in direct messages only."""
    if message.author is message.channel.world.bot or message.channel.guild is None:
        return message.data
    return {**message.data, "content": "", "embeds": [], "attachments": [], "components": []}


def _files(message: Message, body: Json, uploads: Mapping[int, Upload]) -> list[File]:
    """The files a message has once `attachments` and the uploads are applied."""
    named: list[Any] = body.get("attachments") or []
    asked = {str(entry["id"]): entry for entry in named}
    keep_all = "attachments" not in body
    files = [old for old in message.files if keep_all or str(old.id) in asked]
    for old in files:
        old.alt = asked.get(str(old.id), {}).get("description", old.alt)
    for index, upload in uploads.items():
        entry = asked.get(str(index), {})
        name = entry.get("filename") or upload.name
        number = message.channel.world.new_id()
        files.append(File(number, name, upload.content_type, upload.data, entry.get("description")))
    return files


def _shown(message: Message, embeds: list[Json], components: list[Json]) -> Json:
    """Embeds, components and attachments, with `attachment://` resolved as Discord does it:
    a file that an embed shows moves into that embed and leaves the list of attachments."""
    components = numbered(components)
    embeds = [{"type": "rich", **embed} for embed in embeds]
    hidden = set()
    if message.files:
        by_name = {f"attachment://{f.name}": f for f in message.files}
        by_url = {f.url: f for f in message.files}
        for embed in embeds:
            for key in ("image", "thumbnail"):
                url = (embed.get(key) or {}).get("url", "")
                if file := by_name.get(url) or by_url.get(url):
                    hidden.add(file.id)
                    shown = file.payload()
                    wanted = ("url", "proxy_url", "content_type", "description")
                    embed[key] = {k: shown[k] for k in wanted if k in shown}
        for component in walk(components):
            items = [component, *component.get("items", ())]
            for item, key in ((item, key) for item in items for key in ("media", "file")):
                if file := by_name.get((item.get(key) or {}).get("url", "")):
                    item[key] = {"url": file.url, "attachment_id": str(file.id)}
    return {
        "embeds": embeds,
        "components": components,
        "attachments": [f.payload() for f in message.files if f.id not in hidden],
    }


def _pings(channel: Channel, body: Json) -> Pings:
    """Who the text names and `allowed_mentions` lets it name. Embeds never ping."""
    parts = [body.get("content") or ""]
    if (body.get("flags") or 0) & COMPONENTS_V2:
        parts += [c["content"] for c in walk(body.get("components") or []) if "content" in c]
    found = [match for part in parts if "@" in part for match in _MENTION.finditer(part)]
    if not found:
        return Pings()
    rules = body.get("allowed_mentions")
    rules = {"parse": ["users", "roles", "everyone"]} if rules is None else rules
    parse, users, roles = (rules.get(key, ()) for key in ("parse", "users", "roles"))
    named = [int(m[2]) for m in found if m[2] and not m[1]]
    named_roles = [int(m[2]) for m in found if m[2] and m[1]]
    may_all = channel.world.bot_permissions(channel) & Permission.MENTION_EVERYONE
    return Pings(
        tuple(n for n in named if "users" in parse or str(n) in map(str, users)),
        tuple(n for n in named_roles if "roles" in parse or str(n) in map(str, roles)),
        bool(may_all) and "everyone" in parse and any(m[3] for m in found),
    )


def _mentions(message: Message) -> Json:
    users = message.channel.world.users
    return {
        "mentions": [users[n].payload() for n in message.pings.users if n in users],
        "mention_roles": [str(n) for n in message.pings.roles],
        "mention_everyone": message.pings.everyone,
    }
