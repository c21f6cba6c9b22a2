"""The custom resource `Custom::ActiveReceiptRuleSet`."""
