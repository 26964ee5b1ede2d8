"""How good a matte is, in numbers and in a picture."""

from penumbra.evaluation.metrics import Errors, errors, temporal_error
from penumbra.evaluation.sheet import Block, Row, busiest_edge, draw_sheet, over_checkerboard

__all__ = ["Block", "Errors", "Row", "busiest_edge", "draw_sheet", "errors", "over_checkerboard", "temporal_error"]
