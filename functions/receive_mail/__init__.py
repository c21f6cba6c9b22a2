"""Receives mail: SQS ← SNS ← SES."""
