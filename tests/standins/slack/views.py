"""Modals and home tabs: opened with a trigger, stacked up to three, updated under a hash."""

import json
import time
from typing import Any
from uuid import uuid4

from tests.standins.slack import blocks as block_kit
from tests.standins.slack import forms
from tests.standins.slack.model import Trigger, User, View
from tests.standins.slack.reading import Json
from tests.standins.slack.state import State
from tests.standins.slack.web_api import Call, SlackError, invalid, method

STACK = 3


# Web API


@method("views.open", tier=4, args="trigger_id view interactivity_pointer")
def open_(call: Call) -> Json:
    body = _body(call)
    trigger = _exchange(call)
    close_all(call.state, trigger.user)
    return {"view": _push(call.state, trigger.user, body).payload()}


@method("views.push", tier=4, args="trigger_id view interactivity_pointer")
def push(call: Call) -> Json:
    body = _body(call)
    trigger = _exchange(call)
    if trigger.view is None or trigger.view not in trigger.user.modals:
        raise SlackError("not_found")
    return {"view": _push(call.state, trigger.user, body).payload()}


@method("views.update", tier=4, args="view view_id external_id hash")
def update(call: Call) -> Json:
    body = _body(call)
    view = _named(call)
    _same_hash(call, view)
    _rewrite(call.state, view, body)
    return {"view": view.payload()}


@method("views.publish", tier=4, args="user_id view hash")
def publish(call: Call) -> Json:
    user = call.user(call.need("user_id"))
    body = _body(call, home=True)
    if user.home is None:
        user.home = _new(call.state, user, body)
        call.state.see("opened", user.home, user)
    else:
        _same_hash(call, user.home)
        _rewrite(call.state, user.home, body)
    return {"view": user.home.payload()}


def _body(call: Call, *, home: bool = False) -> Json:
    """The view of a call."""
    body = call.parsed("view")
    if body is None:
        raise invalid("invalid_arguments", ["missing required field: view"])
    return _sound(call.state, body, home=home)


def _sound(state: State, body: Any, *, home: bool = False) -> Json:
    """A view that Slack accepts, with all its ids."""
    if faults := block_kit.view_faults(body, state.is_image, home=home):
        raise invalid("invalid_arguments", faults)
    if len(json.dumps(body, ensure_ascii=False).encode()) > block_kit.VIEW_BYTES:
        raise SlackError("view_too_large")
    return {**body, "blocks": block_kit.with_ids(body["blocks"], state.new_id)}


def _exchange(call: Call) -> Trigger:
    """Use up a trigger: three seconds, one view."""
    trigger = call.state.triggers.get(call.need("trigger_id"))
    if trigger is None or trigger.user.workspace is not call.workspace:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if time.monotonic() - trigger.born > call.state.rules.trigger:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger


def _named(call: Call) -> View:
    view_id, external_id = call.args.get("view_id"), call.args.get("external_id")
    if not view_id and not external_id:
        raise invalid("invalid_arguments", ["must define either `view_id` or `external_id`"])
    if view_id:
        found = [call.state.views[view_id]] if view_id in call.state.views else []
    else:
        found = [v for v in call.state.views.values() if v.body.get("external_id") == external_id]
    for view in found:
        if view.open and view.user.workspace is call.workspace:
            return view
    raise SlackError("not_found")


def _same_hash(call: Call, view: View) -> None:
    if call.args.get("hash") not in (None, "", view.hash):
        raise SlackError("hash_conflict")


# The stack


def _new(state: State, user: User, body: Json, below: View | None = None) -> View:
    external = body.get("external_id")
    if external and external in _external_ids(state, user):
        raise SlackError("duplicate_external_id")
    view_id = state.new_id("V")
    root = below.root_id if below else view_id
    view = View(view_id, user, body, _hash(), root, below.id if below else None)
    view.values = forms.start(view.blocks)
    state.views[view.id] = view
    return view


def _external_ids(state: State, user: User) -> set[str]:
    """Taken in this workspace by views that are still open."""
    near = [v for v in state.views.values() if v.open and v.user.workspace is user.workspace]
    return {view.body.get("external_id", "") for view in near}


def _push(state: State, user: User, body: Json) -> View:
    if len(user.modals) >= STACK:
        raise SlackError("push_limit_reached")
    view = _new(state, user, body, user.modals[-1] if user.modals else None)
    user.modals.append(view)
    state.see("opened", view, user)
    return view


def _rewrite(state: State, view: View, body: Json) -> None:
    view.body, view.hash, view.errors = body, _hash(), {}
    view.values = forms.start(view.blocks, view.values)
    state.see("edited", view, view.user)


def _hash() -> str:
    return f"{int(time.time())}.{uuid4().hex[:8]}"


def close(state: State, view: View) -> None:
    """Take a modal from the screen, and all that stand on it."""
    modals = view.user.modals
    if view in modals:
        for gone in modals[modals.index(view) :]:
            gone.open = False
            state.see("closed", gone, gone.user)
        del modals[modals.index(view) :]


def close_all(state: State, user: User) -> None:
    if user.modals:
        close(state, user.modals[0])


# The answer to a submission


def answer_submission(state: State, view: View, answer: Any) -> None:
    """Do what the ack of a `view_submission` asks. Anything Slack wouldn't understand leaves the
    modal open with "We had some trouble connecting", and is recorded as a problem."""
    if answer in (None, "", {}):
        close(state, view)
        return
    action = answer.get("response_action") if isinstance(answer, dict) else None
    try:
        if action == "errors":
            _show_errors(state, view, answer)
        elif action == "clear":
            _only(answer, "response_action")
            close_all(state, view.user)
        elif action in ("update", "push"):
            _show_view(state, view, answer, action)
        else:
            raise SlackError("unknown response_action")
    except SlackError as refusal:
        said = "; ".join([refusal.error, *refusal.body.get("errors", [])])
        state.problem("bad_submission_answer", said)
        view.errors = {"": "We had some trouble connecting. Try again?"}


def _only(answer: Json, *keys: str) -> None:
    if unknown := answer.keys() - set(keys):
        raise SlackError(f"unknown keys in the ack: {', '.join(sorted(unknown))}")


def _show_errors(state: State, view: View, answer: Json) -> None:
    _only(answer, "response_action", "errors")
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    errors = answer.get("errors")
    if not isinstance(errors, dict) or not errors:
        raise SlackError("errors must name at least one field")
    if strangers := sorted(errors.keys() - inputs):
        raise SlackError(f"errors name blocks that aren't inputs: {', '.join(strangers)}")
    if not all(isinstance(said, str) and said for said in errors.values()):
        raise SlackError("errors must be text")
    view.errors = dict(errors)
    state.see("edited", view, view.user)


def _show_view(state: State, view: View, answer: Json, action: str) -> None:
    _only(answer, "response_action", "view")
    body = _sound(state, answer.get("view"))
    if action == "update":
        _rewrite(state, view, body)
    else:
        _push(state, view.user, body)
