"""Walking a mail's parts, and what a part calls itself."""

from collections.abc import Iterator

from parley.mail.structure import Mail, Part


def parts(mail: Mail) -> Iterator[tuple[str, Part]]:
    """Every part with its path: "1" is the root, "1.2" its second child, "1.2.1" a mail enclosed there."""
    pending = [("1", mail.root)]
    while pending:
        path, part = pending.pop()
        yield path, part
        inner = part.children if part.enclosed is None else (part.enclosed.root,)
        pending += reversed([(f"{path}.{number}", child) for number, child in enumerate(inner, 1)])


def filename(part: Part) -> str:
    """The name that mail programs show: Content-Disposition's filename, else Content-Type's name, else ""."""
    given = part.disposition.parameters.get("filename") if part.disposition else None
    return given or part.content_type.parameters.get("name", "")
