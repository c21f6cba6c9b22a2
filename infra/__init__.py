"""The stack, one construct a concern. Takes its values from `configuration.Configuration` only."""
