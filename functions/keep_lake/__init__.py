"""Keeps the lake: merges what arrived into the Parquet of its days."""
