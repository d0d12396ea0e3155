"""`fleet.toml`: the regions of a fleet, each an ordinary study in `regions/<code>`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from batu_geo.domain.errors import Problem, SourceError
from batu_geo.fleet.part_ledger import Ledger
from batu_geo.sources.files.opening import open_input, toml_of
from batu_geo.sources.study.file_versions import without_version
from batu_geo.sources.study.scenarios import validated
from batu_geo.sources.study.study_files import STUDY_FILE

if TYPE_CHECKING:
    from pathlib import Path

FLEET_FILE = "fleet.toml"
REGIONS, PARTS = "regions", "outputs/parts"
TEXT = """# Kumpulan wilayah: setiap folder di regions/ adalah studi biasa.
# A fleet: every folder of regions/ is an ordinary study.
version = "0.2"
name = {name}
title = {title}
code = {code}
# Skenario bersama di scenarios/ / the scenario of all regions, in scenarios/
scenario = "baseline"
"""


class FleetCard(BaseModel):
    """The contents of `fleet.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = ""
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: str
    code: str = Field(default="", pattern=r"^(\d\d(\.\d\d)?)?$")
    scenario: str = Field(default="baseline", pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet on disk.

    Attributes
    ----------
    root
        Its folder.
    card
        Contents of `fleet.toml`.
    """

    root: Path
    card: FleetCard

    @classmethod
    def at(cls, folder: Path) -> Fleet:
        """Open the `fleet.toml` of a folder, or at the path itself."""
        root = folder.parent if folder.name == FLEET_FILE else folder
        path = root / FLEET_FILE
        name = FLEET_FILE if path.is_file() else str(path)
        opened = open_input(path, name=name, table="fleet", suffixes=(".toml",))
        known = without_version(toml_of(opened), FLEET_FILE)
        return cls(root, validated(FleetCard, known, FLEET_FILE))

    def regions(self) -> dict[str, Path]:
        """Return the folder of each region by its code, in order.

        Raises
        ------
        SourceError
            When there is none.
        """
        found = {
            path.parent.name: path.parent for path in self.root.glob(f"regions/*/{STUDY_FILE}")
        }
        if not found:
            raise SourceError(Problem("BG-648", str(self.root / REGIONS)))
        return dict(sorted(found.items()))

    def scenario_file(self) -> Path:
        """Return the scenario of all regions."""
        return self.root / "scenarios" / f"{self.card.scenario}.toml"

    def ledger(self) -> Ledger:
        """Return the results of the fleet."""
        return Ledger(self.root / PARTS)
