"""The one door: one transaction per action, and every failure in plain words."""

import asyncio
import itertools
import sqlite3
from pathlib import Path
from typing import Annotated

import pytest
from sqlalchemy import select

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Feature, Long, Registry, Role, Suggest
from bot.app import App
from bot.content import Content
from bot.context import Call, Context, Place, Via
from bot.db import Database
from bot.errors import UserError
from bot.forms import Form
from bot.people import Account, Caller, Community, Person
from bot.replies import Button, Card, Choice, Field, Option, Picture, Press, Refusal, Reply
from tests.test_outbox import NOW

PLACE = Place("#general")
feature = Feature("app")


@feature.command("join")
async def join(
    ctx: Context,
    name: Annotated[str, "A name"],
    how: Annotated[str, "How it ends", Long(50)] = "well",
) -> Reply:
    """Store somebody, and end well or badly."""
    person = await ctx.person()
    person.name = name
    await ctx.session.flush()
    if how == "refused":
        raise UserError("Not today.", "name")
    if how == "broken":
        raise ZeroDivisionError
    return Reply(Card("Stored"))


async def broken(ctx: Context, text: str) -> tuple[Option, ...]:
    raise ZeroDivisionError


@feature.command("guess")
async def guess(ctx: Context, word: Annotated[str, "A word", Suggest(broken)]) -> Reply:
    """Offer what can't be offered."""
    return Reply(Card(word))


def workspace_on(database: Database, content: Content) -> Workspace:
    numbers = itertools.count(1)
    workspace = Workspace(NOW)
    app = App(
        Registry([feature]),
        content,
        database,
        [workspace],
        clock=workspace.clock,
        new_id=lambda: f"{next(numbers):016x}",
    )
    workspace.connect(app)
    return workspace


async def stored(database: Database) -> list[str]:
    async with database.session() as session:
        return list(await session.scalars(select(Person.name)))


@pytest.mark.parametrize("how", ["refused", "broken"])
async def test_a_failed_action_leaves_no_row(
    how: str, database: Database, content: Content
) -> None:
    workspace = workspace_on(database, content)
    await workspace.say("ada", PLACE, f"/join Grace {how}")
    assert await stored(database) == []
    await workspace.say("ada", PLACE, "/join Grace well")
    await workspace.say("ada", PLACE, "/join Hopper")
    assert await stored(database) == ["Hopper"]
    async with database.session() as session:
        assert len((await session.scalars(select(Account))).all()) == 1


async def test_a_locked_database_is_told_and_nothing_is_half_written(
    tmp_path: Path, content: Content, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/x.db", busy_seconds=0.05)
    await database.create_tables()
    workspace = workspace_on(database, content)
    await workspace.say("ada", PLACE, "/join First")
    with sqlite3.connect(tmp_path / "x.db") as other:
        other.execute("BEGIN EXCLUSIVE")
        await workspace.say("ada", PLACE, "/join Second")
    other.close()
    assert "I can't reach my memory right now" in workspace.messages[-1].card.text
    await workspace.say("ada", PLACE, "/join Third")
    assert await stored(database) == ["Third"]
    await database.close()


async def test_one_submission_at_two_devices_is_saved_once(
    database: Database, content: Content
) -> None:
    workspace = workspace_on(database, content)
    await workspace.say("ada", PLACE, "/join")
    form = workspace.forms["ada"]
    await workspace.fill("ada", {"name": "One"})
    workspace.forms["ada"] = form
    await workspace.fill("ada", {"name": "Two"})
    assert await stored(database) == ["One"]
    assert "Nothing was saved twice" in workspace.messages[-1].card.text


async def test_one_submission_that_arrives_twice_at_once_is_saved_once(
    database: Database, content: Content
) -> None:
    workspace = workspace_on(database, content)
    caller = Caller(WHERE, "ada", "ada")
    await workspace.say("ada", PLACE, "/join")
    call = Call("join", {"name": "Once"}, caller, PLACE, Via.FORM, form="f1")
    outcomes = await asyncio.gather(*(workspace.app.run(call) for _ in range(4)))
    assert sum(isinstance(each, Reply) for each in outcomes) == 1
    refused = [each.says for each in outcomes if isinstance(each, Refusal)]
    assert refused == ["I already have this one. Nothing was saved twice."] * 3


async def test_drafts_hold_what_was_written_until_it_is_accepted(
    database: Database, content: Content
) -> None:
    workspace = workspace_on(database, content)
    workspace.keeps_forms_open = False
    await workspace.say("ada", PLACE, "/join")
    await workspace.fill("ada", {"name": "x" * 500, "how": "well"})
    assert workspace.messages[-1].card.buttons[0].label == "Try again"
    del workspace.forms["ada"]
    await workspace.press("ada", "Try again")
    assert workspace.forms["ada"].asks.draft == {"name": "x" * 500, "how": "well"}
    await workspace.fill("ada", {"name": "Grace"})
    assert await stored(database) == ["Grace"]
    async with database.session() as session:
        assert [form.draft for form in await session.scalars(select(Form))] == [None]


async def test_reading_the_words_stores_nobody(database: Database, content: Content) -> None:
    from bot.features import FEATURES

    workspace = Workspace(NOW)
    app = App(
        Registry(FEATURES),
        content,
        database,
        [workspace],
        clock=workspace.clock,
        new_id=lambda: "1",
    )
    workspace.connect(app)
    for line in ("/principle 37", "/chapter 3", "/help"):
        await workspace.say("ada", PLACE, line)
    assert await stored(database) == []


async def test_a_community_is_made_once(database: Database, content: Content) -> None:
    for _ in range(3):
        await workspace_on(database, content).say("ada", PLACE, "/join Ada")
    async with database.session() as session:
        assert len((await session.scalars(select(Community))).all()) == 1


def test_what_no_platform_can_show_fails_when_it_is_built() -> None:
    press = Press("x")
    for build in (
        lambda: Card(""),
        lambda: Card("t" * 151),
        lambda: Card("t", "x" * 3001),
        lambda: Card("t", "x" * 2900, tuple(Field("f", "v" * 900) for _ in range(3))),
        lambda: Card("t", fields=tuple(Field("f", "v") for _ in range(11))),
        lambda: Card("t", buttons=(Button("a", press), Button("b", press))),
        lambda: Card("t", buttons=tuple(Button("a", Press(f"x{n}")) for n in range(21))),
        lambda: Button("", press),
        lambda: Button("l" * 76, press),
        lambda: Press("x", (("id", "7" * 80),)),
        lambda: Field("", "v"),
        lambda: Choice("c", press, "n", ()),
        lambda: Choice("c", press, "n", (Option("a", "1"), Option("b", "1"))),
        lambda: Picture(None, ""),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match=r"\w"):
            build()


def test_what_no_platform_can_offer_fails_when_it_is_defined() -> None:
    async def unlabelled(ctx: Context, number: int) -> Reply: ...  # type: ignore[empty-body]

    async def undocumented(ctx: Context) -> Reply: ...  # type: ignore[empty-body]

    async def long_label(ctx: Context, a: Annotated[int, "x" * 46]) -> Reply:  # type: ignore[empty-body]
        """Help."""

    for name, handler, error in (
        ("x", unlabelled, TypeError),
        ("x", undocumented, ValueError),
        ("x", long_label, ValueError),
        ("Upper", undocumented, ValueError),
    ):
        with pytest.raises(error):
            Feature("broken").command(name)(handler)
    twice = Feature("twice")
    twice.command("same")(join.handler)
    twice.command("same", role=Role.HOST)(join.handler)
    with pytest.raises(ValueError, match="Two things are called 'same'"):
        Registry([twice])


def test_a_press_survives_its_encoding() -> None:
    press = Press("event create", (("id", "0a"), ("text", "ä ?&=#")))
    assert Press.decode(press.encoded()) == press


async def test_suggestions_that_fail_are_none_and_are_logged(
    database: Database, content: Content, caplog: pytest.LogCaptureFixture
) -> None:
    app = workspace_on(database, content).app
    for name in ("guess", "gone"):
        call = Call(name, {}, Caller(WHERE, "ada", "ada"), PLACE)
        assert await app.suggest(call, "word", "x") == ()
    assert "Nothing could be suggested for word of guess" in caplog.text
    assert "of gone" not in caplog.text
