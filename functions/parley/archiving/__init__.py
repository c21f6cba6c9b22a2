"""The archive after the mail has gone: entries, attachments, transcripts and signed checkpoints.

Follows the relay table's stream. Whatever is done here can be done again: entries and attachments that are
there stay, transcripts and checkpoints are made anew.
"""
