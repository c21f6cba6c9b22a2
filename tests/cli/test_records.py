"""Looking up records, against a name server of our own on loopback."""

import socket
import threading
from collections.abc import Iterator

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from cli import records
from cli.records import DnspythonResolver, DnsUnansweredError, Record, listed_records
from tests.cli.sites import OUTPUTS

ZONE = {
    ("relay.example.com.", "MX"): ["10 Inbound-SMTP.eu-west-1.amazonaws.com."],
    ("bounce.relay.example.com.", "TXT"): ['"v=spf1 include:" "amazonses.com ~all"', '"other"'],
    ("one._domainkey.relay.example.com.", "CNAME"): ["one.dkim.amazonses.com."],
}


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[DnspythonResolver]:
    """Names in the zone have what it says and no more; "nowhere" does not exist, "broken" is refused."""
    monkeypatch.setattr(records, "LIFETIME_SECONDS", 2.0)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    names = {name for name, _ in ZONE}

    def serve() -> None:
        while True:
            data, peer = server.recvfrom(4096)
            if data == b"end":
                return
            query = dns.message.from_wire(data)
            (question,) = query.question
            name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
            answer = dns.message.make_response(query)
            if values := ZONE.get((name, kind)):
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *values))
            elif name.startswith("broken"):
                answer.set_rcode(dns.rcode.REFUSED)
            elif name not in names:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(answer.to_wire(), peer)

    thread = threading.Thread(target=serve)
    thread.start()
    made = dns.resolver.Resolver(configure=False)
    made.nameservers = ["127.0.0.1"]
    made.port = server.getsockname()[1]
    try:
        yield DnspythonResolver(made)
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"end", server.getsockname())
        thread.join()
        server.close()


def test_hosts_are_lower_case_without_the_dot_at_the_end(resolver: DnspythonResolver) -> None:
    assert resolver.look_up("relay.example.com", "MX") == ("10 inbound-smtp.eu-west-1.amazonaws.com",)
    assert resolver.look_up("one._domainkey.relay.example.com", "CNAME") == ("one.dkim.amazonses.com",)


def test_the_strings_of_a_txt_record_are_joined(resolver: DnspythonResolver) -> None:
    found = resolver.look_up("bounce.relay.example.com", "TXT")
    assert set(found) == {"v=spf1 include:amazonses.com ~all", "other"}


@pytest.mark.parametrize("name", ["nowhere.example.com", "relay.example.com"])
def test_a_name_or_record_that_does_not_exist_has_no_values(resolver: DnspythonResolver, name: str) -> None:
    assert resolver.look_up(name, "TXT") == ()


def test_a_refusal_is_no_answer(resolver: DnspythonResolver) -> None:
    with pytest.raises(DnsUnansweredError):
        resolver.look_up("broken.example.com", "MX")


def test_a_name_server_that_keeps_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LIFETIME_SECONDS", 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        made = dns.resolver.Resolver(configure=False)
        made.nameservers = ["127.0.0.1"]
        made.port = silent.getsockname()[1]
        with pytest.raises(DnsUnansweredError, match="LifetimeTimeout"):
            DnspythonResolver(made).look_up("relay.example.com", "MX")


def test_the_outputs_list_records() -> None:
    listed = listed_records(OUTPUTS)
    assert [record.label for record in listed] == ["Dkim1", "Dmarc", "MailFromMx", "MailFromSpf", "Mx"]
    assert listed[1] == Record(
        "Dmarc", "_dmarc.relay.example.com", "TXT", '"v=DMARC1; p=reject; adkim=r; aspf=r"'
    )


def test_the_template_has_seven_of_them(template: dict[str, dict[str, dict[str, object]]]) -> None:
    literal = {
        name: each["Value"] for name, each in template["Outputs"].items() if isinstance(each["Value"], str)
    }
    dkim = [name for name in template["Outputs"] if name.startswith("DnsDkim")]
    assert [record.label for record in listed_records(literal)] == [
        "Dmarc",
        "MailFromMx",
        "MailFromSpf",
        "Mx",
    ]
    assert len(dkim) == 3
