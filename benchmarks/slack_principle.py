"""`/principle 37` by HTTP on Slack against a bare Bolt handler that acks a constant text.

    python -m benchmarks.slack_principle [--rounds 7] [--count 4000]

Each server is a process of its own, and this one makes the load: signed requests, every one new.
The bare handler runs once with `process_before_response` and once with Bolt's default settings.
Rounds alternate, so that a busy machine is unfair to all alike; the medians are compared.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode

import psutil
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TOKEN = "xoxb-benchmark"
PATH = "/slack/events"
IN_FLIGHT = 32
SERVERS = {
    "ours": "Community OS, full card",
    "bare": "Bolt, same settings, constant text",
    "default": "Bolt, default settings, constant text",
}
numbers = itertools.count(1)


# The servers, each in a process of its own


async def serve(kind: str, api_url: str) -> None:
    if kind == "ours":
        await serve_ours(api_url)
    else:
        await serve_bolt(api_url, process_before_response=kind == "bare")


async def serve_ours(api_url: str) -> None:
    from adapters.slack import SlackPlatform
    from bot.__main__ import assemble, words
    from bot.db import Database
    from bot.settings import load_settings

    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(database_url=f"sqlite:///{folder}/benchmark.db")
        database = Database(settings.async_database_url)
        platform = SlackPlatform(bot_token=TOKEN, signing_secret=SECRET, api_url=api_url, port=0)
        platform.connect(assemble(settings, words(settings), database, [platform]))
        await database.create_tables()
        serving = asyncio.create_task(platform.run())
        await platform.ready()
        sys.stdout.write(f"{platform.port}\n")
        sys.stdout.flush()
        await serving


async def serve_bolt(api_url: str, *, process_before_response: bool) -> None:
    client = AsyncWebClient(token=TOKEN, base_url=api_url)
    app = AsyncApp(
        client=client,
        signing_secret=SECRET,
        process_before_response=process_before_response,
    )

    @app.command("/principle")
    async def principle(ack):
        await ack("37 · Introduce people with a reason")

    runner = web.AppRunner(app.web_app(PATH), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


# The load


def requests(count: int) -> list[bytes]:
    """What Slack sends when somebody types `/principle 37`, signed now."""
    verifier = SignatureVerifier(SECRET)
    return [_request(verifier, next(numbers)) for _ in range(count)]


def _request(verifier: SignatureVerifier, number: int) -> bytes:
    body = urlencode(
        {
            "token": "gIkuvaNzQIHg97ATvDxqgjtO",
            "team_id": "T0000000001",
            "team_domain": "acme",
            "channel_id": "C0000000001",
            "channel_name": "general",
            "user_id": f"U{number % 1000:09d}",
            "user_name": "ada",
            "command": "/principle",
            "text": "37",
            "api_app_id": "A0000000001",
            "is_enterprise_install": "false",
            "response_url": f"https://hooks.slack.com/commands/T0000000001/{number}/abc",
            "trigger_id": f"{number}.1.abc",
        }
    )
    timestamp = str(int(time.time()))
    signature = verifier.generate_signature(timestamp=timestamp, body=body)
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "Accept: application/json,*/*\r\nAccept-Encoding: gzip,deflate\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: {signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class Connection(asyncio.Protocol):
    """Sends one request after the other from a shared supply and notes how long each took."""

    def __init__(self, supply: Iterator[bytes], took: list[float]) -> None:
        self.supply, self.took = supply, took
        self.done = asyncio.get_running_loop().create_future()
        self.answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.supply, None)
        if request is None:
            self.transport.close()
            self.done.set_result(self.answer)
            return
        self.buffer, self.started = b"", time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, body = self.buffer.partition(b"\r\n\r\n")
        if gap and len(body) >= _length(head):
            self.took.append(time.perf_counter() - self.started)
            assert head.startswith(b"HTTP/1.1 200"), head
            self.answer = body
            self.send()


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0])


async def load(port: int, count: int, in_flight: int) -> tuple[float, float, bytes]:
    """Requests a second, the median seconds of one, and the last answer."""
    supply, took = iter(requests(count)), list[float]()
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Connection(supply, took), "127.0.0.1", port)
        for _ in range(in_flight)
    ]
    answers = [await connection.done for _, connection in made]
    return count / (time.perf_counter() - started), median(took), answers[0]


# The comparison


@dataclass
class Side:
    """One server, and what each round measured."""

    process: asyncio.subprocess.Process
    port: int
    per_second: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    """Milliseconds with one request in flight."""
    cpu: list[float] = field(default_factory=list)
    """Milliseconds of the server's CPU for one request, wherever it waited."""

    async def round(self, count: int) -> None:
        before = self._cpu()
        self.per_second.append((await load(self.port, count, IN_FLIGHT))[0])
        self.cpu.append((self._cpu() - before) / count * 1000)
        self.p50.append((await load(self.port, count // 10, 1))[1] * 1000)

    def _cpu(self) -> float:
        used = psutil.Process(self.process.pid).cpu_times()
        return used.user + used.system


@contextlib.asynccontextmanager
async def slack_api() -> AsyncIterator[str]:
    """As much of Slack as Bolt asks for before it believes in its token."""
    answer = {"ok": True, "team": "Acme", "team_id": "T0000000001", "user": "community"}
    answer |= {"user_id": "U0000000001", "bot_id": "B0000000001"}

    async def auth_test(_: web.Request) -> web.Response:
        return web.json_response(answer)

    app = web.Application()
    app.router.add_post("/api/auth.test", auth_test)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()


async def started(kind: str, api_url: str) -> Side:
    command = [sys.executable, "-m", "benchmarks.slack_principle", "--serve", kind, api_url]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout
    return Side(process, int(await process.stdout.readline()))


async def compare(rounds: int, count: int) -> dict[str, Side]:
    async with slack_api() as api_url:
        sides = {kind: await started(kind, api_url) for kind in SERVERS}
        for kind, side in sides.items():
            _prove(kind, (await load(side.port, 200, 4))[2])
        for _ in range(rounds):
            for side in sides.values():
                await side.round(count)
        for side in sides.values():
            side.process.terminate()
            await side.process.wait()
    return sides


def _prove(kind: str, answer: bytes) -> None:
    if kind == "ours":
        card = json.loads(answer)
        labels = [
            e["text"]["text"] for b in card["blocks"] for e in b.get("elements", []) if "text" in e
        ]
        assert "Coaching questions" in labels, card
    else:
        assert answer, "the bare handler says something"


def report(sides: dict[str, Side]) -> None:
    print(f"{'':38} req/s at {IN_FLIGHT}   p50 ms at 1   CPU ms each")
    for kind, words in SERVERS.items():
        per_second, p50, cpu = (median(of) for of in _measured(sides[kind]))
        print(f"{words:38} {per_second:11,.0f} {p50:13.2f} {cpu:13.3f}")
    ours, bare, default = sides.values()
    _ratio("req/s: ours / bare with the same settings", ours.per_second, bare.per_second, 0.8)
    _ratio("req/s: ours / bare with Bolt's defaults", ours.per_second, default.per_second, 2)
    _ratio("CPU: bare with the same settings / ours", bare.cpu, ours.cpu, 0.8)


def _measured(side: Side) -> tuple[list[float], list[float], list[float]]:
    return side.per_second, side.p50, side.cpu


def _ratio(what: str, one: list[float], other: list[float], aim: float) -> None:
    print(f"{what:44} {median(one) / median(other):5.2f}   (aim {aim:.2f})")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slack_principle")
    parser.add_argument("--serve", nargs=2, metavar=("KIND", "API_URL"), help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=4000, help="requests in a round")
    args = parser.parse_args()
    if args.serve:
        with contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt):
            asyncio.run(serve(*args.serve))
    else:
        report(asyncio.run(compare(args.rounds, args.count)))


if __name__ == "__main__":
    main()
