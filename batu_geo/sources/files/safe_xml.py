"""Parse XML without DTDs, entities or deep nesting; validate OSM XML before osmium reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError
from xml.sax import ContentHandler, SAXException, SAXParseException

from batu_geo.domain.errors import SourceError
from batu_geo.domain.reasons import Reason, coded_reason, xml_words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element
    from xml.sax.xmlreader import AttributesImpl

    from batu_geo.sources.files.opening import Opened

DEEPEST_XML = 64
OSM_VERSION = "0.6"
OSM_ELEMENTS = {
    "": {"osm"},
    "osm": {"note", "meta", "remark", "bounds", "bound", "node", "way", "relation", "changeset"},
    "node": {"tag"},
    "way": {"nd", "tag", "bounds", "center"},
    "relation": {"member", "tag", "bounds", "center"},
    "member": {"nd"},
    "changeset": {"tag", "discussion"},
    "discussion": {"comment"},
    "comment": {"text"},
}
NEEDED = {
    "node": ("id",),
    "way": ("id",),
    "relation": ("id",),
    "nd": ("ref",),
    "tag": ("k", "v"),
    "member": ("type", "ref"),
}
WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}")
REFERENCES = {("node", "id"), ("way", "id"), ("relation", "id"), ("nd", "ref"), ("member", "ref")}
MEMBERS = {"node", "way", "relation"}
LIMITS = {"lat": 90.0, "lon": 180.0}


def xml_of(opened: Opened) -> Element:
    """Parse a whole XML file, for tables and outlines.

    Raises
    ------
    SourceError
        When it is not well-formed, has a DTD or nests too deeply.
    """
    from defusedxml import ElementTree  # noqa: PLC0415 - few inputs are XML

    check_xml(opened)
    try:
        root: Element = ElementTree.fromstring(opened.content, forbid_dtd=True)
    except ElementTree.ParseError as error:  # element names with a brace
        reason = coded_reason(error) or error
        raise opened.error("BG-117", reason=reason, line=error.position[0]) from error
    return root


def check_xml(opened: Opened, handler: _DepthChecker | None = None) -> None:
    """Refuse XML that is not well-formed, has a DTD or nests too deeply, without building a tree.

    Raises
    ------
    SourceError
        With the line of the fault.
    """
    from defusedxml import DefusedXmlException, sax  # noqa: PLC0415

    checker = handler or _DepthChecker(opened)
    try:
        sax.parseString(opened.content, checker, forbid_dtd=True)
    except SourceError:
        raise
    except DefusedXmlException as error:
        raise opened.error("BG-117", reason="DTD", line=checker.line) from error
    except (SAXException, ValueError, LookupError) as error:
        raise opened.error("BG-117", reason=_sax_reason(error), line=checker.line) from error


def _sax_reason(error: Exception) -> Reason | str:
    """Return why a SAX parser stopped, without the file name it does not know."""
    english = str(error).removeprefix("<unknown>:")
    cause = error.getException() if isinstance(error, SAXParseException) else None
    if not isinstance(cause, ExpatError) or not isinstance(error, SAXParseException):
        return english
    place = f"{error.getLineNumber()}:{error.getColumnNumber()}"
    return Reason(english, f"{place}: {xml_words(cause.code)}")


def check_osm(opened: Opened) -> None:
    """Refuse well-formed XML that is not OSM, before osmium reads it.

    Raises
    ------
    SourceError
        With the line and the faulty element.
    """
    check_xml(opened, _OsmChecker(opened))


class _DepthChecker(ContentHandler):
    """SAX handler that limits how deeply elements nest."""

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self.opened = opened
        self.inside: list[str] = [""]
        self.locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - a name of xml.sax
        self.locator = locator

    @property
    def line(self) -> int | str:
        """Current line of the parser."""
        return (self.locator.getLineNumber() if self.locator else None) or "?"

    def refuse(self, reason: str) -> SourceError:
        return self.opened.error("BG-117", reason=reason, line=self.line)

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: ARG002, N802
        self.inside.append(name)
        if len(self.inside) > DEEPEST_XML:
            raise self.refuse(f"nesting > {DEEPEST_XML}")

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002
        self.inside.pop()


class _OsmChecker(_DepthChecker):
    """SAX handler that checks every element against the schema of OSM files."""

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        parent = self.inside[-1]
        super().startElement(name, attrs)
        if name not in OSM_ELEMENTS.get(parent, ()):
            raise self.refuse(f"<{name}> in <{parent}>" if parent else f"root <{name}>")
        if name == "osm" and attrs.get("version") != OSM_VERSION:
            raise self.refuse(f"version {attrs.get('version')!r}, not {OSM_VERSION!r}")
        for needed in NEEDED.get(name, ()):
            if needed not in attrs:
                raise self.refuse(f"<{name}> without {needed!r}")
            if (name, needed) in REFERENCES and not WHOLE_NUMBER.fullmatch(attrs[needed]):
                raise self.refuse(f"{needed}={attrs[needed]!r}")
        if name == "member" and attrs["type"] not in MEMBERS:
            raise self.refuse(f"type={attrs['type']!r}")
        if name == "node":
            self._check_place(attrs)

    def characters(self, content: str) -> None:
        """Refuse an Overpass answer with the remark that it is incomplete."""
        if self.inside[-1] == "remark" and content.strip():
            raise self.opened.error("BG-114", remark=content.strip())

    def _check_place(self, attrs: AttributesImpl) -> None:
        if "lat" not in attrs and "lon" not in attrs and attrs.get("visible") == "false":
            return
        for side, limit in LIMITS.items():
            try:
                is_place = abs(float(attrs.get(side, ""))) <= limit
            except ValueError:
                is_place = False
            if not is_place:
                raise self.refuse(f"{side}={attrs.get(side)!r}")


def tag_of(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
