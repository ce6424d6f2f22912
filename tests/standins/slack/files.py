"""Uploads in Slack's three steps: ask for an address, send the bytes, complete."""

import mimetypes
import time

from aiohttp import web

from tests.standins.slack.chat import Content, new_message
from tests.standins.slack.model import Channel, File, Request
from tests.standins.slack.reading import Json
from tests.standins.slack.state import State
from tests.standins.slack.web_api import STATE, Call, SlackError, method, reply, suffer

ALT_TEXT = 1000


@method(
    "files.getUploadURLExternal",
    scope="files:write",
    tier=4,
    args="filename length alt_txt snippet_type",
)
def get_upload_url(call: Call) -> Json:
    name, length = call.need("filename"), int(call.need("length"))
    alt_text = str(call.args.get("alt_txt") or "")
    if len(alt_text) > ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    if length <= 0:
        raise SlackError("invalid_arguments")
    file = File(call.state.new_id("F"), name, length, call.workspace, alt_text, title=name)
    call.state.files[file.id] = file
    return {"upload_url": f"{call.state.origin}/upload/v1/{file.id}", "file_id": file.id}


async def handle_upload(request: web.Request) -> web.Response:
    """POST or PUT the bytes, raw or as multipart fields, to the address that was given."""
    state, file_id = request.app[STATE], request.match_info["file"]
    fault, file = state.faults.take("upload"), state.files.get(file_id)
    content, status = await _bytes(request), 200
    try:
        await suffer(fault)
        if file is None:
            raise SlackError("file_not_found", status=404)
        if len(content) != file.length:
            raise SlackError("wrong_length", status=400)
        file.content = content
    except SlackError as refusal:
        status = refusal.status
    args, team = {"file": file_id, "size": len(content)}, file.workspace.id if file else ""
    state.requests.append(Request("upload", args, team, time.time(), status, None))
    return reply(request, fault, web.Response(text=f"OK - {len(content)}", status=status))


async def _bytes(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    fields = (await request.post()).values()
    return b"".join(field.file.read() for field in fields if isinstance(field, web.FileField))


@method(
    "files.completeUploadExternal",
    scope="files:write",
    tier=4,
    args="files channel_id channels initial_comment thread_ts blocks",
)
def complete_upload(call: Call) -> Json:
    wanted = call.parsed("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments")
    files = [_sent(call, item) for item in wanted]
    named = call.args.get("channel_id") or call.args.get("channels") or ""
    channels = [call.channel(channel_id) for channel_id in named.split(",") if channel_id]
    for channel in channels:
        if call.workspace.bot.id not in channel.members:
            raise SlackError("not_in_channel")
    for file, item in zip(files, wanted, strict=True):
        file.title = item.get("title") or file.name
        file.completed_at = time.monotonic()
        file.mimetype = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    for channel in channels:
        _share(call, channel, files)
    return {"files": [_file(call.state, file) for file in files]}


@method("files.info", scope="files:read", tier=4, args="file count page")
def files_info(call: Call) -> Json:
    file = call.state.files.get(call.need("file"))
    if file is None or file.completed_at is None or file.workspace is not call.workspace:
        raise SlackError("file_not_found")
    return {"file": _file(call.state, file), "comments": []}


def _sent(call: Call, item: Json) -> File:
    file = call.state.files.get(item.get("id", ""))
    if file is None or file.content is None or file.workspace is not call.workspace:
        raise SlackError("file_not_found")
    return file


def _share(call: Call, channel: Channel, files: list[File]) -> None:
    comment = str(call.args.get("initial_comment") or "")
    said, ts = Content(comment, [], [], link_names=False), call.state.new_ts()
    thread_ts = call.args.get("thread_ts")
    message = new_message(channel, call.workspace.bot, said, ts, files=files, thread_ts=thread_ts)
    call.state.post(message)


def _file(state: State, file: File) -> Json:
    """A file; its type stays empty until Slack has processed it, as apps learn by files.info."""
    mimetype = file.mimetype if state.is_ready(file) else ""
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": mimetype,
        "filetype": mimetype.rpartition("/")[2],
        "size": file.length,
        "alt_txt": file.alt_text,
        "user": file.workspace.bot.id,
        "url_private": state.file_url(file),
        "permalink": state.file_url(file),
    }
