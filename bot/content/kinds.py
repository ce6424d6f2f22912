"""What a value of a pack may be: kinds of text, and keys that must exist in another file.

A broken rule reads on after the name of the value: "`says` has several sentences: make it one".
"""

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.content.prose import sentences, takes_yes_or_no

if TYPE_CHECKING:
    from bot.content.model import Pillar

T = TypeVar("T")


class Words(BaseModel):
    """Strict and frozen. Lists come in as tuples."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, str_min_length=1, str_strip_whitespace=True
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """Marks a field that is a section of a Markdown page, under this heading."""

    title: str
    form: Literal["prose", "numbered", "bulleted"] = "prose"


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may name that another file holds; None means that it cannot be told."""

    pillars: "Mapping[str, Pillar] | None"
    sources: Set[str] | None
    areas: Set[str] | None
    moves: Set[str] | None
    principles: Set[int]
    chapters: Set[int]


def rule(holds: Callable[[Any], bool], says: str) -> AfterValidator:
    def check(value: T) -> T:
        if not holds(value):
            raise PydanticCustomError("rule", "{says}", {"says": says})
        return value

    return AfterValidator(check)


def known_in(table: str, says: str) -> AfterValidator:
    def check(key: T, info: ValidationInfo) -> T:
        known: Set[object] | None = getattr(info.context, table)
        if known is not None and key not in known:
            raise PydanticCustomError("rule", "{says}", {"says": f"is `{key}`, {says}"})
        return key

    return AfterValidator(check)


def distinct(says: str) -> AfterValidator:
    return rule(lambda items: len(set(items)) == len(items), says)


keys_differ = rule(
    lambda items: len({item.key for item in items}) == len(items), "holds a key twice"
)

Key = Annotated[
    str,
    Field(max_length=40),
    rule(
        lambda text: re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None,
        "must be words in small letters, joined by hyphens",
    ),
]
Phrase = Annotated[
    str,
    Field(max_length=40),
    rule(
        lambda text: (
            text == text.lower() and bool(re.fullmatch(r"[\w'&]+\*?([ -][\w'&]+\*?)*", text))
        ),
        "must be plain words in small letters, with `*` for any ending",
    ),
]
Sentence = Annotated[
    str, rule(lambda text: len(sentences(text)) == 1, "has several sentences: make it one")
]
Question = Annotated[
    str, rule(lambda text: text.rstrip("\"'*_)").endswith("?"), "must end with a question mark")
]
OpenQuestion = Annotated[
    Question,
    rule(
        lambda text: not takes_yes_or_no(text),
        "can be answered with yes or no: begin with what, who, how, where, when or which",
    ),
]
Title = rule(lambda text: not text.endswith("."), "ends with a full stop: take it away")
Condition = Annotated[
    str, rule(lambda text: text.lstrip("*_").startswith("If "), "must read 'If …, …'")
]
Message = Annotated[
    str,
    rule(lambda text: text[0] == text[-1] == '"', "must be one message in quotes, ready to send"),
]
Needs = Annotated[
    tuple[Annotated[str, Field(max_length=90)], ...],
    Field(min_length=3, max_length=6),
    distinct("says the same twice"),
]

Avoided = Annotated[str, rule(lambda text: text[0] != "*", "must not begin with `*`")]

SourceKey = Annotated[str, known_in("sources", "not a key of sources.yaml")]
AreaKey = Annotated[str, known_in("areas", "not the key of an area in map.yaml")]
MoveKey = Annotated[
    str, known_in("moves", "not an area of map.yaml, nor a stage or metric of flywheel.yaml")
]
PrincipleNumber = Annotated[int, known_in("principles", "and no principle has that number")]
ChapterNumber = Annotated[int, known_in("chapters", "and no chapter has that number")]
