"""`parley export`: recorded first, then waited for, then written."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cli.answers import ApiProblem, Export
from cli.evidence.awaiting import NotArchivedError
from cli.evidence.checking import check
from tests.cli.review_world import OPENED, World, a_world, run
from tests.support.evidence import CONVERSATION, EXPORTED_AT, Archived, archived

WHOLE = ["export", CONVERSATION, "--case", "case-17"]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch) as made:
        yield made


@pytest.fixture
def made(world: World, monkeypatch: pytest.MonkeyPatch) -> Archived:
    """An archive in which an export that is asked for is archived and signed at once."""
    made = archived()
    world.file(made)

    def record_export(conversation: str, *, case: str, viewer: str | None) -> Export:
        world.api.asked.append(("record_export", conversation, case, viewer))
        after = made.exported(viewer, case=case)
        for name in after.objects.keys() - made.objects.keys():
            content, salt = after.objects[name]
            world.s3.put_object(Bucket="archive-bucket", Key=name, Body=content, Metadata={"salt": salt})
        return Export(id="x1", event="e6", at=EXPORTED_AT.isoformat(), seq=6)

    def key(_clients: object, name: str) -> Any:
        return made.exports.public if name == "export-key" else made.checkpoints.public

    world.api.__dict__["record_export"] = record_export
    monkeypatch.setattr("cli.export.key_in_kms", key)
    monkeypatch.setattr(
        "cli.export.signature_of", lambda _c, _k, content: made.exports.sign(sha256(content).digest())
    )
    return made


def unknown(_party: str) -> None:
    raise ApiProblem(404, "unknown-party", "None.")


@pytest.mark.parametrize("viewer", [None, "buyer"])
def test_a_bundle_names_the_export_that_was_recorded_and_its_time(
    world: World, made: Archived, tmp_path: Path, viewer: str | None
) -> None:
    out = tmp_path / "evidence.zip"
    whom = ["--for", viewer] if viewer else []
    world.api.__dict__["party"] = unknown
    ended = run(*WHOLE, *whom, "--out", str(out), "--json")
    assert (ended.exit_code, json.loads(ended.stdout)["intact"]) == (0, True), ended.output
    manifest = check(out).manifest
    assert manifest is not None
    assert (manifest.exported, manifest.made_at) == ("e6", EXPORTED_AT.isoformat())
    assert [each for each in world.api.asked if each[0].startswith("record")] == [
        ("record_export", CONVERSATION, "case-17", viewer)
    ]


def test_an_export_whose_link_is_never_archived_writes_nothing_and_says_why(
    world: World, made: Archived, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(_holdings: object, export: Export, *_: object) -> None:
        raise NotArchivedError(export)

    monkeypatch.setattr("cli.export.await_signed", never)
    ended = run(*WHOLE, "--out", str(tmp_path / "x.zip"))
    assert (ended.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert ended.output.count("\n") == 1
    assert "[export-not-archived]" in ended.output


def test_what_was_written_over_a_mail_is_told_and_the_first_is_exported(
    world: World, made: Archived, tmp_path: Path
) -> None:
    (key,) = [each for each in made.objects if each.endswith("m1/original.eml")]
    world.s3.put_object(Bucket="archive-bucket", Key=key, Body=b"something else")
    ended = run(*WHOLE, "--out", str(tmp_path / "evidence.zip"))
    assert ended.exit_code == 0, ended.output
    assert f"not in the bundle: {key} (object-overwritten)" in ended.output
    assert ended.output.splitlines()[-1].startswith("intact, but NOT COMPLETE")


def test_nothing_is_recorded_for_a_party_that_there_is_not(
    world: World, made: Archived, tmp_path: Path
) -> None:
    world.api.__dict__["conversation"] = lambda _: replace(OPENED, buyer=None)
    ended = run(*WHOLE, "--for", "buyer", "--out", str(tmp_path / "x.zip"))
    assert (ended.exit_code, "no buyer" in ended.output) == (2, True)
    assert not [each for each in world.api.asked if each[0] == "record_export"]
