"""Parley: relays mail between buyers and sellers without showing either one's mailbox."""
