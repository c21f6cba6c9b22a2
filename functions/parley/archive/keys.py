"""Where things lie in the archive bucket: names that a person can read in the S3 console.

conversations/<conversation>/0003_2026-09-04T161200Z_seller-to-buyer_<message>/original.eml
                                                                             /relayed.eml
entries/<conversation>/0003_<message>.json
"""

from datetime import UTC, datetime


def message_folder(conversation: str, seq: int, received_at: datetime, direction: str, message: str) -> str:
    """The folder of one message, with the slash at its end. direction: "seller-to-buyer" and the like."""
    time = received_at.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    return f"conversations/{conversation}/{seq:04d}_{time}_{direction}_{message}/"


def entry_key(conversation: str, seq: int, message: str) -> str:
    return f"entries/{conversation}/{seq:04d}_{message}.json"
