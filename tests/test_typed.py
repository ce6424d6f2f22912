"""What people type after a slash."""

from contextlib import suppress
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Attachment, Feature, Registry
from bot.context import Context
from bot.errors import InvalidArguments, UnknownCommand, UserError
from bot.replies import Card, Reply
from bot.typed import typed

feature = Feature("typed")


@feature.command("event", bare="list")
async def event(ctx: Context) -> Reply:
    """List."""
    return Reply(Card("x"))


@feature.command("event create")
async def create(
    ctx: Context,
    count: Annotated[int, "How many"],
    tone: Annotated[Literal["warm", "brief"], "Tone"] = "warm",
    what: Annotated[str, "What"] = "",
) -> Reply:
    """Create."""
    return Reply(Card("x"))


@feature.command("bring")
async def bring(
    ctx: Context,
    file: Annotated[Attachment | None, "A list"] = None,
    note: Annotated[str, "A note"] = "",
) -> Reply:
    """Bring."""
    return Reply(Card("x"))


REGISTRY = Registry([feature])


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("event create 3", {"count": "3"}),
        (
            "event create 3 brief we're all here",
            {"count": "3", "tone": "brief", "what": "we're all here"},
        ),
        ('EVENT Create count:3 what:"two words"', {"count": "3", "what": "two words"}),
        ("event create what=“curly quotes” 3", {"count": "3", "what": "curly quotes"}),
        (
            "event create 3 warm see https://example.org:80/x",
            {"count": "3", "tone": "warm", "what": "see https://example.org:80/x"},
        ),
        (
            'event create 3 warm "quoted whole"',
            {"count": "3", "tone": "warm", "what": "quoted whole"},
        ),
    ],
)
def test_lines_are_read_as_people_mean_them(line: str, args: dict[str, str]) -> None:
    assert typed(REGISTRY, line) == (create, args)


@pytest.mark.parametrize("line", ["event", "event list", " event  "])
def test_a_bare_command_beside_subcommands(line: str) -> None:
    assert typed(REGISTRY, line) == (event, {})


def test_a_slip_is_told_the_nearest_command() -> None:
    says = r"`/event` has no “crate”\. There are `/event create`"
    with pytest.raises(UnknownCommand, match=says):
        typed(REGISTRY, "event crate 3")


def test_a_file_is_attached_and_never_typed() -> None:
    file = Attachment("https://files.example/x", 3)
    assert bring.bind({"note": "mine"}, {"file": file}) == {"file": file, "note": "mine"}
    assert bring.bind({"file": "https://files.example/x"}) == {"file": None, "note": ""}
    for line in ("bring file:https://files.example/x", "bring https://files.example/x"):
        assert "file" not in typed(REGISTRY, line)[1]
    assert "file" not in bring.usage
    assert [param.name for param in bring.asked(())] == ["note"]
    with pytest.raises(ValueError, match="no parameter 'file'"):
        bring.button("Again", file="https://files.example/x")


def test_no_form_would_lose_a_file() -> None:
    async def lose(
        ctx: Context,
        note: Annotated[str, "A note"],
        file: Annotated[Attachment | None, "A list"] = None,
    ) -> Reply:
        """Lose."""
        return Reply(Card("x"))

    with pytest.raises(ValueError, match="nothing required beside it"):
        Feature("lost").command("lose")(lose)


@given(st.text(max_size=300))
def test_nothing_typed_breaks_it(text: str) -> None:
    for line in (text, f"event create {text}"):
        with suppress(UserError):
            action, args = typed(REGISTRY, line)
            action.bind(args)


@pytest.mark.parametrize("number", ["abc", "1.5", "9" * 40, "", "--1", "0x10", "١٢٣٤٥٦٧٨٩٠١٢"])
def test_what_is_no_number_gets_a_sentence(number: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        create.bind({"count": number})
    assert list(caught.value.fields) == ["count"]
    assert len(caught.value.says) < 200


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidArguments) as caught:
        create.bind({"count": "x", "tone": "loud", "what": "y" * 500})
    assert list(caught.value.fields) == ["count", "tone", "what"]
