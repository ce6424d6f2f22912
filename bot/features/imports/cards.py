"""What an import would add, did add, and whom to ask about. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from bot.features.imports.differing import differing
from bot.features.imports.model import ImportBatch
from bot.features.imports.plan import Counts, Plan, TakenBack, count
from bot.features.imports.telling import place, told
from bot.imports import Meeting
from bot.imports.dates import long_day
from bot.markup import bulleted, moment, one_line, plain
from bot.replies import FIELD_VALUE, Button, Card, Field

LINE = 300
SILENT = "Nobody on a list is written to: they have no account here until they come themselves."
REST = "Import, the rest did not come"
ENDS = 3
"""Dates that are shown from the beginning of what comes, beside the last."""
NOTHING_READ = "Nothing in it could be read, so there is nothing to add."
STILL_AHEAD = "Nothing of it has happened yet, so there is nothing to add."
NO_ROWS = "It has a header and no rows, so there is nothing to add."
NO_DATES = "This calendar has no dates, so there is nothing to add."
ALL_HERE = "All of it is here already. There is nothing to add."
REST_HERE = "All that I can read of it is here already. There is nothing to add."
DIFFERS = "All of it is here already, but not all of it is the same. Nothing is added or changed."


def added(counts: Counts, *, one_event: bool = False) -> list[str]:
    """What there is of each. Visits and absences are told apart: they are quoted as figures."""
    first = (counts.events, "event"), (counts.people, "person"), (counts.answers, "answer")
    last = (counts.talks, "talk"), (counts.demos, "demo")
    return [
        *(count(number, what) for number, what in first if number),
        *_came(counts.came, counts.absent, one_event),
        *(count(number, what) for number, what in last if number),
    ]


def _came(came: int, absent: int, one_event: bool) -> list[str]:
    if one_event and came and absent:
        return [f"{count(came, 'person')} came, {absent:,} did not"]
    if one_event and came:
        return [f"{count(came, 'person')} came"]
    visits = [count(came, "visit")] if came else []
    return [*visits, *([f"{absent:,} who did not come"] if absent else [])]


def of_batch(batch: ImportBatch) -> list[str]:
    came = batch.attendances - batch.absences
    return added(
        Counts(
            batch.events,
            batch.people,
            batch.answers,
            came,
            batch.absences,
            batch.talks,
            batch.demos,
        )
    )


def counted(plan: Plan) -> list[str]:
    """What a plan would add."""
    return added(plan.counts, one_event=plan.of_one_event)


def here_already(plan: Plan) -> list[str]:
    """What it leaves as it is."""
    counts = ((len(plan.gatherings.known), "event"), (plan.already, "row"))
    return [
        f"{count(number, what)} {'is' if number == 1 else 'are'} known already and "
        f"{'stays as it is' if number == 1 else 'stay as they are'}."
        for number, what in counts
        if number
    ]


def nothing(plan: Plan) -> tuple[str, str]:
    """Why it adds nothing: a title, and a sentence."""
    if plan.understood:
        differs = plan.otherwise or differing(plan.gatherings)
        says = DIFFERS if differs else ALL_HERE if plan.is_whole else REST_HERE
        return "Nothing new in it", says
    if plan.ahead:
        return "Nothing to add yet", STILL_AHEAD
    if told(plan):
        return "Nothing that I can read", NOTHING_READ
    return "Nothing in it", NO_DATES if plan.calendar else NO_ROWS


def dates(plan: Plan) -> list[str]:
    """The first dates and the last, so that somebody can check how they were read."""
    found = sorted(plan.gatherings.added.values(), key=lambda each: each.starts_at)
    shown = found if len(found) <= ENDS + 1 else [*found[:ENDS], found[-1]]
    home = plan.gatherings.home
    lines = [_dated(each, home) for each in shown]
    if len(found) > ENDS + 1:
        lines.insert(ENDS, f"… {len(found) - ENDS - 1:,} between …")
    if any(each.hour_known for each in shown):
        lines.append(f"These are times in {place(home)}, your community's.")
    return lines


def _dated(meeting: Meeting, zone: ZoneInfo) -> str:
    local = meeting.starts_at.astimezone(zone)
    hour = f", {local:%H:%M}" if meeting.hour_known else ""
    off = " (cancelled)" if meeting.cancelled else ""
    return f"{local:%a} {long_day(local)}{hour}: {one_line(meeting.title, 80)}{off}"


def rest(plan: Plan, how: str) -> str:
    """A list of check-ins does not say who stayed away, unless it was complete."""
    if not plan.rest:
        return ""
    who = "1 who said yes has" if len(plan.rest) == 1 else f"{len(plan.rest):,} who said yes have"
    return f"{who} no check-in. If the list at the door was complete, {how}. Else it stays unknown."


def preview(plan: Plan, buttons: tuple[Button, ...]) -> Card:
    what = plain(f"I read this as: {plan.what}.")
    if plan.is_empty:
        title, why = nothing(plan)
        return Card(title, f"{what}\n\n{why}", _doubts(plan), buttons[1:])
    fields = [Field("It adds", bulleted(counted(plan)))]
    if shown := [*dates(plan), *plan.how]:
        fields.append(Field("Its dates", _fitting(shown)))
    if here := here_already(plan):
        fields.append(Field("Here already", bulleted(here)))
    text = f"{what}\n\n{SILENT} Nothing is added before you say so."
    return Card("Import this?", text, (*fields, *_doubts(plan)), buttons)


def done(batch: ImportBatch, parts: Iterable[str], buttons: tuple[Button, ...]) -> Card:
    text = f"{bulleted(parts)}\n\n{SILENT}"
    return Card(f"Imported: {plain_title(batch)}", text, buttons=buttons)


def taken_back(batch: ImportBatch, back: TakenBack) -> Card:
    stay = staying(back)
    text = "All that it added is gone, and can be imported again."
    if stay:
        text = f"All that it added is gone, but {stay}: something else has come to hang on them."
    text = " ".join([text, *besides(back)])
    return Card(f"Taken back: {plain_title(batch)}", text)


def staying(back: TakenBack) -> str:
    return " and ".join(added(Counts(back.events_stay, back.people_stay)))


def besides(back: TakenBack) -> Iterator[str]:
    """What taking it back does besides."""
    if back.reopened:
        opens = "opens" if back.reopened == 1 else "open"
        yield f"{count(back.reopened, 'event')} that it had closed {opens} again."
    if back.moved_up:
        yield f"{back.moved_up:,} who waited can come now: I tell them."


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
    batches: Sequence[tuple[int, ImportBatch]],
    alike: int,
    buttons: tuple[Button, ...],
    takes_files: bool,
) -> Card:
    how = f"{BY_ADDRESS} {ATTACHED if takes_files else NOT_ATTACHED}"
    fields = []
    if batches:
        fields.append(Field("Imports, newest first", bulleted(_line(*each) for each in batches)))
    if alike:
        text = f"{count(alike, 'pair')} of people may be one and the same."
        fields.append(Field("To look at", text))
    return Card("Import from elsewhere", how, tuple(fields), buttons)


def _line(number: int, batch: ImportBatch) -> str:
    when = moment(f"{batch.made_at:%d %b %Y}", int(batch.made_at.timestamp()))
    undone = " · taken back" if batch.undone_at else ""
    parts = ", ".join(of_batch(batch))
    return f"**{number}** · {plain(batch.what, 60)}, {when}: {parts}{undone}"


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
