"""S-nail, driven by a script on its standard input."""

from dataclasses import dataclass
from pathlib import Path

from tests.programs import needs
from tests.programs.desk import Desk
from tests.programs.running import run

_SETTINGS = """\
set v15-compat
set from='{desk.name} <{desk.mailbox}>' hostname={desk.domain}
set mta={desk.smtp_url} smtp-auth=login imap-auth=login
set record={desk.imap_url}/Sent sendwait
set quote=headers indentprefix='> ' ttycharset=utf-8
headerpick type retain from to date subject
"""


@dataclass(frozen=True, slots=True)
class SNail:
    """folder: its home, which is empty."""

    desk: Desk
    folder: Path

    def write(self, subject: str, text: str) -> None:
        self._run(text, "-s", subject, self.desk.writes_to)

    def reply(self, text: str) -> None:
        # In a script the text ends with "~.", and "$" is the last mail.
        self._run(f"reply $\n{text}~.\nexit\n", "-#", "-f", f"{self.desk.imap_url}/INBOX")

    def _run(self, text: str, *arguments: str) -> None:
        s_nail = needs.program("s-nail")
        settings = self.folder / "mailrc"
        settings.write_text(_SETTINGS.format(desk=self.desk))
        # -:u reads the person's settings and not the system's.
        run(
            [s_nail, "-:u", *arguments],
            home=self.folder,
            text=text.encode(),
            variables={"MAILRC": str(settings)},
        )
