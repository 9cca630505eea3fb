"""What people do with typical cases."""
