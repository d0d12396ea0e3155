"""Office files are zips with clocks in them: the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

EARLIEST = (1980, 1, 1, 0, 0, 0)
CORE = "docProps/core.xml"
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")


def reproducible(content: bytes, *, day: date) -> bytes:
    """Return an office file with every clock set to the day of the data.

    Parameters
    ----------
    content
        Of an XLSX or PPTX file.
    day
        For the properties of the file; entries of the zip carry the earliest date there is.
    """
    stamp = f"{day.isoformat()}T00:00:00Z".encode()
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == CORE:
                data = STAMP.sub(rb"\g<1>" + stamp + rb"\g<3>", data)
            plain = zipfile.ZipInfo(entry.filename, EARLIEST)
            plain.compress_type = zipfile.ZIP_DEFLATED
            plain.create_system = 3
            plain.external_attr = 0o600 << 16
            zipped.writestr(plain, data)
    return target.getvalue()
