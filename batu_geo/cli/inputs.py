"""The verbs about inputs: check, init, import and fetch."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from batu_geo.cli.frame import (
    data_option,
    language_option,
    out_option,
    progress,
    reported,
    show,
)

CHECKED_AS = (
    "villages", "facilities", "buildings", "roads", "population", "indicators", "costs",
    "staffing", "profiles", "figures", "scenario",
)  # fmt: skip
KINDS_OF_EVIDENCE = ("reported", "estimated", "inferred", "assumed", "illustrative")
AGREED = ("y", "ya", "yes")
IMPORTED_AS = (
    "villages", "facilities", "buildings", "population", "indicators", "staffing", "kib",
    "roads",
)  # fmt: skip


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--as", "table", type=click.Choice(CHECKED_AS), help="Isi berkas. / What it is.")
@data_option
@out_option
@click.option("--map", "map_file", type=click.Path(path_type=Path), metavar="FILE.html",
              help="Tulis peta temuan. / Write a map of the findings.")  # fmt: skip
@click.option("--fix", "fix_folder", type=click.Path(path_type=Path), metavar="DIR",
              help="Usulkan perbaikan di sini. / Propose repairs here.")  # fmt: skip
@click.option(
    "--seal",
    is_flag=True,
    help="Catat sidik jari masukan di kartu studi. / Note fingerprints of the inputs.",
)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Cetak JSON. / Print JSON.")
@click.pass_context
def check(context: click.Context, /, *, language: Any, as_json: bool, **settings: Any) -> None:
    """Periksa semua masukan studi, atau satu berkas dengan --as.

    Check every input of a study, or one file with --as; writes nothing unless asked to.
    """
    if settings["file"] and not settings["table"] and not _is_study(settings["file"]):
        raise click.UsageError("FILE --as TABLE")
    if settings["seal"] and (settings["table"] or not (settings["data"] or settings["file"])):
        raise click.UsageError("--seal --data DIR")
    with reported(context, language):
        from batu_geo.verbs.check import run_check  # noqa: PLC0415 - heavy

        answer = run_check(**settings, language=language)
        if as_json:
            click.echo(json.dumps(answer.card, ensure_ascii=False, indent=1))
        else:
            show(answer.report)
        context.exit(answer.exit_code)


def _is_study(path: Path) -> bool:
    return path.is_dir() or path.name == "study.toml"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--code", default="", metavar="33.07",
              help="Kode Kemendagri. / Kemendagri code of the kabupaten or kota.")  # fmt: skip
@click.option("--with-batu", is_flag=True,
              help="Mulai dari salinan Kota Batu. / Begin with a copy of Kota Batu.")  # fmt: skip
@language_option
@click.pass_context
def init(context: click.Context, /, folder: Path, *, language: Any, **settings: Any) -> None:
    """Buat studi baru: kartu studi, templat tabel, skenario.

    Make a new study: its card, templates of its tables, scenarios.
    """
    with reported(context, language):
        from batu_geo.render.text.words import word  # noqa: PLC0415 - heavy
        from batu_geo.verbs.init import init as make_study  # noqa: PLC0415 - heavy

        made = make_study(folder, language=language, **settings)
        click.echo(word("init_done", language, folder=made))


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "table", required=True, type=click.Choice(IMPORTED_AS),
              help="Isi berkas. / What it is.")  # fmt: skip
@click.option("--into", required=True, type=click.Path(path_type=Path),
              help="Folder studi. / Study folder.")  # fmt: skip
@click.option("--column", "columns", multiple=True, metavar="TARGET=SOURCE",
              help="Tentukan kolom. / Say which column it is.")  # fmt: skip
@click.option("--kib-a", type=click.Path(path_type=Path),
              help="KIB A (tanah) untuk --as kib. / Card A for --as kib.")  # fmt: skip
@click.option("--compare", is_flag=True,
              help="Bandingkan batas saja. / Only compare the outlines.")  # fmt: skip
@click.option("--layer", default="", help="Lembar atau lapisan. / Sheet or layer.")
@click.option("--origin", default="", help="Asal data. / Where it comes from.")
@click.option("--licence", default="", help="Lisensi. / Licence.")
@click.option("--date", default="", help="Tanggal data. / Date of the data.")
@click.option("--evidence", default="reported", show_default=True,
              type=click.Choice(KINDS_OF_EVIDENCE),
              help="Kepastian data. / How sure the data are.")  # fmt: skip
@click.option("--again", is_flag=True, help="Ganti isi lama. / Replace what is there.")
@click.option("--yes", is_flag=True, help="Setujui yang ditunjukkan. / Agree to what is shown.")
@language_option
@click.pass_context
def import_verb(context: click.Context, /, *, language: Any, yes: bool, **settings: Any) -> None:
    """Masukkan berkas kantor ke studi: batas, fasilitas, bangunan, penduduk, KIB, jalan.

    Take a file as an office has it into a study; what it is taken for is shown before.
    """
    if any("=" not in column for column in settings["columns"]):
        raise click.UsageError("--column TARGET=SOURCE")
    if settings["compare"] and settings["table"] != "villages":
        raise click.UsageError("--compare --as villages")
    if settings["table"] == "roads" and (settings["columns"] or settings["layer"]):
        raise click.UsageError("--as roads: --column, --layer")
    with reported(context, language):
        from batu_geo.render.text.words import word  # noqa: PLC0415 - heavy
        from batu_geo.verbs.import_verb import run_import  # noqa: PLC0415 - heavy

        def agreed(table: Any, notices: Any, question: str) -> bool:
            show(table)
            for notice in notices:
                click.echo(notice.line(language))
            if yes or not sys.stdin.isatty():
                return yes
            answer: str = click.prompt(word(question, language), default="", show_default=False)
            return answer.strip().lower() in AGREED

        for part in run_import(**settings, confirm=agreed, language=language):
            if hasattr(part, "plain"):
                click.echo(part.plain)
            else:
                show(part)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, type=click.Choice(["roads", "facilities", "footprints"]),
              help="Sebagian saja. / Only these.")  # fmt: skip
@click.option("--place", default="", metavar="NAME",
              help="Wilayah, pengganti batas desa. / Area instead of outlines.")  # fmt: skip
@click.option("--buffer-km", type=click.FloatRange(0, 50), default=10.0, show_default=True,
              help="Jarak di luar batas. / How far beyond the outlines.")  # fmt: skip
@click.option("--server", metavar="URL", default="https://overpass-api.de/api/interpreter",
              show_default=True, help="Server Overpass. / Overpass server.")  # fmt: skip
@click.option("--geocoder", metavar="URL", default="https://nominatim.openstreetmap.org",
              show_default=True, help="Server Nominatim. / Nominatim server.")  # fmt: skip
@click.option("--again", is_flag=True, help="Unduh ulang. / Ask anew.")
@language_option
@click.pass_context
def fetch(context: click.Context, /, folder: Path, *, language: Any, **settings: Any) -> None:
    """Ambil jalan, fasilitas dan tapak bangunan dari OpenStreetMap; perlu internet.

    Fetch roads, facilities and footprints of OpenStreetMap; the one verb that goes online.
    """
    with reported(context, language):
        from batu_geo.domain.errors import shown  # noqa: PLC0415 - heavy
        from batu_geo.render.text.words import number, word  # noqa: PLC0415 - heavy
        from batu_geo.verbs.fetch import fetch as fetch_all  # noqa: PLC0415 - heavy

        with progress(is_shown=True) as step:
            done = fetch_all(folder, **settings, progress=step)
        for file in done:
            if file.about:
                click.echo(word("fetch_place", language, name=shown(file.about), path=file.path))
                continue
            click.echo(word("fetch_done", language, count=number(file.count, language),
                            what=file.what, date=file.date, path=file.path))  # fmt: skip
            if file.what == "facilities":
                click.echo(word("fetch_next", language, path=file.path, folder=folder))
