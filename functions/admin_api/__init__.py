"""Answers the marketplace: registers parties and opens conversations; and reviewers: what they decide."""
