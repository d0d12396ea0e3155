"""The command line: parse, call one verb, print; exit codes as in `domain.errors`."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batu_geo.pipeline.plan import Run

DEBUG = "batu_geo.debug"
PIPE_WIDTH = 120
CHECKED_AS = (
    "villages", "facilities", "buildings", "roads", "population", "indicators", "staffing",
    "profiles", "figures", "scenario",
)  # fmt: skip
IMPORTED_AS = (
    "villages", "facilities", "buildings", "population", "indicators", "staffing", "kib",
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="batu_geo")
@click.option("--debug", is_flag=True, help="Tampilkan jejak galat. / Show the traceback.")
@click.pass_context
def cli(context: click.Context, *, debug: bool) -> None:
    """Perencana cakupan dan kesenjangan layanan UPKDK.

    Coverage and service-gap planner for village health units.
    """
    context.meta[DEBUG] = debug


def run_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options of a run."""
    folder = click.Path(path_type=Path)
    options = (
        click.argument("scenario", default="baseline"),
        click.option("--data", type=folder, help="Folder studi. / Study folder."),
        click.option("--out", type=folder, default=Path("outputs"), show_default=True,
                     help="Folder hasil. / Folder of all runs."),
        click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
                     show_default=True, help="Bahasa. / Language."),
        click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
                     help="Ubah pengaturan skenario. / Override a setting."),
        click.option("--again", is_flag=True, help="Hitung ulang. / Compute anew."),
        click.option("--json", "as_json", is_flag=True, help="Cetak JSON. / Print JSON."),
    )  # fmt: skip
    for option in reversed(options):
        verb = option(verb)
    return verb


@cli.command()
@run_options
@click.option("-q", "--quiet", is_flag=True, help="Cetak folder saja. / Print the folder only.")
@click.pass_context
def plan(context: click.Context, /, *, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Jalankan skenario: cakupan, peringkat desa, peringkat bangunan, peta.

    Run a scenario, from the inputs to ranked villages, buildings and a map.
    """
    with reported(context, settings["language"]):
        run = _run(settings, is_quiet=quiet)
        if as_json:
            _print_json(run.manifest)
        elif quiet:
            click.echo(run.folder)
        else:
            _print(run.summary)


@cli.command()
@run_options
@click.pass_context
def assess(context: click.Context, /, *, as_json: bool, **settings: Any) -> None:
    """Cetak semua ukuran: empat cakupan, petugas, norma, rujukan, pemerataan, kepastian.

    Print every measure of a run: coverage, staff, norms, referral, equity, certainty.
    """
    with reported(context, settings["language"]):
        run = _run(settings)
        if as_json:
            _print_json({name: run.records(name) for name in run.tables})
        else:
            _print(run.summary)
            _print(run.appraisal)


@cli.command()
@click.argument("village")
@click.argument("scenario", default="baseline")
@click.option("--data", type=click.Path(path_type=Path), help="Folder studi. / Study folder.")
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
              help="Ubah pengaturan skenario. / Override a setting.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Cetak JSON. / Print JSON.")
@click.pass_context
def explain(
    context: click.Context, /, village: str, *, language: Any, as_json: bool, **settings: Any
) -> None:
    """Jelaskan satu desa/kelurahan: menit, jiwa, kriteria, dan apa yang mengubah peringkatnya.

    Explain one village: its minutes, people and criteria, and what would change its rank.
    """
    with reported(context, language):
        from batu_geo.pipeline.explain import explain as explain_village  # noqa: PLC0415 - heavy
        from batu_geo.render.explanation import explanation  # noqa: PLC0415 - heavy
        from batu_geo.render.words import word  # noqa: PLC0415 - heavy

        with progress(is_shown=True) as show:
            step = None if show is None else lambda name: show(word(name, language))
            found = explain_village(village, **settings, progress=step)
        if as_json:
            _print_json(found)
        else:
            _print(explanation(found, language))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="Folder studi. / Study folder.")
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.pass_context
def replay(context: click.Context, /, folder: Path, *, data: Path | None, language: Any) -> None:
    """Hitung ulang satu hasil dari manifestnya dan bandingkan sampai ke bitnya.

    Compute a run again from its manifest and compare it byte by byte.
    """
    with reported(context, language):
        from batu_geo.pipeline.replay import replay as replay_run  # noqa: PLC0415 - heavy
        from batu_geo.render.words import word  # noqa: PLC0415 - heavy

        with progress(is_shown=True) as step:
            differ = replay_run(folder, data=data, progress=step)
        for name in differ:
            click.echo(word("replay_differs", language, name=name))
        if differ:
            context.exit(1)
        click.echo(word("replay_same", language))


@cli.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder studi. / Study folder.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"),
              show_default=True, help="Folder hasil. / Folder of all runs.")  # fmt: skip
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.pass_context
def status(context: click.Context, /, *, data: Path | None, out: Path, language: Any) -> None:
    """Sebutkan hasil yang sudah usang, dan sebabnya.

    Name the runs that are stale, and why.
    """
    with reported(context, language):
        from batu_geo.pipeline.replay import status as run_states  # noqa: PLC0415 - heavy
        from batu_geo.render.words import state_line, word  # noqa: PLC0415 - heavy

        states = run_states(out, data=data)
        for state in states:
            click.echo(state_line(state.folder.name, state.reasons, language))
        if not states:
            click.echo(word("status_no_runs", language, folder=out))


def _run(settings: dict[str, Any], *, is_quiet: bool = False) -> Run:
    from batu_geo.pipeline.plan import plan as run_plan  # noqa: PLC0415 - heavy

    with progress(is_shown=not is_quiet) as step:
        return run_plan(**settings, progress=step)


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False))


@cli.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--as", "table", type=click.Choice(CHECKED_AS), help="Isi berkas. / What it is.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder studi. / Study folder.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"),
              show_default=True, help="Folder hasil. / Folder of all runs.")  # fmt: skip
@click.option("--map", "map_file", type=click.Path(path_type=Path), metavar="FILE.html",
              help="Tulis peta temuan. / Write a map of the findings.")  # fmt: skip
@click.option("--fix", "fix_folder", type=click.Path(path_type=Path), metavar="DIR",
              help="Usulkan perbaikan di sini. / Propose repairs here.")  # fmt: skip
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Cetak JSON. / Print JSON.")
@click.pass_context
def check(context: click.Context, /, *, language: Any, as_json: bool, **settings: Any) -> None:
    """Periksa semua masukan studi, atau satu berkas dengan --as.

    Check every input of a study, or one file with --as; writes nothing unless asked to.
    """
    if settings["file"] and not settings["table"] and not _is_study(settings["file"]):
        raise click.UsageError("FILE --as TABLE")
    with reported(context, language):
        from batu_geo.pipeline.check_verb import run_check  # noqa: PLC0415 - heavy

        answer = run_check(**settings, language=language)
        if as_json:
            click.echo(json.dumps(answer.card, ensure_ascii=False, indent=1))
        else:
            _print(answer.report)
        context.exit(answer.exit_code)


def _is_study(path: Path) -> bool:
    return path.is_dir() or path.name == "study.toml"


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--code", default="", metavar="33.07",
              help="Kode Kemendagri. / Kemendagri code of the kabupaten or kota.")  # fmt: skip
@click.option("--with-batu", is_flag=True,
              help="Mulai dari salinan Kota Batu. / Begin with a copy of Kota Batu.")  # fmt: skip
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.pass_context
def init(context: click.Context, /, folder: Path, *, language: Any, **settings: Any) -> None:
    """Buat studi baru: kartu studi, templat tabel, skenario.

    Make a new study: its card, templates of its tables, scenarios.
    """
    with reported(context, language):
        from batu_geo.pipeline.init import init as make_study  # noqa: PLC0415 - heavy
        from batu_geo.render.words import word  # noqa: PLC0415 - heavy

        made = make_study(folder, **settings)
        click.echo(word("init_done", language, folder=made))


@cli.command("import")
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
@click.option("--again", is_flag=True, help="Ganti isi lama. / Replace what is there.")
@click.option("--yes", is_flag=True, help="Setujui padanan kolom. / Agree to the columns.")
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.pass_context
def import_verb(context: click.Context, /, *, language: Any, yes: bool, **settings: Any) -> None:
    """Masukkan berkas kantor ke studi: batas, fasilitas, bangunan, penduduk, KIB.

    Take a file as an office has it into a study; its columns are shown before.
    """
    if any("=" not in column for column in settings["columns"]):
        raise click.UsageError("--column TARGET=SOURCE")
    if settings["compare"] and settings["table"] != "villages":
        raise click.UsageError("--compare --as villages")
    with reported(context, language):
        from batu_geo.pipeline.import_verb import run_import  # noqa: PLC0415 - heavy
        from batu_geo.render.console_import import columns_table  # noqa: PLC0415 - heavy
        from batu_geo.render.words import word  # noqa: PLC0415 - heavy

        def agreed(matches: Any, notices: Any) -> bool:
            _print(columns_table(matches, language))
            for notice in notices:
                click.echo(notice.line(language))
            if yes or not sys.stdin.isatty():
                return yes
            return click.confirm(word("import_agree", language), default=False)

        for part in run_import(**settings, confirm=agreed, language=language):
            if hasattr(part, "plain"):
                click.echo(part.plain)
            else:
                _print(part)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, type=click.Choice(["roads", "facilities", "footprints"]),
              help="Sebagian saja. / Only these.")  # fmt: skip
@click.option("--buffer-km", type=click.FloatRange(0, 50), default=10.0, show_default=True,
              help="Jarak di luar batas. / How far beyond the outlines.")  # fmt: skip
@click.option("--server", metavar="URL", default="https://overpass-api.de/api/interpreter",
              show_default=True, help="Server Overpass. / Overpass server.")  # fmt: skip
@click.option("--again", is_flag=True, help="Unduh ulang. / Ask anew.")
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.pass_context
def fetch(context: click.Context, /, folder: Path, *, language: Any, **settings: Any) -> None:
    """Ambil jalan, fasilitas dan tapak bangunan dari OpenStreetMap; perlu internet.

    Fetch roads, facilities and footprints of OpenStreetMap; the one verb that goes online.
    """
    with reported(context, language):
        from batu_geo.pipeline.fetch import fetch as fetch_all  # noqa: PLC0415 - heavy
        from batu_geo.render.words import number, word  # noqa: PLC0415 - heavy

        with progress(is_shown=True) as step:
            done = fetch_all(folder, **settings, progress=step)
        for file in done:
            click.echo(word("fetch_done", language, count=number(file.count, language),
                            what=file.what, date=file.date, path=file.path))  # fmt: skip
            if file.what == "facilities":
                click.echo(word("fetch_next", language, path=file.path, folder=folder))


@contextmanager
def reported(context: click.Context, language: Any) -> Iterator[None]:
    """Print an expected error as its lines and end with its exit code."""
    from batu_geo.domain.errors import BatuGeoError, Problem  # noqa: PLC0415 - --help needs none

    try:
        yield
    except BatuGeoError as error:
        if context.meta[DEBUG]:
            raise
        _end(context, error.lines(language), error.exit_code)
    except KeyboardInterrupt:
        _end(context, [], 130)
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:
        if context.meta[DEBUG]:
            raise
        values = {"reason": f"{type(error).__name__}: {error}"}
        _end(context, [Problem("BG-900", values=values).line(language)], 70)


def _end(context: click.Context, lines: list[str], exit_code: int) -> None:
    for line in lines:
        click.echo(line, err=True)
    context.exit(exit_code)


@contextmanager
def progress(*, is_shown: bool) -> Iterator[Callable[[str], None] | None]:
    """Show the step a verb is at on a terminal; nothing in a pipe."""
    if not is_shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - --help needs none of it

    with Console(stderr=True).status("") as status:
        yield status.update


def _print(renderable: object) -> None:
    from rich.console import Console  # noqa: PLC0415 - --help needs none of it

    Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(renderable, crop=False)


def main() -> None:
    """Run the command line."""
    cli(prog_name="batu-geo")
