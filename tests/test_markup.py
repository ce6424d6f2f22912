"""What people type stays what they typed, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup import (
    channel,
    moment,
    one_line,
    page_links_as_words,
    parse,
    plain,
    shorten,
    text_of,
)

RUDE = st.text(st.sampled_from("*_`[]()<>@#!|~:/\\&-+.1 \nax\u202e\x00"), max_size=60) | st.text()


@given(RUDE)
def test_plain_text_is_inert(text: str) -> None:
    shown = parse(plain(text))
    assert text_of(plain(text)) == one_line(text, 1000)
    for block in shown:
        assert block.kind == "paragraph"
        for span in block.spans:
            assert (span.strong, span.emphasis, span.code) == (False, False, False)
            assert (span.link, span.time) == (None, None)


@given(RUDE)
def test_no_text_breaks_the_parser(text: str) -> None:
    for block in parse(text):
        for span in block.spans:
            assert span.link is None or span.link.startswith(("http://", "https://"))


@given(st.text(), st.integers(5, 50))
def test_shortened_text_fits(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
    assert text.startswith(shorten(text, limit).removesuffix("…"))


def test_a_list_keeps_its_numbers_and_styles() -> None:
    first, second = parse("3. **Go** slow\n4. [x](https://example.org)")
    assert (first.kind, first.mark, first.text) == ("item", "3.", "Go slow")
    assert first.spans[0].strong
    assert second.spans[0].link == "https://example.org"


def test_a_moment_carries_its_seconds() -> None:
    (block,) = parse(f"On {moment('Friday, 18:30', 1765564200)}.")
    assert [(s.text, s.time) for s in block.spans][1] == ("Friday, 18:30", 1765564200)


@given(RUDE, st.text("aC09#-_/ü", min_size=1))
def test_a_channel_carries_its_id_under_any_name(name: str, id_: str) -> None:
    (block,) = parse(channel(name, "discord", id_))
    assert {span.channel for span in block.spans} == {("discord", id_)}
    assert block.text == one_line(f"#{name}" if name else id_, 100)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_addresses_are_links(link: str) -> None:
    assert text_of(f"[x]({link})") == f"[x]({link})"


def test_links_between_pages_become_words() -> None:
    text = (
        "See [44](44-settle.md), a [follow-up](45-follow.md) and [3](../chapters/03-weak-ties.md)."
    )
    assert page_links_as_words(text) == (
        "See principle 44, a follow-up (principle 45) and chapter 3."
    )
