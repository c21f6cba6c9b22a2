"""Settings of a function, read once from its environment.

The stack writes these variables and the functions read them; both take the names from here, so that
they cannot drift apart. A missing or malformed variable raises `SettingsError` naming it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

PREFIX = "PARLEY_"


class SettingsError(ValueError):
    """A variable of the environment is missing or malformed; the text names it."""


def variable(field: str) -> str:
    """The environment variable that holds the setting `field`: `table` → `PARLEY_TABLE`."""
    return PREFIX + field.upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every function that works must know. Each field is one environment variable."""

    table: str

    @classmethod
    def variables(cls, **values: str | int) -> dict[str, str]:
        """The variables that hold these values. Raises TypeError unless there is one for each field."""
        wanted = {field.name for field in fields(cls)}
        if wanted != values.keys():
            raise TypeError(f"values differ from {cls.__name__}: {sorted(wanted ^ values.keys())}")
        return {variable(name): str(value) for name, value in values.items()}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads every field from its variable. Raises `SettingsError` naming all that are wrong."""
        values: dict[str, str | int] = {}
        wrong: list[str] = []
        for field in fields(cls):
            text = environment.get(variable(field.name), "")
            if not text:
                wrong.append(f"{variable(field.name)} is not set")
            elif field.type is int:
                if text.isdecimal() and int(text) > 0:
                    values[field.name] = int(text)
                else:
                    wrong.append(f"{variable(field.name)} must be a positive whole number, not {text!r}")
            else:
                values[field.name] = text
        if wrong:
            raise SettingsError("; ".join(wrong))
        return cls(**values)  # type: ignore[arg-type]  # the loop above checked each field's type


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings(Settings):
    """Of those that read the inbox."""

    inbox_bucket: str
    inbox_prefix: str
    """Prefix of the objects that SES writes, with the slash at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings(InboxSettings):
    """Of receive_mail."""

    relay_domain: str
    """The domain of all aliases, lower-case, without a dot at the end."""
    marketplace_name: str
    """How notices call the marketplace."""
    operator_mailbox: str
    """Where mail for postmaster@ and abuse@ goes."""
    region: str
    """Region of the SES identity: decides the domain of outgoing Message-IDs."""
    archive_bucket: str
    configuration_set: str
    mailbox_key_secret: str
    """ARN of the secret whose string keys the hash of the mailbox index."""
    lease_seconds: int
    """How long a message belongs to the invocation that claimed it; above the function's timeout."""
    queue_url: str
    """The queue that feeds it; what could not be finished is put off there."""
    dead_letters_url: str
    """Where it puts what fails again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings(InboxSettings):
    """Of tend_archive."""

    queue_url: str
    """The queue that feeds receive_mail; the inbox sweep sends to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSettings(Settings):
    """Of write_archive."""

    archive_bucket: str
    review_bucket: str
    signing_key: str
    """ARN of the KMS key that signs checkpoints."""
    mailbox_key_secret: str
    relay_domain: str
    locale: str
    """The language of transcripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSettings(Settings):
    """Of track_delivery."""

    relay_domain: str
    marketplace_name: str
    region: str
    """Region of the SES identity."""
    configuration_set: str
    mailbox_key_secret: str
    complaints: str
    """What becomes of a party that complains of a mail: "flag" (recorded) or "opt-out" (sent no more)."""
    queue_url: str
    """The queue that feeds it: what only has to wait is put off there."""
    dead_letters_url: str
    """Where it leaves what fails for its own sake."""
    event_seconds: int
    """How long one event may take at most: with less time left none is begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings(Settings):
    """Of admin_api."""

    relay_domain: str
    mailbox_key_secret: str
    archive_bucket: str
    """Where the contents of notes and decisions go."""
    review_bucket: str
    """Where it is kept who read what."""
    queue_url: str
    """The queue that feeds receive_mail: what a reviewer releases is asked for there."""
    events_queue_url: str
    """The queue that feeds track_delivery: a confirmation of a mailbox is asked for there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureSettings(InboxSettings):
    """Of erase_data."""

    archive_bucket: str
    review_bucket: str
    mailbox_key_secret: str
    retention_days: int
    """How long contents stay after a conversation's latest mail."""
    claim_window_days: int
    """How long after it somebody may need them for a claim."""
    inbox_days: int
    access_log_days: int
    log_days: int
    """How long other copies live on, for certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeSettings(Settings):
    """Of keep_lake."""

    review_bucket: str
    engine_mb: int
    """Memory of the engine that merges; beyond it, it writes to the function's own disk."""
    engine_threads: int
    batch_mb: int
    """Of what arrived, how much is taken in at once."""
    turn_seconds: int
    """How long nobody else may keep the lake; above the function's timeout."""
