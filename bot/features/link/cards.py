"""What people see when accounts or communities are joined. Pure."""

from collections.abc import Sequence

from bot.features.link.model import spelled
from bot.features.link.store import ANEW, Known, Side
from bot.markup import plain
from bot.replies import Button, Card, Field

ONCE = "It works once, for ten minutes."
NOTHING_YET = "You will see there what it does. Nothing happens before you say yes."


def one_platform(platform: str, *buttons: Button) -> Card:
    """For organisers with the button that begins; members are told whom to ask."""
    text = (
        f"I know this community on {platform} only. If it lives on another platform too, an "
        "organiser can join the two: the same events, people and settings on both sides. After "
        "that, everybody can join their own two accounts here."
    )
    what_next = (
        "Begin on the side whose name, time zone and settings should stay."
        if buttons
        else "To begin, an organiser types `/link`."
    )
    return Card("One platform so far", f"{text}\n\n{what_next}", buttons=buttons)


def code_for_accounts(code: str, others: Sequence[str]) -> Card:
    where = " or ".join(others)
    return _code(code, f"Your code for {where}", f"Type this on {where}, as yourself", "")


def code_for_communities(code: str) -> Card:
    told = " This side's name, time zone and settings stay."
    doing = "Type this on the other platform, as an organiser"
    return _code(code, "The code for the other side", doing, told)


def _code(code: str, title: str, doing: str, told: str) -> Card:
    text = f"{doing}:\n\n```\n/link {spelled(code)}\n```\n\n{ONCE}{told} {NOTHING_YET}"
    return Card(title, text)


def unknown() -> Card:
    text = f"Each works once, and for ten minutes. Look at it again. {ANEW}"
    return Card("I don't know that code", text)


def are_both_yours(here: str, mine: str, there: str, other: str, yes: Button) -> Card:
    text = (
        f"**{plain(other, 60)}** on {there} and **{plain(mine, 60)}** on {here} would be one "
        "person for me. What I keep of either is then yours on both. Where both say something "
        "about the same event, the newer stays.\n\n"
        "Say yes only if both are yours: whoever uses the other account can see what I keep of "
        "you.\n\n"
        "You can separate the accounts again. What I keep then stays with one of them."
    )
    return Card("Are both accounts yours?", text, buttons=(yes,))


def joined(known: Sequence[Known], *buttons: Button) -> Card:
    """`known` begins with the account that is written to."""
    listed = " and ".join(each.platform for each in known)
    text = f"I know you on {listed} as one person. I write to you on **{known[0].platform}**."
    return Card("Your accounts are joined", text, buttons=buttons)


def somebody_joined(platform: str, no: Button) -> Card:
    text = (
        f"Your account here and one on {platform} are one person for me now, by the code that "
        "you asked for. If that was not you, separate them."
    )
    return Card("Your accounts are joined", text, buttons=(no,))


def separate(platform: str, yes: Button) -> Card:
    text = (
        f"I would no longer know that your {platform} account is you. What I keep of you stays "
        f"with your other account, and the one on {platform} begins anew. "
        "You can join them again with `/link`."
    )
    return Card(f"Separate your {platform} account?", text, buttons=(yes,))


def separated(platform: str) -> Card:
    text = (
        f"Your {platform} account is on its own again. What I keep of you is with the other. "
        "To join them again, type `/link` on one side."
    )
    return Card("Separated", text)


def one_community(kept: Side, gone: Side, events: int, people: int, yes: Button) -> Card:
    stays, goes = plain(kept.community.name, 100), plain(gone.community.name, 100)
    weekly = (
        f" Its principle of the week is no longer posted; for a week that both have planned, "
        f"the one of {stays} stays."
        if gone.community.prefs.principle_channel
        else ""
    )
    fields = (
        Field(
            "What stays",
            f"**{stays}** on {kept.platform}: its name, its time zone "
            f"({plain(kept.community.zone)}) and its settings. They hold on both sides.",
        ),
        Field(
            "What moves there",
            f"From **{goes}** on {gone.platform}: {_counted(events, 'event')} and "
            f"{_counted(people, 'person', 'people')}, with all they said and promised. "
            "Addresses of both calendars go on working, and show every event.",
        ),
        Field(
            "What ends",
            f"The name, time zone and settings of {goes}, also its channels for hosts and "
            f"posts.{weekly}",
        ),
    )
    text = (
        "This can't be undone.\n\n"
        f"Should the settings of {goes} stay instead? Then type `/link` here, and its code on "
        f"{kept.platform}."
    )
    return Card("Make these two one community?", text, fields, (yes,))


def are_one(name: str, platforms: Sequence[str], events: int, people: int) -> Card:
    listed = " and ".join(platforms)
    text = (
        f"{plain(name, 100)} lives on {listed} now. {_counted(events, 'event')} and "
        f"{_counted(people, 'person', 'people')} came along.\n\n"
        "Whoever is on both can now type `/link`, to be one person on both.\n\n"
        "Look through `/settings` once: they hold for both sides."
    )
    return Card("One community", text)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"
