"""A mail as bytes: scan, decode, compose, reports (RFC 5321, 5322, 2045–2049, 2231, 3834, 8601).

Pure: no AWS, clock, randomness, environment or network. Knows no other package of the product.
"""
