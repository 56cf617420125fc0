"""The nouns: scale, response, survey and tally."""
