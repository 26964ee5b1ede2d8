"""What a picture is: pixels that carry their windows, frame number and metadata."""

from penumbra.image.picture import Attribute, Header, Layer, Matte, Picture, Plate
from penumbra.image.window import Window, around, placed

__all__ = ["Attribute", "Header", "Layer", "Matte", "Picture", "Plate", "Window", "around", "placed"]
