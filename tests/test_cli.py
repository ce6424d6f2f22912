"""The command line as a self-hoster meets it: a clear sentence and a code, never a trace."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.warm import bot, script

COMMANDS = [
    "try",
    "run",
    "init",
    "doctor",
    "check",
    "manifest",
    "migrate",
    "import",
    "export",
    "report",
    "backup",
    "restore",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    told = bot(command, "--help", cwd=tmp_path)
    assert told.returncode == 0
    assert "Usage:" in told.stdout


def test_without_a_terminal_try_plays_a_tour(tmp_path: Path) -> None:
    told = bot("try", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "37 · Introduce people with a reason" in told.stdout
    assert told.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_json_is_one_message_a_line(tmp_path: Path) -> None:
    told = script(
        'as mira\n/principle 37\npress "Mistakes"\n', tmp_path, "--json", "--start", "2026-05-04"
    )
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [set(line) for line in lines] == [
        {"at", "to", "from", "private", "title", "text", "fields", "buttons", "picture"}
    ] * 2
    assert lines[0]["at"] == "2026-05-04T00:00:00+00:00"
    assert lines[0]["private"] is True
    assert "Trade-off" in lines[1]["text"]


@pytest.mark.parametrize(
    ("lines", "code", "says"),
    [
        ('/principle 37\nexpect "Introduce people"', 0, ""),
        ('/principle 37\nexpect "Make the demo small"', 1, "line 2: expected"),
        ("dance", 2, "line 1: I can't read 'dance'"),
        ("as", 2, "line 1: as NAME"),
        ("in general", 2, "line 1: in #CHANNEL"),
        ("advance soon", 2, "line 1: advance 48h"),
        ('press "Nothing"', 2, 'line 1: ada sees no button "Nothing"'),
        ('/principle 37\npress "Connected', 2, "line 2: a quote is not closed"),
        ('fill title="x"', 2, "line 1: no form is open for ada"),
        ('choose "Friday"', 2, "line 1: ada sees nothing to choose from"),
    ],
)
def test_scripts_tell_what_is_wrong_and_where(
    lines: str, code: int, says: str, tmp_path: Path
) -> None:
    told = script(lines, tmp_path)
    assert told.returncode == code, told.stderr
    assert says in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("/principle 0", "numbered 1 to 52"),
        ("/principle 53", "numbered 1 to 52"),
        ("/principle -1", "numbered 1 to 52"),
        ("/principle abc", "is not a whole number"),
        (f"/principle {'9' * 40}", "is not a whole number"),
        (f"/principle {'x' * 10_000}", "is not a whole number"),
        ("/principle \x1b[31m\x07", "is not a whole number"),
        ("/principle 37 38", "I did not expect"),
        ("/principal", "Did you mean"),
        ("/", "Type a command"),
        ("/xyzzy <@U1> @everyone", "I don't know"),
        ("/help nonsense", "I don't know"),
        ("/chapter 13", "numbered 1 to 12"),
    ],
)
def test_bad_input_gets_a_clear_private_sentence(typed: str, says: str, tmp_path: Path) -> None:
    told = script(typed, tmp_path, "--json")
    (answer,) = [json.loads(line) for line in told.stdout.splitlines()]
    assert says in answer["text"]
    assert answer["private"]
    assert len(answer["text"]) < 300
    assert "\x1b" not in answer["text"]


def test_a_kept_database_survives_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kept/try.db"
    for _ in range(2):
        told = script("/principle", tmp_path, "--db", url)
        assert told.returncode == 0, told.stderr
    with sqlite3.connect(tmp_path / "kept" / "try.db") as kept:
        assert kept.execute("SELECT count(*) FROM community").fetchone() == (1,)
    kept.close()


@pytest.mark.parametrize(
    ("args", "env", "says"),
    [
        (["run"], {}, "No token is set"),
        (["try", "--tz", "Mars/Base"], {}, "'Mars/Base' is not a time zone"),
        (["try", "--start", "tomorrowish"], {}, "'tomorrowish' is not a time"),
        (["try", "--db", "nonsense"], {}, "not a database address"),
        (["migrate"], {"DATABASE_URL": "sqlite:////proc/nowhere/x.db"}, "database"),
        (["migrate"], {"DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/x"}, "I can't reach"),
        (["check"], {"CONTENT_DIR": "/nowhere"}, "no such folder"),
        (["report", "--out", "x.html"], {}, "There is no database"),
        (["doctor"], {"SLACK_PORT": "many"}, "SLACK_PORT"),
        (["import"], {}, "Name a file"),
        (["import", "none.csv"], {}, "There is no database"),
        (["import", "x", "--zone", "Mars/Base"], {}, "'Mars/Base' is not a time zone"),
        (["export", "--out", "x"], {}, "There is no database"),
        (["backup"], {}, "There is no database at data/community-os.db"),
        (["backup"], {"DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/x"}, "I can't reach"),
        (["restore", "none.zip"], {}, "I can't read none.zip"),
    ],
)
def test_what_can_not_start_says_why(
    args: list[str], env: dict[str, str], says: str, tmp_path: Path
) -> None:
    told = bot(*args, cwd=tmp_path, **env)
    assert told.returncode == 1, (told.stdout, told.stderr)
    assert says in told.stderr
    assert "Traceback" not in told.stderr
    assert "secret" not in told.stderr + told.stdout
    assert len(told.stderr.splitlines()) == 1


def test_the_sample_is_there_to_look_at_and_can_be_reported_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/try.db"
    lines = 'as olga organiser\n/pulse\nexpect "At the last 6 events"'
    told = script(lines, tmp_path, "--sample", "--db", url, "--start", "2026-05-04")
    assert told.returncode == 0, told.stderr
    wrote = bot("report", "--out", "page.html", cwd=tmp_path, DATABASE_URL=url)
    assert wrote.returncode == 0, wrote.stderr
    assert "Sample community" in (tmp_path / "page.html").read_text(encoding="utf-8")
    nowhere = bot("report", "--out", "/proc/nowhere/page.html", cwd=tmp_path, DATABASE_URL=url)
    assert nowhere.returncode == 1
    assert "I can't write" in nowhere.stderr


def test_without_a_community_there_is_nothing_to_take(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    assert bot("migrate", cwd=tmp_path, DATABASE_URL=url).returncode == 0
    for words in (["import", "none.csv"], ["export", "--out", "x"], ["report", "--out", "x.html"]):
        told = bot(*words, cwd=tmp_path, DATABASE_URL=url)
        assert told.returncode == 1
        assert "There is no community yet" in told.stderr
    assert list(tmp_path.glob("x*")) == []


def test_a_locked_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as held:
        held.execute("BEGIN EXCLUSIVE")
        told = bot("migrate", cwd=tmp_path, DATABASE_URL=f"sqlite:///{path}")
    held.close()
    assert told.returncode == 1
    assert "locked" in told.stderr


def test_a_broken_pack_is_told_whole_and_nothing_starts(tmp_path: Path) -> None:
    pages = tmp_path / "own" / "principles"
    pages.mkdir(parents=True)
    (pages / "37-introduce-people-with-a-reason.md").write_text("---\nnumber: 38\n---\n# x\n")
    for command in ("check", "try"):
        told = bot(command, cwd=tmp_path, CONTENT_DIR=str(tmp_path / "own"))
        assert told.returncode == 1
        assert len(told.stderr.splitlines()) > 3
        assert "37-introduce-people-with-a-reason.md:" in told.stderr


def test_doctor_has_a_line_for_everything(tmp_path: Path) -> None:
    told = bot("doctor", cwd=tmp_path)
    assert told.returncode == 1
    assert [line[:3] for line in told.stdout.splitlines()] == ["ok ", "ok ", "ok ", "fix"]
    assert (tmp_path / "data" / "community-os.db").exists()


def test_init_writes_settings_for_you_alone(tmp_path: Path) -> None:
    told = bot("init", cwd=tmp_path, stdin="token\n\n\n\n")
    assert told.returncode == 0, told.stderr
    written = tmp_path / ".env"
    assert written.read_text().startswith("DISCORD_TOKEN=token\n")
    assert written.stat().st_mode & 0o077 == 0
    assert "token\n" not in told.stdout


def test_years_come_in_go_out_and_are_taken_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    script("/principle 1", tmp_path, "--db", url)
    events, came = tmp_path / "one.csv", tmp_path / "two.csv"
    events.write_text("title,date,time\nSupper,2026-03-02,19:00\nSupper,2026-04-06,19:00\n")
    came.write_text(
        "event,date,person,rsvp,checked_in\n"
        "Supper,2026-03-02,Ada,yes,yes\nSupper,2026-03-02,Bo,yes,\n"
    )

    def told(*args: str, stdin: str = "") -> str:
        run = bot(*args, cwd=tmp_path, stdin=stdin, DATABASE_URL=url)
        assert run.returncode == 0, run.stderr
        return run.stdout

    shown = told("import", str(events), str(came), "--dry-run")
    assert "+ 2 events" in shown
    assert "1 who said yes has no check-in" in shown
    assert "add --rest-absent" in shown
    rest = told("import", str(events), str(came), "--dry-run", "--rest-absent")
    assert "1 did not" in rest
    done = told("import", str(events), str(came), stdin="y\n")
    assert "+ 1 person came" in done
    assert "All of it is here already" in told("import", str(events), str(came), "--yes")
    told("export", "--out", str(tmp_path / "out"))
    told("export", "--out", str(tmp_path / "json"), "--format", "json")
    people = json.loads((tmp_path / "json/tables/person.json").read_text())
    assert {each["name"] for each in people} == {"Ada", "Bo"}
    lists = [str(path) for path in sorted((tmp_path / "out").glob("*.csv"))]
    assert (tmp_path / "out/attendance.csv").stat().st_mode & 0o077 == 0
    assert "All of it is here already" in told("import", *lists, "--yes")
    batch = done.split()[-1]
    assert "2 events, 2 people, 2 answers, 1 visit" in told("import", "--list")
    assert "- 2 events" in told("import", "--dry-run", "--undo", batch)
    kept = bot("import", "--undo", batch, cwd=tmp_path, stdin="n\n", DATABASE_URL=url)
    assert (kept.returncode, kept.stderr.strip()) == (1, "Nothing was taken back.")
    assert "taken back" not in told("import", "--list"), "it was only shown, and refused"
    by = script("as olga organiser\n/changes", tmp_path, "--db", url).stdout
    assert "Imported: list of events" in by
    assert "whoever runs the" in by
    assert "All that it added is gone" in told("import", "--undo", batch, "--yes")
    assert "(taken back)" in told("import", "--list")
    gone = bot("import", "--undo", batch, cwd=tmp_path, DATABASE_URL=url)
    assert (gone.returncode, gone.stderr.strip()) == (1, "That import was taken back already.")
    assert bot("import", "none.csv", cwd=tmp_path, DATABASE_URL=url).stderr.startswith("I can't")
    stopped = bot("import", str(events), cwd=tmp_path, stdin="n\n", DATABASE_URL=url)
    assert (stopped.returncode, stopped.stderr.strip()) == (1, "Nothing was imported.")


def test_questions_of_an_import_name_the_option_that_answers_them(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    script("/principle 1", tmp_path, "--db", url)

    def told(text: str, *args: str) -> str:
        (tmp_path / "x.csv").write_text(text)
        run = bot("import", "x.csv", *args, cwd=tmp_path, DATABASE_URL=url)
        return run.stdout + run.stderr

    assert "Add --dates dmy" in told("title,date\nA,04/05/2026\n")
    guests = "guest_id,name,email,approval_status,checked_in_at\ng,Ada,a@x.example,approved,\n"
    assert 'Add --event "Its title"' in told(guests)
    assert "Add --starts" in told(guests, "--event", "Supper")
    assert "Add --starts" in told(guests, "--event", "Supper", "--starts", "soon")
    assert "a header and no rows" in told("title,date\n")
    late = told("title,date,time\nA,2026-03-02,01:00\n", "--zone", "Europe/Berlin", "--dry-run")
    assert "Mon 2 March 2026, 00:00: A" in late
    assert "These are times in UTC, your community's." in late
    (tmp_path / "y.csv").write_text("event,person\nA\n")
    two = told("title,date\nA,soon\n", "y.csv", "--dry-run")
    assert "x.csv: Row 2: no date" in two
    assert "y.csv: Row 2: fewer cells" in two
    assert "Nothing in it could be read" in told("title,date\nA,soon\n")


MOVED = (
    "first-time-to-demo",
    "repeat-speakers",
    "new-speakers",
    "returning-attendee-rate",
    "newcomers",
    "show-rate",
)


def cards(told: subprocess.CompletedProcess[str]) -> list[str]:
    return told.stdout.split("┌ ")[1:]


def figure(card: str) -> str:
    """Without the one that stands beside it, which counts help too."""
    return card.partition("│ Beside it")[0]


def walk_in(file: Path, *names: str) -> None:
    """Through the door of the newest evening that was noted."""
    with closing(sqlite3.connect(file)) as database, database:
        (event,) = database.execute(
            "SELECT event_id FROM attendance JOIN event ON event.id = event_id "
            "ORDER BY starts_at DESC LIMIT 1"
        ).fetchone()
        rows = [(f"{event[:30]}{at}", event, name) for at, name in enumerate(names)]
        database.executemany(
            "INSERT INTO attendance (id, event_id, name, present, via, noted_at) "
            "VALUES (?, ?, ?, 1, 'host', '2026-05-01 20:00:00.000000')",
            rows,
        )


def test_figures_are_the_same_after_moving_house(tmp_path: Path) -> None:
    """Those that need no more than events, visits and demos, walk-ins without an account among
    them."""
    old, new = (f"sqlite:///{tmp_path}/{name}.db" for name in ("old", "new"))
    asked = "\n".join(["as olga organiser", *(f"/metric {each}" for each in MOVED)])
    day = ("--start", "2026-05-04")
    script("/principle 1", tmp_path, "--sample", "--db", old, *day)
    walk_in(tmp_path / "old.db", "Zed", "Zed", "=Zora")
    before = script(asked, tmp_path, "--sample", "--db", old, *day)
    assert "n = " in before.stdout, before.stderr
    script("/principle 1", tmp_path, "--db", new, *day)
    bot("export", "--out", "out", cwd=tmp_path, DATABASE_URL=old)
    lists = sorted(str(each) for each in (tmp_path / "out").glob("*.csv"))
    came = bot("import", *lists, "--yes", cwd=tmp_path, DATABASE_URL=new)
    assert "demos" in came.stdout, came.stderr
    after = script(asked, tmp_path, "--db", new, *day)
    assert [figure(each) for each in cards(after)] == [figure(each) for each in cards(before)]
    for here in (old, new):
        again = bot("import", *lists, "--yes", cwd=tmp_path, DATABASE_URL=here)
        assert "All of it is here already" in again.stdout, "nor does anything count twice"
    gone = bot("import", "--undo", "1", "--yes", cwd=tmp_path, DATABASE_URL=new)
    assert "All that it added is gone, and" in gone.stdout


def test_pictures_can_be_opened_and_are_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    lines = "as olga organiser\n/flywheel\n/flywheel\n"
    told = script(lines, tmp_path, "--files", str(folder))
    assert told.stdout.count(f"Pictures and files are written to {folder}") == 1
    assert told.stdout.count("[open: 01-flywheel.png]") == 2
    assert [each.name for each in folder.iterdir()] == ["01-flywheel.png"]
    told = script(lines, tmp_path, "--files", str(folder), "--json")
    shown = [json.loads(line) for line in told.stdout.splitlines()]
    assert Path(shown[0]["open"]).read_bytes().startswith(b"\x89PNG")
    assert shown[0]["picture"].startswith("The flywheel")
