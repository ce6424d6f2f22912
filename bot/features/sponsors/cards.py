"""What sponsors look like. Pure: data in, a card out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from bot.features.events.when import whole_day
from bot.features.sponsors.model import LONGEST_REASON, Sponsor, SponsorTerm
from bot.features.sponsors.store import Pair
from bot.markup import bulleted, one_line, plain
from bot.numbers.money import Money
from bot.replies import OPTION_LABEL, Button, Card, Choice, Field, Option, titled

ON_PAGE = 10
NAME = 60


def heading(before: str, sponsor: Sponsor) -> str:
    return titled(before, sponsor.name)


def listed(
    title: str,
    pairs: Sequence[Pair],
    today: date,
    running: str,
    buttons: Iterable[Button],
    choice: Choice | None,
) -> Card:
    """Those that need a word first, then the others."""
    due = [_line(*each, today) for each in pairs if each[0].is_due(today)]
    rest = [_line(*each, today) for each in pairs if not each[0].is_due(today)]
    text = "\n\n".join(
        filter(
            None,
            [
                running,
                f"**Time to talk about what comes next**\n\n{bulleted(due)}" if due else "",
                f"**The others**\n\n{bulleted(rest)}" if due and rest else bulleted(rest),
            ],
        )
    )
    nothing = "Nothing is noted yet. `/sponsor add` begins."
    return Card(title, text or nothing, buttons=tuple(buttons), choice=choice)


def running(pairs: Iterable[Pair], today: date) -> str:
    """What runs today, a sum for each currency: they are never added up."""
    now = [term for term, _ in pairs if term.starts <= today <= term.ends and not term.ended_on]
    sums: Counter[str] = Counter()
    for term in now:
        sums[term.currency] += term.minor
    values = ", ".join(Money(minor, currency).words for currency, minor in sorted(sums.items()))
    many = "1 term runs" if len(now) == 1 else f"{len(now)} terms run"
    return f"{many} today: {values}." if now else ""


def term(
    found: SponsorTerm,
    sponsor: Sponsor,
    today: date,
    buttons: Iterable[Button],
    title: str = "",
    note: str = "",
) -> Card:
    fields = [
        Field("From", whole_day(found.starts)),
        Field("To", whole_day(found.ends)),
        Field("Value", found.value.words),
        Field("Kind", "one-off" if found.one_off else "renewing"),
        Field("How it stands", state(found, today)),
    ]
    if found.ended_reason:
        fields.append(Field("Why it ended", plain(found.ended_reason, LONGEST_REASON)))
    return Card(title or heading("", sponsor), note, tuple(fields), tuple(buttons))


def due(found: SponsorTerm, sponsor: Sponsor, today: date, buttons: Iterable[Button]) -> Card:
    """Without the value: hosts may read it too."""
    days = (found.ends - today).days
    text = (
        f"Their term ends on {whole_day(found.ends)}, {_in_days(days)}. "
        "Tell them what came of it, and ask whether they go on."
    )
    return Card(heading("A term runs out: ", sponsor), text, buttons=tuple(buttons))


def options(pairs: Iterable[Pair], today: date) -> list[Option]:
    return [
        Option(one_line(sponsor.name, OPTION_LABEL), found.id, _span(found))
        for found, sponsor in pairs
    ]


def state(found: SponsorTerm, today: date) -> str:
    if found.ended_on:
        return f"ended on {whole_day(found.ended_on)}"
    if found.renewed_by_id:
        return "renewed"
    if today < found.starts:
        return f"begins {_in_days((found.starts - today).days)}"
    if today > found.ends:
        return "over" if found.one_off else "over, and not renewed yet"
    return f"runs, and ends {_in_days((found.ends - today).days)}"


def _in_days(days: int) -> str:
    if days == 0:
        return "today"
    if days < 0:
        return "yesterday" if days == -1 else f"{-days} days ago"
    return "tomorrow" if days == 1 else f"in {days} days"


def _line(found: SponsorTerm, sponsor: Sponsor, today: date) -> str:
    return (
        f"**{plain(sponsor.name, NAME)}** · {found.value.words} · {_span(found)}"
        f" · {state(found, today)}"
    )


def _span(found: SponsorTerm) -> str:
    return f"{_short(found.starts)} to {_short(found.ends)}"


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
