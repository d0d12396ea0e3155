"""`batu-geo fleet VERB`: many regions, each an ordinary study."""

from __future__ import annotations

from batu_geo.cli.lazy_group import LazyGroup

VERBS = {
    "Banyak wilayah / Many regions": {
        "init": "Buat folder semua wilayah. / Make the folder of all regions.",
        "check": "Periksa setiap wilayah. / Check every region.",
        "roads": "Bawa berkas jalan. / Bring the road file.",
        "run": "Hitung semua wilayah. / Compute every region.",
        "pages": "Tulis halaman semua wilayah. / Write the page of all regions.",
        "status": "Sebutkan hasil yang ada. / Name the results that are there.",
    },
}

command = LazyGroup(
    name="fleet",
    verbs=VERBS,
    modules="fleet_commands.cmd_fleet_",
    help="""Banyak kabupaten/kota: satu folder, setiap wilayah studi biasa.

    Many regencies in one folder, each an ordinary study.

    Contoh / Example: batu-geo fleet check jatim
    """,
)
