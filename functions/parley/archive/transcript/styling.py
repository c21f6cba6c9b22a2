"""The style sheet of a transcript. Every pair of colours has a contrast of 4.5:1 or more, in both schemes.

Nested elements of a mail's HTML do not add up: a mail could shrink or push its text out of sight otherwise.
"""

# ruff: noqa: E501  # a rule is easier to read in one line

from typing import Final

_COLOURS: Final = """
:root {
  color-scheme: light dark;
  --paper: #f2f1ed; --card: #ffffff; --sunk: #f8f7f4; --ink: #1c2128; --soft: #545c66; --line: #dedad0;
  --link: #174f9c; --focus: #1456c4; --buyer: #2557a7; --seller: #8f4310; --buyer-paper: #edf2fa; --seller-paper: #faf1ea;
  --mark: #fdf0c9; --mark-line: #8a6100; --good: #14532d; --bad: #8a1c10; --warn: #714600;
  --good-paper: #e6f5eb; --bad-paper: #fdeae6; --warn-paper: #fdf1d7; --calm-paper: #eeedea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121519; --card: #1b1f24; --sunk: #15191d; --ink: #e9e7e2; --soft: #a9b1bc; --line: #363d46;
    --link: #9cc3ff; --focus: #8ab6ff; --buyer: #a3c4ff; --seller: #f2b68b; --buyer-paper: #1a2637; --seller-paper: #33241a;
    --mark: #4a3a10; --mark-line: #e5bf62; --good: #bdeed3; --bad: #ffcbc2; --warn: #f6d48f;
    --good-paper: #16332a; --bad-paper: #3a1b18; --warn-paper: #3a2d10; --calm-paper: #2a3037;
  }
}
"""

_FRAME: Final = """
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1rem 4rem; background: var(--paper); color: var(--ink);
  overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; letter-spacing: -.015em; } h2 { font-size: 1.35rem; } h3 { font-size: 1.05rem; }
h4 { font-size: .85rem; color: var(--soft); }
h1, h2, h3, h4 { line-height: 1.25; margin: 0 0 .5rem; }
p, dl, dd, ul, ol { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: var(--link); text-underline-offset: .18em; }
code { font: .8rem/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--soft); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
[tabindex="-1"]:focus { outline: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -6rem; padding: .5rem 1rem; background: var(--card); z-index: 2; }
.skip:focus { top: .5rem; }
header > p { margin-bottom: 1rem; max-width: 46rem; }
main > section:not(.box) > h2 { margin: 2rem 0 .6rem; }
.soft { color: var(--soft); font-size: .9rem; }
.name { font-weight: 650; }
.role::first-letter, dt::first-letter, .figures strong::first-letter, .index span::first-letter { text-transform: uppercase; }
a[href^="#m"] { white-space: nowrap; }
.box, article, .event { margin: 0 0 1.2rem; padding: 1.2rem 1.4rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; }
.box > h2 { margin-bottom: .8rem; }
.warning { padding: .5rem .8rem; background: var(--warn-paper); color: var(--warn); border: 1px solid currentcolor;
  border-radius: 6px; }
.parties { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; margin-bottom: 1rem; }
.party { padding: .8rem 1.2rem; border-radius: 10px; border: 1px solid var(--line); }
.party .role { display: block; font-size: .85rem; font-weight: 650; }
.party .name { font-size: 1.15rem; } .party code { display: block; }
.party.buyer { background: var(--buyer-paper); } .party.seller { background: var(--seller-paper); }
.buyer .role { color: var(--buyer); } .seller .role { color: var(--seller); }
.facts > div { display: grid; grid-template-columns: minmax(8rem, 13rem) minmax(0, 1fr); gap: 0 1.2rem; padding: .35rem 0; }
.facts > div + div { border-top: 1px solid var(--line); }
.facts dt, .figures dt, .fields dt { color: var(--soft); font-size: .9rem; }
.facts dt { padding-top: .05rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: .8rem; margin-bottom: 1.4rem; }
.figures > div { padding: .7rem .9rem; background: var(--sunk); border: 1px solid var(--line); border-radius: 8px; }
.figures dd > * { display: block; width: fit-content; }
.figures strong { font-size: 1.1rem; }
.figures .state { margin-top: .2rem; font-size: 1rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.4rem 2.4rem; }
.list { list-style: "– "; padding-left: 1rem; }
ol.list { list-style: decimal inside; padding-left: 0; }
.index li { display: flex; flex-wrap: wrap; gap: .1rem 1rem; align-items: baseline; padding: .35rem 0; break-inside: avoid; }
.index li + li { border-top: 1px solid var(--line); }
.index a { flex: none; min-width: 7.5rem; padding: .1rem 0; } .index li > span:nth-child(2) { min-width: 11rem; font-weight: 650; }
.index .soft { min-width: 16rem; }
.index .buyer > span:nth-child(2) { color: var(--buyer); } .index .seller > span:nth-child(2) { color: var(--seller); }
.state, .severity { display: inline-block; padding: 0 .6rem; border: 1px solid currentcolor; border-radius: 12px;
  font-size: .85rem; font-weight: 650; background: var(--calm-paper); color: var(--ink); }
.relayed, .released, .state.good { background: var(--good-paper); color: var(--good); }
.held, .releasing, .received, .archived, .sending, .severity.warning { background: var(--warn-paper); color: var(--warn); }
.refused, .expired, .discarded, .state.bad, .severity.serious { background: var(--bad-paper); color: var(--bad); }
.severity { padding: 0 .45rem; font-size: .8rem; font-weight: 500; }
.fact { display: inline-block; margin-right: .4rem; font-size: .85rem; color: var(--soft); }
.key { margin-bottom: .8rem; }
"""

_MESSAGES: Final = """
article { scroll-margin-top: 1rem; }
article.buyer { border-left: 6px solid var(--buyer); }
article.seller { border-right: 6px solid var(--seller); }
article.unproved { border-style: dashed; border-color: var(--soft); }
@media (min-width: 52rem) {
  article.buyer, article.unproved { margin-right: 3rem; } article.seller { margin-left: 3rem; }
  article:has(.both) { margin-inline: 0; }
}
.event { padding: .7rem 1.4rem; border-style: dashed; background: none; }
.event h3 { margin-bottom: 0; }
.head { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; margin-bottom: .8rem; }
.head h3 { font-size: 1.2rem; margin: 0; } .head .when { flex-basis: 100%; color: var(--soft); }
.buyer > .head h3 { color: var(--buyer); } .seller > .head h3 { color: var(--seller); }
.when .name { color: var(--ink); }
.both { display: grid; gap: 1rem; }
@media (min-width: 60rem) { .both { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.mail { padding: .9rem 1.2rem 1.1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--sunk); }
.mail > .warning { margin-bottom: .6rem; }
.unsent { border: 2px dashed var(--soft); }
.subject { font-size: 1.1rem; font-weight: 650; line-height: 1.35; margin-bottom: .6rem; }
.text, .html { max-width: 44rem; }
.text, .html pre { white-space: pre-wrap; unicode-bidi: plaintext; font-family: inherit; margin: 0; }
.quoted { color: var(--soft); }
.fields > div { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: 0 .8rem; }
.removed { background: var(--bad-paper); color: var(--bad); text-decoration: underline dashed; }
mark { display: inline-block; max-width: 100%; background: var(--mark); color: inherit; border-bottom: 2px dotted var(--mark-line); border-radius: 3px 3px 0 0; }
mark.mask { border-bottom: 3px double var(--mark-line); }
.marks li { display: inline-block; margin: 0 .3rem .3rem 0; padding: .1rem .7rem; border: 1px dashed var(--mark-line); border-radius: 8px;
  background: var(--mark); }
.marks strong { font-weight: 650; }
.steps li { position: relative; padding-left: 1.2rem; }
.steps li + li { margin-top: .25rem; }
.steps li::before { content: ""; position: absolute; left: .1rem; top: .5rem; width: .55rem; height: .55rem; border-radius: 50%;
  border: 2px solid var(--soft); }
.steps .delivered::before { border-color: var(--good); background: var(--good); }
.steps .bounced, .steps .rejected, .steps .suppressed, .steps .complained, .steps .delayed { background: none; }
.steps .bounced::before, .steps .rejected::before, .steps .suppressed::before, .steps .complained::before {
  border-color: var(--bad); background: var(--bad); border-radius: 0; }
.steps .bounced > strong, .steps .rejected > strong, .steps .suppressed > strong, .steps .complained > strong { color: var(--bad); }
.steps li.refused, .steps li.released, .steps li.expired { background: none; color: inherit; }
.links li { padding-left: 1rem; text-indent: -1rem; }
.files { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: .8rem; }
.files li { padding: .7rem; border: 1px solid var(--line); border-radius: 8px; }
.files li > .name, .files li > .soft, .files li > code { display: block; }
.files code { margin-top: .3rem; font-size: .72rem; }
.files img { display: block; width: auto; height: auto; max-width: 100%; max-height: 14rem; margin-bottom: .5rem; background: #fff; }
.part { margin-top: 1rem; padding-top: .8rem; border-top: 1px solid var(--line); }
.facts.part { padding-top: .4rem; }
.small { font-size: .85rem; margin-top: 0; padding-top: 0; }
"""

_MAIL: Final = """
.html * { max-width: 100%; }
.html p, .html ul, .html ol, .html dl { margin: 0 0 .5rem; }
.html ul { list-style: disc inside; } .html ol { list-style: decimal inside; }
.html blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid var(--line); color: var(--soft); }
.html blockquote blockquote blockquote blockquote { margin: 0; padding: 0; border: 0; }
.html dd { margin-left: 1rem; } .html dd dd dd { margin-left: 0; }
.html table { border-collapse: collapse; } .html td, .html th { padding: 0 .4rem; text-align: start; vertical-align: top; }
.html table table td, .html table table th { padding: 0; }
.html small, .html code, .html kbd { font-size: .85rem; }
.html code { color: inherit; }
.html p, .html div, .html li, .html td, .html th, .html dt, .html dd, .html blockquote { unicode-bidi: plaintext; }
.html sub, .html sup { font-size: .8rem; line-height: 1; }
.html sub *, .html sup * { vertical-align: baseline; }
.html a { color: inherit; text-decoration: underline dotted; }
"""

_NARROW_AND_PRINTED: Final = """
@media (max-width: 34rem) {
  body { padding: 1rem .6rem 3rem; } h1 { font-size: 1.5rem; }
  .box, article, .event { padding: 1rem; } .mail { padding: .7rem .8rem; }
  .facts > div { grid-template-columns: minmax(0, 1fr); }
  .index li > span:nth-child(2), .index .soft { min-width: 0; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --sunk: #fff; --ink: #000; --soft: #333; --line: #999; --link: #000;
    --buyer: #000; --seller: #000; --buyer-paper: #fff; --seller-paper: #fff; --mark: #fff; --mark-line: #000;
    --good: #000; --bad: #000; --warn: #000; --good-paper: #fff; --bad-paper: #fff; --warn-paper: #fff; --calm-paper: #fff; }
  .figures { grid-template-columns: repeat(4, 1fr); } .figures > div { border-radius: 0; }
  html { font-size: 9.5pt; } body { max-width: none; padding: 0; }
  .skip, .index { display: none; }
  .box, article, .event, .mail, .party { border-radius: 0; }
  article.buyer, article.unproved { margin-right: 1.5rem; } article.seller { margin-left: 1.5rem; }
  .mail { border-width: 0 0 0 1px; padding-block: 0; } .unsent { border-width: 0 0 0 2px; }
  a { text-decoration: none; }
  h2, h3, h4, .head, .subject, .key { break-after: avoid; }
  .head, .files li, .facts > div, .figures > div, .party, .event, tr { break-inside: avoid; }
  p, .text { orphans: 3; widows: 3; }
}
@page { margin: 15mm 15mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
"""

STYLE: Final = _COLOURS + _FRAME + _MESSAGES + _MAIL + _NARROW_AND_PRINTED
