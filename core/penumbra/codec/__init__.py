"""Picture files. The only room that imports OpenImageIO."""

from penumbra.codec.read import UnreadableError, read_header, read_picture
from penumbra.codec.write import write_exr

__all__ = ["UnreadableError", "read_header", "read_picture", "write_exr"]
