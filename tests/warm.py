"""The command line without the wait: one process has imported it, and each run is a fork of that.

A start takes a second or two, and the tests of the command line start it a hundred times. A fork is
a process of its own all the same, with its own folder, environment, streams and code at the end.
`tests/test_running.py` starts it cold.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
PATIENCE = 60
SLOW = ("bot.features", "bot.app", "bot.commands", "bot.sample", "adapters.local.terminal",
        "alembic.command", "icalendar", "mako.template")  # fmt: skip
"""What takes long to import, and is imported by the commands that need it."""
STREAMS = ("stdin", "stdout", "stderr")


def bot(*args: str, cwd: Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder of its own, with no settings but these."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DISCORD", "SLACK"))}
    with TemporaryDirectory() as folder:
        streams = {name: str(Path(folder, name)) for name in STREAMS}
        Path(streams["stdin"]).write_text(stdin, encoding="utf-8")
        wish = {"args": args, "cwd": str(cwd), "env": clean | env, **streams}
        warm = _warm()
        assert warm.stdin
        assert warm.stdout
        warm.stdin.write(json.dumps(wish) + "\n")
        warm.stdin.flush()
        code = int(warm.stdout.readline())
        out, err = (Path(streams[name]).read_text(encoding="utf-8") for name in STREAMS[1:])
    return subprocess.CompletedProcess(args, code, out, err)


def script(lines: str, cwd: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return bot("try", "--script", "-", *args, cwd=cwd, stdin=lines)


@cache
def _warm() -> "subprocess.Popen[str]":
    """It ends with us: nothing comes in any more then."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.warm"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for_work() -> dict[str, Any]:
    """Returns in the forks only."""
    while line := sys.stdin.readline():
        if not (child := os.fork()):
            wish: dict[str, Any] = json.loads(line)
            return wish
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    sys.exit()


def become(wish: dict[str, Any]) -> None:
    for fd, name in enumerate(STREAMS):
        os.dup2(os.open(wish[name], os.O_RDWR | os.O_CREAT), fd)
    os.chdir(wish["cwd"])
    os.environ.clear()
    os.environ.update(wish["env"])
    sys.argv = ["bot", *wish["args"]]
    signal.alarm(PATIENCE)


if __name__ == "__main__":
    with warnings.catch_warnings(record=True) as heard:
        for name in SLOW:
            import_module(name)

    become(wait_for_work())
    for each in heard:  # as if it were imported in this run
        warnings.showwarning(each.message, each.category, each.filename, each.lineno)
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
