"""May it pass? An ordered table of rules, and the policy that says what their findings lead to.

Pure: no AWS, clock, randomness, environment or network. Knows `parley.mail` only.
"""
