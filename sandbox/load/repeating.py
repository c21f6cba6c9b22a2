"""Notifications that come twice, as SNS and SQS may deliver them ("at least once")."""

import threading

from sandbox.ses.ports import Publish


class Repeating:
    """every: which notification is published a second time at once, so that two workers meet; 0 for none."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._count = 0
        self._lock = threading.Lock()
        self.repeated = 0

    def around(self, publish: Publish) -> Publish:
        def publish_some_twice(*, topic: str, subject: str, message: str) -> None:
            publish(topic=topic, subject=subject, message=message)
            if self._is_its_turn():
                publish(topic=topic, subject=subject, message=message)
                self.repeated += 1

        return publish_some_twice

    def _is_its_turn(self) -> bool:
        with self._lock:
            self._count += 1
            return self._every > 0 and self._count % self._every == 0
