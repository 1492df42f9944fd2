"""What leads from a book to others and from elsewhere to a book. Reads only."""
