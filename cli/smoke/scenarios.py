"""What is played: a counterpart's mailbox, and what SES tells of the mail to it."""

from dataclasses import dataclass

SIMULATOR = "simulator.amazonses.com"


@dataclass(frozen=True, slots=True)
class Scenario:
    """party: the counterpart's id in the marketplace. events: SES's event types that must come, no others
    of those that tell how a delivery ended."""

    name: str
    party: str
    mailbox: str
    events: frozenset[str]

    def counterpart(self, token: str) -> tuple[str, str]:
        """Id and mailbox of the counterpart in the run of that token. A mailbox that bounced is unreachable
        from then on, so each run has another one: SES's simulator takes any label."""
        if self.name != "bounce":
            return self.party, self.mailbox
        local_part, _, domain = self.mailbox.partition("@")
        return f"{self.party}-{token}", f"{local_part}+{token}@{domain}"


# AWS: "Using the mailbox simulator manually". These mails cost what others do, and count in no bounce or
# complaint rate.
SIMULATED = (
    Scenario("success", "smoke-success", f"success@{SIMULATOR}", frozenset({"Send", "Delivery"})),
    Scenario("bounce", "smoke-bounce", f"bounce@{SIMULATOR}", frozenset({"Send", "Bounce"})),
    Scenario(
        "complaint",
        "smoke-complaint",
        f"complaint@{SIMULATOR}",
        frozenset({"Send", "Delivery", "Complaint"}),
    ),
    Scenario(
        "suppressed",
        "smoke-suppressed",
        f"suppressionlist@{SIMULATOR}",
        frozenset({"Send", "Bounce"}),
    ),
)
ENDINGS = frozenset({"Delivery", "Bounce", "Complaint", "Reject"})


def delivered_to(mailbox: str, party: str) -> Scenario:
    """The mail goes to a mailbox that the person names."""
    return Scenario("your mailbox", party, mailbox, frozenset({"Send", "Delivery"}))
