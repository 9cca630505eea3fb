"""The yearly plan: drafted, decided entry by entry, published; and works begun from it."""
