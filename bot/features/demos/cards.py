"""Demos in words. Pure: data in, cards out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.content import Content
from bot.features.demos.contract import Terms
from bot.features.demos.model import (
    BOOKED,
    DECLINED,
    DRAFT,
    KEPT_UNTIL,
    LINE,
    MOVED,
    NO_SHOW,
    SHOWN,
    TITLE,
    WAITING,
    WITHDRAWN,
    Demo,
    DemoFeedback,
    Seats,
)
from bot.features.events.after import dated
from bot.features.events.cards import when_line
from bot.features.events.model import CANCELLED, Event
from bot.features.events.when import shown
from bot.markup import bulleted, linked, numbered, one_line, plain
from bot.paging import filled
from bot.replies import OPTION_LABEL, TEXT, Button, Card, Choice, Field, Option
from bot.replies import TITLE as CARD_TITLE

STATES = {"": "Not noted", "idea": "An idea", "in progress": "In progress", "shipped": "Shipped"}
MARKS = {BOOKED: "?", SHOWN: "✓", NO_SHOW: "✗"}
OVER = {
    BOOKED: "The evening is over. Hosts have not said yet whether it was shown.",
    WAITING: "No slot fell free that evening. `/demo` signs you up for the next one.",
}
LISTED = 30
ROOM = TEXT - 400
PAGE = TEXT - 1000


def title(before: str, demo: Demo) -> str:
    return f"{before}{called(demo, CARD_TITLE - len(before))}"


def called(demo: Demo, limit: int = TITLE) -> str:
    """Its title as plain text. A presenter who was forgotten took it along."""
    return one_line(demo.title, limit) or "a demo"


def contract(terms: Terms, content: Content) -> tuple[Field, ...]:
    """A field for each point, so that the longest still fits."""
    labels: dict[str, str] = {each.key: each.label for each in content.demo.contract}
    minutes = Field("Contract: time", f"{_minutes(terms.minutes)}, on a clock that you can see.")
    points = (
        Field(f"Contract: {_small(labels[key])}", plain(says)) for key, says in terms.points.items()
    )
    return (minutes, *points)


def about(demo: Demo) -> tuple[Field, ...]:
    """What it is, for whoever has to decide about it."""
    fields = [Field("How far", f"{STATES.get(demo.state, demo.state)}, {_minutes(demo.minutes)}")]
    if demo.wish:
        fields.append(Field("Feedback wanted", plain(demo.wish)))
    if demo.link:
        fields.append(Field("Link", linked(demo.link)))
    return tuple(fields)


def kept_line(seats: Seats, event: Event, zone: str) -> str:
    """Said openly wherever slots are shown."""
    if not seats.kept:
        return ""
    until = shown(event.starts_at - KEPT_UNTIL, zone)
    are = f"{seats.kept} is" if seats.kept == 1 else f"{seats.kept} are"
    return (
        f"Of {seats.slots} slots {are} kept for people who show something for the first time, "
        f"until {until}."
    )


def status(demo: Demo, event: Event, now: datetime, line: int = 0) -> str:
    """Where it stands, for its presenter. `line`: their number on the waiting list."""
    if event.status == CANCELLED and demo.status in (BOOKED, WAITING):
        return "The event was cancelled. You can move the demo to another one, or withdraw it."
    if event.ends_at <= now and demo.status in (BOOKED, WAITING):
        return OVER[demo.status]
    if demo.status == BOOKED:
        return (
            "You have a slot, and a host has confirmed it."
            if demo.confirmed_at
            else "You have a slot. A host confirms it soon, and I tell you."
        )
    return {
        DRAFT: "You have not agreed to the contract yet, so no slot is yours.",
        WAITING: f"You are number {line} on the waiting list. I write to you when a slot is free.",
        WITHDRAWN: "You withdrew it.",
        DECLINED: "The hosts had no room for it at this event.",
        MOVED: "It moved to another event.",
        SHOWN: "You showed it. Thank you.",
        NO_SHOW: "It was not shown this time. `/demo` signs you up for another evening.",
    }[demo.status]


def mine(
    demo: Demo,
    event: Event,
    zone: str,
    now: datetime,
    line: int,
    note: str,
    buttons: Iterable[Button],
) -> Card:
    """`line`: their number on the waiting list; `note`: what was done a moment ago."""
    where = f"**{plain(event.title, 100)}**, {when_line(event, zone)}"
    text = "\n\n".join(filter(None, [note, status(demo, event, now, line), where]))
    return Card(title("", demo), text, about(demo), tuple(buttons))


def at_home(demo: Demo, event: Event, zone: str) -> str:
    """One line for whoever shows it: what, when, and how it stands."""
    stands = "on the waiting list"
    if event.status == CANCELLED:
        stands = "the event is cancelled"
    elif demo.status == BOOKED:
        stands = "confirmed" if demo.confirmed_at else "not confirmed yet"
    return f"{plain(called(demo, 80))} · {plain(dated(event, zone, 80))} · {stands}"


def programme(
    event: Event,
    zone: str,
    demos: Sequence[Demo],
    names: Mapping[str, str],
    seats: Seats,
    waiting: int,
) -> Card:
    """Who shows what, in running order."""
    lines = [_line(demo, names) for demo in demos[:LISTED]]
    left = seats.left
    free = f"{left} of {seats.slots} slots free." if left else "All slots are taken."
    if waiting:
        free += f" {waiting} waiting."
    sign_up = "`/demo` signs you up." if left else "`/demo` puts you on the waiting list."
    notes = [free, kept_line(seats, event, zone), sign_up]
    ordered = _within(lines) if lines else "Nobody has signed up yet."
    text = "\n\n".join([when_line(event, zone), ordered, " ".join(filter(None, notes))])
    return Card(f"Demos: {dated(event, zone, 130)}", text)


def order(
    event: Event,
    zone: str,
    demos: Sequence[Demo],
    names: Mapping[str, str],
    focus: Demo | None,
    buttons: Iterable[Button],
    choice: Choice | None,
) -> Card:
    """The running order for hosts; the one in focus is what the arrows move."""
    lines = [f"{'→ ' if demo is focus else ''}{_line(demo, names)}" for demo in demos[:LISTED]]
    minutes = sum(demo.minutes for demo in demos)
    many = "1 demo" if len(demos) == 1 else f"{len(demos)} demos"
    total = f"{many}, {_minutes(minutes)} without the pauses."
    hint = "Pick one, and the arrows move it. Rough work first makes it easier to follow."
    text = f"{_within(lines)}\n\n{total} {hint}" if demos else "No demo has a slot yet."
    return Card(f"Running order: {dated(event, zone, 120)}", text, (), tuple(buttons), choice)


def order_text(event: Event, zone: str, demos: Sequence[Demo], names: Mapping[str, str]) -> str:
    """The running order to print or paste: plain text, one demo a line."""
    local = event.starts_at.astimezone(ZoneInfo(zone))
    lines = [f"{one_line(event.title, 150)}, {local:%A} {local.day} {local:%B %Y}, {local:%H:%M}"]
    for number, demo in enumerate(demos, start=1):
        who = one_line(names.get(demo.presenter_id or "", "Somebody"), 60)
        lines.append(f"{number}. {who}: {called(demo)} ({', '.join(_marks(demo))})")
        if demo.wish:
            lines.append(f"   Feedback wanted: {one_line(demo.wish, 200)}")
    return "\n".join(lines) + "\n"


def options(demos: Sequence[Demo], names: Mapping[str, str], marked: bool = False) -> list[Option]:
    """No two with the same label: the second of a title is numbered."""
    seen: Counter[str] = Counter()
    found = []
    for demo in demos:
        mark = f"{MARKS.get(demo.status, '')} " if marked else ""
        name = names.get(demo.presenter_id or "", "")
        label = one_line(f"{mark}{name + ': ' if name else ''}{called(demo)}", OPTION_LABEL - 5)
        seen[label] += 1
        number = f" ({seen[label]})" if seen[label] > 1 else ""
        found.append(Option(f"{label}{number}", demo.id))
    return found


def delivered(event: Event, zone: str, demos: Sequence[Demo], names: Mapping[str, str]) -> str:
    groups = {"Shown": SHOWN, "Not shown": NO_SHOW, "Not marked yet": BOOKED}
    lines = []
    for label, status in groups.items():
        found = [who(demo, names) for demo in demos if demo.status == status]
        if found:
            lines.append(f"**{label}**\n\n{_within(found, bulleted, ROOM // 3)}")
    return "\n\n".join([when_line(event, zone), *lines])


def pages(lines: Iterable[tuple[DemoFeedback, str]]) -> Sequence[Sequence[str]]:
    """The room's lines, as markup, as many on a page as there is room for."""
    return filled((_said(*each) for each in lines), len, PAGE)


def _said(each: DemoFeedback, name: str) -> str:
    says = plain(each.words, LINE)
    return f"{says} · *{plain(name, 60)}*" if each.signed else says


def heard(demo: Demo, lines: Sequence[str], buttons: Iterable[Button]) -> Card:
    """The room's words for one presenter."""
    asked = f"You asked for: {plain(demo.wish)}" if demo.wish else ""
    ends = "If a line hurts, show it to a host you trust. Hosts can't see these by themselves."
    text = "\n\n".join(filter(None, [asked, bulleted(lines), ends]))
    return Card(title("What the room says: ", demo), text, buttons=tuple(buttons))


def _marks(demo: Demo) -> list[str]:
    """An imported demo may say nothing of its state."""
    return [each for each in (_minutes(demo.minutes), demo.state) if each]


def _line(demo: Demo, names: Mapping[str, str]) -> str:
    marks = _marks(demo)
    if demo.first_time:
        marks.append("first demo here")
    if demo.confirmed_at is None:
        marks.append("not confirmed yet")
    return f"{who(demo, names)} ({', '.join(marks)})"


def who(demo: Demo, names: Mapping[str, str]) -> str:
    name = names.get(demo.presenter_id or "", "Somebody")
    return f"**{plain(name, 40)}**: {plain(called(demo), TITLE)}"


def _within(
    lines: Sequence[str],
    drawn: Callable[[Iterable[str]], str] = numbered,
    room: int = ROOM,
) -> str:
    """As many lines as there is room for, and how many more."""
    shown: list[str] = []
    for line in lines:
        if sum(map(len, shown)) + len(line) + 5 * len(shown) > room:
            break
        shown.append(line)
    text = drawn(shown)
    rest = len(lines) - len(shown)
    return f"{text}\n\n*and {rest} more*" if rest else text


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"


def _small(label: str) -> str:
    return f"{label[:1].lower()}{label[1:]}"
