"""What lies in the archive of a conversation, verified, and taken out as a bundle.

`holdings` reads the archive bucket, `signing` knows the keys, `verifying` recomputes a chain from the bucket,
`bundling` writes a bundle and `checking` reads one, without AWS. `wording` and `explaining` put it in words,
`party_page` and `retelling` make pages.
"""
