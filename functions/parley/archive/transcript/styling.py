"""The style sheet of a transcript. Every pair of colours has a contrast of 4.5:1 or more, in both schemes.

Nested elements of a mail's HTML do not add up: a mail could shrink or push its text out of sight otherwise.
"""

# ruff: noqa: E501  # a rule is easier to read in one line

from typing import Final

STYLE: Final = """
:root {
  color-scheme: light dark;
  --paper: #f5f4f0; --card: #ffffff; --sunk: #f7f6f2; --ink: #1d232b; --soft: #535c67; --line: #d5d2c9;
  --link: #174f9c; --focus: #1456c4; --buyer: #2557a7; --seller: #8f4310;
  --mark: #fdf0c9; --mark-line: #8a6100; --good: #14532d; --bad: #8a1c10; --warn: #714600;
  --good-paper: #e6f5eb; --bad-paper: #fdeae6; --warn-paper: #fdf1d7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #13161a; --card: #1c2025; --sunk: #171b1f; --ink: #e9e7e2; --soft: #a9b1bc; --line: #3b434d;
    --link: #9cc3ff; --focus: #8ab6ff; --buyer: #a3c4ff; --seller: #f2b68b;
    --mark: #4a3a10; --mark-line: #e5bf62; --good: #bdeed3; --bad: #ffcbc2; --warn: #f6d48f;
    --good-paper: #16332a; --bad-paper: #3a1b18; --warn-paper: #3a2d10;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--paper); color: var(--ink);
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1.05rem; } h4 { font-size: .9rem; }
h1, h2, h3, h4 { line-height: 1.3; margin: 0 0 .4rem; }
p, dl, dd, ul, ol { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: var(--link); text-underline-offset: .18em; }
code { font: .8rem/1.4 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
[tabindex="-1"]:focus { outline: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -6rem; padding: .5rem 1rem; background: var(--card); z-index: 2; }
.skip:focus { top: .5rem; }
header > p { margin-bottom: .8rem; }
.soft { color: var(--soft); font-size: .9rem; }
.box, article, .event { margin: 0 0 1rem; padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
.event { border-left-width: 6px; }
.warning { padding: .5rem .8rem; background: var(--warn-paper); color: var(--warn); border: 1px solid currentcolor; }
.facts > div { display: grid; grid-template-columns: minmax(8rem, 15rem) minmax(0, 1fr); gap: 0 1rem; padding: .2rem 0; }
.facts > div + div { border-top: 1px solid var(--line); }
.facts dt { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem 2rem; }
.cards ul { list-style: "– "; padding-left: 1rem; }
.index ol { columns: 22rem; column-gap: 2rem; }
.index li { break-inside: avoid; padding: .3rem 0; }
.index a { display: inline-block; padding: .1rem 0; min-height: 1.6rem; }
.head { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; }
.buyer { border-left: 6px solid var(--buyer); } .seller { border-right: 6px solid var(--seller); }
.state { padding: 0 .6rem; border: 1px solid currentcolor; border-radius: 99px; font-size: .85rem; font-weight: 650; }
.relayed, .released { background: var(--good-paper); color: var(--good); }
.held, .releasing, .received, .archived, .sending { background: var(--warn-paper); color: var(--warn); }
.refused, .expired, .discarded { background: var(--bad-paper); color: var(--bad); }
.subject { font-weight: 650; margin: .5rem 0; }
.both { display: grid; gap: 1rem; }
@media (min-width: 60rem) { .both { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.mail { margin: .4rem 0; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--sunk); }
.unsent { border-style: dashed; border-width: 2px; }
.text, .html pre { white-space: pre-wrap; unicode-bidi: plaintext; font-family: inherit; margin: 0; }
.quoted { color: var(--soft); }
.removed { background: var(--bad-paper); color: var(--bad); text-decoration: underline dashed; }
mark { background: var(--mark); color: inherit; border-bottom: 2px dotted var(--mark-line); }
.html * { max-width: 100%; }
.html p, .html ul, .html ol, .html dl { margin: 0 0 .5rem; }
.html ul { list-style: disc inside; } .html ol { list-style: decimal inside; }
.html blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid var(--line); color: var(--soft); }
.html blockquote blockquote blockquote blockquote { margin: 0; padding: 0; border: 0; }
.html dd { margin-left: 1rem; } .html dd dd dd { margin-left: 0; }
.html table { border-collapse: collapse; } .html td, .html th { padding: 0 .4rem; text-align: start; vertical-align: top; }
.html table table td, .html table table th { padding: 0; }
.html small, .html code, .html kbd { font-size: .85rem; }
.html p, .html div, .html li, .html td, .html th, .html dt, .html dd, .html blockquote { unicode-bidi: plaintext; }
.html sub, .html sup { font-size: .8rem; line-height: 1; }
.html sub *, .html sup * { vertical-align: baseline; }
.html a { color: inherit; text-decoration: underline dotted; }
.links li, .marks li { padding-left: 1rem; text-indent: -1rem; }
.files { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: .8rem; }
.files li { padding: .6rem; border: 1px solid var(--line); border-radius: 6px; }
.files img { display: block; width: auto; height: auto; max-width: 100%; max-height: 14rem; margin-bottom: .4rem; background: #fff; }
.part { margin-top: .8rem; padding-top: .6rem; border-top: 1px solid var(--line); }
@media (max-width: 34rem) { .facts > div { grid-template-columns: minmax(0, 1fr); } }
@media print {
  :root { --paper: #fff; --card: #fff; --sunk: #fff; --ink: #000; --soft: #333; --line: #999; --link: #000;
    --buyer: #000; --seller: #000; --mark: #fff; --mark-line: #000; --good: #000; --bad: #000; --warn: #000;
    --good-paper: #fff; --bad-paper: #fff; --warn-paper: #fff; }
  html { font-size: 10pt; } body { max-width: none; padding: 0; }
  .skip, .index { display: none; }
  .box, article, .event { border-radius: 0; }
  h2, h3, h4, .head, .subject { break-after: avoid; }
  .files li, .facts > div { break-inside: avoid; }
}
@page { margin: 15mm; }
"""
