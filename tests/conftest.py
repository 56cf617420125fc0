"""How Hypothesis runs: the same examples every time, and many others with HYPOTHESIS_PROFILE=search."""

import os

from hypothesis import settings

settings.register_profile("fixed", max_examples=25, deadline=None, derandomize=True, database=None)
settings.register_profile("search", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
