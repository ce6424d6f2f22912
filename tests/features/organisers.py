"""A community that Olga runs, with members, for tests of what organisers do."""

import itertools
from collections.abc import Callable

import pytest

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Call, Place, Via
from bot.db import Database
from bot.features import FEATURES
from bot.markup import text_of
from bot.people import Caller, Where
from bot.replies import Refusal, Reply
from tests.features.hall import NOW

GENERAL = Place("#general")
Start = Callable[[], Workspace]


@pytest.fixture
def start(content: Content, database: Database) -> Start:
    """A process of its own on the same database; Olga runs the workspace."""
    numbers = itertools.count(1)

    def process() -> Workspace:
        workspace = Workspace(NOW)
        workspace.connect(
            App(
                Registry(FEATURES),
                content,
                database,
                [workspace],
                clock=workspace.clock,
                new_id=lambda: f"{next(numbers):016x}",
            )
        )
        workspace.join("olga", Role.ORGANISER)
        for member in ("ada", "bob", "eve"):
            workspace.join(member)
        return workspace

    return process


@pytest.fixture
def workspace(start: Start) -> Workspace:
    return start()


async def say(workspace: Workspace, who: str, line: str) -> str:
    await workspace.say(who, GENERAL, line)
    return answer(workspace)


def answer(workspace: Workspace) -> str:
    card = workspace.messages[-1].card
    return text_of("\n\n".join([card.title, card.text, *(each.value for each in card.fields)]))


async def do(workspace: Workspace, who: str, action: str, where: Where = WHERE, **args: str) -> str:
    outcome = await workspace.app.run(
        Call(action, args, Caller(where, who, who), GENERAL, Via.PRESS)
    )
    assert isinstance(outcome, Reply | Refusal)
    return outcome.says if isinstance(outcome, Refusal) else outcome.card.text
