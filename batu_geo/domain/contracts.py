"""What each table must hold: its columns with units, codes and meaning in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from batu_geo.domain.tables import EVIDENCE, UNKNOWN, Column, Contract

FACILITY_KINDS = (
    "UPKDK", "PUSKESMAS", "PUSTU", "POLINDES", "POSKESDES", "PONKESDES", "POSYANDU",
    "RUMAH_SAKIT", "KLINIK", "PRAKTIK_MANDIRI", "APOTEK",
)  # fmt: skip
STATUSES = (
    "active", "closed_at_times", "building_unfit", "temporarily_closed", "in_process", "planned",
    "closed",
)  # fmt: skip
OPERATORS = ("city", "village", "province", "state", "military_police", "private", UNKNOWN)
OWNERS = ("city", "village", "province", "state", "private", UNKNOWN)
LAND_STATUSES = ("local_government", "state", "customary", "other", UNKNOWN)
CONDITIONS = ("good", "light_damage", "moderate_damage", "heavy_damage", UNKNOWN)
PROCESS_STATUSES = ("none", "proposed", "in_process", "decree", "handed_over", UNKNOWN)
PAYERS = ("city", "village_fund", "bok")
PERIODS = ("once", "yearly")
HAZARDS = ("none", "low", "high", UNKNOWN)
YES_NO = ("yes", "no", UNKNOWN)
PROFESSIONS = ("doctor", "nurse", "midwife", "cadre", "other")
SERVICES = (
    "maternal_child", "adult_elderly", "communicable", "environment", "emergency",
    "laboratory", "pharmacy", "inpatient",
)  # fmt: skip
STANDARD_ITEMS = (
    "service_room", "cadre_room", "water", "power", "toilet", "waste", "ramp", "equipment",
)  # fmt: skip


def _text(name: str, meaning_id: str, meaning_en: str, **rest: Any) -> Column:
    return Column(name, "text", meaning_id, meaning_en, **rest)


_OPTIONAL: dict[str, Any] = {"is_required": False, "may_be_empty": True}
_EVIDENCE = (
    _text("evidence", "seberapa pasti baris ini", "how sure the record is",
          codes=EVIDENCE, **_OPTIONAL),
    _text("evidence_note", "dari mana kepastian itu", "why", **_OPTIONAL),
    _text("evidence_note_en", "catatan dalam bahasa Inggris", "the note in English", **_OPTIONAL),
)  # fmt: skip
_VILLAGE_ID = _text(
    "village_id", "kode Kemendagri desa/kelurahan", "Kemendagri code of the village"
)

VILLAGES = Contract("villages", "village_id", "polygon", (
    _VILLAGE_ID,
    _text("village_name", "nama desa/kelurahan", "name of the village"),
    _text("district_name", "nama kecamatan", "name of the district", **_OPTIONAL),
    _text("kind", "desa atau kelurahan", "desa or kelurahan", **_OPTIONAL),
    _text("bps_id", "kode BPS", "BPS code", **_OPTIONAL),
    Column("office_lon", "number", "bujur kantor desa", "longitude of the village office",
           unit="degree", **_OPTIONAL),
    Column("office_lat", "number", "lintang kantor desa", "latitude of the village office",
           unit="degree", **_OPTIONAL),
    Column("office_elevation_m", "number", "ketinggian kantor desa",
           "elevation of the village office", unit="m", **_OPTIONAL),
    _text("puskesmas", "wilayah kerja puskesmas", "puskesmas work area", **_OPTIONAL),
    _text("unit_evidence", "kepastian ada/tidaknya UPKDK",
          "how sure it is whether the village has a unit", codes=EVIDENCE, **_OPTIONAL),
    _text("unit_evidence_note", "dari mana kepastian itu", "why", **_OPTIONAL),
    _text("unit_evidence_note_en", "catatan dalam bahasa Inggris", "the note in English",
          **_OPTIONAL),
    *_EVIDENCE,
))  # fmt: skip

POPULATION = Contract("population", "village_id", None, (
    _VILLAGE_ID,
    _text("village_name", "nama desa/kelurahan", "name of the village", **_OPTIONAL),
    _text("district_name", "nama kecamatan", "name of the district", **_OPTIONAL),
    Column("population", "integer", "jumlah penduduk", "people", unit="people", minimum=0),
    Column("mean_income_rupiah", "number", "rata-rata pendapatan per jiwa sebulan",
           "mean income of a person a month", unit="rupiah", minimum=0, **_OPTIONAL),
    *_EVIDENCE,
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """What a programme figure is divided by, which strategy it serves, what it is compared with."""

    denominator: str
    strategy: int
    figure: str = ""
    rate_unit: Literal["percent", "per_posyandu", "residents_per_posyandu"] = "percent"
    is_people: bool = True


INDICATOR_CARDS = {
    "ckg_participants": IndicatorCard("population", 1, "F-CKG"),
    "posyandu": IndicatorCard(
        "population", 2, "F-POSYANDU", "residents_per_posyandu", is_people=False
    ),
    "posyandu_ilp": IndicatorCard("posyandu", 2, is_people=False),
    "posyandu_cadres": IndicatorCard("posyandu", 2, "F-CADRE", "per_posyandu"),
    "births": IndicatorCard("population", 2),
    "children_under_5": IndicatorCard("population", 2),
    "pregnant_women": IndicatorCard("population", 2),
    "over_60": IndicatorCard("population", 2),
    "stunted_children": IndicatorCard("children_under_5", 5),
    "referrals": IndicatorCard("population", 4),
    "emergency_referrals": IndicatorCard("referrals", 4),
    "jkn_registered": IndicatorCard("population", 6),
    "jkn_active": IndicatorCard("jkn_registered", 6),
    "jkn_subsidised": IndicatorCard("jkn_registered", 6),
    "poor_or_near_poor": IndicatorCard("population", 6),
}


def _count(name: str, meaning_id: str, meaning_en: str, unit: str = "people") -> Column:
    return Column(name, "integer", meaning_id, meaning_en, unit=unit, minimum=0, **_OPTIONAL)


INDICATORS = Contract("indicators", "village_id", None, (
    _VILLAGE_ID,
    _count("ckg_participants", "peserta Cek Kesehatan Gratis", "participants of CKG"),
    _count("posyandu", "jumlah posyandu", "number of posyandu", "posyandu"),
    _count("posyandu_ilp", "posyandu yang sudah ILP", "posyandu that are ILP", "posyandu"),
    _count("posyandu_cadres", "kader posyandu aktif", "active posyandu cadres"),
    _count("births", "kelahiran setahun", "births in a year"),
    _count("children_under_5", "balita", "children under five"),
    _count("pregnant_women", "ibu hamil", "pregnant women"),
    _count("over_60", "penduduk 60 tahun ke atas", "people of 60 years and over"),
    _count("stunted_children", "balita stunting", "stunted children under five"),
    _count("referrals", "rujukan ke rumah sakit setahun", "referrals to hospitals in a year"),
    _count("emergency_referrals", "di antaranya gawat darurat", "of them emergencies"),
    _count("jkn_registered", "terdaftar JKN", "registered in JKN"),
    _count("jkn_active", "peserta JKN aktif", "active participants of JKN"),
    _count("jkn_subsidised", "peserta PBI", "subsidised participants (PBI)"),
    _count("poor_or_near_poor", "miskin dan rentan miskin", "poor and near-poor people"),
    *_EVIDENCE,
))  # fmt: skip

FACILITIES = Contract("facilities", "facility_id", "point", (
    _text("facility_id", "kode fasilitas", "code of the facility"),
    _text("facility_name", "nama fasilitas", "name of the facility"),
    _text("kind", "jenis fasilitas", "kind of facility", codes=FACILITY_KINDS),
    _text("host", "bentuk tempat unit berjalan (pustu, polindes, poskesdes)",
          "what the unit is run from (pustu, polindes, poskesdes)", **_OPTIONAL),
    _text("village_id", "desa yang dilayani menurut sumber; kosong di luar wilayah",
          "village it belongs to by its source; empty outside the area", **_OPTIONAL),
    _text("status", "keadaan pelayanan", "state of service", codes=STATUSES),
    Column("closed_from", "date", "tutup sementara mulai", "temporarily closed from", **_OPTIONAL),
    Column("closed_until", "date", "tutup sementara sampai", "temporarily closed until",
           **_OPTIONAL),
    _text("operator", "penyelenggara", "who runs it", codes=OPERATORS, **_OPTIONAL),
    _text("emergency_unit", "ada unit gawat darurat", "has an emergency unit", codes=YES_NO,
          **_OPTIONAL),
    Column("people_capacity", "integer", "orang yang dapat dilayani", "people it can serve",
           unit="people", minimum=0, **_OPTIONAL),
    _text("position_evidence", "kepastian titiknya", "how sure its point is",
          codes=EVIDENCE, **_OPTIONAL),
    *_EVIDENCE,
), may_have_no_rows=True)  # fmt: skip

STAFFING = Contract("staffing", None, None, (
    _text("facility_id", "kode fasilitas", "code of the facility"),
    _text("profession", "profesi", "profession", codes=PROFESSIONS),
    Column("count", "integer", "jumlah orang", "number of people", unit="people", minimum=0),
    _text("weekdays", "hari hadir, 1 = Senin: 1-5 atau 1,3,5",
          "days present, 1 = Monday: 1-5 or 1,3,5", **_OPTIONAL),
    _text("start", "jam mulai, 07:30", "from, 07:30", **_OPTIONAL),
    _text("end", "jam selesai, 14:00", "until, 14:00", **_OPTIONAL),
    *_EVIDENCE,
), may_have_no_rows=True)  # fmt: skip

PROFILES = Contract("profiles", "facility_id", None, (
    _text("facility_id", "kode fasilitas", "code of the facility"),
    _text("services", f"layanan, dipisah spasi: {' '.join(SERVICES)}",
          f"services, separated by blanks: {' '.join(SERVICES)}", **_OPTIONAL),
    _text("service_room", "ada ruang pelayanan", "has a service room", codes=YES_NO, **_OPTIONAL),
    _text("cadre_room", "ada ruang kader", "has a room for cadres", codes=YES_NO, **_OPTIONAL),
    _text("water", "ada air bersih", "has clean water", codes=YES_NO, **_OPTIONAL),
    _text("power", "ada listrik", "has power", codes=YES_NO, **_OPTIONAL),
    _text("toilet", "ada toilet", "has a toilet", codes=YES_NO, **_OPTIONAL),
    _text("waste", "ada pengelolaan limbah", "has waste handling", codes=YES_NO, **_OPTIONAL),
    _text("ramp", "ada akses landai", "has an access ramp", codes=YES_NO, **_OPTIONAL),
    _text("equipment", "alat kesehatan sesuai standar", "equipment to standard", codes=YES_NO,
          **_OPTIONAL),
    *_EVIDENCE,
), may_have_no_rows=True)  # fmt: skip

BUILDINGS = Contract("buildings", "building_id", "point", (
    _text("building_id", "kode bangunan", "code of the building"),
    _text("building_name", "nama bangunan", "name of the building"),
    _text("owner", "pemilik", "owner", codes=OWNERS),
    _text("asset_code", "kode barang (KIB C)", "asset code (KIB C)", **_OPTIONAL),
    _text("land_status", "status tanah", "status of the land", codes=LAND_STATUSES),
    _text("condition", "kondisi bangunan", "condition of the building", codes=CONDITIONS),
    Column("floor_area_m2", "number", "luas lantai", "floor area", unit="m²", minimum=0,
           may_be_empty=True),
    Column("rooms", "integer", "jumlah ruang", "number of rooms", unit="rooms", minimum=0,
           may_be_empty=True),
    Column("people_capacity", "integer", "orang yang dapat dilayani", "people it can serve",
           unit="people", minimum=0, **_OPTIONAL),
    _text("present_use", "pemakaian sekarang", "present use", **_OPTIONAL),
    _text("hazard", "bahaya longsor atau banjir", "hazard of landslide or flood", codes=HAZARDS,
          **_OPTIONAL),
    _text("road_access", "ada jalan masuk kendaraan", "has a way in for vehicles", codes=YES_NO,
          **_OPTIONAL),
    _text("documents", "dokumen yang sudah ada, dipisah spasi",
          "documents that are there, separated by blanks", **_OPTIONAL),
    _text("process_status", "tahap pemrosesan oleh pemda", "stage of its owner's process",
          codes=PROCESS_STATUSES, **_OPTIONAL),
    _text("village_id", "desa/kelurahan letak bangunan", "village the building stands in",
          **_OPTIONAL),
    *_EVIDENCE,
), may_have_no_rows=True)  # fmt: skip

COSTS = Contract("costs", None, None, (
    _text("building_id", "kode bangunan, atau fasilitas yang dapat dinaikkan kelasnya",
          "code of the building, or of a facility that may be upgraded"),
    _text("item", "untuk apa", "what for"),
    _text("payer", "siapa yang membayar: APBD, dana desa atau BOK",
          "who pays: the local budget, the village fund or BOK", codes=PAYERS),
    _text("period", "sekali atau setiap tahun", "once or every year", codes=PERIODS),
    Column("rupiah", "integer", "biaya", "cost", unit="rupiah", minimum=0),
    *_EVIDENCE,
), may_have_no_rows=True)  # fmt: skip

FIGURES = Contract("figures", "figure_id", None, (
    _text("figure_id", "kode angka", "code of the figure"),
    _text("meaning", "arti angka", "what it counts"),
    _text("meaning_en", "arti angka dalam bahasa Inggris", "what it counts, in English",
          **_OPTIONAL),
    Column("value", "number", "nilai dilaporkan", "value as reported"),
    _text("unit", "satuan", "unit"),
    _text("date", "tanggal", "date"),
    _text("source", "sumber", "source"),
    *_EVIDENCE,
))  # fmt: skip

CONTRACTS = {
    contract.table: contract
    for contract in (
        VILLAGES, POPULATION, INDICATORS, FACILITIES, STAFFING, PROFILES, BUILDINGS, COSTS, FIGURES,
    )
}  # fmt: skip
