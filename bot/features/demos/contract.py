"""The demo contract: its words and minutes, each version kept with those who agreed to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content import Content
from bot.context import Scene
from bot.features.program import store as wordings
from bot.features.program.model import Wording

AGREED, WORDS = "demo contract", "demo contract words"
"""What presenters agree to, with its minutes; and what organisers wrote of it."""
MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Terms:
    minutes: int
    points: Mapping[str, str]
    """By the keys of content/demo.yaml, in its order."""

    @property
    def said(self) -> dict[str, str]:
        return {MINUTES: str(self.minutes), **self.points}


async def terms(scene: Scene) -> Terms:
    """What holds for whoever signs up now."""
    own = await wordings.words_of(scene, WORDS)
    points: dict[str, str] = {
        each.key: own.get(each.key) or each.says for each in scene.content.demo.contract
    }
    return Terms(scene.community.prefs.demo_minutes, points)


async def settle(scene: Scene) -> Wording:
    """The version of these terms: the newest one, or a further one when something changed."""
    said = (await terms(scene)).said
    newest = await wordings.newest(scene, AGREED)
    if newest and newest.said == said:
        return newest
    return await wordings.write(scene, AGREED, said, None)


def read(wording: Wording, content: Content) -> Terms:
    """A version that somebody agreed to, as it was."""
    said = wording.said
    points: dict[str, str] = {
        each.key: said[each.key] for each in content.demo.contract if each.key in said
    }
    return Terms(int(said[MINUTES]), points)
