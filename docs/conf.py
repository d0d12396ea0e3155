"""How the site of these pages is made: furo, and nothing from outside (`scripts/build_site.py`)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent

project = "batu_geo"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
language = "en"
default_role = "code"

myst_heading_anchors = 4
suppress_warnings = ["myst.header"]

# Notebooks run when the site is built, in a folder of their own; a cell that fails ends it.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_timeout = 900
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_ipywidgets_js = {}
nb_merge_streams = True
# A warning names the folder of the machine that built the site.
nb_output_stderr = "remove"

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 80
napoleon_attr_annotations = False
napoleon_google_docstring = False

html_theme = "furo"
html_title = f"batu_geo {release}"
html_static_path = ["site"]
html_css_files = ["wide_tables.css"]
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False


def _links_into_the_site(_app: Sphinx, _name: str, source: list[str]) -> None:
    """Lead links to the two pages at the top of the repository to their copies here."""
    for name in ("CONTRIBUTING", "CHANGELOG"):
        source[0] = source[0].replace(f"](../{name}.md", f"]({name.lower()}.md")


def _language_of_page(
    _app: Sphinx, name: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    """Say in the page which language it is in: pages below `id/` and notebooks are Indonesian."""
    if name.startswith(("id/", "notebooks/")):
        context["language"] = "id"


def setup(app: Sphinx) -> None:
    """Join what is ours to the builder."""
    app.connect("source-read", _links_into_the_site)
    app.connect("html-page-context", _language_of_page)
