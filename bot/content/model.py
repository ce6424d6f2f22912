"""The words as frozen records, each rule about one value beside the value.

Rules that join files are in `proofs`; what a key may name comes in as the validation context.
"""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.content.kinds import (
    AreaKey,
    Avoided,
    ChapterNumber,
    Condition,
    Heading,
    Key,
    Message,
    MoveKey,
    Needs,
    OpenQuestion,
    Phrase,
    PrincipleNumber,
    Question,
    Sentence,
    SourceKey,
    Title,
    Words,
    distinct,
    keys_differ,
    rule,
)
from bot.content.prose import sentences

PRINCIPLES = 52
CHAPTERS = 12
AREAS = 8


class Pillar(Words):
    key: Key
    name: str
    says: Sentence
    principles: tuple[int, int]


def _pillar(key: object, info: ValidationInfo) -> Pillar:
    pillars: Mapping[object, Pillar] | None = getattr(info.context, "pillars", None)
    if pillars is None:
        return Pillar.model_construct(key=str(key))
    if isinstance(key, str) and key in pillars:
        return pillars[key]
    raise PydanticCustomError("rule", "{says}", {"says": f"is `{key}`, not a key of pillars.yaml"})


class Stage(Words):
    key: Key
    name: str
    says: Sentence
    act: Sentence = ""
    """One small thing that organisers can do for it within a week."""
    at_event: bool = False
    """The act has its place at an event: the pulse names the day of the next one."""
    record: Sentence = ""
    """What to write down, so that it can be told how it goes."""


class Metric(Words):
    key: Key
    name: str


class Flywheel(Words):
    stages: Annotated[tuple[Stage, ...], keys_differ]
    metrics: Annotated[tuple[Metric, ...], keys_differ]


class Connection(Words):
    """A thread from one page to a principle, with what it teaches about the pair."""

    to: PrincipleNumber
    because: Annotated[Sentence, Field(max_length=160)]


_Connects = Annotated[
    tuple[Connection, ...],
    rule(lambda them: len({one.to for one in them}) == len(them), "names a principle twice"),
]


class Principle(Words):
    kind: ClassVar[Literal["principle"]] = "principle"

    number: int
    title: Annotated[str, Field(max_length=50), Title]
    pillar: Annotated[Pillar, BeforeValidator(_pillar)]
    says: Annotated[Sentence, Field(max_length=140)]
    connects: Annotated[_Connects, Field(min_length=2, max_length=5)]
    moves: Annotated[
        tuple[MoveKey, ...], Field(min_length=1, max_length=4), distinct("names a key twice")
    ]
    needs: Needs
    sources: tuple[SourceKey, ...]

    meaning: Annotated[str, Heading("What it means")]
    why: Annotated[str, Heading("Why it matters")]
    steps: Annotated[
        tuple[str, ...], Heading("How to apply it", "numbered"), Field(min_length=3, max_length=5)
    ]
    mistakes: Annotated[
        tuple[str, ...], Heading("Common mistakes", "bulleted"), Field(min_length=3, max_length=3)
    ]
    trade_off: Annotated[str, Heading("Trade-off")]
    questions: Annotated[
        tuple[OpenQuestion, ...],
        Heading("Coaching questions", "bulleted"),
        Field(min_length=3, max_length=5),
    ]
    this_week: Annotated[str, Heading("This week")]


class Chapter(Words):
    kind: ClassVar[Literal["chapter"]] = "chapter"

    number: int
    title: Annotated[str, Field(max_length=40), Title]
    says: Annotated[Sentence, Field(max_length=140)]
    areas: tuple[AreaKey, ...]
    connects: Annotated[_Connects, Field(min_length=2, max_length=4)]
    needs: Needs
    sources: tuple[SourceKey, ...]

    meaning: Annotated[str, Heading("What it means")]
    why: Annotated[str, Heading("Why it matters")]
    protocol: Annotated[
        tuple[str, ...], Heading("Protocol", "numbered"), Field(min_length=3, max_length=6)
    ]
    messages: Annotated[
        tuple[Message, ...], Heading("Words to send", "bulleted"), Field(min_length=2, max_length=4)
    ]
    goes_wrong: Annotated[
        tuple[Condition, ...],
        Heading("When it goes wrong", "bulleted"),
        Field(min_length=2, max_length=4),
    ]
    questions: Annotated[
        tuple[Question, ...],
        Heading("Questions to sit with", "bulleted"),
        Field(min_length=2, max_length=4),
    ]
    this_week: Annotated[str, Heading("This week")]


class Source(Words):
    key: Key
    short: str
    full: str
    finding: str


class Contribution(Words):
    minutes: Literal[15, 30, 60, 120]
    least: Literal[0, 1, 2, 3, 4] = 0
    """The lowest answer to the area's question that it fits."""
    do: Annotated[str, Field(max_length=200)]


class Invitation(Contribution):
    words: Annotated[str, Field(max_length=600)]


class Protocol(Words):
    title: Annotated[str, Field(max_length=60)]
    steps: Annotated[
        tuple[Annotated[str, Field(max_length=160)], ...], Field(min_length=3, max_length=5)
    ]


def _fit_into(minutes: int, count: int) -> AfterValidator:
    """Whatever somebody answers, and however little time they have."""

    def holds(deeds: tuple[Contribution, ...]) -> bool:
        return sum(deed.minutes <= minutes and not deed.least for deed in deeds) >= count

    return rule(holds, f"has fewer than {count} entries of {minutes} minutes that fit every answer")


class Area(Words):
    """One of the eight parts of a person's map. Its key goes into buttons, so it is short."""

    key: Annotated[Key, Field(max_length=24)]
    name: Annotated[str, Field(max_length=30)]
    chapters: Annotated[tuple[ChapterNumber, ...], Field(min_length=1)]
    sources: tuple[SourceKey, ...]
    question: Question
    levels: Annotated[
        tuple[Annotated[str, Field(max_length=70)], ...], Field(min_length=5, max_length=5)
    ]
    thin: Sentence
    invitations: Annotated[tuple[Invitation, ...], Field(min_length=6), _fit_into(15, 2)]
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=6), _fit_into(15, 2)]
    protocol: Protocol


class Minutes(Words):
    question: Question
    options: tuple[Literal[15], Literal[30], Literal[60], Literal[120]]


class Map(Words):
    """What the community map asks and answers with."""

    minutes: Minutes
    areas: Annotated[tuple[Area, ...], Field(min_length=AREAS, max_length=AREAS), keys_differ]
    care: Annotated[str, Field(max_length=400)]
    disclaimer: Annotated[str, Field(max_length=2000)]


class FormQuestion(Words):
    """A question in a form: platforms show 45 characters of label and 100 of hint."""

    key: Key
    question: Annotated[Question, Field(max_length=45)]
    hint: Annotated[str, Field(max_length=100)]


class Retro(Words):
    title: Annotated[
        str,
        Field(max_length=90),
        rule(
            lambda text: not re.search(r"[{}]", re.sub(r"\{(event|date)\}", "", text)),
            "may hold {event} and {date}, and no other braces",
        ),
    ]
    opening: Annotated[str, Field(max_length=1500)]
    questions: Annotated[tuple[FormQuestion, ...], Field(min_length=1, max_length=5), keys_differ]


class FollowUpMessage(Words):
    """Words that a host can send after an event. What stands in [brackets] is theirs to fill in."""

    key: Key
    whom: Annotated[str, Field(max_length=90)]
    words: Annotated[str, Field(max_length=600)]


class FollowUps(Words):
    messages: Annotated[tuple[FollowUpMessage, ...], Field(min_length=6), keys_differ]


class ProgramQuestion(FormQuestion):
    """One part of the programme: what to ask organisers, and what stands until they answer."""

    key: Literal["format", "why", "rewards", "rejects"]
    default: Annotated[str, Field(max_length=300)]
    examples: Annotated[
        tuple[Annotated[str, Field(max_length=140)], ...], Field(min_length=2, max_length=3)
    ]


class Program(Words):
    questions: Annotated[
        tuple[ProgramQuestion, ...], Field(min_length=4, max_length=4), keys_differ
    ]
    hosts: Annotated[
        tuple[Annotated[str, Field(max_length=200)], ...], Field(min_length=3, max_length=8)
    ]


class ContractPoint(Words):
    key: Literal["unfinished", "feedback", "pitch", "follow-up"]
    label: Annotated[str, Field(max_length=45)]
    says: Annotated[str, Field(max_length=240)]


_Coaching = Annotated[
    tuple[Annotated[str, Field(max_length=200)], ...],
    Field(min_length=3),
    distinct("says the same twice"),
]


class Coaching(Words):
    """One line in each reminder to prepare a demo."""

    week: _Coaching
    day: _Coaching


class Demo(Words):
    contract: Annotated[tuple[ContractPoint, ...], Field(min_length=4, max_length=4), keys_differ]
    coaching: Coaching


class Outcome(Words):
    """What became of a commitment: the button, and one of the replies to it."""

    key: Literal["done", "changed", "let-go"]
    label: Annotated[str, Field(max_length=75)]
    replies: Annotated[tuple[str, ...], Field(min_length=1)]


class ReviewQuestion(FormQuestion):
    """A question of the review, with the pages that help with what is written to it."""

    chapters: tuple[ChapterNumber, ...] = ()
    principles: tuple[PrincipleNumber, ...] = ()


class Lines(Words):
    """What the review says when it is put off or ended."""

    skip: str
    later: str
    tomorrow: str
    pause: str
    stop: str
    unanswered: str


class Review(Words):
    openings: Annotated[tuple[str, ...], Field(min_length=1)]
    questions: Annotated[tuple[ReviewQuestion, ...], Field(min_length=1, max_length=5), keys_differ]
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=3, max_length=3), keys_differ]
    lines: Lines


class Advice(Words):
    """Phrases we avoid (`*` stands for any ending), what to do instead, and where they are fine."""

    instead: str
    avoid: tuple[Avoided, ...]
    allow: tuple[Avoided, ...] = ()


class PrincipleWords(Words):
    number: PrincipleNumber
    typed: tuple[Phrase, ...]


class ChapterWords(Words):
    number: ChapterNumber
    typed: tuple[Phrase, ...]


class Care(Words):
    """Words of somebody in danger or in grief, and what to say then in place of any page.

    `besides` holds what sounds alike and is meant otherwise.
    """

    title: Annotated[str, Field(max_length=60)]
    says: Annotated[str, Field(max_length=300)]
    typed: Annotated[tuple[Phrase, ...], Field(min_length=1), distinct("holds a phrase twice")]
    besides: Annotated[tuple[Phrase, ...], distinct("holds a phrase twice")] = ()


class Search(Words):
    """How plain words are read when someone looks for help: see content/search.yaml."""

    ignore: Annotated[tuple[Phrase, ...], distinct("holds a word twice")]
    alike: tuple[
        Annotated[tuple[Phrase, ...], Field(min_length=2), distinct("holds a phrase twice")], ...
    ]
    principles: tuple[PrincipleWords, ...] = ()
    chapters: tuple[ChapterWords, ...] = ()
    care: tuple[Care, ...] = ()


class Asks(Words):
    """The question at the first contact: what the bot does, keeps, and would like to do."""

    title: Annotated[Question, Field(max_length=90)]
    says: Annotated[
        str,
        Field(max_length=500),
        rule(lambda text: len(sentences(text)) == 3, "must be three sentences"),
    ]
    later: Annotated[Sentence, Field(max_length=150)]


class Sight(Words):
    """Somebody who can see something of a member, and what."""

    who: Annotated[str, Field(max_length=60)]
    what: Annotated[str, Field(max_length=400)]


class Privacy(Words):
    """What members are told about what is kept of them."""

    asks: Asks
    never: Annotated[
        tuple[Annotated[str, Field(max_length=150)], ...], Field(min_length=1, max_length=5)
    ]
    sees: Annotated[tuple[Sight, ...], Field(min_length=1, max_length=8)]


Pillars = Annotated[tuple[Pillar, ...], keys_differ]
Style = tuple[Advice, ...]


class Pack(Words):
    """The YAML files, one field a file."""

    pillars: Pillars
    flywheel: Flywheel
    sources: Annotated[tuple[Source, ...], keys_differ]
    map: Map
    retro: Retro
    followups: FollowUps
    program: Program
    demo: Demo
    review: Review
    style: Style
    search: Search
    privacy: Privacy
