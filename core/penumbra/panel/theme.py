"""The panel's colors, each with one meaning, and its style sheet.

The ground is Nuke's own grey. The colors of states are from the palette of Okabe and Ito, which the color-blind tell
apart, and every state has a shape of its own as well (`marks.py`).
"""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QWidget

GROUND, RAISED, SUNKEN, LINE = "#323232", "#3e3e3e", "#282828", "#4a4a4a"
INK, QUIET, FAINT = "#e2e2e2", "#ababab", "#787878"

WORK = "#56b4e9"  # done, and being done
CARE = "#e69f00"  # stale, or waiting for something: look at it
FAULT = "#f0744b"  # wrong
KEY = "#f0e442"  # the artist's word: a key frame
DISAGREEMENT = "#cc79a7"

# Pixels; everything is a multiple of it.
UNIT = 4

_SHEET = Template("""
#panel, #panel QWidget { color: $ink; selection-background-color: #3f6f92; selection-color: #ffffff; }
#panel, QMainWindow { background: $ground; }
#panel QSplitter::handle { background: $ground; }
#panel QSplitter::handle:hover { background: $line; }
#panel QAbstractScrollArea, #panel QPlainTextEdit { background: $sunken; border: 1px solid $line; border-radius: 3px; }
#panel QAbstractScrollArea:focus, #panel QPlainTextEdit:focus { border: 1px solid $work; }
#panel #inside { background: $sunken; }
#panel QScrollArea[role="bare"], #panel QScrollArea[role="bare"]:focus { background: $ground; border: none; }
#panel QPushButton, #panel QToolButton {
    background: $raised; border: 1px solid $line; border-radius: 3px; padding: 3px 10px; min-height: 16px;
    margin: 0; }
#panel QPushButton:hover, #panel QToolButton:hover { background: #4a4a4a; border-color: #5c5c5c; }
#panel QPushButton:pressed, #panel QToolButton:pressed { background: $sunken; }
#panel QPushButton:focus, #panel QToolButton:focus { border-color: $work; }
#panel QPushButton:disabled, #panel QToolButton:disabled { color: $faint; background: $ground; border-color: #424242; }
#panel QPushButton[chief="true"]:enabled { background: #2f6387; border-color: #3d7aa5; color: #ffffff; }
#panel QPushButton[chief="true"]:enabled:hover { background: #397299; }
#panel QToolButton:checked { background: #4d5a63; border-color: $work; color: #ffffff; }
#panel QToolButton[flat="true"] { background: transparent; border-color: transparent; }
#panel QToolButton[flat="true"]:hover { background: #4a4a4a; }
#panel QToolButton[flat="true"]:focus { border-color: $work; }
#panel QPushButton::menu-indicator { image: none; width: 0; }
QMenuBar { background: $ground; color: $ink; padding: 1px 4px; }
QMenuBar::item { background: transparent; padding: 3px 8px; border-radius: 3px; }
QMenuBar::item:selected { background: #4a4a4a; }
#panel QMenu, QMenuBar QMenu { color: $ink; background: $raised; border: 1px solid #5c5c5c; padding: 4px 0; }
#panel QMenu::item, QMenuBar QMenu::item { padding: 4px 24px 4px 12px; background: transparent; }
#panel QMenu::item:selected, QMenuBar QMenu::item:selected { background: #3f6f92; color: #ffffff; }
#panel QMenu::item:disabled { color: $faint; }
#panel QMenu::separator { height: 1px; background: #5c5c5c; margin: 4px 8px; }
#panel QTabWidget::pane { border: none; }
#panel QTabBar { background: transparent; }
#panel QTabBar::tab {
    background: transparent; color: $quiet; padding: 4px 10px; margin-right: 2px; border: 1px solid transparent;
    border-bottom: 2px solid transparent; }
#panel QTabBar::tab:hover { color: $ink; }
#panel QTabBar::tab:selected { color: $ink; border-bottom: 2px solid $work; }
#panel QTabBar::tab:focus { border: 1px solid $work; border-bottom: 2px solid $work; }
#panel QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
#panel QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
#panel QScrollBar::handle { background: #585858; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
#panel QScrollBar::handle:hover { background: #6a6a6a; }
#panel QScrollBar::add-line, #panel QScrollBar::sub-line { width: 0; height: 0; }
#panel QScrollBar::add-page, #panel QScrollBar::sub-page { background: transparent; }
#panel QToolTip, QToolTip { color: $ink; background: #1f1f1f; border: 1px solid #5c5c5c; padding: 3px; }
#panel QLabel[role="quiet"] { color: $quiet; }
#panel QFrame[role="bar"] { background: $raised; border: 1px solid $line; border-radius: 3px; }
""")


def color(name: str, alpha: float = 1.0) -> QColor:
    """One of the colors above, with an opacity of 0..1."""
    result = QColor(name)
    result.setAlphaF(alpha)
    return result


def dress(panel: QWidget) -> None:
    """Give the panel its look, whatever its surroundings look like."""
    roles = QPalette.ColorRole
    palette = panel.palette()
    for role, name in (
        (roles.Window, GROUND), (roles.Base, SUNKEN), (roles.Button, RAISED), (roles.WindowText, INK),
        (roles.Text, INK), (roles.ButtonText, INK), (roles.Highlight, "#3f6f92"), (roles.HighlightedText, "#ffffff"),
        (roles.PlaceholderText, QUIET), (roles.Link, WORK),
    ):  # fmt: skip
        palette.setColor(role, QColor(name))
    panel.setPalette(palette)
    panel.setStyleSheet(sheet())


def sheet() -> str:
    """The style sheet of everything below an object that is named `panel`."""
    named = {"ground": GROUND, "raised": RAISED, "sunken": SUNKEN, "line": LINE, "ink": INK, "quiet": QUIET,
             "faint": FAINT, "work": WORK}  # fmt: skip
    return _SHEET.substitute(named)


def sized(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """The same font, larger or smaller; hosts give sizes in points or in pixels."""
    result = QFont(font)
    if font.pointSizeF() > 0:
        result.setPointSizeF(font.pointSizeF() * factor)
    else:
        result.setPixelSize(round(font.pixelSize() * factor))
    result.setBold(bold)
    return result
