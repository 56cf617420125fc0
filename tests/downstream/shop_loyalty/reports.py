"""Reports: the score of the chain, of its shops, and what can be said when they are compared."""

from collections.abc import Mapping

import nps_core as nc


def interval_text(interval: nc.ConfidenceInterval) -> str:
    """An interval, rounded."""
    return f"{interval.low:.0f} to {interval.high:.0f}"


def score_line(score: nc.NetPromoterScore) -> str:
    """A score in one line."""
    return f"{score.rounded} ({interval_text(score.confidence_interval)}, {score.n} answers)"


def difference_line(difference: nc.Difference) -> str:
    """A difference in one line."""
    is_clear = difference.pvalue < 1 - difference.confidence_interval.confidence_level
    return f"{difference.value:+.0f} points, {'more than chance' if is_clear else 'which may be chance'}"


def segment_line(segment: nc.Segment) -> str:
    """A segment in one line, without numbers if too few answered."""
    if segment.score is None:
        return f"{segment.label}: too few answers"
    share = "" if segment.share is None else f", {segment.share:.0%} of the answers"
    return f"{segment.label}: {score_line(segment.score)}{share}"


def score_of(data: nc.Tallyable) -> nc.NetPromoterScore | None:
    """The score, None if nobody answered."""
    try:
        return nc.nps(data)
    except nc.NoAnswersError:
        return None


def shop_report(data: nc.Tallyable, *, min_n: int | None = None) -> list[str]:
    """One line per shop, the worst first."""
    table: nc.SegmentTable = nc.by_segment(data, "shop", min_n=min_n)
    worst_first = sorted(table.segments, key=lambda segment: segment.score.value if segment.score else 101)
    return [score_line(table.overall), *map(segment_line, worst_first)]


def sampled_score(survey: nc.Survey, *, shops_in_all: int) -> nc.NetPromoterScore:
    """The score of all shops, by those that were drawn."""
    return nc.nps(survey, design=nc.Design(clusters="shop", population_sizes=shops_in_all), method="score")


def pair_line(pair: nc.Pair) -> str:
    """A pair of shops in one line."""
    first, second = pair.first[0] or "?", pair.second[0] or "?"
    return f"{first} and {second}: {pair.difference.value:+.0f}, p {pair.adjusted_pvalue:.2f}"


def clear_pairs(data: nc.Tallyable, *, alpha: float = 0.05) -> list[str]:
    """The pairs of shops that surely differ; none if the shops do not differ as a whole."""
    test: nc.EqualityTest = nc.equality(data, "shop")
    if test.pvalue >= alpha:
        return []
    pairs: nc.PairTable = nc.compare_all(data, "shop", correction="benjamini-hochberg")
    return [pair_line(pair) for pair in pairs.pairs if pair.adjusted_pvalue < alpha]


def could_be_best(ranking: nc.SegmentRanking) -> list[str]:
    """The shops that could be the best."""

    def is_candidate(segment: nc.RankedSegment) -> bool:
        return segment.best_rank == 1

    return [segment.label for segment in filter(is_candidate, ranking.segments)]


def best_shops(data: nc.Tallyable) -> list[str]:
    """The shops that could be the best, by what was answered."""
    return could_be_best(nc.rank_segments(data, "shop"))


def place_of(ours: nc.Competitor) -> str:
    """Our place among competitors."""
    return f"{ours.label} is {ours.rank}. (could be {ours.best_rank}. to {ours.worst_rank}.)"


def market_line(market: nc.Tallyable, ours: str) -> str:
    """Our place in a survey of the market."""
    table: nc.CompetitorTable = nc.compare_competitors(market, "brand", ours=ours, min_n=2)
    return f"{place_of(table[ours])} of {len(table)}, the mean is {table.field_mean:.0f}"


def is_target_met(data: nc.Tallyable, target: float) -> bool | None:
    """Whether a target is met; None if the answers do not tell."""
    found: nc.TargetComparison = nc.compare_to_target(data, target)
    if found.confidence_interval.low > 0:
        return True
    return False if found.confidence_interval.high < 0 else None


def fair_score(data: nc.Tallyable, customers: Mapping[str | None, float]) -> nc.StandardizedScore:
    """The score as if every shop had answered in proportion to its customers."""
    return nc.standardize(data, "shop", customers)


def most_frequent_score(data: nc.Tallyable) -> int:
    """The score that most gave."""
    found: nc.ScoreDistribution = nc.distribution(data)
    return max(zip(found.counts, found.scores, strict=True))[1]


def account_line(survey: nc.Survey, revenue: Mapping[str, float]) -> str:
    """The score of business customers, who answer through several people."""
    found: nc.AccountScore = nc.account_score(survey, "company", roll_up="latest", revenue=revenue)
    return f"{score_line(found.score)}, {found.accounts} accounts, {found.roll_up}"
