"""A figure in words: as much as so many people can tell, and how sure it is. Plain text."""

from datetime import date
from math import isinf

from bot.numbers.figures import Days, Figure, Measure, PerEvent, Range, Share, Size

UNKNOWN = "not known yet"


def told(figure: Figure) -> str:
    """One sentence, such as "7 of 12; the true share is likely between 32 and 81 %."."""
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
    match figure.measure:
        case None:
            return UNKNOWN
        case Share() as share if figure.size is Size.FEW:
            return _of(share)
        case Share() as share:
            return f"{_of(share)}, likely {_percents(share.range)}"
        case PerEvent() as rate if figure.size is Size.FEW:
            return f"{rate.count} at {_events(rate.events)}"
        case PerEvent() as rate:
            return f"{rate.value:.1f} an event, likely {_numbers(rate.range)}"
        case Days() as days if figure.size is Size.FEW or days.median is None:
            return f"{days.part} of {days.whole} shipped"
        case Days() as days:
            return f"half within {_number_of_days(days.median or 0)}"


def day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _number_of_days(days: float) -> str:
    return f"{days:.0f} {'day' if round(days) == 1 else 'days'}"


def _of(share: Share) -> str:
    return f"{share.part:,} of {share.whole:,}"


def _events(count: int) -> str:
    return f"{count:,} {'event' if count == 1 else 'events'}"


def _percents(range_: Range) -> str:
    return f"{range_.low * 100:.0f} to {range_.high * 100:.0f} %"


def _numbers(range_: Range) -> str:
    return f"{range_.low:.1f} to {range_.high:.1f}"


def _share(share: Share, size: Size) -> str:
    if size is Size.FEW:
        return f"{_of(share)}: too few to speak of a share"
    likely = f"the true share is likely between {_between(share.range)}"
    if size is Size.SOME:
        return f"{_of(share)}; {likely}"
    return f"{share.value * 100:.0f} % ({_of(share)}); {likely}"


def _per_event(rate: PerEvent, size: Size) -> str:
    counted = f"{rate.count:,} at {_events(rate.events)}"
    if size is Size.FEW:
        return f"{counted}: too few to speak of a rate"
    likely = f"likely between {rate.range.low:.1f} and {rate.range.high:.1f} an event"
    return (
        f"{counted}; {likely}"
        if size is Size.SOME
        else f"{rate.value:.1f} an event ({counted}); {likely}"
    )


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
    shares = ", ".join(f"{share * 100:.0f} % by day {number}" for number, share in days.by)
    return f"{counted}; {half}; {shares}"


def _within(range_: Range) -> str:
    if isinf(range_.low):
        return "later than we can tell"
    if isinf(range_.high):
        return f"{range_.low:.0f} days or more"
    return f"between {range_.low:.0f} and {range_.high:.0f}"


def _between(range_: Range) -> str:
    return f"{range_.low * 100:.0f} and {range_.high * 100:.0f} %"
