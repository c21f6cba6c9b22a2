"""Whatever HTML holds, only listed elements and attributes go out, and nothing in them loads or runs."""

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.masking.attributes import ATTRIBUTES, TAGS
from parley.masking.hypertext import mask_html
from tests.unit.masking.test_html import STANDARD
from tests.unit.masking.test_text import OWN_DOMAIN

_FOREIGN = (
    "svg",
    "math",
    "mtext",
    "mglyph",
    "foreignObject",
    "annotation-xml",
    "x-line",
    "o:p",
    "html",
    "body",
)
_NAMES = st.sampled_from((*sorted(STANDARD), *_FOREIGN))
_PIECES = st.one_of(
    _NAMES.map("<{}>".format),
    _NAMES.map("</{}>".format),
    _NAMES.map(
        "<{} title='<script>' background=//t.example/x style='background:url(//t.example/x)'/>".format
    ),
    st.sampled_from(
        (
            "<img src=//t.example/x onerror=x()>",
            "&lt;img src=//t.example/x onerror=x()&gt;",
            "<style><img src=//t.example/x></style>",
            "<p title='</xmp></noscript><img src=//t.example/x>'>",
            "<a href='javascript:x()'>Wort</a>",
            "<!--",
            "-->",
            "]]>",
            "Wort",
        )
    ),
)
_OURS = {"html", "body"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.unlisted: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS | _OURS:
            self.unlisted.append(tag)
        for name, value in attrs:
            is_loading = name != "title" and "t.example" in (value or "")
            if name not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) or is_loading:
                self.unlisted.append(f"{tag} {name}")


@given(st.lists(_PIECES, max_size=14).map("".join))
@settings(max_examples=300, deadline=None)
def test_nothing_goes_out_that_is_not_listed(html: str) -> None:
    result = mask_html(html, OWN_DOMAIN, {})
    tags = _Tags()
    tags.feed(result.text if result.is_html else "")
    assert tags.unlisted == []
