"""Real load: many mails at once through the deployed stack, workers killed in the middle, the books checked.

`plan` says which mails, `letters` writes them, `traffic` hands them to SES, `arrivals` takes what SES sends,
`workers` measures and kills the functions, `books` reads what the relay recorded, `judging` reads what was
delivered, and `reconciling` compares it all.
"""
