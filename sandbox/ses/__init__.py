"""Stand-ins for the two ends of Amazon SES: what receives mail, and what sends it.

`receiving` speaks SMTP and does what the template's receipt rule says; `sending` speaks the SESv2 API to AWS
clients. Both are given what they reach as functions (`ports`), so that each can be used alone. They know
nothing of the product: what SES is documented to do, or was seen to do, is written down here a second time.
"""
