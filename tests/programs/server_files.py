"""What Postfix and Dovecot read: postconf(5), master(5), and Dovecot's dovecot.conf."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pwd import struct_passwd

from sandbox.accounts import Account
from sandbox.loopback import HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One server. owner: the user that the mail files belong to; neither server writes them as root."""

    folder: Path
    domain: str
    accounts: tuple[Account, ...]
    smtp: int
    imap: int
    relay_domain: str
    relay_port: int
    login: Account
    owner: struct_passwd

    @property
    def relay(self) -> str:
        return f"[{HOST}]:{self.relay_port}"


def write_postfix(plan: Plan) -> Path:
    """Returns the configuration's folder."""
    postfix = plan.folder / "postfix"
    for folder in (postfix, plan.folder / "queue"):
        folder.mkdir()
    mailboxes = {account.mailbox: f"{account.mailbox}/" for account in plan.accounts}
    _write_table(postfix / "mailboxes", mailboxes)
    _write_table(postfix / "transport", {plan.relay_domain: f"smtp:{plan.relay}"})
    _write_table(postfix / "passwords", {plan.relay: f"{plan.login.mailbox}:{plan.login.password}"})
    settings = _postfix_settings(plan, postfix)
    text = "".join(f"{name} = {value}\n" for name, value in settings.items())
    (postfix / "main.cf").write_text(text)
    (postfix / "master.cf").write_text(_MASTER.format(host=HOST, port=plan.smtp))
    return postfix


def _write_table(file: Path, table: Mapping[str, str]) -> None:
    file.write_text("".join(f"{key} {value}\n" for key, value in table.items()))
    # Postfix's own users read it, whatever the umask is.
    file.chmod(0o644)


def _postfix_settings(plan: Plan, postfix: Path) -> dict[str, object]:
    folder, owner = plan.folder, plan.owner
    return {
        "compatibility_level": "3.6",
        "queue_directory": folder / "queue",
        "data_directory": folder / "data",
        "maillog_file": folder / "postfix.log",
        "maillog_file_prefixes": folder,
        "myhostname": f"mail.{plan.domain}",
        "myorigin": plan.domain,
        "mydestination": "",
        "alias_maps": "",
        "inet_interfaces": HOST,
        "inet_protocols": "ipv4",
        "mynetworks": "",
        # The party's mailboxes.
        "virtual_mailbox_domains": plan.domain,
        "virtual_mailbox_maps": f"texthash:{postfix / 'mailboxes'}",
        "virtual_mailbox_base": folder / "mail",
        "virtual_minimum_uid": 1,
        "virtual_uid_maps": f"static:{owner.pw_uid}",
        "virtual_gid_maps": f"static:{owner.pw_gid}",
        # The party's programs log in to send.
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": folder / "auth",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
        "smtpd_peername_lookup": "no",
        # Only the relay is called, and no name is looked up.
        "transport_maps": f"texthash:{postfix / 'transport'}",
        "default_transport": "error:5.4.4 this server reaches the relay only",
        "smtp_dns_support_level": "disabled",
        "smtp_sasl_auth_enable": "yes",
        "smtp_sasl_password_maps": f"texthash:{postfix / 'passwords'}",
        "smtp_sasl_security_options": "noanonymous",
        # "Come again" is meant for minutes; here it is for seconds.
        "queue_run_delay": "1s",
        "minimal_backoff_time": "1s",
        "maximal_backoff_time": "2s",
        "in_flow_delay": 0,
        "message_size_limit": 50_000_000,
        "virtual_mailbox_limit": 0,
    }


# No service in a chroot, which would want files of the system's in the queue.
_MASTER = """\
{host}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


def write_dovecot(plan: Plan) -> Path:
    """Returns the configuration file."""
    mail = plan.folder / "mail"
    mail.mkdir()
    os.chown(mail, plan.owner.pw_uid, plan.owner.pw_gid)
    passwords = plan.folder / "users"
    # Readable by Dovecot's own users; it opens nothing but this server.
    passwords.write_text("".join(f"{each.mailbox}:{{PLAIN}}{each.password}\n" for each in plan.accounts))
    configuration = plan.folder / "dovecot.conf"
    configuration.write_text(_DOVECOT.format(plan=plan, host=HOST, mail=mail, passwords=passwords))
    return configuration


_DOVECOT = """\
base_dir = {plan.folder}/run
state_dir = {plan.folder}/state
log_path = {plan.folder}/dovecot.log
protocols = imap
listen = {host}
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = {plan.owner.pw_uid}
mail_location = maildir:{mail}/%u

passdb {{
  driver = passwd-file
  args = {passwords}
}}
userdb {{
  driver = static
  args = uid={plan.owner.pw_uid} gid={plan.owner.pw_gid} home={mail}/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {plan.imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  unix_listener {plan.folder}/auth {{
    mode = 0666
  }}
}}
"""
