"""What `up` prints: who is there, and how to write the first mail."""

import shlex
from urllib.parse import quote

from sandbox.emulator.environment import ACCOUNT, SECRET
from sandbox.loopback import HOST
from sandbox.seeding import ORDER, Correspondent
from sandbox.stack import Sandbox

SUBJECT = f"Subject: Order {ORDER}"


def instructions(up: Sandbox, page: str) -> str:
    """How to write the first mail, and where everything is."""
    buyer, seller = up.first.buyer, up.first.seller
    aws = up.emulator.local
    smtp, imap = up.receiving.port, up.mailboxes.port
    return f"""
The sandbox runs. Two parties are registered, with a conversation about an order:

  buyer   {buyer.person.display_name} <{buyer.account.mailbox}>
          writes to {buyer.writes_to}
  seller  {seller.person.display_name} <{seller.account.mailbox}>
          writes to {seller.writes_to}

See both mailboxes, what passes between them and what is kept, and write:

  {page}

Or write the first mail as the buyer, in another terminal, with one of these:

  swaks      {_swaks(buyer, smtp)}
  Python     {_python(buyer, smtp)}
  any mail program
             account: {buyer.account.mailbox}, password: {buyer.account.password} (the seller's: the same)
             send by SMTP, {HOST} port {smtp}; read by IMAP, {HOST} port {imap}; both without TLS

Read what the seller got:

  curl       {_curl(seller, imap)}

AWS         {aws.endpoint}, region {aws.region}, access key {ACCOUNT}, secret {SECRET}
Admin API   {up.deployed.api}
Logs        {up.emulator.log}

Ctrl-C ends everything."""


def _swaks(author: Correspondent, port: int) -> str:
    account = author.account
    options = {
        "server": f"{HOST}:{port}",
        "auth": "PLAIN",
        "auth-user": account.mailbox,
        "auth-password": account.password,
        "from": account.mailbox,
        "to": author.writes_to,
        "header": SUBJECT,
        "body": _text(author),
    }
    return shlex.join(["swaks", *(word for name, value in options.items() for word in (f"--{name}", value))])


def _python(author: Correspondent, port: int) -> str:
    account = author.account
    lines = (f"From: {account.mailbox}", f"To: {author.writes_to}", SUBJECT, "", _text(author))
    mail = "\\n".join(lines)
    program = (
        f"import smtplib; s = smtplib.SMTP('{HOST}', {port});"
        f" s.login('{account.mailbox}', '{account.password}');"
        f" s.sendmail('{account.mailbox}', '{author.writes_to}', '{mail}'); s.quit()"
    )
    return f'python3 -c "{program}"'


def _curl(reader: Correspondent, port: int) -> str:
    account = reader.account
    login = quote(account.mailbox, safe="")
    return f"curl -s 'imap://{login}:{account.password}@{HOST}:{port}/INBOX;MAILINDEX=1'"


def _text(author: Correspondent) -> str:
    return f"When will it come? {author.account.mailbox}"
