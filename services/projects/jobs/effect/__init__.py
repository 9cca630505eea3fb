"""What the comparison of estates finds, in simulated worlds and in anybody's counts."""
