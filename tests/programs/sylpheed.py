"""Sylpheed, driven by its menus: a person's keys on a screen of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from sandbox.emulator.commands import end_group
from sandbox.loopback import HOST
from tests.programs import needs
from tests.programs.desk import Desk
from tests.programs.running import environment, run, wait_for
from tests.programs.screen import Screen, screen

_ACCOUNT = """\
[Account: 1]
account_name=account
is_default=1
name={desk.name}
address={desk.mailbox}
protocol=3
receive_server={host}
user_id={desk.mailbox}
password={desk.password}
set_imapport=1
imap_port={desk.imap}
smtp_server={host}
use_smtp_auth=1
smtp_user_id={desk.mailbox}
smtp_password={desk.password}
set_smtpport=1
smtp_port={desk.smtp}
"""
_FOLDERS = """\
<?xml version="1.0" encoding="UTF-8"?>
<folderlist>
  <folder type="imap" name="account" account_id="1">
    <folderitem type="inbox" name="INBOX" path="INBOX"/>
    <folderitem type="outbox" name="Sent" path="Sent"/>
  </folder>
</folderlist>
"""
# The quote names both mailboxes. Sylpheed does not ask its makers for a newer version.
_SETTINGS = """\
[Common]
reply_quote_format=On %d, %f wrote:\\n> To: %t\\n%Q
auto_update_check=0
"""


@dataclass(frozen=True, slots=True)
class Sylpheed:
    """folder: its home, which is empty. pictures: where pictures of its windows go, if somewhere."""

    desk: Desk
    folder: Path
    pictures: Path | None = field(default=None)

    def write(self, subject: str, text: str) -> None:
        # RFC 6068: lines in a link end with CRLF.
        words = quote(text.replace("\n", "\r\n"))
        link = f"mailto:{self.desk.writes_to}?subject={quote(subject)}&body={words}"
        with self._running("--compose", link) as shown:
            shown.focus(" - Compose$")
            self._send(shown)

    def reply(self, text: str) -> None:
        with self._running("--open", f"#imap/account/INBOX/{self._newest()}") as shown:
            shown.focus(" - Sylpheed$")
            self._keep(shown, "opened")
            shown.keys("alt+m", "r")
            shown.focus(" - Compose$")
            shown.keys("ctrl+Home")
            for line in text.splitlines():
                shown.write(line)
                shown.keys("Return")
            self._keep(shown, "written")
            self._send(shown)

    def _send(self, shown: Screen) -> None:
        before = len(self.desk.raw("Sent"))
        shown.keys("ctrl+shift+e")
        wait_for(lambda: len(self.desk.raw("Sent")) > before or None, "mail in Sent")

    def _newest(self) -> int:
        """The UID of the newest mail in INBOX."""
        with self.desk.logged_in("INBOX") as program:
            return int(program.uid("SEARCH", "ALL")[1][0].split()[-1])

    def _keep(self, shown: Screen, name: str) -> None:
        if self.pictures:
            shown.picture(self.pictures / f"sylpheed-{name}.png")

    @contextmanager
    def _running(self, *arguments: str) -> Iterator[Screen]:
        sylpheed = needs.program("sylpheed")
        settings = self.folder / ".sylpheed-2.0"
        settings.mkdir(exist_ok=True)
        (settings / "accountrc").write_text(_ACCOUNT.format(desk=self.desk, host=HOST))
        (settings / "folderlist.xml").write_text(_FOLDERS)
        (settings / "sylpheedrc").write_text(_SETTINGS)
        with screen(self.folder) as shown:
            # By a socket there, a second Sylpheed finds the first one; it must not be somebody's own.
            variables = {"DISPLAY": shown.display, "TMPDIR": str(self.folder)}
            process = subprocess.Popen(
                [sylpheed, *arguments],
                cwd=self.folder,
                env=environment(self.folder, **variables),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                yield shown
                run([sylpheed, "--exit"], home=self.folder, variables=variables)
                wait_for(process.poll, "end of Sylpheed")
            finally:
                end_group(process.pid)
                process.wait()
