"""What other programs see of circulation."""
