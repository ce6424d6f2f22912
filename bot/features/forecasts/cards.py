"""What plans and forecasts look like. Pure: data in, a card out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.features.forecasts import words
from bot.features.forecasts.model import HELD, ForecastOutcome, Kept, KeptForecast
from bot.features.forecasts.priors import ALL, BY_KEY, typed
from bot.features.forecasts.working import Wanted
from bot.markup import bulleted, plain
from bot.numbers.figures import FEW, Share
from bot.numbers.money import Money
from bot.numbers.plans import OUTCOMES, Look, Outlook, Plan, Priors, Score
from bot.numbers.words import day, percent, several
from bot.replies import OPTION_LABEL, Button, Card, Choice, Field, Option, Picture

DATES = 6
"""So many are listed; of more the first and the last are told."""
LISTED = 8
BY_SLOT = 4
"""The version from which demos rest on events; before, on the slots they had."""
HOW = (
    "Of ten such plans, about eight end inside these ranges, one below and one above. "
    "Half end above the middle."
)
PRICES = "Each price takes the whole budget for that one thing; they don't add up."
COUNTED = (
    "Only people at the events count here, and the same days only once: the first forecast that "
    "was kept for them. Demos and the rest rise and fall with the people, so counting them too "
    "would only look like more. Open a forecast to see them all."
)
NOT_KEPT = (
    "This is a look, and nothing is kept of it. Keep it, and it stays as it is and is scored when "
    "its time has come. It can't be changed or taken back after that."
)


def plan(wanted: Wanted, changed: bool, buttons: Iterable[Button]) -> Card:
    found = wanted.plan
    fields = [
        Field("When", words.span(found.start, found.end)),
        Field("Events", _events(wanted)),
        Field("Demo slots at each", str(found.slots)),
        *_optional("Host hours more than now", _hours(found.host_hours, wanted.assumed.words)),
        *_optional("Money", _money(found)),
        *_optional("You hope for", _hopes(found)),
        *_optional("Your own assumptions", bulleted(map(plain, wanted.assumed.words))),
    ]
    question = "Is this what you mean? Look at the ranges next. Nothing is kept yet."
    text = "\n\n".join([*wanted.notes, question])
    title = "Your plan, changed" if changed else "Your plan"
    return Card(title, text, tuple(fields), tuple(buttons))


def ranges(kept: Kept, note: str, picture: Picture, buttons: Iterable[Button]) -> Card:
    found = kept.plan
    fields = [
        Field(OUTCOMES[each.outcome], _outlook(each, kept)) for each in kept.forecast.outlooks
    ]
    text = "\n\n".join([*far(kept), note, _basis(kept), HOW, *([PRICES] if found.money else [])])
    title = f"What to expect, {words.span(found.start, found.end)}"
    return Card(title, text, tuple(fields), tuple(buttons), picture=picture)


def far(kept: Kept) -> list[str]:
    said = " ".join(kept.beyond)
    return [f"**Far from all that is on record.** {said}"] if said else []


def issued(kept: Kept) -> str:
    found = kept.forecast
    return f"Kept on {day(found.issued)}, and the same ever since. {plan_of(kept.plan)}"


def basis(kept: Kept, buttons: Iterable[Button]) -> Card:
    """What a forecast rests on: the records, and what is assumed beside them."""
    fields = tuple(
        Field(OUTCOMES[each.outcome], _rests(each, kept)) for each in kept.forecast.outlooks
    )
    text = (
        "A range leans on what is on record here, and on a first guess where that is little. "
        f"This is version {kept.forecast.version} of the method."
    )
    return Card("What these ranges rest on", text, fields, tuple(buttons))


def assumptions(priors: Priors, note: str, buttons: Iterable[Button]) -> Card:
    text = (
        f"{note}\n\nThis is assumed while there is little on record here. Each event that you hold "
        "takes away some of its weight. Change what you know better."
    )
    fields = tuple(Field(each.says, typed(priors, each)) for each in ALL)
    return Card("First guesses for forecasts", text.strip(), fields, tuple(buttons))


@dataclass(frozen=True, slots=True)
class Past:
    """A forecast, and what became of its outcomes so far."""

    row: KeptForecast
    kept: Kept
    outcomes: Mapping[str, ForecastOutcome]


def went(past: Past, buttons: Iterable[Button]) -> Card:
    """Beside what was hoped for: what was said, and what came."""
    soon = "Its time has not come yet. A week after its last day the first outcomes are told."
    title = f"How it went, {words.span(past.row.starts, past.row.ends)}"
    return Card(title, bulleted(_became(past)) or soon, buttons=tuple(buttons))


def _became(past: Past) -> list[str]:
    """One line for each outcome that was told or can't be, after the events that were held."""
    held = past.outcomes.get(HELD)
    planned = len(past.kept.plan.events)
    if held and not held.came:
        return [f"Events: {planned} planned, none held. So there is nothing to score."]
    events = [f"Events: {planned} planned, {held.came} held"] if held else []
    return events + [
        f"{OUTCOMES[each.outcome]}: {_came(each, past.outcomes[each.outcome])}"
        for each in past.kept.forecast.outlooks
        if each.outcome in past.outcomes
    ]


def scores(
    people: Score | None,
    headline: str,
    past: Sequence[Past],
    buttons: Iterable[Button],
    choice: Choice | None,
) -> Card:
    fields = [*_fields(people)] if people else []
    lines = [_line(each) for each in past[:LISTED]]
    if len(past) > LISTED:
        lines.append(f"*and {len(past) - LISTED} more*")
    if lines:
        fields.append(Field("Your forecasts", bulleted(lines)))
    text = f"{headline}\n\n{COUNTED}" if people else headline
    return Card("How past ranges did", text, tuple(fields), tuple(buttons), choice)


def looked_back(looks: Sequence[Look], found: Score, buttons: Iterable[Button]) -> Card:
    text = (
        "These are looks back, not forecasts that anybody issued: each past quarter as the method "
        "would have seen it from its first day, with the number of its events known. "
        "People at the events, counted at each."
    )
    lines = [_look(each) for each in looks]
    fields = [*_fields(found), Field("Quarter by quarter", bulleted(lines))]
    return Card("How the method would have done here", text, tuple(fields), tuple(buttons))


def option(past: Past) -> Option:
    about = f"{_planned(past)}, {_issued_on(past.kept)}"
    return Option(_span(past.kept.plan)[:OPTION_LABEL], past.row.id, about)


def _planned(past: Past) -> str:
    return several(len(past.kept.plan.events), "event")


def _fields(people: Score) -> Iterable[Field]:
    yield Field("The range, which should hold 8 times in 10", _held(people.held_80))
    yield Field("Its inner part, which should hold 5 times in 10", _held(people.held_50))
    yield Field(
        "How wide, and how far off",
        f"From end to end a range had {people.width:,.0f} people on average. Its middle was "
        f"{people.error:,.0f} off.",
    )
    rules = {
        "last_quarter": "“each event like the last time”",
        "mean_of_four": "“each event like the last four times”",
    }
    lines = [_beside(rules[rule], *losses) for rule, losses in people.beside.items()]
    if lines and people.held_80.whole >= FEW:
        yield Field("Beside simple guesses", bulleted(lines))


def _hours(hours: float, assumed: Collection[str]) -> str:
    if not hours:
        return ""
    unsaid = "" if assumed else ". They change nothing until you say what one brings"
    return f"{hours:,g}{unsaid}"


def _held(share: Share) -> str:
    if share.whole < FEW:
        return f"{share.part} of {share.whole} held. That is too few to say more."
    low, high = (percent(each) for each in (share.range.low, share.range.high))
    return f"{share.part} of {share.whole} held. In the long run that fits {low} to {high}."


def _beside(rule: str, theirs: float, ours: float) -> str:
    if theirs == 0:
        return f"The guess {rule} was right each time."
    skill = 1 - ours / theirs
    if abs(skill) < 0.01:
        return f"As good as the guess {rule}."
    better = "less" if skill > 0 else "more"
    return f"Ours missed by {percent(abs(skill))} {better} than the guess {rule}."


def _line(past: Past) -> str:
    head = f"**{_span(past.kept.plan)}**, {_planned(past)}, {_issued_on(past.kept)}"
    told = past.outcomes.get("attendance")
    if told is None:
        return f"{head}: its time has not come"
    (people,) = (each for each in past.kept.forecast.outlooks if each.outcome == "attendance")
    return f"{head}: people {_came(people, told)}{_otherwise(past)}"


def _otherwise(past: Past) -> str:
    """A range is for the plan: that another one was carried out is told beside it."""
    held, planned = past.outcomes.get(HELD), len(past.kept.plan.events)
    same = held is None or held.came in (0, planned)
    return "" if same or held is None else f"; {planned} events planned, {held.came} held"


def _came(outlook: Outlook, told: ForecastOutcome) -> str:
    if told.came is None:
        return f"can't be scored: {told.why}"
    return _fell(outlook.at(0.1), outlook.at(0.9), told.came)


def _look(look: Look) -> str:
    found = look.scored
    events = "1 event" if look.events == 1 else f"{look.events} events"
    fell = _fell(found.at(0.1), found.at(0.9), round(found.outcome))
    return f"From {_short(look.window.start)}, {events}: {fell}"


def _fell(low: float, high: float, came: int) -> str:
    where = "inside" if low <= came <= high else "above" if came > high else "below"
    return f"**{came:,}**, {where} the range of {low:,.0f} to {high:,.0f}"


def _events(wanted: Wanted) -> str:
    days = wanted.plan.events
    short = [f"{each.day} {each:%b}" for each in days]
    listed = ", ".join(short) if len(days) <= DATES else f"{short[0]} to {short[-1]}"
    return f"{len(days)}: {listed}. {wanted.how}"


def _outlook(each: Outlook, kept: Kept) -> str:
    """All of it where something is hoped for; the range and the price of the others."""
    said = [words.range_of(each), words.reaching(each), words.stop(each, len(kept.plan.events))]
    said.append(words.cost(each, kept.plan.currency))
    said += kept.slots if each.outcome == "demos" else ()
    if each.outcome == "attendance" or each.target is not None:
        said.append(words.driver(each))
    return " ".join(filter(None, said))


def _basis(kept: Kept) -> str:
    (people,) = (each for each in kept.forecast.outlooks if each.outcome == "attendance")
    if people.rests_on:
        many = "1 event" if people.rests_on == 1 else f"{people.rests_on} events"
        said = f"It rests on {many} here where people were counted.{_guesses(kept)}"
    else:
        said = (
            "No history yet: this is a first guess of ours, and so the ranges are wide. They "
            "narrow with every event at which you note who came."
        )
    mine = [f"Your own assumption, not mine: “{plain(each)}”." for each in kept.assumed]
    return " ".join([said, *mine])


def _guesses(kept: Kept) -> str:
    """Which outcomes have no history, where others have some."""
    names = [OUTCOMES[each.outcome] for each in kept.forecast.outlooks if not each.rests_on]
    return f" Still first guesses of ours: {', '.join(names)}." if names else ""


def _rests(each: Outlook, kept: Kept) -> str:
    what = "events" if _by_events(each.outcome, kept.forecast.version) else "cases"
    number = f"{each.rests_on} {what} on record" if each.rests_on else "Nothing on record"
    guess = BY_KEY["slots" if each.outcome == "demos" else each.outcome]
    said = [
        f"{number}.",
        f"First guess beside it: {guess.says.lower()}, {typed(kept.priors, guess)}.",
        *(kept.slots if each.outcome == "demos" else ()),
        _under_way(kept) if each.outcome == "ships" else "",
        words.driver(each),
    ]
    return " ".join(filter(None, said))


def _by_events(outcome: str, version: int) -> bool:
    return outcome in ("attendance", "sparks") or (outcome == "demos" and version >= BY_SLOT)


def _under_way(kept: Kept) -> str:
    """What begins or ships before the plan does is in no range."""
    begun = "1 thing was" if kept.plan.begun == 1 else f"{kept.plan.begun:,} things were"
    return (
        f"{begun} under way on {day(kept.forecast.issued)}, and the plan is taken to begin with "
        "as many."
    )


def plan_of(plan: Plan) -> str:
    events = "1 event" if len(plan.events) == 1 else f"{len(plan.events)} events"
    parts = [events, f"{plan.slots} demo slots at each"]
    if plan.host_hours:
        parts.append(f"{plan.host_hours:g} host hours more")
    if plan.money:
        parts.append(_money(plan))
    return f"The plan: {', '.join(parts)}."


def _money(plan: Plan) -> str:
    return Money(plan.money, plan.currency).words if plan.money else ""


def _hopes(plan: Plan) -> str:
    return ", ".join(f"{OUTCOMES[name]}: {number:,}" for name, number in plan.targets.items())


def _optional(name: str, value: str) -> list[Field]:
    return [Field(name, value)] if value else []


def _span(plan: Plan) -> str:
    return f"{_short(plan.start)} to {_short(plan.end)}"


def _issued_on(kept: Kept) -> str:
    return f"issued on {_short(kept.forecast.issued)}"


def _short(when: date) -> str:
    return f"{when.day} {when:%b %Y}"
