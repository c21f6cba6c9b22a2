"""Forgetting: contents whose time is over, and a party that asks to be erased.

What a person wrote, and every name and mailbox, goes; the chain of each conversation stays, with commitments
to what was there. Nothing goes while a hold is in force. Whatever is done here can be done again: each step
is told by what is left, not by what was done.
"""
