"""The command line: parse, call one verb, print; exit codes as in `domain.errors`."""

from __future__ import annotations

import click

from batu_geo.cli import inputs, results
from batu_geo.cli.frame import DEBUG, Verbs

VERBS = (
    results.plan, results.assess, results.explain, results.compare, results.maps, results.brief,
    results.replay, results.status, inputs.check, inputs.init, inputs.import_verb, inputs.fetch,
)  # fmt: skip


@click.group("batu-geo", cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="batu_geo")
@click.option("--debug", is_flag=True, help="Tampilkan jejak galat. / Show the traceback.")
@click.pass_context
def cli(context: click.Context, *, debug: bool) -> None:
    """Perencana cakupan dan kesenjangan layanan UPKDK.

    Coverage and service-gap planner for village health units.
    """
    context.meta[DEBUG] = debug


for verb in VERBS:
    cli.add_command(verb)


def main() -> None:
    """Run the command line."""
    cli(prog_name="batu-geo")
