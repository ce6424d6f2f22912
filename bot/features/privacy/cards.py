"""The cards of `/privacy`, without their buttons."""

from collections.abc import Iterable, Sequence

from bot.content import Privacy
from bot.context import Context
from bot.features.privacy.holdings import Tally
from bot.markup import bulleted, plain
from bot.people import Person, quiet_hours
from bot.personal import Leaves
from bot.replies import Card, Field

NOTHING = "I keep nothing about you"


def kept(ctx: Context, person: Person, there_is: Sequence[Tally]) -> Card:
    words = ctx.content.privacy
    fields = (_never(words), Field("Writing to you", _writing(ctx, person)))
    text = f"Your name here, {plain(person.name, 60)}, and in numbers:\n\n{_counted(there_is)}"
    return Card("What I keep about you", text, fields)


def unknown(words: Privacy) -> Card:
    begins = "That changes when you do something that has to be kept. Then this holds."
    return Card(NOTHING, f"{begins}\n\n{words.asks.says}", (_never(words),))


def at_a_glance(person: Person | None) -> Field:
    if person is None:
        return Field("Your privacy", f"{NOTHING}.")
    may = "I may write to you." if person.agreed_at else "I do not write to you."
    return Field("Your privacy", f"{may} `/privacy` counts what I keep about you.")


def sights(words: Privacy) -> Card:
    return Card("Who can see what", fields=tuple(Field(each.who, each.what) for each in words.sees))


def going(there_is: Sequence[Tally]) -> Card:
    text = (
        "This can't be undone. It takes in every account that you linked. Messages that reached "
        "you already stay in your inbox."
    )
    return Card("Delete everything about you?", f"{text}\n\n{_parted(there_is, 'Goes', 'Stays')}")


def gone(there_was: Sequence[Tally]) -> Card:
    text = "I know nothing of you any more. If you come back, we begin anew."
    parts = _parted(there_was, "Deleted", "Stayed")
    return Card("Everything about you is deleted", f"{text}\n\n{parts}")


def _parted(tallies: Sequence[Tally], goes: str, stays: str) -> str:
    theirs = [each for each in tallies if each.leaves is Leaves.ROW]
    shared = [each for each in tallies if each.leaves is Leaves.NAME]
    parts = f"**{goes}**\n\n{_counted(theirs)}\n- your name and your settings"
    if shared:
        parts += f"\n\n**{stays} as shared history, without you**\n\n{_counted(shared)}"
    return parts


def _counted(tallies: Iterable[Tally]) -> str:
    return bulleted(f"{each.holds}: **{each.rows:,}**" for each in tallies)


def _never(words: Privacy) -> Field:
    return Field("What I never keep", bulleted(words.never))


def _writing(ctx: Context, person: Person) -> str:
    if not person.agreed_at:
        return "I do not write to you, since you have not said that I may."
    start, end = quiet_hours(person, ctx.community)
    zone = plain(person.zone or ctx.community.zone)
    quiet = (
        f"I keep quiet from {start:02}:00 to {end:02}:00" if start != end else "No hour is quiet"
    )
    return (
        f"I may write to you. {quiet}, on the clock of {zone}. "
        "Only what you wait for, such as a reminder of an event or your weekly review, comes at "
        "its own hour."
    )
