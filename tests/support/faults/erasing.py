"""erase_data at work: asked by a privacy officer, who repeats what was not answered, and by its schedule."""

import json
from datetime import timedelta

from parley.erasing.steps import LATE, SETTLING
from tests.support import scenarios as receipts
from tests.support.erased import PERSON, erase, open_plans, run
from tests.support.faults.invariants import told
from tests.support.faults.peek import Peek
from tests.support.faults.receiving import worked
from tests.support.faults.scenario import Scenario
from tests.support.faults.tending import SCHEDULED
from tests.support.market import Market
from tests.support.verified import verified

_OVER = timedelta(days=800)
"""Longer than anything is kept."""


def _with_an_archive(market: Market) -> None:
    receipts.relayed(market)
    assert worked(market)
    assert market.follow() == []


def _asked_to_erase(market: Market) -> None:
    _with_an_archive(market)
    erase(market)


def _erasing(market: Market) -> None:
    _asked_to_erase(market)
    run(market)
    market.clock.pass_by(SETTLING)


def _ending(market: Market) -> None:
    _erasing(market)
    run(market)
    market.clock.pass_by(LATE)


def _erased(market: Market) -> bool:
    return bool(market.invoke("erase_data", SCHEDULED)["failed"] == 0)


def _erased_later(market: Market) -> bool:
    market.clock.pass_by(LATE)
    return _erased(market)


def _gone(market: Market) -> str:
    """When all stages are through, nothing can be found of the person, and the chain says what is gone."""
    for _ in range(3):
        if open_plans(market):
            run(market, LATE)
    assert market.follow() == []
    looked, settings = Peek(market.deployment), market.deployment.settings
    # Unencoded only: what hides in encodings, `test_erasing.py` looks for.
    everything = [looked.items(), *(looked.objects(each) for each in looked.buckets())]
    remains = [word for word in PERSON if word in repr(everything)]
    kept = [key for key in looked.objects(settings.archive_bucket) if key.startswith("conversations/")]
    left = remains, open_plans(market), kept, verified(market.deployment, "c1").is_intact
    assert left == ([], [], [], True), left
    return told(market)


def _old(market: Market) -> None:
    _with_an_archive(market)
    market.clock.pass_by(_OVER)


def _asked(market: Market) -> bool:
    return "error" not in erase(market)


def _planned(market: Market) -> str:
    plans = [(each["party"], each["case"]) for each in open_plans(market)]
    return json.dumps([told(market), plans])


def _emptied(market: Market) -> str:
    """The schedule goes on: then nothing is left of what was written, and the chain says so."""
    for _ in range(2):
        run(market, LATE)
    looked = Peek(market.deployment)
    kept = looked.objects(market.deployment.settings.archive_bucket)
    left = [key for key in kept if key.startswith("conversations/")]
    assert (left, verified(market.deployment, "c1").is_intact) == ([], True), left
    return told(market)


ERASING = (
    Scenario(name="erasure: asking", prepare=_with_an_archive, act=_asked, again=_asked, told=_planned),
    *(
        Scenario(name=name, prepare=prepare, act=_erased, again=_erased_later, told=_gone)
        for name, prepare in (
            ("erasure: closing", _asked_to_erase),
            ("erasure: erasing", _erasing),
            ("erasure: ending", _ending),
        )
    ),
    Scenario(name="retention", prepare=_old, act=_erased, again=_erased_later, told=_emptied),
)
