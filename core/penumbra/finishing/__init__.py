"""From the alpha and the plate to what a compositor gets."""

from penumbra.finishing.premultiply import premultiplied

__all__ = ["premultiplied"]
