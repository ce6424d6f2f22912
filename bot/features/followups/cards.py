"""What follow-ups look like. Pure: data in, a card out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.content import FollowUpMessage
from bot.features.followups.model import REASON, FollowUp, Kept
from bot.markup import bulleted, moment, one_line, plain
from bot.replies import OPTION_LABEL, Button, Card, Choice, Field, Option, titled

MOST_LISTED = 6
MOST_SKIPPED = 3
NAME = 40


@dataclass(frozen=True, slots=True)
class View:
    """From where follow-ups are looked at."""

    now: datetime
    zone: str
    names: Mapping[str, str]
    """Owners by person id."""


def heading(before: str, followup: FollowUp) -> str:
    return titled(before, followup.title)


def due(
    title: str,
    view: View,
    followups: Sequence[FollowUp],
    focus: FollowUp,
    buttons: Iterable[Button],
    choice: Choice | None,
    fields: Iterable[Field] = (),
) -> Card:
    """One in focus, which the buttons are about, and the others below it."""
    others = [each for each in followups if each is not focus]
    lines = [_line(each, view) for each in others[:MOST_LISTED]]
    if rest := len(others) - len(lines):
        lines.append(f"*and {rest} more*")
    text = f"{_line(focus, view)}\n\n{_what_to_do(focus, view)}"
    if lines:
        text += f"\n\n**After that**\n\n{bulleted(lines)}"
    return Card(title, text, tuple(fields), tuple(buttons), choice)


def nothing_due(fields: Iterable[Field]) -> Card:
    text = "No follow-up is waiting. The next one opens when an event ends."
    return Card("Follow-ups", text, tuple(fields))


def options(followups: Iterable[FollowUp]) -> list[Option]:
    """No two with the same label: the second of a title is numbered."""
    seen: Counter[str] = Counter()
    found = []
    for each in followups:
        label = one_line(each.title, OPTION_LABEL - 5)
        seen[label] += 1
        number = f" ({seen[label]})" if seen[label] > 1 else ""
        found.append(Option(f"{label}{number}", each.id))
    return found


def record(share: Kept | None) -> list[Field]:
    """What became of the others lately."""
    if share is None:
        return []
    fields = [Field("In time, in the last 90 days", f"{share.kept} of {share.due}")]
    if share.excuses:
        lines = [_excuse(each) for each in share.excuses[:MOST_SKIPPED]]
        if rest := len(share.excuses) - len(lines):
            lines.append(f"*and {rest} more*")
        fields.append(Field("Skipped, with a reason", bulleted(lines)))
    return fields


def words(messages: Iterable[FollowUpMessage], buttons: Iterable[Button]) -> Card:
    texts = [f"**{each.whom}**\n\n```\n{each.words}\n```" for each in messages]
    hint = "Fill in the brackets: a message without a detail could be for anybody."
    return Card("Words to copy", "\n\n".join([*texts, hint]), buttons=tuple(buttons))


def _line(followup: FollowUp, view: View) -> str:
    when = _when_due(followup, view)
    state = f"was due {when}, and is still welcome" if followup.due_at < view.now else f"due {when}"
    return f"**{plain(followup.title, 100)}** · {state} · {_owner(followup, view)}"


def _what_to_do(followup: FollowUp, view: View) -> str:
    """To whom, and by when. A late one is still worth sending, and the card says so."""
    late = followup.due_at < view.now
    by = "" if late else f"By {_when_due(followup, view)} is good. "
    return (
        "Write to one person who was there: a first-timer, a presenter, somebody you promised a "
        f"link. {by}{'Now is welcome too' if late else 'Later is welcome too'}. "
        "**Wording** has words to begin with."
    )


def _excuse(followup: FollowUp) -> str:
    return f"{plain(followup.title, NAME)}: {plain(followup.reason or '', REASON)}"


def _when_due(followup: FollowUp, view: View) -> str:
    local = followup.due_at.astimezone(ZoneInfo(view.zone))
    label = f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"
    return moment(label, int(followup.due_at.timestamp()))


def _owner(followup: FollowUp, view: View) -> str:
    name = view.names.get(followup.owner_id or "")
    return plain(name, NAME) if name else "nobody's yet"
