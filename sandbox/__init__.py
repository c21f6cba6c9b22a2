"""Trying the product without AWS."""
