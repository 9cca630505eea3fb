"""Needs from a file."""
