"""Qt's undo framework, which Qt 6 keeps in another module than Qt 5."""

from __future__ import annotations

from qgis.PyQt import QtGui, QtWidgets

_module = QtGui if hasattr(QtGui, "QUndoStack") else QtWidgets
QUndoCommand, QUndoStack = _module.QUndoCommand, _module.QUndoStack
