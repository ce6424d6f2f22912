"""The house rules that a linter can't say."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
PLATFORM_LIBRARIES = ("discord", "slack_sdk", "slack_bolt", "adapters")

NOT_FOR_HELP = {"sqlalchemy", "discord", "slack_sdk", "aiohttp", "bot.app", "bot.features"}
NOT_FOR_A_START = {
    "alembic",
    "dateparser",
    "icalendar",
    "mako",
    "matplotlib",
    "numpy",
    "PIL",
    "scipy",
    "bot.numbers.forecast",
    "bot.sample",
}
STARTED = """
import sys
import bot.__main__ as line
alone = set(sys.modules)
settings = line.load_settings(discord_token="-", slack_bot_token="-", slack_app_token="-")
content, platforms = line.words(settings), line.connected(settings)
line.assemble(settings, content, line.database_of(settings), platforms)
print(*alone, sep=",")
print(*sys.modules, sep=",")
"""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def under(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def test_the_core_knows_no_platform() -> None:
    for path in under("bot"):
        if path.name == "__main__.py":
            continue
        for name in imports(path):
            assert not name.startswith(PLATFORM_LIBRARIES), f"{path} imports {name}"


def test_adapters_know_no_feature_and_no_query() -> None:
    for path in under("adapters"):
        for name in imports(path):
            assert not name.startswith(("bot.features", "sqlalchemy")), f"{path} imports {name}"


def test_a_start_imports_what_it_needs_and_no_more(tmp_path: Path) -> None:
    """Each second and each megabyte of it is paid by everybody, at every start."""
    found = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    alone, started = (set(line.split(",")) for line in found.stdout.splitlines())
    assert alone & NOT_FOR_HELP == set()
    assert started >= NOT_FOR_HELP
    assert started & NOT_FOR_A_START == set()


def test_every_setting_is_explained() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", example, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}
    for field in Settings.model_fields.values():
        assert field.description
        assert field.description.split(". ")[0].split(":")[0] in example.replace("\n# ", " ")


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        ("bot", "import discord"),
        ("bot", "from slack_sdk.web import client"),
        ("bot", "from adapters.local import workspace"),
        ("bot", "import random"),
        ("bot", "from datetime import datetime\n\nNOW = datetime.now()"),
        ("adapters", "from bot.features.events import model"),
        ("adapters", "import sqlalchemy"),
    ],
)
def test_the_linter_holds_the_seam(folder: str, line: str) -> None:
    name = str(ROOT / folder / "new.py")
    ruff = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--stdin-filename", name]
    found = subprocess.run(
        [*ruff, "-"], input=line + "\n", capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert found.returncode == 1, found.stderr
    assert "TID251" in found.stdout


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_dependencies_are_pinned_with_hashes_and_name_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+(?:\[[^\]]*\])?)==", text, re.MULTILINE)
    assert len(pins) > 30
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if "==" in block.splitlines()[0]:
            assert "--hash=sha256:" in block, block.splitlines()[0]
    assert "://" not in text
    assert "--index-url" not in text


def test_the_repository_names_no_package_index() -> None:
    hosts = "|".join(["py" + "pi", "python" + "hosted", "npm" + "js"])
    host = re.compile(rf"({hosts})\.(org|com)", re.IGNORECASE)
    pages = [path for path in ROOT.rglob("*") if path.is_file() and not hidden(path)]
    assert ROOT / "README.md" in pages
    for path in pages:
        assert not host.search(path.read_text(encoding="utf-8", errors="replace")), path


def hidden(path: Path) -> bool:
    """What is not ours: the virtual environment, caches, git's own files."""
    parts = path.relative_to(ROOT).parts
    return any(part in (".git", ".venv", "data", "dist", "__pycache__") for part in parts) or any(
        part.endswith("_cache") for part in parts
    )
