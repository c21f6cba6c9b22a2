"""Errors that are kept: by whoever settles the failure, and by Powertools until the next mail."""

from parley.relaying.unfinished import without_frames


def failing(mail: bytes) -> Exception:
    """An error as a port raises it, out of another one that is kept and a third that is not shown."""
    try:
        try:
            try:
                raise KeyError("of botocore")
            except KeyError as error:
                raise ValueError("of an adapter") from error
        except ValueError:
            raise RuntimeError("of a use case") from None
    except RuntimeError as error:
        return error


def test_no_error_keeps_the_frames_that_hold_the_mail() -> None:
    error = without_frames(failing(b"mail"))
    by_adapter = error.__context__
    assert by_adapter is not None
    assert by_adapter.__cause__ is not None
    assert [each.__traceback__ for each in (error, by_adapter, by_adapter.__cause__)] == [None] * 3
