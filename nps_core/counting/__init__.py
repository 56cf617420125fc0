"""Answers in, counts out: numpy arrays on both sides, and no type of the rest of the library."""
