"""Parties, aliases, routing, admission, threading and the life of a message.

Pure: no AWS, clock, randomness, environment or network. Knows `parley.mail` only.
"""
