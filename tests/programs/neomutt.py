"""NeoMutt, driven by its keyboard commands in a terminal of its own."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.loopback import HOST
from tests.programs import needs
from tests.programs.desk import Desk
from tests.programs.running import run_in_terminal

_SETTINGS = """\
set real_name = "{desk.name}" from = "{desk.mailbox}" use_envelope_from
set smtp_url = "{smtp}" smtp_authenticators = "plain"
set imap_authenticators = "login" imap_user = "{desk.mailbox}" imap_pass = "{desk.password}"
set folder = "imap://{host}:{desk.imap}/" spool_file = "+INBOX" record = "+Sent"
set ssl_starttls = no ssl_force_tls = no
set editor = "{editor}" edit_headers = no abort_unmodified = no
set include = yes header = yes attribution = "On %d, %a wrote:"
set fast_reply copy = yes confirm_create = no wait_key = no sleep_time = 0 quit = yes
set sort = mailbox-order header_cache = ""
set charset = utf-8 send_charset = "us-ascii:utf-8"
ignore *
unignore from to date subject
"""
# The editor writes the answer over the quote and ends, as a person would.
_EDITOR = """\
#!/bin/sh
cat '{text}' "$1" > "$1.new" && mv "$1.new" "$1"
"""


@dataclass(frozen=True, slots=True)
class NeoMutt:
    """folder: its home, which is empty."""

    desk: Desk
    folder: Path

    def write(self, subject: str, text: str) -> None:
        keys = f"<mail>{self.desk.writes_to}<enter>{subject}<enter><send-message><quit>"
        self._run(text, keys)

    def reply(self, text: str) -> None:
        self._run(text, "<last-entry><reply><send-message><quit>")

    def _run(self, text: str, keys: str) -> None:
        neomutt = needs.program("neomutt")
        settings, editor, answer = (self.folder / name for name in ("neomuttrc", "editor", "answer"))
        answer.write_text(text)
        editor.write_text(_EDITOR.format(text=answer))
        editor.chmod(0o700)
        settings.write_text(
            _SETTINGS.format(desk=self.desk, smtp=self.desk.smtp_url, host=HOST, editor=editor)
        )
        command = [neomutt, "-n", "-F", str(settings), "-e", f'push "{keys}"']
        run_in_terminal(command, home=self.folder)
