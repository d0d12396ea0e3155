"""One palette a measure: told apart by every reader, in grey too, the same on screen and paper."""

from __future__ import annotations

import json
import math
import re
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from batu_geo.render.cartography.palette import (
    BURDEN,
    CERTAINTY,
    MINUTES,
    MISSING,
    PAIR,
    PEOPLE,
    REACH,
    REACH_OF_OTHER_MODES,
    REFERRAL,
    SHARE,
    STATUS,
    SURFACE,
)
from batu_geo.render.cartography.symbols import SYMBOLS
from batu_geo.render.paper.print_style import OUTSIDE
from batu_geo.render.web.workbench_page import workbench_page

LEAST_APART, LEAST_STEP = 10.0, 8.0
GROUNDS = (OUTSIDE, "#eef1ee")
PALETTES = {
    "share": [look.colour for look in SHARE.looks[::-1]],
    "burden": [look.colour for look in BURDEN.looks],
    "minutes": [look.colour for look in MINUTES.looks],
    "status": [look.colour for look in STATUS.looks.values()],
    "certainty": [look.colour for look in CERTAINTY.looks.values() if not look.hatch],
    "people": [look.colour for look in PEOPLE.looks.values()],
    "pair": [look.colour for look in PAIR.looks.values()],
    "surface": list(SURFACE),
    **{f"reach {mode}": list(ramp[::-1]) for mode, ramp in REACH.items()},
    "reach of others": list(REACH_OF_OTHER_MODES[::-1]),
}
APART_ONLY = {
    "trips": [look.colour for look in REFERRAL.looks.values()],
    "houses": [SYMBOLS[name].colour for name in ("fit", "to_verify")],
    "unit": [SYMBOLS["unit_open"].colour, "#ffffff"],
}

# As a reader sees who lacks one kind of cones: Machado, Oliveira & Fernandes 2009, severity 1,
# on linear light.
CONES = {
    "plain": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip


def lab(colour: str, cones: str = "plain") -> tuple[float, float, float]:
    """Return L*, a*, b* of a colour, white being that of sRGB."""
    coded = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(CONES[cones]) @ light, 0, 1)
    part = TO_XYZ @ seen / TO_XYZ.sum(axis=1)
    x, y, z = np.where(part > 216 / 24389, np.cbrt(part), (24389 / 27 * part + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def hue(b: float, a: float) -> float:
    return math.degrees(math.atan2(b, a)) % 360


def ciede2000(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return how far two colours look apart: Sharma, Wu & Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * math.sqrt(mean**7 / (mean**7 + 25.0**7))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1, h2 = hue(b1, a1 * stretch), hue(b2, a2 * stretch)
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    if h2 - h1 == 180:
        turn = 180.0
    across = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    if not c1 * c2:
        middle = h1 + h2
    elif abs(h1 - h2) <= 180:
        middle = (h1 + h2) / 2
    else:
        middle = (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    waves = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    t = 1 + sum(s * math.cos(math.radians(n * middle + by)) for s, n, by in waves)
    far = (lightness - 50) ** 2
    dl = (l2 - l1) / (1 + 0.015 * far / math.sqrt(20 + far))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = across / (1 + 0.015 * chroma * t)
    turned = 60 * math.exp(-(((middle - 275) / 25) ** 2))
    rotated = -math.sin(math.radians(turned)) * 2 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    return math.sqrt(dl**2 + dc**2 + dh**2 + rotated * dc * dh)


# Pairs 1, 4, 7, 10, 14, 17, 20, 25, 29, 33 and 34 of table 1 of that paper.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0010), 7.1792),
    ((50, -0.0010, 2.4900), (50, 0.0010, -2.4900), 4.8045),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "published"), SHARMA)
def test_the_distance_is_that_of_the_published_pairs(one, other, published: float) -> None:
    assert ciede2000(one, other) == pytest.approx(published, abs=6e-5)
    assert ciede2000(other, one) == pytest.approx(published, abs=6e-5)


@pytest.mark.parametrize("cones", list(CONES))
@pytest.mark.parametrize("name", [*PALETTES, *APART_ONLY])
def test_any_two_classes_are_told_apart_by_every_reader(name: str, cones: str) -> None:
    for one, other in combinations((PALETTES | APART_ONLY)[name], 2):
        apart = ciede2000(lab(one, cones), lab(other, cones))
        assert apart >= LEAST_APART, (one, other, round(apart, 1))


@pytest.mark.parametrize("name", list(PALETTES))
def test_a_grey_copy_reads_and_the_worst_stands_out_most(name: str) -> None:
    lightness = [lab(colour)[0] for colour in PALETTES[name]]
    assert min(one - other for one, other in pairwise(lightness)) >= LEAST_STEP
    for ground in GROUNDS:
        apart = [ciede2000(lab(colour), lab(ground)) for colour in PALETTES[name]]
        assert apart == sorted(apart), ground


def test_no_data_is_a_pattern_and_no_class_has_one() -> None:
    assert MISSING.hatch
    assert {classes.missing for classes in (SHARE, BURDEN, MINUTES)} == {MISSING}
    assert CERTAINTY.look_of("nobody") is MISSING
    classed = [*SHARE.looks, *BURDEN.looks, *MINUTES.looks, *STATUS.looks.values()]
    assert not any(look.hatch for look in classed)


def test_scripts_get_the_colours_of_measures_and_write_none() -> None:
    measures = {colour.lower() for colours in PALETTES.values() for colour in colours}
    assets = Path(workbench_page.__code__.co_filename).parent / "assets"
    for path in assets.glob("*.js"):
        written = set(re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8")))
        assert not {colour.lower() for colour in written} & measures, path.name
    given = workbench_page().partition('<script id="given" type="application/json">')[2]
    looks = json.loads(given.partition("</script>")[0])["looks"]
    assert looks["share"] == PALETTES["share"][::-1]
    assert looks["nobody"] == "url(#no-data)"
    assert looks["surface"] == list(SURFACE)
