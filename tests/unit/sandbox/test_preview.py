"""The preview, as a person calls it."""

import argparse
import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.preview import add_command

ROOT = Path(__file__).parents[3]
ANNA = "anna.kaeufer@privatmail.example"
SHOP = "shop@haendler-mueller.example"


Ended = subprocess.CompletedProcess[str]


def preview(*arguments: str | Path) -> Ended:
    """The command in this process: starting Python takes longer than what it does."""
    parser = argparse.ArgumentParser(prog="python -m sandbox")
    add_command(parser.add_subparsers())
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            given = parser.parse_args(["preview", *map(str, arguments)])
            status = given.run(parser, given)
        except SystemExit as ended:
            status = ended.code
    return Ended(arguments, status, out.getvalue(), err.getvalue())


def program(*arguments: str | Path) -> Ended:
    command = [sys.executable, "-m", "sandbox", "preview", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def lines(*arguments: str | Path, by: Callable[..., Ended] = preview) -> list[dict[str, object]]:
    done = by(*arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def write(folder: Path, name: str, author: str, extra: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(f"From: {author}\r\n{extra}Subject: s\r\n\r\nMy mailbox is {author}\r\n".encode())
    return path


def test_hundreds_of_files_get_a_line_each_and_a_bad_one_stops_nobody(tmp_path: Path) -> None:
    mails = [write(tmp_path, f"{n}.eml", ANNA) for n in range(300)]
    bad = tmp_path / "bad.json"
    bad.write_text('{"not": "a mail"}')
    result = lines("--out", tmp_path / "out", *mails[:150], bad, tmp_path / "missing.eml", *mails[150:])
    assert [line["outcome"] for line in result] == ["relayed"] * 150 + ["held"] * 2 + ["relayed"] * 150
    assert result[150]["codes"] == result[151]["codes"] == ["not-a-mail"]
    assert result[150]["out"] is None


def test_a_line_tells_everything(tmp_path: Path) -> None:
    mail = write(tmp_path, "a.eml", SHOP)
    (line,) = lines("--out", tmp_path / "out", mail)
    written = Path(str(line["out"])).read_bytes()
    assert line["file"] == str(mail)
    assert line["direction"] == "seller_to_buyer"
    assert (line["bytes_in"], line["bytes_out"]) == (mail.stat().st_size, len(written))
    assert float(str(line["cpu_ms"])) > 0
    assert b"From: =?utf-8?" in written
    assert b"<s-9Q4T@relay.example>" in written
    assert b"haendler-mueller" not in written
    assert f"To: {ANNA}\r\n".encode() in written


def test_files_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    mails = [write(tmp_path / str(n), "same.eml", ANNA) for n in range(3)]
    result = lines("--out", tmp_path / "out", *mails)
    assert [Path(str(line["out"])).name for line in result] == ["same.eml", "same~2.eml", "same~3.eml"]


def test_an_author_whom_nobody_knows_is_treated_as_the_buyer_and_protected(tmp_path: Path) -> None:
    mail = write(tmp_path, "a.eml", "carol@fourth.example", "Reply-To: c.office@fifth.example\r\n")
    (line,) = lines("--out", tmp_path / "out", mail)
    written = Path(str(line["out"])).read_bytes()
    assert line["direction"] == "buyer_to_seller"
    assert b"fourth.example" not in written
    assert b"fifth.example" not in written


def test_a_direction_that_is_given_makes_everybody_else_a_stranger(tmp_path: Path) -> None:
    mail = write(tmp_path, "a.eml", ANNA)
    (line,) = lines("--out", tmp_path / "out", "--direction", "seller_to_buyer", mail)
    assert (line["outcome"], line["codes"]) == ("refused", ["own-alias"])


@pytest.mark.parametrize(
    ("verdicts", "outcome", "codes"),
    [
        ({"spam": "FAIL"}, "held", ["spam"]),
        ({"dmarcVerdict": {"status": "FAIL"}}, "refused", ["not-authenticated"]),
        ({"dmarc": "GRAY"}, "relayed", ["protected-masked"]),
    ],
)
def test_verdicts_can_be_given(tmp_path: Path, verdicts: object, outcome: str, codes: list[str]) -> None:
    file = tmp_path / "verdicts.json"
    file.write_text(json.dumps(verdicts))
    (line,) = lines("--out", tmp_path / "out", "--verdicts", file, write(tmp_path, "a.eml", ANNA))
    assert (line["outcome"], line["codes"]) == (outcome, codes)


def test_the_null_reverse_path_makes_a_mail_automatic(tmp_path: Path) -> None:
    by_option = lines("--out", tmp_path / "1", "--reverse-path", "<>", write(tmp_path, "a.eml", ANNA))
    by_field = lines("--out", tmp_path / "2", write(tmp_path, "b.eml", ANNA, "Return-Path: <>\r\n"))
    assert [line["codes"] for line in by_option] == [line["codes"] for line in by_field]
    assert "auto-generated" in by_option[0]["codes"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--buyer", "nobody", "a.eml"], "--buyer"),
        (["--buyer-alias", "b@one.example", "a.eml"], "--buyer-alias"),
        (["--verdicts", "missing.json", "a.eml"], "--verdicts"),
        (["--direction", "sideways", "a.eml"], "--direction"),
        ([], "FILE"),
    ],
)
def test_wrong_usage_ends_with_2_and_names_the_option(
    tmp_path: Path, arguments: list[str], names: str
) -> None:
    done = preview("--out", tmp_path / "out", *arguments)
    assert done.returncode == 2
    assert names in done.stderr


def test_help_shows_examples() -> None:
    assert "examples:" in preview("--help").stdout


def test_a_name_as_long_as_the_file_system_takes_gets_its_mail_twice(tmp_path: Path) -> None:
    mails = [write(tmp_path / str(n), "ü" * 120 + ".eml", ANNA) for n in range(2)]
    result = lines("--out", tmp_path / "out", *mails)
    assert len({line["out"] for line in result}) == 2
    assert all(Path(str(line["out"])).exists() for line in result)


def test_a_file_name_that_is_no_text_stops_nobody(tmp_path: Path) -> None:
    odd = tmp_path / "odd\udcff.eml"
    odd.write_bytes(write(tmp_path, "a.eml", ANNA).read_bytes())
    (line,) = lines("--out", tmp_path / "out", odd, by=program)
    assert line["outcome"] == "relayed"
