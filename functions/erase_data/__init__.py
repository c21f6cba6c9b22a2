"""Erases what its time is over for, and parties that ask for it."""
