"""German, as libraries in Germany, Austria and Switzerland write it."""
