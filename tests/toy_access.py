"""A toy town of seven points with every access measure worked out by hand.

Five places, two units U (2 staff) and V (3 staff), minutes on foot::

    place  people  to U  to V  poor %
    a      100     5     inf   10
    b      100     10    20    10
    c      200     15    10    20
    d      200     inf   30    40
    e      50      inf   inf   40

**Nearest.** a 5, b 10, c 10, d 30, e inf.

**Cumulative**, staff within t, which counts: t=5: 2 0 0 0 0; t=10: 2 2 3 0 0;
t=15: 2 2 5 0 0; t=30: 2 5 5 3 0.

**Gravity**, the weight halves every 5 minutes: a 2/2 = 1; b 2/4 + 3/16 = 0.6875;
c 2/8 + 3/4 = 1; d 3/64; e 0.

**2SFCA**, 15 minutes: U serves a, b, c: 2/400 = 0.005; V serves c: 3/200 = 0.015.
So a 0.005, b 0.005, c 0.02, d 0, e 0. Handed out: 0.5 + 0.5 + 4 = 5, all staff.

**E2SFCA**, zones 10, 20, 30 with weights 1, 0.5, 0.25: U meets 100 + 100 + 200/2 = 300
people, ratio 2/300; V meets 100/2 + 200 + 200/4 = 300, ratio 3/300. So a 1/150;
b 1/150 + 0.005; c 1/300 + 0.01; d 0.0025; e 0. Handed out: 2/3 + (2/3 + 1/2) +
(2/3 + 2) + 1/2 = 5.

**Balanced**, same zones: b splits its people 2/3 to U and 1/3 to V, c 1/3 and 2/3.
U meets 100 + 200/3 + 200/3 = 700/3 people, V 100/3 + 400/3 + 200 = 1100/3, together the
600 who reach a unit. Ratios 6/700 and 9/1100. U gives a, b, c the shares 2/5, 2/5, 1/5
of its ratio, V gives b, c, d 2/7, 4/7, 1/7. The places together get 6/700 + 9/1100.

**Equity** of 2SFCA over 650 people: of the supply, e and d have 0 (250 people), a and b 1/5
(200), c 4/5 (200). Gini 1 - 4/13 (0 + 1/5) - 4/13 (1/5 + 1) = 7.4/13. The mean is 1/130,
so a and b have 0.65 of it, c 2.6: Theil 0.2 ln 0.65 + 0.8 ln 2.6. Palma: NaN, five
places are too few. Along poverty the middle ranks are 2/13 (a, b), 6/13 (c), 21/26 (d, e):
concentration 2 (0.2 (2/13 - 1/2) + 0.8 (6/13 - 1/2)) = -0.2, more among the less poor.

**Minutes**: the 65th person of 650 needs 5, the 585th 30: P90 - P10 = 25.

**By the hour**: U has a nurse Monday to Friday 8 to 12, V a midwife Monday and Tuesday 8 to
10; within 15 minutes U serves 400, V 200 of the same. With both 400, with V alone 200.
"""

from __future__ import annotations

import numpy as np

from batu_geo.network.travel_times import TravelTimes, matrix_times

INF = np.inf
PLACES = ("a", "b", "c", "d", "e")
PEOPLE = np.array([100, 100, 200, 200, 50])
POOR = np.array([10.0, 10, 20, 40, 40])
SUPPLY = np.array([2.0, 3.0])
ZONES, ZONE_WEIGHTS = (10, 20, 30), (1, 0.5, 0.25)


def matrix(minutes: object, *, metres: bool = False) -> TravelTimes:
    """Return travel times of places d0, d1, ... to units U, V, W, ..."""
    table = np.asarray(minutes, dtype=float)
    origins = tuple(f"d{n}" for n in range(len(table)))
    units = tuple("UVWXYZ"[: table.shape[1]])
    return matrix_times(table, origins, units, metres=table * 80 if metres else None)


TOWN = matrix([[5, INF], [10, 20], [15, 10], [INF, 30], [INF, INF]])
