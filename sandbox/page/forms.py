"""What browsers send from a form with files (RFC 7578), read by Starlette's parser, bounded."""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

MAX_BODY = 15 * 1024 * 1024
"""In bytes: attachments of 10 MB, a long text, and some more to tell the author that it is too much."""
MAX_PARTS = 100
_MEDIA_TYPE = re.compile(r"([a-z0-9][a-z0-9!#$&^_.+-]{0,60})/([a-z0-9][a-z0-9!#$&^_.+-]{0,100})")


class BadFormError(ValueError):
    """The body is no form as browsers send it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the form. The media type is what the browser takes it for."""

    name: str
    maintype: str
    subtype: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """fields: names and values in order. files: those that were chosen."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[Upload, ...]

    def text(self, name: str) -> str:
        """The first value of that name, "" without one."""
        return next((value for known, value in self.fields if known == name), "")


async def read_form(content_type: str, body: bytes) -> Form:
    """Raises `BadFormError`."""
    if not content_type.lower().startswith("multipart/form-data"):
        raise BadFormError("not multipart/form-data")
    parser = MultiPartParser(
        Headers({"content-type": content_type}),
        _at_once(body),
        max_files=MAX_PARTS,
        max_fields=MAX_PARTS,
        max_part_size=MAX_BODY,
    )
    try:
        read = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise BadFormError(str(error)) from None
    fields: list[tuple[str, str]] = []
    files: list[Upload] = []
    for name, value in read.multi_items():
        if isinstance(value, UploadFile):
            upload = _upload(value, await value.read())
            # A browser sends an empty one where no file was chosen.
            files += [upload] if upload.name or upload.content else []
        else:
            fields.append((name, value))
    await read.close()
    return Form(tuple(fields), tuple(files))


async def _at_once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def _upload(file: UploadFile, content: bytes) -> Upload:
    match = _MEDIA_TYPE.fullmatch((file.content_type or "").lower())
    # RFC 2046 §5: these would have to be written as what they are, not as a file in base64.
    plain = match and match[1] not in ("multipart", "message")
    main, sub = (match[1], match[2]) if match and plain else ("application", "octet-stream")
    # What does not print has no place in a header field (RFC 5322 §2.2), whatever a file is called.
    name = "".join(char if char.isprintable() else "_" for char in file.filename or "")
    return Upload(name, main, sub, content)
