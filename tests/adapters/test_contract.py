"""One suite for every platform: each kind of reply, button, select, form and error."""

import asyncio

from bot.actions import Role
from tests.adapters.hands import Hands
from tests.adapters.sample import NASTY
from tests.adapters.test_community_map import wait_for_pictures


async def test_a_card_shows_all_its_parts(hands: Hands) -> None:
    await hands.say("ada", "sample")
    seen = hands.sees("ada")[-1]
    assert seen.title == "Title with *stars* & <angles>"
    for words in ("strong", "emphasis", "code", "a link", "First", "Second", "Bullet", "Quoted"):
        assert words in seen.text
    assert "Copy *me*" in seen.text
    assert "**" not in seen.text
    assert seen.fields == {"Plain": "one", "Marked": "two"}
    assert seen.buttons == ("Count", "Tell all", "Website")
    assert seen.options == ("Friday", "Monday")


async def test_private_stays_private_and_public_is_public(hands: Hands) -> None:
    await hands.join("bob")
    await hands.say("ada", "sample")
    assert hands.sees("ada")[-1].private
    assert hands.sees("bob") == []
    await hands.press("ada", "Tell all")
    assert hands.sees("bob")[-1].title == "For everyone"
    assert not hands.sees("bob")[-1].private


async def test_a_press_edits_a_private_message_in_place(hands: Hands) -> None:
    await hands.say("ada", "sample")
    for number in (1, 2, 3):
        await hands.press("ada", "Count")
        assert [seen.title for seen in hands.sees("ada")] == [f"Counted to {number}"]


async def test_a_private_answer_never_replaces_what_all_see(hands: Hands) -> None:
    await hands.join("bob")
    await hands.say("ada", "sample public")
    await hands.press("bob", "Mine")
    assert hands.sees("bob")[-1].title == "For you alone"
    assert [seen.title for seen in hands.sees("ada")] == ["For everyone"]


async def test_a_public_message_is_updated_for_all(hands: Hands) -> None:
    await hands.join("bob")
    await hands.say("ada", "sample public")
    await hands.press("bob", "Tally")
    await hands.press("ada", "Tally")
    assert [seen.title for seen in hands.sees("ada")] == ["Tally 2"]
    assert [seen.title for seen in hands.sees("bob")] == ["Tally 2"]


async def test_a_select(hands: Hands) -> None:
    await hands.say("ada", "sample")
    await hands.choose("ada", "Monday")
    assert hands.sees("ada")[-1].title == "You picked mon"


async def test_options_are_read(hands: Hands) -> None:
    await hands.say(
        "ada", "greet", name="Grace Hopper", times=2, tone="brief", loud=True, note="Hi"
    )
    assert hands.sees("ada")[-1].text == "Grace Hopper 2 brief loud Hi"


async def test_what_is_known_is_not_asked_again(hands: Hands) -> None:
    await hands.say("ada", "ask")
    form = hands.form("ada")
    assert form
    assert form.labels == ("Whom to greet", "How many times, 1 to 3", "Loud or not", "A note")
    await hands.fill("ada", name="Grace", times=1, loud="yes", note="two\nlines")
    assert hands.sees("ada")[-1].text == "Grace 1 brief loud two lines"


async def test_a_button_opens_a_form(hands: Hands) -> None:
    await hands.say("ada", "form")
    await hands.press("ada", "Open it")
    await hands.fill("ada", times=3)
    assert hands.sees("ada")[-1].text == "Known 3 warm soft"


async def test_a_wrong_field_is_told_and_nothing_written_is_lost(hands: Hands) -> None:
    await hands.say("ada", "ask")
    await hands.fill("ada", name="A long story, well told", times=9)
    form = hands.form("ada")
    if form is None:
        assert "Between 1 and 3" in hands.sees("ada")[-1].words
        await hands.press("ada", "Try again")
        form = hands.form("ada")
    else:
        assert form.errors == {"How many times, 1 to 3": "Between 1 and 3 times, please."}
    assert form
    assert form.filled["Whom to greet"] == "A long story, well told"
    assert "In which tone" not in form.labels
    await hands.fill("ada", name="A long story, well told", times=1)
    assert hands.sees("ada")[-1].text == "A long story, well told 1 brief soft"


async def test_a_form_that_arrives_twice_is_saved_once(hands: Hands) -> None:
    await hands.say("ada", "ask")
    await hands.fill("ada", name="Grace", times=1)
    await hands.resend("ada")
    titles = [seen.title for seen in hands.sees("ada")]
    assert titles.count("Greeted") == 1


async def test_suggestions_while_typing(hands: Hands) -> None:
    assert await hands.suggestions("ada", "paint", "colour", "") == ["Red", "Green", "Blue"]
    assert await hands.suggestions("ada", "paint", "colour", "gr") == ["Green"]


async def test_what_people_type_is_inert(hands: Hands) -> None:
    await hands.join("bob")
    await hands.say("ada", "nasty")
    seen = hands.sees("bob")[-1]
    assert seen.text == NASTY
    assert seen.title == NASTY
    assert seen.fields == {NASTY: NASTY}
    assert not seen.pings


async def test_a_picture_has_alt_text(hands: Hands) -> None:
    await hands.say("ada", "picture")
    assert hands.sees("ada")[-1].alt == "Four dots"


async def test_a_file_arrives(hands: Hands) -> None:
    await hands.say("ada", "file")
    for _ in range(200):  # Slack takes files by a way of its own, aside
        if any(seen.files == ("notes.txt",) for seen in hands.sees("ada")):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(hands.sees("ada"))


async def test_the_fullest_card_fits(hands: Hands) -> None:
    await hands.say("ada", "long")
    seen = hands.sees("ada")[-1]
    assert len(seen.buttons) == 20
    assert len(seen.fields) == 9
    assert seen.text.count("word") == 590


async def test_roles_are_checked_at_each_press(hands: Hands) -> None:
    await hands.say("bob", "organise")
    assert "for organisers" in hands.sees("bob")[-1].text
    await hands.join("olga", Role.ORGANISER)
    await hands.say("olga", "organise")
    assert hands.sees("olga")[-1].title == "Organised"
    await hands.join("olga", Role.MEMBER)
    await hands.press("olga", "Again")
    assert "organiser" in hands.sees("olga")[-1].text
    assert hands.sees("olga")[-1].private


async def test_a_button_of_an_older_version(hands: Hands) -> None:
    await hands.say("ada", "sample public")
    await hands.press("ada", "Old")
    assert "older version" in hands.sees("ada")[-1].text
    assert hands.sees("ada")[-1].private


async def test_a_refusal_is_private_and_plain(hands: Hands) -> None:
    await hands.join("bob")
    await hands.say("ada", "refuse")
    assert "Try tomorrow" in hands.sees("ada")[-1].text
    assert hands.sees("bob") == []


async def test_a_crash_tells_no_secret(hands: Hands) -> None:
    await hands.say("ada", "crash")
    assert "Nothing was changed" in hands.sees("ada")[-1].text
    assert "secret" not in hands.sees("ada")[-1].words


async def test_principle_37(hands: Hands) -> None:
    await hands.say("ada", "principle", number=37)
    seen = hands.sees("ada")[-1]
    assert seen.title == "37 · Introduce people with a reason"
    assert "Coaching questions" in seen.buttons
    await hands.press("ada", "Coaching questions")
    assert len(hands.sees("ada")) == 1
    assert "Who has come three times" in hands.sees("ada")[-1].text
    await hands.press("ada", "38 →")
    assert hands.sees("ada")[-1].title.startswith("38 · ")


async def test_a_page_is_shared_once_by_its_second_button(hands: Hands) -> None:
    await hands.join("bob")
    await hands.say("ada", "principle", number=5)
    await hands.press("ada", "Share")
    assert hands.sees("bob") == []
    await hands.press("ada", "Post it here")
    await hands.tick()
    assert hands.sees("bob")[-1].title.startswith("5 · ")
    assert hands.sees("bob")[-1].fields["Shared by"].lower() == "ada"


async def test_a_principle_that_is_not_there(hands: Hands) -> None:
    await hands.say("ada", "principle", number=53)
    assert "numbered 1 to 52" in hands.sees("ada")[-1].text
    assert "/principle" in hands.sees("ada")[-1].text


async def test_the_first_thing_that_is_kept_brings_the_question(hands: Hands) -> None:
    await hands.say("ada", "greet", name="Bo", times=1)
    asked = hands.sees("ada")[-1]
    assert asked.private
    assert "I read no messages" in asked.fields["May I write to you?"]
    assert asked.buttons == ("Yes, write to me", "Not now")
    await hands.press("ada", "Not now")
    assert "I will not ask again" in hands.sees("ada")[-1].text
    await hands.say("ada", "greet", name="Bo", times=1)
    assert hands.sees("ada")[-1].buttons == ()


async def test_all_that_is_kept_arrives_as_a_file_and_goes(hands: Hands) -> None:
    wait_for_pictures(hands)  # and for every table to be emptied
    await hands.join("bob")
    await hands.say("ada", "greet", name="Bo", times=1)
    await hands.press("ada", "Yes, write to me")
    await hands.say("ada", "privacy export")
    files = [name for seen in hands.sees("ada") for name in seen.files]
    assert files == ["what-is-kept-about-me.json"]
    await hands.say("ada", "privacy delete")
    await hands.press("ada", "Yes, delete it all")
    assert hands.sees("ada")[-1].title == "Everything about you is deleted"
    await hands.say("ada", "privacy")
    assert hands.sees("ada")[-1].title == "I keep nothing about you"
    assert hands.sees("bob") == []
