"""The transcript of a conversation: one page that a person can read, whatever the mails in it want.

`building.build` tells a conversation from its history and its stored objects, `rendering.render` writes the
page. Pure, as the rest of the archive. What one mail does to a reader costs that mail alone: it appears with
its code, its hash and its path, and nothing else is missing.
"""
