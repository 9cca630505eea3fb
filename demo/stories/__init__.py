"""The faults of the synthetic district, one a file: each module has a `STORY`."""
