"""docs/queries.md says what the queries say, and answers."""

from tools.queries import PAGE, page


def test_the_page_of_queries_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run .venv/bin/python -m tools.queries"
