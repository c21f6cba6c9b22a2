"""Style sheets: what lays a mail out stays, what loads, covers or writes goes."""

import pytest

from parley.masking.hypertext import mask_html
from parley.masking.styles import safe_style
from parley.masking.stylesheets import MAX_SHEET, frame, kept_rules, style_sheets
from tests.unit.masking.test_text import OWN_DOMAIN

MAILBOX = "anna.kaeufer@privatmail.example"


def sheet(css: str) -> str:
    return kept_rules(tuple(style_sheets(f"<style>{css}</style>")))


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (
            "<!--\np.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt;}\n-->",
            "margin:0cm;font-size:11.0pt",
        ),
        ('p {font-family:"Segoe UI",sans-serif;}', 'font-family:"Segoe UI",sans-serif'),
        ("a:link { COLOR: #0563C1 !important }", "color:#0563C1 !important"),
        ("td > p { width: calc(100% - 2px) }", "width:calc(100% - 2px)"),
        ("/* why */ p /* here */ { color: red }", "color:red"),
        ("@font-face { font-family: x; src: url(y) } p { color: red }", "color:red"),
        ("@import 'x.css'; p { color: red }", "color:red"),
        ("@list l0:level1 { mso-level-text: '}' } p { color: red }", "color:red"),
        ("p { background: #fff url(https://t.example/x.png) no-repeat }", "background:#fff none no-repeat"),
    ],
)
def test_what_lays_out_stays(css: str, kept: str) -> None:
    assert f"{{{kept}}}" in sheet(css)


@pytest.mark.parametrize(
    "css",
    [
        "p { background: url(https://t.example/x) }",
        "p { background: u\\72l(https://t.example/x) }",
        "p { background: url(https://t.example/x }",
        "p { background-image: image-set('https://t.example/x' 1x) }",
        "p { background: ur/**/l(https://t.example/x) }",
        "@import url(https://t.example/x);",
        "@font-face { font-family: x; src: url(https://t.example/x) }",
        "p:after { content: 'text that nobody wrote' }",
        "p { position: fixed; behavior: expression(alert(1)); -moz-binding: none }",
        'a[href*="a"] { color: red }',
        "@media screen { @import 'x'; }",
        "@supports (color: red) { p { color: red } }",
        "p { color: red",
        "} p { color: red }",
    ],
)
def test_what_loads_covers_or_writes_goes(css: str) -> None:
    assert sheet(css) == ""


def test_rules_for_small_screens_stay_rules_for_small_screens() -> None:
    css = "@media only screen and (max-width:600px) { .col { width:100% } } td { color: red }"
    assert sheet(css) == "@media only screen and (max-width:600px){.col{width:100%}\n}\ntd{color:red}\n"


def test_rules_in_comments_are_none() -> None:
    assert list(style_sheets("<!--[if mso]><style>p { color: red }</style><![endif]-->")) == []
    assert list(style_sheets("<!--[if !mso]><!--><style>p {}</style><!--<![endif]-->")) == ["p {}"]


def test_a_rule_cannot_end_its_element() -> None:
    assert "<" not in sheet("p { font-family: '</style ><script>' } </style><b> { color: red }")


def test_a_body_keeps_its_colours_class_and_doctype() -> None:
    body = '<body class=hmmessage bgcolor="#ffffcc" onload="x()" style="margin:0;top:0">x</body>'
    page = f"<!DOCTYPE html><html>{body}"
    kept = '<!DOCTYPE html><html><body class="hmmessage" bgcolor="#ffffcc" style="margin:0">'
    assert frame(page, (), lambda _: None) == kept
    assert mask_html(page, OWN_DOMAIN, {}).text == kept + "x</body></html>"


def test_a_document_with_nothing_to_keep_goes_out_as_its_content() -> None:
    assert mask_html("<html><head></head><body>x</body></html>", OWN_DOMAIN, {}).text == "x"


@pytest.mark.parametrize(
    "page",
    [
        f"<style>p {{ font-family: '{MAILBOX.partition('@')[2]}' }}</style><p>Hallo</p>",
        "<style>.YW5uYS5rYWV1ZmVyQHByaXZhdG1haWwuZXhhbXBsZQ { color: red }</style><p>Hallo</p>",
        "<body class='YW5uYS5rYWV1ZmVyQHByaXZhdG1haWwuZXhhbXBsZQ'><p>Hallo</p>",
    ],
)
def test_a_sheet_or_body_that_names_somebody_goes(page: str) -> None:
    result = mask_html(page, OWN_DOMAIN, {})
    assert (result.text, result.protected) == ("<p>Hallo</p>", 1)


def test_sheets_that_no_program_writes_go() -> None:
    assert sheet("p { color: red }\n" * (MAX_SHEET // 10)) == ""


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color:red", "color:red"),
        ("text-decoration:none;background:url(x)", "text-decoration:none"),
        ("background:#fff url('x') no-repeat;color:red", "background:#fff none no-repeat;color:red"),
        ("background:url(x;color:red", "color:red"),
        ("width:expression(alert(1))", ""),
    ],
)
def test_a_style_attribute_loses_what_it_loads_alone(style: str, kept: str) -> None:
    assert safe_style(style) == kept
