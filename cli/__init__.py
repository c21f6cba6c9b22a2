"""The `parley` command: what a person does with a deployment.

    python -m cli doctor     what is not ready, and what to do about it
    python -m cli smoke      sends mail through the deployed relay and follows it hop by hop

`deployment` finds the stack, `checks` look at one concern each and `doctor` runs them; `smoke` plays the
exchange; `marketplace` speaks to the deployed API; `reports` writes what was found.
"""
