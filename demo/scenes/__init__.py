"""Special cases of single tickets. Each module defines one `SCENE`."""
