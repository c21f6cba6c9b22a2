"""Keeping the lake: rows that arrived go into the Parquet of their days, what was erased goes out of it."""
