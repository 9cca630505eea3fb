"""The faults of the synthetic district. Each module defines one `STORY`."""
