"""The options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = click.Path(path_type=Path)

SCENARIO = click.Argument(["scenario"], default="baseline")
DATA = click.Option(["--data"], type=PATH, help="Folder studi. / Study folder.")
AGAINST = click.Option(
    ["--against"], type=PATH,
    help="Folder studi pembanding. / Folder of another study of the same villages.",
)  # fmt: skip
OUT = click.Option(
    ["--out"], type=PATH, default=Path("outputs"), show_default=True,
    help="Folder hasil. / Folder of all runs.",
)  # fmt: skip
LANGUAGE = click.Option(
    ["--lang", "language"], type=click.Choice(["id", "en"]), default="id", show_default=True,
    help="Bahasa. / Language.",
)  # fmt: skip
SET = click.Option(
    ["--set", "overrides"], multiple=True, metavar="KEY=VALUE",
    help="Ubah pengaturan skenario. / Override a setting.",
)  # fmt: skip
AGAIN = click.Option(["--again"], is_flag=True, help="Hitung ulang. / Compute anew.")
CSV = click.Option(
    ["--csv", "csv_form"], type=click.Choice(["plain", "excel-id"]), default="plain",
    show_default=True,
    help="excel-id: tabel sekali lagi untuk Excel berbahasa Indonesia. / The tables once more, "
    "for Excel in Indonesian.",
)  # fmt: skip
PARQUET = click.Option(
    ["--geoparquet", "is_parquet"], is_flag=True,
    help="Lapisan sekali lagi sebagai GeoParquet. / The layers once more, as GeoParquet.",
)  # fmt: skip
JSON = click.Option(["--json", "as_json"], is_flag=True, help="Cetak JSON. / Print JSON.")
OPEN = click.Option(
    ["--open", "is_opened"], is_flag=True,
    help="Buka hasilnya di peramban. / Open the result in the browser.",
)  # fmt: skip
PAGES = click.Option(
    ["--pages", "is_paged"], is_flag=True, help="Layar demi layar. / Screen by screen."
)
QUIET = click.Option(
    ["-q", "--quiet"], is_flag=True, help="Cetak folder saja. / Print the folder only."
)


def into(group: str) -> Callable[[click.Context, click.Parameter, object], None]:
    """Return a callback that puts an option into one parameter with others of its group.

    For options with ``expose_value=False``; the verb gets them as one dict.
    """

    def gather(context: click.Context, option: click.Parameter, value: object) -> None:
        context.params.setdefault(group, {})[option.name] = value

    return gather
