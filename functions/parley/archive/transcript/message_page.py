"""One message within the page of a transcript (`page`), as macros of the same template."""

# ruff: noqa: E501  # elements are easier to read in one line

from typing import Final

_MAIL: Final = """
{% macro passage(each) %}
{% if each.enclosed is not none %}<h4 class="part">{{ w.enclosed }}: <bdi>{{ each.enclosed or w.no_subject }}</bdi></h4>{% endif %}
{% if each.is_html %}<div class="html" dir="auto">{{ each.markup }}</div>{% else %}<div class="text" dir="auto">{{ each.markup }}</div>{% endif %}
{% if each.is_cut %}<p class="soft">{{ w.cut }}</p>{% endif %}
{% if each.links %}<div class="part"><h4>{{ w.links }}</h4><ul class="links">{% for link in each.links %}<li><code><bdi>{{ link }}</bdi></code></li>{% endfor %}</ul></div>{% endif %}
{% if each.also %}<div class="part"><h4>{{ w.also }}</h4><div class="text" dir="auto">{{ each.also }}</div></div>{% endif %}
{% endmacro %}
{% macro shown(m) %}
{% if m.shown is none %}<p class="warning">{{ w.cannot_show }}: {{ m.problem | code }}</p>
{% else %}
<p class="subject"><span class="unseen">{{ w.subject }}: </span><bdi>{{ m.shown.subject or w.no_subject }}</bdi></p>
{% for each in m.shown.passages %}{{ passage(each) }}{% endfor %}
{% for other in m.shown.others %}<div class="part"><h4>{{ w.also }}</h4><div class="text" dir="auto">{{ other }}</div></div>{% endfor %}
{% if m.shown.is_cut %}<p class="soft">{{ w.cut }}</p>{% endif %}
{% for code in m.shown.unreadable %}<p class="warning">{{ w.unreadable }}: {{ code | code }}</p>{% endfor %}
{% if not m.shown.passages and not m.shown.unreadable %}<p class="soft">{{ w.no_text }}</p>{% endif %}
{% endif %}
{% endmacro %}
{% macro original(m) %}
<div class="mail"><h4>{{ w.original }}</h4>
{% if m.original is none %}<p class="warning">{{ w.original_missing }}</p>{% else %}
<dl class="fields">{% for name, value in m.original.fields %}<div><dt>{{ name }}</dt><dd><bdi>{{ value }}</bdi></dd></div>{% endfor %}</dl>
<div class="text part" dir="auto">{% for line in m.original.lines %}{% if line.is_kept %}{{ line.text }}{% else %}<span class="removed">{{ line.text }}</span>{% endif %}{{ "\n" }}{% endfor %}</div>
{% if m.original.is_cut %}<p class="soft">{{ w.cut }}</p>{% endif %}
{% if m.original.files %}<div class="part"><h4>{{ w.attachments }}</h4><ol class="list">{% for name, media_type, size in m.original.files %}<li><bdi>{{ name or w.no_name }}</bdi> <span class="soft">{{ media_type }}, {{ size | size }}</span></li>{% endfor %}</ol></div>{% endif %}
{% endif %}</div>
{% endmacro %}
{% macro file(each) %}
<li>{% if each.picture %}<img src="{{ each.picture.uri }}" width="{{ each.picture.width }}" height="{{ each.picture.height }}" alt="{{ w.picture }}: {{ each.name or w.no_name }}">{% endif %}
<bdi class="name">{{ each.name or w.no_name }}</bdi> <span class="soft">{{ each.media_type }}, {{ each.size | size }}{% if each.first_at %}, {{ w.picture_above.format(each.first_at) }}{% endif %}{% if each.enclosed is not none %}, {{ w.within }}: <bdi>{{ each.enclosed or w.no_subject }}</bdi>{% endif %}</span>
{% if each.key %}<code>{{ each.key }}</code>{% endif %}</li>
{% endmacro %}
"""

_RECORD: Final = """
{% macro what_became(m) %}
<dl class="facts part">
<div><dt>{{ w.differences }}</dt><dd>{% if m.differences %}<ul class="marks">{% for each in m.differences %}<li><strong>{{ each.count }}× {{ w.kinds[each.kind] }}</strong> {{ each.place | place(m.parts) }}</li>{% endfor %}</ul>{% elif m.passed_at or originals %}{{ w.no_differences }}{% else %}{{ w.differences_unknown }}{% endif %}</dd></div>
{% set reasons = m | reasons %}
{% if reasons %}<div><dt>{{ w.reasons }}</dt><dd><ul>{% for code in reasons %}<li>{{ code | code }}</li>{% endfor %}</ul></dd></div>{% endif %}
{% if m.intended and m.intended != m.state %}{{ fact(w.intended, w.states.get(m.intended, m.intended)) }}{% endif %}
{% if m.changes %}<div><dt>{{ w.history }}</dt><dd><ul class="steps">{% for each in m.changes %}{{ event_line(each) }}{% endfor %}</ul></dd></div>{% endif %}
{% if m.passed_at %}<div><dt>{{ w.delivery }}</dt><dd>{% if m.deliveries %}<ul class="steps">{% for each in m.deliveries %}{{ event_line(each) }}{% endfor %}</ul>{% else %}{{ w.delivery_unknown }}{% endif %}</dd></div>{% endif %}
<div><dt>{{ w.findings }}</dt><dd>{% if m.findings %}<ul>{% for each in m.findings %}<li><span class="severity {{ each.severity }}">{{ w.severities.get(each.severity, each.severity) }}</span> {{ each.code | code }}{% set at = each.place | place(m.parts) %}{% if at %} ({{ at }}){% endif %}{% if each.count > 1 %}, {{ each.count }}×{% endif %} <code>{{ each.code }}</code></li>{% endfor %}</ul>{% else %}{{ w.none }}{% endif %}
<p class="soft">{{ w.screened.format(m.rules, m.policy) }}</p></dd></div>
{% if m.verdicts %}<div><dt>{{ w.verdicts }}</dt><dd>{% for told, is_good in m.verdicts | verdicts %}{{ tone(is_good, told) }} {% endfor %}</dd></div>{% endif %}
</dl>
{% endmacro %}
{% macro where_kept(m) %}
<dl class="facts part small">
<div><dt>{{ w.kept }}</dt><dd><ul>
<li>{{ w.original_object }}: {% if m.original_digest or m.original_commitment %}<code>{{ m.original_key }}</code>{% else %}{{ w.gone }} <code>{{ m.original_key }}</code>{% endif %}</li>
{% if m.relayed_key %}<li>{{ w.relayed_object }}: <code>{{ m.relayed_key }}</code></li>{% endif %}</ul></dd></div>
{% if m.original_digest %}<div><dt>{{ w.digest }}</dt><dd><code>{{ m.original_digest }}</code></dd></div>{% endif %}
{% if m.original_commitment %}<div><dt>{{ w.commitment }}</dt><dd><code>{{ m.original_commitment }}</code></dd></div>{% endif %}
</dl>
{% endmacro %}
"""

_ARTICLE: Final = """
{% macro message(m) %}
<article id="m{{ m.seq }}" class="{{ m.author or 'unproved' }}" aria-labelledby="m{{ m.seq }}h" tabindex="-1">
<div class="head"><h3 id="m{{ m.seq }}h">{{ w.message }} {{ m.seq }}: {{ who(m.author) }} {{ w.to }} {{ w.roles[m.recipient] }}</h3>
{{ state(m.state) }}{% if m.automatic %} <span class="state open">{{ w.automatics.get(m.automatic, m.automatic) }}</span>{% endif %}
<p class="when">{% if m.author and names.get(m.author) %}<bdi class="name">{{ names[m.author] }}</bdi>, {% endif %}{{ moment(m.received_at) }}{% if m.passed_at and m.passed_at != m.received_at %}; {{ w.passed_on_at }} {{ moment(m.passed_at) }}{% endif %}</p></div>
<div{% if originals %} class="both"{% endif %}>
{% if originals %}{{ original(m) }}{% endif %}
<div class="mail{{ ' unsent' if not m.passed_at }}">
<h4>{{ w.as_seen if m.passed_at else w.as_written if originals else w.as_masked }}</h4>
{% if not m.passed_at %}<p class="warning">{{ w.not_yet_seen if m.state in undecided else w.never_seen }}</p>{% endif %}
{{ shown(m) }}
</div>
</div>
{% if m.shown and m.shown.files %}<div class="part"><h4>{{ w.attachments }}</h4>
<ul class="files">{% for each in m.shown.files %}{{ file(each) }}{% endfor %}</ul>{% if m.shown.more_files %}<p>{{ w.more_files.format(m.shown.more_files) }}</p>{% endif %}</div>{% endif %}
{{ what_became(m) }}
{{ where_kept(m) }}
</article>
{% endmacro %}
"""

MESSAGE: Final = _MAIL + _RECORD + _ARTICLE
