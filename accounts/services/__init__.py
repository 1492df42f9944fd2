"""What can be done to the library and its people."""
