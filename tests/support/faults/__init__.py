"""The fault matrix: every call that a handler makes, failing in every way, and the process killed around it.

Nothing is listed but the scenarios: the calls are those of an undisturbed run. At each of them the process
is forked once for every kind of fault; the child meets the fault at this call, redelivers until the work is
done, and tells what became of it, while the parent waits, and goes on undisturbed. A child that comes to the
very state (table, buckets, queues, mails sent) from which another has gone on, with the first try or with a
later one, need not go on itself: what follows would be the same.

    scenario × call × kind of fault = a cell

The process is one that does nothing else (`alone`).
"""
