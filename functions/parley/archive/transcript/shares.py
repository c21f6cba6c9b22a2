"""Links to cloud shares: what lies there is no part of the mail, and so not in evidence."""

import re
from typing import Final

HOSTS: Final = (
    *("drive.google.com", "docs.google.com", "photos.google.com", "photos.app.goo.gl", "dropbox.com"),
    *("db.tt", "onedrive.live.com", "1drv.ms", "sharepoint.com", "wetransfer.com", "we.tl", "icloud.com"),
    *("box.com", "app.box.com", "mega.nz", "mega.io", "mediafire.com", "pcloud.com", "magentacloud.de"),
    *("transfernow.net", "swisstransfer.com", "smash.gg", "fromsmash.com", "sendgb.com", "filemail.com"),
    *("terabox.com", "disk.yandex.com", "disk.yandex.ru", "yadi.sk", "drive.proton.me"),
    *("sync.com", "hidrive.ionos.com", "my.hidrive.com", "workupload.com", "gofile.io", "imgur.com"),
    *("flickr.com", "dracoon.com", "tresorit.com", "send.tresorit.com", "share.icloud.com"),
)
"""Hosts, with all below them; a link has a path."""

_ANY_HOST: Final = "|".join(re.escape(host) for host in sorted(HOSTS, key=len, reverse=True))
_HOST: Final = re.compile(
    rf"(?<![\w-])({_ANY_HOST})(?::\d{{1,5}})?/[^\s\"'<>]",
    re.IGNORECASE,
)


def shares_in(text: str) -> tuple[str, ...]:
    """The hosts of cloud shares to which links in the text lead, in order, without repetition. Linear."""
    return tuple(dict.fromkeys(match[1].lower() for match in _HOST.finditer(text)))
