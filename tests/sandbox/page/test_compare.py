"""What the relay changed, shown in words."""

import time

from sandbox.page.compare import MAX_LINES, Change, compare


def raw(body: str, **fields: str) -> bytes:
    head = {"From": "anna@privatmail.example", **fields}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in head.items())
    return f"{lines}\r\n{body}".encode()


def marked(before: str, after: str) -> list[tuple[Change, str]]:
    """Each line that is not the same, with what is marked in it."""
    lines = compare(raw(before), raw(after)).lines
    return [
        (line.change, "|".join(span.text for span in line.spans if span.is_changed))
        for line in lines
        if line.change in (Change.REMOVED, Change.ADDED)
    ]


def test_a_masked_mailbox_is_marked_as_a_whole_and_nothing_else() -> None:
    found = marked("write to anna@shop.example now", "write to s-1@relay.example now")
    assert found == [(Change.REMOVED, "anna@shop.example"), (Change.ADDED, "s-1@relay.example")]


def test_what_is_equal_has_no_mark() -> None:
    assert marked("Hello\nyou", "Hello\nyou") == []


def test_lines_far_from_a_change_are_left_out() -> None:
    before = [f"line {number}" for number in range(40)]
    after = [*before[:20], "other", *before[21:]]
    lines = compare(raw("\n".join(before)), raw("\n".join(after))).lines
    changes = [line.change for line in lines]
    assert changes == [
        *[Change.GAP, Change.SAME, Change.SAME, Change.REMOVED, Change.ADDED],
        *[Change.SAME, Change.SAME, Change.GAP],
    ]


def test_fields_are_compared_and_dropped_ones_named() -> None:
    before = raw("x", Subject="Order", X_Mailer="Own", Message_ID="<1@a>", Received="by a")
    made = compare(before, raw("x", Subject="Order", MIME_Version="1.0"))
    assert [(field.name, field.original, field.relayed) for field in made.fields] == [
        ("From", "anna@privatmail.example", "anna@privatmail.example"),
        ("Subject", "Order", "Order"),
        ("MIME-Version", None, "1.0"),
    ]
    assert made.dropped == ("X-Mailer", "Message-ID", "Received")


def test_files_that_passed_are_told_from_those_that_changed_or_went() -> None:
    def mail(*files: tuple[str, str]) -> bytes:
        parts = "".join(
            f"--b\r\nContent-Type: application/pdf; name={name}\r\n\r\n{content}\r\n"
            for name, content in files
        )
        return raw(f"{parts}--b--\r\n", Content_Type="multipart/mixed; boundary=b")

    made = compare(mail(("a", "1"), ("b", "2"), ("c", "3")), mail(("a", "1"), ("b", "4"))).files
    assert [
        (file.original and file.original.name, file.relayed and file.relayed.name, file.is_same)
        for file in made
    ] == [("a", "a", True), ("b", "b", False), ("c", None, False)]


def test_texts_without_anything_in_common_are_compared_in_bounded_time() -> None:
    began = time.process_time()
    made = compare(raw("a b\n" * 20_000), raw("b a\n" * 20_000))
    assert time.process_time() - began < 2
    assert made.is_cut
    assert len(made.lines) <= 2 * MAX_LINES


def test_mails_that_cannot_be_read_are_compared_as_their_source() -> None:
    assert compare(b"\x00one", b"\x00two").lines[0].change is Change.REMOVED
