"""Ways to hide a mailbox in a text, in HTML, in a header field and in a parameter."""

import base64
import hashlib
import html
from collections.abc import Callable, Mapping
from email.header import Header
from random import Random
from urllib.parse import quote

from tests.property.masking import disguises

Hide = Callable[[str], str]


def _at(mailbox: str) -> tuple[str, str]:
    local, _, domain = mailbox.rpartition("@")
    return local, domain


def _colleague(mailbox: str) -> str:
    """Somebody else at a private domain; at a provider of free mail the party with a tag."""
    local, domain = _at(mailbox)
    return f"{local.split('+')[0]}+privat@{domain}"


def _proofpoint(mailbox: str) -> str:
    return (
        "https://urldefense.proofpoint.com/v2/url?u=mailto-3A" + mailbox.replace("@", "-40") + "&d=DwMF&c=x"
    )


def _base64_json(mailbox: str) -> str:
    return base64.urlsafe_b64encode(f'{{"user":"{mailbox}","n":7}}'.encode()).decode().rstrip("=")


TEXT: Mapping[str, Hide] = {
    **disguises.TEXT,
    "word joiner": lambda m: m.replace("@", "\u2060@\u2060"),
    "bidi": lambda m: f"\u202a{m}\u202c",
    "cyrillic": lambda m: m.translate(str.maketrans("aeop", "аеор")),
    "tag": _colleague,
    "bounce": lambda m: f"bounce-81-{m.replace('@', '=')}@esp.example",
    "link in a link": lambda m: f"https://t.example/c?u={quote(quote('https://x.example/?m=' + m, safe=''))}",
    "proofpoint v2": _proofpoint,
    "proofpoint v3": lambda m: f"https://urldefense.com/v3/__mailto:{m}__;!!abc!xyz$",
    "base64 json": lambda m: f"https://t.example/r/{_base64_json(m)}/o.gif",
    "base64 twice": lambda m: (
        "https://t.example/?d=" + base64.urlsafe_b64encode(_base64_json(m).encode()).decode()
    ),
    "hexadecimal": lambda m: f"https://t.example/u/{m.encode().hex()}",
    "digest": lambda m: (
        f"https://avatar.example/{hashlib.md5(m.encode(), usedforsecurity=False).hexdigest()}"
    ),
    "outlook": lambda m: f"Von: Anna <{m}>\nGesendet: Montag, 16. November 2026 09:12\nAn: Shop\nBetreff: x",
    "gmail": lambda m: f"Am Mo., 16. Nov. 2026 um 09:12 schrieb Anna <\n{m}>:\n> Hallo",
    "quoted twice": lambda m: f"> > {m}\n>> <{m}>\n> {m},{m};{m}",
    "in brackets": lambda m: f"({m})[{m}]{{{m}}}'{m}'",
    "end of sentence": lambda m: f"{m}. {m}, {m}; {m}: {m}! {m}?",
    "markdown": lambda m: f"[{m}](mailto:{m}) `{m}` *{m}* _{m}_ |{m}|",
    "csv": lambda m: f"1;{m};x\n2,{m},y\n3\t{m}\tz",
    "utf-7": lambda m: m.replace("@", "+AEA-"),
    "quoted-printable": lambda m: m.replace("@", "=40"),
    "soft break": lambda m: f"{m[:6]}=\n{m[6:]}",
    "encoded word": lambda m: f"=?utf-8?q?{m.replace('@', '=40')}?=",
}

HTML: Mapping[str, Hide] = {
    **disguises.HTML,
    **{name: hide for name, hide in TEXT.items() if "<" not in hide("a@b.example")},
    "title": lambda m: f'<p title="{html.escape(m)}">t</p>',
    "style sheet": lambda m: f'<style>.a{{content:"{m}"}}</style>t',
    "script": lambda m: f'<script>var a="{m}"</script>t',
    "form": lambda m: f'<form action="mailto:{m}"><input value="{html.escape(m)}"></form>',
    "data attribute": lambda m: f"<div data-m='{html.escape(m)}'>t</div>",
    "unquoted": lambda m: f"<a href=mailto:{quote(m)}>m</a>",
    "conditional": lambda m: f"<!--[if mso]><p>{m}</p><![endif]--><!--[if !mso]><!-->{m}<!--<![endif]-->",
    "preheader": lambda m: f'<div style="display:none;max-height:0">{m}</div>',
    "tracker": lambda m: f'<img src="https://px.example/o.gif?u={quote(m)}" width=1 height=1>',
    "citation": lambda m: f'<blockquote cite="mid:1@{_at(m)[1]}">q</blockquote>',
    "head": lambda m: f'<title>{m}</title><meta name=author content="{html.escape(m)}"><base href="//{m}">',
    "office": lambda m: f'<o:p>{m}</o:p><p class=MsoNormal><span lang=DE>{m[:4]}</span>{m[4:]}</p>',
    "pre": lambda m: f"<pre>\n  {m}\n\n  x</pre>",
    "svg": lambda m: f"<svg><text>{m}</text></svg>",
    "math": lambda m: f"<math><mi>{m}</mi></math>",
    "textarea": lambda m: f"<textarea>{m}</textarea><select><option>{m}</select>",
    "attribute break": lambda m: f'<a href="mailto:{m[:5]}\n{m[5:]}">m</a>',
    "double escaped": lambda m: html.escape(html.escape(f"<{m}>")),
    "handler": lambda m: f"<a href='x' onclick='m(\"{html.escape(m)}\")'>z</a>",
    "malformed": lambda m: f"<p <b>{m}</b <i>x",
    "cdata": lambda m: f"<![CDATA[{m}]]>t",
    "cloudflare": lambda m: '<a class="__cf_email__" data-cfemail="42' + bytes(
        octet ^ 0x42 for octet in m.encode()
    ).hex() + '">[email]</a>',
    "rewritten": lambda m: '<a href="https://nam12.safelinks.protection.outlook.com/?url='
    + quote(f"https://shop.example/?m={m}", safe="")
    + f'&amp;data=05%7C02%7C{quote(m)}%7C08d&amp;reserved=0">link</a>',
}  # fmt: skip

FIELD: Mapping[str, Hide] = {
    "plain": str,
    "named": lambda m: f'"Anna, K." <{m}>',
    "encoded as Q": lambda m: f"=?iso-8859-1?Q?Gr=FC=DFe_von_{m.replace('@', '=40')}?=",
    "encoded as B": lambda m: Header(f"Grüße von {m}", "utf-8").encode(),
    "split words": lambda m: (
        f"=?utf-8?q?{m[:5].replace('@', '=40')}?=\r\n =?utf-8?q?{m[5:].replace('@', '=40')}?="
    ),
    "folded": lambda m: f"x {m[:6]}\r\n {m[6:]} {m}",
    "percent": lambda m: f"https://list.example/?u={quote(m, safe='')}",
    "raw": lambda m: f"Grüße {m}",
}

NAME: Mapping[str, Callable[[str, str], str]] = {
    "quoted": lambda key, name: f'{key}="{name}"',
    "bare": lambda key, name: f"{key}={name.replace(' ', '_')}",
    "extended": lambda key, name: f"{key}*=utf-8''{quote(name)}",
    "continued": lambda key, name: f'{key}*0="{name[:7]}";\r\n {key}*1="{name[7:]}"',
    "continued and extended": lambda key, name: (
        f"{key}*0*=utf-8''{quote(name[:7])};\r\n {key}*1*={quote(name[7:])}"
    ),
    "encoded word": lambda key, name: f'{key}="{Header(name, "utf-8", maxlinelen=900).encode()}"',
}  # fmt: skip


def hidden(ways: Mapping[str, Hide], mailbox: str, chance: Random) -> str:
    """The mailbox in one of the ways; on some mails a second one around the first."""
    text = ways[chance.choice(list(ways))](mailbox)
    if chance.random() < 0.1:
        inner = TEXT[chance.choice(list(TEXT))](mailbox)
        if ways is FIELD:
            inner = " ".join(inner.split())
        text = f"{text} {html.escape(inner) if ways is HTML else inner}"
    return text
