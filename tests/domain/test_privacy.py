"""Columns with personal data are refused, and what stands in them is shown nowhere."""

from __future__ import annotations

import json

import pytest

from batu_geo.domain.contracts import (
    CONTRACTS,
    FACILITIES,
    FIGURES,
    INDICATORS,
    POPULATION,
    STAFFING,
)
from batu_geo.domain.errors import BatuGeoError, DataError
from batu_geo.domain.privacy import masked, personal_columns, withheld
from batu_geo.domain.tables import conform
from batu_geo.render.text.column_headings import plain_text
from batu_geo.sources.cells.match_columns import synonyms
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.geometry.geojson import read_features
from batu_geo.sources.tables.records import read_indicators, read_population, read_staffing
from tests.toy import villages

NIK = "3579012345678901"
NAME = "Nama Rekaan"


def refused(**values: object) -> list[tuple[str, object]]:
    return list(personal_columns([values]).items())


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
        ("NIK Pasien", "NIK"),
        ("Nomor Induk Kependudukan", "NIK"),
        ("Nomor KTP", "NIK"),
        ("Nomor KK", "NIK"),
        ("noKTP", "NIK"),
        ("No BPJS Kesehatan", "JKN"),
        ("No. Kartu JKN", "JKN"),
        ("Nama Lengkap Pasien", "nama pasien"),
        ("Nama Ibu Hamil", "nama pasien"),
        ("Nama Balita", "nama pasien"),
        ("No. HP/WA", "telepon"),
        ("Nomor Telepon", "telepon"),
        ("Nomor WhatsApp", "telepon"),
        ("contact:phone", "telepon"),
        ("Tempat, Tanggal Lahir", "tanggal lahir"),
        ("TTL", "tanggal lahir"),
        ("Email Address", "surel"),
        ("No. Rekam Medis", "rekam medis"),
        ("Diagnosa", "rekam medis"),
        ("NIP", "NIP"),
        (NIK, "NIK"),
        ("Siti 081234567890", "telepon"),
    ],
)
def test_a_column_is_refused_by_its_name(column: str, what: str) -> None:
    assert refused(**{column: ""}) == [(column, what)]


@pytest.mark.parametrize(
    "name",
    ["No", "No.", "Jumlah KK", "KK miskin", "Peserta JKN aktif", "JKN", "Jumlah pasien",
     "Nama Posyandu Lansia", "Nama Klinik Ibu dan Anak", "Nama ibu kota", "Nama Puskesmas",
     "Kelahiran", "Nomor registrasi", "Nomor bangunan", "No. Kontrak", "Hak Pakai", "WADMKD",
     "Jumlah balita", "tel_count", "Klinik"],
)  # fmt: skip
def test_a_count_a_number_or_the_name_of_a_place_is_no_personal_column(name: str) -> None:
    assert refused(**{name: ""}) == []


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
        ("3579.0123.4567.8901", "NIK"),
        ("35.79.01.230456.7890", "NIK"),
        ("3.579012345678901E+15", "NIK"),
        (f"{NIK}.0", "NIK"),
        ("0001234567890", "JKN"),
        ("siti.rekaan@contoh.test", "surel"),
    ],
)
def test_a_column_is_refused_by_a_single_value(value: object, what: str) -> None:
    rows = [{"village_id": "v", "note": "x"}, {"village_id": "w", "note": value}]
    assert personal_columns(rows) == {"note": what}


@pytest.mark.parametrize(
    "value",
    ["35.79.01.2005", "UPKDK-35.79.01.1001", "112.5312345678901", -7.84, 225_408, "2025-12-22",
     "07:30", "", None, True, float("nan"), float("inf"), "123456789012345",
     "12345678901234567", "https://contoh.test/3579012345678901"],
)  # fmt: skip
def test_codes_counts_dates_and_coordinates_are_not_personal(value: object) -> None:
    assert refused(note=value) == []


# What stands in texts

PERSONAL = (
    NIK, "3579.0123.4567.8901", "3579 0123 4567 8901", "357901-230456-7890",
    "35.79.01.230456.7890", "35 79 01 23 04 56 7890", "3.579012345678901E+15",
    "081234567890", "0812-3456-7890", "0812 3456 7890", "(0812) 3456.7890", "+62 812-3456-7890",
    "(+62) 812 3456 7890", "6281234567890", "62 812 3456 7890", "0001234567890",
    "0001 2345 67890", "siti.rekaan@contoh.test",
)  # fmt: skip
INNOCENT = (
    "35.79.01.1001", "3579010001", "6281010001", "UPKDK-35.79.01.1001", "02.06.01.0007",
    "08.01.02.03.0004", "3.08.12.01.03.0001", "1.3.3.01.01.10.001/0001",
    "12.13.35.79.02.06.0001", "12.07.01.4.00017", "0801 0802 0803 0804", "KIB 1,2,3",
    "250.000.000", "Rp 1.250.000.000,00", "112.5234567", "112.5234567 -7.8712345",
    "112,081234567890", "-8,08123456789", "0.8123456789", "112.52345678901234",
    "668413 9129811", "628512.123456 9129811.2", "628512 9129811", "2025-12-22", "22/12/2025",
    "2019 2020 2021 2022", "2025-12-22T10:11:12.123456", "08.00-12.00 13.00-15.00",
    "1672531200000", "node/12345678901", "0341-591234", "590/123/2019",
    "https://contoh.test/posts/3579012345678901", "8b8c123456789012345f",
)  # fmt: skip


@pytest.mark.parametrize("value", PERSONAL)
@pytest.mark.parametrize("text", ["{}", "Hub. {}, sore", "Bidan Siti/{}", "HP:{}", "a;{};b"])
def test_what_is_personal_is_taken_out_of_a_text(text: str, value: str) -> None:
    assert masked(text.format(value)) == text.format("***")
    assert value not in withheld(text.format(value))


@pytest.mark.parametrize("value", INNOCENT)
@pytest.mark.parametrize("text", ["{}", "lihat {}, sore", "({})", "[{}, 7]"])
def test_codes_prices_places_and_dates_stay_in_a_text(text: str, value: str) -> None:
    assert masked(text.format(value)) == text.format(value)
    assert withheld(text.format(value)) == text.format(value)


def test_who_it_is_about_is_not_shown_beside_the_mask() -> None:
    assert withheld("'NIK 3579012345678901 Siti' bukan kode") == "'***' bukan kode"
    assert withheld("Siti (0812) 3456 7890; Beji") == "***; Beji"


def test_what_an_office_prints_over_its_letters_is_printed() -> None:
    line = "Telp. 0812-3456-7890, surel dinkes@contoh.test"
    assert plain_text(line) == line


def test_a_text_of_a_study_with_personal_data_is_refused() -> None:
    record = {c.name: "x" for c in FIGURES.columns} | {"value": 1, "evidence": "reported"}
    _, problems = conform([record | {"source": "Siti, 0812-3456-7890"}], FIGURES, "f.csv")
    assert [(p.code, p.column) for p in problems] == [("BG-228", "source")]


def test_no_column_of_a_contract_or_synonym_of_one_is_refused() -> None:
    names = {column.name for contract in CONTRACTS.values() for column in contract.columns}
    names |= {column.meaning_id for c in CONTRACTS.values() for column in c.columns}
    for table in synonyms()["columns"].values():
        names |= {word for words in table.values() for word in words}
    assert personal_columns([dict.fromkeys(names, "")]) == {}


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


def test_texts_are_masked_however_deep_they_lie_and_nothing_else_is_touched() -> None:
    value = {"a": [{"b": f"Hub. {NIK}"}, 3, None, True, [NIK]], "c": "Balai RW 03", "d": 7.5}
    assert masked(value) == {
        "a": [{"b": "Hub. ***"}, 3, None, True, ["***"]], "c": "Balai RW 03", "d": 7.5,
    }  # fmt: skip
    assert value["a"][4] == [NIK]
