"""Names of villages, facilities and buildings by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def names_by_id(table: pd.DataFrame, kind: str) -> pd.Series[str]:
    """Return the column ``<kind>_name`` of a table by its ``<kind>_id``.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"village_id": ["v1"], "village_name": ["Beji"]})
    >>> names_by_id(table, "village").to_dict()
    {'v1': 'Beji'}
    """
    return table.set_index(f"{kind}_id")[f"{kind}_name"]
