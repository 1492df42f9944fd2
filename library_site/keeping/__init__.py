"""Backups: made while the library is in use, proven by restoring them, kept for a while, restored."""
