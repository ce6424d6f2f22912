"""What a map looks like. Pure: data in, a card out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.content import Area, Map
from bot.features.community_map.choosing import HEAVY, HIGHEST, Change, Chosen, is_heavy, score
from bot.features.community_map.picture import day, of_four
from bot.features.community_map.together import BANDS, DAYS, FEWEST, Together
from bot.markup import bulleted, numbered, text_of
from bot.replies import Button, Card, Choice, Field, Option, Picture

STOPPING = "You can stop at any time. `/map` goes on from there, for a week."
ONLY_YOU = "Only you see this. Nobody is alerted by your answers."
ONE_IS_ENOUGH = "Each fits into your minutes. One of the two is enough."

WHY = """\
- **Score.** Each answer counts from 0 to {highest}. Yours add up to {total} of {most}, which is \
{score} of 100.
- **Thin spot.** The lowest answer, here {lowest}. {share}
- **Invitation and contribution.** Of that area, what fits your answer and {minutes} \
minutes. What you have seen longest ago comes first, then what makes most of your time.
- **Chapter.** The area's own. When an area comes back, its next chapter has its turn.
- **A word more.** At a score of {heavy} and below the card names who else can help.
- Nothing here is chance, and nobody is compared with you."""
HOW_TOGETHER = f"""\
- The latest map counts of each person who said yes, if it is at most {DAYS} days old.
- For each area you see in which of three bands the mean lies, and no number of answers.
- A picture is taken for a Monday, once {FEWEST} maps are new in it. It stays until the next, \
whoever joins, leaves or deletes a map. So two looks can't be subtracted from each other.
- A thin spot is named only if it lies clearly below people's other areas: by half a level or \
more, and by more than chance would explain."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a card says of one finished map: the areas that it answers, in order."""

    made: date
    minutes: int
    areas: Sequence[Area]
    levels: Mapping[str, int]
    chosen: Chosen
    chapter_title: str
    changes: Sequence[Change]
    before: date | None
    """When the map before this one was made."""
    shared: bool
    """Whether the newest map, and so those to come, may count in the picture of all."""

    @property
    def score(self) -> int:
        return score(self.levels.values())

    @property
    def is_thin(self) -> bool:
        """Nothing is thin where everything is at its highest."""
        return self.levels[self.chosen.thin.key] < HIGHEST


def minutes(words: Map, buttons: Iterable[Button]) -> Card:
    text = (
        f"**{words.minutes.question}**\n\nWhat I suggest will fit into them. Eight short questions "
        f"follow, one at a time. {STOPPING}\n\n{ONLY_YOU}"
    )
    return Card("My community map", text, buttons=tuple(buttons))


def question(
    area: Area, number: int, count: int, said: int | None, note: str, buttons: Iterable[Button]
) -> Card:
    """`note` stands above the question. Platforms cut long buttons, so the text has all levels."""
    levels = [
        f"{level} *(your answer so far)*" if at == said else level
        for at, level in enumerate(area.levels)
    ]
    progress = f"Question {number} of {count}  {'●' * number}{'○' * (count - number)}"
    parts = [note, f"**{area.question}**", bulleted(levels), "Which is closest?", progress]
    text = "\n\n".join(part for part in parts if part)
    return Card(f"My community map: {area.name}", text, buttons=tuple(buttons))


def card(
    view: View, care: str, picture: Picture, buttons: Iterable[Button], note: str = ""
) -> Card:
    lead = f"**{view.chosen.thin.thin}**"
    points = f"Connection score: {view.score} of 100. It is for you alone."
    closing = care if is_heavy(view.score) else ""
    parts = [note, lead, points, closing]
    return Card(
        f"My Community Card, {day(view.made)}",
        "\n\n".join(part for part in parts if part),
        tuple(_fields(view)),
        tuple(buttons),
        picture=picture,
    )


def copied(view: View, care: str, buttons: Iterable[Button]) -> Card:
    """The card as one text to paste."""
    chosen = view.chosen
    lines = [f"{each.name}: {of_four(view.levels[each.key])}" for each in view.areas]
    parts = [
        f"My Community Card, {day(view.made)}",
        chosen.thin.thin,
        f"Connection score: {view.score} of 100",
        "\n".join(lines),
        *(f"{each.name}\n{text_of(each.value)}" for each in _fields(view)[:-1]),
        care if is_heavy(view.score) else "",
    ]
    whole = "\n\n".join(part for part in parts if part)
    return Card("My Community Card, to copy", f"```\n{whole}\n```", buttons=tuple(buttons))


def why(view: View, buttons: Iterable[Button]) -> Card:
    """How this card came about, with its own numbers."""
    total, most = sum(view.levels.values()), HIGHEST * len(view.levels)
    lowest = min(view.levels.values())
    also = [each for each, level in view.levels.items() if level == lowest]
    share = _tie(len(also))
    text = WHY.format(
        highest=HIGHEST,
        total=total,
        most=most,
        score=view.score,
        lowest=of_four(lowest),
        share=share,
        minutes=view.minutes,
        heavy=HEAVY,
    )
    return Card("How this card came about", text, buttons=tuple(buttons))


def about(words: Map, buttons: Iterable[Button]) -> Card:
    return Card("About this map", words.disclaimer, buttons=tuple(buttons))


def change(choice: Choice, buttons: Iterable[Button]) -> Card:
    text = "Choose the answer that you want to change. The card follows it."
    return Card("Change an answer", text, buttons=tuple(buttons), choice=choice)


def area_options(areas: Iterable[Area], levels: Mapping[str, int]) -> list[Option]:
    return [Option(f"{each.name}: {of_four(levels[each.key])}", each.key) for each in areas]


def nothing_yet(buttons: Iterable[Button]) -> Card:
    text = "You have no finished map here. It takes eight short questions."
    return Card("No map yet", text, buttons=tuple(buttons))


def history(
    views: Sequence[View], count: int, picture: Picture, choice: Choice, buttons: Iterable[Button]
) -> Card:
    """`views` are a page of all maps, newest first."""
    lines = [_week(view) for view in views]
    which = "" if len(views) == count else f" These are {len(views)} of them."
    many = "one map" if count == 1 else f"{count} maps"
    text = f"You have made {many}.{which}\n\n{bulleted(lines)}"
    return Card("My maps over time", text, buttons=tuple(buttons), choice=choice, picture=picture)


def week_options(views: Iterable[tuple[str, View]]) -> list[Option]:
    return [Option(f"{day(view.made)}: {view.score} of 100", key) for key, view in views]


def forget(made: Sequence[date], begun: bool, buttons: Iterable[Button]) -> Card:
    """What goes, by name."""
    going = [_made(made)] if made else []
    if begun:
        going.append("the map that you have begun")
    text = (
        f"This deletes {' and '.join(going)}: answers, scores, and what the cards showed. "
        "It can't be undone."
    )
    return Card("Delete my maps?", text, buttons=tuple(buttons))


def forgotten() -> Card:
    text = (
        "All your maps are deleted, with every answer. A picture of all together that counted you "
        "stays as it is: it holds no answer and no name. `/map` begins anew."
    )
    return Card("Your maps are gone", text)


def community(
    areas: Sequence[Area],
    all_: Together,
    taken: date,
    picture: Picture,
    read_on: str,
    buttons: Iterable[Button],
) -> Card:
    rows = [f"**{each.name}**: {BANDS[all_.bands[each.key]]}" for each in areas]
    thin = next((each for each in areas if each.key == all_.thin), None)
    named = (
        f"The thin spot is {thin.name}.{read_on}"
        if thin
        else "No area stands out. The differences may well be chance."
    )
    text = (
        f"At least {all_.at_least} maps of the last {DAYS} days, as they stood on {day(taken)}. "
        f"Only from people who said yes.\n\n**{named}**\n\n{bulleted(rows)}"
    )
    return Card("Our maps together", text, buttons=tuple(buttons), picture=picture)


def too_few(buttons: Iterable[Button] = ()) -> Card:
    text = (
        f"From {FEWEST} maps up I show here where this community's maps are thin, and a principle "
        "that fits. Only maps of people who said yes are counted, and nobody sees whose they are. "
        "Each Monday I look again. How many there are so far I do not say, so that nobody can be "
        "guessed. To get there, tell people about `/map`."
    )
    return Card("Our maps together", text, buttons=tuple(buttons))


def how_together(buttons: Iterable[Button]) -> Card:
    return Card("How this picture comes about", HOW_TOGETHER, buttons=tuple(buttons))


def _fields(view: View) -> list[Field]:
    chosen, area = view.chosen, view.chosen.thin
    level = area.levels[view.levels[area.key]]
    name = "Thin spot" if view.is_thin else "Nothing is thin, so this has its turn"
    fields = [
        Field(name, f"{area.name}. Your answer: {level}"),
        Field(
            f"An invitation, {chosen.invitation.minutes} minutes",
            f"{chosen.invitation.do}\n\n```\n{chosen.invitation.words}\n```",
        ),
        Field(
            f"A contribution, {chosen.contribution.minutes} minutes",
            f"{chosen.contribution.do}\n\n{ONE_IS_ENOUGH}",
        ),
        Field(f"A protocol: {area.protocol.title}", numbered(area.protocol.steps)),
        Field("To read", f"Chapter {view.chapter_title}"),
    ]
    if view.before:
        fields.append(Field(f"Since {day(view.before)}", _changed(view.changes)))
    return [*fields, Field("All of us together", _sharing(view.shared))]


def _changed(changes: Sequence[Change]) -> str:
    if not changes:
        return "All answers are as they were."
    return bulleted(
        f"{each.area.name}, {each.before} then and {each.now} now: {each.area.levels[each.now]}"
        for each in changes
    )


def _sharing(shared: bool) -> str:
    if shared:
        return "Your maps count in the community's picture, never by name. You can take that back."
    return (
        "Your map does not count in the community's picture. If you say yes, it does: without your "
        "name, from five maps up, and organisers see only what all say together."
    )


def _tie(count: int) -> str:
    if count == 1:
        return "No other area is as low."
    return (
        f"{count} areas share it. The one whose turn is longest ago comes first, "
        "then the order of the questions."
    )


def _week(view: View) -> str:
    """All of one map in words, for whoever does not see the picture."""
    levels = ", ".join(f"{each.name} {view.levels[each.key]}" for each in view.areas)
    thin = f" Thin spot: {view.chosen.thin.name}." if view.is_thin else ""
    return f"**{day(view.made)}**: {view.score} of 100, {view.minutes} minutes. {levels}.{thin}"


def _made(made: Sequence[date]) -> str:
    if len(made) == 1:
        return f"your map of {day(made[0])}"
    return f"your {len(made)} maps, from {day(min(made))} to {day(max(made))}"
