"""What an error of AWS means to whoever runs the command: a finding, never a traceback."""

from botocore.exceptions import BotoCoreError, ClientError

from cli.deployment import PartMissingError
from cli.findings import Finding, fail, unknown
from cli.permissions import actions_of

_DENIED = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"}
    | {"UnauthorizedOperation"}
)
_EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
    | {"RequestExpired", "SignatureDoesNotMatch", "InvalidSignatureException", "InvalidAccessKeyId"}
)
_GONE = frozenset(
    {"404", "NotFound", "NotFoundException", "NoSuchBucket", "NoSuchKey", "ResourceNotFoundException"}
    | {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "ConfigurationSetDoesNotExist"}
)


def explain(error: Exception) -> Finding:
    """The finding that tells of an error which kept a check from looking."""
    match error:
        case ClientError():
            return _answered(error.response["Error"]["Code"], error.operation_name)
        case PartMissingError():
            return fail("part-missing", f"The stack has no {error}.", "Deploy the stack again.")
        case BotoCoreError():
            name = type(error).__name__
            return unknown(
                "aws-unreachable", f"AWS was not reached ({name}).", "Look at the network, try again."
            )
    name = type(error).__name__
    return unknown("check-failed", f"This check itself failed ({name}).", "Please report it.")


def _answered(code: str, operation: str) -> Finding:
    if code in _DENIED:
        actions = " and ".join(actions_of(operation)) or operation
        return unknown(
            "access-denied",
            f"These credentials may not ask: {actions} is missing.",
            "Allow it; docs/deploying.md has the whole policy.",
        )
    if code in _EXPIRED:
        return unknown("credentials-refused", f"AWS refuses these credentials ({code}).", "Log in again.")
    if code in _GONE:
        return fail(
            "resource-gone",
            f"What {operation} asks for is not there ({code}), though the stack made it.",
            "Somebody deleted it: deploy the stack under another name, or restore it.",
        )
    return unknown("aws-error", f"{operation} was answered with {code}.", "Try again in a few minutes.")
