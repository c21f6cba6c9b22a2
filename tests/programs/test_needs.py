"""A machine without a program skips its tests, and says which package has it."""

import pytest

from tests.programs import needs


def test_a_missing_program_skips_the_test_and_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(pytest.skip.Exception, match="apt-get install dovecot-imapd"):
        needs.program("dovecot", package="dovecot-imapd")


def test_a_missing_part_of_a_program_skips_the_test_and_names_the_package() -> None:
    with pytest.raises(pytest.skip.Exception, match="apt-get install postfix"):
        needs.part("*/sasl2/none-such.so", package="postfix")


def test_a_program_whose_package_is_not_listed_is_an_error() -> None:
    """It would be missing where tests are run for everybody, and skipped there without a word."""
    with pytest.raises(LookupError, match=r"cowsay is not in packages\.txt"):
        needs.program("cowsay")


def test_every_listed_package_has_a_purpose() -> None:
    assert all(needs.packages().values())
    assert "neomutt" in needs.packages()
