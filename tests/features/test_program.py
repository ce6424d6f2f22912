"""The programme: written by organisers, each version kept, and what was changed with its day."""

import asyncio
from datetime import date

import pytest

from bot.actions import Role
from bot.content import Content
from bot.db import Database
from bot.features.program.model import ProgramChange, Wording
from bot.people import Where
from bot.replies import Refusal
from tests.features.stage import Stage, words

pytestmark = pytest.mark.usefixtures("everyone_agrees")

ELSEWHERE = Where("local", "elsewhere", "Another")


@pytest.fixture
async def stage(content: Content, database: Database) -> Stage:
    stage = Stage(database, content)
    stage.workspace.roles["olga"] = Role.ORGANISER
    return stage


async def written(stage: Stage, **words_: str) -> str:
    await stage.say("olga", "/program edit")
    await stage.press("olga", "Write it")
    await stage.workspace.fill("olga", words_)
    return words(stage._answer("olga"))


async def test_before_anybody_writes_it_there_are_general_words(stage: Stage) -> None:
    shown = await stage.say("eve", "/program")
    assert "not written their own words yet" in words(shown)
    assert "Work in progress" in words(shown)
    assert shown.card.buttons == ()
    stage.workspace.roles["hana"] = Role.HOST
    await stage.say("hana", "/program")
    assert "/demo contract" in words(await stage.press("hana", "Hosting for the first time"))
    assert "for organisers" in words(await stage.say("hana", "/program edit"))


async def test_each_version_is_kept_and_the_one_before_comes_back(stage: Stage) -> None:
    await written(stage, first="Every Tuesday\nSix demos")
    shown = await written(stage, first="Every Monday", third="<@U1> **rough** work")
    assert "Every Monday" in shown
    assert "<@U1> **rough** work" in shown
    assert "Every Tuesday Six demos" in words(await stage.press("olga", "Undo")).replace(
        "\n\n", " "
    )
    assert "Every Monday" in words(await stage.press("olga", "Undo"))
    assert "Written by olga on 4 May 2026" in words(await stage.say("eve", "/program"))
    assert [each.number for each in await stage.all(Wording)] == [1, 2, 3, 4]
    stale = await stage.do("olga", "program undo", number="2")
    assert isinstance(stale, Refusal)
    assert "changed again after that" in stale.says


async def test_two_who_undo_at_once_undo_once(stage: Stage) -> None:
    await written(stage, first="Before")
    outcomes = await asyncio.gather(
        *(stage.do("olga", "program undo", number="1") for _ in range(3))
    )
    assert sum(isinstance(each, Refusal) for each in outcomes) == 2
    assert [each.number for each in await stage.all(Wording)] == [1, 2]


async def test_an_empty_form_changes_nothing(stage: Stage) -> None:
    assert "Answer one question at least" in await written(stage)
    assert "There is room for 400" in await written(stage, first="x" * 3000)
    assert await stage.all(Wording) == []


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3 May", date(2026, 5, 3)),
        ("10 June", date(2025, 6, 10)),
        ("Friday", date(2026, 5, 1)),
        ("yesterday", date(2026, 5, 3)),
        ("2025-12-24", date(2025, 12, 24)),
        ("5 May 2026", None),
        ("tomorrow", None),
        ("in 3 days", None),
        ("soonish", None),
    ],
)
async def test_a_change_has_its_day(stage: Stage, typed: str, day: date | None) -> None:
    await stage.say("olga", "/program change we made unfinished demos explicit")
    await stage.press("olga", "It was another day")
    await stage.workspace.fill("olga", {"when": typed})
    (noted,) = await stage.all(ProgramChange)
    assert noted.words == "we made unfinished demos explicit"
    assert noted.day == (day or date(2026, 5, 4))
    assert ("olga" in stage.workspace.forms) is (day is None)


async def test_changes_are_listed_removed_and_put_back(stage: Stage) -> None:
    assert "Nothing is noted yet" in words(await stage.say("olga", "/program changes"))
    await stage.say("olga", "/program change shorter demos")
    await stage.say("olga", "/program changes")
    await stage.choose("olga", "4 May 2026: shorter demos")
    await stage.press("olga", "Remove it")
    assert "Nothing is noted yet" in words(await stage.say("olga", "/program changes"))
    await stage.press("olga", "Undo")
    assert "shorter demos" in words(await stage.say("olga", "/program changes"))
    (noted,) = await stage.all(ProgramChange)
    stage.workspace.roles["eve"] = Role.ORGANISER
    away = await stage.do("eve", "program remove", ELSEWHERE, change=noted.id)
    assert isinstance(away, Refusal)
    assert "no such change" in away.says
