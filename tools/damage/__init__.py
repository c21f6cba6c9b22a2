"""Measures damage: what of a relayed mail is not as it was, and why.

Every mail is decided on as `parley.relaying` does it. Then the mail as it came and the mail as it goes out
are read by the standard library alone, and compared part by part: texts by their characters, files by
their octets. A difference must be explained by a finding of that part; what is not is damage.

.venv/bin/python -m tools.damage [MAIL…] [--json]
"""
