"""`demo`: a whole exchange in a sandbox of its own, told on the terminal and checked at every step.

`letters` are the mails, `scenes` the table of what is played, `evidence` reads what came of it, `checks`
judge it, `telling` shows it. Nothing here knows what the relay should do but the scenes.
"""
