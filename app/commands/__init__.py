"""Commands for operators, one module a group."""
