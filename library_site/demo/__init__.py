"""The demo library: invented people, real books, two years of believable loans that end today."""
