"""Whether complaints fell because of the works: against estates that were not repaired (docs/effect.md)."""
