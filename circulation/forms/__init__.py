"""Forms of circulation."""
