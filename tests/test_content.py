"""The loader through its one door: packs with one fault, with all faults, and overlaid."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.content import Content, ContentError, load
from tests.packs import Writer, write_pack

OURS = Path(__file__).parent.parent / "content"
PAGE = "principles/07-title-of-7.md"
NEXT = "principles/08-title-of-8.md"
CHAPTER = "chapters/03-chapter-3.md"
OTHER = Writer(999)

Edits = Mapping[int, str]


@pytest.fixture(scope="session")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("pack"))


@pytest.fixture
def pack(valid: Path, tmp_path: Path) -> Path:
    return shutil.copytree(valid, tmp_path / "pack")


def spoil(file: Path, edits: Edits) -> None:
    """Replace lines, counted from 1; `@` stands for what the line was."""
    lines = file.read_text(encoding="utf-8").split("\n")
    for line, put in edits.items():
        lines[line - 1] = put.replace("@", lines[line - 1])
    kept = [line for number, line in enumerate(lines, 1) if edits.get(number) != ""]
    file.write_text("\n".join(kept), encoding="utf-8")


def faults(*folders: Path) -> list[tuple[str, int, str]]:
    """File inside its pack, line, and what is said."""
    with pytest.raises(ContentError) as caught:
        load(*folders)
    root = folders[-1]
    return [
        (
            fault.path.relative_to(
                root if fault.path.is_relative_to(root) else folders[0]
            ).as_posix(),
            fault.line,
            fault.says,
        )
        for fault in caught.value.faults
    ]


FAULTS: dict[str, tuple[str, Edits, int, str]] = {
    # Front matter
    "number and file name differ": (PAGE, {2: "number: 8"}, 2, "make them agree"),
    "number as text": (PAGE, {2: "number: '7'"}, 2, "`number` must be a whole number"),
    "missing key": (PAGE, {3: ""}, 2, "`title` is missing"),
    "unknown key": (PAGE, {16: "@\ncolour: red"}, 17, "`colour` is not a key here"),
    "section in the front matter": (PAGE, {16: "@\nmeaning: x"}, 17, "`meaning` is a section"),
    "key twice": (PAGE, {3: "@\n@"}, 4, "`title` is given twice"),
    "long title": (PAGE, {3: f"title: {'x' * 51}"}, 3, "`title` has 51 characters"),
    "title with a full stop": (PAGE, {3: "@."}, 3, "ends with a full stop"),
    "title of another page": (PAGE, {3: "title: Title of 6"}, 3, "06-title-of-6.md"),
    "yes is no text": (PAGE, {3: "title: yes"}, 3, "`title` must be text"),
    "empty title": (PAGE, {3: "title: ''"}, 3, "`title` is empty"),
    "unknown pillar": (PAGE, {4: "pillar: sport"}, 4, "`sport`, not a key of pillars.yaml"),
    "pillar of other numbers": (PAGE, {4: "pillar: culture"}, 4, "`culture` holds 15 to 22"),
    "two sentences": (PAGE, {5: "says: Do this. Then do that."}, 5, "make it one"),
    "long says": (PAGE, {5: f"says: {'long ' * 28}x."}, 5, "`says` has 142 characters"),
    "connects to itself": (PAGE, {7: "  - to: 7"}, 7, "connects to itself"),
    "connects to nothing": (PAGE, {7: "  - to: 99"}, 7, "`99`, and no principle has that number"),
    "connects twice": (PAGE, {7: "  - to: 9"}, 6, "names a principle twice"),
    "connects once": (PAGE, {9: "", 10: ""}, 6, "`connects` has too few entries (1)"),
    "connects to text": (
        PAGE,
        {6: "connects: many", **dict.fromkeys(range(7, 11), "")},
        6,
        "must be a list",
    ),
    "long because": (
        PAGE,
        {8: f"    because: {'longer ' * 23}x."},
        8,
        "`connects.1.because` has 163",
    ),
    "unknown move": (PAGE, {11: "moves: [luck]"}, 11, "`moves.1` is `luck`"),
    "no move": (PAGE, {11: "moves: []"}, 11, "at least 1"),
    "move twice": (PAGE, {11: "moves: [trust, trust]"}, 11, "names a key twice"),
    "too few needs": (PAGE, {13: ""}, 12, "`needs` has too few entries (2)"),
    "long need": (PAGE, {14: f"  - {'long ' * 18}x"}, 14, "`needs.2` has 91 characters"),
    "unknown source": (PAGE, {16: "sources: [two-1901]"}, 16, "`two-1901`, not a key"),
    "source without a list": (PAGE, {16: "sources: one-1900"}, 16, "`sources` must be a list"),
    # YAML
    "tab": (PAGE, {3: "title:\tx"}, 3, "There is a tab here"),
    "colon in a text": (PAGE, {3: "title: Once: more"}, 3, "needs quotes"),
    "open bracket": (PAGE, {16: "sources: [one-1900"}, 17, "cannot be read from here on"),
    "alias": (PAGE, {3: "title: &t x", 5: "says: *t"}, 3, "Anchors, aliases and tags"),
    "tag": (PAGE, {3: "title: !!python/name:os.system x"}, 3, "Anchors, aliases and tags"),
    "key that is a list": (PAGE, {3: "[a]: b"}, 3, "A key must be a word"),
    "impossible date": (PAGE, {3: "title: 2025-13-41"}, 2, "cannot be read"),
    "deep nesting": (PAGE, {3: f"title: {'[' * 100_000}"}, 3, "nested too deeply"),
    "front matter is a list": (
        PAGE,
        dict.fromkeys(range(3, 17), "") | {2: "- a"},
        2,
        "keys and values",
    ),
    "no front matter": (PAGE, {1: "Hello"}, 1, "must begin with front matter"),
    "control character": (PAGE, {20: "\x07"}, 20, "control character"),
    # Sections
    "missing section": (PAGE, {34: "", 35: "", 36: ""}, 35, '"Trade-off" is missing'),
    "unknown section": (PAGE, {44: "@\n\n## More\nText."}, 46, '"More" is no section'),
    "section twice": (PAGE, {44: "@\n\n## Trade-off\nText."}, 46, '"Trade-off" stands here twice'),
    "sections in disorder": (
        PAGE,
        {19: "## Why it matters", 22: "## What it means"},
        19,
        '"Why it matters" stands where "What it means" should',
    ),
    "empty section": (PAGE, {44: ""}, 43, '"This week" is empty'),
    "too few steps": (PAGE, {28: ""}, 25, '"How to apply it" has too few entries (2)'),
    "too many mistakes": (PAGE, {33: "@\n- One more."}, 30, "has too many entries (4)"),
    "too many questions": (PAGE, {41: "@\n- Why a?\n- Why b?\n- Why c?"}, 38, "at most 5"),
    "text before a list": (PAGE, {26: "Do this.\n\n@"}, 25, "must be one numbered list"),
    "bullets for steps": (PAGE, {26: "- a", 27: "- b", 28: "- c"}, 25, "must be one numbered list"),
    "question without a mark": (PAGE, {39: "- What is it."}, 39, "must end with a question mark"),
    "yes or no": (
        PAGE,
        {40: "- Do you count?"},
        40,
        '"Coaching questions", entry 2, can be answered',
    ),
    "too few words": (PAGE, {20: "One.", 23: "Two."}, 19, "The sections have 269 words"),
    "too many words": (
        PAGE,
        {n: f"@ {OTHER.sentences(7)}" for n in (20, 23, 36)},
        19,
        "have 687 words",
    ),
    "long section": (PAGE, {20: f"@ {OTHER.sentences(8)}"}, 19, '"What it means" has 12'),
    # Markdown
    "text before the sections": (PAGE, {18: "Text."}, 18, "text before the first section"),
    "heading in a section": (PAGE, {20: "@\n\n### More"}, 22, "a heading inside a section"),
    "table": (PAGE, {20: "@\n\n| a | b |\n|---|---|"}, 22, "a table"),
    "picture": (PAGE, {20: "@\nSee\n![x](x.png)"}, 22, "a picture"),
    "raw HTML in a line": (PAGE, {20: "@ <b>x</b>"}, 20, "raw HTML"),
    "raw HTML": (PAGE, {20: "@\n\n<!-- note -->"}, 22, "raw HTML"),
    "list in a list": (PAGE, {26: "@\n   - nested"}, 27, "a list inside a list"),
    "code block": (PAGE, {20: "@\n\n```\nx\n```"}, 22, "a code block"),
    "quotation": (PAGE, {20: "@\n\n> x"}, 22, "a quotation block"),
    "ruled line": (PAGE, {20: "@\n\n***"}, 22, "a ruled line"),
    "broken link": (PAGE, {20: "@ [70](70-nothing.md)"}, 20, "70-nothing.md is no page"),
    "link to another number": (PAGE, {20: "@ [9](10-title-of-10.md)"}, 20, "make them agree"),
    # Prose
    "long sentence": (PAGE, {20: f"@\nThe {OTHER.words(30)}."}, 21, "has 31 words"),
    "avoided phrase": (PAGE, {20: "@\nx Leveraging y."}, 21, '"leveraging" is a phrase we avoid'),
    "avoided phrase in front": (PAGE, {5: "says: At the end  of the day."}, 5, "Say it plainly"),
    "exclamation mark": (PAGE, {20: "@ Now!"}, 20, '"!" is a phrase we avoid'),
    "near copy": (NEXT, {20: "@ {copy} Yes."}, 20, "is nearly what"),
    # Chapters
    "unknown area": (CHAPTER, {5: "areas: [area-9]"}, 5, "not the key of an area"),
    "words without quotes": (CHAPTER, {32: "- Hello."}, 32, "one message in quotes"),
    "no condition": (CHAPTER, {36: "- Stop."}, 36, "must read 'If …, …'"),
    "question to sit with": (CHAPTER, {40: "- Where."}, 40, "must end with a question mark"),
    # Sheets
    "long sentence in a sheet": (
        "map.yaml",
        {11: f"    thin: The {OTHER.words(30)}."},
        11,
        "31 words",
    ),
    "words for no page": (
        "search.yaml",
        {4: "@\nprinciples:\n  - {number: 99, typed: [a]}"},
        6,
        "`principles.1.number` is `99`, and no principle has that number",
    ),
    "phrase that begins with a star": ("style.yaml", {2: "  avoid: ['*ing']"}, 2, "begin with `*`"),
    "braces": (PAGE, {11: "moves: ['{x}']"}, 11, "`moves.1` is `{x}`, not an area"),
    "levels": ("map.yaml", {10: "    levels: [a, b, c, d]"}, 10, "`areas.1.levels` has too few"),
    "long level": (
        "map.yaml",
        {10: f"    levels: [a, b, c, d, {'x' * 71}]"},
        10,
        "has 71 characters",
    ),
    "minutes": ("map.yaml", {19: "      - minutes: 45"}, 19, "must be 15, 30, 60 or 120"),
    "invitation without words": (
        "map.yaml",
        {15: ""},
        13,
        "`areas.1.invitations.1.words` is missing",
    ),
    "too few that are short": (
        "map.yaml",
        {16: "      - minutes: 30"},
        12,
        "fewer than 2 entries of 15",
    ),
    "too few for the lowest answer": (
        "map.yaml",
        {16: "      - minutes: 15\n        least: 1"},
        12,
        "that fit every answer",
    ),
    "no such answer": (
        "map.yaml",
        {16: "      - minutes: 15\n        least: 5"},
        17,
        "must be 0, 1, 2, 3 or 4",
    ),
    "too few contributions": ("map.yaml", {42: "", 43: ""}, 31, "has too few entries (5)"),
    "protocol": ("map.yaml", {46: "      steps: [one, two]"}, 46, "has too few entries (2)"),
    "unknown chapter": ("map.yaml", {7: "    chapters: [13]"}, 7, "no chapter has that number"),
    "area twice": ("map.yaml", {47: "  - key: area-1"}, 4, "`areas` holds a key twice"),
    "no question": ("map.yaml", {9: "    question: Who"}, 9, "must end with a question mark"),
    "long retro question": (
        "retro.yaml",
        {4: f"  - {{key: a, question: {'x' * 45}?, hint: b}}"},
        4,
        "`questions.1.question` has 46 characters: write at most 45",
    ),
    "long review hint": (
        "review.yaml",
        {3: f"  - {{key: a, question: b?, hint: {'x' * 101}}}"},
        3,
        "write at most 100",
    ),
    "unknown outcome": (
        "review.yaml",
        {6: "  - {key: dropped, label: a, replies: [b]}"},
        6,
        "`outcomes.2.key` must be 'done', 'changed' or 'let-go'",
    ),
    "phrase twice": ("search.yaml", {4: "  - [backer, backer]"}, 4, "holds a phrase twice"),
    "phrase in capitals": ("search.yaml", {4: "  - [Backer, sponsor]"}, 4, "small letters"),
    "lonely phrase": ("search.yaml", {4: "  - [sponsor]"}, 4, "at least 2"),
    "key of a source": ("sources.yaml", {1: "@\n@"}, 1, "holds a key twice"),
    "empty sheet": ("style.yaml", {1: "#", 2: "", 3: ""}, 1, "There is nothing here"),
    "sheet without a key": ("flywheel.yaml", {2: ""}, 1, "`metrics` is missing"),
    "two documents": ("search.yaml", {2: "---\n@"}, 2, "A second document begins"),
}


@pytest.mark.parametrize(("name", "edits", "line", "says"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_file_and_line(
    pack: Path, name: str, edits: Edits, line: int, says: str
):
    copied = (pack / PAGE).read_text(encoding="utf-8").split("\n")[19].split(". ")[1]
    spoil(pack / name, {n: put.replace("{copy}", f"{copied}.") for n, put in edits.items()})
    [(file, at, said)] = faults(pack)
    assert (file, at) == (name, line)
    assert says in said


def _copy(pack: Path) -> None:
    shutil.copy(pack / PAGE, pack / "principles/07-twice.md")


def _encode(encoding: str) -> Callable[[Path], object]:
    return lambda pack: (pack / CHAPTER).write_text("\n\né", encoding=encoding)


FILES: dict[str, tuple[Callable[[Path], object], tuple[str, int, str]]] = {
    "missing number": (
        lambda pack: (pack / PAGE).unlink(),
        ("principles", 1, "Number 07 is missing: add its file."),
    ),
    "missing chapter": (
        lambda pack: (pack / CHAPTER).unlink(),
        ("chapters", 1, "Number 03 is missing: add its file."),
    ),
    "missing sheet": (
        lambda pack: (pack / "retro.yaml").unlink(),
        ("retro.yaml", 1, "The file is missing: add it."),
    ),
    "two of one number": (_copy, ("principles/07-twice.md", 1, "keep one of the two")),
    "name": (
        lambda pack: (pack / PAGE).rename(pack / "principles/7-Seven.md"),
        ("principles/7-Seven.md", 1, "The file's name must read like 07-spend-attention.md."),
    ),
    "53": (
        lambda pack: (pack / PAGE).rename(pack / "principles/53-more.md"),
        ("principles/53-more.md", 1, "The principles are numbered from 01 to 52."),
    ),
    "stranger": (
        lambda pack: (pack / "notes.yaml").touch(),
        ("notes.yaml", 1, "This file has no place in a pack"),
    ),
    "stray folder": (
        lambda pack: shutil.copytree(pack / "chapters", pack / "chapter"),
        ("chapter/03-chapter-3.md", 1, "This file has no place in a pack"),
    ),
    "Latin-1": (_encode("latin-1"), (CHAPTER, 3, "This is not UTF-8")),
    "UTF-16": (_encode("utf-16"), (CHAPTER, 1, "This is not UTF-8")),
    "a megabyte": (
        lambda pack: (pack / CHAPTER).write_bytes(b"x" * 1_000_000),
        (CHAPTER, 1, "The file is larger than 256 kB"),
    ),
    "empty": (
        lambda pack: (pack / CHAPTER).write_bytes(b""),
        (CHAPTER, 1, "must begin with front matter"),
    ),
    "a folder for a file": (
        lambda pack: ((pack / CHAPTER).unlink(), (pack / CHAPTER).mkdir()),
        (CHAPTER, 1, "The file cannot be read: Is a directory."),
    ),
    "a million aliases": (
        lambda pack: (pack / "style.yaml").write_text("a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]"),
        ("style.yaml", 1, "Anchors, aliases and tags"),
    ),
}


@pytest.mark.parametrize(("spoiled", "fault"), FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_used_is_named(
    pack: Path, spoiled: Callable[[Path], object], fault: tuple[str, int, str]
):
    spoiled(pack)
    found = {(file, line): says for file, line, says in faults(pack)}
    assert fault[2] in found[fault[:2]]


def test_a_missing_principle_is_missed_by_those_who_connect_to_it(pack: Path):
    (pack / PAGE).unlink()
    assert [(file, line) for file, line, _ in faults(pack)] == [
        ("principles", 1),
        ("principles/05-title-of-5.md", 9),
        ("principles/06-title-of-6.md", 7),
    ]


def test_a_dead_end_is_found(pack: Path):
    spoil(pack / "principles/05-title-of-5.md", {9: "  - to: 8"})
    spoil(pack / "principles/06-title-of-6.md", {7: "  - to: 9"})
    assert faults(pack) == [
        (PAGE, 1, "No principle connects to 7: name it in the `connects` of another.")
    ]


def test_two_groups_that_do_not_touch_are_found(pack: Path):
    spoil(pack / "principles/25-title-of-25.md", {9: "  - to: 1"})
    spoil(pack / "principles/26-title-of-26.md", {7: "  - to: 1", 9: "  - to: 2"})
    spoil(pack / "principles/51-title-of-51.md", {9: "  - to: 27"})
    spoil(pack / "principles/52-title-of-52.md", {7: "  - to: 27", 9: "  - to: 28"})
    [(file, line, says)] = faults(pack)
    assert (file, line) == ("principles/27-title-of-27.md", 1)
    assert says.startswith("Nothing connects 27, 28, 29,")


def test_pillars_share_out_the_numbers(pack: Path):
    spoil(pack / "pillars.yaml", {4: "  principles: [1, 13]", 20: "  principles: [47, 51]"})
    assert faults(pack) == [
        ("pillars.yaml", 8, "`culture` holds 15 to 22: it must begin with 14."),
        ("pillars.yaml", 20, "The pillars end with 51: the last must end with 52."),
        (
            "principles/14-title-of-14.md",
            4,
            "`strategy` holds 1 to 13: choose the pillar that holds 14.",
        ),
        (
            "principles/52-title-of-52.md",
            4,
            "`sustainability` holds 47 to 51: choose the pillar that holds 52.",
        ),
    ]


def test_all_faults_come_at_once_in_the_order_of_files_and_lines(pack: Path):
    """One broken file hides nothing in another, nor a broken key what stands below it."""
    (pack / "chapters/01-chapter-1.md").write_bytes(b"\xff")
    spoil(pack / "map.yaml", {5: "  - key:\tarea-1"})
    spoil(pack / PAGE, {2: "number: x", 16: "sources: [two-1901]", 40: "- Is it?"})
    spoil(pack / "review.yaml", {1: "opening: [Hello.]"})
    spoil(pack / "retro.yaml", {2: "opening: Leverage it."})
    found = faults(pack)
    assert [(file, line) for file, line, _ in found] == [
        ("chapters/01-chapter-1.md", 1),
        ("map.yaml", 5),
        (PAGE, 2),
        (PAGE, 16),
        (PAGE, 40),
        ("retro.yaml", 2),
        ("review.yaml", 1),
        ("review.yaml", 1),
    ]


def test_the_message_reads_as_a_list_of_places(pack: Path):
    spoil(pack / PAGE, {3: "", 11: "moves: []"})  # one line less
    with pytest.raises(ContentError) as caught:
        load(pack)
    assert str(caught.value).splitlines() == [
        f"{pack / PAGE}:2: `title` is missing: add it.",
        f"{pack / PAGE}:10: `moves` has too few entries (0): give at least 1.",
    ]


def test_a_missing_folder_is_named(valid: Path, tmp_path: Path):
    assert faults(valid, tmp_path / "nowhere") == [
        (".", 1, "There is no such folder: correct the path.")
    ]


def test_a_byte_order_mark_windows_lines_and_other_files_do_no_harm(pack: Path):
    page = pack / PAGE
    page.write_bytes(b"\xef\xbb\xbf" + page.read_bytes().replace(b"\n", b"\r\n"))
    for name in ("README.md", "principles/README.md", "principles/.#x.md", ".y.yaml", "z.png"):
        (pack / name).write_bytes(b"\xff")
    assert load(pack).principles[7].meaning == load(pack.parent / "pack").principles[7].meaning
    assert "\r" not in load(pack).principles[7].meaning


def test_an_overlay_replaces_file_by_file(valid: Path, tmp_path: Path):
    page = tmp_path / PAGE
    page.parent.mkdir()
    shutil.copy(valid / PAGE, page)
    spoil(page, {3: "title: Our own seven"})
    content = load(valid, tmp_path)
    assert content.principles[7].title == "Our own seven"
    assert content.principles[8].title == "Title of 8"
    assert content.linked_from(8)[0].page == content.principles[6]


def test_a_fault_of_an_overlay_is_named_there(valid: Path, tmp_path: Path):
    page = tmp_path / PAGE
    page.parent.mkdir()
    shutil.copy(valid / PAGE, page)
    spoil(page, {2: "number: 8"})
    with pytest.raises(ContentError) as caught:
        load(valid, tmp_path)
    assert [(fault.path, fault.line) for fault in caught.value.faults] == [(page, 2)]


def test_a_renamed_page_in_an_overlay_says_which_file_it_doubles(valid: Path, tmp_path: Path):
    (tmp_path / "principles").mkdir()
    shutil.copy(valid / PAGE, tmp_path / "principles/07-renamed.md")
    [(file, line, says)] = faults(valid, tmp_path)
    assert (file, line) == ("principles/07-title-of-7.md", 1)
    assert "principles/07-renamed.md: keep one of the two" in says


def test_what_is_loaded_can_be_looked_up(valid: Path):
    content = load(valid)
    seven = content.principles[7]
    assert [*content.principles] == [*range(1, 53)]
    assert [*content.chapters] == [*range(1, 13)]
    assert seven.pillar == content.pillars["strategy"]
    assert [one.to for one in seven.connects] == [8, 9]
    assert [back.page.number for back in content.linked_from(7)] == [5, 6]
    assert content.linked_from(1)[-1].page == content.chapters[12]
    assert content.linked_from(8)[1].because == seven.connects[0].because
    assert len(seven.steps) == len(seven.mistakes) == len(seven.questions) == 3
    assert seven.steps[0].endswith(".")
    assert not seven.steps[0].startswith("1")
    assert content.areas["area-8"].invitations[0].minutes == 15
    assert content.search.alike == (("burnt out", "exhaust*"), ("sponsor", "backer"))


def test_sections_keep_their_markdown(pack: Path):
    text = "One **two** [9](09-title-of-9.md) `/retro!` three.\n\n- four\n- five"
    spoil(pack / PAGE, {20: f"@\n\n{text}", 26: "@\n   And *six* more.\n\n   Seven."})
    seven = load(pack).principles[7]
    assert seven.meaning.endswith(text)
    assert seven.steps[0].endswith("\nAnd *six* more.\n\nSeven.")


def test_nothing_in_it_can_be_changed(valid: Path):
    content = load(valid)
    with pytest.raises(FrozenInstanceError):
        content.map = None  # type: ignore[misc,assignment]
    with pytest.raises(TypeError):
        content.principles[1] = content.principles[2]  # type: ignore[index]
    with pytest.raises(ValidationError):
        content.principles[1].title = "Another"


def test_our_own_words_are_without_a_fault():
    content: Content = load(OURS)
    assert content.principles[37].title == "Introduce people with a reason"
