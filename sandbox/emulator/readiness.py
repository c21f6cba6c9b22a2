"""Who answers at the emulator's port: another program may take it before the emulator does."""

import enum
import http.client
import socket
from urllib.parse import urlsplit

from sandbox.emulator.launcher import NONCE_FIELD, READY_PATH

ASKING_SECONDS = 2.0


class Answerer(enum.Enum):
    NOBODY = enum.auto()
    STARTING = enum.auto()
    """The emulator, which does not serve yet."""
    READY = enum.auto()
    ANOTHER = enum.auto()
    """A program which does not know the nonce."""


def ask(endpoint: str, nonce: str) -> Answerer:
    """nonce: what only the emulator that is meant was given."""
    # Not urllib, which would ask the person's proxy even for loopback.
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=ASKING_SECONDS)
    try:
        connection.request("GET", READY_PATH)
        answer = connection.getresponse()
    except OSError:
        return Answerer.NOBODY
    except http.client.HTTPException:
        return Answerer.ANOTHER
    finally:
        connection.close()
    if answer.headers[NONCE_FIELD] != nonce:
        return Answerer.ANOTHER
    return Answerer.READY if answer.status == 200 else Answerer.STARTING


def is_served(endpoint: str) -> bool:
    """Whether a program listens there, whatever it speaks."""
    url = urlsplit(endpoint)
    with socket.socket() as probe:
        probe.settimeout(ASKING_SECONDS)
        return probe.connect_ex((url.hostname, url.port)) == 0
