"""Keys, entries and the chain of the archive.

Pure: no AWS, clock, randomness, environment or network. Knows `parley.mail` only.
"""
