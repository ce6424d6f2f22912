"""What reviews look like. Pure: data in, a card out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from bot.content import Care, Review
from bot.features.weekly_review.model import LINE, OPEN, ReviewPlan
from bot.features.weekly_review.pages import Fitting, number_of
from bot.features.weekly_review.store import Line
from bot.markup import bulleted, isolated, moment, numbered, plain, shorten
from bot.replies import FIELD_NAME, FIELD_VALUE, Button, Card, Choice, Field
from bot.schedule import zone_of

MOST_OPEN = 4
"""Lines with buttons on one card: three each, beside those of the review itself."""

GLIMPSE = 160
"""Characters of a line where several stand together; the ledger has it whole."""

WEEKS_ON_PAGE = 4
OTHERWISE = "Asked before"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One week's review as its person sees it now."""

    week: str
    answered: bool
    lines: Sequence[Line]
    """All that they ever wrote, newest week first."""
    still_open: Sequence[Line]
    """Those of them to ask about."""
    said: str = ""
    """What has just happened."""

    @property
    def written(self) -> list[Line]:
        return [line for line in self.lines if line.week == self.week]


def sheet(words: Review, page: Sheet, buttons: Iterable[Button], choice: Choice | None) -> Card:
    """The week's review: what is open from before, then the questions, or what was written."""
    opening = words.openings[number_of(page.week) % len(words.openings)]
    first = page.said or ("" if page.answered else opening)
    parts = [first, _still_open(page.still_open)]
    if page.answered:
        title = "This week's page"
        fields = [_written(words, line) for line in page.written if line.state != OPEN]
    else:
        title = "Your weekly review"
        fields = [Field(each.question, each.hint) for each in words.questions]
    text = "\n\n".join(part for part in parts if part)
    return Card(title, text, tuple(fields), tuple(buttons), choice)


def kept(
    words: Review,
    page: Sheet,
    fits: Fitting | None,
    care: Care | None,
    buttons: Iterable[Button],
) -> Card:
    """After an answer: the lines as they stand in the ledger, and one page to go with them."""
    fields = [_written(words, line) for line in page.written]
    if care:
        fields.insert(0, Field(care.title, care.says))
    elif fits:
        about = f"{plain(fits.page.says)} {plain(fits.why)}"
        fields.append(
            Field(
                f"A page that may help: {fits.page.kind} {fits.page.number}, {fits.page.title}",
                about,
            )
        )
    return Card("Written down", page.said, tuple(fields), tuple(buttons))


def _still_open(lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    shown = numbered(_glimpse(line) for line in lines[:MOST_OPEN])
    if len(lines) == 1:
        shown = f"> {_glimpse(lines[0])}"
    rest = len(lines) - MOST_OPEN
    more = f"\n\n*{rest} more come after these.*" if rest > 0 else ""
    return f"**Still open**\n\n{shown}{more}"


def _glimpse(line: Line) -> str:
    return isolated(plain(line.words, GLIMPSE))


def _written(words: Review, line: Line) -> Field:
    outcome = _outcome(words, line, "\n")
    inert = isolated(plain(line.words, LINE))
    return Field(question_of(words, line.question), f"{inert}{outcome}")


def question_of(words: Review, key: str) -> str:
    """Its words, or for one that the content asks no more, its key."""
    asked = {each.key: each.question for each in words.questions}
    return shorten(asked.get(key) or f"{OTHERWISE}: {key}", FIELD_NAME)


def label_of(words: Review, state: str) -> str:
    """What became of a line, in the content's word; nothing while it is open."""
    return next((each.label for each in words.outcomes if each.key == state), "")


def _outcome(words: Review, line: Line, before: str) -> str:
    label = label_of(words, line.state)
    return f"{before}*{label}*" if label else ""


def week_name(week: str) -> str:
    day = date.fromisoformat(week)
    return f"Week of {day.day} {day:%B %Y}"


def by_week(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    return [(week, list(found)) for week, found in groupby(lines, attrgetter("week"))]


def ledger(
    words: Review,
    text: str,
    weeks: Sequence[tuple[str, list[Line]]],
    buttons: Iterable[Button],
    choice: Choice | None,
) -> Card:
    fields = (Field(week_name(week), _in_short(words, found)) for week, found in weeks)
    return Card("Your ledger", text, tuple(fields), tuple(buttons), choice)


def _in_short(words: Review, lines: Sequence[Line]) -> str:
    """Every line of a week, each shortened as far as they all need to fit."""
    tails = [_outcome(words, line, " · ") for line in lines]
    for room in (LINE, GLIMPSE, 80, 40, 20):
        parts = [
            f"{isolated(plain(line.words, room))}{tail}"
            for line, tail in zip(lines, tails, strict=True)
        ]
        if len(bulleted(parts)) <= FIELD_VALUE:
            break
    return bulleted(parts)


def one_week(words: Review, week: str, lines: Sequence[Line], buttons: Iterable[Button]) -> Card:
    """A week's lines, whole."""
    fields = tuple(_written(words, line) for line in lines)
    return Card(week_name(week), "", fields, tuple(buttons))


def as_text(words: Review, lines: Iterable[Line]) -> str:
    """The whole ledger to keep, as plain text: nothing in it is read as a formula."""
    parts = ["My weekly reviews"]
    for week, found in by_week(lines):
        told = [_in_file(words, line) for line in found]
        parts += [f"{week_name(week)}\n{'-' * len(week_name(week))}", *told]
    return "\n\n".join(parts) + "\n"


def _in_file(words: Review, line: Line) -> str:
    label = label_of(words, line.state)
    outcome = f"\n  ({label})" if label else ""
    return f"{question_of(words, line.question)}\n  {_indented(line.words)}{outcome}"


def _indented(text: str) -> str:
    return "\n  ".join(text.splitlines())


def when(plan: ReviewPlan, zone: str) -> str:
    """The next one's moment, as markup."""
    assert plan.next_at
    return at_words(plan.next_at, zone)


def at_words(at: datetime, zone: str) -> str:
    local = at.astimezone(zone_of(zone))
    return moment(f"{local:%A} {local.day} {local:%B}, {local:%H:%M}", int(at.timestamp()))
