"""3x3 matrices between linear color spaces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from penumbra.color.conversion import Conversion

Row = tuple[float, float, float]
# By rows: the first gives red from red, green and blue.
Matrix = tuple[Row, Row, Row]

IDENTITY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def matrix_of(conversion: Conversion) -> Matrix | None:
    """The matrix that a conversion is, found by asking it for the primaries; None where it is something else."""
    columns = conversion.of(*IDENTITY)
    if np.allclose(columns, IDENTITY, atol=1e-6):
        return IDENTITY
    probes = np.array([(0, 0, 0), (1, 1, 1), (0.18, 0.5, 0.01), (7, 3, 30), (-0.2, 0.1, 0.4)])
    if not np.allclose(conversion.of(*probes.tolist()), probes @ columns, rtol=1e-4, atol=1e-4):
        return None
    red, green, blue = columns.T
    return _row(red), _row(green), _row(blue)


def _row(values: NDArray[np.float64]) -> Row:
    from_red, from_green, from_blue = map(float, values)
    return from_red, from_green, from_blue
