"""Events as a calendar reads them (RFC 5545): one file to add, or a feed to follow."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.context import Scene
from bot.features.events import store
from bot.features.events.feature import feature
from bot.features.events.model import CANCELLED, Event
from bot.replies import File

MAKER = "-//Community OS//events//EN"
MEDIA_TYPE = "text/calendar"
NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def feed(events: Iterable[Event], name: str, now: datetime) -> bytes:
    """A whole calendar. An event keeps its UID for ever; SEQUENCE tells which version is newer."""
    from icalendar import Calendar  # takes 0.2 s to import; most runs never need it

    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(_entry(event, now))
    return bytes(calendar.to_ical())


def file(event: Event, now: datetime) -> File:
    name = NOT_IN_NAMES.sub("-", event.title.lower()).strip("-")[:40] or "event"
    return File(f"{name}.ics", feed([event], event.title, now), MEDIA_TYPE)


@feature.document("calendar.ics", MEDIA_TYPE)
async def feed_for(scene: Scene) -> bytes:
    """The community's calendar: what is planned, what was of late, and what was cancelled."""
    return feed(await store.for_calendar(scene), scene.community.name, scene.now)


def feed_url(scene: Scene) -> str | None:
    """Where a calendar program follows all events; None where the web does not reach us."""
    if scene.public_url is None:
        return None
    return f"{scene.public_url.rstrip('/')}/{scene.community.feed_key}/calendar.ics"


def _entry(event: Event, now: datetime) -> Any:
    from icalendar import Event as Entry

    entry = Entry()
    entry.add("uid", f"{event.id}@community-os")
    entry.add("dtstamp", now)
    entry.add("sequence", event.version)
    entry.add("status", "CANCELLED" if event.status == CANCELLED else "CONFIRMED")
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.title)
    if event.place:
        entry.add("location", event.place)
    if event.details:
        entry.add("description", event.details)
    return entry
