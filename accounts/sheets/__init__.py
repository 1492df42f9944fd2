"""PDF sheets: cards and labels."""
