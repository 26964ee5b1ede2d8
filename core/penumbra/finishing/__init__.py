"""From the alpha and the plate to what a compositor gets."""

from penumbra.finishing.controls import controlled
from penumbra.finishing.edges import bilinear, guided
from penumbra.finishing.foreground import estimated_foreground
from penumbra.finishing.premultiply import premultiplied

__all__ = ["bilinear", "controlled", "estimated_foreground", "guided", "premultiplied"]
