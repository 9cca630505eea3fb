"""What estates need: gathered, joined, followed, refused."""
