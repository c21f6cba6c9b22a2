"""The marketplace's own use cases: register parties, open, find, close and reopen conversations.

Calls its own ports only. What is wrong with a request is a `RefusedError` with a stable code and the field.
"""
