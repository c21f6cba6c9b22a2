"""A conversation of the simulated stack, verified from the objects of its archive bucket alone."""

from cli.aws import Clients
from cli.evidence.holdings import Holdings
from cli.evidence.signing import key_in_kms
from cli.evidence.verifying import read, verify_seen
from parley.archive.verdicts import Verdict
from tests.support.aws import Deployment


def verified(deployment: Deployment, conversation: str) -> Verdict:
    """Of attachments, too, the content must be the one that their keys name."""
    clients = Clients(deployment.stack.client)
    holdings = Holdings(clients, deployment.archive_settings.archive_bucket, conversation)
    seen = read(holdings, holdings.keys(), lambda: None)
    assert seen.attachments == []
    return verify_seen(seen, conversation, [key_in_kms(clients, deployment.archive_settings.signing_key)])
