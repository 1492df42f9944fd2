"""Pages of the library and its people."""
