"""The few rules from which Block Kit is described, and the walk that applies them.

A rule looks at one value and reports what Slack would say, in Slack's own words where they are
known: `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]


@dataclass
class Walk:
    """One pass over blocks or a view, collecting its faults."""

    surface: str
    """`message`, `modal` or `home`."""
    is_image: Callable[[Json], bool]
    """Whether a `slack_file` names a picture that was uploaded and is ready."""
    faults: list[str] = field(default_factory=list)

    def fault(self, said: str, at: str) -> None:
        self.faults.append(f"{said} [json-pointer:{at}]")


Rule = Callable[[Any, str, Walk], None]


class Need(NamedTuple):
    """A key that must be there."""

    rule: Rule


def string(most: int, least: int = 1, *, pattern: str = "", hint: str = "") -> Rule:
    """Text of `least` to `most` characters, perhaps of a form."""
    form = re.compile(pattern)

    def check(value: Any, at: str, walk: Walk) -> None:
        if not isinstance(value, str):
            walk.fault("must be a string", at)
        elif len(value) > most:
            walk.fault(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            walk.fault(f"must be more than {least - 1} characters", at)
        elif not form.search(value):
            walk.fault(hint or f"input must match regex pattern: {pattern}", at)

    return check


def url(most: int = 3000) -> Rule:
    """An http(s) address."""
    return string(most, pattern=r"^https?://[^\s/]+", hint="invalid url")


def integer(least: int, most: int) -> Rule:
    """A whole number; JSON's true and false don't count."""

    def check(value: Any, at: str, walk: Walk) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            walk.fault("must be an integer", at)
        elif not least <= value <= most:
            walk.fault(f"must be between {least} and {most}", at)

    return check


def boolean(value: Any, at: str, walk: Walk) -> None:
    """JSON's true or false."""
    if not isinstance(value, bool):
        walk.fault("must be a boolean", at)


def enum(*values: str) -> Rule:
    """One of a few words."""

    def check(value: Any, at: str, walk: Walk) -> None:
        if value not in values:
            walk.fault(f"must be one of: {', '.join(values)}", at)

    return check


def array(rule: Rule, most: int, least: int = 1) -> Rule:
    """A list whose items all keep `rule`."""

    def check(value: Any, at: str, walk: Walk) -> None:
        if not isinstance(value, list):
            walk.fault("must be an array", at)
            return
        if len(value) > most:
            walk.fault(f"no more than {most} items allowed", at)
        if len(value) < least:
            walk.fault(f"no fewer than {least} items allowed", at)
        for index, item in enumerate(value):
            rule(item, f"{at}/{index}", walk)

    return check


def shape(keys: Mapping[str, Rule | Need], *also: Rule) -> Rule:
    """An object with these keys and no others; `also` looks at it as a whole, if it is sound."""
    rules = {key: rule.rule if isinstance(rule, Need) else rule for key, rule in keys.items()}
    needed = [key for key, rule in keys.items() if isinstance(rule, Need)]

    def check(value: Any, at: str, walk: Walk) -> None:
        if not isinstance(value, dict):
            walk.fault("must be an object", at)
            return
        before = len(walk.faults)
        for key in needed:
            if key not in value:
                walk.fault(f"missing required field: {key}", at)
        for key, item in value.items():
            if key in rules:
                rules[key](item, f"{at}/{key}", walk)
            else:
                walk.fault(f"invalid additional property: {key}", at)
        if len(walk.faults) == before:
            for rule in also:
                rule(value, at, walk)

    return check


def kinds(shapes: Mapping[str, Rule]) -> Rule:
    """An object whose `type` decides what else it holds."""

    def check(value: Any, at: str, walk: Walk) -> None:
        if not isinstance(value, dict):
            walk.fault("must be an object", at)
        elif "type" not in value:
            walk.fault("missing required field: type", at)
        elif value["type"] not in shapes:
            walk.fault(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            shapes[value["type"]](value, at, walk)

    return check


def either(*names: str) -> Rule:
    """Exactly one of these keys."""

    def check(value: Any, at: str, walk: Walk) -> None:
        if sum(name in value for name in names) != 1:
            walk.fault(f"must define either {' or '.join(f'`{name}`' for name in names)}", at)

    return check


def anything(value: Any, at: str, walk: Walk) -> None:
    """A value that is checked elsewhere."""
