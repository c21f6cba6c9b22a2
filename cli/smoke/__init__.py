"""A mail through the deployed relay, followed hop by hop.

`scenarios` says who writes to whom and what should become of it, `journey` is one mail on its way, `hops` say
how far it has come and why not further, `watching` listens to the delivery events, and `exchange` plays all.
"""
