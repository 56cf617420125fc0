"""A chain of shops and its Net Promoter Score: a small project that depends on nps_core, as others do.

It is here to be type-checked and run against the built wheel, and uses every public name.
"""
