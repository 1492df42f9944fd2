"""Everything a library has, out again: tables, JSON lines and MARC, streamed."""
