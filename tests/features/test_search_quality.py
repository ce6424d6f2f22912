"""Does `/find` find? 150 needs in plain words, half of them never looked at while it was tuned."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
import yaml

from adapters.local.workspace import Workspace
from bot.actions import Registry
from bot.app import App
from bot.content import ContentError, load
from bot.context import Place
from bot.db import Database
from bot.features import search
from bot.features.search.care import Listener
from bot.features.search.index import Index, Match
from tests.features.evenings import NOW, dump, new_id
from tests.packs import write_pack

NEEDS = Path(__file__).parent / "needs"
OURS = Path(__file__).parents[2] / "content"


@cache
def ours() -> Index:
    return Index(load(OURS))


def needs(half: str) -> list[dict]:
    return yaml.safe_load((NEEDS / f"{half}.yaml").read_text(encoding="utf-8"))


def codes(matches: Iterable[Match]) -> list[str]:
    """As the files name them: p37 is principle 37, c4 is chapter 4."""
    return [f"{match.kind[0]}{match.number}" for match in matches]


def found(half: str) -> float:
    """The share of needs with an accepted answer among the first three."""
    asked = needs(half)
    hits = sum(
        not set(one["accept"]).isdisjoint(codes(ours().search(one["need"]))) for one in asked
    )
    return hits / len(asked)


@pytest.mark.parametrize("half", ["kept", "tuning"])
def test_nine_in_ten_needs_have_an_answer_in_the_first_three(half: str):
    assert found(half) >= 0.9


def test_the_needs_are_75_in_each_half_without_a_repeat():
    kept, tuning = needs("kept"), needs("tuning")
    assert len(kept) == len(tuning) == 75
    assert len({one["need"] for one in kept + tuning}) == 150
    pages = {f"p{n}" for n in range(1, 53)} | {f"c{n}" for n in range(1, 13)}
    assert all(set(one["accept"]) <= pages for one in kept + tuning)


def test_no_need_repeats_what_the_pages_say():
    content = load(OURS)
    pages = [*content.principles.values(), *content.chapters.values()]
    lines = {line.lower() for page in pages for line in page.needs}
    assert lines.isdisjoint(one["need"].lower() for one in needs("kept") + needs("tuning"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sponser wants nubmers", "sponsor wants numbers"),
        ("we are burnning out", "we are burning out"),
        ("newcommers never come bakc", "newcomers never come back"),
        ("volunters", "volunteers"),
    ],
)
def test_typos_are_forgiven(typed: str, meant: str):
    assert set(codes(ours().search(typed))) & set(codes(ours().search(meant)))


def test_a_match_says_which_of_its_lines_speaks_to_the_need(tmp_path: Path):
    content = load(write_pack(tmp_path))
    page = content.principles[7]
    match = Index(content).search(page.needs[1], limit=1)[0]
    assert (match.kind, match.number, match.title) == ("principle", 7, page.title)
    assert match.why == page.needs[1]
    assert match.fits


@pytest.mark.parametrize(
    ("need", "first"),
    [
        ("the same five people do everything", "p18"),
        ("people sign up but do not come", "p32"),
        ("people don't show up", "p32"),
        ("no-shows", "p32"),
        ("we're burning out", "p49"),
    ],
)
def test_what_a_first_user_typed_finds_its_page_first(need: str, first: str):
    best = ours().search(need)[0]
    assert (codes([best]), best.fits) == ([first], True)


def test_a_word_that_is_only_mentioned_in_passing_does_not_fit():
    assert not any(match.fits for match in ours().search("wheelchair access"))


@pytest.mark.parametrize("need", ["bitcoin price", "postgres index slow query", "guitar chords"])
def test_it_says_when_nothing_fits(need: str):
    assert not any(match.fits for match in ours().search(need))


@pytest.mark.parametrize("need", ["", "the", "?", '"', "*", 'a"b("', "\x00", "🎉", "qwzxv" * 999])
def test_words_without_sense_find_nothing_and_break_nothing(need: str):
    assert ours().search(need) == []


def test_the_words_of_search_yaml_can_be_edited(tmp_path: Path):
    pack = write_pack(tmp_path)
    (pack / "search.yaml").write_text(
        "ignore: [unicorn]\n"
        "alike:\n  - [gatherer, assembler*]\n"
        "principles:\n  - {number: 7, typed: [gatherer, unicorn]}\n"
        "chapters:\n  - {number: 3, typed: [lighthouse]}\n"
    )
    index = Index(load(pack))
    assert codes(index.search("lighthouses")) == ["c3"]
    assert codes(index.search("the assemblers")) == ["p7"]
    assert index.search("unicorn") == []


@cache
def listener() -> Listener:
    return Listener(load(OURS))


DANGER, HARM, GRIEF = (
    "Please talk to somebody",
    "You should not face this alone",
    "I am sorry",
)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("i want to die", DANGER),
        ("I really, really want to kil myself", DANGER),
        ("i just don\u2019t want to live any more", DANGER),
        ("a friend has sucidal thoughts", DANGER),
        ("thinking about suicde", DANGER),
        ("self harm", DANGER),
        ("a member is stalking me", HARM),
        ("he keeps harrassing women here", HARM),
        ("my boyfriend hit me", HARM),
        ("someone followed me home", HARM),
        ("our founder has passed away", GRIEF),
        ("one of our members died", GRIEF),
        ("my mum just died", GRIEF),
    ],
)
def test_danger_and_grief_are_heard(typed: str, title: str):
    care = listener().hears(typed)
    assert care
    assert care.title == title


@pytest.mark.parametrize(
    "typed",
    [
        "kill the project",
        "dying channel",
        "people die of boredom",
        "our server is dead",
        "the conversation died",
        "let it die",
        "good morning",
        "the meetings are killing me",
        "abuse of power",
        "harassment policy",
        "it hit me that nobody comes",
        "",
        "\x00*'",
    ],
)
def test_words_that_only_sound_like_it_are_searched(typed: str):
    assert listener().hears(typed) is None


async def test_such_words_get_one_kind_answer_and_leave_nothing(database: Database, caplog):
    workspace = Workspace(NOW)
    registry = Registry([search.feature])
    app = App(registry, load(OURS), database, [workspace], clock=workspace.clock, new_id=new_id)
    workspace.connect(app)
    await workspace.say("bo", Place("#general"), "/find sponsors")
    before = await dump(database)
    with caplog.at_level("DEBUG"):
        await workspace.say("ada", Place("#general"), "/find i want to die")
    message = workspace.messages[-1]
    assert message.private
    assert "talk to somebody you trust, today" in message.card.text
    assert "emergency number" in message.card.text
    assert "want to die" not in message.card.text
    assert message.card.buttons == ()
    assert await dump(database) == before
    assert "want to die" not in caplog.text


def test_a_fault_in_the_care_list_is_told_with_its_place(tmp_path: Path):
    pack = write_pack(tmp_path)
    (pack / "search.yaml").write_text(
        "ignore: []\nalike: []\ncare: [{title: Hello, says: '', typed: []}]\n"
    )
    with pytest.raises(ContentError, match="care"):
        load(pack)
