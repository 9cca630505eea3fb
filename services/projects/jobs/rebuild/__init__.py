"""Rebuilds the tables of projects from the topics alone, and proves that they equal the live ones."""
