"""What is left of a form when it is gone: nothing that could pass for the widgets of the next one."""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent
from qgis.PyQt.QtWidgets import QApplication, QWidget


def held() -> Counter:
    """Return the widgets that Python believes to be alive, by their types."""
    found = (item for item in gc.get_objects() if isinstance(item, QWidget))
    return Counter(type(item).__name__ for item in found if not sip.isdeleted(item))


@pytest.mark.parametrize("kind", ["form", "export", "apply"])
def test_python_holds_no_widget_of_a_form_that_was_deleted(form_context, kind):
    from swath.plugin.forms.algorithm_form import AlgorithmForm
    from swath.plugin.forms.apply_tab import ApplyTab
    from swath.plugin.forms.export_tab import ExportTab

    makers = {
        "form": lambda context: AlgorithmForm(context, "swath:trainmodel"),
        "export": ExportTab,
        "apply": ApplyTab,
    }
    gc.collect()
    before = held()
    shown = makers[kind](form_context)
    shown.show()
    QApplication.processEvents()
    assert sum((held() - before).values()) > 30
    shown.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    assert held() - before == Counter()
