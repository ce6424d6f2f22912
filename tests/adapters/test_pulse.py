"""The pulse on each platform: its picture, its rows, its form, and a week later its post."""

import pytest
from sqlalchemy import select

from bot.actions import Role
from bot.people import Community, Space
from bot.sample import write
from tests.adapters.hands import Hands, Seen
from tests.adapters.process import Life
from tests.adapters.test_community_map import wait_for_pictures
from tests.adapters.test_month import Start, discord, life, local, slack, start

__all__ = ["discord", "life", "local", "slack", "start"]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What a pulse asks of the other database is asked in the tests of the feature."""


async def years_on_record(life: Life) -> None:
    async with life.database.transaction() as session:
        community = (await session.scalars(select(Community))).one()
        space = (await session.scalars(select(Space))).one()
        await write(session, community, space, life.now)


@on_sqlite
async def test_from_the_figures_to_a_decision_and_the_next_weeks_pulse(
    life: Life, start: Start
) -> None:
    async with start() as hands:
        wait_for_pictures(hands)
        await hands.join("olga", Role.ORGANISER)
        await hands.say("olga", "help")
        await years_on_record(life)
        await hands.say("olga", "pulse")
        pulse = hands.sees("olga")[-1]
        assert pulse.private
        assert "plan the next event, with /event create. There, for " in pulse.words
        assert pulse.alt
        assert "Who came to 26 events" in pulse.alt
        await hands.choose("olga", pulse.options[0])
        assert hands.sees("olga")[-1].title == "The rows behind it"
        await hands.press("olga", "Answer the two questions")
        form = hands.form("olga")
        assert form
        assert form.labels == ("What do we stop?", "What do we try?")
        await hands.fill("olga", trying="One line to each presenter")
        assert "Try: One line to each presenter" in hands.sees("olga")[-1].words
        await hands.press("olga", "Post it here every week")
        assert "Everyone in that channel reads it" in hands.sees("olga")[-1].words
        await hands.press("olga", "Yes, do it")
        await life.advance(days=7)
        post = posted(hands)
        assert post.alt
        assert not post.pings
        assert "What became of it?" not in post.fields
        await life.advance(days=21, hours=12)
        assert "One line to each presenter" in posted(hands).fields["What became of it?"]
    async with start() as hands:
        await open_what_all_see(hands)


def posted(hands: Hands) -> Seen:
    return [m for m in hands.sees("olga") if m.title.startswith("The pulse") and not m.private][-1]


async def open_what_all_see(hands: Hands) -> None:
    """A sentence opens for an organiser alone, and what became of a decision is asked once."""
    post = posted(hands)
    await hands.join("mia")
    for who, title in (("mia", "That did not work"), ("olga", "The rows behind it")):
        await hands.choose(who, post.options[0])
        assert (hands.sees(who)[-1].title, hands.sees(who)[-1].private) == (title, True)
    await hands.press("olga", "Done")
    assert hands.sees("olga")[-1].title == "Done"
    assert hands.sees("olga")[-1].private
    assert posted(hands) == post
    await hands.say("olga", "pulse")
    assert "What became of it?" not in hands.sees("olga")[-1].fields
