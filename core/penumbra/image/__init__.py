"""What a picture is: pixels that carry their windows, frame number and metadata."""

from penumbra.image.picture import Attribute, Matte, Picture, Plate
from penumbra.image.window import Window, placed

__all__ = ["Attribute", "Matte", "Picture", "Plate", "Window", "placed"]
