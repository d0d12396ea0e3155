"""Columns with personal data are refused, and what stands in them is shown nowhere."""

from __future__ import annotations

import json

import pytest

from batu_geo.domain.contracts import CONTRACTS, FACILITIES, INDICATORS, POPULATION, STAFFING
from batu_geo.domain.errors import BatuGeoError, DataError
from batu_geo.domain.privacy import personal_columns
from batu_geo.domain.tables import conform
from batu_geo.sources.geojson import read_features
from batu_geo.sources.opening import Opened
from batu_geo.sources.records import read_indicators, read_population, read_staffing
from tests.toy import villages

NIK = "3579012345678901"
NAME = "Nama Rekaan"


def refused(**values: object) -> list[tuple[str, object]]:
    return [(p.column, p.values["what"]) for p in personal_columns([values], "f.csv")]


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("NIK", "NIK"),
        ("nik", "NIK"),
        ("No. KTP", "NIK"),
        ("nomor_nik", "NIK"),
        ("No KK", "NIK"),
        ("no_bpjs", "JKN"),
        ("No. JKN", "JKN"),
        ("nama_pasien", "nama pasien"),
        ("Nama Ibu", "nama pasien"),
        ("patient name", "nama pasien"),
        ("No. HP", "telepon"),
        ("telp", "telepon"),
        ("WhatsApp", "telepon"),
        ("tgl_lahir", "tanggal lahir"),
        ("e-mail", "surel"),
    ],
)
def test_a_column_is_refused_by_its_name(column: str, what: str) -> None:
    assert refused(**{column: ""}) == [(column, what)]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (NIK, "NIK"),
        (f" {NIK} ", "NIK"),
        ("3579 0123 4567 8901", "NIK"),
        ("3579-0123-4567-8901", "NIK"),
        (f"'{NIK}", "NIK"),
        (int(NIK), "NIK"),
        (float(NIK), "NIK"),
        ("081234567890", "telepon"),
        ("+62 812-3456-7890", "telepon"),
        ("(0812) 3456.7890", "telepon"),
        (6281234567890, "telepon"),
    ],
)
def test_a_column_is_refused_by_a_single_value(value: object, what: str) -> None:
    rows = [{"village_id": "v", "note": "x"}, {"village_id": "w", "note": value}]
    assert [(p.column, p.values["what"]) for p in personal_columns(rows, "f")] == [("note", what)]


@pytest.mark.parametrize(
    "value",
    ["35.79.01.2005", "UPKDK-35.79.01.1001", "112.5312345678901", -7.84, 225_408, "2025-12-22",
     "07:30", "", None, True, float("nan"), float("inf"), "123456789012345",
     "12345678901234567", "https://contoh.test/3579012345678901"],
)  # fmt: skip
def test_codes_counts_dates_and_coordinates_are_not_personal(value: object) -> None:
    assert refused(note=value) == []


def test_no_column_of_a_contract_is_refused() -> None:
    names = {column.name for contract in CONTRACTS.values() for column in contract.columns}
    assert list(personal_columns([dict.fromkeys(names, "")], "f")) == []


@pytest.mark.parametrize(
    ("contract", "column"),
    [
        (POPULATION, "population"),
        (POPULATION, "village_id"),
        (INDICATORS, "births"),
        (STAFFING, "profession"),
        (STAFFING, "count"),
        (FACILITIES, "status"),
        (FACILITIES, "closed_from"),
    ],
)
def test_no_other_fault_echoes_the_value(contract, column: str) -> None:
    """A code, number, date or id that is personal is one fault, and not shown by another."""
    record = {c.name: "?" for c in contract.columns if c.is_required} | {column: NIK}
    _, problems = conform([record, dict(record)], contract, "f.csv")
    assert ("BG-220", column) in [(p.code, p.column) for p in problems]
    assert [p.code for p in problems if p.column == column] == ["BG-220"]
    for language in ("id", "en"):
        assert NIK not in "\n".join(p.line(language) for p in problems)


def reading(read, text: str, **known: object) -> DataError:
    with pytest.raises(DataError) as caught:
        read(Opened("berkas.csv", text.encode()), evidence="reported", **known)
    return caught.value


def test_readers_refuse_and_do_not_echo() -> None:
    area = villages(v=1)
    found = [
        reading(read_population, f"village_id,population,nama pasien\nv,1,{NAME}\n"),
        reading(read_population, f"village_id,population\n{NIK},1\n{NIK},2\n"),
        reading(read_indicators, f"village_id,births\n{NIK},x\n", population=area),
        reading(read_staffing, f"facility_id,profession,count,weekdays\n{NIK},nurse,1,{NIK}\n",
                facilities=area.rename(columns={"village_id": "facility_id"})),
    ]  # fmt: skip
    for error in found:
        assert "BG-220" in str(error)
        assert_tells_nothing(error)


def test_a_faulty_outline_is_not_named_by_a_personal_id() -> None:
    feature = {"type": "Feature", "properties": {"facility_id": NIK}, "geometry": None}
    document = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    _, problems = read_features(
        Opened("f.geojson", document), geometry="point", id_column="facility_id"
    )
    assert_tells_nothing(DataError(problems))


def assert_tells_nothing(error: BatuGeoError) -> None:
    told = "\n".join([*error.lines("id"), *error.lines("en"), str(error), repr(error)])
    assert NIK not in told
    assert NAME not in told
