"""The app's manifest, as Slack takes it: what it refuses, and what people then find.

From docs.slack.dev/reference/app-manifest and docs.slack.dev/interactivity/implementing-shortcuts.
"""

from collections import Counter
from typing import Any

from tests.standins.slack.state import State

Json = dict[str, Any]

LENGTHS = {"name": 24, "callback_id": 255, "description": 150}
OF_A_KIND = 5


def install(state: State, manifest: Json) -> None:
    """From here on people can type its commands, and use its shortcuts, and no others."""
    features = manifest["features"]
    shortcuts = features.get("shortcuts", [])
    for each in shortcuts:
        _check(each)
    for kind, count in Counter(each["type"] for each in shortcuts).items():
        assert count <= OF_A_KIND, f"{count} {kind} shortcuts; Slack takes {OF_A_KIND}"
    for key in ("name", "callback_id"):
        assert len({each[key] for each in shortcuts}) == len(shortcuts), f"two of one {key}"
    state.commands = {each["command"] for each in features["slash_commands"]}
    state.shortcuts = {each["name"]: each for each in shortcuts}


def _check(shortcut: Json) -> None:
    assert set(shortcut) == {"name", "type", "callback_id", "description"}, shortcut
    assert shortcut["type"] in ("message", "global"), shortcut
    for key, most in LENGTHS.items():
        assert 1 <= len(shortcut[key]) <= most, f"{key} of {shortcut['name']!r} is too long"
