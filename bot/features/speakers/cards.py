"""What the speaker pipeline looks like. Pure: data in, a card out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.features.speakers.model import (
    ASIDE,
    LONGEST_NOTE,
    PATH,
    Candidate,
    Flow,
    SpeakerMove,
    SpeakerNote,
    Stage,
)
from bot.features.speakers.store import Board, Line
from bot.markup import bulleted, one_line, plain
from bot.replies import (
    FIELD_VALUE,
    OPTION_LABEL,
    TEXT,
    Button,
    Card,
    Choice,
    Field,
    Option,
    titled,
)

FEWEST = 5
"""Below this many no share is told: one person would move it by a fifth."""
ON_BOARD = 6
"""Of each stage; the card may hold fewer."""
FIELD_ROOM = 700
"""Characters for one stage, so that six of them fit one card."""
ON_PAGE = 12
NAME = 40
SHORT = 60
NOTES = 3
NOTE_ROOM = 300

WORDS = {
    "spotted": "Spotted",
    "invited": "Invited",
    "interested": "Interested",
    "booked": "Booked",
    "delivered": "Delivered",
    "followed-up": "Followed up",
    "parked": "Parked",
    "declined": "Declined",
}


@dataclass(frozen=True, slots=True)
class View:
    """From where the board is looked at."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        return self.day(self.now)

    def day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


def name_of(candidate: Candidate) -> str:
    """In titles, as it was typed."""
    return candidate.name or "Somebody who left"


def heading(before: str, candidate: Candidate) -> str:
    return titled(before, name_of(candidate))


def board(
    found: Board, view: View, buttons: Iterable[Button] = (), choice: Choice | None = None
) -> Card:
    """The whole pipeline: each stage with those whose turn it is."""
    counts = found.counts
    fields = [
        _stage(stage, counts[stage], found.first[stage], view)
        for stage in PATH
        if counts.get(stage)
    ]
    text = " → ".join(f"{WORDS[stage]} {counts.get(stage, 0)}" for stage in PATH)
    if aside := [f"{WORDS[stage]} {counts[stage]}" for stage in ASIDE if counts.get(stage)]:
        text += f"\n\n{' · '.join(aside)}"
    if not any(counts.values()):
        text = "Nobody is on the board yet. Think of who asked a good question lately."
    return Card("Speakers", text, tuple(fields), tuple(buttons), choice)


def left_board() -> Card:
    return Card(
        "Speakers", "This board is not kept current any more. `/speakers` shows it to hosts."
    )


def stages(counts: Mapping[str, int]) -> list[Option]:
    return [
        Option(f"{words} ({counts[stage]})", stage)
        for stage, words in WORDS.items()
        if counts.get(stage)
    ]


def page(
    title: str,
    lines: Sequence[Line],
    view: View,
    buttons: Iterable[Button],
    choice: Choice | None,
    note: str = "",
) -> Card:
    """Some of the people, one a line."""
    listed = _fitted([_line(each, view) for each in lines], TEXT - len(note) - 4)
    text = "\n\n".join(filter(None, [listed, note])) or "Nobody is here."
    return Card(title, text, buttons=tuple(buttons), choice=choice)


def people(lines: Iterable[Line]) -> list[Option]:
    """For a select; two of one name are told apart by the topic, or the stage."""
    return [
        Option(
            one_line(name_of(each.candidate), OPTION_LABEL),
            each.candidate.id,
            one_line(
                f"{WORDS[each.candidate.stage]} · {each.candidate.topic or ''}".rstrip(" ·"),
                OPTION_LABEL,
            ),
        )
        for each in lines
    ]


def person(
    line: Line,
    notes: Sequence[SpeakerNote],
    names: Mapping[str, str],
    view: View,
    buttons: Iterable[Button],
    choice: Choice | None,
    note: str = "",
) -> Card:
    """One of them, with what is next and what was noted. `note` says what was just done."""
    found = line.candidate
    parts = [note, _where(found, view)]
    if found.topic:
        parts.append(f"Topic: {plain(found.topic)}")
    parts.append(f"Looked after by {_owner(line)}")
    fields = [Field("Next step", _step(line.step, view) if line.step else "None yet.")]
    said = [each for each in notes if each.due is None]
    if said:
        texts = [_note(each, names, view, NOTE_ROOM) for each in said[:NOTES]]
        fields.append(Field("Notes", _fitted(texts, FIELD_VALUE, len(said))))
    text = "\n\n".join(filter(None, parts))
    return Card(heading("", found), text, tuple(fields), tuple(buttons), choice)


def changed(title: str, text: str, buttons: Iterable[Button]) -> Card:
    return Card(title, text, buttons=tuple(buttons))


def history(
    found: Candidate,
    moves: Sequence[SpeakerMove],
    notes: Sequence[SpeakerNote],
    names: Mapping[str, str],
    view: View,
) -> list[str]:
    """Newest first, a line each."""
    told = [(each.at, each.number, _moved(each, names, view)) for each in moves]
    told += [(each.at, 0, _note(each, names, view, LONGEST_NOTE)) for each in notes]
    return [line for *_, line in sorted(told, key=lambda each: each[:2], reverse=True)]


def flows(found: Mapping[Stage, Flow], days: int) -> Card:
    lines = [f"**{WORDS[stage]}**: {_flow(found[stage])}" for stage in PATH]
    text = f"In the last {days} days: how many came to each stage, and how many moved on from it."
    note = f"I give a share from {FEWEST} people on. Fewer than that say little."
    return Card("How it flows", f"{text}\n\n{bulleted(lines)}\n\n{note}")


def reminder(line: Line, view: View, buttons: Iterable[Button]) -> Card:
    found = line.candidate
    step = plain(line.step.text, LONGEST_NOTE) if line.step else ""
    about = f" · {plain(found.topic, SHORT)}" if found.topic else ""
    text = f"{step}\n\n{WORDS[found.stage]}{about}"
    return Card(heading("A step for today: ", found), text, buttons=tuple(buttons))


def age(candidate: Candidate, view: View) -> str:
    """In whole days, as the calendar counts them."""
    days = (view.today - view.day(candidate.since)).days
    return "since today" if days < 1 else "for 1 day" if days == 1 else f"for {days} days"


def day(value: date) -> str:
    return f"{value:%a} {value.day} {value:%b %Y}"


def _where(found: Candidate, view: View) -> str:
    stuck = "\n\n⏳ This has waited for a while. A small step, or a kind release, is due."
    return f"**{WORDS[found.stage]}**, {age(found, view)}{stuck if found.stuck(view.now) else ''}"


def _stage(stage: str, count: int, lines: Sequence[Line], view: View) -> Field:
    shown = _fitted([_line(each, view) for each in lines], FIELD_ROOM, count)
    return Field(f"{WORDS[stage]} ({count})", shown)


def _fitted(lines: Sequence[str], room: int, of: int | None = None) -> str:
    """As many whole lines as there is room for, and how many more there are."""
    count = len(lines) if of is None else of
    shown: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 3
        if size > room - 30:
            break
        shown.append(line)
    if rest := count - len(shown):
        shown.append(f"*and {rest} more*")
    return bulleted(shown)


def _line(line: Line, view: View) -> str:
    found = line.candidate
    parts = [f"**{plain(name_of(found), NAME)}**"]
    if found.topic:
        parts.append(plain(found.topic, SHORT))
    if line.step and line.step.due:
        parts.append(f"{plain(line.step.text, SHORT)}, {_due(line.step.due, view)}")
    if line.owner:
        parts.append(f"with {plain(line.owner, NAME)}")
    if found.stuck(view.now):
        parts.append(f"⏳ waiting {age(found, view)}")
    return " · ".join(parts)


def _step(step: SpeakerNote, view: View) -> str:
    return f"{plain(step.text, LONGEST_NOTE)}, {_due(step.due, view)}" if step.due else ""


def _due(due: date, view: View) -> str:
    if due == view.today:
        return "today"
    return f"by {day(due)}" if due > view.today else f"was for {day(due)}"


def _owner(line: Line) -> str:
    return f"**{plain(line.owner, NAME)}**" if line.owner else "nobody yet"


def _note(note: SpeakerNote, names: Mapping[str, str], view: View, room: int) -> str:
    by = plain(names.get(note.by_id or "", "a host"), NAME)
    when = day(view.day(note.at))
    if note.due is None:
        return f"{when}, {by}: {plain(note.text, room)}"
    state = "done or replaced" if note.settled_at else "open"
    return f"{when}, {by}: next step for {day(note.due)}, {state}: {plain(note.text, room)}"


def _moved(move: SpeakerMove, names: Mapping[str, str], view: View) -> str:
    host = names.get(move.by_id or "")
    by = f", {plain(host, NAME)}" if host else ""
    about = f" ({plain(move.about, SHORT)})" if move.about else ""
    return f"{day(view.day(move.at))}{by}: {_what(move, names)}{about}"


def _what(move: SpeakerMove, names: Mapping[str, str]) -> str:
    if move.stage is None:
        return f"looked after by {plain(names.get(move.owner_id or '', 'nobody'), NAME)}"
    if move.was is None:
        return f"came onto the board at **{WORDS[move.stage]}**"
    if move.was == move.stage:
        return f"**{WORDS[move.stage]}** once more"
    return f"{WORDS[move.was]} → **{WORDS[move.stage]}**"


def _flow(flow: Flow) -> str:
    if not flow.entered:
        return "nobody came here"
    on = f"{flow.moved_on} of {flow.entered} moved on"
    if flow.entered >= FEWEST:
        on += f" ({flow.moved_on / flow.entered:.0%})"
    return f"{on}, {flow.aside} parked or declined" if flow.aside else on
