"""Supervision by the People's Congress, the government and the discipline body (docs/domain.md §3.5)."""
