"""Charts: axes, read-out, hidden lines, pictures, and speed."""

from __future__ import annotations

import math
import time

import pytest
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPalette
from qgis.PyQt.QtTest import QTest


@pytest.fixture
def chart(qgis_app):
    from swath.plugin.training.charts import LineChart, Series

    made = LineChart("Loss", "Epoch")
    xs = [float(number) for number in range(1, 11)]
    made.set_series(
        [Series("training", xs, [10.0 / x for x in xs]), Series("validation", xs, [None, *(5.0 / x for x in xs[1:])])],
        4.0,
        "best: 4",
    )
    made.resize(400, 200)
    made.show()
    made.grab()
    yield made
    made.deleteLater()


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.02, 0.98], ["0", "0.25", "0.50", "0.75", "1.00"]),
        ([3, 17], ["0", "5", "10", "15", "20"]),
        ([-0.4, 0.4], ["-0.4", "-0.2", "0", "0.2", "0.4"]),
        ([120_000, 480_000], None),
        ([2.0, 2.0], None),
        ([None, math.nan, 1.0], None),
        ([], None),
    ],
)
def test_linear_axis_holds_all_values_between_round_numbers(values, ticks):
    from swath.plugin.training.chart_scale import known, linear_axis

    axis = linear_axis(values, 4)
    if ticks is not None:
        assert [axis.text(tick) for tick in axis.ticks] == ticks
    assert 2 <= len(axis.ticks) <= 8
    assert len({axis.text(tick) for tick in axis.ticks}) == len(axis.ticks)
    for value in known(values):
        assert 0 <= axis.place(value) <= 1
        assert axis.value(axis.place(value)) == pytest.approx(value)


@pytest.mark.parametrize("values", [[1e-6, 1e-3], [0.001, 0.002], [0.5], [-1.0, 0.0], [1e-9, 1e9]])
def test_log_axis_marks_few_round_numbers(values):
    from swath.plugin.training.chart_scale import log_axis

    axis = log_axis(values, 5)
    assert 1 <= len(axis.ticks) <= 5
    for value in (value for value in values if value > 0):
        assert 0 <= axis.place(value) <= 1
        assert axis.value(axis.place(value)) == pytest.approx(value)


def test_axis_of_epochs_marks_whole_numbers_only():
    from swath.plugin.training.chart_scale import linear_axis

    for count in (1, 2, 3, 7, 40, 999):
        axis = linear_axis([1, count], 6, whole=True, tight=True)
        assert all(tick == int(tick) for tick in axis.ticks)
        assert axis.place(count) <= 1


def test_mouse_reads_out_the_nearest_epoch_and_leaves_without_a_trace(chart):
    look = chart._look
    at = look.point(5.0, 2.0)
    QTest.mouseMove(chart, QPoint(int(at.x()) + 3, int(at.y()) + 9))
    x, values = chart.readout()
    assert x == 5.0
    assert values == [(0, "training", 2.0), (1, "validation", 1.0)]
    first = look.point(1.0, 10.0)
    QTest.mouseMove(chart, QPoint(int(first.x()), int(first.y()) + 20))
    assert chart.readout() == (1.0, [(0, "training", 10.0)])
    QTest.mouseMove(chart, QPoint(2, 2))
    assert chart.readout() is None


def test_arrow_keys_read_out_without_a_mouse(chart):
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.readout()[0] == 1.0
    QTest.keyClick(chart, Qt.Key.Key_Right)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.readout()[0] == 3.0
    QTest.keyClick(chart, Qt.Key.Key_End)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.readout()[0] == 10.0


def test_pressing_a_name_hides_its_line_but_never_the_last(chart):
    def press(name):
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart._look.names[name].center().toPoint())
        chart.grab()

    press("training")
    assert [item.name for item in chart.shown()] == ["validation"]
    assert chart.axes()[1].high < 5
    press("validation")
    assert [item.name for item in chart.shown()] == ["validation"]
    press("training")
    assert len(chart.shown()) == 2


def test_menu_offers_logarithm_and_lines(chart):
    actions = {action.text(): action for action in chart.menu().actions()}
    actions["Logarithmic axis"].trigger()
    assert chart.axes()[1].log
    actions["training"].trigger()
    assert "training" in chart.hidden


def test_picture_is_saved_where_the_user_says(chart, tmp_path):
    chart.ask_path = lambda: str(tmp_path / "loss")
    next(action for action in chart.menu().actions() if "PNG" in action.text()).trigger()
    image = QImage(str(tmp_path / "loss.png"))
    assert (image.width(), image.height()) == (800, 400)
    chart.ask_path = lambda: ""
    next(action for action in chart.menu().actions() if "PNG" in action.text()).trigger()
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("dark", [False, True])
def test_lines_stand_out_from_the_ground_in_any_theme(chart, dark):
    from swath.plugin.training.theme import series_color

    palette = QPalette(chart.palette())
    palette.setColor(QPalette.ColorRole.Base, QColor("#202020" if dark else "#ffffff"))
    palette.setColor(QPalette.ColorRole.Text, QColor("#e0e0e0" if dark else "#101010"))
    chart.setPalette(palette)
    image = chart.grab().toImage()
    assert (image.pixelColor(1, 1).lightness() < 60) is dark
    place = chart._look.point(4.0, 2.5).toPoint()
    seen, wanted = image.pixelColor(place), series_color(palette, 0)
    assert all(abs(a - b) < 40 for a, b in zip(seen.getRgb(), wanted.getRgb(), strict=True))
    for number in range(8):
        color, ground = series_color(palette, number), palette.color(QPalette.ColorRole.Base)
        assert abs(color.lightness() - ground.lightness()) > 60


def test_chart_without_values_says_so(qgis_app):
    from swath.plugin.training.charts import LineChart, Series

    for series in ([], [Series("training", [], [])], [Series("training", [1.0], [None])]):
        made = LineChart("Loss", "Epoch")
        made.set_series(series, 3.0, "best: 3")
        made.resize(300, 160)
        assert not made.grab().isNull()
        assert made.readout() is None
        made.deleteLater()


def test_a_thousand_epochs_are_painted_fast(chart):
    from swath.plugin.training.charts import Series

    xs = [float(number) for number in range(1, 1001)]
    lines = [Series(f"{name}", xs, [math.sin(x * name) + 2 for x in xs]) for name in (1, 2, 3)]
    spent = []
    for _ in range(5):
        chart.set_series(lines, 500.0, "best: 500")
        began = time.process_time()
        chart.grab()
        spent.append(time.process_time() - began)
    assert sorted(spent)[2] < 0.05
    began = time.process_time()
    QTest.keyClick(chart, Qt.Key.Key_Home)
    chart.grab()
    assert chart.readout()[0] == 1.0
    assert time.process_time() - began < 0.03
