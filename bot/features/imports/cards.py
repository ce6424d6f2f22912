"""What an import would add, did add, and whom to ask about. Pure."""

from collections.abc import Iterable, Sequence

from bot.features.imports.model import ImportBatch
from bot.features.imports.plan import Plan, told
from bot.markup import bulleted, moment, plain
from bot.replies import FIELD_VALUE, Button, Card, Field

LINE = 300
SILENT = "Nobody on a list is written to: they have no account here until they come themselves."
NOTHING_NEW = "All of it is here already. Nothing would be added."
REST = "Import, the rest did not come"


def added(events: int, people: int, answers: int, seen: int, talks: int) -> list[str]:
    counts = (
        (events, "event"), (people, "person"), (answers, "answer"),
        (seen, "check-in"), (talks, "talk"),
    )  # fmt: skip
    return [_count(number, what) for number, what in counts if number]


def counted(plan: Plan) -> list[str]:
    """What a plan would add, and what it leaves as it is."""
    found = added(
        len(plan.gatherings.added),
        len(plan.people.added),
        len(plan.answers),
        len(plan.seen),
        len(plan.talks),
    )
    if plan.gatherings.known:
        found.append(f"{_count(len(plan.gatherings.known), 'event')} known already: left as it is")
    if plan.already:
        found.append(f"{_count(plan.already, 'row')} known already: left as it is")
    return found


def rest(plan: Plan, how: str) -> str:
    """A list of check-ins does not say who stayed away, unless it was complete."""
    if not plan.rest:
        return ""
    who = "1 who said yes has" if len(plan.rest) == 1 else f"{len(plan.rest):,} who said yes have"
    return f"{who} no check-in. If the list at the door was complete, {how}. Else it stays unknown."


def preview(plan: Plan, buttons: tuple[Button, ...]) -> Card:
    what = plain(f"I read this as: {plan.what}.")
    if plan.is_empty:
        return Card("Nothing new in it", f"{what}\n\n{NOTHING_NEW}", _doubts(plan), buttons[1:])
    fields = (Field("It adds", bulleted(counted(plan))), *_doubts(plan))
    text = f"{what}\n\n{SILENT} Nothing is added before you say so."
    return Card("Import this?", text, fields, buttons)


def done(batch: ImportBatch, buttons: tuple[Button, ...], rest: int = 0) -> Card:
    """`rest` of the check-ins say that somebody did not come."""
    seen = batch.attendances - rest
    parts = added(batch.events, batch.people, batch.answers, seen, batch.talks)
    if rest:
        parts.append(f"{rest:,} marked as not there")
    text = f"{bulleted(parts)}\n\n{SILENT}"
    return Card(f"Imported: {plain_title(batch)}", text, buttons=buttons)


def plain_title(batch: ImportBatch) -> str:
    return batch.what[:100]


BY_ADDRESS = (
    "Give me the https address of a calendar (ICS) or of a list (CSV): your calendar at Luma, "
    "Google or Meetup, or a sheet that is published as CSV."
)
ATTACHED = (
    "Or attach the file itself as `file`, up to 4 MB. For a larger one, or several that go "
    "together, whoever runs the bot types `community-os import` there."
)
NOT_ATTACHED = (
    "I can't take a file here: put it where it has such an address, or ask whoever runs the bot to "
    "take it in with `community-os import`."
)


def overview(
    batches: Sequence[ImportBatch], alike: int, buttons: tuple[Button, ...], takes_files: bool
) -> Card:
    how = f"{BY_ADDRESS} {ATTACHED if takes_files else NOT_ATTACHED}"
    fields = []
    if batches:
        fields.append(Field("Imports, newest first", bulleted(_line(each) for each in batches)))
    if alike:
        text = f"{_count(alike, 'pair')} of people may be one and the same."
        fields.append(Field("To look at", text))
    return Card("Import from elsewhere", how, tuple(fields), buttons)


def _line(batch: ImportBatch) -> str:
    parts = added(batch.events, batch.people, batch.answers, batch.attendances, batch.talks)
    when = moment(f"{batch.made_at:%d %b %Y}", int(batch.made_at.timestamp()))
    undone = " · taken back" if batch.undone_at else ""
    return f"{plain(batch.what, 60)}, {when}: {', '.join(parts)}{undone}"


def _doubts(plan: Plan) -> tuple[Field, ...]:
    lines = [*filter(None, [rest(plan, f"choose: {REST}")]), *told(plan)]
    return (Field("Look at this", _fitting(lines)),) if lines else ()


def _fitting(lines: Iterable[str]) -> str:
    """As many as a field holds; how many more there are is said."""
    left = [plain(line, LINE) for line in lines]
    shown: list[str] = []
    while left and len(bulleted([*shown, left[0]])) < FIELD_VALUE - 30:
        shown.append(left.pop(0))
    return bulleted([*shown, f"and {len(left)} more"] if left else shown)


def _count(number: int, what: str) -> str:
    plural = "people" if what == "person" else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"
