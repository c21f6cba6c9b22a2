"""Questions to the lake: the same SQL on Athena for a deployed stack, on DuckDB for the sandbox.

`statements` reads SQL, `engines` says what an engine is; `athena` and `local` are the two. `showing` writes
answers to a terminal, as JSON or as CSV; `charts` and `page` make the reports.
"""
