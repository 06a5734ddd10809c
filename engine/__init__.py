"""The engine of Swath: pixels and tensors, without QGIS and without Qt.

It runs in an environment of its own, as a child process of QGIS or from a command line.
The way of the data is in :mod:`.pipeline`; what each part may import is in ``DESIGN.md``.
"""

__version__ = "0.1.0"
