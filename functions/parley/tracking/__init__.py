"""What becomes of a mail after SES took it: recorded, and acted upon where a mailbox is dead.

Calls its own ports only. Events come late, twice, in any order, or for what is no longer there; none of that
does any harm.
"""
