from parley.conversation.admission import Admission
from parley.mail.findings import Finding
from parley.mail.reports import Automatic
from parley.mail.structure import Defect
from parley.relaying.languages import LANGUAGES
from parley.screening.policy import CODES, DEFAULT_POLICY, Action, Policy


def test_every_code_of_the_pure_packages_has_its_row() -> None:
    produced = {*Automatic, *Defect, *(answer for answer in Admission if answer is not Admission.ADMITTED)}
    assert {str(code) for code in produced} <= set(CODES)


def test_the_strictest_action_decides_and_names_its_codes_once() -> None:
    findings = [
        Finding("spam-uncertain"),
        Finding("spam"),
        Finding("virus"),
        Finding("virus", place="part:1"),
    ]
    assert DEFAULT_POLICY.strictest(findings) == (Action.REFUSE, ("virus",))


def test_nothing_found_is_delivered() -> None:
    assert DEFAULT_POLICY.strictest([]) == (Action.DELIVER, ())


def test_a_policy_overrides_the_table() -> None:
    policy = Policy("lenient-1", {"spam": Action.FLAG})
    assert policy.strictest([Finding("spam")])[0] is Action.FLAG


def test_a_code_without_a_row_holds() -> None:
    assert DEFAULT_POLICY.strictest([Finding("no-such-code")]) == (Action.HOLD, ("no-such-code",))


def test_notices_know_the_same_reasons_in_every_language() -> None:
    known = [set(words.reasons) for words in LANGUAGES.values()]
    assert all(reasons == known[0] for reasons in known)
    assert known[0] - {"unreadable", "not-checked", "not-taken", "not-delivered"} <= set(CODES)
