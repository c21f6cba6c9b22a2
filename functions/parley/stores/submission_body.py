"""The body of SESv2 SendEmail for a large mail, made while it is read.

botocore encodes the raw mail with binascii, runs it through json.dumps and holds all of that. Here it
serialises a short mark in the mail's place, and a hook puts in a body that encodes the mail by pybase64 piece
by piece, once for the signature and once on its way to the socket, so that no part of the mail is held a
second time. The octets are the same.
"""

from __future__ import annotations

import os
from base64 import b64encode
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pybase64

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sesv2 import SESV2Client

MARK = b"parley: here the mail is put in"
_ENCODED_MARK = b64encode(MARK)

_mail: ContextVar[bytes] = ContextVar("mail")


class SubmissionBody:
    """A file, open for reading, of `head`, the mail in base64, and `tail`."""

    def __init__(self, head: bytes, mail: bytes, tail: bytes) -> None:
        self._head = head
        self._mail = memoryview(mail)
        self._tail = tail
        # RFC 4648 §4: each three octets, or fewer at the end, make four.
        self._encoded = -(-len(mail) // 3) * 4
        self._length = len(head) + self._encoded + len(tail)
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        start = self._at
        self._at = self._length if size < 0 else min(start + size, self._length)
        end, before, after = self._at, len(self._head), len(self._head) + self._encoded
        pieces = (
            self._head[start:end],
            self._base64(max(start - before, 0), min(end - before, self._encoded)),
            self._tail[max(start - after, 0) : max(end - after, 0)],
        )
        return b"".join(pieces)

    def _base64(self, start: int, end: int) -> bytes:
        """The encoded mail from one place to another, of which nothing but the groups of three is encoded."""
        if start >= end:
            return b""
        first, last = start // 4, -(-end // 4)
        encoded = pybase64.b64encode(self._mail[first * 3 : last * 3])
        return encoded[start - first * 4 : end - first * 4]

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        self._at = min(max(origin + offset, 0), self._length)
        return self._at


@contextmanager
def mail_in_place_of_mark(raw: bytes) -> Iterator[None]:
    """Within it, SendEmail with `MARK` as its raw data on this thread sends `raw`."""
    token = _mail.set(raw)
    try:
        yield
    finally:
        _mail.reset(token)


def install(client: SESV2Client) -> None:
    """Adds the hook to a client. A request whose raw data is not the mark passes unchanged."""
    client.meta.events.register("before-call.sesv2.SendEmail", _put_mail_in, unique_id="parley-put-mail-in")


def _put_mail_in(params: dict[str, Any], **_: object) -> None:
    raw = _mail.get(None)
    if raw is None:
        return
    head, mark, tail = params["body"].partition(_ENCODED_MARK)
    if not mark:
        raise ValueError("the request has no mark to put the mail in for")
    params["body"] = SubmissionBody(head, raw, tail)
