"""Every seed again, and a few hundred random and damaged mails that are the same in every run."""

from pathlib import Path
from random import Random

import pytest

from tests.fuzz.judge import Judge
from tests.fuzz.mails import Case, random_mail
from tests.fuzz.mutations import mutated_mail
from tests.fuzz.seeds import load, store, stored
from tests.fuzz.target import Trial, examine
from tests.fuzz.wellformed import Trouble

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*/in.eml"))
RANDOM, DAMAGED = 200, 300
SECRET = "anna.kaeufer@privatmail.example"
JUDGE = Judge(frozenset({SECRET}), frozenset({"privatmail.example"}), "shop@haendler.example")


def troubles(trial: Trial) -> list[Trouble]:
    """Time is measured by the benchmark, on a machine that does nothing else."""
    return [trouble for trouble in trial.troubles if trouble.kind != "slow"]


@pytest.mark.parametrize("path", list(stored()), ids=lambda path: path.stem)
def test_what_once_made_trouble_makes_none(path: Path) -> None:
    assert troubles(examine(load(path))) == []


@pytest.mark.slow
def test_random_mails_by_the_rules_are_relayed_whole_and_without_a_leak() -> None:
    for number in range(RANDOM):
        trial = examine(random_mail(Random(f"random {number}")))
        assert (number, troubles(trial)) == (number, [])


@pytest.mark.slow
def test_damaged_mails_neither_leak_nor_raise() -> None:
    samples = [path.read_bytes() for path in GOLDEN]
    for number in range(DAMAGED):
        trial = examine(mutated_mail(Random(f"damaged {number}"), samples))
        assert (number, troubles(trial)) == (number, [])


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        SECRET.upper(),
        "anna.kaeufer&#64;privatmail.example",
        "anna.kaeufer%2540privatmail.example",
        "<b>anna</b>.kaeufer@privat<wbr>mail.example",
        "anna.kaeufer@\r\n> privatmail.example",
        "https://t.example/?x=YW5uYS5rYWV1ZmVyQHByaXZhdG1haWwuZXhhbXBsZQ",
        "616e6e612e6b61657566657240707269766174",
        "x@mail.privatmail.example",
        "anna.kaeufer=privatmail.example@list.example",
    ],
)
def test_the_judge_sees_through(text: str) -> None:
    if text.startswith("616e"):
        text += "6d61696c2e6578616d706c65"
    mail = f"To: shop@haendler.example\r\nContent-Type: text/html\r\n\r\n<p>{text}</p>\r\n"
    assert JUDGE.sightings(mail.encode())


@pytest.mark.parametrize(
    "text", ["joanna.kaeufer@web.example", "privatmail.example.org", "myprivatmail.example"]
)
def test_the_judge_does_not_take_somebody_else_for_her(text: str) -> None:
    assert not JUDGE.sightings(
        f"To: {SECRET}\r\n\r\n{text}\r\n".encode().replace(SECRET.encode(), b"x@y.example")
    )


def test_the_judge_lets_the_addressee_stand_in_to_alone() -> None:
    judge = Judge(frozenset({SECRET}), frozenset(), SECRET)
    assert not judge.sightings(f"To: {SECRET}\r\n\r\nHello\r\n".encode())
    assert judge.sightings(f"To: {SECRET}\r\nCc: {SECRET}\r\n\r\nHello\r\n".encode())


def test_a_stored_seed_is_the_same_case_when_it_is_read_again(tmp_path: Path) -> None:
    case = random_mail(Random(1))
    kept = load(store(case, "leak", "for example", tmp_path))
    assert (kept.raw, kept.parties, kept.texts) == (case.raw, case.parties, case.texts)


def test_a_mail_that_shows_a_secret_is_trouble_to_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    case = random_mail(Random(2))
    monkeypatch.setattr("tests.fuzz.target.decide", _sends_as_it_is)
    assert "leak" in {trouble.kind for trouble in examine(case).troubles}


def _sends_as_it_is(arrived: object, policy: object) -> object:
    from parley.relaying.decide import Decision, Relay

    raw: bytes = arrived.raw  # type: ignore[attr-defined]
    return Decision(outcome=Relay(raw), codes=(), findings=())


def test_the_same_number_gives_the_same_mail() -> None:
    assert random_mail(Random("x")) == random_mail(Random("x"))
    assert isinstance(mutated_mail(Random("x"), []), Case)
