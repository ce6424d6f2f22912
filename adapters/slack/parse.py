"""From Slack's payloads to calls. Pure.

What Slack gives us to keep, we get back as it was: a button's `action_id` is the encoded press
(for a menu, `#` and the argument that is picked), a form's `private_metadata` is what was known
when it opened and where its answer goes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from adapters.slack.limits import PRIVATE_METADATA
from bot.actions import Action, Registry
from bot.context import Call, Place, Via
from bot.people import Caller, Where, mention
from bot.replies import OpenForm, Press
from bot.typed import typed

Json = dict[str, Any]

GATEWAY = "community"
"""`/community …` reaches every command, also those whose names Slack keeps for itself."""

MARK = "#"
"""Ends the press in an `action_id`; presses are URL-encoded, so it never stands inside one."""

BACK = f"{MARK}home"
"""The button in the Home tab that leads back to where it began."""


class Surface(StrEnum):
    """What a pressed button stands on."""

    PRIVATE = "private"
    PUBLIC = "public"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked, where, and so where the answer goes.

    `url` is Slack's response_url: it takes five answers within half an hour.
    """

    caller: Caller
    place: Place
    url: str = ""
    pressed: Surface | None = None


def request(raw: str, content_type: str) -> Json:
    """What came by HTTP: an event as JSON, a command as a form, anything else as JSON in a form."""
    if content_type == "application/json":
        body: Json = json.loads(raw)
        return body
    form: Json = dict(parse_qsl(raw, keep_blank_values=True))
    return form if "command" in form else json.loads(form.get("payload", "{}"))


def channel_of(body: Json) -> str | None:
    """Where something is typed or pressed; None in the Home tab and for a global shortcut."""
    if "command" in body:
        return str(body["channel_id"])
    channel: Json = body.get("channel") or {}
    return channel.get("id")


def user_of(body: Json) -> str:
    return str(body["user_id"] if "command" in body else body["user"]["id"])


def origin_of(body: Json, *, direct: bool) -> Origin:
    """`direct` says that the channel is the person's own conversation with the bot."""
    channel = channel_of(body)
    place = Place(channel, direct) if channel else Place(user_of(body), direct=True)
    return Origin(caller_of(body), place, body.get("response_url", ""), _surface(body))


def caller_of(body: Json) -> Caller:
    if "command" in body:
        where = Where("slack", body["team_id"], body["team_domain"])
        return Caller(where, body["user_id"], body["user_name"])
    user = body["user"]
    team = body.get("team") or {"id": user["team_id"]}
    where = Where("slack", team["id"], team.get("domain", ""))
    return Caller(where, user["id"], user.get("username") or user.get("name") or user["id"])


def command(registry: Registry, body: Json, origin: Origin) -> Call:
    """`/event create …`, or `/community event create …`. Raises UserError with what to type."""
    name = body["command"].removeprefix("/")
    text = _unescaped(body.get("text", ""))
    action, args = typed(registry, text if name == GATEWAY else f"{name} {text}")
    return Call(action.name, args, origin.caller, origin.place)


def goes_home(body: Json) -> bool:
    return bool(body["actions"][0]["action_id"] == BACK)


def press(body: Json, origin: Origin) -> Call | None:
    """What a button or a menu asks for; None for a link, which opens by itself."""
    did = body["actions"][0]
    encoded, _, name = did["action_id"].partition(MARK)
    if not encoded:
        return None
    pressed = Press.decode(encoded)
    args = pressed.values
    if name:
        args[name] = did["selected_option"]["value"]
    return Call(pressed.action, args, origin.caller, origin.place, Via.PRESS)


def about_person(action: Action) -> str:
    """The `callback_id` of a shortcut about who wrote a message: `#`, and the argument they are."""
    return f"{action.press().encoded()}{MARK}{action.params[0].name}"


def written_by(body: Json) -> str | None:
    """Whom a shortcut is about: the author of its message, of which nothing else is read."""
    if MARK not in body["callback_id"]:
        return None
    author: str | None = body.get("message", {}).get("user")
    return author


def shortcut(body: Json, origin: Origin, name: str = "") -> Call:
    """A shortcut is a command without anything typed: its `callback_id` is the press.

    `name` is what the person whom it is about is called here.
    """
    encoded, _, argument = body["callback_id"].partition(MARK)
    pressed = Press.decode(encoded)
    args = pressed.values
    if author := written_by(body):
        args[argument] = mention(author, name)
    return Call(pressed.action, args, origin.caller, origin.place)


def suggestion(body: Json) -> tuple[Call, str, str]:
    """Somebody types into a menu that asks us: the call, the parameter's name, the text so far."""
    call, _ = submission(body)
    return call, body["action_id"], body["value"]


def submission(body: Json) -> tuple[Call, Origin]:
    """A form that was sent, and where its answer goes."""
    view = body["view"]
    kept = json.loads(view["private_metadata"])
    pressed = Surface(kept["pressed"]) if kept["pressed"] else None
    origin = Origin(caller_of(body), Place(**kept["place"]), kept["url"], pressed)
    filled = _filled(view["state"]["values"])
    action, known, form = view["callback_id"], kept["known"], kept["form"]
    return Call(action, filled, origin.caller, origin.place, Via.FORM, known, form), origin


def fitted(asks: OpenForm, origin: Origin) -> OpenForm:
    """What is known travels with the form; what is too long for that is asked again, filled in."""
    known, draft = dict(asks.known), dict(asks.draft)
    while len(packed(asks, origin)) > PRIVATE_METADATA:
        longest = max(known, key=lambda name: len(known[name]))
        draft[longest] = known.pop(longest)
        asks = replace(asks, known=known, draft=draft)
    return asks


def packed(asks: OpenForm, origin: Origin) -> str:
    """The form's `private_metadata`."""
    kept = {
        "form": asks.id,
        "known": dict(asks.known),
        "place": asdict(origin.place),
        "url": origin.url,
        "pressed": origin.pressed,
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _filled(values: Mapping[str, Mapping[str, Json]]) -> dict[str, str]:
    """By parameter name, which is both block and element id; an empty field is left out."""
    answers = {name: _answer(block[name]) for name, block in values.items()}
    return {name: answer for name, answer in answers.items() if answer}


def _answer(element: Json) -> str:
    picked: Json = element.get("selected_option") or {}
    return str(element.get("value") or picked.get("value") or "")


def _surface(body: Json) -> Surface | None:
    container: Json = body.get("container") or {}
    if container.get("type") == "view":
        return Surface.HOME
    if container.get("type") == "message":
        return Surface.PRIVATE if container.get("is_ephemeral") else Surface.PUBLIC
    return None


def _unescaped(text: str) -> str:
    """Slack escapes three characters in what people type, and nothing else."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
