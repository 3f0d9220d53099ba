"""The kinds of records and commands, one module a capability."""
