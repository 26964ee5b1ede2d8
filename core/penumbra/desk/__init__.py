"""What a graphical door knows of the worker and of its jobs. No Qt, no threads: a timer asks, and nothing calls back.

Standard library only, and Python 3.7's dialect: this room also runs inside Nuke's own Python.
"""

from __future__ import annotations

from penumbra.desk.desk import Desk
from penumbra.desk.fault import Fault
from penumbra.desk.job import Job
from penumbra.desk.order import Order

__all__ = ["Desk", "Fault", "Job", "Order"]
