"""Pages of the desk, of loans and money, and of a member's own library."""
