"""A bot killed with `kill -9` again and again while it delivers to Discord and to Slack.

Both stand-ins run in processes of their own and remember what they were sent. The bot is another
process, with a new one started after each kill. In the end every row is looked for: lost rows, rows
seen twice on Discord, which knows the row's id again, and rows seen twice on Slack, which knows
nothing again: there one message at a time is under way, so that a kill doubles one at most.

Two things are not as in real life. Nothing is paced, so that a kill meets as many messages under
way as there can be. And a row that a killed bot held is free again after two seconds, not two
minutes, so that the next bots find it. Discord remembers a message's nonce for some minutes: a bot
that stays dead for longer can say twice what it was saying when it died.

    python -m benchmarks.outbox_kill [--kills 500] [--rows 10000] [--database postgresql]
"""

import argparse
import asyncio
import contextlib
import json
import logging
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from random import Random
from time import perf_counter
from typing import Any

import aiohttp
from sqlalchemy import func, select

from adapters.discord import DiscordPlatform
from adapters.discord import pacer as discord_pacer
from adapters.slack import SlackPlatform
from adapters.slack import pacer as slack_pacer
from benchmarks.measure import app_on, feature, for_sqlalchemy, machine, new_id, now, postgres
from bot.context import Scene
from bot.db import Database
from bot.outbox import Outgoing
from bot.people import Address, Where
from bot.platform import Letter
from bot.replies import Card, Reply
from bot.running import serve

LEASE = timedelta(seconds=2)
CHANNELS = 200
UNPACED = 1_000_000
Json = dict[str, Any]
