"""One frame through network and memory: the only room that holds both."""

from penumbra.propagation.blend import Blended, blend, ramp
from penumbra.propagation.propagator import Propagates, Propagator
from penumbra.propagation.region import Region

__all__ = ["Blended", "Propagates", "Propagator", "Region", "blend", "ramp"]
