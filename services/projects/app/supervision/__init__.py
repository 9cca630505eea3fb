"""What supervising parties, deputies and units do in supervision."""
