"""One conversion between color spaces, as the processor computes it."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio  # type: ignore[import-untyped]
from numpy.typing import NDArray

# Exact, and no slower: the library's default approximates powers and logarithms, and is 2e-5 off in sRGB.
OPTIMIZATION = ocio.OPTIMIZATION_LOSSLESS


class Conversion:
    """From one color space to another. Safe to call from many threads; another thread runs meanwhile.

    Attributes:
        does_nothing: Whether both spaces are the same.
        digest: Of what it computes, its tables included; the same wherever the configuration's files lie.
    """

    def __init__(self, processor: ocio.Processor) -> None:
        self.does_nothing = bool(processor.isNoOp())
        self.digest = str(processor.getCacheID())
        self._processor = processor.getOptimizedCPUProcessor(OPTIMIZATION)

    def __call__(self, rgb_HW3: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same pixels in the other space; the array itself, untouched, where both are the same.

        What is no number (NaN, infinite) is so afterwards in the same channel of the same pixel, and may have made
        the pixel's other channels meaningless; tables would have hidden it.

        Args:
            rgb_HW3: float32, unbounded.
        """
        if self.does_nothing:
            return rgb_HW3
        source = np.ascontiguousarray(rgb_HW3)
        result = np.empty_like(source)
        height, width, _ = source.shape
        # From one array into another: in place (`applyRGB`) it costs two to ten times as much.
        self._processor.apply(
            ocio.PackedImageDesc(source, width, height, 3), ocio.PackedImageDesc(result, width, height, 3)
        )
        broken = ~np.isfinite(source)
        if broken.any():
            np.copyto(result, source, where=broken)
        return result

    def of(self, *colors: tuple[float, float, float]) -> NDArray[np.float64]:
        """What becomes of some colors, `[N,3]`."""
        changed_1N3 = self(np.array([colors], np.float32))
        return np.asarray(changed_1N3[0], np.float64)
