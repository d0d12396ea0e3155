"""A town in which people are far from any road, unreachable and cut off by a closure, all at once.

A unit and a building of it join no road. In the baseline people walk at 5 km/h.
"""

from __future__ import annotations

from tests.drawn_towns import Town, Village

# People by state, whatever the threshold; of Campur every other one is unreachable.
FAR, CUT_OFF, ISLAND, MIXED = 43, 1987, 4321, 600
UNREACHABLE = ISLAND + MIXED // 2
CLOSURE = '\n[[closures]]\nname = "jembatan"\nways = [3]\nsource = "x"\n'
THREE_STATES = Town(
    nodes={"A": (0, 0), "B": (900, 0), "C": (0, 2500), "D": (900, 2500), "E": (0, 9000),
           "F": (900, 9000), "G": (3000, 0), "H": (3900, 0), "K": (-3000, 0), "L": (-2100, 0),
           "M": (-3000, 700), "N": (-2100, 700)},
    ways=(("AB", "residential"), ("CD", "residential"), ("AC", "tertiary"),
          ("EF", "residential"), ("BG", "tertiary"), ("GH", "residential"),
          ("KL", "residential"), ("LA", "tertiary"), ("MN", "residential")),
    villages=(
        Village("1001", "Hulu", 1000, (-50, -50, 950, 50)),
        Village("1002", "Seberang", CUT_OFF, (-50, 2450, 950, 2550)),
        Village("1003", "Pulau", ISLAND, (-50, 8950, 950, 9050)),
        Village("1004", "Puncak", FAR, (6000, 6000, 6400, 6400)),
        Village("1005", "Lereng", 500, (2950, -50, 3950, 2200)),
        Village("1006", "Campur", MIXED, (-3050, -50, -2050, 750)),
    ),
    units=(("U1", "1001", (450.0, 10.0)), ("U5", "1005", (3400.0, 2000.0))),
    buildings=(("G-seberang", "1002", (450.0, 2510.0)), ("G-pulau", "1003", (450.0, 9010.0)),
               ("G-puncak", "1004", (6250.0, 6200.0))),
    more=CLOSURE,
    settings=('demand.inhabited_classes=["residential"]',),
)  # fmt: skip
