"""Nobody else can reach the sandbox."""

import socket

import pytest

from sandbox.accounts import Accounts
from sandbox.loopback import NotLoopbackError, listening
from sandbox.mailboxes.mailboxes import Mailboxes
from tests.sandbox.stand_ins import inbound, outbound


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "", "localhost", "example.com"])  # noqa: S104
def test_only_addresses_of_loopback_are_bound(host: str) -> None:
    with pytest.raises(NotLoopbackError):
        listening(host, 0)


def test_every_server_refuses_another_address() -> None:
    everywhere = "0.0.0.0"  # noqa: S104
    with pytest.raises(NotLoopbackError), inbound(host=everywhere):
        pass
    with pytest.raises(NotLoopbackError), outbound(host=everywhere):
        pass
    with pytest.raises(NotLoopbackError):
        Mailboxes(Accounts(), host=everywhere)


def test_a_taken_port_is_an_error_of_the_system() -> None:
    with inbound() as first, pytest.raises(OSError, match="in use"), inbound(port=first.ses.port):
        pass


def test_ipv6_loopback_will_do() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        listening("::1", 0).close()
    except OSError:
        pytest.skip("no IPv6 here")
