"""The lake: what reviewers ask questions of. Rows without direct identifiers, their tables and queries.

Pure.
"""
