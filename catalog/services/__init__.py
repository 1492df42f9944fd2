"""What can be done to the catalogue."""
