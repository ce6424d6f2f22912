"""Words that change while the bot runs, and a copy that was installed from a wheel."""

import itertools
import logging
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from adapters.local.workspace import Workspace
from bot.actions import Registry
from bot.app import App
from bot.content import Content
from bot.context import Place
from bot.db import Database
from bot.features import FEATURES
from bot.pack import packaged
from bot.running import Words
from tests.test_outbox import NOW

ROOT = Path(__file__).parent.parent
PAGE = "principles/37-introduce-people-with-a-reason.md"


async def test_new_words_are_taken_up_and_broken_ones_are_not(
    tmp_path: Path, content: Content, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ids = (f"{number:016x}" for number in itertools.count(1))
    workspace = Workspace(NOW)
    app = App(
        Registry(FEATURES),
        content,
        database,
        [workspace],
        clock=workspace.clock,
        new_id=lambda: next(ids),
    )
    workspace.connect(app)
    own = tmp_path / PAGE
    own.parent.mkdir(parents=True)
    words = Words(app, [packaged("content"), tmp_path])
    await words.look()
    assert app.content is content
    page = (packaged("content") / PAGE).read_text(encoding="utf-8")
    own.write_text(page.replace("title: Introduce people with a reason", "title: Introduce two"))
    caplog.set_level(logging.INFO)
    await words.look()
    await workspace.say("ada", Place("#general"), "/principle 37")
    assert workspace.messages[-1].card.title == "37 · Introduce two"
    own.write_text("---\nnumber: 38\n---\n")
    await words.look()
    await workspace.say("ada", Place("#general"), "/principle 37")
    assert workspace.messages[-1].card.title == "37 · Introduce two"
    assert "The old ones stay in use" in caplog.text


def test_a_wheel_works_from_any_folder(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("community_os-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for command, says in (
        (["check"], "52 principles"),
        (["migrate"], "is up to date"),
        (["try"], "Introduce people with a reason"),
    ):
        told = subprocess.run(
            [sys.executable, "-P", "-m", "bot", *command],
            cwd=elsewhere,
            env=os.environ | {"PYTHONPATH": str(tmp_path / "installed")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        assert says in told.stdout
    assert (elsewhere / "data" / "community-os.db").exists()
