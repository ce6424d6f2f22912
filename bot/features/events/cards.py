"""Events in words: what every card about one says."""

from collections.abc import Sequence
from datetime import datetime

from bot.features.events import when
from bot.features.events.model import CANCELLED, Event, Shaped
from bot.features.events.store import Counts, Line
from bot.markup import linked, one_line, paragraphs, plain, shorten
from bot.replies import FIELD_VALUE, OPTION_LABEL, TITLE, Card, Field, Option

LINK_IN_A_LIST = 100
"""Characters. With longer ones a page of a list would not fit; the event itself shows them."""
ROOM_FOR_NAMES = FIELD_VALUE - 100


def title(event: Event) -> str:
    mark = "Cancelled: " if event.status == CANCELLED else ""
    return shorten(f"{mark}{one_line(event.title, TITLE)}", TITLE)


def dated(event: Event, zone: str) -> str:
    """For titles: which evening of a series it is."""
    return f"{one_line(event.title, 100)}, {when.short_day(event.starts_at, zone)}"


def when_line(event: Shaped, zone: str) -> str:
    shown = when.shown(event.starts_at, zone)
    return f"**{shown}** ({plain(zone)}), {when.length(event.minutes)}"


def facts(event: Event, zone: str, counts: Counts) -> tuple[Field, ...]:
    """Where, and how many. Never who: that is theirs to tell."""
    where = (Field("Where", linked(event.place)),) if event.place else ()
    return (*where, Field("Who comes", how_many(event, counts)))


def place_in_a_list(text: str) -> str:
    return linked(text) if len(text) <= LINK_IN_A_LIST else plain(text, LINK_IN_A_LIST)


def how_many(event: Event, counts: Counts) -> str:
    parts = [f"{counts.coming} coming"]
    if event.status == CANCELLED:
        return parts[0]
    left = counts.left(event.capacity)
    if left is not None:
        some = "1 place left" if event.capacity == 1 else f"{left} of {event.capacity} places left"
        parts.append(some if left else "no place left")
    if counts.waiting:
        parts.append(f"{counts.waiting} waiting")
    if counts.maybe:
        parts.append(f"{counts.maybe} maybe")
    return " · ".join(parts)


def interest(count: int) -> tuple[Field, ...]:
    """For hosts: apart from the answers, since it is none."""
    if not count:
        return ()
    some = "1 person has" if count == 1 else f"{count} people have"
    says = f"{some} marked the event as interesting. That is no answer yet."
    return (Field("On Discord", says),)


def about(event: Event, zone: str, counts: Counts, note: str = "") -> Card:
    """The event without buttons; `note` is a first sentence for whoever reads."""
    text = [note, when_line(event, zone), paragraphs(event.details)]
    return Card(title(event), "\n\n".join(filter(None, text)), facts(event, zone, counts))


def one_of_a_list(number: int, event: Event, zone: str, counts: Counts, dates: int) -> Field:
    """`dates`: how many there are ahead, if it is one of a series."""
    lines = [when_line(event, zone)]
    if event.series_id and dates > 1:
        more = "1 more date" if dates == 2 else f"{dates - 1} more dates"
        lines.append(f"And {more}: open it to see them.")
    if event.place:
        lines.append(place_in_a_list(event.place))
    name = shorten(f"{number} · {one_line(event.title, TITLE)}", TITLE)
    return Field(name, "\n\n".join([*lines, how_many(event, counts)]))


def one_of_a_series(event: Event, zone: str, counts: Counts) -> Field:
    """The title is said above."""
    where = f"\n\n{place_in_a_list(event.place)}" if event.place else ""
    return Field(when.short(event.starts_at, zone), f"{how_many(event, counts)}{where}")


def option(event: Event, zone: str) -> Option:
    """For a select: the date comes first, since a series has one title."""
    label = f"{when.short(event.starts_at, zone)} · {one_line(event.title, TITLE)}"
    return Option(shorten(label, OPTION_LABEL), event.id)


def change(before: datetime, event: Event, zone: str) -> str:
    """What moved, for those who planned with it."""
    if before == event.starts_at:
        return f"The place is another one. It is still on {when_line(event, zone)}."
    return f"It was on {when.shown(before, zone)}, and is now on {when_line(event, zone)}."


def who_came(lines: Sequence[Line]) -> tuple[Field, ...]:
    """Three groups; whoever nobody knows about stays in the third."""
    groups = (("Here", True), ("Not here", False), ("Not known", None))
    return tuple(_group(name, lines, present) for name, present in groups)


def _group(name: str, lines: Sequence[Line], present: bool | None) -> Field:
    names = [plain(line.name, 60) for line in lines if line.present is present]
    return Field(f"{name} ({len(names)})", _some(names) or "Nobody.")


def _some(names: Sequence[str]) -> str:
    """As many names as there is room for, and how many more."""
    shown = ""
    for number, name in enumerate(names):
        longer = f"{shown}, {name}" if shown else name
        if len(longer) > ROOM_FOR_NAMES:
            return f"{shown}, and {len(names) - number} more"
        shown = longer
    return shown
