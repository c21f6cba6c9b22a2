"""Mails' texts as markup: harmless, and nothing of them is lost."""

import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.archive.transcript import markup
from parley.archive.transcript.markup import TAGS, marker, of_html, of_plain, plainly, text_between_tags
from parley.masking import protected
from tests.transcripts.hostile import PAYLOADS

NOTHING = marker((), contacts=False)
PIECES = [
    *PAYLOADS.values(),
    "<table>",
    "<tr>",
    "<a href=x>",
    "</",
    "'",
    "<p",
    "--",
    "]]>",
    "word ",
    "<title>",
]


class _Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    handle_startendtag = handle_starttag


def is_harmless(text: str) -> bool:
    return all(tag in TAGS and attributes == [] for tag, attributes in _Elements(text).found)


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def finished(source: str, marks: markup.Marker = NOTHING) -> str:
    made = of_html(source)
    assert made is not None
    return markup.finished(made.markup, marks, lambda text: text)


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_no_element_that_does_anything_and_no_attribute_is_left(payload: str) -> None:
    assert is_harmless(finished(payload))


@given(st.lists(st.sampled_from(PIECES)))
def test_no_mixture_of_payloads_leaves_more(pieces: list[str]) -> None:
    assert is_harmless(finished("".join(pieces)))


@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_all_text_between_tags_is_shown_in_one_form_or_the_other(pieces: list[str]) -> None:
    source = "".join(pieces)
    made = of_html(source)
    assert made is not None
    shown = iter(letters(made.swallowed or made.text))
    assert all(character in shown for character in letters(text_between_tags(source)))


@given(st.text())
def test_plain_text_is_text_whatever_it_looks_like(text: str) -> None:
    made = of_plain(text, NOTHING)
    without = re.sub(r"</?span[^>]*>", "", made)
    assert "<" not in without
    assert unescape(without) == markup.cleaned(text)


def test_text_that_the_parser_would_swallow_is_told_beside() -> None:
    made = of_html("<p>one</p><template><p>two</p></template><p>three</p>")
    assert made is not None
    assert "two" not in made.markup
    assert made.swallowed.split() == ["onetwothree"]


def test_text_in_elements_that_are_dropped_stays() -> None:
    made = of_html("<title>a</title><textarea>b</textarea><noscript>c</noscript><button>d</button>")
    assert made is not None
    assert (made.markup, made.swallowed) == ("abcd", "")


def test_scripts_and_styles_are_no_text() -> None:
    made = of_html("<p>one</p><style>p { color: red }</style><script>run()</script><!-- aside -->")
    assert made is not None
    assert (made.text, made.swallowed) == ("one", "")


def test_where_a_link_leads_is_told() -> None:
    made = of_html("<a href='https://shop.example/303' title=x>order</a>")
    assert made is not None
    assert (made.markup, made.links) == ("<a>order</a>", ("https://shop.example/303",))


def test_what_stands_in_a_pictures_place_is_told_in_its_place() -> None:
    made = of_html('I did <img src=x alt="no>t <b>&quot;\n  ever"> pay<img>')
    assert made is not None
    assert made.markup == "I did [image: no&gt;t &lt;b&gt;&quot; ever] pay"
    assert made.text == 'I did [image: no>t <b>" ever] pay'
    assert made.remarks == ()


def test_what_attributes_say_to_people_is_told_beside() -> None:
    made = of_html(
        "<p title='a &amp; b'>x</p><table summary=c><tr><td abbr=d>1</table><abbr title=e>f</abbr>"
        "<area alt=g><input placeholder=h><ol start=4711><li>y</ol><ol start=1></ol><p class=z>"
    )
    assert made is not None
    assert set(made.remarks) == {
        *("[title: a & b]", "[summary: c]", "[abbr: d]", "[title: e]"),
        *("[image: g]", "[placeholder: h]", "[start: 4711]"),
    }


def test_links_beyond_the_limit_are_not_left_out_without_a_word() -> None:
    few, many = (
        of_html("".join(f"<a href=https://x.example/{n}>x</a>" for n in range(count)))
        for count in (markup.MAX_LINKS, markup.MAX_LINKS + 1)
    )
    assert few is not None
    assert many is not None
    assert (len(few.links), few.is_cut) == (len(many.links), False)
    assert many.is_cut


def test_a_heading_of_a_mail_is_none_of_the_page() -> None:
    assert finished("<h1>Order</h1>") == "<p>Order</p>"


def test_an_alias_is_marked_wherever_it_stands_and_tags_are_left_alone() -> None:
    marks = marker(("s-9q4t@relay.example",), contacts=False)
    assert finished("<b>S-9q4t@relay.example</b>", marks) == "<b><mark>S-9q4t@relay.example</mark></b>"
    assert of_plain("to s-9q4t@relay.example", marks) == "to <mark>s-9q4t@relay.example</mark>"


def test_stars_are_a_mask_only_where_something_was_masked() -> None:
    assert of_plain("great ***", marker((), contacts=False)) == "great ***"
    assert of_plain("call ***", marker((), contacts=True)) == 'call <mark class="mask">***</mark>'


def test_masks_are_those_that_masking_writes() -> None:
    assert markup.MASKED_MAILBOX == protected.MASKED_MAILBOX
    assert markup.MASKED_DOMAIN == protected.MASKED_DOMAIN
    assert markup.MASKED_CONTACT == protected.MASKED_CONTACT


def test_quoted_lines_are_told_apart() -> None:
    assert of_plain("yes\n> no?", NOTHING) == 'yes\n<span class="quoted">&gt; no?</span>'


def test_a_name_cannot_turn_around_its_ending() -> None:
    assert plainly("invoice\u202efdp.exe\u200b\n") == "invoice[U+202E]fdp.exe[U+200B][U+000A]"


def test_no_control_character_and_no_lone_surrogate_is_left() -> None:
    assert markup.cleaned("a\0b\x1b[0m\ud800\tc\n") == "a\ufffdb\ufffd[0m\ufffd\tc\n"


@pytest.mark.parametrize(
    "hostile",
    ["<style" * 30_000, "<!--" * 40_000, "<script><" * 15_000, "&" * 200_000, "<a href=x>" * 20_000],
    ids=["styles", "comments", "scripts", "ampersands", "links"],
)
def test_hostile_html_is_read_in_linear_time(hostile: str) -> None:
    text_between_tags(hostile)
    began = time.process_time()
    text_between_tags(hostile)
    assert time.process_time() - began < 0.5


def test_html_that_is_too_large_has_no_markup() -> None:
    assert of_html("<p>" * 60_000) is None
    assert of_html("x" * 900_000) is None


def test_an_author_cannot_mark_a_text_as_masked() -> None:
    assert finished("<mark>me</mark> <b>you</b>") == "me <b>you</b>"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("evil\u202egnp.exe", "evil[U+202E]gnp.exe"),
        ("pay\u200bpal", "pay[U+200B]pal"),
        ("x\U000e0041y", "x[U+E0041]y"),
        ("a\u200db", "a[U+200D]b"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
    ],
)
def test_what_turns_or_hides_a_text_is_written_out(text: str, told: str) -> None:
    assert of_plain(text, NOTHING) == told
    assert finished(f"<p>{text}</p>") == f"<p>{told}</p>"


def test_what_a_reference_hides_is_written_out() -> None:
    assert finished("a&#8238;b&#x200b;c") == "a[U+202E]b[U+200B]c"


def test_what_stands_on_lines_of_its_own_does_not_run_together() -> None:
    assert markup.text_of("<p>on<b>e</b></p><p>two</p>").split() == ["one", "two"]
