"""Fixtures of the dock's forms."""

from __future__ import annotations

import pytest
from form_cases import Toys


@pytest.fixture(scope="session")
def toys(qgis_app):
    """Register the toy algorithms."""
    from qgis.core import QgsApplication

    provider = Toys()
    QgsApplication.processingRegistry().addProvider(provider)
    yield provider
    QgsApplication.processingRegistry().removeProvider(provider)


@pytest.fixture
def form_context(qgis_new_project, swath_plugin, qgis_canvas):
    """Return a dock's context with an empty project and nothing to label."""
    from swath.plugin.context import DockContext

    return DockContext(qgis_canvas)
