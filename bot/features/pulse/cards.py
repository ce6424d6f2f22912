"""The pulse in words. Pure: data in, cards out."""

from collections.abc import Iterable, Mapping, Sequence

from bot.features.metrics.cards import definition
from bot.features.pulse.model import DONE, DROPPED, RECALL, STOP, WORDS, Decision
from bot.features.pulse.reading import Pulse
from bot.features.pulse.rows import behind_sentence
from bot.features.pulse.rows import told as in_groups
from bot.markup import bulleted, plain, shorten
from bot.numbers import words
from bot.numbers.figures import Figure, Size
from bot.numbers.metrics import METRICS
from bot.numbers.story import NOTHING, Facts, Sentence
from bot.replies import OPTION_LABEL, TEXT, Button, Card, Choice, Field, Link, Option, Picture

IN_LIST = 70
QUESTIONS = "What do we stop? What do we try? One line each; one may stay empty."
LISTED = 15


def pulse(
    found: Pulse,
    picture: Picture | None,
    buttons: Iterable[Button | Link],
    choice: Choice | None,
    note: Field | None = None,
) -> Card:
    told = [plain(each.says, 700) for each in found.sentences]
    alone = [each.key for each in found.sentences] == [NOTHING]
    says = told[0] if alone else words.explained(bulleted(told))
    out = words.left_out(found.facts.history.left_out)
    fields = list(_figures(found.six))
    fields += [recalled(each) for each in found.recalled[:1]]
    fields.append(Field("Two questions", QUESTIONS))
    if note:
        fields.append(note)
    return Card(
        f"The pulse, {words.day(found.facts.as_of)}",
        "\n\n".join(filter(None, [says, out])),
        tuple(fields),
        tuple(buttons),
        choice,
        picture,
    )


def _figures(figures: Sequence[Figure]) -> Iterable[Field]:
    """Apart from the others those that rest on enough to be quoted."""
    quoted = [each for each in figures if each.size is Size.ENOUGH]
    known = [each for each in figures if each.measure and each not in quoted]
    unknown = [each for each in figures if each.measure is None]
    if quoted:
        yield Field("Figures you can quote, with their likely range", bulleted(map(_line, quoted)))
    if known:
        yield Field("Too few to quote yet", bulleted(map(_line, known)))
    if unknown:
        yield Field("Not known yet, and when it will be", bulleted(map(_coming, unknown)))


def _line(figure: Figure) -> str:
    """With its window, so that it can be quoted as it stands."""
    label = METRICS[figure.metric].label
    if figure.measure is None:
        return f"**{label}:** {words.UNKNOWN}"
    return f"**{label}:** {plain(words.listed(figure), 110)}, {words.months(figure.window)}"


def _coming(figure: Figure) -> str:
    metric = METRICS[figure.metric]
    return f"**{metric.name}:** {metric.comes}"


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


def rows(
    facts: Facts, sentence: Sentence, sponsors: Mapping[str, str], buttons: Iterable[Button] = ()
) -> Card:
    """What a sentence rests on. People are counted and never listed."""
    groups = behind_sentence(facts, sentence, sponsors)
    said = words.explained(plain(sentence.says, 700))
    return Card(
        "The rows behind it",
        shorten(f"{said}\n\n{in_groups(groups)}", TEXT),
        tuple(_definition(facts, sentence.metric)),
        tuple(buttons),
    )


def _definition(facts: Facts, key: str) -> Iterable[Field]:
    metric = METRICS.get(key)
    if metric is None:
        return
    yield Field("What it counts", f"{definition(metric)}\n\n{plain(metric.care)}")
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
