"""The pulse in words. Pure: data in, cards out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.features.pulse.model import DONE, DROPPED, RECALL, STOP, WORDS, Decision
from bot.features.pulse.reading import Pulse
from bot.markup import bulleted, plain, shorten
from bot.numbers import words
from bot.numbers.figures import Figure, Size
from bot.numbers.metrics import METRICS
from bot.numbers.rows import DEMO, FollowUp, Night, Project, Term
from bot.numbers.story import NOTHING, Facts, Sentence, ToDo
from bot.replies import OPTION_LABEL, Button, Card, Choice, Field, Link, Option, Picture

SHOWN = 12
NAME = 40
IN_LIST = 70
QUESTIONS = "What do we stop? What do we try? One line each; one may stay empty."
LISTED = 15


def pulse(
    found: Pulse,
    picture: Picture | None,
    buttons: Iterable[Button | Link],
    choice: Choice | None,
    note: str = "",
) -> Card:
    told = words.explained(bulleted(plain(each.says, 700) for each in found.sentences))
    if found.sentences == (NOTHING,):
        told = plain(NOTHING.says)
    fields = list(_figures(found.six))
    fields += [recalled(each) for each in found.recalled[:1]]
    fields.append(Field("Two questions", QUESTIONS))
    if note:
        fields.append(Field("Each week", note))
    return Card(
        f"The pulse, {words.day(found.facts.as_of)}",
        told,
        tuple(fields),
        tuple(buttons),
        choice,
        picture,
    )


def _figures(figures: Sequence[Figure]) -> Iterable[Field]:
    """Apart from the others those that rest on enough to be quoted."""
    quoted = [each for each in figures if each.size is Size.ENOUGH]
    known = [each for each in figures if each.measure and each not in quoted]
    unknown = [METRICS[each.metric].name.lower() for each in figures if each.measure is None]
    if quoted:
        yield Field("Figures you can quote, with their likely range", bulleted(map(_line, quoted)))
    if known:
        yield Field("Too few to quote yet", bulleted(map(_line, known)))
    if unknown:
        yield Field(words.begun(words.UNKNOWN), f"{words.begun(', '.join(unknown))}.")


def _line(figure: Figure) -> str:
    return f"**{METRICS[figure.metric].label}:** {plain(words.listed(figure), 110)}"


def recalled(decision: Decision) -> Field:
    weeks = (decision.recall_on - decision.day) // RECALL * RECALL.days // 7
    chose = "to stop" if decision.question == STOP else "to try"
    says = f"{_number(weeks)} weeks ago you chose {chose}: “{plain(decision.words)}”."
    return Field("What became of it?", says)


def _number(weeks: int) -> str:
    return {4: "Four", 8: "Eight", 12: "Twelve"}.get(weeks, str(weeks))


def options(sentences: Iterable[Sentence]) -> tuple[Option, ...]:
    """One for each sentence that has rows."""
    return tuple(
        Option(shorten(each.says, OPTION_LABEL), each.key) for each in sentences if each.rows
    )


def rows(facts: Facts, sentence: Sentence, sponsors: Mapping[str, str]) -> Card:
    """What a sentence rests on. People are counted and never listed."""
    lines = _lines(facts, sentence, sponsors)
    more = len(lines) - SHOWN
    listed = bulleted(lines[:SHOWN]) + (f"\n\n*and {more} more*" if more > 0 else "")
    people = _people(facts, sentence)
    return Card(
        "The rows behind it",
        f"{words.explained(plain(sentence.says, 700))}\n\n{people}{listed}".strip(),
        tuple(_definition(facts, sentence.metric)),
    )


def _people(facts: Facts, sentence: Sentence) -> str:
    known = {each.person for each in facts.history.firsts}
    known |= {each.person for each in facts.history.builds}
    count = len(known & set(sentence.rows))
    return f"{count} people are counted. Their names are left out.\n\n" if count else ""


def _lines(facts: Facts, sentence: Sentence, sponsors: Mapping[str, str]) -> list[str]:
    """The rows in words, the newest events first."""
    history = facts.history
    shown = Counter(build.night for build in history.builds if build.kind == DEMO)
    said = {each.id: _night(each, shown[each.id]) for each in reversed(history.nights)}
    said |= {each.id: f"**{words.day(each.day)}** joint work" for each in history.sparks}
    said |= {each.id: _term(each, sponsors) for each in history.terms}
    said |= {each.id: _project(each) for each in history.projects}
    said |= {each.id: _follow_up(each) for each in history.follow_ups}
    said |= {each.id: _to_do(each) for each in facts.to_do}
    wanted = set(sentence.rows)
    return [line for id_, line in said.items() if id_ in wanted]


def _night(night: Night, demos: int) -> str:
    came = f"{night.present} came" if night.present is not None else "not known who came"
    shown = f", {demos} demo{'' if demos == 1 else 's'}" if demos else ""
    return f"**{words.day(night.day)}** {plain(night.title, NAME)}: {came}{shown}"


def _term(term: Term, sponsors: Mapping[str, str]) -> str:
    who = plain(sponsors.get(term.sponsor, "Somebody"), NAME)
    then = f"renewed {words.day(term.renewed_on)}" if term.renewed_on else "not renewed"
    return f"{who}, until {words.day(term.end)}: {then}"


def _project(project: Project) -> str:
    became = f"shipped {words.day(project.shipped)}" if project.shipped else "not shipped yet"
    return f"Begun {words.day(project.began)}: {'let go' if project.let_go else became}"


def _follow_up(each: FollowUp) -> str:
    return f"Due {words.day(each.due)}: {'in time' if each.kept else 'not in time'}"


def _to_do(each: ToDo) -> str:
    return f"{plain(each.title, NAME)}: {'done' if each.done else 'open'}"


def _definition(facts: Facts, key: str) -> Iterable[Field]:
    metric = METRICS.get(key)
    if metric is None:
        return
    what = f"Of {metric.whole}: {metric.part}."
    if not metric.whole.startswith(("people", "things", "terms")):
        what = f"{metric.whole[:1].upper()}{metric.whole[1:]}; {metric.part}."
    yield Field("The figure", f"{metric.label}: {plain(words.told(facts.figures[key]))}")
    yield Field("What it counts", f"{plain(what)}\n\n{plain(metric.care)}")
    yield Field("Look at it beside", _line(facts.figures[metric.counter]))


def decided(found: Sequence[Decision], buttons: Iterable[Button]) -> Card:
    lines = [_decision(each) for each in found]
    asks = "In four weeks the pulse asks what became of it."
    return Card("Written down", f"{bulleted(lines)}\n\n{asks}", buttons=tuple(buttons))


def decision(found: Decision, title: str, buttons: Iterable[Button], note: str = "") -> Card:
    return Card(title, f"{_decision(found)}\n\n{note}".strip(), buttons=tuple(buttons))


def decisions(found: Sequence[Decision], choice: Choice | None, buttons: Iterable[Button]) -> Card:
    if not found:
        text = "Nothing is decided yet. `/pulse` asks two questions: what to stop, what to try."
        return Card("Decisions", text, buttons=tuple(buttons))
    lines = [f"{_decision(each, IN_LIST)}, {became(each)}" for each in found[:LISTED]]
    rest = f"\n\n*and {len(found) - LISTED} more*" if len(found) > LISTED else ""
    return Card("Decisions", bulleted(lines) + rest, (), tuple(buttons), choice)


def option(found: Decision) -> Option:
    return Option(shorten(f"{verb(found)}: {found.words}", OPTION_LABEL), found.id)


def _decision(found: Decision, limit: int = WORDS) -> str:
    return f"**{words.day(found.day)}** {verb(found)}: {plain(found.words, limit)}"


def became(found: Decision) -> str:
    return {DONE: "done", DROPPED: "dropped"}.get(found.became or "", "still open")


def verb(found: Decision) -> str:
    return "Stop" if found.question == STOP else "Try"
