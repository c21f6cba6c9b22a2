"""What a reviewer does at a terminal: find a conversation, read it, write something down, rule on mail.

`commands` and `holding` are the commands; `finding` searches, `reading` reads the buckets, `opening` shows a
page and `retelling` makes the one with originals, `showing` writes to a terminal.
"""
