"""Messages: chat.*, pins.add, and what an app says through an ack or a response_url."""

import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.standins.slack import blocks as block_kit
from tests.standins.slack.model import Channel, Message, Request, ResponseUrl, User
from tests.standins.slack.reading import Json
from tests.standins.slack.state import State
from tests.standins.slack.web_api import STATE, Call, SlackError, invalid, method, reply, suffer

CONTENT = "text blocks attachments thread_ts unfurl_links unfurl_media metadata mrkdwn"
CHAT = f"channel {CONTENT} link_names parse as_user"
RESPONSE = frozenset(f"{CONTENT} response_type replace_original delete_original".split())


@dataclass(frozen=True)
class Content:
    """What a message says, once Slack has accepted it."""

    text: str
    blocks: list[Json]
    attachments: list[Json]
    link_names: bool


def content(state: State, where: str, body: Json) -> Content:
    """The content of a message body, or a SlackError. Blocks and elements get their ids."""
    text = str(body.get("text") or "")
    blocks, attachments = body.get("blocks") or [], body.get("attachments") or []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    if len(attachments) > 100:
        raise SlackError("too_many_attachments")
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    for part in (blocks, *(attachment.get("blocks", []) for attachment in attachments)):
        if faults := block_kit.message_faults(part, state.is_image):
            raise invalid("invalid_blocks", faults)
    if not text:
        state.problem("missing_text", f"{where}: notifications and screen readers have no text")
    if len(text) > block_kit.TEXT:
        state.problem("text_cut_off", f"{where}: {len(text)} characters")
    linked = body.get("parse") == "full" or bool(body.get("link_names"))
    identified = block_kit.with_ids(blocks, state.new_id)
    return Content(text[: block_kit.TEXT], identified, attachments, linked)


def new_message(channel: Channel, author: User, said: Content, ts: str, **more: Any) -> Message:
    return Message(
        ts=ts,
        channel=channel,
        author=author,
        text=said.text,
        blocks=said.blocks,
        attachments=said.attachments,
        link_names=said.link_names,
        **more,
    )


def rewrite(message: Message, said: Content, state: State) -> None:
    """Change a message in place, on every screen that shows it."""
    message.edited = message.edited or not said.blocks
    message.text, message.blocks = said.text, said.blocks
    message.attachments, message.link_names = said.attachments, said.link_names
    state.see("edited", message, message.only_for)


# Web API


@method(
    "chat.postMessage",
    scope="chat:write",
    tier=4,
    args=f"{CHAT} reply_broadcast username icon_emoji icon_url container_id",
)
def post_message(call: Call) -> Json:
    channel = _where_to_post(call)
    said = _posted_content(call)
    message = new_message(
        channel,
        call.workspace.bot,
        said,
        call.state.new_ts(),
        thread_ts=call.args.get("thread_ts"),
        only_for=None,
    )
    if message.thread_ts and message.thread_ts not in channel.posted:
        raise SlackError("thread_not_found")
    call.state.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.payload()}


@method(
    "chat.postEphemeral",
    scope="chat:write",
    tier=4,
    args=f"{CHAT} user username icon_emoji icon_url",
)
def post_ephemeral(call: Call) -> Json:
    channel, user = _where_to_post(call), call.user(call.need("user"))
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    said, ts = _posted_content(call), call.state.new_ts()
    call.state.post(new_message(channel, call.workspace.bot, said, ts, only_for=user))
    return {"message_ts": ts}


@method("chat.update", scope="chat:write", tier=3, args=f"{CHAT} ts file_ids reply_broadcast")
def update(call: Call) -> Json:
    message = _own_message(call, call.need("ts"), "cant_update_message")
    body = call.args | {"blocks": call.parsed("blocks"), "attachments": call.parsed("attachments")}
    if len(str(body.get("text") or "")) > block_kit.TEXT:
        raise SlackError("msg_too_long")
    if body["blocks"] is None and not body.get("text") and body["attachments"]:
        body |= {"text": message.text, "blocks": message.blocks}
    said = content(call.state, call.method, body)
    if block_kit.too_long(said.blocks):
        raise SlackError("msg_blocks_too_long")
    rewrite(message, said, call.state)
    answer = {"channel": message.channel.id, "ts": message.ts, "text": message.text}
    return {**answer, "message": message.payload()}


@method("chat.delete", scope="chat:write", tier=3, args="channel ts as_user")
def delete(call: Call) -> Json:
    message = _own_message(call, call.need("ts"), "cant_delete_message")
    call.state.erase(message)
    return {"channel": message.channel.id, "ts": message.ts}


@method("pins.add", scope="pins:write", tier=2, args="channel timestamp")
def pin(call: Call) -> Json:
    channel, ts = call.channel(call.need("channel")), call.args.get("timestamp")
    if call.workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    if not ts:
        raise SlackError("no_item_specified")
    if ts not in channel.posted:
        raise SlackError("message_not_found")
    if ts in channel.pins:
        raise SlackError("already_pinned")
    channel.pins.append(ts)
    return {}


def _posted_content(call: Call) -> Content:
    parsed = {name: call.parsed(name) for name in ("blocks", "attachments")}
    said = content(call.state, call.method, call.args | parsed)
    if block_kit.too_long(said.blocks):
        raise SlackError("msg_blocks_too_long")
    return said


def _where_to_post(call: Call) -> Channel:
    """The channel named by its id, or the DM of the person whose id stands in its place."""
    wanted = call.need("channel")
    if person := call.workspace.users.get(wanted):
        if person.bot:
            raise SlackError("cannot_dm_bot")
        return call.state.dm_of(person)
    channel = call.channel(wanted)
    if channel.archived:
        raise SlackError("is_archived")
    if channel.read_only:
        raise SlackError("restricted_action_read_only_channel")
    inside = call.workspace.bot.id in channel.members
    if not inside and "chat:write.public" not in call.workspace.scopes:
        raise SlackError("not_in_channel")
    return channel


def _own_message(call: Call, ts: str, refusal: str) -> Message:
    """A message of the bot. An ephemeral one can't be found again: only its response_url can."""
    channel = call.channel(call.need("channel"))
    message = channel.posted.get(ts)
    if message is None:
        raise SlackError("message_not_found")
    if message.author is not call.workspace.bot:
        raise SlackError(refusal)
    if channel.archived:
        raise SlackError("is_inactive")
    return message


# Acks and response_urls


def respond(state: State, to: ResponseUrl, body: Json, where: str) -> None:
    """Show what the app answers to a command or an interaction: to its person, unless it says
    `in_channel`. It works in channels that the bot isn't in, and only there."""
    if unknown := body.keys() - RESPONSE:
        state.problem("unknown_argument", f"{where}: {', '.join(sorted(unknown))}")
    if body.get("delete_original"):
        if to.original:
            state.erase(to.original)
        else:
            state.problem("nothing_to_delete", f"{where}: a command has no original message")
        return
    said = content(state, where, body)
    if body.get("replace_original") and to.original and not to.original.deleted:
        rewrite(to.original, said, state)
        return
    if body.get("replace_original"):
        # Slack posts a new message then (github.com/slackapi/bolt-python/issues/1268).
        state.problem("nothing_to_replace", f"{where}: a command has no original message")
    public = body.get("response_type") == "in_channel"
    bot, ts = to.user.workspace.bot, state.new_ts()
    only_for = None if public else to.user
    thread_ts = body.get("thread_ts")
    state.post(new_message(to.channel, bot, said, ts, only_for=only_for, thread_ts=thread_ts))


async def handle_response(request: web.Request) -> web.Response:
    """POST to a response_url. Its refusals are a 404 with a JSON body."""
    state, body = request.app[STATE], await request.json()
    fault, to = state.faults.take("response_url"), state.response_urls.get(request.path)
    status, headers = 200, {}
    answer: Json = {"ok": True}
    try:
        await suffer(fault)
        _use(state, to, body)
    except SlackError as refusal:
        status = 404 if refusal.status == 200 else refusal.status
        answer, headers = {"ok": False, "error": refusal.error}, refusal.headers
    team = to.user.workspace.id if to else ""
    error = answer.get("error")
    state.requests.append(Request("response_url", body, team, time.time(), status, error))
    return reply(request, fault, web.json_response(answer, status=status, headers=headers))


def _use(state: State, to: ResponseUrl | None, body: Json) -> None:
    """The SDK doesn't raise for a refused response_url, so every refusal is a problem too."""
    try:
        if to is None:
            raise SlackError("invalid_url")
        if time.monotonic() - to.born > state.rules.response_url:
            raise SlackError("expired_url")
        if to.uses >= state.rules.response_url_uses:
            raise SlackError("used_url")
        to.uses += 1
        respond(state, to, body, "response_url")
    except SlackError as refusal:
        faults = refusal.body.get("errors", [])
        state.problem(refusal.error, "; ".join(["response_url", *faults]))
        raise
