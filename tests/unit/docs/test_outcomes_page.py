from tools.outcomes import PAGE, page


def test_the_page_of_outcomes_is_the_table_of_codes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run .venv/bin/python -m tools.outcomes"
