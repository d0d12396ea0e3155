"""How long a fuzz test goes on: a few dozen inputs, or rounds of other seeds while there is time."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, seed, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

SECONDS = float(os.environ.get("BATU_GEO_FUZZ_SECONDS", "0"))
EXAMPLES = 40


def keep_trying(strategy: SearchStrategy, body: Callable[[object], None]) -> None:
    """Run a body on examples, in rounds of other seeds while there is time."""
    ends, number = time.monotonic() + SECONDS, 0
    while number == 0 or time.monotonic() < ends:

        @seed(number)
        @settings(max_examples=EXAMPLES, deadline=None, database=None,
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(strategy)
        def once(example: object) -> None:
            body(example)

        once()
        number += 1
