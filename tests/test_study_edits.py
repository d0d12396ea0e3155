"""A study is changed whole: its card comes out as meant, and nobody's change is lost."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tomllib
from typing import TYPE_CHECKING

import pytest

from batu_geo.domain.errors import DataError, EnvironmentFault, ScenarioError
from batu_geo.importing import import_table
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.sources.study import load_study as reading
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study, population_of, villages_of
from batu_geo.sources.study.study_files import StudyFiles
from batu_geo.verbs import check as check_verb
from batu_geo.verbs.init import init

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

PEOPLE = embedded_study() / "population.csv"
FIGURES = "Nama Desa;Jumlah Posyandu;Balita\nKel. Temas;10;1200\nBeji;7;90\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return init(tmp_path / "studi")


def bring(
    into: Path,
    file: Path = PEOPLE,
    table: str = "population",
    meanwhile: Callable[[], object] = lambda: None,
    **rest: object,
) -> None:
    def agreed(*_: object) -> bool:
        meanwhile()
        return True

    import_file(Request(file, table, into, **rest), agreed)


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rewritten(study: Path, old: str, new: str) -> dict:
    """Change the card and return what it says."""
    card = study / "study.toml"
    text = card.read_text(encoding="utf-8")
    assert old in text
    card.write_text(text.replace(old, new), encoding="utf-8")
    return tomllib.loads(card.read_text(encoding="utf-8"))


@pytest.mark.parametrize("heading", ["[ population ]", '["population"]', "['population']",
                                     "  [population]", "[population] # warga"])  # fmt: skip
def test_a_heading_may_be_written_in_any_way_toml_knows(study: Path, heading: str) -> None:
    before = rewritten(study, "[population]", heading)
    bring(study, about={"origin": "Disdukcapil"})
    card = tomllib.loads((study / "study.toml").read_text(encoding="utf-8"))
    assert card["population"]["origin"] == "Disdukcapil"
    assert {**card, "population": ""} == {**before, "population": ""}


def test_a_projection_in_single_quotes_is_replaced(study: Path, tmp_path: Path) -> None:
    rewritten(study, 'crs = "EPSG:32749"', "crs = 'EPSG:32748'")
    bring(study)
    bring(study, embedded_study() / "boundaries" / "desa_kelurahan.geojson", "villages")
    assert StudyFiles.at(study).card.crs == "EPSG:32749"


@pytest.mark.parametrize("style", ["inline", "dotted", "crs"])
def test_a_card_that_would_not_come_out_as_meant_is_left_as_it_is(study: Path, style: str) -> None:
    card = study / "study.toml"
    entry = tomllib.loads(card.read_text(encoding="utf-8"))["population"]
    file, table = PEOPLE, "population"
    if style == "crs":
        rewritten(study, 'crs = "EPSG:32749"', '"crs" = "EPSG:32748"')
        bring(study)
        file, table = embedded_study() / "boundaries" / "desa_kelurahan.geojson", "villages"
    else:
        text = card.read_text(encoding="utf-8")
        start = text.index("[population]")
        end = text.index("\n[", start)
        inline = ", ".join(f'{key} = "{value}"' for key, value in entry.items())
        dotted = "\n".join(f'population.{key} = "{value}"' for key, value in entry.items())
        line = dotted if style == "dotted" else f"population = {{ {inline} }}"
        card.write_text(f"{line}\n{text[:start]}{text[end:]}", encoding="utf-8")
    before = everything(study)
    with pytest.raises(ScenarioError, match=r"BG-317 study\.toml: .*(population|crs)"):
        bring(study, file, table)
    assert everything(study) == before


def test_two_imports_at_once_are_both_in_the_card(study: Path, tmp_path: Path) -> None:
    bring(study)
    figures = tmp_path / "i.csv"
    figures.write_text(FIGURES)
    bring(
        study, again=True, about={"origin": "ASAL-A"},
        meanwhile=lambda: bring(study, figures, "indicators", about={"origin": "ASAL-B"}),
    )  # fmt: skip
    card = StudyFiles.at(study).card
    assert card.indicators is not None
    assert (card.population.origin, card.indicators.origin) == ("ASAL-A", "ASAL-B")


def test_records_that_came_meanwhile_are_not_replaced_unasked(study: Path) -> None:
    with pytest.raises(ScenarioError, match="BG-421"):
        bring(study, about={"origin": "ASAL-A"},
              meanwhile=lambda: bring(study, about={"origin": "ASAL-B"}))  # fmt: skip
    assert StudyFiles.at(study).card.population.origin == "ASAL-B"


def test_a_table_is_held_against_what_came_meanwhile(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(study)
    figures, others = tmp_path / "i.csv", tmp_path / "p.csv"
    figures.write_text(FIGURES)
    others.write_text("village_id,village_name,population\n35.79.09.2001,Lain,5\n")
    write_tables = import_table.write_tables

    def late(*args: object) -> object:
        monkeypatch.setattr(import_table, "write_tables", write_tables)
        bring(study, others, again=True)
        return write_tables(*args)

    monkeypatch.setattr(import_table, "write_tables", late)
    with pytest.raises(DataError, match="BG-211"):
        bring(study, figures, "indicators")
    assert StudyFiles.at(study).card.indicators is None


def test_an_edit_that_raises_writes_nothing(study: Path) -> None:
    before = everything(study)

    def interrupted() -> None:
        with StudyFolder.at(study).edit() as edit:
            edit.files["other.csv"] = b"new"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert everything(study) == before


def sealed(folder: Path) -> Path:
    study = init(folder / "batu", code="35.79")
    with StudyFolder.at(study).edit() as edit:
        edit.entries |= edit.study.inputs()
    return study


def test_a_failing_rename_leaves_a_sealed_study_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = sealed(tmp_path)
    newer = tmp_path / "newer.csv"
    newer.write_bytes(PEOPLE.read_bytes().replace(b",12", b",13"))
    before = everything(study)
    replace = os.replace

    def fails(source: Path, target: Path) -> None:
        if str(target).endswith("study.toml") and not fails_at:
            fails_at.append(source)
            raise OSError(5, "Input/output error")
        replace(source, target)

    fails_at: list[Path] = []
    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(EnvironmentFault, match="BG-401"):
        bring(study, newer, again=True)
    assert everything(study) == before
    assert int(population_of(StudyFiles.at(study))["population"].sum()) == 225_408
    bring(study, newer, again=True)
    assert int(population_of(StudyFiles.at(study))["population"].sum()) > 225_408


def test_what_changes_while_it_is_checked_is_not_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = init(tmp_path / "batu", code="35.79")
    check = check_verb.check_study

    def slow(*args: object, **rest: object) -> object:
        found = check(*args, **rest)
        bring(study, again=True, about={"origin": "ASAL-B"})
        return found

    monkeypatch.setattr(check_verb, "check_study", slow)
    with pytest.raises(EnvironmentFault, match="BG-414"):
        check_verb.run_check(data=study, writes=check_verb.Writes(is_sealed=True))
    card = StudyFiles.at(study).card
    assert (card.population.origin, card.population.sha256) == ("ASAL-B", "")


def renewed(study: Path) -> None:
    """Change people and facilities together, as one who writes into the study does."""
    with StudyFolder.at(study).edit() as edit:
        for table in ("population", "facilities"):
            entry = getattr(edit.study.study_files.card, table)
            edit.files[entry.path] = (study / entry.path).read_bytes() + b"\n"
            if entry.sha256:
                sha256 = hashlib.sha256(edit.files[entry.path]).hexdigest()
                edit.entries[table] = {**entry.model_dump(), "sha256": sha256}


@pytest.mark.parametrize("is_sealed", [False, True])
def test_tables_read_while_an_import_writes_are_all_of_one_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_sealed: bool
) -> None:
    study = sealed(tmp_path) if is_sealed else init(tmp_path / "batu", code="35.79")

    def slow(*args: object) -> object:
        monkeypatch.setattr(reading, "villages_of", villages_of)
        renewed(study)
        return villages_of(*args)

    monkeypatch.setattr(reading, "villages_of", slow)
    found = load_study(study).inputs
    now = {
        t: hashlib.sha256((study / f["path"]).read_bytes()).hexdigest() for t, f in found.items()
    }
    assert {table: entry["sha256"] for table, entry in found.items()} == now


def test_a_table_read_before_what_is_half_written_is_undone_is_read_again(
    study_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = study_copy / "population.csv"
    old = people.read_bytes()
    note = json.dumps({"population.csv": base64.b64encode(old).decode()})

    def half_written(files: StudyFiles) -> object:
        monkeypatch.setattr(reading, "population_of", population_of)
        (study_copy / ".batu-geo-undo").write_text(note)
        people.write_bytes(old.replace(b",12", b",13"))
        return population_of(files)

    monkeypatch.setattr(reading, "population_of", half_written)
    assert int(load_study(study_copy).villages["population"].sum()) == 225_408
    assert people.read_bytes() == old


@pytest.mark.parametrize("writer", [renewed, None])
def test_a_study_is_read_a_few_times_at_most_and_once_where_nobody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: Callable[..., None] | None
) -> None:
    study, times = init(tmp_path / "batu", code="35.79"), []

    def counted(*args: object) -> object:
        times.append(1)
        if writer:
            writer(study)
        return villages_of(*args)

    monkeypatch.setattr(reading, "villages_of", counted)
    assert len(load_study(study).villages) == 24
    assert len(times) == (reading.MOST_READINGS if writer else 1)


def test_a_fault_of_a_study_nobody_writes_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, times = init(tmp_path / "batu", code="35.79"), []
    (study / "facilities.geojson").write_text("{}")
    monkeypatch.setattr(reading, "villages_of", lambda *a: times.append(1) or villages_of(*a))
    with pytest.raises(DataError):
        load_study(study)
    assert len(times) == 1
