"""Counting files of anybody's making, and recounting a record."""
