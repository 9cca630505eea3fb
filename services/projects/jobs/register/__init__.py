"""What the command line reads for the register of estates."""
