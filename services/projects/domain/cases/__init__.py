"""Typical cases: one type of problem, from the proposal to the rule that ends it."""
