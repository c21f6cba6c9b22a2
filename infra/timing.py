"""How long things take, and how often they are tried, each derived from the one before it.

    a function may run        TIMEOUT
    a message is its own      LEASE       longer, so that no lease ends under an invocation that is alive
    a text is hidden          VISIBILITY  longer than that, so that who comes next may take the message over
    a text is put off         for twelve days (`unfinished.PUT_OFF_FOR`), then it is given up
    a text is delivered       MAX_RECEIVE_COUNT times, more often than that needs
    a text is kept            RETENTION   longer than all of these, so that nothing is forgotten unseen

What could not be finished sets its own pause (`parley.relaying.unfinished`): fifteen seconds at first, twice
as long each time, two hours at most, and half of it by chance. That long SES may be paused or over its quota
before a good mail is a dead letter. An invocation that ends before it can do so (a wrong setting after a
deployment, no memory) leaves its text hidden for VISIBILITY; MAX_RECEIVE_COUNT of those last four days. How
often one mail may go out without a certain answer is bounded by the message itself (`Message.sendings`).
"""

TIMEOUT_SECONDS = 120
LEASE_SECONDS = TIMEOUT_SECONDS * 3 // 2
VISIBILITY_SECONDS = 6 * TIMEOUT_SECONDS
"""SQS wants at least six times the timeout of the function that it feeds (Lambda Developer Guide)."""
EVENT_SECONDS = 110
"""With less time left, track_delivery begins no other event of its batch. One event may wait for a service
that never answers: SES for 63 seconds, or the table for 43 (four tries of nine, and pauses between them), and
then for the queue, to be put off. A batch in which nothing hangs takes two seconds."""
MAX_RECEIVE_COUNT = 480
RETENTION_DAYS = 14
"""The longest that SQS allows. A text keeps its age when it becomes a dead letter."""
