"""The command line: `batu-geo VERB`; exit codes as in `domain.errors`."""

from __future__ import annotations

import gc
import sys

import click

from batu_geo.cli.environment import ending_of, memory_in_reserve
from batu_geo.cli.lazy_group import DEBUG, LazyGroup, language_asked
from batu_geo.cli.streams import flush_streams, open_streams, printing, say
from batu_geo.domain.errors import BatuGeoError
from batu_geo.locks import without_locks

VERBS = {
    "Menghitung / Compute": {
        "plan": "Jalankan skenario. / Run a scenario.",
        "assess": "Cetak semua ukuran. / Print every measure.",
        "compare": "Bandingkan skenario. / Compare scenarios.",
        "explain": "Jelaskan satu desa/kelurahan. / Explain one village.",
        "open": "Buka meja kerja. / Open the workbench.",
    },
    "Melihat / Look": {
        "maps": "Gambar semua peta. / Draw every map.",
        "brief": "Susun paket briefing. / Make the briefing pack.",
        "list": "Sebutkan isi studi. / List what a study has.",
    },
    "Masukan / Inputs": {
        "init": "Buat studi baru. / Make a new study.",
        "fetch": "Ambil data OpenStreetMap. / Fetch OpenStreetMap data.",
        "import": "Masukkan berkas ke studi. / Take a file into a study.",
        "check": "Periksa masukan. / Check the inputs.",
        "answer": "Masukkan jawaban kantor. / Take answers of an office.",
    },
    "Banyak wilayah / Many regions": {
        "fleet": "Hitung banyak kabupaten/kota. / Compute many regencies.",
    },
    "Hasil / Runs": {
        "status": "Sebutkan hasil yang usang. / Name stale runs.",
        "replay": "Hitung ulang dan bandingkan. / Compute a run again.",
    },
}

# How rarely garbage is looked for: a study is a million small objects, and next to none is garbage.
RARELY = (50_000, 20, 100)


@click.group(
    "batu-geo",
    cls=LazyGroup,
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="batu_geo")
@click.option("--debug", is_flag=True, help="Tampilkan jejak galat. / Show the traceback.")
@click.option(
    "--no-lock",
    is_flag=True,
    help="Tulis juga di sistem berkas tanpa kunci. / Write also on a file system without locks.",
)
@click.pass_context
def cli(context: click.Context, *, debug: bool, no_lock: bool) -> None:
    """Perencana cakupan dan kesenjangan layanan UPKDK.

    Coverage and service-gap planner for village health units.
    """
    context.meta[DEBUG] = debug
    if no_lock:
        context.with_resource(without_locks())


def main() -> None:
    """Run the command line."""
    gc.set_threshold(*RARELY)
    open_streams()
    try:
        with memory_in_reserve(), printing():
            cli(prog_name="batu-geo")
    except BatuGeoError as error:
        if "--debug" in sys.argv:
            raise
        # Of the help, or of an error of usage: those of a verb are printed there.
        for line in error.lines(language_asked(sys.argv)):
            say(line)
        sys.exit(error.exit_code)
    except Exception as error:
        ending = ending_of(error)
        if ending is None or "--debug" in sys.argv:
            raise
        say(ending[0].line(language_asked(sys.argv)))
        sys.exit(ending[1])
    finally:
        flush_streams()
