"""The README stays true: its script is played, and prints what the README shows."""

import re
from pathlib import Path

from tests.warm import script

ROOT = Path(__file__).parent.parent


def test_the_transcript_is_what_the_script_prints(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines, transcript = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    told = script(lines, tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == transcript.strip()


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_every_command_of_the_readme_exists() -> None:
    from bot.__main__ import cli

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`community-os (\w+)", text):
        assert name in cli.commands
