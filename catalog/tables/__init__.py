"""Tables in and out: whatever a spreadsheet or another system wrote, read row by row, and our own columns."""
