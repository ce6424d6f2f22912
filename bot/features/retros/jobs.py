"""What retros do by themselves: open, sum up, recall."""

from datetime import timedelta

from bot.context import Scene
from bot.errors import Undeliverable
from bot.features.events.after import anybody, dated
from bot.features.events.model import CANCELLED, PLANNED, Event
from bot.features.retros import ahead, store
from bot.features.retros.actions import feature, invitation
from bot.features.retros.hosts import open_actions, summary
from bot.people import channel_at, hosts_of
from bot.platform import Letter
from bot.replies import Reply

__all__ = ["feature"]

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
YEAR = timedelta(days=365)


@feature.delivery("retros.open", grace=WEEK)
async def open_retro(scene: Scene, event: str) -> Letter | None:
    """The card in the event's channel. Three days late is still worth posting."""
    found = await store.event_of(scene, event)
    if found is None or found.status == CANCELLED:
        return None
    due = found.ends_at + timedelta(hours=scene.community.prefs.retro_hours)
    if scene.now < due:
        key = f"retro:{event}:{scene.new_id()}"  # the first key is spent on this row
        await scene.outbox.later("retros.open", key=key, due=due, event=event)
        return None
    if not await anybody(scene.session, event):
        return None
    to = await channel_at(scene.session, found.spot)
    if to is None:
        raise Undeliverable(f"The channel of “{found.title}” is gone, and its retro with it.")
    await _begin(scene, found)
    return Letter(to, Reply(invitation(scene, found), private=False))


async def _begin(scene: Scene, event: Event) -> None:
    """From now on it takes answers. A second try to post the card changes nothing."""
    retro = await store.open_retro(scene, event)
    prefs = scene.community.prefs
    gap = timedelta(hours=prefs.retro_summary_hours - prefs.retro_hours)
    summary_at = event.ends_at + timedelta(hours=prefs.retro_summary_hours)
    await scene.outbox.later(
        "retros.summarise",
        key=f"retro-summary:{event.id}",
        due=max(summary_at, retro.opened_at + min(gap, DAY)),  # later if the card was late
        person=None if prefs.hosts_channel else event.created_by,
        event=event.id,
    )


@feature.delivery("retros.summarise", grace=WEEK)
async def summarise(scene: Scene, event: str) -> Letter | None:
    """What was said so far, for the hosts; nothing if nobody said anything. Late answers are in
    `/retro summary`."""
    found = await store.event_of(scene, event)
    if found is None or not await store.answers_to(scene.session, event):
        return None
    to = await hosts_of(scene.session, scene.community, found.created_by)
    return Letter(to, Reply(await summary(scene, found), private=False))


@feature.delivery("retros.recall", grace=timedelta(days=1))
async def recall(scene: Scene, event: str, begins: int) -> Letter | None:
    """Open actions, a day before the next event; nothing if it moved or was cancelled."""
    found = await store.event_of(scene, event)
    if found is None or found.status != PLANNED or found.starts_at <= scene.now:
        return None
    if int(found.starts_at.timestamp()) != begins or not await store.count_open_actions(scene):
        return None
    to = await hosts_of(scene.session, scene.community, found.created_by)
    title = "Still open before " + dated(found, scene.community.zone, 100)
    return Letter(to, Reply(await open_actions(scene, title), private=False))


@feature.delivery("retros.look", grace=YEAR)
async def look_ahead(scene: Scene) -> None:
    await ahead.look(scene)
