"""Stories on the local platform, as a newcomer plays them: each line works, each `expect` holds."""

from pathlib import Path

import pytest

from tests.warm import bot

SCRIPTS = Path(__file__).parent / "scripts"


@pytest.mark.parametrize("story", sorted(SCRIPTS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_story_plays_to_its_end(story: Path, tmp_path: Path) -> None:
    told = bot("try", "--script", str(story), "--start", "2026-05-04T09:00", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "Something broke" not in told.stdout
    assert told.stderr == ""
