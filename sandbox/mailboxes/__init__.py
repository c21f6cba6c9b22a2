"""The parties' mailboxes: what was delivered, for tests by Python and for mail programs by IMAP."""
