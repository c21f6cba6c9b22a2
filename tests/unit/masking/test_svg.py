"""SVG pictures lose what runs or loads, and keep what is drawn."""

import pytest

from parley.mail.text import UnreadableText
from parley.masking.matcher import matcher_for
from parley.masking.svg import mask_svg
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for
from tests.unit.masking.probes import MAILBOX

MATCHER = matcher_for(protected_for(BUYER_TO_SELLER), RELAY_DOMAIN)
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(content: str, attributes: str = "") -> str:
    return f"<svg {NAMESPACES}{attributes}>{content}</svg>"


def shown(content: str, attributes: str = "") -> str:
    return mask_svg(svg(content, attributes), MATCHER).text


@pytest.mark.parametrize(
    "content",
    [
        "<script>steal()</script>",
        "<svg:script xmlns:svg='http://www.w3.org/2000/svg'>steal()</svg:script>",
        "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>steal()</h:script>",
        "<foreignObject><iframe src='https://steal.example'/></foreignObject>",
        "<g onload='steal()'/>",
        "<g ONCLICK='steal()'/>",
        "<a href='javascript:steal()'><text>x</text></a>",
        "<a xlink:href=' java&#115;cript:steal()'/>",
        "<image href='https://steal.example/pixel.png'/>",
        "<image xlink:href='//steal.example/pixel.png'/>",
        "<use href='https://steal.example/a.svg#x'/>",
        "<feImage href='data:image/svg+xml,&lt;svg onload=steal()/>'/>",
        "<set attributeName='href' to='javascript:steal()'/>",
        "<animate attributeName=' xlink:href ' values='javascript:steal()'/>",
        "<style>@import 'https://steal.example/a.css';</style>",
        "<style>g { fill: url(https://steal.example/a.svg#x) }</style>",
        "<style>g { fill: ur<![CDATA[l(https://steal.example)]]> }</style>",
        "<style>g { fill: \\75rl(https://steal.example) }</style>",
        "<rect fill='url( \"https://steal.example/a.svg#x\")'/>",
        "<rect style='fill: url(//steal.example)'/>",
        "<handler type='application/ecmascript'>steal()</handler>",
        "<metadata><dc:creator>steal</dc:creator></metadata>",
        "<?xml-stylesheet href='https://steal.example/a.css'?>",
        "<g inkscape:export-filename='/home/steal/a.png'/>",
        "<g xml:base='https://steal.example/'/>",
    ],
)
def test_what_runs_or_loads_or_names_its_author_goes(content: str) -> None:
    assert "steal" not in shown(content)
    assert shown(content).startswith("<svg ")


@pytest.mark.parametrize(
    "content",
    [
        "<g id='a'><path d='M0 0 L1 1' fill='url(#b)'/></g>",
        "<linearGradient id='b'><stop offset='5%' stop-color='red'/></linearGradient><use xlink:href='#a'/>",
        "<image href='data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'/>",
        "<style>.a { fill: url(#b); font-family: Arial }</style><text class='a'>Grüße &amp; mehr</text>",
        "<a href='https://shop.example/artikel'><text>Artikel</text></a>",
        "<!-- drawn by hand --><circle r='1'/>",
    ],
)
def test_a_picture_in_which_nothing_has_to_go_stays_character_for_character(content: str) -> None:
    assert shown(content) == svg(content)


def test_a_picture_that_is_written_anew_reads_the_same_in_every_charset() -> None:
    assert shown("<script/><text>Grüße &lt;b&gt; 日</text>").endswith(
        "<text>Gr&#252;&#223;e &lt;b&gt; &#26085;</text></svg>"
    )


def test_a_mailbox_that_tags_hide_is_masked() -> None:
    name, _, domain = MAILBOX.partition("@")
    masked = mask_svg(svg(f"<text>{name}<tspan>@{domain}</tspan></text><script/>"), MATCHER)
    assert domain not in masked.text
    assert masked.protected


def test_names_of_namespaces_shortened_by_a_drawing_program_are_understood() -> None:
    declared = '<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>'
    masked = mask_svg(f'{declared}<svg xmlns="&ns_svg;"><g/></svg>', MATCHER)
    assert masked.text == '<svg xmlns="http://www.w3.org/2000/svg"><g></g></svg>'


@pytest.mark.parametrize(
    "text",
    [
        "<svg><g></svg>",
        "<svg onload=steal()>",
        "<svg/><svg/>",
        "<svg>&nbsp;</svg>",
        "",
        '<!DOCTYPE svg [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        f'<!DOCTYPE svg [<!ENTITY a "{"x" * 900}">]><svg>{"&a;" * 10_000}</svg>',
        '<!DOCTYPE svg [<!ENTITY a "<script>steal()</script>">]><svg>&a;</svg>',
    ],
)
def test_what_programs_would_read_differently_is_held(text: str) -> None:
    with pytest.raises(UnreadableText):
        mask_svg(text, MATCHER)


@pytest.mark.parametrize(
    "hidden", ["display='none'", "style='visibility:hidden'", "opacity='0'", "font-size='0'"]
)
def test_a_hidden_piece_of_a_line_goes(hidden: str) -> None:
    line = f"<text>anna.kaeufer@privat<tspan {hidden}> und </tspan>mail.example</text>"
    assert "<text>b-7K2M@relay.example</text>" in shown(line)
