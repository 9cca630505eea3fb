"""What befalls single tickets, one a file: each module has a `SCENE`."""
