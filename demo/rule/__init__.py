"""From one type of problem to a rule: the case, its Measures, the eight sub-districts, and who supervises."""
