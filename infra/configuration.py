"""The configuration of a deployment, read from the context of `cdk.json` in this one place.

Every key begins with `parley:`. A value that is missing, of the wrong type or out of its range, and a key
that is not known, raise `ConfigurationError`, which names the key; nothing is guessed. docs/configuration.md
describes each key, and a test holds the two together.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Self

PREFIX = "parley:"

# Regions with a host inbound-smtp.<region>.amazonaws.com, as known on 2026-11-21. The list grows:
# `parley:receiving-regions` replaces it until a release catches up.
RECEIVING_REGIONS = (
    *("af-south-1", "ca-central-1", "il-central-1", "me-south-1", "sa-east-1"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
    *("ap-southeast-1", "ap-southeast-2", "ap-southeast-3"),
    *("eu-central-1", "eu-north-1", "eu-south-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
)

# What CloudWatch Logs accepts, up to ten years.
LOG_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = rf"(?=.{{4,200}}\Z){_LABEL}(?:\.{_LABEL})+"
# SES takes no SMTPUTF8 local-part, and quoted ones are asking for trouble in an operator's mailbox.
_MAILBOX = rf"(?=.{{3,254}}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+"


class ConfigurationError(ValueError):
    """A key of the context is missing, unknown or has an impossible value; the text names the key."""


def key(name: str) -> str:
    """The context key of the field `name`: `relay_domain` → `parley:relay-domain`."""
    return PREFIX + name.replace("_", "-")


def _text(pattern: str, wanted: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"must be {wanted}, not {value!r}")
        return value

    return read


def _number(value: Any) -> Any:
    # `cdk deploy -c key=90` hands every value over as text.
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = _number(value)
        if type(number) is not int or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}, not {value!r}")
        return number

    return read


def _one_of(*choices: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        number = _number(value)
        if type(number) is not type(choices[0]) or number not in choices:
            raise ValueError(f"must be one of {', '.join(map(str, choices))}, not {value!r}")
        return number

    return read


def _flag(value: Any) -> bool:
    match value:
        case bool():
            return value
        case "true":
            return True
        case "false":
            return False
    raise ValueError(f"must be true or false, not {value!r}")


def _list(read: Callable[[Any], str], wanted: str) -> Callable[[Any], tuple[str, ...]]:
    def read_all(value: Any) -> tuple[str, ...]:
        # A list in cdk.json; `-c` on the command line can only give text.
        given = value.split(",") if isinstance(value, str) else value
        if not isinstance(given, list) or not given:
            raise ValueError(f"must be a list of {wanted}, not {value!r}")
        return tuple(read(each) for each in given)

    return read_all


_region = _text(r"[a-z]{2}(-[a-z]+)+-\d", "a region such as eu-west-1")
# Never an account or everybody: whoever reads other people's mail is named.
_principals = _list(
    _text(
        r"arn:aws[a-z-]*:iam::\d{12}:(user|role)/[A-Za-z0-9_+=.@/-]{1,576}",
        "the ARN of an IAM user or role such as arn:aws:iam::123456789012:user/anna",
    ),
    "ARNs of IAM users and roles",
)


def _setting(read: Callable[[Any], Any], default: Any = MISSING) -> Any:
    return field(metadata={"read": read}, default=default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What an operator decides. Each field is one key of the context."""

    region: str = _setting(_region)
    relay_domain: str = _setting(_text(_DOMAIN, "a domain in lower case such as relay.example.com"))
    marketplace_name: str = _setting(_text(r"[^\x00-\x1f\x7f<>]{1,100}", "a name of 1 to 100 characters"))
    operator_mailbox: str = _setting(_text(_MAILBOX, "a mailbox such as postmaster@example.com"))

    account: str | None = _setting(_text(r"\d{12}", "an account id of 12 digits"), None)
    stack_name: str = _setting(
        _text(r"[A-Za-z][A-Za-z0-9-]{0,49}", "letters, digits and hyphens, 50 at most"), "Parley"
    )
    receiving_regions: tuple[str, ...] = _setting(_list(_region, "regions"), RECEIVING_REGIONS)
    hosted_zone_id: str | None = _setting(_text(r"[A-Z0-9]{1,32}", "the id of a Route 53 hosted zone"), None)
    hosted_zone_name: str | None = _setting(_text(_DOMAIN, "the domain of that hosted zone"), None)

    mail_from_label: str = _setting(_text(_LABEL, "one label of a domain such as bounce"), "bounce")
    dmarc_report_mailbox: str | None = _setting(_text(_MAILBOX, "a mailbox for DMARC reports"), None)
    sending_tls: str = _setting(_one_of("optional", "require"), "optional")
    receiving_tls: str = _setting(_one_of("optional", "require"), "optional")

    existing_rule_set: str | None = _setting(
        _text(r"[A-Za-z0-9_.-]{1,64}", "the name of a receipt rule set"), None
    )
    displace_active_rule_set: bool = _setting(_flag, False)

    complaints: str = _setting(_one_of("flag", "opt-out"), "flag")

    # Below the 400 days for which the table knows which messages a receipt made.
    inbox_days: int = _setting(_whole(45, 365), 60)
    review_locale: str = _setting(_one_of("en", "de"), "en")
    # An export waits three minutes for its own link to be archived (`cli.evidence.awaiting`).
    archive_window_seconds: int = _setting(_whole(0, 120), 60)
    archive_lock_days: int = _setting(_whole(1, 3650), 90)
    retention_days: int = _setting(_whole(30, 3650), 730)
    claim_window_days: int = _setting(_whole(1, 3650), 90)
    # Athena admits no limit below 10 MB.
    query_scan_limit_mb: int = _setting(_whole(10, 10_000_000), 100_000)
    access_log_days: int = _setting(_whole(1, 3650), 400)
    log_days: int = _setting(_one_of(*LOG_DAYS), 90)

    # Without any there is no such role: nobody reads mail because of a default.
    reviewer_principals: tuple[str, ...] = _setting(_principals, ())
    senior_reviewer_principals: tuple[str, ...] = _setting(_principals, ())
    privacy_officer_principals: tuple[str, ...] = _setting(_principals, ())
    auditor_principals: tuple[str, ...] = _setting(_principals, ())
    require_mfa: bool = _setting(_flag, True)
    trail: bool = _setting(_flag, True)

    max_concurrency: int | None = _setting(_whole(2, 1000), None)
    bundle: bool = _setting(_flag, True)

    def __post_init__(self) -> None:
        if self.region not in self.receiving_regions:
            _fail(
                "region",
                f"SES receives no mail in {self.region}; if it does, set {key('receiving_regions')}",
            )
        if self.operator_mailbox.lower().endswith("@" + self.relay_domain):
            _fail(
                "operator_mailbox",
                f"must not be at {self.relay_domain}: its mail would come round again",
            )
        if self.existing_rule_set and self.displace_active_rule_set:
            _fail("displace_active_rule_set", f"says nothing together with {key('existing_rule_set')}")
        if self.claim_window_days > self.retention_days:
            _fail(
                "claim_window_days",
                f"must not be above {key('retention_days')}: nothing is kept for longer than that",
            )
        self._check_hosted_zone()

    def _check_hosted_zone(self) -> None:
        if (self.hosted_zone_id is None) != (self.hosted_zone_name is None):
            missing = "hosted_zone_id" if self.hosted_zone_id is None else "hosted_zone_name"
            _fail(missing, "is needed too: a hosted zone is given by its id and its name")
        if self.hosted_zone_name and not f".{self.relay_domain}".endswith(f".{self.hosted_zone_name}"):
            _fail("hosted_zone_name", f"does not hold {self.relay_domain}")

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Reads the keys `parley:*` and ignores all others, which are the CDK's own."""
        known = {key(each.name): each for each in fields(cls)}
        unknown = sorted(name for name in context if name.startswith(PREFIX) and name not in known)
        if unknown:
            raise ConfigurationError(f"{unknown[0]} is not a key of Parley; the keys are {', '.join(known)}")
        values = {}
        for name, each in known.items():
            if context.get(name) is None:
                if each.default is MISSING:
                    raise ConfigurationError(f"{name} is not set; give it in the context of cdk.json")
                continue
            try:
                values[each.name] = each.metadata["read"](context[name])
            except ValueError as error:
                raise ConfigurationError(f"{name} {error}") from error
        return cls(**values)


def _fail(name: str, text: str) -> None:
    raise ConfigurationError(f"{key(name)}: {text}")
