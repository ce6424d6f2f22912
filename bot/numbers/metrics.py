"""The metrics: what each counts, over whom, and what to take care of.

Only what is mature counts: somebody enters a denominator once their whole follow-up time has
passed. Where nobody had the opportunity a figure has no measure; it is never 0. Nor is it where
nothing of the kind was on record yet: each metric names the kinds of record that it needs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Literal, TypeVar

from bot.numbers.begins import Needs
from bot.numbers.figures import FEW, Counts, Figure, Measure, PerEvent, Share
from bot.numbers.money import Money
from bot.numbers.rows import (
    DEMO,
    GONE,
    GRACE,
    SPARKED,
    Build,
    History,
    Night,
    Spark,
    Term,
    Window,
    last,
    newest,
)
from bot.numbers.words import day as in_words
from bot.numbers.words import several

RECENT = 90
CONVERSION = 180
YEAR = 365
HALF_YEAR = 180
BEGUN = 730
ANSWER = 7
TOGETHER = 3
"""Events: who has met so often knows each other."""
BY = (30, 60, 90)
CURE = "“The rest did not come” says so when you close an event."
SAME_PEOPLE = (
    "The range takes each person at each event for a draw of its own: it is too narrow where "
    "events differ. What is told of a change allows for that."
)
UNLISTED = "It is not known who came."
ONLY_FIRST = "The first event on record has nobody who could have come before."


@dataclass(frozen=True, slots=True)
class Counted:
    """What a metric found in one window. `rows` are ids, those in the numerator first."""

    measure: Measure | None
    why_not: str = ""
    notes: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


Count = Callable[[History, Window], Counted]
Rows = Literal[
    "builders", "newcomers", "speakers", "events", "sparks", "terms", "projects", "follow-ups"
]


@dataclass(frozen=True, slots=True)
class Metric:
    """A definition. `window` is how far back it looks, `mature` how long it waits before that."""

    key: str
    name: str
    label: str
    """Its name for those who don't know it: whom or what it counts."""
    tells: str
    """The label as a sentence, with a place for the figure and one for its days, `over`."""
    part: str
    whole: str
    care: str
    counter: str
    """The metric to look at beside it, so that nobody is led to game this one."""
    comes: str
    """When the first figure can be told."""
    rows: Rows
    """What its rows are."""
    needs: Needs
    window: int
    mature: int
    version: int
    count: Count

    def at(self, history: History, as_of: date) -> Figure:
        """The figure as of the beginning of that day, and the same one window earlier, as far as
        records reach."""
        window = last(self.window, as_of - timedelta(days=self.mature))
        if missing := self.needs.missing(history, window, self.mature):
            why_not = self.count(history, window).why_not or missing
            return Figure(
                self.key,
                self.version,
                window,
                as_of,
                None,
                None,
                why_not,
                left_out=history.left_out,
            )
        since = self.needs.since(history) or window.start
        looked_at = window.since(since)
        now = self.count(history, looked_at)
        known = self.needs.reach(history, window.before, as_of)
        then = self.count(history, window.before).measure if known else None
        return Figure(
            self.key,
            self.version,
            looked_at,
            as_of,
            now.measure,
            then,
            now.why_not,
            tuple(filter(None, [*now.notes, self.needs.clipped(history, window)])),
            now.rows,
            history.left_out,
            self._compared_from(history, as_of),
        )

    def _compared_from(self, history: History, as_of: date) -> date | None:
        """The first day on which there is a whole window before to compare with."""
        since = self.needs.alike_since(history, as_of)
        return since + timedelta(days=2 * self.window + self.mature) if since else None


METRICS: dict[str, Metric] = {}


def metric(
    key: str,
    name: str,
    *,
    label: str,
    tells: str,
    part: str,
    whole: str,
    care: str,
    counter: str,
    comes: str,
    rows: Rows,
    needs: Needs,
    window: int,
    mature: int = 0,
    version: int = 1,
) -> Callable[[Count], Count]:
    def define(count: Count) -> Count:
        METRICS[key] = Metric(
            key,
            name,
            label,
            tells,
            part,
            whole,
            care,
            counter,
            comes,
            rows,
            needs,
            window,
            mature,
            version,
            count,
        )
        return count

    return define


@metric(
    "returning-builder-rate",
    "Returning builders",
    label="Presenters and helpers who did so again in the next quarter",
    tells="Of people who presented or helped {over}, {} did so again in the 90 days after",
    part="of these, who built again in the 90 days after that window",
    whole="people who built something in a window of 90 days",
    care="Building is showing a demo, giving a talk, or helping. Attending alone is not.",
    counter="first-time-to-demo",
    comes="90 days after somebody has built for the first time.",
    rows="builders",
    needs=Needs(mixed=("demos", "talks", "help")),
    window=RECENT,
    mature=RECENT,
)
def returning_builders(history: History, window: Window) -> Counted:
    after = Window(window.end, window.end + timedelta(days=RECENT))
    if not history.held(after):
        return Counted(None, f"No event was held in the {RECENT} days after.")
    base = {build.person for build in history.builds if build.day in window} - {GONE}
    again = {build.person for build in history.builds if build.day in after} & base
    return _share(again, base, "Nobody is on record as building then.")


@metric(
    "first-time-to-demo",
    "First visit to first demo",
    label="Newcomers who showed something within 180 days",
    tells="Of people who first came {over}, {} showed something within 180 days",
    part="of these, who showed their first demo within 180 days of it",
    whole="people whose first check-in was in a window of 365 days, and 180 days have passed since",
    care=(
        "The first check-in on record need not be the first visit. Who showed something on that "
        "day or before it came to show, and is counted apart."
    ),
    counter="returning-builder-rate",
    comes="180 days after people have come for the first time, once somebody has shown a demo.",
    rows="newcomers",
    needs=Needs(("visits", "demos")),
    window=YEAR,
    mature=CONVERSION,
    version=2,
)
def first_time_to_demo(history: History, window: Window) -> Counted:
    shown: dict[str, date] = {}
    for build in history.builds:
        if build.kind == DEMO:
            shown.setdefault(build.person, build.day)
    came = {first.person: first.day for first in history.firsts if first.day in window}
    at_once = {person for person, day in came.items() if person in shown and shown[person] <= day}
    base = came.keys() - at_once
    limit = timedelta(days=CONVERSION)
    converted = {each for each in base if each in shown and shown[each] <= came[each] + limit}
    found = _share(converted, base, _no_newcomers(history, window))
    began = history.first_list
    notes = [f"Records of who came begin on {in_words(began.day)}."] if began else []
    if at_once:
        notes.append(
            f"{len(at_once)} showed something on or before the day of their first check-in."
        )
    return Counted(found.measure, found.why_not, tuple(notes), found.rows)


def _no_newcomers(history: History, window: Window) -> str:
    began = history.first_list
    if began is None:
        return UNLISTED
    if began.day >= window.end:
        return f"The first people came less than {CONVERSION} days ago."
    return "Nobody came for the first time then."


@metric(
    "repeat-speaker-rate",
    "Repeat speakers",
    label="New speakers who spoke again within a year",
    tells="Of people who first spoke {over}, {} spoke again within a year",
    part="of these, who spoke at another event within 365 days",
    whole="people who spoke for the first time in a window of 365 days, a year ago or more",
    care="A demo is a talk. Look at the share of new speakers beside it: a closed circle repeats.",
    counter="new-speaker-share",
    comes="a year after the first demo or talk.",
    rows="speakers",
    needs=Needs(mixed=("demos", "talks")),
    window=YEAR,
    mature=YEAR,
    version=2,
)
def repeat_speakers(history: History, window: Window) -> Counted:
    base, again = set(), set()
    for person, talks in _talks(history).items():
        first = talks[0]
        if first.day in window:
            base.add(person)
            until = first.day + timedelta(days=YEAR)
            if any(_elsewhere(each, first) and each.day <= until for each in talks[1:]):
                again.add(person)
    return _share(again, base, "Nobody spoke for the first time then.")


@metric(
    "new-speaker-share",
    "New speakers",
    label="Demos and talks given by first-timers",
    tells="Of demos and talks {over}, {} were given by first-timers",
    part="of these, given by somebody for the first time",
    whole="demos and talks in the last 180 days",
    care="First on record here. It falls when records are young: everybody is new at first.",
    counter="repeat-speaker-rate",
    comes="after the first demo or talk.",
    rows="speakers",
    needs=Needs(mixed=("demos", "talks")),
    window=HALF_YEAR,
    version=2,
)
def new_speakers(history: History, window: Window) -> Counted:
    talks = _talks(history)
    given = [each for person in talks for each in talks[person] if each.day in window]
    if not given:
        return Counted(None, "Nothing was shown then.")
    new = [each for each in given if talks[each.person][0] is each]
    others = [each for each in given if talks[each.person][0] is not each]
    by = apart(new, given, lambda each: each.night or each.day)
    rows = tuple(each.person for each in (*new, *others))
    return Counted(Share(len(new), len(given), by), rows=rows)


@metric(
    "collaboration-sparks",
    "Collaboration sparks",
    label="Joint work begun after events",
    tells="Joint work begun after events {over}: {}",
    part="groups who all confirmed that they began joint work, within 30 days of the newest event "
    "before it, if that is one of these",
    whole="events in a window of 180 days, 30 days ago or more",
    care=(
        "People say so themselves, every one of them. Nothing is inferred from chat. Events before "
        "the first that led to a spark are left out: nobody noted any then."
    ),
    counter="time-to-ship",
    comes="30 days after the first event that led to a spark.",
    rows="sparks",
    needs=Needs(("events", "sparks")),
    window=HALF_YEAR,
    mature=SPARKED,
    version=2,
)
def collaboration_sparks(history: History, window: Window) -> Counted:
    nights = history.held(window)
    if not nights:
        return Counted(None, "No event was held then.")
    found = ((spark.id, night_before(history, spark)) for spark in history.sparks)
    ids = {night.id for night in nights}
    after = [(spark, night.id) for spark, night in found if night and night.id in ids]
    led_to = Counter(night for _, night in after)
    by = tuple(led_to[night.id] for night in nights)
    return Counted(PerEvent(len(after), len(nights), by), rows=tuple(spark for spark, _ in after))


@metric(
    "sponsor-renewal",
    "Sponsor renewal",
    label="Sponsor agreements renewed",
    tells="Of sponsor agreements that ended {over}, {} were renewed",
    part="of these, renewed by the end of the term and 60 days",
    whole="terms that ended in a window of 365 days, 60 days ago or more; one-off ones left out",
    care=(
        "By value each renewal counts up to the old value, in one currency at a time. What was "
        "renewed in another currency is left out by value."
    ),
    counter="returning-attendee-rate",
    comes="60 days after the first sponsor's term has ended.",
    rows="terms",
    needs=Needs(("terms",)),
    window=YEAR,
    mature=GRACE.days,
    version=2,
)
def sponsor_renewal(history: History, window: Window) -> Counted:
    ended = _ended(history, window)
    renewed = {term.id for term in ended if term.is_renewed}
    found = _share(renewed, {term.id for term in ended}, "No term ended then.")
    notes = [
        f"By value, {Money(kept, currency).words} of {Money(due, currency).words} renewed."
        for currency, (kept, due) in sorted(value_renewed(ended).items())
    ]
    if other := sum(map(_is_in_another_currency, ended)):
        notes.append(f"{other} renewed in another currency: left out by value.")
    return Counted(found.measure, found.why_not, tuple(notes), found.rows)


@metric(
    "time-to-ship",
    "Time to ship",
    label="Time from begun to finished",
    tells="Of what people began {over}: {}",
    part="of these, who shipped, and after how many days",
    whole="what people began with a demo or a spark in the last 730 days",
    care=(
        "What has not shipped yet counts as not shipped yet. What was let go never ships, and "
        "counts as that. What shipped without a beginning on record has no time, and is left out. "
        "A share by a day is told only once something was followed for so long."
    ),
    counter="collaboration-sparks",
    comes="once a demo or a spark here begins something. An imported demo begins nothing.",
    rows="projects",
    needs=Needs(("projects",)),
    window=BEGUN,
    version=3,
)
def time_to_ship(history: History, window: Window) -> Counted:
    begun = [project for project in history.projects if project.began in window]
    unbegun = sum(day in window for day in history.unbegun)
    notes = (f"{unbegun} more shipped whose beginning is not on record: left out.",)
    if not begun:
        return Counted(None, "Nothing is on record as begun.")
    from bot.numbers.survival import time_to

    shipped = [each.id for each in begun if each.shipped and each.shipped < window.end]
    done = set(shipped)
    rest = [each.id for each in begun if each.id not in done]
    return Counted(
        time_to(begun, window.end, BY), notes=notes if unbegun else (), rows=(*shipped, *rest)
    )


@metric(
    "returning-attendee-rate",
    "Returning attendees",
    label="Attendees who had come before",
    tells="Of attendees {over}, {} had come before",
    part="of these, who had come to an earlier one",
    whole="people at the events of the last 90 days, counted at each; the first event on record "
    "is left out",
    care=(
        "It says who was in the room, not whether people come back. It falls when you grow well. "
        f"{SAME_PEOPLE}"
    ),
    counter="newcomers-per-event",
    comes="after the second event with a list of who came.",
    rows="events",
    needs=Needs(("lists",)),
    window=RECENT,
    version=3,
)
def returning_attendees(history: History, window: Window) -> Counted:
    known = _listed(history, window)
    nights = [night for night in known if night is not history.first_list]
    by = tuple((night.recognised - night.newcomers, night.recognised) for night in nights)
    back, there = _sums(by)
    if not there:
        return Counted(None, ONLY_FIRST if known else UNLISTED)
    nameless = sum(night.nameless for night in nights)
    notes = [f"{nameless} without an account here can't be recognised: left out."]
    ids = tuple(night.id for night in nights)
    return Counted(Share(back, there, by), notes=tuple(notes if nameless else ()), rows=ids)


def met_again(history: History, window: Window) -> str:
    """How many pairs have met at several events, in a sentence; empty where they are few."""
    nights = [night.here for night in _listed(history, window)]
    if len(nights) < TOGETHER:
        return ""
    from bot.numbers.pairs import pairs

    count = pairs(nights, TOGETHER)
    if count < FEW:
        return ""
    return f"{count:,} pairs of people met at {TOGETHER} or more of these {len(nights)} events."


@metric(
    "newcomers-per-event",
    "Newcomers",
    label="First-time visitors",
    tells="First-time visitors {over}: {}",
    part="people who came for the first time on record",
    whole="events of the last 180 days with a list of who came",
    care=(
        "First on record. In the first months of records nearly everybody is. A list counts once a "
        "host has closed the event, or once most who had said yes are noted on it. Where nobody "
        "had said yes it can miss nobody, and counts."
    ),
    counter="returning-attendee-rate",
    comes="after the first event with a list of who came.",
    rows="events",
    needs=Needs(("lists",)),
    window=HALF_YEAR,
    version=3,
)
def newcomers(history: History, window: Window) -> Counted:
    nights = _listed(history, window)
    if not nights:
        return Counted(None, UNLISTED)
    by = tuple(night.newcomers for night in nights)
    nameless = sum(night.nameless for night in nights)
    notes = (f"Of {nameless} without an account here nobody knows whether they were new.",)
    ids = tuple(night.id for night in nights)
    return Counted(PerEvent(sum(by), len(nights), by), notes=notes if nameless else (), rows=ids)


@metric(
    "show-rate",
    "Show rate",
    label="People who said yes and then came",
    tells="Of people who said yes, {} came {over}",
    part="of these, who were there",
    whole="people who said yes and had a place, at events of the last 90 days that hosts closed",
    care=(
        "A door notes who is there, and seldom who is not. So an event counts only where it is "
        "known of 9 in 10 at least whether they came; whoever else had said yes is left out. "
        f"{SAME_PEOPLE}"
    ),
    counter="newcomers-per-event",
    comes="after the first event that a host has closed, with a word on those who did not come.",
    rows="events",
    needs=Needs(("lists",)),
    window=RECENT,
    version=2,
)
def show_rate(history: History, window: Window) -> Counted:
    expected = [night for night in history.held(window) if night.expected]
    known = [night for night in expected if night.tells_who_stayed_away]
    out = len(expected) - len(known)
    if not known:
        why_not = "No event says of nearly all who had said yes whether they came."
        return Counted(None, f"{why_not} {CURE}" if out else why_not)
    by = tuple((night.shown or 0, night.approved) for night in known)
    unknown = sum(night.unknown for night in known)
    notes = []
    if out:
        notes.append(f"{several(out, 'event')} left out: who did not come is not known. {CURE}")
    if unknown:
        notes.append(f"Of {unknown} more nobody noted whether they came: left out.")
    ids = tuple(night.id for night in known)
    return Counted(Share(*_sums(by), by), notes=tuple(notes), rows=ids)


@metric(
    "follow-up-minimum",
    "Follow-ups kept",
    label="Follow-up messages after events sent in time",
    tells="Of follow-up messages due {over}, {} went out in time",
    part="of these, sent in time",
    whole="follow-ups that fell due in the last 90 days",
    care="Skipped ones count as due: the reasons stay visible.",
    counter="retro-response",
    comes="once the first follow-up has fallen due.",
    rows="follow-ups",
    needs=Needs(("follow-ups",)),
    window=RECENT,
)
def follow_ups(history: History, window: Window) -> Counted:
    due = [each for each in history.follow_ups if each.due in window]
    kept = [each for each in due if each.kept]
    found = _share({e.id for e in kept}, {e.id for e in due}, "No follow-up fell due.")
    if not due:
        return found
    by = apart(kept, due, lambda each: each.evening or each.due)
    return replace(found, measure=Share(len(kept), len(due), by))


@metric(
    "retro-response",
    "Retro response",
    label="People who answered when asked about an event",
    tells="Of people asked about an event {over}, {} answered",
    part="of these, who answered within 7 days",
    whole="people asked after the events of a window of 90 days, 7 days ago or more",
    care=f"Answers without a name count like all others. {SAME_PEOPLE}",
    counter="follow-up-minimum",
    comes="7 days after the first retro has opened.",
    rows="events",
    needs=Needs(("retros",)),
    window=RECENT,
    mature=ANSWER,
)
def retro_response(history: History, window: Window) -> Counted:
    opened = [retro for retro in history.retros if retro.opened in window]
    by = tuple((retro.answered, retro.asked) for retro in opened if retro.asked)
    if not by:
        return Counted(None, "No retro was open then.")
    return Counted(Share(*_sums(by), by), rows=tuple(retro.night for retro in opened))


def figures(history: History, as_of: date, *which: Metric) -> tuple[Figure, ...]:
    """Of all metrics, or of these."""
    return tuple(each.at(history, as_of) for each in which or METRICS.values())


def metric_called(name: str) -> Metric | None:
    """By its key, its name or its label, however they are written."""
    wanted = _bare(name)
    return next(
        (m for m in METRICS.values() if wanted in map(_bare, (m.key, m.name, m.label))), None
    )


def metric_near(name: str) -> Metric | None:
    """The one that somebody who writes this may mean."""
    wanted = _bare(name)
    names = {_bare(each): m for m in METRICS.values() for each in (m.key, m.name)}
    within = [each for each in names if wanted and wanted in each]
    near = within or get_close_matches(wanted, names, 1)
    return names[near[0]] if near else None


def _bare(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())


def value_renewed(terms: Iterable[Term]) -> dict[str, tuple[int, int]]:
    """By currency: the value renewed, each term up to its old value, and the value that ended.
    What was renewed in another currency is left out: nobody knows how much of it that is."""
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for term in terms:
        if _is_in_another_currency(term):
            continue
        kept, due = found[term.currency]
        renewed = min(term.renewed_value or 0, term.value) if term.is_renewed else 0
        found[term.currency] = kept + renewed, due + term.value
    return dict(found)


def _ended(history: History, window: Window) -> list[Term]:
    return [term for term in history.terms if term.end in window and not term.one_off]


def _is_in_another_currency(term: Term) -> bool:
    return term.is_renewed and term.renewed_value is None


def _listed(history: History, window: Window) -> list[Night]:
    """Of which it is known who came."""
    return [night for night in history.held(window) if night.present is not None]


Row = TypeVar("Row")


def apart(part: Iterable[Row], whole: Iterable[Row], of: Callable[[Row], Hashable]) -> Counts:
    """Event by event, by what tells it."""
    counted, all_ = Counter(map(of, part)), Counter(map(of, whole))
    return tuple((counted[each], count) for each, count in all_.items())


def _sums(by: Counts) -> tuple[int, int]:
    return sum(part for part, _ in by), sum(whole for _, whole in by)


def night_before(history: History, spark: Spark) -> Night | None:
    """The event that a spark goes back to: the newest one in the 30 days before it."""
    return newest(history.nights, spark.day, timedelta(days=SPARKED))


def _talks(history: History) -> Mapping[str, list[Build]]:
    """By person, what they showed or said on a stage, oldest first."""
    found: defaultdict[str, list[Build]] = defaultdict(list)
    for build in history.builds:
        if build.on_stage and build.person != GONE:
            found[build.person].append(build)
    return found


def _elsewhere(one: Build, other: Build) -> bool:
    """At another event; of what belongs to no event the days tell."""
    return (one.night or one.day) != (other.night or other.day)


def _share(part: set[str], whole: Iterable[str], why_not: str) -> Counted:
    base = set(whole)
    if not base:
        return Counted(None, why_not)
    rows = (*sorted(part), *sorted(base - part))
    return Counted(Share(len(part), len(base)), rows=rows)
