"""Free SQL: what is let through, and which days and conversations a statement asks for."""

import pytest

from cli.lake.places import conversations_of, day_conditions
from cli.lake.statements import for_duckdb, free_statement
from parley.lake.parameters import QueryError

REFUSED = [
    ("SELEC 1", "sql-unreadable"),
    ("", "sql-several"),
    ("SELECT 1; SELECT 2", "sql-several"),
    ("SELECT 1; DROP TABLE messages", "sql-several"),
    ("DROP TABLE messages", "sql-not-a-read"),
    ("DELETE FROM messages", "sql-not-a-read"),
    ("UPDATE messages SET state = 'held'", "sql-not-a-read"),
    ("INSERT INTO messages SELECT * FROM messages", "sql-not-a-read"),
    ("CREATE TABLE mine AS SELECT * FROM messages", "sql-not-a-read"),
    ("CREATE VIEW mine AS SELECT * FROM messages", "sql-not-a-read"),
    ("MERGE INTO messages USING m ON true WHEN MATCHED THEN DELETE", "sql-not-a-read"),
    ("UNLOAD (SELECT * FROM messages) TO 's3://elsewhere/' WITH (format = 'JSON')", "sql-not-a-read"),
    ("EXPLAIN ANALYZE SELECT * FROM messages", "sql-not-a-read"),
    ("SHOW TABLES", "sql-not-a-read"),
    ("EXECUTE prepared", "sql-not-a-read"),
    ("SELECT * FROM passwords", "table-unknown"),
    ("SELECT * FROM other.messages", "table-unknown"),
    ("SELECT * FROM awsdatacatalog.other.messages", "table-unknown"),
    ("SELECT * FROM TABLE(system.query(query => 'x'))", "table-unknown"),
    ("SELECT * FROM read_text('/etc/hostname')", "table-unknown"),
    ("WITH content AS (SELECT * FROM content) SELECT * FROM content", "name-taken"),
    ('WITH "Content" AS (SELECT 1) SELECT * FROM content', "name-taken"),
    ('SELECT * FROM "content$partitions"', "table-unknown"),
    ("WITH Findings AS (SELECT * FROM findings) SELECT * FROM findings", "name-taken"),
    ("CREATE OR REPLACE VIEW findings AS SELECT * FROM messages", "sql-not-a-read"),
    (
        "SELECT code FROM findings WHERE message_id IN (SELECT message_id FROM reviewer_actions)",
        "tables-mixed",
    ),
    ("SELECT * FROM messages WHERE day = ?", "sql-placeholder"),
    ("SELECT * FROM messages WHERE day = :day", "sql-placeholder"),
    ("SELECT * FROM messages m JOIN reviewer_actions a ON a.message_id = m.message_id", "tables-mixed"),
    ("SELECT code FROM errors UNION ALL SELECT state FROM messages", "tables-mixed"),
    (f"SELECT {'(' * 3000}1{')' * 3000}", "sql-unreadable"),
    ("SELECT '", "sql-unreadable"),
]


@pytest.mark.parametrize(("sql", "code"), REFUSED)
def test_what_does_not_only_read_the_lake_is_refused(sql: str, code: str) -> None:
    with pytest.raises(QueryError) as caught:
        free_statement(sql)
    assert caught.value.code == code or (code == "sql-not-a-read" and caught.value.code == "sql-unreadable")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM messages;",
        "WITH m AS (SELECT * FROM messages) SELECT * FROM m UNION ALL SELECT * FROM m",
        "SELECT state FROM MESSAGES WHERE day = '2026-09-04' -- a comment; with a semicolon",
        "(SELECT 1)",
        "SELECT s FROM messages CROSS JOIN UNNEST(hits) AS h (s)",
    ],
)
def test_a_statement_that_only_reads_is_let_through(sql: str) -> None:
    assert free_statement(sql).tables <= {"messages"}


def test_comments_and_the_semicolon_at_the_end_are_not_sent() -> None:
    sent = free_statement("SELECT state -- ; DROP TABLE x\nFROM Messages /* ? */ WHERE day = '--'; ;").sql
    assert sent == "SELECT state FROM Messages WHERE day = '--'"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*)\nFROM messages\nWHERE seq * DECIMAL '1.5' > 2",
        "SELECT current_timestamp(3), DOUBLE '1.5', X'00ff', U&'\\00e9', 'it''s -- no comment'",
        'SELECT "$path" FROM messages FETCH FIRST 5 ROWS ONLY',
        "SELECT extract(dow FROM at) FROM messages WHERE state LIKE 'a$_%' ESCAPE '$'",
    ],
)
def test_what_is_sent_is_what_was_written(sql: str) -> None:
    assert free_statement(sql).sql == sql


def test_who_read_what_is_asked_of_the_auditors_workgroup() -> None:
    assert free_statement("SELECT * FROM reviewer_actions").workgroup == "auditing"
    assert free_statement("SELECT code FROM errors").workgroup == "auditing"
    assert free_statement("SELECT * FROM messages").workgroup == "reviewing"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1 FROM messages WHERE day = '2026-09-04' AND seq > 1", [["day = '2026-09-04'"]]),
        ("SELECT 1 FROM messages m WHERE m.day > '2026' OR m.seq = 1", [[]]),
        ("SELECT 1 FROM messages", [[]]),
        # Either side may be without the other's rows: their days are told by what binds them.
        (
            "SELECT 1 FROM messages m JOIN delivery_events e ON e.message_id = m.message_id"
            " WHERE m.day = '1' AND e.day = '2'",
            [["day = '1'"]],
        ),
        ("SELECT 1 FROM messages WHERE day IN (SELECT day FROM delivery_events)", [[]]),
        ("SELECT 1 FROM messages WHERE nosuch(day) = 1 AND max(day) = '1'", [[]]),
        ("SELECT 1 FROM Messages M WHERE m.DAY = '1'", [["DAY = '1'"]]),
        # Rows without a partner are wanted here, so that no day may be left out.
        (
            "SELECT 1 FROM delivery_events e LEFT JOIN messages m ON e.message_id = m.message_id"
            " WHERE m.day IS NULL",
            [[]],
        ),
        (
            "SELECT 1 FROM messages m FULL JOIN delivery_events e ON e.message_id = m.message_id"
            " WHERE m.day = '1'",
            [[]],
        ),
        (
            "SELECT 1 FROM messages WHERE day = '1' UNION ALL SELECT 2 FROM messages WHERE day = '2'",
            [["day = '1'"], ["day = '2'"]],
        ),
    ],
)
def test_the_days_that_a_statement_wants_are_those_that_bind_its_rows(
    sql: str, said: list[list[str]]
) -> None:
    found = day_conditions(free_statement(sql).tree, "messages")
    told = [[for_duckdb(each).replace('"', "") for each in conditions] for conditions in found]
    assert sorted(told) == sorted(said)


@pytest.mark.parametrize("table", ["content", "entries"])
def test_what_lies_by_conversation_is_read_so_as_athena_demands_it(table: str) -> None:

    def found_in(sql: str) -> frozenset[str]:
        return conversations_of(free_statement(sql.replace("content", table)).tree, table)

    assert found_in("SELECT text FROM content WHERE conversation_id = 'c1' AND text LIKE '%x%'") == {"c1"}
    for sql, found in (
        ("SELECT text FROM content C WHERE c.conversation_id = 'c1'", {"c1"}),
        ("SELECT text FROM content WHERE conversation_id IN ('c1', 'c2')", {"c1", "c2"}),
        ("SELECT text FROM content WHERE (conversation_id = 'c1') AND text = 'x'", {"c1"}),
    ):
        assert found_in(sql) == found
    for sql in (
        "SELECT text FROM content",
        "TABLE content",
        "SELECT * FROM (TABLE content)",
        "SELECT text FROM content WHERE conversation_id = 'c1' OR text = 'x'",
        "SELECT text FROM content WHERE conversation_id LIKE 'c%'",
        "SELECT text FROM content WHERE conversation_id IN ('c1', text)",
        "SELECT text FROM content WHERE conversation_id NOT IN ('c1')",
        "SELECT text FROM content WHERE conversation_id IN (SELECT conversation_id FROM messages)",
        "SELECT text FROM content WHERE conversation_id = '../lake'",
        "SELECT text FROM content WHERE conversation_id = 'c1' UNION ALL SELECT text FROM content",
    ):
        with pytest.raises(QueryError) as caught:
            found_in(sql)
        assert caught.value.code == "conversation-missing"
        assert table in str(caught.value)
