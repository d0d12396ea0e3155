"""Names stand inside their village, over no symbol and no other name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from batu_geo.render.text.label_places import place_labels

if TYPE_CHECKING:
    from batu_geo.planning.study import Study

NOTHING = np.empty((0, 4))


def box(centre: np.ndarray, size: tuple[float, float]) -> shapely.Polygon:
    (x, y), (w, h) = centre, size
    return shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2)


def test_a_free_village_is_named_in_its_middle() -> None:
    square = np.array([shapely.box(0, 0, 100, 100)])
    assert np.allclose(place_labels(square, [(20, 5)], NOTHING), [[50, 50]], atol=3)


def test_a_name_makes_room_for_a_symbol() -> None:
    square = np.array([shapely.box(0, 0, 100, 100)])
    symbol = np.array([[40.0, 40, 60, 60]])
    centre = place_labels(square, [(20, 5)], symbol)[0]
    assert not box(centre, (20, 5)).intersects(shapely.box(40.1, 40.1, 59.9, 59.9))


@pytest.mark.slow
def test_the_24_names_of_the_city_do_not_hide_each_other(study: Study) -> None:
    shapes = study.villages.geometry.to_numpy()
    sizes = [(90.0 * len(name), 250.0) for name in study.villages["village_name"]]
    centres = place_labels(shapes, sizes, NOTHING)
    assert shapely.contains_xy(shapes, centres).all()
    boxes = [box(c, s) for c, s in zip(centres, sizes, strict=True)]
    shared = [a.intersection(b).area / a.area for n, a in enumerate(boxes) for b in boxes[n + 1 :]]
    assert max(shared) < 0.05
