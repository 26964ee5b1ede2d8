"""Draw the icons that Nuke and Qt take, from penumbra.svg.

.venv/bin/python icons/make_icons.py [FOLDER]
"""

import sys
from pathlib import Path

from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE = Path(__file__).resolve().parent
# Nuke's menus and toolbar show 24 pixels; Qt takes the file named @2x by itself on a display of twice the scale.
SIZES = {"penumbra.png": 24, "penumbra@2x.png": 48, "penumbra_256.png": 256}


def draw(source: Path, size: int) -> QImage:
    """The drawing as a square picture, transparent around it."""
    drawing = QSvgRenderer(str(source))
    if not drawing.isValid():
        sys.exit(f"{source} is not an SVG drawing.")
    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    drawing.render(painter)
    painter.end()
    return picture


def main(folder: Path) -> None:
    """Write every size into a folder."""
    for name, size in SIZES.items():
        if not draw(HERE / "penumbra.svg", size).save(str(folder / name)):
            sys.exit(f"{folder / name} cannot be written.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else HERE)
