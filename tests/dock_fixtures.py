"""An image on a canvas, samples and a hand, as fixtures for the tests of the dock."""

from __future__ import annotations

import pytest
from dock_cases import Hand, make_canvas, make_image, make_store


@pytest.fixture
def store(tmp_path, qgis_new_project):
    """Return new samples in an empty project, of the classes field (1) and roof (2)."""
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def image(tmp_path, qgis_new_project):
    """Return an image in an empty project."""
    return make_image(tmp_path)


@pytest.fixture
def canvas(image):
    """Return a shown canvas with the image."""
    made = make_canvas([image])
    yield made
    made.close()


@pytest.fixture
def hand(canvas):
    """Return mouse and keys on the canvas."""
    return Hand(canvas)
