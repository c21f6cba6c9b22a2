"""Everything that the handlers are given to do. One more is one more line."""

from tests.support.faults.answering import ANSWERING
from tests.support.faults.erasing import ERASING
from tests.support.faults.keeping import KEEPING
from tests.support.faults.receiving import RECEIVING
from tests.support.faults.tending import TENDING
from tests.support.faults.tracking import TRACKING

SCENARIOS = {each.name: each for each in (*RECEIVING, *TRACKING, *ANSWERING, *TENDING, *ERASING, *KEEPING)}
