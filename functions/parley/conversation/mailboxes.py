"""When two mailboxes are the same, and which domains many people share."""

from parley.mail.address import Mailbox

FREEMAIL_DOMAINS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.de",
        "hotmail.com",
        "hotmail.de",
        "hotmail.co.uk",
        "hotmail.fr",
        "hotmail.it",
        "hotmail.es",
        "live.com",
        "live.de",
        "live.nl",
        "live.fr",
        "msn.com",
        "yahoo.com",
        "yahoo.de",
        "yahoo.co.uk",
        "yahoo.fr",
        "yahoo.it",
        "yahoo.es",
        "yahoo.co.jp",
        "ymail.com",
        "rocketmail.com",
        "aol.com",
        "aol.de",
        "icloud.com",
        "me.com",
        "mac.com",
        "gmx.de",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "web.de",
        "t-online.de",
        "magenta.de",
        "freenet.de",
        "arcor.de",
        "online.de",
        "1und1.de",
        "mail.de",
        "posteo.de",
        "posteo.net",
        "mailbox.org",
        "tutanota.com",
        "tutanota.de",
        "tuta.com",
        "tuta.io",
        "proton.me",
        "protonmail.com",
        "protonmail.ch",
        "pm.me",
        "hushmail.com",
        "fastmail.com",
        "fastmail.fm",
        "zoho.com",
        "zohomail.eu",
        "mail.com",
        "email.de",
        "mail.ru",
        "yandex.ru",
        "yandex.com",
        "bk.ru",
        "list.ru",
        "inbox.ru",
        "rambler.ru",
        "ukr.net",
        "wp.pl",
        "o2.pl",
        "onet.pl",
        "interia.pl",
        "op.pl",
        "seznam.cz",
        "centrum.cz",
        "email.cz",
        "azet.sk",
        "libero.it",
        "virgilio.it",
        "tiscali.it",
        "alice.it",
        "tin.it",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "sfr.fr",
        "neuf.fr",
        "bbox.fr",
        "telenet.be",
        "skynet.be",
        "proximus.be",
        "ziggo.nl",
        "kpnmail.nl",
        "planet.nl",
        "home.nl",
        "xs4all.nl",
        "hetnet.nl",
        "bluewin.ch",
        "sunrise.ch",
        "hispeed.ch",
        "a1.net",
        "aon.at",
        "chello.at",
        "telia.com",
        "bredband.net",
        "comhem.se",
        "online.no",
        "btinternet.com",
        "sky.com",
        "talktalk.net",
        "virginmedia.com",
        "ntlworld.com",
        "blueyonder.co.uk",
        "comcast.net",
        "verizon.net",
        "att.net",
        "sbcglobal.net",
        "bellsouth.net",
        "cox.net",
        "charter.net",
        "rogers.com",
        "shaw.ca",
        "sympatico.ca",
        "bigpond.com",
        "optusnet.com.au",
        "xtra.co.nz",
        "qq.com",
        "163.com",
        "126.com",
        "sina.com",
        "foxmail.com",
        "naver.com",
        "daum.net",
        "hanmail.net",
        "rediffmail.com",
        "uol.com.br",
        "bol.com.br",
        "terra.com.br",
        "privaterelay.appleid.com",
    ]
)


def is_freemail(domain: str) -> bool:
    """Whether strangers share this (lower-case) domain, so that it identifies nobody."""
    return domain in FREEMAIL_DOMAINS


def same_for_admission(one: Mailbox, other: Mailbox) -> bool:
    """Whether mail from `one` is mail from `other`'s owner beyond doubt.

    Local-parts are compared without case: RFC 5321 §2.4 allows servers to tell them apart, none of note does.
    Gmail ignores dots and tags and answers to googlemail.com; elsewhere a tag is another mailbox.
    """
    return _admission_key(one) == _admission_key(other)


def _admission_key(mailbox: Mailbox) -> tuple[str, str]:
    local_part = mailbox.local_part.casefold()
    if mailbox.domain in ("gmail.com", "googlemail.com"):
        return local_part.partition("+")[0].replace(".", ""), "gmail.com"
    return local_part, mailbox.domain


def index_form(mailbox: Mailbox) -> str:
    """The text under which the mailbox index knows a mailbox; equal for mailboxes equal for admission."""
    local_part, domain = _admission_key(mailbox)
    return f"{local_part}@{domain}"
