"""A checked request in, a document out: what every operation takes and gives."""

import json
from dataclasses import dataclass
from typing import Any

from parley.conversation.conversations import Hold


@dataclass(frozen=True, slots=True)
class Request:
    """parameters: of path and query. body: {} where the operation has none. caller: who signed the request,
    as IAM names them: personal data, for no log and no answer."""

    parameters: dict[str, Any]
    body: dict[str, Any]
    caller: str


@dataclass(frozen=True, slots=True)
class Answer:
    """subject: the id of what it is about, for the log."""

    status: int
    body: str
    subject: str = ""


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)


def hold_document(hold: Hold, *, in_force: bool) -> dict[str, Any]:
    return {
        "id": hold.id,
        "case": hold.case,
        "placed_at": hold.placed_at.isoformat(),
        "in_force": in_force,
    }
