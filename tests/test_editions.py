"""A new edition of outlines: villages split off and renamed are named, and are no errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batu_geo.domain.errors import DataError
from batu_geo.importing.import_table import import_file, import_files
from batu_geo.importing.request import Imported, Request
from batu_geo.verbs.init import init
from tests.toy_study import box, write_features

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

OLD = {"99.99.01.2001": ("Lama", box(0, 0, 6, 5)), "99.99.01.2002": ("Sebelah", box(6, 0, 12, 5))}
SPLIT = {
    "99.99.01.2001": ("Lama", box(0, 0, 3, 5)),
    "99.99.01.2002": ("Sebelah Baru", box(6, 0, 12, 5)),
    "99.99.01.2003": ("Pecahan", box(3, 0, 6, 5)),
}


def people(path: Path, names: dict[str, tuple[str, object]]) -> Path:
    rows = [f"{code},{name},100" for code, (name, _) in names.items()]
    path.write_text("\n".join(["kode,desa,penduduk", *rows]))
    return path


def outlines(path: Path, names: dict[str, tuple[str, object]]) -> Path:
    write_features(path, [({"kode": c, "desa": n}, shape) for c, (n, shape) in names.items()])
    return path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = init(tmp_path / "studi")
    import_file(Request(people(tmp_path / "p.csv", OLD), "population", folder), lambda *_: True)
    import_file(Request(outlines(tmp_path / "o.geojson", OLD), "villages", folder), lambda *_: True)
    return folder


def codes(done: Imported) -> dict[str, str]:
    return {n.code: str(n.values.get("found")) for n in done.notices}


def test_a_village_split_off_is_told_apart_from_an_unknown_one(study: Path, tmp_path: Path) -> None:
    far = {"99.99.01.2009": ("Asing", box(12, 0, 14, 5))}
    path = outlines(tmp_path / "baru.geojson", SPLIT | far)
    with pytest.raises(DataError) as refused:
        import_file(Request(path, "villages", study, again=True), lambda *_: True)
    told = {p.code: p for p in refused.value.problems}
    assert set(told) == {"BG-631", "BG-252"}
    assert told["BG-631"].values["old"] == "Lama (99.99.01.2001)"
    assert "Pecahan" in told["BG-631"].line("id")


def test_with_its_people_it_is_taken_and_named(study: Path, tmp_path: Path) -> None:
    requests = [
        Request(people(tmp_path / "p2.csv", SPLIT), "population", study, again=True),
        Request(outlines(tmp_path / "o2.geojson", SPLIT), "villages", study, again=True),
    ]
    said = codes(import_files(requests, lambda *_: True)[1])
    assert said["BG-632"] == "Pecahan (99.99.01.2003) < Lama (99.99.01.2001)"
    assert said["BG-633"] == "Sebelah > Sebelah Baru (99.99.01.2002)"
