"""The `parley` command: what a person does with a deployment.

    python -m cli doctor     what is not ready, and what to do about it
    python -m cli smoke      sends mail through the deployed relay and follows it hop by hop
    python -m cli review     finds conversations, shows them, takes notes, holds and decisions
    python -m cli verify     recomputes the chain of a conversation, or checks a bundle
    python -m cli export     writes a conversation as a bundle
    python -m cli replay     lets a mail be received again

`deployment` finds the stack, `checks` look at one concern each and `doctor` runs them; `smoke` plays the
exchange; `marketplace` speaks to the deployed API; `reports` writes what was found; `evidence` verifies and
bundles what the archive holds, and `review` is what reviewers do.
"""

TOOL = "parley 0.1.0"
"""What a bundle says it was made with. A test compares it with pyproject.toml."""
