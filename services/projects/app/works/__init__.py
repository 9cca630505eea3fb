"""What people do at the works of a repair project."""
