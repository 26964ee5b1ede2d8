"""One frame through network and memory: the only room that holds both."""

from penumbra.propagation.process_size import ProcessSize
from penumbra.propagation.propagator import Propagates, Propagator

__all__ = ["ProcessSize", "Propagates", "Propagator"]
