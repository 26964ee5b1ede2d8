"""Qt as this Nuke has it: PySide6 from Nuke 16 on, PySide2 before. The names used here are the same in both."""

from __future__ import annotations

try:
    from PySide6 import QtCore, QtGui, QtWidgets
except ImportError:
    from PySide2 import QtCore, QtGui, QtWidgets  # type: ignore[import-not-found, no-redef]

__all__ = ["QtCore", "QtGui", "QtWidgets"]
