"""Formulas: arrays in, arrays out, on the scale from -1 to 1. No type of the rest of the library."""
