"""What must not be seen: protected strings, where they hide, and the gate that checks the finished mail.

Pure: no AWS, clock, randomness, environment or network. Knows `parley.mail` only.
"""
