"""Long paths in the dock: cut in their middle, whole in the tool tip, and the dock stays as narrow as it was."""

from __future__ import annotations

import pytest

LONG = "/data/projects/of_somebody/" + "a_long_name_of_a_folder_with_images/" * 6 + "model.partial"


@pytest.fixture
def notice(qgis_app):
    from swath.plugin.forms.notice import Notice

    made = Notice()
    made.resize(360, 100)
    yield made
    made.deleteLater()


def test_a_long_path_is_cut_in_its_middle_and_stands_in_the_tool_tip(notice):
    text = f"The folder {LONG} holds other files: choose another one."
    notice.say(text, "error")
    assert notice.minimumSizeHint().width() < 340
    assert notice.text() == notice.toolTip() == text
    shown = notice.label.text()
    assert shown.startswith("The folder /data/")
    assert "partial holds other files" in shown
    notice.say("Short.", "error")
    assert (notice.label.text(), notice.toolTip()) == ("Short.", "")


def test_links_and_signs_stay_as_they_are_beside_a_long_path(notice):
    notice.say(f'Fields &amp; roofs &lt;{LONG}&gt;. <a href="file://{LONG}">Report</a>', "success", rich=True)
    assert notice.minimumSizeHint().width() < 340
    shown = notice.label.text()
    assert f'href="file://{LONG}"' in shown
    assert shown.startswith("Fields &amp; roofs &lt;/data")
    assert notice.toolTip().startswith("Fields & roofs </data")


def test_languages_without_spaces_are_not_cut(notice):
    text = "文件夹中已有其他文件" * 12
    notice.say(text, "error")
    assert notice.label.text() == text


def test_what_a_run_says_does_not_widen_the_form(form_context, toys):
    from form_cases import PROVIDER, wait_for

    from swath.plugin.forms.algorithm_form import AlgorithmForm

    form = AlgorithmForm(form_context, f"{PROVIDER}:slow", values={"STEPS": 1, "PAUSE": 0.05})
    form.show()
    ended = []
    form.finished.connect(lambda *values: ended.append(values))
    form.panel.runAsked.emit()
    narrow = form.panel.minimumSizeHint().width()
    form.panel.current.message.emit(f"Writing {LONG}")
    assert form.panel.minimumSizeHint().width() <= max(narrow, 360)
    assert LONG in form.panel.line.toolTip()
    wait_for(lambda: ended)
    form.deleteLater()


def test_a_longer_sentence_after_a_long_one_is_shown_whole(form_context, tmp_path):
    from dock_cases import make_image
    from form_cases import wait_for
    from qgis.PyQt.QtTest import QTest

    from swath.plugin.forms.apply_tab import ApplyTab

    tab = ApplyTab(form_context)
    tab.image.setLayer(make_image(tmp_path))
    tab.resize(400, 590)
    tab.show()
    label = tab.picker.notice.label
    for count in (15, 24, 27, 36, 42):
        before = label.text()
        tab.picker.set_path(str(tmp_path / (" word" * count + ".emd")))
        wait_for(lambda before=before: label.text() != before)
        QTest.qWait(80)
        assert label.height() >= label.heightForWidth(label.width()), count
    tab.deleteLater()
