"""What reviewers do to a conversation: notes, holds, rulings on held mail, and the purposes of their reads.

Everything but a read is an event of the conversation's chain; what was written down and by whom is its
content, which can be erased. Mail is never read here, and never sent.
"""
