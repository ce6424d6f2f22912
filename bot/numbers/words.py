"""A figure in words: as much as so many people can tell, and how sure it is. Plain text."""

from datetime import date

from bot.numbers.figures import Days, Figure, PerEvent, Range, Share, Size

UNKNOWN = "not known yet"


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
