"""What other rules would have raised in the calls of the past."""
