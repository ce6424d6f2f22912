"""Fetching a file from the web for somebody: only from public addresses, in bounds, and soon.

An address is looked up once and connected to as it was found, so that no name leads us into our
own network, on the first request or after a redirect.
"""

import asyncio
import ipaddress
import socket
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.helpers import is_ip_address
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.imports.rows import Unreadable

LARGEST = 4 * 2**20
SECONDS = 20
REDIRECTS = 3
SCHEME, PORT = "https", 443
TOO_LARGE = (
    f"That file has more than {LARGEST // 2**20} MB. Whoever runs the bot can take it in with "
    "community-os import."
)
NO_ADDRESS = "That is no web address. It begins with https://."
PRIVATE = "I only fetch public https addresses, and this one leads elsewhere."
PIECE = 2**16
NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Its last 32 bits are an IPv4 address (RFC 6052)."""


async def fetch(address: str) -> bytes:
    """What stands at an address. Raises Unreadable in one sentence."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _fetch(address)
    except TimeoutError:
        says = f"That address did not answer within {SECONDS} seconds. Please try again later."
    except (aiohttp.ClientError, OSError, ValueError):
        says = "I can't reach that address. Open it in a browser first, and copy it from there."
    raise Unreadable(says)


async def _fetch(address: str) -> bytes:
    connector = aiohttp.TCPConnector(resolver=Public(), limit=1)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as session:
        for _ in range(REDIRECTS + 1):
            _prove(address)
            async with session.get(address, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    address = urljoin(address, answer.headers.get("Location", ""))
                    continue
                if answer.status != 200:
                    raise Unreadable(
                        f"That address answers with an error ({answer.status}). "
                        "It must be open to whoever knows it."
                    )
                return await _bounded(answer)
    raise Unreadable("That address leads on and on. Copy the last one from your browser.")


def cleaned(address: str) -> str:
    """As it is fetched: calendars are often given as `webcal:`. Raises Unreadable."""
    text = address.strip().strip("<>")
    scheme, colon, rest = text.partition(":")
    text = f"https:{rest}" if scheme.lower() == "webcal" and colon else text
    _prove(text)
    return text


def _prove(address: str) -> None:
    """As the client will read it: it folds wide digits and dots into plain ones, and asks no
    resolver about what looks like a number."""
    try:
        url = URL(address)
    except ValueError:
        raise Unreadable(NO_ADDRESS) from None
    host = url.raw_host
    if url.scheme != SCHEME or not host:
        raise Unreadable(NO_ADDRESS)
    if url.port != PORT or url.user or url.password:
        raise Unreadable(PRIVATE)
    if is_ip_address(host) and not is_public(host):
        raise Unreadable(PRIVATE)


def is_public(address: str) -> bool:
    """Also where an IPv4 address is wrapped into an IPv6 one. What only looks like an address is
    not."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if found in NAT64:
        found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    return found.is_global and not found.is_multicast


class Public(AbstractResolver):
    """Names of public hosts only. What it answers is what is connected to."""

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        if not all(is_public(each["host"]) for each in found):
            raise Unreadable(PRIVATE)
        return found

    async def close(self) -> None:
        await self._names.close()


async def _bounded(answer: Any) -> bytes:
    found = bytearray()
    async for piece in answer.content.iter_chunked(PIECE):
        found += piece
        if len(found) > LARGEST:
            raise Unreadable(TOO_LARGE)
    return bytes(found)
