"""The commands of `docs/en/own_map.md` and its Indonesian twin, word for word, on their files."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from batu_geo import runs
from batu_geo.cli import cli
from batu_geo.verbs.plan import open_run
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def commands(page: str) -> list[list[str]]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"<!-- commands -->\n```bash\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("page", ["en/own_map.md", "id/peta_sendiri.md"])
def test_a_stranger_comes_to_a_map_by_the_page_alone(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (ROOT / "docs" / "example").iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    for program, *words in commands(page):
        assert program == ".venv/bin/batu-geo"
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, (words, done.output)
        if words[0] == "check":
            assert re.search(r"\b0 (errors|galat)", done.output), done.output
    folder = next(path.parent for path in (tmp_path / "hasil").glob(f"*/{runs.MANIFEST}"))
    run = open_run(folder)
    assert set(run.gaps["village_name"]) == {"Karang Contoh", "Banyu Contoh"}
    assert int(run.villages.drop_duplicates("village_id")["population"].sum()) == 17_700
    assert "Contoh" in (folder / "map.html").read_text(encoding="utf-8")
    assert run.manifest["evidence"] == "illustrative"
