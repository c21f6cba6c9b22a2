"""A transcript with originals beside: made here, under the reviewer's own rights, and kept nowhere."""

from cli.checks.site import Site
from cli.connecting import UsageError
from cli.evidence.holdings import Object
from cli.evidence.retelling import conversation_of, page_with_originals, parties_of
from cli.marketplace import MarketplaceApi
from cli.review.reading import entries_of, holdings_of
from parley.archive.keys import ORIGINAL


def with_originals(conversation: str, site: Site, api: MarketplaceApi, locale: str) -> bytes:
    """Raises `UsageError` for credentials that may not read originals."""
    holdings, opened = holdings_of(site, conversation).as_first_written(), api.conversation(conversation)

    def stored(key: str) -> bytes | None:
        found = holdings.read(key)
        if isinstance(found, Object):
            return found.content
        if found.code == "access-denied" and key.endswith(ORIGINAL):
            raise UsageError(
                "These credentials may not read originals. Assume the role of a senior reviewer"
                " (docs/reviewing.md)."
            )
        return None

    return page_with_originals(
        entries_of(holdings),
        conversation_of(opened),
        parties_of(opened, api),
        stored,
        relay_domain=site.deployment.relay_domain,
        now=site.now,
        locale=locale,
    )
