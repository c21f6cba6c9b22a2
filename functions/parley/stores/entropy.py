"""The system's randomness."""

import secrets


class SystemEntropy:
    """Implements the port `Entropy` from the operating system's generator."""

    def bits(self, count: int) -> int:
        return secrets.randbits(count)
