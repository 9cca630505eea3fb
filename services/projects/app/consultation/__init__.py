"""What people do at the consultations of a project."""
