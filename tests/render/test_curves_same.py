"""The curves of a comparison are the same bytes on machines that add up in another order."""

from __future__ import annotations

import pandas as pd
import pytest

from batu_geo.render.paper.curves import curves_svg


@pytest.mark.slow
def test_the_last_bits_of_a_number_move_nothing() -> None:
    """As without vector units, or by another version of a library."""
    drawn = []
    for last_bits in (1.0, 1 + 3e-15, 1 - 3e-15):
        budget = pd.DataFrame({
            "budget_rupiah": [0.0, 4.5e8 * last_bits, 9.1e8], "people_served": [0, 120, 310],
            "status": ["optimal", "feasible", "optimal"], "bound": [0.0, 130.7 * last_bits, 310.0],
        })  # fmt: skip
        fairness = pd.DataFrame({
            "mean_minutes_reached": [12.34567 * last_bits, 13.1],
            "worst_minutes_reached": [71.3 / 3 * last_bits, 20.0],
        })  # fmt: skip
        drawn.append(curves_svg(budget, fairness, "id", cost_evidence="illustrative"))
    assert drawn[0] == drawn[1] == drawn[2]
    assert drawn[0].count("<text") > 10
