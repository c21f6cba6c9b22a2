"""The ports of `parley.relaying` and `parley.registering` on AWS: DynamoDB, S3, SES, SQS, Secrets Manager.

Each module holds one adapter; `clients` makes the low-level clients they share. Texts of errors carry ids and
codes only: what AWS answers may name a mailbox, so it is never raised further where it could.
"""
