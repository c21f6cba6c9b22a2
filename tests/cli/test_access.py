"""`parley access-export`: a person's own messages as they saw them, and nothing that the other side saw."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from moto import mock_aws
from typer.testing import CliRunner

from cli import main, options
from cli.answers import ApiProblem, RegisteredParty
from tests.cli.test_review import World
from tests.support.evidence import BUYER, SELLER, archived

ANNA = RegisteredParty(
    id="buyer-1",
    role="buyer",
    locale="de",
    display_name="Anna Schmidt",
    mailboxes=(BUYER,),
    public_contacts=(),
    own_domains=(),
    contact_alias=None,
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        made = World()
        made.file(archived())
        made.api.party = lambda party: made.api.asked.append(("party", party)) or ANNA  # type: ignore[attr-defined]
        monkeypatch.setattr(options, "connect", lambda _: made.site)
        yield made


def export(out: Path, party: str = "buyer-1") -> Any:
    arguments = ["access-export", party, "--case", "dsr-17", "--out", str(out)]
    return CliRunner().invoke(main.app, arguments)


def files(out: Path) -> dict[str, bytes]:
    with ZipFile(out) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_a_person_gets_what_they_wrote_and_what_reached_them(world: World, tmp_path: Path) -> None:
    ended = export(tmp_path / "anna.zip")
    assert ended.exit_code == 0, ended.output
    found = files(tmp_path / "anna.zip")
    assert [name for name in found if name.startswith("messages/")] == [
        "messages/c1/0001_sent.eml",
        "messages/c1/0002_received.eml",
        "messages/c1/0003_sent.eml",
    ]
    assert b"Is it blue?" in found["messages/c1/0001_sent.eml"]
    assert b"It is green." in found["messages/c1/0002_received.eml"]


def test_nothing_that_the_other_side_alone_saw_is_in_it(world: World, tmp_path: Path) -> None:
    export(tmp_path / "anna.zip")
    for name, content in files(tmp_path / "anna.zip").items():
        for foreign in (SELLER.encode(), b"bank account", b"called the seller"):
            assert foreign not in content, name


def test_the_list_tells_what_became_of_each_message(world: World, tmp_path: Path) -> None:
    export(tmp_path / "anna.zip")
    listed = json.loads(files(tmp_path / "anna.zip")["messages.json"])
    assert [(each["way"], each["outcome"]) for each in listed] == [
        ("sent", "relayed"),
        ("received", None),
        ("sent", "refused"),
    ]
    assert {each["order"] for each in listed} == {"303-11"}


def test_how_a_person_is_registered_is_in_it(world: World, tmp_path: Path) -> None:
    export(tmp_path / "anna.zip")
    about = json.loads(files(tmp_path / "anna.zip")["about-you.json"])
    assert (about["display_name"], about["mailboxes"]) == ("Anna Schmidt", [BUYER])


def test_what_was_erased_is_listed_with_its_reason(world: World, tmp_path: Path) -> None:
    gone = next(key for key in archived().objects if "/0001_" in key and key.endswith("original.eml"))
    (version,) = world.s3.list_object_versions(Bucket="archive-bucket", Prefix=gone)["Versions"]
    world.s3.delete_object(Bucket="archive-bucket", Key=gone, VersionId=version["VersionId"])
    export(tmp_path / "anna.zip")
    found = files(tmp_path / "anna.zip")
    first = json.loads(found["messages.json"])[0]
    assert (first["file"], first["why"]) == (None, "erased")
    assert "messages/c1/0001_sent.eml" not in found


def test_every_conversation_is_recorded_as_read_before_it_is(world: World, tmp_path: Path) -> None:
    export(tmp_path / "anna.zip")
    names = [each[0] for each in world.api.asked]
    assert ("record_read", "c1", "dsr-17", "export") in world.api.asked
    assert names.index("record_read") > names.index("conversations")


def test_a_party_without_conversations_is_recorded_as_read_before_it_is(world: World, tmp_path: Path) -> None:
    world.api.conversations = lambda **_: iter(())  # type: ignore[attr-defined]
    export(tmp_path / "anna.zip")
    assert world.api.asked[:2] == [("record_party_read", "buyer-1", "dsr-17"), ("party", "buyer-1")]


def test_a_mail_is_handed_over_as_it_was_first_written(world: World, tmp_path: Path) -> None:
    key = next(key for key in archived().objects if "/0001_" in key and key.endswith("original.eml"))
    world.s3.put_object(Bucket="archive-bucket", Key=key, Body=b"something else")
    export(tmp_path / "anna.zip")
    assert b"Is it blue?" in files(tmp_path / "anna.zip")["messages/c1/0001_sent.eml"]


def test_a_party_that_is_not_there_leaves_no_file(world: World, tmp_path: Path) -> None:
    def refuse(_party: str) -> None:
        raise ApiProblem(404, "unknown-party", "There is no such party.")

    world.api.party = refuse  # type: ignore[attr-defined]
    ended = export(tmp_path / "anna.zip", "nobody")
    assert (ended.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "unknown-party" in ended.output
