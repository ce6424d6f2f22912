"""The pulse on each platform: its picture, its rows, its form, and a week later its post."""

from sqlalchemy import select

from bot.actions import Role
from bot.people import Community, Space
from bot.sample import write
from tests.adapters.process import Life
from tests.adapters.test_month import Start, discord, life, local, slack, start

__all__ = ["discord", "life", "local", "slack", "start"]


async def years_on_record(life: Life) -> None:
    async with life.database.transaction() as session:
        community = (await session.scalars(select(Community))).one()
        space = (await session.scalars(select(Space))).one()
        await write(session, community, space, life.now)


async def test_from_the_figures_to_a_decision_and_the_next_weeks_pulse(
    life: Life, start: Start
) -> None:
    async with start() as hands:
        await hands.join("olga", Role.ORGANISER)
        await hands.say("olga", "help")
        await years_on_record(life)
        await hands.say("olga", "pulse")
        pulse = hands.sees("olga")[-1]
        assert pulse.private
        assert "Start at your next event, for " in pulse.words
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
        await life.advance(days=7)
        posted = [
            m for m in hands.sees("olga") if m.title.startswith("The pulse") and not m.private
        ]
        assert posted
        assert posted[-1].alt
        assert not posted[-1].pings
