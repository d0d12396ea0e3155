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

DEBUG = "batu_geo.debug"
PIPE_WIDTH = 120


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="batu_geo")
@click.option("--debug", is_flag=True, help="Tampilkan jejak galat. / Show the traceback.")
@click.pass_context
def cli(context: click.Context, *, debug: bool) -> None:
    """Perencana cakupan dan kesenjangan layanan UPKDK.

    Coverage and service-gap planner for village health units.
    """
    context.meta[DEBUG] = debug


@cli.command()
@click.argument("scenario", default="baseline")
@click.option("--data", type=click.Path(path_type=Path), help="Folder studi. / Study folder.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"),
              show_default=True, help="Folder hasil. / Folder of all runs.")  # fmt: skip
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
              help="Ubah pengaturan skenario. / Override a setting.")  # fmt: skip
@click.option("--again", is_flag=True, help="Hitung ulang. / Compute anew.")
@click.option("--json", "as_json", is_flag=True, help="Cetak manifest. / Print the manifest.")
@click.option("-q", "--quiet", is_flag=True, help="Cetak folder saja. / Print the folder only.")
@click.pass_context
def plan(
    context: click.Context, /, *, language: Any, as_json: bool, quiet: bool, **settings: Any
) -> None:
    """Jalankan skenario: cakupan, peringkat desa, peringkat bangunan, peta.

    Run a scenario, from the inputs to ranked villages, buildings and a map.
    """
    with reported(context, language):
        from batu_geo.pipeline.plan import plan as run_plan  # noqa: PLC0415 - heavy

        with progress(is_shown=not quiet) as step:
            run = run_plan(**settings, language=language, progress=step)
        if as_json:
            click.echo(json.dumps(run.manifest, ensure_ascii=False, indent=1))
        elif quiet:
            click.echo(run.folder)
        else:
            _print(run.summary)


@cli.command()
@click.argument("scenario", default="baseline")
@click.option("--data", type=click.Path(path_type=Path), help="Folder studi. / Study folder.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"),
              show_default=True, help="Folder hasil. / Folder of all runs.")  # fmt: skip
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id",
              show_default=True, help="Bahasa. / Language.")  # fmt: skip
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
              help="Ubah pengaturan skenario. / Override a setting.")  # fmt: skip
@click.option("--compare", multiple=True, metavar="SCENARIO",
              help="Skenario pembanding. / A scenario to print beside.")  # fmt: skip
@click.option("--letterhead", type=click.Path(path_type=Path),
              help="Berkas kop.toml. / Letterhead file.")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Cetak folder saja. / Print the folder only.")
@click.pass_context
def brief(context: click.Context, /, *, language: Any, quiet: bool, **settings: Any) -> None:
    """Susun paket briefing satu hasil: PDF, peta cetak, salindia, buku tabel.

    Make the briefing pack of a scenario or of the folder of a finished run.
    """
    with reported(context, language):
        from batu_geo.pipeline.brief import brief as make_brief  # noqa: PLC0415 - heavy

        with progress(is_shown=not quiet) as step:
            pack = make_brief(**settings, language=language, progress=step)
        click.echo(pack.folder if quiet else pack.summary)


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

    Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(renderable)


def main() -> None:
    """Run the command line."""
    cli(prog_name="batu-geo")
