"""Programme figures of a study by village, as reported and as they may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.access.indicators import publishable_indicators

if TYPE_CHECKING:
    from batu_geo.planning.study import Study


def indicators_by_village(study: Study) -> pd.DataFrame:
    """Return the programme figures by village id as they may be used, empty where there are none.

    Small counts are replaced as `publishable_indicators` says, so that no rate, rank or
    score gives one away.
    """
    return publishable_indicators(study.villages, raw_indicators(study))


def raw_indicators(study: Study) -> pd.DataFrame:
    """Return the programme figures by village id as the study has them."""
    if study.indicators is None:
        return pd.DataFrame(index=pd.Index([], name="village_id"))
    return study.indicators.set_index("village_id")
