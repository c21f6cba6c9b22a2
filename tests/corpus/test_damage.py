"""I6 over every scenario and sample: what no rule touches comes out as it went in, and every other
difference has a reason. `tools.damage` measures it; mails which are damaged on purpose show that it notices.
"""

import json
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from parley.conversation.messages import State
from parley.relaying.decide import Relay, decide
from parley.screening.policy import CODES, DEFAULT_POLICY
from sandbox.preview import read_setup
from sandbox.trial import Setup, arrival_of
from tools.damage import __main__ as command
from tools.damage import sources
from tools.damage.comparing import Compared, Comparison, Fate
from tools.damage.hidden import Secrets
from tools.damage.reader import Leaf, leaves
from tools.damage.reasons import WIDE, Explainer
from tools.damage.relaying import Source, tried, try_mail
from tools.damage.report import meaning, ordinary, page
from tools.damage.sources import samples, scenarios

ORDINARY_SHARE = 0.95


def mails() -> list[Any]:
    """Every scenario and sample; one that is skipped where the samples are not there."""
    beside: list[Any] = [pytest.param(one, id=one.name) for one in samples()]
    missing = pytest.mark.skip(reason="no sample corpus lies beside the project")
    return [pytest.param(one, id=one.name) for one in scenarios()] + (
        beside or [pytest.param(None, id="samples", marks=missing)]
    )


every_mail = pytest.mark.parametrize("source", mails())


@pytest.fixture(scope="module")
def setup() -> Setup:
    return read_setup([])


@every_mail
def test_every_difference_has_a_reason(source: Source, setup: Setup) -> None:
    outcome, codes, parts = try_mail(source.path.read_bytes(), setup)
    assert [(part.place, part.damage) for part in parts if part.damage] == []
    assert all(meaning(reason) for part in parts for reason in part.reasons)
    assert parts or (outcome is not State.RELAYED and codes)


@every_mail
def test_parts_that_no_rule_touches_decode_to_the_same_octets(source: Source, setup: Setup) -> None:
    raw = source.path.read_bytes()
    decision = decide(arrival_of(raw, setup), DEFAULT_POLICY)
    if not isinstance(decision.outcome, Relay):
        assert decision.codes
        return
    touched = {finding.place.removeprefix("part:") for finding in decision.findings if finding.place}
    untouched = [octets(leaf) for leaf in leaves(raw) if not leaf.is_html and leaf.place not in touched]
    left = iter([octets(leaf) for leaf in leaves(decision.outcome.outgoing)])
    # `in` moves on: they must stand there in their order.
    assert [content for content in untouched if content not in left] == []


def octets(leaf: Leaf) -> bytes:
    """RFC 2046 §4.1.1: in a text, CRLF is what ends a line; all other octets count as they are."""
    if not leaf.is_text:
        return leaf.content
    return leaf.content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def test_ordinary_mail_is_relayed(setup: Setup) -> None:
    relayed, wanted = ordinary(tried(scenarios(), setup))
    assert wanted >= 17
    assert relayed >= ORDINARY_SHARE * wanted


# That damage is noticed: mails as they came, and as a relay with a bug would send them.

BUYER, ALIAS = "anna@privatmail.example", "b-1@relay.example"
TEXT = f"Grüße aus Köln,\n\nAnna <{BUYER}> schreibt:\nbitte anrufen.\nDanke!\n"
MASKED = TEXT.replace(BUYER, ALIAS)
HTML = '<p>Hallo <a href="https://shop.example/a">hier</a><img src="cid:p"></p><script>x()</script>'
CLEAN = '<p>Hallo <a href="https://shop.example/a">hier</a><img src="cid:p"></p>'
FILE, OTHER = b"%PDF-1.4 " + bytes(range(256)), b"\x00\x01" * 200
WITH_MASK = {"1.1.1": frozenset({"protected-masked"})}


def a_mail(
    *,
    text: str = TEXT,
    html: str = HTML,
    files: tuple[tuple[str, bytes], ...] = (("a.pdf", FILE), ("b.pdf", OTHER)),
    subject: str = "Köln",
    alternative: bool = True,
) -> bytes:
    """Mixed of (alternative of text and HTML) and files; the picture is the first file."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = BUYER, subject
    mail.set_content(text)
    if alternative:
        mail.add_alternative(html, subtype="html")
    mail.make_mixed()
    if not alternative:
        mail.add_attachment(html, subtype="html", disposition="inline")
    for number, (name, content) in enumerate(files):
        content_id = "<p>" if number == 0 else None
        mail.add_attachment(content, "application", "pdf", filename=name, cid=content_id)
    return mail.as_bytes()


def compared(outgoing: bytes, codes: dict[str, frozenset[str]] = WITH_MASK) -> list[Compared]:
    explainer = Explainer(
        Secrets(frozenset({BUYER}), frozenset({"privatmail.example"})), (ALIAS, "relay.example", "***@***")
    )
    return Comparison(codes, explainer).parts(a_mail(), outgoing)


def damaged(outgoing: bytes, codes: dict[str, frozenset[str]] = WITH_MASK) -> list[str]:
    return [part.place for part in compared(outgoing, codes) if part.fate is Fate.DAMAGED]


def test_a_mail_that_is_only_masked_and_sanitised_is_not_damaged() -> None:
    fates = {part.place: (part.fate, part.reasons) for part in compared(a_mail(text=MASKED, html=CLEAN))}
    assert fates == {
        "subject": (Fate.IDENTICAL, ()),
        "1.1.1": (Fate.CHANGED, ("protected-masked",)),
        "1.1.2": (Fate.CHANGED, ("html: scripts",)),
        "1.2": (Fate.IDENTICAL, ()),
        "1.3": (Fate.IDENTICAL, ()),
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(MASKED.removesuffix("Danke!\n"), id="its last line lost"),
        pytest.param(MASKED.removesuffix("!\n"), id="its last character lost"),
        pytest.param(MASKED.replace("Grüße", "Gre"), id="umlauts lost"),
        pytest.param(MASKED.replace("Köln", "KÃ¶ln"), id="read in another charset"),
        pytest.param(MASKED.replace("\n\n", "\n"), id="an empty line lost"),
        pytest.param(MASKED.replace(f"Anna <{ALIAS}> schreibt", ALIAS), id="words beside the mailbox lost"),
        pytest.param(MASKED + "Noch etwas.\n", id="a line too many"),
        pytest.param("", id="all of it lost"),
    ],
)
def test_a_damaged_text_is_noticed(text: str) -> None:
    assert damaged(a_mail(text=text, html=CLEAN)) == ["1.1.1"]


def test_a_masked_text_without_a_finding_is_damage() -> None:
    assert damaged(a_mail(text=MASKED, html=CLEAN), {}) == ["1.1.1"]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(CLEAN.replace("Hallo", "Hllo"), id="a letter lost"),
        pytest.param(CLEAN.replace("shop.example/a", "shop.example/b"), id="a link leads elsewhere"),
        pytest.param(CLEAN.replace('href="https://shop.example/a"', ""), id="a link lost"),
        pytest.param(CLEAN.replace('<img src="cid:p">', ""), id="a picture lost"),
        pytest.param(CLEAN.replace("cid:p", "cid:q"), id="a picture that refers to nothing"),
    ],
)
def test_damaged_html_is_noticed(html: str) -> None:
    assert damaged(a_mail(text=MASKED, html=html)) == ["1.1.2"]


@pytest.mark.parametrize(
    ("files", "noticed"),
    [
        pytest.param([("a.pdf", FILE[:-1] + b"x"), ("b.pdf", OTHER)], ["1.2"], id="an octet changed"),
        pytest.param([("a.pdf", FILE + b"\n"), ("b.pdf", OTHER)], ["1.2"], id="an octet too many"),
        pytest.param([("a.pdf", FILE)], ["1.3"], id="a part dropped"),
        pytest.param([("b.pdf", OTHER), ("a.pdf", FILE)], ["1.2", "1.3"], id="parts swapped"),
        pytest.param([("a.pdf", FILE), ("c.pdf", OTHER)], ["1.3"], id="a name changed"),
        pytest.param([("a.pdf", FILE), ("b.pdf", OTHER), ("c.pdf", b"c")], ["1.4"], id="a part too many"),
    ],
)
def test_damage_to_files_is_noticed(files: list[tuple[str, bytes]], noticed: list[str]) -> None:
    assert damaged(a_mail(text=MASKED, html=CLEAN, files=tuple(files))) == noticed


def test_swapped_files_are_noticed_though_each_may_have_been_changed() -> None:
    codes = WITH_MASK | dict.fromkeys(("1.2", "1.3"), frozenset({"image-metadata-removed"}))
    swapped = a_mail(text=MASKED, html=CLEAN, files=(("b.pdf", OTHER), ("a.pdf", FILE)))
    assert damaged(swapped, codes) == ["1.2", "1.3"]


def test_a_changed_subject_is_noticed() -> None:
    assert damaged(a_mail(text=MASKED, html=CLEAN, subject="Koln")) == ["subject"]


def test_alternatives_that_are_shown_one_after_the_other_are_noticed() -> None:
    assert damaged(a_mail(text=MASKED, html=CLEAN, alternative=False)) == ["1.1.1", "1.1.2"]


def test_a_finding_at_one_part_explains_nothing_at_another() -> None:
    codes = WITH_MASK | {"1.3": frozenset({"image-metadata-removed"})}
    outgoing = a_mail(text=MASKED, html=CLEAN, files=(("a.pdf", FILE[1:]), ("b.pdf", OTHER)))
    assert damaged(outgoing, codes) == ["1.2"]


def test_a_link_that_went_with_the_mailbox_in_it_is_told_apart() -> None:
    link = "https://t.example/?m=YW5uYUBwcml2YXRtYWlsLmV4YW1wbGU="
    before, after = a_mail(text=f"Hier: {link} ja\n"), a_mail(text="Hier: masked.invalid ja\n")
    explainer = Explainer(Secrets(frozenset({BUYER}), frozenset()), ("masked.invalid",))
    parts = Comparison(WITH_MASK, explainer).parts(before, after)
    assert [part.reasons for part in parts if part.place == "1.1.1"] == [("protected-masked" + WIDE,)]


def test_the_page_quotes_no_mail(setup: Setup) -> None:
    written = page(list(tried(scenarios(), setup)))
    assert "kaeufer" not in written
    assert "mueller" not in written
    assert "**none**" not in written
    assert {"001-outlook-en-text-quote", "protected-masked"} <= set(written.split("`"))


def test_the_command_goes_without_the_samples_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sources, "SAMPLES", tmp_path / "nowhere")
    monkeypatch.setattr(command, "DOCUMENT", tmp_path / "damage.md")
    monkeypatch.setattr(sys, "argv", ["damage"])
    assert command.main() == 0
    assert "no sample corpus lies beside the project" in capsys.readouterr().out
    assert not (tmp_path / "damage.md").exists()


def test_the_command_tries_mails_that_are_given_and_answers_in_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.eml").write_bytes(a_mail())
    monkeypatch.setattr(sources, "SAMPLES", tmp_path / "nowhere")
    monkeypatch.setattr(sys, "argv", ["damage", "--json", str(tmp_path / "mine.eml")])
    assert command.main() == 0
    last = json.loads(capsys.readouterr().out)[-1]
    assert (last["mail"], last["outcome"]) == ("mine.eml", "relayed")
    assert {reason for part in last["parts"] for reason in part["reasons"]} <= {*CODES, "html: scripts"}
