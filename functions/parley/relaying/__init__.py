"""The use cases: relay a mail, notify its author. Calls the outside through `parley.relaying.ports` only."""
