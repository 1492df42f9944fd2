"""Loading a large invented library for measurements, from CSV files of the shape that bench/README.md describes."""
