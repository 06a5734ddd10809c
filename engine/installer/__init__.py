"""The engine environment: create, check, repair and remove it (standard library only).

It runs in QGIS's Python, in a plain Python from 3.9 on, and in the engine environment itself. It
downloads nothing unless :func:`.build.create` or :func:`.build.repair` is called, which happens only
when a user asks for it.
"""

from __future__ import annotations

from .places import engine_home, engine_python, find_engine_python

__all__ = ["engine_home", "engine_python", "find_engine_python"]
