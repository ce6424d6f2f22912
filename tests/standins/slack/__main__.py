"""Run the stand-in on its own: `python -m tests.standins.slack --port 9911`.

The first line it prints is JSON with all that an app needs to connect.
"""

import argparse
import asyncio
import json
import sys

from tests.standins.slack.server import Slack


async def serve(port: int, mode: str, *, rate_limits: bool) -> None:
    slack = Slack(mode="http" if mode == "http" else "socket", rate_limits=rate_limits)
    await slack.start(port)
    connect = {
        "base_url": slack.base_url,
        "control": f"{slack.state.origin}/_control/",
        "bot_token": slack.bot_token,
        "app_token": slack.app_token,
        "signing_secret": slack.signing_secret,
        "team_id": slack.home.id,
    }
    sys.stdout.write(json.dumps(connect) + "\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await slack.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.standins.slack")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--mode", choices=["socket", "http"], default="socket")
    parser.add_argument("--rate-limits", action="store_true", help="keep Slack's quotas")
    args = parser.parse_args()
    try:
        asyncio.run(serve(args.port, args.mode, rate_limits=args.rate_limits))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
