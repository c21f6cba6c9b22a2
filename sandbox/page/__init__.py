"""The page of the sandbox: both parties' mailboxes side by side, and between them what the relay did.

It shows mail that anybody may have written, on a developer's machine. So nothing that is shown can run, load
or lead anywhere: `hypertext` says how HTML is treated, `guard` who may ask for what. Apart from the flag
`\\Seen` and the copies in Sent it changes nothing; table and archive are only read.
"""
