"""The keyed hash under which the table knows a mailbox.

Without the key nobody can tell from the index which mailboxes are registered, not even by trying them.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from typing import TYPE_CHECKING

from parley.conversation.mailboxes import index_form
from parley.mail.address import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient


class MailboxIndex:
    """Hashes mailboxes. The key is fetched at the first use and kept for the life of the process."""

    def __init__(self, client: Callable[[], SecretsManagerClient], secret: str) -> None:
        """client: makes the client when it is needed; secret: ARN or name of a secret string."""
        self._client = client
        self._secret = secret
        self._key: bytes | None = None

    def keyed_hash(self, mailbox: Mailbox) -> str:
        """HMAC-SHA-256 in hex, equal for mailboxes equal for admission. The first use is one call."""
        return self._hash(index_form(mailbox)).hex()

    def derived(self, *parts: str) -> str:
        """Implements the port `Ids` with the same key, for ids and for domains as the lake tells them. No
        mailbox's form holds a NUL, so none has a hash that is an id."""
        digest = self._hash("\0".join(("", *parts)))
        return b32encode(digest[:16]).decode("ascii").rstrip("=").lower()

    def _hash(self, text: str) -> bytes:
        if self._key is None:
            answer = self._client().get_secret_value(SecretId=self._secret)
            self._key = answer["SecretString"].encode("utf-8")
        return hmac.new(self._key, text.encode("utf-8"), hashlib.sha256).digest()
