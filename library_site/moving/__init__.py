"""A library from one kind of database to the other, with every number, date and balance."""
