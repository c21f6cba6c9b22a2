"""Every known way to hide a mailbox is masked, relayed, and leaves the rest of the mail readable."""

import pytest

from tests.golden.pipeline import BUYER_TO_SELLER, SELLER, relayed
from tests.golden.reading import missing, shows
from tests.unit.masking import header_probes, html_probes, part_probes, text_probes
from tests.unit.masking.probes import DOMAIN, MAILBOX, PROBES, Probe

# Each of these modules adds its mails to PROBES.
MODULES = (text_probes, html_probes, header_probes, part_probes)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_probe_is_relayed_without_the_mailbox_and_with_its_text(probe: Probe) -> None:
    result = relayed(probe.raw, BUYER_TO_SELLER)
    assert not shows(result.outgoing, MAILBOX)
    assert not shows(result.outgoing, DOMAIN)
    assert not shows(result.outgoing, str(SELLER))
    assert not missing(result.outgoing, probe.kept)
    assert result.leaks == ()


def test_probes_have_different_names() -> None:
    assert len({probe.name for probe in PROBES}) == len(PROBES)
