"""`python -m tests.standins.discord --port 8080`: the stand-in in a process of its own.

Prints one line of JSON once it serves (addresses, token), and one with the summary when it ends,
by Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import signal

from .control import Control, summary
from .server import TOKEN, Discord
from .state import dumps


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.standins.discord", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--guilds", type=int, default=1, help="Gathering, Gathering 2, …")
    parser.add_argument("--channels", default="general", help="in each guild, by commas")
    parser.add_argument("--members", type=int, default=10, help="member 1, member 2, …")
    parser.add_argument("--answer-within", type=float, default=3.0, help="seconds")
    parser.add_argument("--unlimited", action="store_true", help="no rate limits")
    return parser.parse_args()


async def serve(asked: argparse.Namespace) -> None:
    discord = Discord(port=asked.port, token=asked.token, shards=asked.shards)
    discord.desk.answer_within = asked.answer_within
    if asked.unlimited:
        discord.traffic.rates.clear()
        discord.traffic.global_rate = None
    for number in range(1, asked.guilds + 1):
        guild = discord.guild("Gathering" if number == 1 else f"Gathering {number}")
        for name in asked.channels.split(","):
            guild.channel(name)
    for number in range(1, asked.members + 1):
        discord.user(f"member {number}")
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await discord.start(Control(discord).routes())
    about = {"api": discord.api, "gateway": discord.gateway_url, "token": discord.token}
    print(dumps(about | {"control": f"http://127.0.0.1:{discord.port}/_control"}), flush=True)
    await stop.wait()
    print(dumps(summary(discord)), flush=True)
    await discord.close()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
