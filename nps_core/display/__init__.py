"""Plain values in, something to look at out. No type of the rest of the library."""
