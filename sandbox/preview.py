"""`preview`: runs mails through the whole pipeline without AWS or network and says what would happen.

It calls the same `decide` as receive_mail does; what it writes is what would be handed to SES.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from parley.conversation.messages import State
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import AddressError, Mailbox, ReversePath, parse_mailbox, parse_reverse_path
from parley.mail.verdicts import Verdict, Verdicts
from parley.relaying.decide import Relay, Stop, decide
from parley.screening.policy import DEFAULT_POLICY
from sandbox.trial import Setup, UsageError, arrival_of, routed

DIRECTIONS = {"seller_to_buyer": Role.SELLER, "buyer_to_seller": Role.BUYER, "auto": None}
ALL_PASS = Verdicts(**dict.fromkeys(("spf", "dkim", "dmarc", "spam", "virus"), Verdict.PASS))
EPILOG = """\
examples:
  what would become of these mails:
    python -m sandbox preview --out /tmp/out mails/*.eml
  the same, as if SES had called each of them spam:
    echo '{"spam": "FAIL"}' > spam.json
    python -m sandbox preview --out /tmp/out --verdicts spam.json mails/*.eml

For each FILE one JSON line: file, out, outcome, codes, direction, bytes_in, bytes_out, cpu_ms.
docs/outcomes.md explains the codes.
"""


def add_command(commands: Any) -> None:
    parser = commands.add_parser(
        "preview",
        help="say what would happen to mails, and write what would be sent",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="a mail as it arrived")
    add("--out", required=True, type=Path, metavar="DIR", help="where relayed mails are written")
    add("--buyer", default="anna.kaeufer@privatmail.example", metavar="MAILBOX", help="default: %(default)s")
    add("--buyer-name", default="Anna Käufer", metavar="NAME", help="default: %(default)s")
    add("--seller", default="shop@haendler-mueller.example", metavar="MAILBOX", help="default: %(default)s")
    add("--seller-name", default="Händler Müller GmbH", metavar="NAME", help="default: %(default)s")
    add("--buyer-alias", default="b-7K2M@relay.example", metavar="MAILBOX", help="default: %(default)s")
    add("--seller-alias", default="s-9Q4T@relay.example", metavar="MAILBOX", help="default: %(default)s")
    add("--direction", choices=DIRECTIONS, default="auto", help="auto: by the author (default)")
    add("--reverse-path", metavar="MAILBOX", help="<> for none; default: Return-Path, else From")
    add("--verdicts", default="pass", metavar="pass|FILE.json", help='e.g. {"dmarc": "GRAY"}; rest: PASS')
    parser.set_defaults(run=run)


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Exit status: 0 if every file got its line, 2 on wrong usage."""
    try:
        setup = _setup(arguments)
        arguments.out.mkdir(parents=True, exist_ok=True)
    except (UsageError, OSError) as error:
        parser.error(str(error))
    for file in arguments.files:
        print(json.dumps(_preview(file, arguments.out, setup)), flush=True)
    return 0


def read_setup(options: list[str]) -> Setup:
    """What the command's options, defaults included, say about every mail. Raises `UsageError`."""
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers())
    return _setup(parser.parse_args(["preview", "--out", ".", *options, "FILE"]))


def _setup(arguments: argparse.Namespace) -> Setup:
    aliases = {
        Role.BUYER: _mailbox(arguments.buyer_alias, "--buyer-alias"),
        Role.SELLER: _mailbox(arguments.seller_alias, "--seller-alias"),
    }
    if len({alias.domain for alias in aliases.values()}) != 1:
        raise UsageError("--buyer-alias and --seller-alias must be at the same domain")
    if len({alias.local_part.lower() for alias in aliases.values()}) != 2:
        raise UsageError("--buyer-alias and --seller-alias must differ")
    for alias in aliases.values():
        routed(alias)
    return Setup(
        parties={
            Role.BUYER: _party(Role.BUYER, arguments.buyer, arguments.buyer_name),
            Role.SELLER: _party(Role.SELLER, arguments.seller, arguments.seller_name),
        },
        aliases=aliases,
        author_role=DIRECTIONS[arguments.direction],
        reverse_path=_given_reverse_path(arguments.reverse_path),
        verdicts=_verdicts(arguments.verdicts),
        take_as_proved=arguments.verdicts == "pass",
    )


def _mailbox(text: str, option: str) -> Mailbox:
    try:
        return parse_mailbox(text)
    except AddressError:
        raise UsageError(f"{option}: {text!r} is no mailbox") from None


def _given_reverse_path(text: str | None) -> ReversePath | None:
    try:
        return None if text is None else parse_reverse_path(text)
    except AddressError:
        raise UsageError(f"--reverse-path: {text!r} is neither a mailbox nor <>") from None


def _party(role: Role, mailbox: str, name: str) -> Party:
    own = _mailbox(mailbox, f"--{role}")
    return Party(
        id=PartyId(role),
        role=role,
        locale="de",
        display_name=name,
        mailboxes=(own,),
    )


def _verdicts(option: str) -> Verdicts:
    if option == "pass":
        return ALL_PASS
    try:
        stated = json.loads(Path(option).read_text(encoding="utf-8"))
        read = {name.removesuffix("Verdict"): _status(status) for name, status in stated.items()}
        return replace(ALL_PASS, **read)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f'--verdicts: {option}: {error}; expected e.g. {{"spam": "FAIL"}}') from None


def _status(status: Any) -> Verdict:
    return Verdict(status["status"] if isinstance(status, dict) else status)


def _preview(file: str, out: Path, setup: Setup) -> dict[str, object]:
    try:
        raw = Path(file).read_bytes()
    except OSError as error:
        print(f"{file}: {error.strerror}", file=sys.stderr)
        raw = b""
    arrival = arrival_of(raw, setup)
    started = time.process_time()
    decision = decide(arrival, DEFAULT_POLICY)
    cpu_ms = (time.process_time() - started) * 1000
    line: dict[str, object] = {
        "file": file,
        "out": None,
        "outcome": State.HELD,
        "codes": decision.codes,
        "direction": f"{arrival.author_role}_to_{arrival.author_role.other}",
        "bytes_in": len(raw),
        "bytes_out": 0,
        "cpu_ms": round(cpu_ms, 2),
    }
    match decision.outcome:
        case Relay(outgoing):
            line |= {"outcome": State.RELAYED, "bytes_out": len(outgoing)}
            try:
                line["out"] = str(_write(outgoing, out, Path(file).name))
            except OSError as error:
                print(f"{file}: what would be sent cannot be written: {error.strerror}", file=sys.stderr)
        case Stop(state):
            line["outcome"] = state
    return line


MAX_NAME_OCTETS = 200
"""Most file systems take 255; some room is left for a number."""


def _write(outgoing: bytes, out: Path, name: str) -> Path:
    """Writes under the first free name: `a.eml`, `a~2.eml`, `a~3.eml` …"""
    stem, suffix = Path(name).stem, Path(name).suffix[:20]
    while len(os.fsencode(stem + suffix)) > MAX_NAME_OCTETS:
        stem = stem[:-1]
    path, number = out / (stem + suffix), 1
    while True:
        try:
            with path.open("xb") as file:
                file.write(outgoing)
            return path
        except FileExistsError:
            number += 1
            path = out / f"{stem}~{number}{suffix}"
