"""Ways to write a mailbox so that a program or a reader still finds it."""

import base64
import html
from collections.abc import Callable
from urllib.parse import quote

Disguise = Callable[[str], str]


def _in_html(mailbox: str) -> str:
    return "<b>" + "</b><b>".join(mailbox) + "</b>"


TEXT: dict[str, Disguise] = {
    "plain": str,
    "upper case": str.upper,
    "title case": str.title,
    "percent": lambda mailbox: quote(mailbox, safe=""),
    "percent twice": lambda mailbox: quote(quote(mailbox, safe="")),
    "entities": lambda mailbox: "".join(f"&#{ord(char)};" for char in mailbox),
    "hexadecimal entities": lambda mailbox: "".join(f"&#x{ord(char):x};" for char in mailbox),
    "at as entity": lambda mailbox: mailbox.replace("@", "&commat;"),
    "zero-width": "\u200b".join,
    "soft hyphens": "\xad".join,
    "full-width": lambda mailbox: "".join(chr(ord(char) + 0xFEE0) for char in mailbox),
    "angle brackets": lambda mailbox: f"Anna <{mailbox}>",
    "mailto": lambda mailbox: f"[mailto:{mailbox}]",
    "quoted line": lambda mailbox: f"\r\n> {mailbox}\r\n",
    "line broken after the at": lambda mailbox: mailbox.replace("@", "@\r\n"),
    "line broken in a quote": lambda mailbox: f"\r\n> {mailbox[:7]}\r\n> {mailbox[7:]}\r\n",
    "flowed": lambda mailbox: f"{mailbox[:9]} \r\n{mailbox[9:]}",
    "folded": lambda mailbox: f"{mailbox[:9]}\r\n {mailbox[9:]}",
    "verp": lambda mailbox: mailbox.replace("@", "=") + "@list.example",
    "gateway": lambda mailbox: mailbox.replace("@", "-40"),
    "link query": lambda mailbox: f"https://t.example/?m={quote(mailbox)}&n=1",
    "link base64url": lambda mailbox: (
        "https://t.example/" + base64.urlsafe_b64encode(mailbox.encode()).decode()
    ),
    "link base64url later": lambda mailbox: (
        "https://t.example/?d="
        + base64.urlsafe_b64encode(f'{{"a":"{mailbox}"}}'.encode()).decode().rstrip("=")
    ),
    "safe link": lambda mailbox: (
        "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2F&data=05%7C01%7C"
        f"{quote(mailbox)}%7Cabc"
    ),
    "json": lambda mailbox: mailbox.replace("@", "\\u0040"),
}

HTML: dict[str, Disguise] = {
    **{name: disguise for name, disguise in TEXT.items() if "<" not in disguise("a@b.example")},
    "in markup": _in_html,
    "split by wbr": lambda mailbox: mailbox.replace("@", "<wbr>@<wbr>"),
    "href": lambda mailbox: f'<a href="mailto:{quote(mailbox)}?cc={quote(mailbox)}">hier</a>',
    "alt": lambda mailbox: f'<img src="cid:x@y" alt="{html.escape(mailbox)}">',
    "style": lambda mailbox: f"<p style=\"font-family:'{mailbox}'\">x</p>",
    "comment": lambda mailbox: f"<!--[if mso]>{mailbox}<![endif]-->",
    "table cells": lambda mailbox: (
        "<table><tr><td>" + mailbox.replace("@", "</td><td>@") + "</td></tr></table>"
    ),
}
