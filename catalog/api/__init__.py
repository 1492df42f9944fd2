"""What other programs see of the catalogue."""
