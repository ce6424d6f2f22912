"""The things that can be seen in Slack: who, where, and what was said, shown, uploaded or sent."""

import copy
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.standins.slack import forms
from tests.standins.slack.reading import Json, elements, loose_mentions, pings, words

APP_ID = "A0000000001"


@dataclass(eq=False)
class Workspace:
    """One team that installed the app, with its bot and the bot's token."""

    id: str
    name: str
    domain: str
    bot_token: str
    bot_id: str
    scopes: set[str]
    bot: "User" = field(init=False)
    users: dict[str, "User"] = field(default_factory=dict)
    channels: dict[str, "Channel"] = field(default_factory=dict)
    groups: list["Group"] = field(default_factory=list)
    installed: bool = True


@dataclass(eq=False)
class User:
    """A member, a bot, or someone who has left (`deleted`)."""

    id: str
    name: str
    workspace: Workspace
    tz: str = "Europe/London"
    admin: bool = False
    owner: bool = False
    deleted: bool = False
    bot: bool = False
    dm: "Channel | None" = None
    home: "View | None" = None
    modals: list["View"] = field(default_factory=list)
    """The stack of open modals; the last one is on top."""


@dataclass(eq=False)
class Group:
    """A user group, mentioned as `<!subteam^ID>`."""

    id: str
    handle: str
    name: str
    users: list[str]
    disabled: bool = False


@dataclass(eq=False)
class Channel:
    """A channel, or the direct messages between the bot and one `person`."""

    id: str
    name: str
    workspace: Workspace
    members: set[str] = field(default_factory=set)
    open: bool = True
    """Everyone in the workspace is in it, also those who come later."""
    private: bool = False
    archived: bool = False
    read_only: bool = False
    person: User | None = None
    posted: dict[str, "Message"] = field(default_factory=dict)
    """By timestamp: what everyone in the channel can read."""
    ephemeral: dict[str, "Message"] = field(default_factory=dict)
    """By timestamp: what one person alone can read."""
    pins: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list["Message"]:
        return list(self.posted.values())

    def visible_to(self, user: "User") -> bool:
        return user.id in self.members or not (self.private or self.person)


@dataclass(eq=False)
class Message:
    """A message as it stands now: an update changes it in place."""

    ts: str
    channel: Channel
    author: User
    text: str
    blocks: list[Json]
    attachments: list[Json] = field(default_factory=list)
    only_for: User | None = None
    thread_ts: str | None = None
    files: list["File"] = field(default_factory=list)
    link_names: bool = False
    edited: bool = False
    deleted: bool = False
    drafts: dict[str, Json] = field(default_factory=dict)
    """By user id: what that person chose in the menus of this message."""

    @property
    def shown(self) -> str:
        """What a person reads: the blocks, or the text when there are none."""
        body = self.blocks or [{"text": self.text}]
        return "\n".join(words(body + self.attachments))

    @property
    def buttons(self) -> list[str]:
        return [e["text"]["text"] for _, e in elements(self.blocks) if e["type"] == "button"]

    @property
    def pings(self) -> list[str]:
        """Whom this message notifies by a mention: user and group ids, `channel`, `here`, ..."""
        return pings(self.text, self.blocks + self.attachments, link_names=self.link_names)

    @property
    def loose_mentions(self) -> list[str]:
        return loose_mentions(self.blocks)

    def payload(self) -> Json:
        """The message as Slack hands it to apps."""
        body: Json = {"type": "message", "user": self.author.id, "ts": self.ts, "text": self.text}
        body["team"] = self.channel.workspace.id
        if self.author is self.channel.workspace.bot:
            body |= {"bot_id": self.channel.workspace.bot_id, "app_id": APP_ID}
        optional = {
            "blocks": self.blocks,
            "attachments": self.attachments,
            "thread_ts": self.thread_ts,
            "files": [{"id": file.id, "title": file.title} for file in self.files],
            "edited": {"user": self.author.id, "ts": self.ts} if self.edited else None,
        }
        return body | {key: value for key, value in optional.items() if value}


@dataclass(eq=False)
class View:
    """A modal, or a home tab, as one person sees it."""

    id: str
    user: User
    body: Json
    """As the app sent it, with the ids that Slack adds to blocks and elements."""
    hash: str
    root_id: str
    previous_id: str | None = None
    open: bool = True
    values: dict[str, Json] = field(default_factory=dict)
    """What the person has filled in so far, in the shape of `view.state.values`."""
    errors: dict[str, str] = field(default_factory=dict)
    """What stands in red at the fields, by block id."""

    @property
    def title(self) -> str:
        return str(self.body["title"]["text"]) if "title" in self.body else ""

    @property
    def filled(self) -> dict[str, str]:
        """What stands in each field, by its label."""
        return forms.read(self.blocks, self.values)

    @property
    def red(self) -> dict[str, str]:
        """The errors by the labels of their fields; those of the whole form under ""."""
        return forms.by_label(self.blocks, self.errors)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body["blocks"]
        return blocks

    @property
    def shown(self) -> str:
        return "\n".join(([self.title] if self.title else []) + list(words(self.blocks)))

    @property
    def buttons(self) -> list[str]:
        return [e["text"]["text"] for _, e in elements(self.blocks) if e["type"] == "button"]

    def payload(self) -> Json:
        """The view as Slack hands it to apps."""
        workspace = self.user.workspace
        defaults: Json = {"private_metadata": "", "callback_id": "", "external_id": ""}
        defaults |= {"title": None, "submit": None, "close": None}
        defaults |= {"clear_on_close": False, "notify_on_close": False}
        return (
            defaults
            | self.body
            | {
                "id": self.id,
                "team_id": workspace.id,
                "state": {"values": copy.deepcopy(self.values)},
                "hash": self.hash,
                "previous_view_id": self.previous_id,
                "root_view_id": self.root_id,
                "app_id": APP_ID,
                "app_installed_team_id": workspace.id,
                "bot_id": workspace.bot_id,
            }
        )


@dataclass(eq=False)
class File:
    """An upload: announced, then sent, then completed."""

    id: str
    name: str
    length: int
    workspace: Workspace
    alt_text: str = ""
    title: str = ""
    mimetype: str = ""
    content: bytes | None = None
    completed_at: float | None = None


@dataclass(eq=False)
class Trigger:
    """Permission to open one modal for one person, for three seconds."""

    id: str
    user: User
    view: View | None
    born: float = field(default_factory=time.monotonic)
    used: bool = False


@dataclass(eq=False)
class ResponseUrl:
    """An address at which the app may answer one interaction, five times within half an hour."""

    url: str
    user: User
    channel: Channel
    original: Message | None = None
    born: float = field(default_factory=time.monotonic)
    uses: int = 0


@dataclass(frozen=True)
class Request:
    """One call that the app made: `method` is a Web API method, `response_url` or `upload`."""

    method: str
    args: Json
    team: str
    at: float
    status: int
    error: str | None


@dataclass
class Attempt:
    """One try to hand something to the app."""

    number: int
    reason: str
    """Why it is tried again, as in X-Slack-Retry-Reason; empty at first."""
    missed: str = ""
    """Why it failed; empty when it was acked in time."""
    seconds: float | None = None
    """How long the ack took, also when it came too late."""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(eq=False)
class Delivery:
    """A command, an interaction or an event on its way to the app, and how that ended."""

    kind: Literal["slash_commands", "interactive", "events_api"]
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    outcome: Literal["pending", "acked", "operation_timeout", "dispatch_failed"] = "pending"
    answer: Any = None
    """What the ack carried."""


@dataclass(frozen=True)
class Problem:
    """Something that Slack would swallow or show as a failure. A sound app leaves none."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Sight:
    """A change on a screen: of one person, or of everyone in a channel (`viewer` None)."""

    change: Literal["posted", "edited", "deleted", "opened", "closed"]
    thing: Message | View
    channel: Channel | None
    viewer: User | None
