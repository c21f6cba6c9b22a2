"""Which errors say nothing of the mail that met them, and end without anybody changing it or the software.

An allow-list (design: unknown means that it counts): AWS's own trouble, limits, permissions and configuration
that an operator mends, and other invocations at work. A request that AWS cannot accept as it stands, and any
error of ours, is the mail's own: it would fail the same way tomorrow.
"""

from botocore import exceptions as botocore
from botocore.parsers import ResponseParserError

from parley.relaying.ports import (
    BusyError,
    HeadMovedError,
    LeaseLostError,
    SendDeferredError,
    SendUncertainError,
)
from parley.stores.table import CancelledError, NotAllReadError

_TYPES = (
    *(BusyError, HeadMovedError, LeaseLostError, SendDeferredError, SendUncertainError),
    *(NotAllReadError, ResponseParserError),
)

# "Common Errors" of AWS, and of DynamoDB, KMS and S3: these are 400s, and the moment's, not the request's.
_CODES = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "SlowDown"),
        *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "LimitExceededException"),
        *("TransactionConflictException", "TransactionInProgressException", "ConditionalRequestConflict"),
        *("OperationAborted", "RequestTimeout", "RequestTimeTooSkewed", "RequestExpired"),
        # Wrong configuration: every mail meets it, and goes on when the operator has mended it.
        *("AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException"),
        *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
        *("ResourceNotFoundException", "NoSuchBucket", "KMSInvalidStateException", "DisabledException"),
    }
)
_PASSING_STATUSES = frozenset({401, 403, 408, 429})


def passes(error: Exception) -> bool:
    """Whether the same text may be worked on later as if this had not been."""
    match error:
        case botocore.ClientError():
            return _is_passing_answer(error)
        case botocore.ParamValidationError():
            return False
        case botocore.BotoCoreError():
            return True
        case CancelledError():
            return error.passes
    return isinstance(error, _TYPES)


def _is_passing_answer(error: botocore.ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response["Error"]["Code"] in _CODES or status >= 500 or status in _PASSING_STATUSES
