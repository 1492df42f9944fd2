"""Pages of the catalogue: for readers, and for the desk."""
