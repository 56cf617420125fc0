"""What one asks of the counts: the score, segments, the trend, a comparison."""
