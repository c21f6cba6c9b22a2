"""Why a request is refused: a stable code, and the field of the request that it concerns."""


class RefusedError(Exception):
    """Nothing was written. Neither code nor field holds a value of the request; `party` is the id of the
    party that stands in the way, if one does."""

    def __init__(self, code: str, field: str, *, party: str | None = None) -> None:
        super().__init__(f"{code}: {field}")
        self.code = code
        self.field = field
        self.party = party
