"""`batu-geo fleet pages`: the national page from the tables of the last run."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from batu_geo.access.coverage import at_threshold
from batu_geo.domain.errors import Problem, SourceError
from batu_geo.domain.tables import EVIDENCE
from batu_geo.fleet.part_files import ABOUT, opened_part
from batu_geo.render.nation.nation_page import NationalData, nation_page
from batu_geo.render.text.words import mode_word, number, word
from batu_geo.sources.files.opening import json_of, open_input
from batu_geo.sources.geometry.geoparquet import require_pyarrow
from batu_geo.sources.study.scenarios import read_scenario
from batu_geo.sources.study.study_files import Input, StudyFiles
from batu_geo.writing import naming_write_errors, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.domain.errors import Language
    from batu_geo.fleet.card import Fleet

PAGE, MERGED = "index.html", "merge"


def fleet_pages(fleet: Fleet, language: Language = "id") -> Path:
    """Write the national page into the folder of a fleet, and return it.

    Raises
    ------
    SourceError
        When no run has made the tables of all regions.
    """
    require_pyarrow(str(fleet.root))
    data = national_data(fleet, language)
    path = fleet.root / PAGE
    with naming_write_errors(path):
        write_atomically(path, nation_page(data, language).html.encode())
    return path


def national_data(fleet: Fleet, language: Language) -> NationalData:
    """Return what the page says, from the tables of the last run and the cards of the regions."""
    ledger = fleet.ledger()
    standing = ledger.recorded().get(MERGED)
    if standing is None or not standing.made:
        raise SourceError(Problem("BG-651", str(fleet.root)))
    folder = ledger.folder.parent / standing.made[0]
    headline = read_scenario(fleet.scenario_file()).headline
    about: dict[str, Any] = json_of(
        open_input(folder / ABOUT, name=ABOUT, table="fleet", suffixes=(".json",))
    )
    covered = at_threshold(pd.read_parquet(_content(folder / "coverage.parquet")), headline)
    beyond = (covered["population"] - covered["served"]).set_axis(covered["village_id"])
    content: Any = _content(folder / "villages.parquet")  # its types know of paths alone
    villages = gpd.read_parquet(content)
    villages["people_beyond"] = villages["village_id"].map(beyond).fillna(0)
    regions = pd.read_parquet(_content(folder / "regions.parquet"))
    cards = {code: StudyFiles.at(path).card for code, path in fleet.regions().items()}
    regions["title"] = [cards[code].title for code in regions["region"]]
    regions["evidence"] = [_weakest(cards[code]) for code in regions["region"]]
    minutes = number(headline.threshold_minutes, language, 1, is_trimmed=True)
    mode = mode_word(headline.mode, language)
    return NationalData(
        fleet.card.title, word("nation_reach", language, threshold=minutes, mode=mode), villages,
        regions.rename(columns={"open_units": "units"}), len(cards), tuple(about["missing"]),
        _own_pages(fleet),
    )  # fmt: skip


def _content(path: Path) -> io.BytesIO:
    return io.BytesIO(opened_part(path).content)


def _weakest(card: Any) -> str:
    """Return the least sure evidence of the inputs of a region."""
    return max((e.evidence for _, e in card if isinstance(e, Input)), key=EVIDENCE.index)


def _own_pages(fleet: Fleet) -> dict[str, str]:
    """Return the newest page of each region that has one, relative to the page of all."""
    found = {}
    for code, folder in fleet.regions().items():
        pages = sorted(folder.glob(f"outputs/*/{PAGE}"), key=lambda p: (p.stat().st_mtime_ns, p))
        if pages:
            found[code] = pages[-1].relative_to(fleet.root).as_posix()
    return found
