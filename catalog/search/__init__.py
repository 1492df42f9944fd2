"""Finding books: how their text is folded, so that every spelling a reader types finds them."""
