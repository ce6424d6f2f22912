"""The few pages that programs fetch: a calendar feed, and a sign of life."""

from adapters.web.server import WebServer

__all__ = ["WebServer"]
