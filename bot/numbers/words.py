"""A figure in words: as much as so many people can tell, and how sure it is. Plain text.

`told` says how it is, `changed` how it was, `brief` fits a list.
"""

import re
from collections.abc import Iterator
from datetime import date
from math import isinf

from bot.numbers.figures import (
    ENOUGH,
    Days,
    Figure,
    Measure,
    PerEvent,
    Range,
    Share,
    Size,
    change_of,
    n_of,
    size_of,
)
from bot.numbers.rows import Window

UNKNOWN = "not known yet"
SURE = "right 95 times in 100"
LIKELY = re.compile(
    r"\blikely (?:[\d.]+ days or more"
    r"|(?:by |between )?(?:less than )?[\d.]+ (?:to|and) [\d.]+%?(?: points| an event)?)"
)


def percent(share: float) -> str:
    """As it stands everywhere: with nothing before the sign, so that no line breaks there."""
    return f"{share * 100:.0f}%"


def explained(text: str) -> str:
    """Says how sure "likely" is, where it first stands in a message."""
    return LIKELY.sub(rf"\g<0>, {SURE}", text, count=1)


def told(figure: Figure) -> str:
    """One sentence, such as "7 of 12; the true share is likely between 32 and 81%."."""
    if figure.measure is None:
        return figure.why_not
    return f"{measured(figure.measure, figure.size)}."


def measured(measure: Measure, size: Size) -> str:
    """Without a full stop. Of few the count alone; of some its range; of enough the rate too."""
    match measure:
        case Share():
            return _share(measure, size)
        case PerEvent():
            return _per_event(measure, size)
        case Days():
            return _days(measure, size)


def brief(figure: Figure) -> str:
    """As few words as it can be said in."""
    return in_short(figure.measure) if figure.measure else UNKNOWN


def listed(figure: Figure) -> str:
    """In brief, below a heading that says what the range is."""
    return brief(figure).replace(", likely ", ", ")


def in_short(measure: Measure) -> str:
    """A phrase: of few the count alone; of some its range; of enough the rate and the range."""
    match measure:
        case Share() | PerEvent():
            return f"{plainly(measure)}{likely(measure)}"
        case Days():
            return _short_days(measure)


def begun(text: str) -> str:
    """As the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def within(text: str) -> str:
    """As a part of a sentence."""
    return text[:1].lower() + text[1:]


def unbraced(measure: Measure) -> str:
    """In short, for a place within brackets."""
    return in_short(measure).replace(" (", ", ").replace(")", "")


def plainly(measure: Share | PerEvent) -> str:
    """Without its range: of enough the rate and the count, else the count."""
    match measure:
        case Share():
            of = _of(measure)
            enough = size_of(measure.whole) is Size.ENOUGH
            return f"{percent(measure.value)} ({of})" if enough else of
        case PerEvent():
            at = f"{measure.count:,} at {several(measure.events, 'event')}"
            enough = size_of(measure.events) is Size.ENOUGH
            return f"{measure.value:.1f} an event ({at})" if enough else at


def likely(measure: Share | PerEvent) -> str:
    """Its range, with the comma before it; nothing of few."""
    match measure:
        case Share(whole=n):
            said = _to(measure.range)
        case PerEvent(events=n):
            said = _numbers(measure.range) + (" an event" if size_of(n) is Size.SOME else "")
    return "" if size_of(n) is Size.FEW else f", likely {said}"


def changed(figure: Figure) -> str:
    """One sentence about the window before it, or why nothing can be said of a change."""
    if figure.measure is None:
        return ""
    return moved(figure.measure, figure.before) or _silent(figure)


def moved(now: Measure, then: Measure | None) -> str:
    """One sentence; empty where a change may not be spoken of."""
    change = change_of(now, then)
    if change is None:
        return ""
    if change.is_around_zero:
        return "No clear change from the window before."
    way, low, high = _span(change)
    by = (
        f"{low:.1f} to {high:.1f} an event"
        if isinstance(now, PerEvent)
        else f"{low * 100:.0f} to {high * 100:.0f} points"
    )
    return f"{way} from the window before, likely by {by}. {_before(then)}"


def when(window: Window) -> str:
    """Its first and its last day."""
    return f"{day(window.start)} to {day(window.last)}"


def several(count: int, what: str) -> str:
    """Such as "1 event" and "2 events"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def months(window: Window) -> str:
    """In few words, such as "Aug to Nov 2026"."""
    first, end = window.start, window.last
    if (first.year, first.month) == (end.year, end.month):
        return f"{end:%b %Y}"
    begin = f"{first:%b}" if first.year == end.year else f"{first:%b %Y}"
    return f"{begin} to {end:%b %Y}"


def day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"


def left_out(count: int) -> str:
    """What every figure says of staff, where there is any."""
    if not count:
        return ""
    return f"{count} {'person' if count == 1 else 'people'} marked as staff left out."


def sample(figure: Figure) -> str:
    """What it rests on."""
    match figure.measure:
        case PerEvent(events=events):
            return several(events, "event")
        case None:
            return "nothing yet"
        case _:
            return f"n = {figure.n}"


def _share(share: Share, size: Size) -> str:
    if size is Size.FEW:
        return f"{_of(share)}: too few to speak of a share"
    likely = f"the true share is likely between {_between(share.range)}"
    if size is Size.SOME:
        return f"{_of(share)}; {likely}"
    return f"{plainly(share)}; {likely}"


def _per_event(rate: PerEvent, size: Size) -> str:
    counted = f"{rate.count:,} at {several(rate.events, 'event')}"
    if size is Size.FEW:
        return f"{counted}: too few to speak of a rate"
    likely = f"likely between {rate.range.low:.1f} and {rate.range.high:.1f} an event"
    return f"{counted}; {likely}" if size is Size.SOME else f"{plainly(rate)}; {likely}"


def _short_days(days: Days) -> str:
    if size_of(days.whole) is Size.FEW or days.median is None:
        return f"{days.part} of {days.whole} finished so far"
    half = f"half within {_number_of_days(days.median)}"
    return f"{half} ({days.part} of {days.whole} finished so far), likely {_within(days.range)}"


def _days(days: Days, size: Size) -> str:
    gone = f", {days.let_go} let go" if days.let_go else ""
    counted = f"{days.part} of {days.whole} shipped{gone}"
    if size is Size.FEW:
        return f"{counted}: too few to speak of a time"
    if days.median is None:
        half = "fewer than half have shipped so far, so there is no typical time yet"
    else:
        half = f"half ship within {_number_of_days(days.median)}, likely {_within(days.range)}"
    if size is Size.SOME:
        return f"{counted}; {half}"
    return "; ".join([counted, half, *_by(days)])


def _by(days: Days) -> Iterator[str]:
    """Beyond what was followed nothing is known."""
    known = [f"{percent(share)} by day {day}" for day, share in days.by if share is not None]
    if known:
        yield ", ".join(known)
    unknown = [str(day) for day, share in days.by if share is None]
    if unknown:
        yield f"by day {' and '.join(unknown)} {UNKNOWN}"


def _within(range_: Range) -> str:
    if isinf(range_.low):
        return "later than we can tell"
    if isinf(range_.high):
        return f"{range_.low:.0f} days or more"
    return f"between {range_.low:.0f} and {range_.high:.0f}"


def _number_of_days(days: float) -> str:
    return several(round(days), "day")


def _silent(figure: Figure) -> str:
    if isinstance(figure.measure, Days):
        return ""
    if figure.before is None:
        return f"There is no whole window before it to compare with{_until(figure)}."
    if min(figure.n, n_of(figure.before)) >= ENOUGH:
        return "Too few events now and before to tell a change from how much events differ."
    what = f"{ENOUGH} events" if isinstance(figure.measure, PerEvent) else f"{ENOUGH}"
    return f"Too few now or before to speak of a change: it takes {what} in both."


def _until(figure: Figure) -> str:
    comes = figure.compared_from
    return f" until {day(comes)}" if comes and comes > figure.as_of else ""


def _span(change: Range) -> tuple[str, float, float]:
    if change.low > 0:
        return "Up", change.low, change.high
    return "Down", -change.high, -change.low


def _before(measure: Measure | None) -> str:
    match measure:
        case Share() | PerEvent():
            return f"It was {plainly(measure)}."
        case _:
            return ""


def _of(share: Share) -> str:
    return f"{share.part:,} of {share.whole:,}"


def _between(range_: Range) -> str:
    return f"{range_.low * 100:.0f} and {percent(range_.high)}"


def _to(range_: Range) -> str:
    return f"{range_.low * 100:.0f} to {percent(range_.high)}"


def _numbers(range_: Range) -> str:
    return f"{range_.low:.1f} to {range_.high:.1f}"
