"""What a million delivered mails cost besides SES: AWS calls counted on the functions, times prices.

`python -m benchmarks.cost` prints the tables of docs/operations.md. Counted: every request of the functions
in the life of a small mail between registered parties (`benchmarks.life`), in two cases: each mail is the
only one of its conversation, and conversations are exchanges of six, whose mails come hours apart. What AWS
does around the functions (SES's write, the queues' deliveries) stands in `quantities`. Assumed: how long
calls take, and within which time a mail arrives.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from benchmarks.life import CONVERSATIONS, EXCHANGE, FUNCTIONS, TOLD, Deployed, Life, play

SES_PRICE = 200.0
"""$ for a million mails received (0.10 $ for a thousand) and a million sent (0.10 $ for a thousand)."""
# us-east-1, November 2026, $ for a million. S3: PUT and LIST, GET. DynamoDB on demand: a unit is 1 KB written
# or 4 KB read; a transaction takes two for each.
PRICES = {
    "S3 writes": 5.0,
    "S3 reads": 0.4,
    "DynamoDB write units": 0.625,
    "DynamoDB read units": 0.125,
    "SQS requests": 0.4,
    "SNS publishes": 0.5,
    "KMS signatures": 15.0,
    "Lambda requests": 0.2,
    "Lambda GB-seconds": 13.3334,
}
ARRIVAL_SECONDS = 5
"""So long after a mail SES tells of its delivery. If the window of write_archive ends in between, the
conversation is followed once more."""
SECONDS = {
    "s3.PutObject": 0.035,
    "s3.GetObject": 0.020,
    "s3.ListObjectsV2": 0.030,
    "dynamodb.TransactWriteItems": 0.012,
    "kms.Sign": 0.020,
    "sesv2.SendEmail": 0.080,
}
"""That a call takes within a region; all others `SECONDS_OF_OTHERS`."""
SECONDS_OF_OTHERS = 0.006
CPU_OF_CALL, CPU_OF_MAIL = 0.003, 0.010
"""Seconds of one vCPU, which Lambda gives with `MB_OF_VCPU`; a transcript counts as a mail."""
MB_OF_VCPU = 1769
AT_ONCE = {"write_archive": 4}
"""Calls that wait together (`parley.archiving.ahead`)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """alone: of a mail that is the only one of its conversation. exchanged: of one among `EXCHANGE`."""

    alone: Life
    exchanged: Life
    deployed: Deployed

    @property
    def share_late(self) -> float:
        """Of mails whose delivery is told in another window of write_archive. A window that begins with the
        mail itself, as it does where mails are few, ends later than is assumed here."""
        window = self.deployed.window
        return min(1.0, ARRIVAL_SECONDS / window) if window else 1.0


def measured() -> Measured:
    together, deployed = play(1, apart=False)
    apart, _ = play(1, apart=True)
    exchanged, _ = play(EXCHANGE, apart=False)
    made = Measured(together, exchanged, deployed)
    # What one more run takes is the same in both cases: it remembers what the one before has read.
    once_more = apart.minus(together).times(made.share_late)
    return Measured(together.plus(once_more), exchanged.plus(once_more), deployed)


def quantities(life: Life, deployed: Deployed) -> dict[str, float]:
    """Of one mail, in the units that have a price."""
    return {
        # SES writes the inbox.
        "S3 writes": 1 + life.of("s3.PutObject") + life.of("s3.ListObjectsV2"),
        "S3 reads": life.of("s3.GetObject"),
        "DynamoDB write units": life.written,
        "DynamoDB read units": life.read,
        # Put in by SNS, received, deleted. Of so few, each comes alone.
        "SQS requests": 3.0 * (1 + len(TOLD)),
        "SNS publishes": 1.0 + len(TOLD),
        "KMS signatures": life.of("kms.Sign"),
        "Lambda requests": sum(life.runs.values()),
        "Lambda GB-seconds": sum(
            seconds(life, name, deployed) * deployed.memory[name] / 1024 for name in FUNCTIONS
        ),
    }


def seconds(life: Life, function: str, deployed: Deployed) -> float:
    """How long the function runs for one mail, all its invocations together."""
    calls = life.calls[function]
    waiting = sum(SECONDS.get(call, SECONDS_OF_OTHERS) * count for call, count in calls.items())
    works = {"receive_mail": 1.0, "write_archive": life.pages}.get(function, 0.0)
    cpu = CPU_OF_CALL * sum(calls.values()) + CPU_OF_MAIL * works
    return waiting / AT_ONCE.get(function, 1) + cpu * MB_OF_VCPU / deployed.memory[function]


def lines(life: Life, deployed: Deployed) -> Iterator[tuple[str, float, float, float]]:
    """What, how many a mail, $ for a million of them, $ for a million mails."""
    for what, count in quantities(life, deployed).items():
        yield what, count, PRICES[what], count * PRICES[what]


def total(life: Life, deployed: Deployed) -> float:
    """$ for a million mails, without SES."""
    return sum(price for *_, price in lines(life, deployed))


def dearest(made: Measured) -> float:
    """$ for a million mails in the dearer case."""
    return max(total(made.alone, made.deployed), total(made.exchanged, made.deployed))


def rows(made: Measured) -> list[tuple[str, ...]]:
    """What, price; count and $ of a mail alone, and of one in an exchange."""
    both = zip(lines(made.alone, made.deployed), lines(made.exchanged, made.deployed), strict=True)
    found = [
        (what, f"{price:.3f}", f"{one:.2f}", f"{alone:.2f}", f"{other:.2f}", f"{exchanged:.2f}")
        for (what, one, price, alone), (_, other, _, exchanged) in both
    ]
    sums = [f"{total(each, made.deployed):.2f}" for each in (made.alone, made.exchanged)]
    return [*found, ("all but SES", "", "", sums[0], "", sums[1])]


HEADER = ("", "$ a million", "of a mail alone", "$", f"of one among {EXCHANGE}", "$")


def table(made: Measured) -> str:
    """Markdown."""
    ses = ("SES, received and sent", "100", "2", f"{SES_PRICE:.2f}", "2", f"{SES_PRICE:.2f}")
    told = (HEADER, ("---", *["---:"] * (len(HEADER) - 1)), *rows(made), ses)
    return "\n".join(f"| {' | '.join(each)} |" for each in told)


def _calls(life: Life, function: str) -> str:
    calls = life.calls[function]
    listed = ", ".join(f"{count:.2f} {name}" for name, count in calls.items())
    return f"{function}: {sum(calls.values()):.1f} calls ({listed})"


def main() -> None:
    made = measured()
    sys.stdout.write(f"{table(made)}\n\n")
    for what, life in (("A mail alone", made.alone), (f"One among {EXCHANGE}", made.exchanged)):
        share = 100 * total(life, made.deployed) / SES_PRICE
        told = "\n  ".join(
            f"{_calls(life, name)}, {seconds(life, name, made.deployed):.2f} s" for name in FUNCTIONS
        )
        sys.stdout.write(f"{what}: {share:.0f} % of SES's own price\n  {told}\n")
    sys.stdout.write(
        f"{CONVERSATIONS} conversations within a window of {made.deployed.window} s; "
        f"{100 * made.share_late:.0f} % of deliveries are told in the next one.\n"
    )


if __name__ == "__main__":
    main()
