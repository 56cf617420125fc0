"""How Hypothesis runs: the same examples every time, and many others with HYPOTHESIS_PROFILE=search.

While code is mutated (HYPOTHESIS_PROFILE=mutation), nobody reads the examples: they are not made small.
"""

import os

from hypothesis import Phase, settings

settings.register_profile("fixed", max_examples=25, deadline=None, derandomize=True, database=None)
settings.register_profile("search", max_examples=2_000, deadline=None, print_blob=True)
settings.register_profile("mutation", settings.get_profile("fixed"), phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
