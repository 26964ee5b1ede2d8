"""One frame through network and memory: the only room that holds both."""

from penumbra.propagation.propagator import Propagates, Propagator
from penumbra.propagation.region import Region

__all__ = ["Propagates", "Propagator", "Region"]
