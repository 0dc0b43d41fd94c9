"""How traffic is shared between the new revision and what served before."""

from collections.abc import Mapping

from bot.domain.policy import ALL


def blend(stable: Mapping[str, int], candidate: str, percent: int) -> dict[str, int]:
    """`percent` for the candidate, and the rest to the stable revisions in their old proportions.

    Percentages are whole and sum to 100: what rounding leaves over goes to the largest remainders,
    by name among equals. Where nothing else serves, the candidate gets everything.
    """
    others = {name: share for name, share in stable.items() if name != candidate and share > 0}
    whole = sum(others.values())
    rest = ALL - percent
    if not whole or not rest:
        return {candidate: ALL}
    shares = {name: share * rest // whole for name, share in others.items()}
    left_over = rest - sum(shares.values())
    by_remainder = sorted(others, key=lambda name: (-(others[name] * rest % whole), name))
    for name in by_remainder[:left_over]:
        shares[name] += 1
    split = {candidate: percent, **shares}
    return {name: share for name, share in split.items() if share > 0}
