"""Forms of the library and its people."""
