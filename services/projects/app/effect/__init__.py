"""Judges whether complaints fell because of works, and watches whether they come back."""
