"""What people do with standards and their roll-out."""
