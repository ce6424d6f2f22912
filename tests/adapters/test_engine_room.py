"""One demo night whole, from the speaker spotted to a ship 90 days later, with the board at each
step: through the hands of each platform, with restarts between."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.actions import Role
from bot.outbox import Outgoing
from tests.adapters import test_month
from tests.adapters.hands import Hands
from tests.adapters.process import Life
from tests.adapters.test_demo_night import LINE, arrives, confirm
from tests.adapters.test_month import ENDS, SECOND, STARTS, Start, about, count, until

pytestmark = pytest.mark.usefixtures("everyone_agrees")

life = test_month.life
local = test_month.local
discord = test_month.discord
slack = test_month.slack
start = test_month.start

STAGES = ("Spotted", "Invited", "Interested", "Booked", "Delivered", "Followed up", "Parked")
PEOPLE = ("ada", "bob", "cem", "dee", "eve")


async def test_one_demo_night_whole(life: Life, start: Start) -> None:
    async with start() as hands:
        await spot(life, hands)
        await sign_up(life, hands)
        await cancel_a_slot(life, hands)
    async with start() as hands:
        await show(life, hands)
        await hear(life, hands)
    async with start() as hands:
        await follow_up(life, hands)
        await ship(life, hands)
    async with life.database.session() as session:
        parked = [row.parked for row in await session.scalars(select(Outgoing)) if row.parked]
    assert parked == []


async def board(life: Life, hands: Hands) -> dict[str, str]:
    """Who stands where, as a host reads it."""
    await life.advance(seconds=5)
    before = len(about(hands, "olga", "Speakers"))
    await hands.say("olga", "speakers")
    await arrives(lambda: len(about(hands, "olga", "Speakers")) > before)
    shown = about(hands, "olga", "Speakers")[-1]
    found = {}
    for label, lines in shown.fields.items():
        found |= {who: label.split(" (")[0] for who in PEOPLE if f"{who} ·" in lines}
    if "Parked" in shown.text:
        found["parked"] = shown.text.split("Parked ")[1].split()[0]
    return found


async def spot(life: Life, hands: Hands) -> None:
    """Ada came along, so a host thinks of her."""
    await hands.join("olga", Role.ORGANISER)
    for member in PEOPLE:
        await hands.join(member)
    asked = {"title": "Demo night", "when": "Friday 18:30", "minutes": "2h", "place": "Mill"}
    await hands.say("olga", "event create", **asked)
    await hands.press("olga", "Yes, announce it")
    await hands.say("olga", "demo slots", number=2)
    await life.advance(seconds=20)
    await hands.press("ada", "Coming")
    await hands.say("olga", "speaker add", whom="ada")
    await hands.fill("olga", topic="Parsers", step="Ask what she would show", by="Wednesday")
    assert await board(life, hands) == {"ada": "Spotted"}
    await hands.say("olga", "speaker move", stage="invited", whom="ada")
    assert await board(life, hands) == {"ada": "Invited"}


async def sign_up(life: Life, hands: Hands) -> None:
    """Two slots and four presenters."""
    for who, title in (("ada", "A parser"), ("bob", "A loom"), ("cem", "Bees"), ("dee", "A lamp")):
        await hands.say(who, "demo")
        if who != "ada":  # who is known already
            await hands.press(who, "Yes, that is fine")
        await hands.fill(who, title=title, state="in progress", wish="Where were you lost?")
        await hands.press(who, "I agree")
        await arrives(partial(about, hands, who, title))
    stands = [
        about(hands, who, what)[-1].text for who, what in (("bob", "A loom"), ("dee", "A lamp"))
    ]
    assert "You have a slot" in stands[0]
    assert "number 2 on the waiting list" in stands[1]
    assert await board(life, hands) == {"ada": "Booked", "bob": "Booked"}
    for demo in ("ada: A parser", "bob: A loom"):
        await confirm(life, hands, demo)


async def cancel_a_slot(life: Life, hands: Hands) -> None:
    """Bob's slot goes to Cem, who waits longest."""
    await hands.say("bob", "demo mine")
    await hands.press("bob", "Withdraw")
    await life.advance(seconds=5)
    assert [count(hands, who, "A slot fell free") for who in ("cem", "dee")] == [1, 0]
    assert count(hands, "olga", "Withdrawn: A loom") == 1
    await confirm(life, hands, "cem: Bees")
    assert await board(life, hands) == {"ada": "Booked", "cem": "Booked", "parked": "1"}


async def show(life: Life, hands: Hands) -> None:
    """Ada shows her parser; Cem does not come; the others watch."""
    await until(life, STARTS)
    for who, reminded in (("ada", 1), ("bob", 0), ("cem", 1), ("dee", 0)):
        assert count(hands, who, "Your demo is tomorrow") == reminded
    await hands.say("olga", "event checkin")
    await hands.press("olga", "Open the button in the channel")
    await life.advance(seconds=1)
    for who in ("ada", "bob", "dee", "eve"):
        await hands.press(who, "I am here")
    await until(life, ENDS + timedelta(minutes=30))
    await hands.say("olga", "demo deliver")
    await hands.choose("olga", "? cem: Bees")
    await hands.press("olga", "Not shown")
    await hands.press("olga", "All others were shown")
    assert "cem: Bees" in about(hands, "olga", "Shown: A parser")[-1].text
    assert await board(life, hands) == {"ada": "Delivered", "parked": "2"}
    await hands.say("cem", "demo mine")
    await hands.choose("cem", "Bees")
    await arrives(lambda: "It was not shown this time." in hands.sees("cem")[-1].text)


async def hear(life: Life, hands: Hands) -> None:
    """One line each in the morning, and a spark that began in the break."""
    await until(life, ENDS + timedelta(hours=12))
    assert [who for who in PEOPLE if count(hands, who, LINE)] == ["bob", "dee", "eve"]
    await hands.choose("eve", "ada: A parser")
    await hands.fill("eve", words="At the third rule", name="yes")
    await hands.say("eve", "spark", people="ada", what="A parser of bees")
    await life.advance(seconds=5)
    await hands.press("ada", "Yes, we did")
    assert count(hands, "ada", "Yes: A parser of bees") == 1
    await until(life, ENDS + timedelta(hours=48))
    (heard,) = about(hands, "ada", "What the room says: A parser")
    assert "At the third rule · eve" in heard.text
    assert "third rule" not in str([hands.sees(who) for who in ("olga", "bob", "dee")])


async def follow_up(life: Life, hands: Hands) -> None:
    """A host is reminded once, of the evening and of Ada's demo; what is done moves Ada on."""
    await until(life, ENDS + timedelta(hours=60))
    (reminder,) = about(hands, "olga", "A message to write")
    assert "Demo: A parser" in reminder.words
    await hands.choose("olga", "Demo: A parser")
    await hands.press("olga", "Done")
    assert await board(life, hands) == {"ada": "Followed up", "parked": "2"}
    await hands.say("olga", "home")
    assert "1 followed up" in about(hands, "olga", "Home")[-1].fields["Speakers"]


async def ship(life: Life, hands: Hands) -> None:
    """Ada is asked after 30 and 90 days, and Eve after 60; nobody who did not show is."""
    asked = "Did it ship? A parser"
    for days, times in ((30, 1), (90, 2)):
        await until(life, ENDS + timedelta(days=days) - SECOND)
        assert count(hands, "ada", asked) == times - 1
        await life.advance(hours=12)  # she sleeps when the evening ended
        assert count(hands, "ada", asked) == times
    assert count(hands, "eve", "Did it become something? A parser of bees") == 1
    assert [count(hands, who, "Did it") for who in ("bob", "cem", "dee")] == [0, 0, 0]
    await hands.press("ada", "It shipped")
    assert count(hands, "ada", "Shipped: A parser") == 1
    await life.advance(days=200)
    assert count(hands, "ada", asked) <= 2
