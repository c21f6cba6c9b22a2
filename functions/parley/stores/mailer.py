"""SES as the relay sends through it: one try, and an answer that says what is certain.

What SES answers may quote mailboxes ("identities failed the check: …"), so its texts end here; a code from
the tables below goes on, without the error that caused it. An error's name decides, else its HTTP status. Who
answers with an error has not taken the mail, except a gateway; no answer at all is uncertain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import exceptions as botocore
from botocore.parsers import ResponseParserError

from parley.relaying.ports import SendDeferredError, SendRefusedError, SendUncertainError
from parley.stores.submission_body import MARK, install, mail_in_place_of_mark

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import SendEmailResponseTypeDef

    from parley.relaying.ports import Submission

NotSent = SendDeferredError | SendRefusedError | SendUncertainError
Kind = type[SendDeferredError] | type[SendRefusedError]

# What the HTTP status alone would say otherwise (SES API v2, SendEmail, Errors; "Common Errors" of AWS).
ANSWERS: dict[str, tuple[Kind, str]] = {
    "MessageRejected": (SendRefusedError, "ses-rejected"),
    "BadRequestException": (SendRefusedError, "ses-bad-request"),
    "ValidationException": (SendRefusedError, "ses-bad-request"),
    "LimitExceededException": (SendDeferredError, "ses-limit"),
    "SendingPausedException": (SendDeferredError, "ses-paused"),
    "AccountSuspendedException": (SendDeferredError, "ses-suspended"),
    # Wrong configuration, not a wrong mail: it can be sent when the operator has mended it.
    "MailFromDomainNotVerifiedException": (SendDeferredError, "ses-mail-from-not-verified"),
    # Across AWS, throttling is also a 400.
    "Throttling": (SendDeferredError, "ses-throttled"),
    "ThrottlingException": (SendDeferredError, "ses-throttled"),
}

STATUSES: dict[int, tuple[Kind, str]] = {
    403: (SendDeferredError, "ses-not-permitted"),
    404: (SendDeferredError, "ses-configuration-missing"),
    413: (SendRefusedError, "ses-too-large"),
    429: (SendDeferredError, "ses-throttled"),
}
OTHER_CLIENT_FAULT: tuple[Kind, str] = (SendDeferredError, "ses-other-fault")
OTHER_SERVER_FAULT: tuple[Kind, str] = (SendDeferredError, "ses-unavailable")
GATEWAY_TIMEOUT = 504
"""A gateway gave up waiting for SES, which may have taken the mail."""

# Nothing has been handed over yet when these are raised. All other errors of botocore (ReadTimeoutError,
# ConnectionClosedError, SSLError, …) can come after SES has read the request: uncertain.
BEFORE_SENDING: tuple[tuple[type[Exception], tuple[Kind, str]], ...] = (
    (botocore.ConnectTimeoutError, (SendDeferredError, "ses-unreachable")),
    (botocore.EndpointConnectionError, (SendDeferredError, "ses-unreachable")),
    (botocore.ProxyConnectionError, (SendDeferredError, "ses-unreachable")),
    (botocore.NoCredentialsError, (SendDeferredError, "ses-not-permitted")),
    (botocore.PartialCredentialsError, (SendDeferredError, "ses-not-permitted")),
    (botocore.CredentialRetrievalError, (SendDeferredError, "ses-not-permitted")),
    (botocore.ParamValidationError, (SendRefusedError, "ses-bad-request")),
)


class SesMailer:
    """Implements the port `Mailer`. The client must not try again by itself (`clients.Clients.sesv2`)."""

    def __init__(self, client: SESV2Client, configuration_set: str) -> None:
        install(client)
        self._client = client
        self._configuration_set = configuration_set

    def send(self, submission: Submission) -> str:
        try:
            with mail_in_place_of_mark(submission.raw):
                answer = self._send(submission)
        except (botocore.ClientError, botocore.BotoCoreError, ResponseParserError) as error:
            not_sent = classify(error)
        else:
            return answer["MessageId"]
        # Outside of the handler, so that the error of AWS is not even this one's context.
        raise not_sent

    def _send(self, submission: Submission) -> SendEmailResponseTypeDef:
        # Explicit on both ends: otherwise SES reads both from the header section.
        return self._client.send_email(
            FromEmailAddress=str(submission.reverse_path),
            Destination={"ToAddresses": [str(submission.forward_path)]},
            Content={"Raw": {"Data": MARK}},
            ConfigurationSetName=self._configuration_set,
            EmailTags=[{"Name": name, "Value": value} for name, value in submission.tags.items()],
        )


def classify(error: Exception) -> NotSent:
    """What an error of botocore says about the mail."""
    if isinstance(error, botocore.ClientError):
        return _classify_answer(error)
    for type_, (kind, code) in BEFORE_SENDING:
        if isinstance(error, type_):
            return kind(code)
    return SendUncertainError()


def _classify_answer(error: botocore.ClientError) -> NotSent:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    known = ANSWERS.get(error.response["Error"]["Code"]) or STATUSES.get(status)
    if known is None:
        if status == GATEWAY_TIMEOUT or not 400 <= status < 600:
            return SendUncertainError()
        known = OTHER_SERVER_FAULT if status >= 500 else OTHER_CLIENT_FAULT
    kind, code = known
    return kind(code)
