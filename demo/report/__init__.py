"""The report at the end: one HTML file for a person who has never seen the system."""
