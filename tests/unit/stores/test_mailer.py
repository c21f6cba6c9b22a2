"""What SES's answers say about a mail, and how its octets reach SES."""

import base64
import os
import traceback
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from botocore import exceptions as botocore

from parley.mail.address import Mailbox
from parley.relaying.ports import SendDeferredError, SendRefusedError, SendUncertainError, Submission
from parley.stores.clients import Clients
from parley.stores.mailer import ANSWERS, SesMailer, classify
from parley.stores.submission_body import SubmissionBody
from tests.support.aws import Deployment
from tests.support.wire import Answer, Call, octets

ENDPOINT = "https://email.eu-west-1.amazonaws.com"


def a_submission(raw: bytes = b"From: a\r\n\r\nb\r\n") -> Submission:
    return Submission(
        reverse_path=Mailbox("b-7k2m", "relay.example.com"),
        forward_path=Mailbox("anna.kaeufer", "privatmail.example"),
        raw=raw,
        tags={"message": "m1", "conversation": "c1"},
    )


@pytest.fixture
def mailer(deployment: Deployment) -> SesMailer:
    return SesMailer(deployment.clients.sesv2, deployment.settings.configuration_set)


def raising(error: Exception) -> Callable[[Call], Any]:
    def hook(call: Call) -> None:
        raise error

    return hook


def test_ses_gets_both_paths_the_configuration_set_and_the_tags(
    deployment: Deployment, mailer: SesMailer
) -> None:
    message_id = mailer.send(a_submission())
    (sent,) = deployment.wire.sent
    assert sent.message_id == message_id
    assert sent.mail_from == "b-7k2m@relay.example.com"
    assert sent.recipients == ("anna.kaeufer@privatmail.example",)
    assert sent.configuration_set == deployment.settings.configuration_set
    assert sent.tags == {"message": "m1", "conversation": "c1"}


@pytest.mark.parametrize("code", ANSWERS)
def test_every_known_answer_has_its_meaning(deployment: Deployment, mailer: SesMailer, code: str) -> None:
    kind, ours = ANSWERS[code]
    deployment.wire.before = lambda call: Answer(400, code)
    with pytest.raises(kind) as caught:
        mailer.send(a_submission())
    assert getattr(caught.value, "code", None) == ours
    assert len(deployment.wire.calls) == 1


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, SendDeferredError, "ses-other-fault"),
        (403, SendDeferredError, "ses-not-permitted"),
        (404, SendDeferredError, "ses-configuration-missing"),
        (413, SendRefusedError, "ses-too-large"),
        (429, SendDeferredError, "ses-throttled"),
        (500, SendDeferredError, "ses-unavailable"),
        (503, SendDeferredError, "ses-unavailable"),
    ],
)
def test_an_unknown_answer_is_judged_by_its_status(
    deployment: Deployment, mailer: SesMailer, status: int, kind: type[SendDeferredError], code: str
) -> None:
    deployment.wire.before = lambda call: Answer(status, "NeverHeardOfException")
    with pytest.raises(kind) as caught:
        mailer.send(a_submission())
    assert caught.value.code == code
    assert len(deployment.wire.calls) == 1


@pytest.mark.parametrize("code", ANSWERS)
def test_the_table_names_nothing_that_the_status_says_too(code: str) -> None:
    by_status = classify(botocore.ClientError(answer_of(400, "NeverHeardOfException"), "SendEmail"))
    by_name = classify(botocore.ClientError(answer_of(400, code), "SendEmail"))
    assert (type(by_name), str(by_name)) != (type(by_status), str(by_status))


def answer_of(status: int, code: str) -> Any:
    return {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}


def test_a_gateway_that_gave_up_waiting_is_no_certain_answer(
    deployment: Deployment, mailer: SesMailer
) -> None:
    deployment.wire.before = lambda call: Answer(504, "NeverHeardOfException")
    with pytest.raises(SendUncertainError):
        mailer.send(a_submission())


@pytest.mark.parametrize(
    "error",
    [
        botocore.ReadTimeoutError(endpoint_url=ENDPOINT),
        botocore.ConnectionClosedError(endpoint_url=ENDPOINT),
        botocore.SSLError(endpoint_url=ENDPOINT, error=OSError("reset")),
        botocore.HTTPClientError(error="?"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_lost_answer_is_uncertain_and_nothing_is_sent_again(
    deployment: Deployment, mailer: SesMailer, error: Exception
) -> None:
    deployment.wire.after = raising(error)
    with pytest.raises(SendUncertainError):
        mailer.send(a_submission())
    assert len(deployment.wire.sent) == 1


@pytest.mark.parametrize(
    "error",
    [
        botocore.ConnectTimeoutError(endpoint_url=ENDPOINT),
        botocore.EndpointConnectionError(endpoint_url=ENDPOINT),
        botocore.NoCredentialsError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_before_anything_was_handed_over_only_defers(
    deployment: Deployment, mailer: SesMailer, error: Exception
) -> None:
    deployment.wire.before = raising(error)
    with pytest.raises(SendDeferredError):
        mailer.send(a_submission())
    assert len(deployment.wire.calls) == 1


def test_a_mailbox_that_ses_names_goes_no_further(deployment: Deployment, mailer: SesMailer) -> None:
    text = "Email address is not verified: anna.kaeufer@privatmail.example"
    deployment.wire.before = lambda call: Answer(400, "MessageRejected", text)
    with pytest.raises(SendRefusedError) as caught:
        mailer.send(a_submission())
    assert "privatmail" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "size", [0, 1, 2, 3, 1000, (3 << 17) - 1, 3 << 17, (3 << 17) + 1, (6 << 17) + 2, 5 << 20]
)
def test_the_body_is_what_botocore_itself_would_send(deployment: Deployment, size: int) -> None:
    raw = bytes(range(256)) * (size // 256) + bytes(size % 256)
    ours, its = Clients("eu-west-1").sesv2, Clients("eu-west-1").sesv2
    bodies: list[bytes] = []
    for client in (ours, its):
        client.meta.events.register(
            "before-send.sesv2.SendEmail", lambda request, **_: bodies.append(octets(request.body))
        )
    SesMailer(ours, "Parley").send(a_submission(raw))
    its.send_email(
        FromEmailAddress="b-7k2m@relay.example.com",
        Destination={"ToAddresses": ["anna.kaeufer@privatmail.example"]},
        Content={"Raw": {"Data": raw}},
        ConfigurationSetName="Parley",
        EmailTags=[{"Name": "message", "Value": "m1"}, {"Name": "conversation", "Value": "c1"}],
    )
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("size", [1, 3, 5, 64, 1 << 20])
def test_the_body_is_the_same_in_pieces_of_any_size_and_after_it_was_read_once(size: int) -> None:
    mail = bytes(range(256)) * 3
    whole = b'{"Data": "' + base64.b64encode(mail) + b'"}'
    body = SubmissionBody(b'{"Data": "', mail, b'"}')
    for _ in range(2):
        assert b"".join(iter(lambda: body.read(size), b"")) == whole
        assert body.seek(0, os.SEEK_END) == body.tell() == len(whole)
        assert body.seek(-4, os.SEEK_CUR) == len(whole) - 4
        assert body.read() == whole[-4:]
        body.seek(0)


def test_what_is_sent_is_held_in_memory_once(deployment: Deployment, mailer: SesMailer) -> None:
    """Over the mail itself: a few pieces of 1 MB, whatever its size."""
    raw, peaks = bytes(24 << 20), []
    deployment.wire.before = lambda call: Answer(400, "MessageRejected")
    for mail in (b"small", raw):
        tracemalloc.start()
        with pytest.raises(SendRefusedError):
            mailer.send(a_submission(mail))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 8 << 20


def test_another_request_of_the_same_client_passes_unchanged(
    deployment: Deployment, mailer: SesMailer
) -> None:
    deployment.clients.sesv2.send_email(
        FromEmailAddress="x@relay.example.com",
        Destination={"ToAddresses": ["postmaster@example.com"]},
        Content={"Raw": {"Data": b"other"}},
        ConfigurationSetName="Parley",
        EmailTags=[],
    )
    assert deployment.wire.sent[0].raw == b"other"
