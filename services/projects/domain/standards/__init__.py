"""Standards: versions, clauses, adoption by the sub-districts, checks."""
