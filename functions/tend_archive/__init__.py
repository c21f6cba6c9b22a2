"""Keeps inbox and archive in order."""
