"""The page of a transcript as a Jinja2 template. Autoescape is on: only `Markup`, which `markup` makes, is
written as it is. It is a string and no file, so that pure code reads no file.
"""

# ruff: noqa: E501  # elements are easier to read in one line

from typing import Final

MACROS: Final = """
{% macro moment(at) %}<time datetime="{{ at | iso }}">{{ at | date }}</time>{% endmacro %}
{% macro place(seq) %}<a href="#m{{ seq }}">{{ w.message }} {{ seq }}</a>{% endmacro %}
{% macro places(seqs) %}{% for seq in seqs %}{{ place(seq) }}{{ ", " if not loop.last }}{% endfor %}{% endmacro %}
{% macro fact(label, value) %}<div><dt>{{ label }}</dt><dd>{{ value }}</dd></div>{% endmacro %}
{% macro who(role) %}{% if role %}{{ w.roles[role] }}{% else %}{{ w.unproved }}{% endif %}{% endmacro %}
{% macro facts_of(event) %}{% for name, value in event.facts %}<code><bdi>{{ name }}: {{ value }}</bdi></code> {% endfor %}{% endmacro %}
{% macro words_of(event) %}
{% if event.text is not none %}<div class="text" dir="auto">{{ event.text }}</div>{% elif event.is_lost %}<p class="soft">{{ w.text_gone }}</p>{% endif %}
{% endmacro %}
{% macro event_line(event) %}
<li>{{ w.events.get(event.kind, event.kind) }}, {{ moment(event.at) }} {{ facts_of(event) }}{{ words_of(event) }}</li>
{% endmacro %}
"""

SUMMARY: Final = """
<section class="box" aria-labelledby="summary">
<h2 id="summary">{{ w.summary }}</h2>
<div class="cards">
<div><h3>{{ w.contact }}</h3>
{% set c = t.summary.contact %}
{% if c.at is none %}<p>{{ w.nobody_wrote }}</p>{% else %}
<dl class="facts">
<div><dt>{{ w.first }}</dt><dd>{{ who(c.author) }}, {{ place(c.first) }}, {{ moment(c.at) }}</dd></div>
{{ fact(w.accepted, {true: w.accepted_yes, false: w.accepted_no, none: w.accepted_unknown}[c.delivered]) }}
<div><dt>{{ w.answered }}</dt><dd>{% if c.took is none %}{{ w.not_answered }}{% else %}{{ w.answered_after.format(c.took | span) }} ({{ place(c.answer) }}){% endif %}</dd></div>
<div><dt>{{ w.in_time.format(c.window | span) }}</dt><dd>
{%- if c.in_time is true %}{{ w.yes_within }}{% elif c.in_time is false %}{{ w.no_within }}
{%- elif t.generated_at > c.until %}{{ w.window_over.format(c.until | date) }}{% else %}{{ w.window_until.format(c.until | date) }}{% endif %}</dd></div>
</dl>{% endif %}
</div>
<div><h3>{{ w.counts }}</h3>
<ul>{% for author, state, count in t.summary.counts %}<li>{{ w.roles[author] }}: {{ count }} {{ w.states.get(state, state) }}</li>{% else %}<li>{{ w.none }}</li>{% endfor %}</ul>
<dl class="facts">{{ fact(w.attachments_seen, t.summary.files) }}
<div><dt>{{ w.attempts }}</dt><dd>{{ places(t.summary.attempts) or w.none }}</dd></div></dl>
</div>
<div><h3>{{ w.holds }}</h3>
<ul>{% for hold in t.summary.holds %}<li>{% if hold.lifted_at %}{{ w.hold_lifted.format(hold.placed_at | date, hold.lifted_at | date) }}{% else %}<strong>{{ w.hold_in_force.format(hold.placed_at | date) }}</strong>{% endif %}
{%- if hold.case %}, {{ w.case }} <bdi>{{ hold.case }}</bdi>{% endif %}{% if hold.reason %}: <bdi>{{ hold.reason }}</bdi>{% endif %}</li>{% else %}<li>{{ w.none }}</li>{% endfor %}</ul>
</div>
<div><h3>{{ w.flags }}</h3>
<ul>{% for code, seqs in t.summary.flags %}<li>{{ code | code }} ({{ places(seqs) }})</li>{% else %}<li>{{ w.none }}</li>{% endfor %}</ul>
</div>
<div><h3>{{ w.missing }}</h3>
<p class="soft">{{ w.missing_note }}</p>
<ul>{% for each in t.summary.missing %}<li>{{ w.lacks[each.lack] }}{% if each.lack not in ("erased", "missing") %}: <bdi>{{ each.detail | code }}</bdi>{% endif %}{% if each.seq in seqs_of_messages %} ({{ place(each.seq) }}){% endif %}</li>{% else %}<li>{{ w.none }}</li>{% endfor %}</ul>
</div>
<div><h3>{{ w.legend }}</h3>
<p><mark>…</mark> {{ w.mark }}</p>
{% if originals %}<p><span class="removed">…</span> {{ w.changed_line }}</p>{% endif %}
</div>
</div>
</section>
"""

MESSAGE: Final = """
{% macro passage(each) %}
{% if each.enclosed is not none %}<h4 class="part">{{ w.enclosed }}: <bdi>{{ each.enclosed or w.no_subject }}</bdi></h4>{% endif %}
{% if each.is_html %}<div class="html" dir="auto">{{ each.markup }}</div>{% else %}<div class="text" dir="auto">{{ each.markup }}</div>{% endif %}
{% if each.is_cut %}<p class="soft">{{ w.cut }}</p>{% endif %}
{% if each.links %}<div class="part"><h4>{{ w.links }}</h4><ul class="links">{% for link in each.links %}<li><code><bdi>{{ link }}</bdi></code></li>{% endfor %}</ul></div>{% endif %}
{% if each.also %}<div class="part"><h4>{{ w.also }}</h4><div class="text" dir="auto">{{ each.also }}</div></div>{% endif %}
{% endmacro %}
{% macro file(each) %}
<li>{% if each.picture %}<img src="{{ each.picture.uri }}" width="{{ each.picture.width }}" height="{{ each.picture.height }}" alt="{{ w.picture }}: {{ each.name or w.no_name }}">{% endif %}
<bdi>{{ each.name or w.no_name }}</bdi><br><span class="soft">{{ each.media_type }}, {{ each.size | size }}{% if each.first_at %}, {{ w.picture_above.format(each.first_at) }}{% endif %}</span>
{% if each.key %}<br><code>{{ each.key }}</code>{% endif %}</li>
{% endmacro %}
{% macro shown(m) %}
{% if m.shown is none %}<p class="warning">{{ w.cannot_show }}: {{ m.problem | code }}</p>
{% else %}
<p class="subject"><span class="unseen">{{ w.subject }}: </span><bdi>{{ m.shown.subject or w.no_subject }}</bdi></p>
{% for each in m.shown.passages %}{{ passage(each) }}{% endfor %}
{% for other in m.shown.others %}<div class="part"><h4>{{ w.also }}</h4><div class="text" dir="auto">{{ other }}</div></div>{% endfor %}
{% for code in m.shown.unreadable %}<p class="warning">{{ w.unreadable }}: {{ code | code }}</p>{% endfor %}
{% if not m.shown.passages and not m.shown.unreadable %}<p class="soft">{{ w.no_text }}</p>{% endif %}
{% endif %}
{% endmacro %}
{% macro original(m) %}
<div class="mail"><h4>{{ w.original }}</h4>
{% if m.original is none %}<p class="warning">{{ w.original_missing }}</p>{% else %}
<dl class="facts">{% for name, value in m.original.fields %}<div><dt>{{ name }}</dt><dd><bdi>{{ value }}</bdi></dd></div>{% endfor %}</dl>
<div class="text part" dir="auto">{% for line in m.original.lines %}{% if line.is_kept %}{{ line.text }}{% else %}<span class="removed">{{ line.text }}</span>{% endif %}{{ "\n" }}{% endfor %}</div>
{% if m.original.is_cut %}<p class="soft">{{ w.cut }}</p>{% endif %}
{% if m.original.files %}<h4>{{ w.attachments }}</h4><ul>{% for name, media_type, size in m.original.files %}<li><bdi>{{ name or w.no_name }}</bdi> <span class="soft">{{ media_type }}, {{ size | size }}</span></li>{% endfor %}</ul>{% endif %}
{% endif %}</div>
{% endmacro %}
{% macro message(m) %}
<article id="m{{ m.seq }}" class="{{ m.author or 'unproved' }}" aria-labelledby="m{{ m.seq }}h" tabindex="-1">
<div class="head"><h3 id="m{{ m.seq }}h">{{ w.message }} {{ m.seq }}: {{ who(m.author) }} {{ w.to }} {{ w.roles[m.recipient] }}</h3>
<span class="state {{ m.state }}">{{ w.states.get(m.state, m.state) }}</span>{% if m.automatic %} <span class="soft">{{ w.automatics.get(m.automatic, m.automatic) }}</span>{% endif %}</div>
<p class="soft">{{ w.received }} {{ moment(m.received_at) }}{% if m.passed_at and m.passed_at != m.received_at %}, {{ w.passed_on_at }} {{ moment(m.passed_at) }}{% endif %}</p>
<div{% if originals %} class="both"{% endif %}>
{% if originals %}{{ original(m) }}{% endif %}
<div class="mail{{ ' unsent' if not m.passed_at }}">
<h4>{{ w.as_seen if m.passed_at else w.as_masked }}</h4>
{% if not m.passed_at %}<p class="warning">{{ w.not_yet_seen if m.state in undecided else w.never_seen }}</p>{% endif %}
{{ shown(m) }}
</div>
</div>
{% if m.shown and m.shown.files %}<div class="part"><h4>{{ w.attachments }}</h4>
<ul class="files">{% for each in m.shown.files %}{{ file(each) }}{% endfor %}</ul></div>{% endif %}
<dl class="facts part">
<div><dt>{{ w.differences }}</dt><dd>{% if m.differences %}<ul class="marks">{% for each in m.differences %}<li>{{ each.count }}× {{ w.kinds[each.kind] }} {{ each.place | place }}</li>{% endfor %}</ul>{% else %}{{ w.no_differences }}{% endif %}</dd></div>
{% if m.codes %}<div><dt>{{ w.reasons }}</dt><dd><ul>{% for code in m.codes %}<li>{{ code | code }}</li>{% endfor %}</ul></dd></div>{% endif %}
{% if m.intended and m.intended != m.state %}{{ fact(w.intended, w.states.get(m.intended, m.intended)) }}{% endif %}
{% if m.changes %}<div><dt>{{ w.history }}</dt><dd><ul>{% for each in m.changes %}{{ event_line(each) }}{% endfor %}</ul></dd></div>{% endif %}
{% if m.passed_at %}<div><dt>{{ w.delivery }}</dt><dd>{% if m.deliveries %}<ul>{% for each in m.deliveries %}{{ event_line(each) }}{% endfor %}</ul>{% else %}{{ w.delivery_unknown }}{% endif %}</dd></div>{% endif %}
<div><dt>{{ w.findings }}</dt><dd>{% if m.findings %}<ul>{% for each in m.findings %}<li>{{ each.code | code }} {{ each.place | place }}{% if each.count > 1 %}, {{ each.count }}×{% endif %} ({{ w.severities.get(each.severity, each.severity) }}, <code>{{ each.code }}</code>)</li>{% endfor %}</ul>{% else %}{{ w.none }}{% endif %}
<p class="soft">{{ w.screened.format(m.rules, m.policy) }}</p></dd></div>
{% if m.verdicts %}{{ fact(w.verdicts, m.verdicts | pairs) }}{% endif %}
<div><dt>{{ w.kept }}</dt><dd><ul>
<li>{{ w.original_object }}: {% if m.original_digest or m.original_commitment %}<code>{{ m.original_key }}</code>{% else %}{{ w.gone }} <code>{{ m.original_key }}</code>{% endif %}</li>
{% if m.relayed_key %}<li>{{ w.relayed_object }}: <code>{{ m.relayed_key }}</code></li>{% endif %}</ul></dd></div>
{% if m.original_digest %}<div><dt>{{ w.digest }}</dt><dd><code>{{ m.original_digest }}</code></dd></div>{% endif %}
{% if m.original_commitment %}<div><dt>{{ w.commitment }}</dt><dd><code>{{ m.original_commitment }}</code></dd></div>{% endif %}
</dl>
</article>
{% endmacro %}
"""

PAGE: Final = """<!doctype html>
<html lang="{{ w.language }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<a class="skip" href="#messages">{{ w.skip }}</a>
<header>
<h1>{{ title }}</h1>
<p class="soft">{{ w.about }}</p>
{% if originals %}<p class="warning">{{ w.about_originals }}</p>{% endif %}
<dl class="facts box">
<div><dt>{{ w.conversation }}</dt><dd><code>{{ t.conversation }}</code></dd></div>
{% if t.order is not none %}<div><dt>{{ w.order }}</dt><dd><bdi>{{ t.order }}</bdi></dd></div>{% endif %}
{{ fact(w.status, w.statuses[t.status]) }}
<div><dt>{{ w.parties }}</dt><dd><ul>{% for role, alias in t.aliases %}<li>{{ w.roles[role] }}: <bdi>{{ names.get(role) or w.name_unknown }}</bdi>, <code>{{ alias }}</code></li>{% endfor %}</ul></dd></div>
<div><dt>{{ w.generated }}</dt><dd>{{ moment(t.generated_at) }}</dd></div>
{{ fact(w.head, t.head) }}
<div><dt>{{ w.chain }}</dt><dd>{% if t.verdict is none %}{{ w.chain_unknown }}{% else %}<ul>
<li>{% if t.verdict.is_intact %}{{ w.chain_intact }}{% else %}<strong>{{ w.chain_broken }}</strong>{% endif %}</li>
{% for fault in t.verdict.faults %}<li><code>{{ fault.seq }} {{ fault.code }} <bdi>{{ fault.key }}</bdi></code></li>{% endfor %}
<li>{{ w.chain_signed.format(t.verdict.signed) }}</li>
{% if t.verdict.pending %}<li>{{ w.chain_pending.format(t.verdict.pending | join(", ")) }}</li>{% endif %}
{% if t.verdict.erased %}<li>{{ w.chain_erased.format(t.verdict.erased | join(", ")) }}</li>{% endif %}
</ul>{% endif %}</dd></div>
</dl>
</header>
<main>
{{ summary }}
<nav class="index box" aria-labelledby="index"><h2 id="index">{{ w.index }}</h2>
<ol>{% for m in t.messages %}<li>{{ place(m.seq) }}: {{ m.received_at | date }}, {{ who(m.author) }}, {{ w.states.get(m.state, m.state) }}</li>{% endfor %}</ol></nav>
<section aria-labelledby="messages"><h2 id="messages" tabindex="-1">{{ w.messages }}</h2>
{% for kind, each in timeline %}{% if kind == "message" %}{{ message(each) }}{% else %}
<div class="event"><h3>{{ w.event }} {{ each.seq }}: {{ w.events.get(each.kind, each.kind) }}</h3>
<p class="soft">{{ moment(each.at) }} {{ facts_of(each) }}</p>{{ words_of(each) }}</div>
{% endif %}{% else %}<p>{{ w.no_messages }}</p>{% endfor %}
</section>
</main>
</body>
</html>
"""
