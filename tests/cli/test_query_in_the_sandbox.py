"""`parley query` and `parley report` on the stack as it is deployed into the local emulator."""

from pathlib import Path

import pytest

from sandbox.stack import Sandbox
from tests.cli.reviewed import CASE, Reviewed, exchanged
from tests.support.correspondences import wait

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reviewed(sandbox: Sandbox) -> Reviewed:
    """A conversation whose rows keep_lake has merged, however late the table's stream brought them."""
    found = exchanged(sandbox)

    def merged() -> bool | None:
        ended = sandbox.deployed.local.client("lambda").invoke(
            FunctionName=sandbox.deployed.function("keep_lake"), Payload=b"{}"
        )
        assert "FunctionError" not in ended, ended["Payload"].read()
        sql = f"SELECT message_id FROM messages WHERE conversation_id = '{found.id}'"  # noqa: S608  # its own id
        return True if len(found.told("query", "--sql", sql)["rows"]) == 2 else None

    wait(merged, "row of the lake")
    return found


def test_a_timeline_tells_what_was_written_for_a_case_that_is_recorded(reviewed: Reviewed) -> None:
    given = ["query", "timeline", "--param", f"conversation_id={reviewed.id}"]
    told = reviewed.told(*given, "--case", CASE)
    messages = [each for each in told["rows"] if each["author_role"]]
    assert [each["text"].strip() for each in messages] == ["Is it blue?", "It is green."]
    assert reviewed.accesses()[-1] == ("transcript", CASE)


def test_an_order_was_answered(reviewed: Reviewed) -> None:
    order = reviewed.sandbox.api.conversation(reviewed.id).order or ""
    (row,) = reviewed.told("query", "contact-check", "--param", f"order_id={order}")["rows"]
    assert (row["conversation_id"], row["finding"]) == (reviewed.id, "answered")


def test_a_report_is_written(reviewed: Reviewed, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    ended = reviewed.run("report", "operations", "--out", str(out))
    assert ended.exit_code == 0, ended.output
    assert "<svg" in out.read_text(encoding="utf-8")
