"""`list`, the parts of `assess`, `--open` and `--pages`: what a user finds without a manual."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from batu_geo.cli import cli
from batu_geo.cli.parts import NAMES, PARTS, tables_of
from batu_geo.domain.errors import ScenarioError
from batu_geo.render.terminal.appraisal_sections import SECTIONS
from batu_geo.render.text.column_headings import column_words
from batu_geo.verbs.explain import find_village
from batu_geo.verbs.listing import listing

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.planning.study import Study

KINDS = ("villages", "scenarios", "settings", "units", "buildings")


def invoke(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_list_is_headed_in_the_language_of_the_reader(
    sparse_study: Path, kind: str, language: str
) -> None:
    result = invoke("list", kind, "--data", str(sparse_study), "--lang", language)
    assert result.exit_code == 0
    for column in listing(kind, data=sparse_study):
        words = {code: column_words(column, code).heading for code in ("id", "en")}
        assert words["id"] != column, f"{column} has no heading"


@pytest.mark.slow
def test_names_of_a_list_are_those_that_the_verbs_take(study: Study) -> None:
    for row in listing("villages").to_dict("records"):
        for written in (row["village_id"], row["village_name"], f"Desa {row['village_name']}"):
            assert find_village(study.villages, written) == row["village_id"]
    scenarios = json.loads(invoke("list", "scenarios", "--json").stdout)
    assert {"baseline", "tiga-terbaik"} <= {row["scenario"] for row in scenarios}


@pytest.mark.slow
def test_a_setting_of_the_command_line_is_listed_as_it_is_then() -> None:
    key, value = "headline.threshold_minutes", "20"
    found = listing("settings", overrides=[f"{key}={value}"]).set_index("setting")
    assert float(found["setting_value"][key]) == float(value)


@pytest.mark.slow
def test_a_list_balances_with_the_run(study: Study) -> None:
    villages = listing("villages")
    assert villages["population"].sum() == study.villages["population"].sum()
    assert len(listing("units")) == villages["unit_status"].isin(["open", "closed"]).sum()
    assert len(listing("buildings")) == len(study.buildings)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Oro", "35.79.01.2006"),
        ("kelurahan ngaglik", "35.79.01.1002"),
        ("Ds. Tlekung", "35.79.03.2004"),
        ("kel.sisir", "35.79.01.1004"),
    ],
)
def test_a_village_is_found_by_its_beginning_and_with_its_level(
    study: Study, written: str, code: str
) -> None:
    assert find_village(study.villages, written) == code


@pytest.mark.parametrize("written", ["Sumber", "Desa", "", "desa sumber"])
def test_a_beginning_of_several_villages_or_of_none_is_refused(study: Study, written: str) -> None:
    with pytest.raises(ScenarioError, match=r"BG-311|BG-304"):
        find_village(study.villages, written)


def test_every_table_of_assess_is_in_one_part() -> None:
    listed = [table for tables in PARTS.values() for table in tables]
    assert sorted(listed) == sorted(section.name for section in SECTIONS)
    assert len(set(NAMES)) == len(NAMES)
    assert all(tables_of(name) for name in NAMES)


@pytest.mark.slow
def test_a_part_of_assess_is_its_tables_alone(sparse_study: Path, tmp_path: Path) -> None:
    at = ("--data", str(sparse_study), "--out", str(tmp_path))
    one, every = (invoke("assess", *at, *more, "--json") for more in (("--part", "petugas"), ()))
    part, whole = json.loads(one.stdout), json.loads(every.stdout)
    assert set(part) == set(tables_of("staff")) & set(whole)
    assert all(part[name] == whole[name] for name in part)
    text = invoke("assess", *at, "--part", "petugas", "--pages").stdout
    assert "petugas" in text.lower()
    assert "rumah sakit" not in text.lower()


@pytest.mark.slow
@pytest.mark.parametrize("has_browser", [True, False])
def test_open_opens_the_page_that_the_last_line_names(
    sparse_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_browser: bool
) -> None:
    opened: list[str] = []

    def browser(address: str) -> bool:
        opened.append(address)
        return has_browser

    monkeypatch.setattr("webbrowser.open", browser)
    at = ("--data", str(sparse_study), "--out", str(tmp_path), "--open")
    result = invoke("plan", "baseline", *at)
    page = result.stdout.splitlines()[-1].partition(": ")[2]
    assert [address.rpartition("/")[2] for address in opened] == ["map.html"]
    assert opened[0].endswith(page.lstrip("."))
    assert ("BG-480" in result.stderr) is not has_browser
    assert result.exit_code == 0
