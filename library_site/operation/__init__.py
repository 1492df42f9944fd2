"""What whoever runs the library asks it: is it ready, how much is done, how long does it take."""
