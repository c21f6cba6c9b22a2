"""Rows of the lake: lines and back, and what is no row."""

import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.lake.rows import (
    ActionRow,
    Attachment,
    DeliveryRow,
    Finding,
    MessageRow,
    Row,
    RowCode,
    RowError,
    check,
    line,
    read,
)
from parley.lake.tables import DELIVERY_EVENTS, MESSAGES, REVIEWER_ACTIONS, TABLES, Table

AT = datetime(2026, 9, 4, 16, 12, 0, 123_000, tzinfo=UTC)
MESSAGE = MessageRow(
    conversation_id="c1",
    message_id="m1",
    version=5,
    seq=2,
    at=AT,
    passed_on_at=None,
    order_id="303-11",
    buyer_id="p-buyer",
    seller_id="p-seller",
    author_role="buyer",
    recipient_role="seller",
    state="held",
    codes=("spam",),
    automatic=None,
    policy="default-1",
    hits=("spam",),
    misses=("loop", "size"),
    findings=(Finding(code="spam", severity="serious", place="1.2", occurrences=1),),
    attachments=(Attachment(sha256="0" * 64, media_type="image/png", octets=1_000),),
    content_name=None,
    topics=("delivery",),
    author_domain="a2b3",
    is_erased=False,
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
TIMES = st.integers(0, 7_000_000_000_000).map(
    lambda ms: datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)
)


def _names(table: Table) -> set[str]:
    return {each.name for each in table.columns}


FINDINGS = st.builds(Finding, code=TEXT, severity=TEXT, place=TEXT, occurrences=st.integers(0, 2**31 - 1))
ATTACHMENTS = st.builds(Attachment, sha256=TEXT, media_type=TEXT, octets=st.integers(0, 2**63 - 1))
LISTS = {
    **dict.fromkeys(("codes", "hits", "misses", "topics"), st.lists(TEXT, max_size=3).map(tuple)),
    "findings": st.lists(FINDINGS, max_size=3).map(tuple),
    "attachments": st.none() | st.lists(ATTACHMENTS, max_size=3).map(tuple),
}
ROWS: st.SearchStrategy[Row] = st.one_of(
    *(
        st.builds(
            kind,
            **{
                **dict.fromkeys((each.name for each in table.columns if each.type == "string"), TEXT),
                **dict.fromkeys((each.name for each in table.columns if each.type == "timestamp"), TIMES),
                **{name: each for name, each in LISTS.items() if name in _names(table)},
                "version": st.integers(-(2**63), 2**63 - 1),
                "seq": st.integers(-(2**31), 2**31 - 1),
                **{
                    each.name: st.none() | (TIMES if each.type == "timestamp" else TEXT)
                    for each in table.columns
                    if each.is_optional and not each.type.startswith("array<")
                },
            },
        )
        for kind, table in (
            (MessageRow, MESSAGES),
            (DeliveryRow, DELIVERY_EVENTS),
            (ActionRow, REVIEWER_ACTIONS),
        )
    )
)


def told(**changes: Any) -> dict[str, Any]:
    opened = json.loads(line(MESSAGE))
    return {**opened, "row": {**opened["row"], **changes}}


def refused(value: object) -> tuple[RowCode, str]:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    with pytest.raises(RowError) as caught:
        check(raw)
    return caught.value.code, caught.value.column


@given(ROWS)
def test_a_row_that_is_written_is_read_as_it_was(row: Row) -> None:
    raw = line(row)
    assert read(raw) == row
    assert (raw.isascii(), raw.count(b"\n"), raw[-1:]) == (True, 1, b"\n")


@given(ROWS)
def test_a_checked_row_is_told_with_its_table_and_the_day_of_its_time(row: Row) -> None:
    checked = check(line(row))
    assert checked.day == row.at.date()
    assert json.loads(checked.row) == json.loads(line(row))["row"]
    assert checked.table.columns[0].name in checked.row.decode()


@pytest.mark.parametrize(
    ("kind", "table"),
    [(MessageRow, MESSAGES), (DeliveryRow, DELIVERY_EVENTS), (ActionRow, REVIEWER_ACTIONS)],
)
def test_each_row_has_the_columns_of_its_table(kind: type[Row], table: Table) -> None:
    assert [each.name for each in fields(kind)] == [each.name for each in table.columns]


def test_times_are_told_in_utc_to_the_millisecond() -> None:
    berlin = AT.replace(microsecond=123_999).astimezone(timezone(timedelta(hours=2)))
    row = DeliveryRow(
        conversation_id="c1",
        message_id="m1",
        event_id="e1",
        version=1,
        seq=3,
        at=berlin,
        occurred_at=berlin,
        kind="delivered",
        codes=(),
        is_erased=False,
    )
    assert json.loads(line(row))["row"]["at"] == "2026-09-04T16:12:00.123Z"
    assert check(line(row)).day == date(2026, 9, 4)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff", b'{"row":{},"table":"messages","table":"messages"}', b"[" * 100_000, b"1.5", b"NaN"],
)
def test_what_is_no_json_of_one_meaning_is_unreadable(raw: bytes) -> None:
    assert refused(raw) == (RowCode.UNREADABLE, "")


@pytest.mark.parametrize(
    "value", [[], 1, None, {}, {"table": "messages"}, {"table": "messages", "row": []}, {**told(), "x": 1}]
)
def test_what_is_no_table_and_row_is_malformed(value: object) -> None:
    assert refused(value) == (RowCode.MALFORMED, "")


@pytest.mark.parametrize("table", ["errors", "content", "", None, ["messages"], "MESSAGES"])
def test_a_table_that_is_not_known_is_named_so(table: object) -> None:
    assert refused({**told(), "table": table}) == (RowCode.TABLE_UNKNOWN, "")


@pytest.mark.parametrize("name", [each.name for each in MESSAGES.columns])
def test_a_column_that_is_missing_is_named(name: str) -> None:
    value = told()
    del value["row"][name]
    assert refused(value) == (RowCode.COLUMN_MISSING, name)


def test_a_column_that_is_not_known_is_refused_and_not_repeated() -> None:
    assert refused(told(mailbox="anna@privatmail.example")) == (RowCode.COLUMN_UNKNOWN, "")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("message_id", 1),
        ("message_id", None),
        ("message_id", "\ud800"),
        ("seq", "2"),
        ("seq", True),
        ("seq", 2**31),
        ("version", 2**63),
        ("is_erased", 0),
        ("is_erased", None),
        ("at", 1_788_538_320),
        ("at", None),
        ("codes", "spam"),
        ("codes", None),
        ("codes", [None]),
        ("hits", {"spam": 1}),
        ("findings", [{"code": "spam"}]),
        ("findings", [{"code": "spam", "severity": "note", "place": "", "occurrences": "1"}]),
        ("findings", [{"code": "a", "severity": "b", "place": "", "occurrences": 1, "text": "x"}]),
        ("attachments", [{"sha256": "0", "media_type": "a/b", "octets": 2**63}]),
    ],
)
def test_a_value_of_another_type_is_refused(column: str, value: object) -> None:
    assert refused(told(**{column: value})) == (RowCode.TYPE_WRONG, column)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2026-09-04", "2026-09-04T16:12:00Z", "2026-09-04T16:12:00.123456Z"),
        *("2026-09-04T16:12:00.123+02:00", "2026-09-04 16:12:00.123Z", "2026-02-30T16:12:00.123Z"),
        *("2026-09-04T24:00:00.000Z", "0001-01-01T00:00:00.000Z", "2026-09-04T16:12:00.123Z\n"),
        "\u0662026-09-04T16:12:00.123Z",
    ],
)
@pytest.mark.parametrize("column", ["at", "passed_on_at"])
def test_a_time_of_another_form_is_refused(column: str, text: str) -> None:
    assert refused(told(**{column: text})) == (RowCode.TIME_WRONG, column)


@pytest.mark.parametrize("raw", [b"{", b'{"table":"anna","row":{}}', line(MESSAGE)[:-3] + b',"anna":1}\n'])
def test_an_error_repeats_nothing_of_its_line(raw: bytes) -> None:
    with pytest.raises(RowError) as caught:
        check(raw)
    assert "anna" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_what_leads_to_a_person_may_be_empty_and_what_tells_rows_apart_may_not(table: Table) -> None:
    by_name = {each.name: each for each in table.columns}
    assert [each.name for each in table.columns if each.is_personal and not each.is_optional] == []
    required = (*table.key, "version", "seq", "at", "conversation_id", "is_erased")
    assert [name for name in required if by_name[name].is_optional] == []
