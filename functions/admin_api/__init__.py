"""Answers the marketplace: registers parties, opens, lists, closes and reopens conversations."""
