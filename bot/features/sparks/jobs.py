"""Asking everybody who is named in a spark."""

from datetime import timedelta

from bot.context import Scene
from bot.features.sparks.actions import feature, question
from bot.features.sparks.model import Spark, SparkMember
from bot.people import Person, directly
from bot.platform import Letter
from bot.replies import Reply

__all__ = ["feature"]


@feature.delivery("sparks.confirm", grace=timedelta(days=14))
async def ask(scene: Scene, spark: str, whom: str) -> Letter | None:
    found = await scene.session.get(Spark, spark)
    member = await scene.session.get(SparkMember, (spark, whom))
    teller = await scene.session.get(Person, found.named_by) if found and found.named_by else None
    to = await directly(scene.session, whom)
    if not (found and member and teller and to) or member.confirmed_at or not found.waits:
        return None
    return Letter(to, Reply(await question(scene, found, teller)))
