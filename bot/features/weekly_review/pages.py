"""Which page of the book goes with a review, by a rule that fits in a sentence.

The question whose line has been open the longest chooses; each question names its pages in
content/review.yaml, and the weeks take turns among them. What people wrote is not looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.content import Chapter, Content, Principle, ReviewQuestion
from bot.features.weekly_review.store import Line


@dataclass(frozen=True, slots=True)
class Fitting:
    page: Principle | Chapter
    why: str


def number_of(week: str) -> int:
    """Weeks since year 1: what takes turns by it is another one each week."""
    return date.fromisoformat(week).toordinal() // 7


def fitting(content: Content, still_open: Iterable[Line], week: str) -> Fitting | None:
    """None where the content names no page. `still_open` comes newest week first."""
    asked = {each.key: each for each in content.review.questions}
    lines = [line for line in still_open if line.question in asked]
    if not lines:
        return None
    oldest = min(lines, key=lambda line: line.week)
    question = asked[oldest.question]
    pages = _pages(content, question)
    if not pages:
        return None
    why = f"It goes with “{question.question}”"
    if oldest.week < week:
        why += ", where a line has been open the longest"
    return Fitting(pages[number_of(week) % len(pages)], f"{why}.")


def _pages(content: Content, question: ReviewQuestion) -> list[Principle | Chapter]:
    return [
        *(content.chapters[number] for number in question.chapters),
        *(content.principles[number] for number in question.principles),
    ]
