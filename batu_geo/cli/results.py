"""The verbs that compute and show: plan, assess, explain, compare, replay, status, maps, brief."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batu_geo.cli.frame import (
    against_option,
    data_option,
    language_option,
    out_option,
    progress,
    reported,
    run_options,
    set_option,
    show,
    show_json,
)

if TYPE_CHECKING:
    from batu_geo.verbs.plan import Run


@click.command()
@run_options
@click.option("-q", "--quiet", is_flag=True, help="Cetak folder saja. / Print the folder only.")
@click.pass_context
def plan(context: click.Context, /, *, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Jalankan skenario: cakupan, peringkat desa, peringkat bangunan, peta.

    Run a scenario, from the inputs to ranked villages, buildings and a map.
    """
    with reported(context, settings["language"]):
        from batu_geo.domain.errors import InfeasiblePlanError  # noqa: PLC0415 - --help needs none

        run = _run(settings, is_quiet=quiet)
        if as_json:
            show_json(run.manifest)
        elif quiet:
            click.echo(run.folder)
        else:
            show(run.summary)
        if run.is_infeasible:
            context.exit(InfeasiblePlanError.exit_code)


@click.command()
@run_options
@click.pass_context
def assess(context: click.Context, /, *, as_json: bool, **settings: Any) -> None:
    """Cetak semua ukuran: empat cakupan, petugas, norma, rujukan, pemerataan, kepastian.

    Print every measure of a run: coverage, staff, norms, referral, equity, certainty.
    """
    with reported(context, settings["language"]):
        run = _run(settings)
        if as_json:
            show_json({name: run.records(name) for name in run.tables})
        else:
            show(run.summary)
            show(run.appraisal)


@click.command()
@click.argument("village")
@click.argument("scenario", default="baseline")
@data_option
@language_option
@set_option
@click.option("--json", "as_json", is_flag=True, help="Cetak JSON. / Print JSON.")
@click.pass_context
def explain(
    context: click.Context, /, village: str, *, language: Any, as_json: bool, **settings: Any
) -> None:
    """Jelaskan satu desa/kelurahan: menit, jiwa, kriteria, dan apa yang mengubah peringkatnya.

    Explain one village: its minutes, people and criteria, and what would change its rank.
    """
    with reported(context, language):
        from batu_geo.render.terminal.explanation import explanation  # noqa: PLC0415 - heavy
        from batu_geo.render.text.words import word  # noqa: PLC0415 - heavy
        from batu_geo.verbs.explain import explain as explain_village  # noqa: PLC0415 - heavy

        with progress(is_shown=True) as told:
            step = None if told is None else lambda name: told(word(name, language))
            found = explain_village(village, **settings, progress=step)
        if as_json:
            show_json(found)
        else:
            show(explanation(found, language))


@click.command()
@click.argument("scenarios", nargs=-1)
@data_option
@against_option
@out_option
@language_option
@set_option
@click.option("--json", "as_json", is_flag=True, help="Cetak JSON. / Print JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Cetak folder saja. / Print the folder only.")
@click.pass_context
def compare(
    context: click.Context, /, scenarios: tuple[str, ...], *, language: Any, out: Path,
    as_json: bool, quiet: bool, **rest: Any,
) -> None:  # fmt: skip
    """Bandingkan skenario: jiwa, menit, biaya, petugas, bukti; tanpa nama: semuanya.

    Compare scenarios: people, minutes, costs, staff, proof; without names: all of them.
    """
    with reported(context, language):
        from batu_geo.render.terminal.comparison_report import comparison  # noqa: PLC0415
        from batu_geo.render.text.words import word  # noqa: PLC0415
        from batu_geo.verbs.compare import compare as compare_scenarios  # noqa: PLC0415 - heavy
        from batu_geo.verbs.compare import save  # noqa: PLC0415

        with progress(is_shown=not quiet) as step:
            found = compare_scenarios(scenarios, **rest, progress=step)
        folder = save(found, out, language=language)
        if as_json:
            show_json(found.records)
        elif quiet:
            click.echo(folder)
        else:
            show(comparison(found.tables, language))
            click.echo(f"{word('print_folder', language)}: {folder}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@data_option
@against_option
@language_option
@click.pass_context
def replay(context: click.Context, /, folder: Path, *, language: Any, **studies: Any) -> None:
    """Hitung ulang satu hasil dari manifestnya dan bandingkan sama persis, bita demi bita.

    Compute a run again from its manifest and compare it byte by byte.
    """
    with reported(context, language):
        from batu_geo.render.text.words import word  # noqa: PLC0415 - heavy
        from batu_geo.verbs.replay import replay as replay_run  # noqa: PLC0415 - heavy

        with progress(is_shown=True) as step:
            differ = replay_run(folder, **studies, progress=step)
        for name in differ:
            click.echo(word("replay_differs", language, name=name))
        if differ:
            context.exit(1)
        click.echo(word("replay_same", language))


@click.command()
@data_option
@out_option
@language_option
@click.pass_context
def status(context: click.Context, /, *, data: Path | None, out: Path, language: Any) -> None:
    """Sebutkan hasil yang sudah usang, dan sebabnya.

    Name the runs that are stale, and why.
    """
    with reported(context, language):
        from batu_geo.render.text.words import state_line, word  # noqa: PLC0415 - heavy
        from batu_geo.verbs.replay import status as run_states  # noqa: PLC0415 - heavy

        states = run_states(out, data=data)
        for state in states:
            click.echo(state_line(state.folder.name, state.reasons, language))
        if not states:
            click.echo(word("status_no_runs", language, folder=out))


@click.command()
@click.argument("scenario", default="baseline")
@data_option
@out_option
@language_option
@set_option
@click.option("--again", is_flag=True, help="Gambar ulang. / Draw anew.")
@click.option("-q", "--quiet", is_flag=True, help="Cetak folder saja. / Print the folder only.")
@click.pass_context
def maps(context: click.Context, /, *, language: Any, quiet: bool, **settings: Any) -> None:
    """Gambar peta untuk setiap pertanyaan dan penjelajah jelajah.html.

    Draw a map for every question and the explorer, each one file without a network.
    """
    with reported(context, language):
        from batu_geo.verbs.maps import maps as draw_maps  # noqa: PLC0415 - heavy

        with progress(is_shown=not quiet) as step:
            drawn = draw_maps(**settings, language=language, progress=step)
        for path in () if quiet else drawn.pages:
            click.echo(f"{path.stat().st_size / 1e6:5.2f} MB  {path.relative_to(drawn.folder)}")
        click.echo(drawn.folder)


@click.command()
@click.argument("scenario", default="baseline")
@data_option
@out_option
@language_option
@set_option
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
        from batu_geo.verbs.brief import brief as make_brief  # noqa: PLC0415 - heavy

        with progress(is_shown=not quiet) as step:
            pack = make_brief(**settings, language=language, progress=step)
        click.echo(pack.folder if quiet else pack.summary)


def _run(settings: dict[str, Any], *, is_quiet: bool = False) -> Run:
    from batu_geo.verbs.plan import plan as run_plan  # noqa: PLC0415 - heavy

    with progress(is_shown=not is_quiet) as step:
        return run_plan(**settings, progress=step)
