"""The mailbox in HTML."""

import base64

from tests.unit.masking.probes import DOMAIN, KEPT, MAILBOX, add, b64, html, leaf, mail

add("html split tags", html("anna<b>.kaeufer</b><i>@</i>privatmail<wbr>.example"))
add(
    "html entities",
    html("anna.kaeufer&commat;privatmail&period;example &#97;nna.kaeufer&#x40;privatmail.example"),
)
add("html shy", html("anna.kae&shy;ufer@privat&zwnj;mail.example"))
add(
    "html mailto",
    html(
        '<a href="mailto:anna.kaeufer%40privatmail.example?cc=anna%2Ekaeufer%40privatmail.example">hier</a>'
    ),
    "hier",
)
add("html comment", html(f"<!-- {MAILBOX} --><!--[if mso]><p>{MAILBOX}</p><![endif]-->"))
add("html downlevel comment", html(f"<![if !mso]><p>Hallo {MAILBOX}</p><![endif]>"), "Hallo")
add(
    "html style",
    html(
        f"<style>/* {MAILBOX} */ p:after {{content:'{MAILBOX}'}}</style><p "
        f'style="background:url(http://t.example/{MAILBOX})">Hallo</p>'
    ),
    "Hallo",
)
add(
    "html css escape",
    html("<p style=\"font-family:'anna.kaeufer\\40 privatmail.example'\">Hallo</p>"),
    "Hallo",
)
add(
    "html attributes",
    html(
        f'<img src="http://t.example/p.gif?u={MAILBOX}" alt="{MAILBOX}"><p title="{MAILBOX}" '
        f'data-m="{MAILBOX}" class="{MAILBOX}" id="x{MAILBOX}">Hallo</p>'
    ),
    "Hallo",
)
add("html hidden preheader", html(f'<div style="display:none">{MAILBOX}</div>Hallo'), "Hallo")
add("html table cells", html("<table><tr><td>anna.kaeufer</td><td>@privatmail.example</td></tr></table>"))
add(
    "html safe link",
    html(
        '<a href="https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2F&amp;'
        'data=05%7C01%7Canna.kaeufer%40privatmail.example%7Cabc">Artikel</a>'
    ),
    "Artikel",
    "https://shop.example/",
)
add("html base64 link", html(f'<a href="https://t.example/u?d={b64("m=" + MAILBOX)}">Artikel</a>'), "Artikel")
add(
    "html quoted-printable",
    html(f'Grüße <a href="mailto:{MAILBOX}">{MAILBOX}</a>', "quoted-printable"),
    "Grüße",
)
add(
    "html script and form",
    html(
        f"<script>var m='{MAILBOX}'</script><form action='https://x.example/{MAILBOX}'><input "
        f"value='{MAILBOX}'></form>Hallo"
    ),
    "Hallo",
)
add(
    "html cfemail",
    html(
        '<a class="__cf_email__" data-cfemail="'
        + bytes([0x2A, *(o ^ 0x2A for o in MAILBOX.encode())]).hex()
        + '">x</a>'
    ),
)
add(
    "html data url",
    html(
        '<img alt="b" src="data:image/png;base64,'
        + base64.b64encode(b"\x89PNG" + MAILBOX.encode()).decode()
        + '">'
    ),
)
add("html malformed math", html(f"<math><style><img title='</style>Wichtig: {MAILBOX}'>"))
add("html unclosed", mail(leaf(f"<p>{KEPT}<b>{MAILBOX}<a href='mailto:{MAILBOX}'", "text/html")))
add(
    "html outlook quote",
    html(
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>Von:</b> Anna '
        f"&lt;{MAILBOX}&gt;"
        "<br><b>Gesendet:</b> Freitag<o:p></o:p></p></div>"
    ),
    "Gesendet:",
    "MsoNormal",
)
add(
    "html base and meta",
    html(f'<base href="https://{DOMAIN}/"><meta http-equiv="refresh" content="0;url=https://{DOMAIN}">Hallo'),
    "Hallo",
)
add(
    "html text right after the element",
    html(f"<b>{MAILBOX}</b>bitte und <i>x</i><b>{MAILBOX}</b>"),
    "bitte",
)
