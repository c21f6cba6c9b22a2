import pytest

from parley.conversation.routing import AliasRoute, ForeignRoute, RoleRoute, route


@pytest.mark.parametrize(
    "recipient", ["b-7k2m@relay.example", "B-7K2M@RELAY.example", "<b-7K2m@Relay.Example>"]
)
def test_an_alias_is_found_whatever_its_case(recipient: str) -> None:
    assert route(recipient, "relay.example") == AliasRoute("b-7k2m")


@pytest.mark.parametrize(
    "recipient",
    [
        "b-7k2m@relay.example.evil.org",
        "b-7k2m@evil-relay.example",
        "b-7k2m@sub.relay.example",
        "b-7k2m@relay.example@evil.org",
        "b-7k2m",
        "",
        "@relay.example",
    ],
)
def test_a_domain_that_only_resembles_the_relay_domain_is_foreign(recipient: str) -> None:
    assert route(recipient, "relay.example") == ForeignRoute()


@pytest.mark.parametrize("local_part", ["postmaster", "Postmaster", "ABUSE"])
def test_role_mailboxes_are_the_operators(local_part: str) -> None:
    assert isinstance(route(f"{local_part}@relay.example", "relay.example"), RoleRoute)
