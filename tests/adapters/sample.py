"""A feature with one of everything that a handler may answer, for the contract suite."""

import struct
import zlib
from typing import Annotated, Literal

from bot.actions import Feature, Long, Role, Suggest
from bot.context import Context
from bot.errors import UserError
from bot.markup import channel, moment, plain
from bot.replies import (
    Button,
    Card,
    Field,
    File,
    Link,
    OpenForm,
    Option,
    Picture,
    Press,
    Reply,
    Style,
)

feature = Feature("sample")
NASTY = "<@U1> <!channel> @everyone *b* _i_ `c` [x](https://evil.example) ||s|| <script> & #general"
DAYS = [Option("Friday", "fri", "the last one"), Option("Monday", "mon")]
TIME = 1_765_564_200


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" + b"\xff\x00\x00" * 2 + b"\x00" + b"\x00\xff\x00" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@feature.command("sample", bare="all")
async def sample(ctx: Context) -> Reply:
    """Show one of everything."""
    return Reply(
        Card(
            "Title with *stars* & <angles>",
            "A **strong** word, an *emphasis*, `code` and [a link](https://example.org/).\n\n"
            "1. First\n2. Second\n\n- Bullet\n\n> Quoted\n\n"
            f"When: {moment('Friday, 18:30', TIME)}\n\n```\nCopy *me*\n```",
            (Field("Plain", "one"), Field("Marked", "**two**")),
            (
                count.button("Count", Style.MAIN, number=1),
                public.button("Tell all", Style.RISKY),
                Link("Website", "https://example.org/"),
            ),
            pick.choice(
                "Pick a day",
                "day",
                [Option("Friday", "fri", "the last one"), Option("Monday", "mon")],
            ),
        )
    )


@feature.action("sample count")
async def count(ctx: Context, number: Annotated[int, "Number"]) -> Reply:
    buttons = (count.button("Count", number=number + 1),)
    return Reply(Card(f"Counted to {number}", buttons=buttons), update=True)


@feature.action("sample pick")
async def pick(ctx: Context, day: Annotated[str, "Day"]) -> Reply:
    return Reply(Card(f"You picked {day}"))


@feature.command("sample public")
async def public(ctx: Context) -> Reply:
    """Show something to everyone here."""
    buttons = (mine.button("Mine"), tally.button("Tally", number=1), gone())
    return Reply(Card("For everyone", "Hello all.", buttons=buttons), private=False)


@feature.command("sample channels")
async def channels(ctx: Context) -> Reply:
    """Name a channel of this platform, and one of another."""
    here = channel("old name", ctx.space.platform, ctx.place.id)
    there = channel("*lab* <@U1>", "elsewhere", "C1")
    return Reply(Card("Channels", f"**{here}** and {there}."))


@feature.action("sample mine")
async def mine(ctx: Context) -> Reply:
    return Reply(Card("For you alone"), update=True)


@feature.action("sample tally")
async def tally(ctx: Context, number: Annotated[int, "Number"]) -> Reply:
    buttons = (tally.button("Tally", number=number + 1),)
    return Reply(Card(f"Tally {number}", buttons=buttons), private=False, update=True)


def gone() -> Button:
    return Button("Old", Press("sample of long ago", (("id", "7"),)))


async def colours(ctx: Context, text: str) -> tuple[Option, ...]:
    names = [name for name in ("red", "green", "blue") if name.startswith(text.lower())]
    return tuple(Option(name.title(), name) for name in names)


@feature.command("greet")
async def greet(
    ctx: Context,
    name: Annotated[str, "Whom to greet"],
    times: Annotated[int, "How many times, 1 to 3"],
    tone: Annotated[Literal["warm", "brief"], "In which tone"] = "warm",
    loud: Annotated[bool, "Loud or not"] = False,
    note: Annotated[str, "A note", Long(300)] = "",
) -> Reply:
    """Greet somebody."""
    if not 1 <= times <= 3:
        raise UserError("Between 1 and 3 times, please.", "times")
    await ctx.person()
    text = f"{plain(name)} {times} {tone} {'loud' if loud else 'soft'} {plain(note)}".strip()
    return Reply(Card("Greeted", text))


@feature.command("ask")
async def ask(ctx: Context) -> OpenForm:
    """Open the form of greet with one thing known."""
    return greet.form(ctx, tone="brief")


@feature.action("sample retry")
async def retry(ctx: Context) -> OpenForm:
    return greet.form(ctx, name="Known")


@feature.command("form")
async def form(ctx: Context) -> Reply:
    """Show a button that opens a form."""
    return Reply(Card("A form", buttons=(retry.button("Open it"),)))


@feature.command("paint")
async def paint(ctx: Context, colour: Annotated[str, "Which colour", Suggest(colours)]) -> Reply:
    """Paint in a colour."""
    return Reply(Card("Painted", plain(colour)))


@feature.command("nasty")
async def nasty(ctx: Context) -> Reply:
    """Show what a rude person typed."""
    return Reply(Card(NASTY, plain(NASTY), (Field(NASTY, plain(NASTY)),)), private=False)


@feature.command("picture")
async def picture(ctx: Context) -> Reply:
    """Show a picture."""
    return Reply(
        Card("A picture", picture=Picture(File("dots.png", png(), "image/png"), "Four dots"))
    )


@feature.command("file")
async def file(ctx: Context) -> Reply:
    """Send a file."""
    return Reply(Card("A file"), files=(File("notes.txt", b"hello", "text/plain"),))


@feature.command("organise", role=Role.ORGANISER)
async def organise(ctx: Context) -> Reply:
    """Do something only organisers may."""
    return Reply(Card("Organised", buttons=(organise.button("Again"),)))


@feature.command("refuse")
async def refuse(ctx: Context) -> Reply:
    """Say that something can't be done."""
    raise UserError("That can't be done today. Try tomorrow.")


@feature.command("crash")
async def crash(ctx: Context) -> Reply:
    """Break."""
    await ctx.person()
    raise RuntimeError("secret detail")


@feature.command("long")
async def long(ctx: Context) -> Reply:
    """Show a card as full as they come."""
    words = "word " * 590
    fields = tuple(Field(f"Field {n}", "value " * 40) for n in range(9))
    buttons = tuple(count.button(f"Button {n}", number=n) for n in range(20))
    return Reply(Card("T" * 150, words, fields, buttons))
