"""How soon `community-os run` serves both platforms, and how much memory it takes.

Both stand-ins run in processes of their own. "Own work" is the processor time until both are
connected; the wall clock also holds waits on the network and on other programs. All but the first
run find what that one made, as any start does but the one after an upgrade: the tables, and the
compiled code, which pip makes when it installs.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = 5
AIM_SECONDS, AIM_MB = 1.5, 110
PYTHON = [sys.executable, "-W", "ignore", "-m"]


def standin(*args: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen([*PYTHON, *args], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, json.loads(process.stdout.readline())


def usage(pid: int) -> tuple[float, float]:
    """Processor seconds and resident megabytes so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return seconds, int(resident.split()[1]) / 1024


def once(environment: dict[str, str], folder: str) -> tuple[float, float, float]:
    began = time.perf_counter()
    bot = subprocess.Popen(
        [*PYTHON, "bot", "run"], env=environment, cwd=folder, stderr=subprocess.PIPE, text=True
    )
    assert bot.stderr
    waiting = {"Slack is connected", "Discord is connected"}
    for line in bot.stderr:
        waiting = {words for words in waiting if words not in line}
        if not waiting:
            break
    wall = time.perf_counter() - began
    seconds, _ = usage(bot.pid)
    time.sleep(3)
    _, resident = usage(bot.pid)
    bot.send_signal(signal.SIGTERM)
    bot.wait(20)
    return wall, seconds, resident


def main() -> None:
    discord, about_discord = standin("tests.standins.discord", "--unlimited")
    slack, about_slack = standin("tests.standins.slack")
    try:
        with tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {
                "PYTHONPATH": str(Path(__file__).parent.parent),
                "DISCORD_TOKEN": about_discord["token"],
                "DISCORD_API_URL": about_discord["api"],
                "DISCORD_GATEWAY_URL": about_discord["gateway"],
                "SLACK_BOT_TOKEN": about_slack["bot_token"],
                "SLACK_APP_TOKEN": about_slack["app_token"],
                "SLACK_API_URL": about_slack["base_url"],
            }
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            runs = [once(environment, folder) for _ in range(ROUNDS)]
    finally:
        discord.terminate()
        slack.terminate()
    wall, seconds, resident = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"ready after {wall:.2f} s, of which {seconds:.2f} s own work (aim {AIM_SECONDS})")
    print(f"resident with both adapters: {resident:.0f} MB (aim {AIM_MB})")
    print(
        f"start: {seconds / AIM_SECONDS:.2f} of the aimed time, {resident / AIM_MB:.2f} of memory"
    )


if __name__ == "__main__":
    main()
