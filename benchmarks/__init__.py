"""What Parley costs: processor time, memory, start-up and size, beside what else could do the work.

`python -m benchmarks` measures on this machine and writes docs/performance.md. `mails` and `hostile` make
the mails, `contenders` are what is timed, `measuring` times it, `memory`, `wire`, `cold_start` and `asset`
measure one thing each, `limits` says what must be reached, `report` writes.
"""
