"""How good a matte is, in numbers and in a picture."""

from penumbra.evaluation.metrics import Errors, errors, temporal_error
from penumbra.evaluation.sheet import Row, draw_sheet, over_checkerboard

__all__ = ["Errors", "Row", "draw_sheet", "errors", "over_checkerboard", "temporal_error"]
