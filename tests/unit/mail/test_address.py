"""Mailboxes, paths and address lists."""

import pytest

from parley.mail.address import (
    NULL_REVERSE_PATH,
    AddressError,
    Mailbox,
    address_list,
    parse_mailbox,
    parse_reverse_path,
)


def mailboxes(value: str) -> list[str]:
    return [str(named.mailbox) for named in address_list(value)]


def names(value: str) -> list[str]:
    return [named.name for named in address_list(value)]


def test_the_domain_is_lower_cased_and_the_local_part_is_kept() -> None:
    assert parse_mailbox(" <Anna.K@Example.ORG.> ") == Mailbox("Anna.K", "example.org")


def test_a_quoted_local_part_that_needs_no_quotes_loses_them() -> None:
    assert parse_mailbox('"anna.k"@example.org') == Mailbox("anna.k", "example.org")


def test_a_quoted_local_part_with_blanks_and_an_at_is_kept_as_written() -> None:
    assert parse_mailbox('"a @\\" b"@example.org') == Mailbox('"a @\\" b"', "example.org")


def test_a_domain_literal_is_a_domain() -> None:
    assert parse_mailbox("root@[192.0.2.1]").domain == "[192.0.2.1]"


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("a@Händler-Müller.example", "xn--hndler-mller-gcb75a.example"),
        ("a@straße.example", "xn--strae-oqa.example"),
        ("a@ｅｘａｍｐｌｅ．org", "example.org"),
        ("a@例え。テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_a_domain_of_other_scripts_becomes_a_labels(written: str, domain: str) -> None:
    assert parse_mailbox(written).domain == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@b",
        "a@",
        "a b@c.example",
        "a@b@c.example",
        "a@b..example",
        "a@b c",
        "a@b.example,c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a\x00@b.example",
        "a\u200b@b.example",
        '"a@b.example',
        '"a\x01"@b.example',
        "<a@b.example",
        "a@" + "b" * 300,
        "a" * 600 + "@b.example",
        "a@℀.example",
        "a@[1.2",
    ],
)
def test_what_is_not_one_mailbox_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_mailbox(text)


@pytest.mark.parametrize("text", ["<>", "", "  ", " <> "])
def test_the_empty_reverse_path_is_a_value(text: str) -> None:
    assert parse_reverse_path(text) is NULL_REVERSE_PATH


def test_a_reverse_path_is_a_mailbox_otherwise() -> None:
    assert parse_reverse_path("<a@b.example>") == Mailbox("a", "b.example")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.example", ["a@b.example"]),
        ("a@b.example, <c@d.example>", ["a@b.example", "c@d.example"]),
        ('"x, y" <a@b.example>', ["a@b.example"]),
        ("Müller, Anna <a@b.example>", ["a@b.example"]),
        ("Friends: a@b.example, C <c@d.example>; e@f.example", ["a@b.example", "c@d.example", "e@f.example"]),
        ("undisclosed-recipients:;", []),
        ("<@r.example,@s.example:a@b.example>", ["a@b.example"]),
        ("Anna <a@b.example", ["a@b.example"]),
        ("Anna <a@b.example, C <c@d.example>", ["a@b.example", "c@d.example"]),
        ("a (one (two) \\) three) @ (four) b.example (five)", ["a@b.example"]),
        ("a . b @ c . example", ["a.b@c.example"]),
        ("Anna a@b.example", ["a@b.example"]),
        ("a@b.example c@d.example", ["a@b.example", "c@d.example"]),
        ("<<a@b.example>>", ["a@b.example"]),
        ("<mailto:a@b.example>", ["a@b.example"]),
        ("a@b.example; c@d.example", ["a@b.example", "c@d.example"]),
        ("foo@[1.2", []),
        ("root@[192.0.2.1]", ["root@[192.0.2.1]"]),
        ('"a b"@c.example', ['"a b"@c.example']),
        ('"unclosed <a@b.example>', ["a@b.example"]),
        ("(unclosed <a@b.example>", ["a@b.example"]),
        ("", []),
        (",,;:<>", []),
    ],
)
def test_an_address_list_is_read_as_mail_programs_write_it(value: str, expected: list[str]) -> None:
    assert mailboxes(value) == expected


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Anna Schmidt <a@b.example>", "Anna Schmidt"),
        ('"Schmidt, \\"Anna\\"" <a@b.example>', 'Schmidt, "Anna"'),
        ("a@b.example (Anna Schmidt)", "Anna Schmidt"),
        ("<a@b.example>", ""),
        ("=?utf-8?q?Anna_K=C3=A4ufer?= <a@b.example>", "Anna Käufer"),
        ("=?utf-8?q?Anna?= =?utf-8?q?_K=C3=A4ufer?= <a@b.example>", "Anna Käufer"),
        ('"=?utf-8?q?K=C3=A4ufer?=" <a@b.example>', "Käufer"),
        ("x@y.example <a@b.example>", "x@y.example"),
        ("Händler <a@b.example>", "Händler"),
    ],
)
def test_display_names_are_decoded(value: str, name: str) -> None:
    assert names(value) == [name]


@pytest.mark.parametrize(
    "value", ['"' * 100_000, "(" * 100_000, '\\"' * 100_000, "<" * 100_000, "a@b," * 50_000]
)
def test_a_hostile_list_is_read_to_its_end(value: str) -> None:
    assert len(address_list(value)) in (0, 50_000)
