"""What Discord accepts in a message: pure checks that end in one answer naming every fault.

The numbers are those of https://discord.com/developers/docs/resources/message and of the pages it
links. The error codes are the ones that clients report; where none is known the code says what
is wrong. Stricter than Discord in one place on purpose: a key that it does not know is refused
here and ignored there, so that a typing error can't hide.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any, Final

from .components import check_layout, check_rows
from .faults import ApiError, Faults, Path, names
from .messages import (
    COMPONENTS_V2,
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Message,
    Upload,
)
from .state import Json

CONTENT: Final = 2000
EMBEDS: Final = 10
EMBED_TITLE: Final = 256
EMBED_TEXT: Final = 4096
EMBED_FIELDS: Final = 25
EMBED_FIELD_NAME: Final = 256
EMBED_FIELD_VALUE: Final = 1024
EMBED_FOOTER: Final = 2048
EMBED_AUTHOR: Final = 256
EMBED_TOTAL: Final = 6000
FILES: Final = 10
FILE_BYTES: Final = 10 * 1024 * 1024
ALT_TEXT: Final = 1024
NONCE: Final = 25
MENTIONS: Final = 100

_EDIT: Final = frozenset(
    {"content", "embeds", "flags", "allowed_mentions", "components", "attachments", "tts"}
)
_ANSWER: Final = _EDIT | {"poll"}
_CREATE: Final = _EDIT | {"nonce", "enforce_nonce", "message_reference", "sticker_ids", "poll"}
_EMBED: Final = names(
    "title type description url timestamp color footer image thumbnail video provider author"
    " fields flags"
)
_FLAGS_CREATE: Final = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
_FLAGS_EDIT: Final = SUPPRESS_EMBEDS | COMPONENTS_V2


def check_message(
    body: Any,
    uploads: Mapping[int, Upload],
    *,
    old: Message | None = None,
    ephemeral: bool = False,
    path: Path = (),
) -> None:
    """Refuse a body that Discord would refuse. `old` is the message that an edit would change;
    `ephemeral`: this body answers an interaction and may ask for a private message."""
    if not isinstance(body, dict):
        raise ApiError(400, 50035, "Invalid Form Body", {"_errors": [{"code": "DICT_TYPE"}]})
    faults = Faults()
    faults.keys(body, _EDIT if old else _ANSWER if ephemeral else _CREATE, path)
    faults.text(body, "content", path, CONTENT)
    _check_flags(faults, body, old, ephemeral, path)
    _check_mentions(faults, body.get("allowed_mentions"), (*path, "allowed_mentions"))
    _check_files(faults, body, uploads, old, path)
    files = {f"attachment://{name}" for name in file_names(body, uploads, old)}
    if (body.get("flags") or 0) & COMPONENTS_V2 or (old and old.flags & COMPONENTS_V2):
        shown = {**old.data, **body} if old else body
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if shown.get(key):
                words = f"The '{key}' field cannot be used when using IS_COMPONENTS_V2"
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                faults.add((*path, key), code, words)
        if "components" in body or not old:
            check_layout(faults, body, path, files)
    else:
        check_embeds(faults, body, path, files)
        check_rows(faults, body, path)
    _check_nonce(faults, body, path)
    faults.refuse()
    if _is_empty(body, uploads, old):
        raise ApiError(400, 50006, "Cannot send an empty message")


def file_names(body: Json, uploads: Mapping[int, Upload], old: Message | None) -> set[str]:
    """The names that `attachment://` may refer to."""
    named = {str(a.get("id")): a.get("filename") for a in body.get("attachments") or ()}
    new = {named.get(str(index)) or upload.name for index, upload in uploads.items()}
    return new | {file.name for file in old.files} if old else new


def check_embeds(faults: Faults, body: Json, path: Path, files: Container[str] = ()) -> None:
    total = 0
    for index, embed in enumerate(faults.items(body, "embeds", path, EMBEDS)):
        total += _check_embed(faults, embed, (*path, "embeds", index), files)
    if total > EMBED_TOTAL:
        words = f"Embed size exceeds maximum size of {EMBED_TOTAL}"
        faults.add((*path, "embeds"), "MAX_EMBED_SIZE_EXCEEDED", words)


def _check_embed(faults: Faults, embed: Json, at: Path, files: Container[str]) -> int:
    """The number of characters that count against the total."""
    faults.keys(embed, _EMBED, at)
    total = faults.text(embed, "title", at, EMBED_TITLE)
    total += faults.text(embed, "description", at, EMBED_TEXT)
    for index, field in enumerate(faults.items(embed, "fields", at, EMBED_FIELDS)):
        there = (*at, "fields", index)
        total += faults.text(field, "name", there, EMBED_FIELD_NAME, least=1, need=True)
        total += faults.text(field, "value", there, EMBED_FIELD_VALUE, least=1, need=True)
    if footer := embed.get("footer"):
        total += faults.text(footer, "text", (*at, "footer"), EMBED_FOOTER, need=True)
    if author := embed.get("author"):
        total += faults.text(author, "name", (*at, "author"), EMBED_AUTHOR, need=True)
        faults.url(author, "url", (*at, "author"), ("http", "https"))
    for key in ("image", "thumbnail"):
        if picture := embed.get(key):
            faults.media(picture, (*at, key), files)
    faults.url(embed, "url", at, ("http", "https"))
    faults.number(embed, "color", at, 0, 0xFFFFFF)
    if stamp := embed.get("timestamp"):
        try:
            datetime.fromisoformat(stamp)
        except (TypeError, ValueError):
            words = f'Could not parse "{stamp}". Should be ISO8601.'
            faults.add((*at, "timestamp"), "DATE_TIME_TYPE_PARSE", words)
    return total


def _check_flags(
    faults: Faults, body: Json, old: Message | None, ephemeral: bool, path: Path
) -> None:
    flags = body.get("flags") or 0
    allowed = (_FLAGS_EDIT if old else _FLAGS_CREATE) | (EPHEMERAL if ephemeral else 0)
    if not isinstance(flags, int) or flags & ~allowed:
        words = f"Only the bits of {allowed} may be set here."
        faults.add((*path, "flags"), "MESSAGE_FLAGS_INVALID", words)


def _check_mentions(faults: Faults, rules: Json | None, at: Path) -> None:
    if not rules:
        return
    faults.keys(rules, ("parse", "users", "roles", "replied_user"), at)
    parse = rules.get("parse") or ()
    for index, kind in enumerate(parse):
        if kind not in ("users", "roles", "everyone"):
            words = "Value must be one of {'users', 'roles', 'everyone'}."
            faults.add((*at, "parse", index), "BASE_TYPE_CHOICES", words)
    for kind in ("users", "roles"):
        if faults.items(rules, kind, at, MENTIONS) and kind in parse:
            words = f"parse:['{kind}'] and {kind}: [ids...] are mutually exclusive."
            faults.add(at, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)


def _check_files(
    faults: Faults, body: Json, uploads: Mapping[int, Upload], old: Message | None, path: Path
) -> None:
    known = {str(index) for index in uploads} | {str(f.id) for f in (old.files if old else ())}
    for index, entry in enumerate(faults.items(body, "attachments", path, FILES)):
        at = (*path, "attachments", index)
        faults.text(entry, "description", at, ALT_TEXT)
        if str(entry.get("id")) not in known:
            words = f"No uploaded file and no attachment has the id {entry.get('id')}."
            faults.add((*at, "id"), "ATTACHMENT_NOT_FOUND", words)
    if len(uploads) > FILES:
        faults.length(len(uploads), (*path, "files"), 0, FILES)
    if any(len(upload.data) > FILE_BYTES for upload in uploads.values()):
        raise ApiError(413, 40005, "Request entity too large")


def _check_nonce(faults: Faults, body: Json, path: Path) -> None:
    nonce = body.get("nonce")
    if nonce is None:
        return
    if isinstance(nonce, bool) or not isinstance(nonce, int | str):
        faults.add((*path, "nonce"), "NONCE_TYPE", "Must be a number or a text.")
    faults.length(len(str(nonce)), (*path, "nonce"), 0, NONCE)


def _is_empty(body: Json, uploads: Mapping[int, Upload], old: Message | None) -> bool:
    """Whether a reader would be left with nothing."""
    now = dict(old.data) if old else {}
    now.update(body)
    shown = ("title", "description", "fields", "image", "thumbnail", "author", "footer")
    return not (
        uploads
        or (now.get("content") or "").strip()
        or now.get("components")
        or now.get("sticker_ids")
        or now.get("poll")
        or (old and old.files and body.get("attachments", True))
        or any(embed.get(key) for embed in now.get("embeds") or () for key in shown)
    )
