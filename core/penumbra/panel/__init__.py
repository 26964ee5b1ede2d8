"""The panel: jobs, their timelines and pictures, as a Qt widget. Docked in Nuke, and the body of `penumbra ui`.

It knows Qt (PySide6, and no more of it than 6.5 has), the desk and the protocol. It reads no pictures and no shot
files, and nothing in it ever waits.
"""

from __future__ import annotations

from penumbra.panel.hooks import Hooks
from penumbra.panel.panel import Panel

__all__ = ["Hooks", "Panel"]
