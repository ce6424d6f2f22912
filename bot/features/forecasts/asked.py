"""What organisers hope for and assume, in plain words. Pure; errors are told at their field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.errors import UserError
from bot.features.sponsors.money import CODES, NAMES, SIGNS, read_money
from bot.markup import one_line, plain
from bot.numbers.money import Money

TARGETS, MONEY, ASSUMED, HOURS = "targets", "money", "assumed", "hours"
HOPE = "Write it like “150 people, 20 demos”."
ASSUME = "Write it like “one more host hour brings 0.5 demos”."
MOST = 1_000_000
MOST_HOURS = 10_000
MOST_ASSUMED = 3
WORDS: Mapping[str, tuple[str, ...]] = {
    "newcomers": ("newcomers", "first-timers", "first timers", "new people", "new faces"),
    "attendance": ("people", "persons", "guests", "visits", "attendance", "attendees"),
    "first_demos": ("first demos", "first-time demos"),
    "demos": ("demos",),
    "feedback": ("demos with feedback", "feedback"),
    "sparks": ("sparks",),
    "ships": ("ships", "shipped", "things shipped"),
    "renewals": ("renewals", "sponsors", "sponsors renewing"),
}
OUTCOME: Mapping[str, str] = {
    word: name for name, words in WORDS.items() for one in words for word in (one, one[:-1])
}
HOPED = re.compile(r"(?P<number>-?\d[\d,'’ ]*) ?(?P<what>[a-z][a-z -]*)")
MINE = re.compile(
    r"(?:each|every|one|an?|1)?(?: (?:more|extra|further))? ?"
    r"(?:(?P<hour>(?:host )?hour)|(?P<money>.*\d.*?))s? (?:brings?|adds?|gives?|means) "
    r"(?:about )?(?P<number>\d{1,6}(?:[.,]\d{1,3})?) (?:more )?(?P<what>[a-z][a-z -]*)",
)
_CURRENCIES = "|".join(sorted(CODES) + sorted(NAMES))
CURRENCY = re.compile(rf"\b(?:{_CURRENCIES})\b|[{''.join(SIGNS)}]", re.IGNORECASE)
EXTRA = ("attendance", "demos", "sparks")
"""What an assumption may add to; the other outcomes follow from these."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """By outcome, how many more for the whole plan, and the assumptions in words."""

    extra: Mapping[str, float] = field(default_factory=dict)
    words: tuple[str, ...] = ()


def read_targets(text: str) -> dict[str, int]:
    """By outcome. Raises UserError."""
    found: dict[str, int] = {}
    for part in _parts(text):
        hoped = HOPED.fullmatch(part)
        outcome = OUTCOME.get(hoped["what"].strip()) if hoped else None
        if hoped is None or outcome is None:
            raise UserError(
                f"I can't read “{plain(part, 40)}” as something to hope for. {HOPE}", TARGETS
            )
        if outcome in found:
            raise UserError(f"I see two numbers of {hoped['what'].strip()}. Which one?", TARGETS)
        found[outcome] = _proved(hoped["number"])
    return found


def _proved(number: str) -> int:
    value = int(re.sub(r"[,'’ ]", "", number))
    if value < 1:
        raise UserError("A hope for 0 says nothing. Hope for 1 or more, or leave it out.", TARGETS)
    if value > MOST:
        raise UserError("That is more than I can plan. Is there a digit too many?", TARGETS)
    return value


def read_budget(text: str) -> Money | None:
    """Raises UserError."""
    if not text.strip():
        return None
    found = CURRENCY.findall(text)
    named = {SIGNS.get(each) or NAMES.get(each.lower()) or each.upper() for each in found}
    if len(named) > 1:
        raise UserError(
            "I see two currencies. A plan has one: change the smaller part into the other.", MONEY
        )
    money = read_money(text, MONEY)
    if not money.minor:
        raise UserError("Without money nothing has a price. Leave this empty then.", MONEY)
    return money


def read_hours(text: str) -> int:
    """Raises UserError."""
    return read_number(text, "host hours", MOST_HOURS, HOURS) if text.strip() else 0


def read_number(text: str, what: str, most: int, field: str) -> int:
    """Raises UserError."""
    number = int(text) if re.fullmatch(r" *\d{1,9} *", text) else None
    if number is None or number > most:
        raise UserError(f"Write the {what} as a whole number from 0 to {most:,}.", field)
    return number


def read_assumed(text: str, hours: int, money: Money | None) -> Assumed:
    """What so many hours and so much money bring by these assumptions. Raises UserError."""
    extra: dict[str, float] = {}
    words = []
    for part in _parts(text, ";\n"):
        mine = MINE.fullmatch(part)
        outcome = OUTCOME.get(mine["what"].strip()) if mine else None
        if mine is None or outcome is None:
            raise UserError(f"I can't read “{plain(part, 60)}”. {ASSUME}", ASSUMED)
        if outcome not in EXTRA:
            raise UserError(
                "You can assume more people, demos or sparks. The rest follows from these.", ASSUMED
            )
        each = float(mine["number"].replace(",", "."))
        more = extra.get(outcome, 0.0) + each * _units(mine, hours, money)
        if more > MOST:
            raise UserError("Together that is more than I can plan.", ASSUMED)
        extra[outcome] = more
        words.append(one_line(part, 100))
    if len(words) > MOST_ASSUMED:
        raise UserError(
            f"{MOST_ASSUMED} assumptions are the most. Keep those that matter.", ASSUMED
        )
    return Assumed(extra, tuple(words))


def _units(mine: re.Match[str], hours: int, money: Money | None) -> float:
    if mine["hour"]:
        if not hours:
            raise UserError("How many host hours more? Write them, or leave this out.", HOURS)
        return float(hours)
    try:
        each = read_money(mine["money"].strip(), ASSUMED)
    except UserError:
        raise UserError(f"I can't read what it is that brings more. {ASSUME}", ASSUMED) from None
    if money is None or money.currency != each.currency or not each.minor:
        raise UserError(
            "This assumption is about money that the plan does not have. "
            "Give the plan its money in the same currency.",
            ASSUMED,
        )
    return money.minor / each.minor


def _parts(text: str, marks: str = ",;\n") -> Iterable[str]:
    """Not at a comma inside of a number."""
    split = re.split(rf"(?:[{marks}](?!\d{{3}}\b)|(?<!\d)[{marks}]|\band\b)", text.lower())
    return [words for each in split if (words := " ".join(each.split()))]
