"""Counting what owners say, item by item: pure arithmetic over integers (docs/consultation.md, ADR 39)."""
