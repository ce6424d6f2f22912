"""Asking, once or twice, what became of something that began here."""

from datetime import timedelta

from bot.context import Scene
from bot.features.ships.actions import buttons_of, feature
from bot.features.ships.model import SPARK, Project
from bot.people import directly
from bot.platform import Letter
from bot.replies import Card, Reply, titled

__all__ = ["feature"]

MONTH = timedelta(days=30)


@feature.delivery("ships.ask", grace=MONTH)
async def ask(scene: Scene, project: str, days: int) -> Letter | None:
    found = await scene.session.get(Project, project)
    if found is None or not found.is_open or found.person_id is None:
        return None
    to = await directly(scene.session, found.person_id)
    if to is None:
        return None
    began = "you began it together" if found.began_as == SPARK else "you showed it"
    asks = "Did it become something?" if found.began_as == SPARK else "Did it ship?"
    text = f"{days} days ago {began}. Any answer is a good one, and no answer is fine too."
    title = titled(f"{asks} ", found.title)
    return Letter(to, Reply(Card(title, text, buttons=buttons_of(found))))
