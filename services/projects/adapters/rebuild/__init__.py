"""Rebuilding the tables of projects from the topics alone, and proving that they are what the live ones are."""
