"""The folders of an account, with names of a limited length."""

from pymap.backend.dict.mailbox import MailboxSet
from pymap.exceptions import NotAllowedError
from pymap.parsing.specials import ObjectId

MAX_NAME = 255
"""Octets of a folder's name in UTF-8; RFC 3501 leaves the limit to the server."""


class Folders(MailboxSet):
    """CREATE and RENAME get NO for a name that nobody needs to be so long."""

    async def add_mailbox(self, name: str) -> ObjectId:
        _require_name(name)
        return await super().add_mailbox(name)

    async def rename_mailbox(self, before: str, after: str) -> None:
        _require_name(after)
        await super().rename_mailbox(before, after)


def _require_name(name: str) -> None:
    if len(name.encode("utf-8", "replace")) > MAX_NAME:
        raise NotAllowedError(f"A folder's name may have {MAX_NAME} octets.")
