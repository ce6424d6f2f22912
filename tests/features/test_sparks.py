"""Sparks count when everybody says so; what began is asked about; what shipped is written down."""

import asyncio
from datetime import timedelta

import pytest

from bot.actions import Role
from bot.content import Content
from bot.context import Call, Place, Via
from bot.db import Database
from bot.features import contributions, outcomes, ships, sparks
from bot.features.contributions import Contribution
from bot.features.outcomes import Outcome
from bot.features.ships.model import Project
from bot.features.sparks.model import Spark
from bot.outbox import Outgoing
from bot.people import Caller, Person, Where
from bot.replies import Refusal
from tests.features.evenings import Evenings

pytestmark = pytest.mark.usefixtures("everyone_agrees")

HALL = Place("#general")
DAY = timedelta(days=1)
NASTY = "<@U1> @everyone **b** [x](https://evil.example) ```c```"
FEATURES = (sparks.feature, ships.feature, contributions.feature, outcomes.feature)


@pytest.fixture
async def evenings(content: Content, database: Database) -> Evenings:
    found = Evenings(content, database, features=FEATURES)
    for name in ("ada", "bob", "cleo"):
        await agreed(found, name)
    return found


async def agreed(evenings: Evenings, name: str) -> None:
    person_id = await evenings.person(name)
    async with evenings.database.transaction() as session:
        (await session.get_one(Person, person_id)).agreed_at = evenings.now


async def say(evenings: Evenings, who: str, line: str) -> str:
    await evenings.workspace.say(who, HALL, line)
    await evenings.workspace.advance(timedelta())
    return evenings.words(who)


async def press(evenings: Evenings, who: str, label: str) -> str:
    await evenings.workspace.press(who, label)
    return evenings.words(who)


async def confirmed(evenings: Evenings) -> bool:
    (spark,) = await evenings.all(Spark)
    return spark.confirmed_at is not None


async def test_it_counts_when_everybody_named_has_said_yes(evenings: Evenings) -> None:
    assert "I ask bob and cleo" in await say(evenings, "ada", "/spark @bob @cleo a tiny parser")
    assert "ada says that you began this together: a tiny parser" in evenings.words("bob")
    assert "One more" in await press(evenings, "bob", "Yes, we did")
    assert not await confirmed(evenings)
    assert "it counts now" in await press(evenings, "cleo", "Yes, we did")
    assert await confirmed(evenings)
    assert "Confirmed by everybody: • a tiny parser" in await say(evenings, "ada", "/spark")


async def test_one_no_puts_it_away(evenings: Evenings) -> None:
    await say(evenings, "ada", "/spark @bob, @cleo a tiny parser")
    await press(evenings, "bob", "No")
    assert "put away" in await press(evenings, "cleo", "Yes, we did")
    assert not await confirmed(evenings)
    assert await evenings.all(Project) == []


async def test_two_last_answers_at_once_count_it_once(evenings: Evenings) -> None:
    await say(evenings, "ada", "/spark @bob, @cleo a tiny parser")
    (spark,) = await evenings.all(Spark)
    app = evenings.workspace.app
    calls = [
        Call("spark yes", {"spark": spark.id}, Caller(evenings.where, who, who), HALL, Via.PRESS)
        for who in ("bob", "cleo", "bob", "cleo")
    ]
    await asyncio.gather(*(app.run(call) for call in calls))
    assert await confirmed(evenings)
    assert len(await evenings.all(Project)) == 1


async def test_who_is_named_is_known_and_somebody_else(evenings: Evenings) -> None:
    assert "not met anybody called “dan”" in await say(evenings, "ada", "/spark dan a parser")
    assert "/privacy" in evenings.words("ada")
    assert "somebody besides you" in await say(evenings, "ada", "/spark @ada a parser")
    await say(evenings, "ada", "/spark @bob @cleo")
    assert "ada" in evenings.workspace.forms
    assert await evenings.all(Spark) == []


async def test_strangers_cannot_answer(evenings: Evenings) -> None:
    await say(evenings, "ada", "/spark @bob a parser")
    (spark,) = await evenings.all(Spark)
    elsewhere = Where("local", "another-workspace")
    for where, who in ((evenings.where, "cleo"), (elsewhere, "bob")):
        call = Call("spark yes", {"spark": spark.id}, Caller(where, who, who), HALL, Via.PRESS)
        assert isinstance(await evenings.workspace.app.run(call), Refusal)
    assert not await confirmed(evenings)


async def test_taken_back_asks_nobody_any_more(evenings: Evenings) -> None:
    await say(evenings, "ada", "/spark @bob a parser")
    await press(evenings, "ada", "Undo")
    assert "put away" in await press(evenings, "bob", "Yes, we did")


async def test_what_began_is_asked_about_once(evenings: Evenings) -> None:
    await say(evenings, "ada", "/spark @bob a parser")
    await press(evenings, "bob", "Yes, we did")
    await evenings.workspace.advance(61 * DAY)
    assert evenings.words("ada").startswith("Did it become something? a parser")
    before = len(evenings.workspace.messages)
    await evenings.workspace.advance(100 * DAY)
    assert len(evenings.workspace.messages) == before
    await press(evenings, "ada", "We let it go")
    assert "answered this one" in await press_on(evenings, "ship it", "ada")
    (project,) = await evenings.all(Project)
    assert project.let_go_at
    assert project.shipped_at is None


async def press_on(evenings: Evenings, action: str, who: str) -> str:
    (project,) = await evenings.all(Project)
    caller = Caller(evenings.where, who, who)
    outcome = await evenings.workspace.app.run(
        Call(action, {"project": project.id}, caller, HALL, Via.PRESS)
    )
    return outcome.says if isinstance(outcome, Refusal) else ""


async def test_nobody_is_asked_about_what_has_shipped(evenings: Evenings) -> None:
    await say(evenings, "ada", "/spark @bob a parser")
    await press(evenings, "bob", "Yes, we did")
    await evenings.workspace.advance(10 * DAY)
    await say(evenings, "bob", '/ship "The parser" example.org/parser')
    await evenings.workspace.choose("bob", "a parser")
    assert "It took 10 days" in evenings.words("bob")
    (project,) = await evenings.all(Project)
    assert project.link == "https://example.org/parser"
    before = len(evenings.workspace.messages)
    await evenings.workspace.advance(100 * DAY)
    assert len(evenings.workspace.messages) == before


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org", "nowhere", "https://"]
)
async def test_a_link_is_a_web_address(evenings: Evenings, link: str) -> None:
    assert "not a web address" in await say(evenings, "ada", f'/ship "A parser" {link}')
    assert await evenings.all(Project) == []


async def test_a_link_that_grows_too_long_is_refused(evenings: Evenings) -> None:
    said = await say(evenings, "ada", f'/ship "A parser" example.org/{"a" * 285}')
    assert "room for 300" in said
    assert await evenings.all(Project) == []


async def test_everyone_is_told_after_a_preview_and_once(evenings: Evenings) -> None:
    await say(evenings, "ada", f'/ship "{NASTY}"')
    await press(evenings, "ada", "Tell everyone here")
    assert evenings.posted_publicly("#general") == []
    await press(evenings, "ada", "Post it here")
    await evenings.workspace.advance(timedelta())
    (post,) = evenings.posted_publicly("#general")
    assert post.card.text == "By ada."


async def test_a_contribution_is_written_down_and_taken_back(evenings: Evenings) -> None:
    assert "Thank you: Swept up" in await say(evenings, "ada", "/contribution Swept up")
    assert "Swept up" in await say(evenings, "ada", "/contribution Brought chairs")
    await press(evenings, "ada", "Undo")
    assert [each.what for each in await evenings.all(Contribution)] == ["Swept up"]


async def test_outcomes_are_for_organisers(evenings: Evenings) -> None:
    assert "for organisers" in await say(evenings, "ada", "/outcome hire Two met here")
    evenings.workspace.join("org", Role.ORGANISER)
    assert "A hire" in await say(evenings, "org", '/outcome hire "Two met here" yesterday')
    assert "ahead" in await say(evenings, "org", '/outcome champion "A parser" "in two days"')
    (found,) = await evenings.all(Outcome)
    assert found.day == (evenings.now - DAY).date()
    await say(evenings, "org", "/outcome list")
    await press(evenings, "org", "Delete: Two met here")
    assert "None is recorded" in await say(evenings, "org", "/outcome list")
    await press(evenings, "org", "Undo")
    assert "Two met here" in await say(evenings, "org", "/outcome list")
    await press(evenings, "org", "Delete: Two met here")
    await evenings.workspace.advance(DAY * 31)
    await evenings.workspace.app.tidy()
    assert await evenings.all(Outcome) == []


async def test_who_has_not_been_asked_is_left_in_peace(evenings: Evenings) -> None:
    """A row for each person named, and none for the one who tells."""
    await say(evenings, "ada", "/spark @bob a parser")
    rows = [row for row in await evenings.all(Outgoing) if row.kind == "sparks.confirm"]
    assert [row.person_id for row in rows] == [await evenings.person("bob")]
