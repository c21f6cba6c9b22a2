"""The page of a transcript as a Jinja2 template. Autoescape is on: only `Markup`, which `markup` makes, is
written as it is. It is a string and no file, so that pure code reads no file.

Here is what surrounds the messages; a message itself is in `message_page`.
"""

# ruff: noqa: E501  # elements are easier to read in one line

from typing import Final

MACROS: Final = """
{% macro moment(at) %}<time datetime="{{ at | iso }}">{{ at | date }}</time>{% endmacro %}
{% macro place(seq) %}<a href="#m{{ seq }}">{{ w.message }} {{ seq }}</a>{% endmacro %}
{% macro places(seqs) %}{% for seq in seqs %}{{ place(seq) }}{{ ", " if not loop.last }}{% endfor %}{% endmacro %}
{% macro fact(label, value) %}<div><dt>{{ label }}</dt><dd>{{ value }}</dd></div>{% endmacro %}
{% macro who(role) %}{% if role %}{{ w.roles[role] }}{% else %}{{ w.unproved }}{% endif %}{% endmacro %}
{% macro state(name) %}<span class="state {{ name }}">{{ w.states.get(name, name) }}</span>{% endmacro %}
{% macro tone(is_good, text) %}<span class="state {{ {true: 'good', false: 'bad', none: 'open'}[is_good] }}">{{ text }}</span>{% endmacro %}
{% macro facts_of(event) %}{% for name, value in event.facts %}<span class="fact">{{ w.facts.get(name, name) }}: <bdi>{{ value | fact(name) }}</bdi></span>{% endfor %}{% endmacro %}
{% macro words_of(event) %}
{% if event.text is not none %}<div class="text" dir="auto">{{ event.text }}</div>{% elif event.is_lost %}<p class="soft">{{ w.text_gone }}</p>{% endif %}
{% endmacro %}
{% macro event_line(event) %}
<li class="{{ event.kind }}"><strong>{{ w.events.get(event.kind, event.kind) }}</strong> <span class="soft">{{ moment(event.at) }}</span> {{ facts_of(event) }}{{ words_of(event) }}</li>
{% endmacro %}
"""

_HEADER: Final = """
<header>
<h1>{{ title }}</h1>
<p class="soft">{{ w.about }}</p>
{% if originals %}<p class="warning">{{ w.about_originals }}</p>{% endif %}
<h2 class="unseen">{{ w.parties }}</h2>
<ul class="parties">{% for role, alias in t.aliases %}<li class="party {{ role }}"><span class="role">{{ w.roles[role] }}</span> <bdi class="name">{{ names.get(role) or w.name_unknown }}</bdi> <code>{{ alias }}</code></li>{% endfor %}</ul>
<dl class="facts box">
{% if t.order is not none %}<div><dt>{{ w.order }}</dt><dd><bdi>{{ t.order }}</bdi></dd></div>{% endif %}
<div><dt>{{ w.conversation }}</dt><dd><code>{{ t.conversation }}</code>, {{ w.statuses[t.status] }}</dd></div>
<div><dt>{{ w.generated }}</dt><dd>{{ moment(t.generated_at) }}</dd></div>
<div><dt>{{ w.chain }}</dt><dd><ul>
<li>{{ w.chain_links.format(t.head) }}</li>
{% if t.verdict is none %}<li>{{ w.chain_unknown }}</li>{% else %}
<li>{% if t.verdict.is_intact %}{{ tone(true, w.chain_intact) }}{% else %}{{ tone(false, w.chain_broken) }}{% endif %}</li>
{% for fault in t.verdict.faults %}<li><code>{{ fault.seq }} {{ fault.code }} <bdi>{{ fault.key }}</bdi></code></li>{% endfor %}
<li>{{ w.chain_signed.format(t.verdict.signed) }}</li>
{% if t.verdict.pending %}<li>{{ w.chain_pending.format(t.verdict.pending | join(", ")) }}</li>{% endif %}
{% if t.verdict.erased %}<li>{{ w.chain_erased.format(t.verdict.erased | join(", ")) }}</li>{% endif %}
{% endif %}</ul></dd></div>
</dl>
</header>
"""

_CONTACT: Final = """
{% set c = t.summary.contact %}
<h3>{{ w.contact }}</h3>
{% if c.at is none %}<p>{{ w.nobody_wrote }}</p>{% else %}
<dl class="figures">
<div><dt>{{ w.first }}</dt><dd><strong>{{ who(c.author) }}</strong> {{ moment(c.at) }} {{ place(c.first) }}</dd></div>
<div><dt>{{ w.accepted }}</dt><dd>{{ tone(c.delivered, {true: w.accepted_yes, false: w.accepted_no, none: w.accepted_unknown}[c.delivered]) }}</dd></div>
<div><dt>{{ w.answered }}</dt><dd>{% if c.took is none %}<strong>{{ w.not_answered }}</strong>{% else %}<strong>{{ w.answered_after.format(c.took | span) }}</strong> {{ place(c.answer) }}{% endif %}</dd></div>
<div><dt>{{ w.in_time.format(c.window | span) }}</dt><dd>
{%- if c.in_time is not none %}{{ tone(c.in_time, w.yes_within if c.in_time else w.no_within) }}
{%- elif t.generated_at > c.until %}{{ tone(false, w.window_over.format(c.until | date)) }}{% else %}{{ tone(none, w.window_until.format(c.until | date)) }}{% endif %}</dd></div>
</dl>{% endif %}
"""

_SUMMARY: Final = """
<section class="box" aria-labelledby="summary">
<h2 id="summary">{{ w.summary }}</h2>
{{ contact }}
<div class="cards">
<div><h3>{{ w.counts }}</h3>
<dl class="facts">{% for author, rows in t.summary.counts | groupby(0) %}<div><dt>{{ w.roles[author] }}</dt><dd><ul>{% for _, name, count in rows %}<li>{{ count }} {{ w.states.get(name, name) }}</li>{% endfor %}</ul></dd></div>{% endfor %}
<div><dt>{{ w.attempts }}</dt><dd>{{ places(t.summary.attempts) or w.none }}</dd></div>
{{ fact(w.attachments_seen, t.summary.files) }}</dl>
</div>
<div><h3>{{ w.missing }}</h3>
<p class="soft">{{ w.missing_note }}</p>
<ul class="list">{% for lack, detail, seqs in missing %}<li>{{ w.lacks[lack] }}{% if lack not in ("erased", "missing") %}: <bdi>{{ detail | code }}</bdi>{% endif %}{% if seqs %} ({{ places(seqs) }}){% endif %}</li>{% else %}<li>{{ w.none }}</li>{% endfor %}</ul>
</div>
<div><h3>{{ w.holds }}</h3>
<ul class="list">{% for hold in t.summary.holds %}<li>{% if hold.lifted_at %}{{ w.hold_lifted.format(hold.placed_at | date, hold.lifted_at | date) }}{% else %}<strong>{{ w.hold_in_force.format(hold.placed_at | date) }}</strong>{% endif %}
{%- if hold.case %}, {{ w.case }} <bdi>{{ hold.case }}</bdi>{% endif %}{% if hold.reason %}: <bdi>{{ hold.reason }}</bdi>{% endif %}</li>{% else %}<li>{{ w.none }}</li>{% endfor %}</ul>
</div>
<div><h3>{{ w.flags }}</h3>
<ul class="list">{% for code, seqs in t.summary.flags %}<li>{{ code | code }} ({{ places(seqs) }})</li>{% else %}<li>{{ w.none }}</li>{% endfor %}</ul>
</div>
</div>
</section>
"""

_INDEX: Final = """
<nav class="index box" aria-labelledby="index"><h2 id="index">{{ w.index }}</h2>
<ol>{% for m in t.messages %}<li class="{{ m.author or 'unproved' }}">{{ place(m.seq) }} <span>{{ w.roles[m.author or "unproved"] }}</span> <span class="soft">{{ m.received_at | date }}</span> {{ state(m.state) }}</li>{% endfor %}</ol></nav>
"""

_MESSAGES: Final = """
<section aria-labelledby="messages"><h2 id="messages" tabindex="-1">{{ w.messages }}</h2>
<div class="key soft"><p><mark>…</mark> {{ w.mark_alias }} <mark class="mask">…</mark> {{ w.mark_mask }} {{ w.mark }}</p>
{% if originals %}<p><span class="removed">…</span> {{ w.changed_line }}</p>{% endif %}</div>
{% for kind, each in timeline %}{% if kind == "message" %}{{ message(each) }}{% else %}
<div class="event"><h3>{{ w.event }} {{ each.seq }}: {{ w.events.get(each.kind, each.kind) }}</h3>
<p class="soft">{{ moment(each.at) }} {{ facts_of(each) }}</p>{{ words_of(each) }}</div>
{% endif %}{% else %}<p>{{ w.no_messages }}</p>{% endfor %}
</section>
"""

PAGE: Final = f"""<!doctype html>
<html lang="{{{{ w.language }}}}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{{{ policy }}}}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{{{ title }}}}</title>
<style>{{{{ style }}}}</style>
</head>
<body>
<a class="skip" href="#messages">{{{{ w.skip }}}}</a>
{_HEADER}
<main>
{_SUMMARY.replace("{{ contact }}", _CONTACT)}
{_INDEX}
{_MESSAGES}
</main>
</body>
</html>
"""
