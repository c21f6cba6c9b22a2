"""The words that every language has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """language: as in the `lang` attribute. Mappings go from codes of the model to words; the fields between
    them are labels and sentences in the order of the page."""

    language: str
    date: Callable[[datetime], str]
    decimal_comma: bool
    day: tuple[str, str]
    hour: tuple[str, str]
    minute: tuple[str, str]
    no_minute: str

    title: str
    title_of_order: str
    originals_title: str
    skip: str
    conversation: str
    order: str
    status: str
    generated: str
    chain: str
    chain_links: str
    chain_unknown: str
    chain_intact: str
    chain_broken: str
    chain_signed: str
    chain_pending: str
    chain_erased: str
    about: str
    about_originals: str

    summary: str
    parties: str
    name_unknown: str
    contact: str
    first: str
    nobody_wrote: str
    accepted: str
    accepted_yes: str
    accepted_no: str
    accepted_unknown: str
    answered: str
    answered_after: str
    not_answered: str
    in_time: str
    yes_within: str
    no_within: str
    window_until: str
    window_over: str
    counts: str
    attachments_seen: str
    attempts: str
    none: str
    holds: str
    hold_in_force: str
    hold_lifted: str
    case: str
    flags: str
    missing: str
    missing_note: str

    index: str
    messages: str
    message: str
    no_messages: str
    outcome: str
    intended: str
    passed_on_at: str
    reasons: str
    automatic: str
    unproved: str
    to: str
    subject: str
    no_subject: str
    as_seen: str
    as_masked: str
    as_written: str
    never_seen: str
    not_yet_seen: str
    cannot_show: str
    no_text: str
    enclosed: str
    also: str
    links: str
    cut: str
    unreadable: str
    differences: str
    no_differences: str
    differences_unknown: str
    attachments: str
    no_name: str
    picture: str
    picture_above: str
    within: str
    more_files: str
    verdicts: str
    proofs: str
    screened: str
    findings: str
    delivery: str
    delivery_unknown: str
    history: str
    kept: str
    original_object: str
    relayed_object: str
    attachment_object: str
    digest: str
    commitment: str
    gone: str
    original: str
    original_fields: str
    original_missing: str
    changed_line: str
    event: str
    text_gone: str
    for_all: str
    mark_alias: str
    mark_mask: str
    mark: str

    roles: Mapping[str, str]
    statuses: Mapping[str, str]
    states: Mapping[str, str]
    events: Mapping[str, str]
    kinds: Mapping[str, str]
    lacks: Mapping[str, str]
    severities: Mapping[str, str]
    automatics: Mapping[str, str]
    problems: Mapping[str, str]
    codes: Mapping[str, str]
    places: Mapping[str, str]
    facts: Mapping[str, str]
    reasons_to_erase: Mapping[str, str]
    checks: Mapping[str, str]
    check_results: Mapping[str, str]
