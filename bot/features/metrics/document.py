"""docs/metrics.md, made from the definitions and printed when this module is run."""

import sys
from collections.abc import Iterator
from datetime import date

from bot.content import Content, load
from bot.numbers.figures import ENOUGH, FEW
from bot.numbers.flywheel import wheel
from bot.numbers.metrics import METRICS, TOGETHER, Metric
from bot.numbers.rows import History
from bot.pack import packaged

OPENING = f"""\
# The numbers

For organisers. `/metric` lists all figures, `/metric <name>` shows one with what is behind it, and
`/flywheel` draws the seven stages. Nobody is ranked, and nobody has a score.

This page is made from the definitions in the code, and a test keeps it current:
`python -m bot.features.metrics.document > docs/metrics.md`

## How to read a figure

- **People, not accounts.** Somebody on two platforms who linked them is one person. Bots have no
  account here. Whoever an organiser marked with `/staff` is in no figure, and each figure says how
  many that are.
- **Only what is mature.** Somebody enters a figure once their whole time to follow has passed: who
  came first last week has not failed to show a demo. Where nobody had the opportunity a figure
  says so. It is never 0 then.
- **Not noted is not none.** Each kind of record begins on the day of its first row: lists of who
  came, demos, talks, sparks, retros and so on. What lies before that day is unknown. So a figure
  looks only at days from which on all that it needs is on record, and is compared only with a
  window that lies there as a whole. Else it says from when it can be told.
- **Unknown is not absent.** Where nobody noted who came, an evening is left out. So it is where a
  list was begun that no host closed and that says nothing of most who had said yes, where anybody
  had. Walk-ins
  without an account count as present, and can't be recognised when they return: figures about
  returning leave them out and say how many they are.
- **A range, always.** It is a 95% interval: of 100 such ranges about 95 hold the true value. 2 of
  5 is 12 to 77%, 7 of 20 is 18 to 57%. Shares have Wilson's interval, counts per event the exact
  one of Garwood, a change between two windows that of Newcombe, and times until something ships the
  Aalen-Johansen estimate with a bootstrap.
- **A change is told only when it is one.** "No clear change" means that the range of the difference
  holds 0. With a dozen figures every week, of twenty that did not change about one will still
  seem to.
- **Evenings differ.** Wilson's and Garwood's ranges take each visit for a draw of its own. But
  twenty visits may be ten people on two evenings, and one of them had rain. So where events
  differ by more than chance, the range of a figure is too narrow. A change allows for that: what
  is counted event by event is compared as if it were as many fewer visits as events scatter more
  than chance alone would let them. The dispersion is Pearson's, of both windows together and
  never below 1, with Student's t for few events. Single events tell no change.
- **By size.** Under {FEW}: the counts alone. From {FEW}: the count and its range. From {ENOUGH}:
  the rate too, and changes, which need {ENOUGH} in both windows.
- **To quote.** The pulse and the report say which figures rest on {ENOUGH} or more. Quote those,
  with their counts and their range.
- **Who met again.** Beside the returning attendees stands how many pairs of people were at
  {TOGETHER} or more of the events in its window. Nobody is named, and under {FEW} none is told.
- **Two together.** Beside each figure stands another one that would suffer if somebody pushed the
  first one for its own sake.
- **Days** are those of the community's time zone. A window ends before today begins.

Sources: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
F. Garwood, Biometrika 28 (1936), 437-442.
R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890.
E. L. Korn and B. I. Graubard, Survey Methodology 24 (1998), 193-201.
O. O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5 (1978), 141-150.
"""

WHEEL = """\
## The flywheel

Seven stages that carry each other. Each is judged by one share, so that they can be laid side by
side: of those who could, how many did. The weakest is named only when its whole range lies below
those of all others, and all seven rest on at least five. Then it can also choose the principle
of the week. Else the card says what is missing. Proof is judged by the sponsors' terms that were
renewed where there are sponsors, else by whether somebody new comes.

| stage | what it is | judged by |
|---|---|---|"""


def document(content: Content) -> str:
    return "\n".join([OPENING, *_metrics(), *_wheel(content), ""])


def _metrics() -> Iterator[str]:
    for metric in METRICS.values():
        yield f"## {metric.name}\n"
        yield f"`{metric.key}`, version {metric.version}\n"
        yield f"- In plain words: {metric.label}."
        yield f"- Looked at: {metric.whole}."
        yield f"- Counted: {metric.part}."
        yield f"- Window: {metric.window} days{_mature(metric)}."
        yield f"- Take care: {metric.care}"
        yield f"- Beside it: {METRICS[metric.counter].name}."
        yield f"- It can be told {metric.comes}\n"


def _mature(metric: Metric) -> str:
    return f", which ended {metric.mature} days ago" if metric.mature else ", until yesterday"


def _wheel(content: Content) -> Iterator[str]:
    yield WHEEL
    for stage in wheel(History(), date(2000, 1, 1)).stages:
        words = content.stages[stage.key]
        yield f"| {words.name} | {words.says} | {stage.main.says} |"


if __name__ == "__main__":
    sys.stdout.write(document(load(packaged("content"))))
