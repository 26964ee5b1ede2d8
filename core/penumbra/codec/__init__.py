"""Picture files. The only room that imports OpenImageIO."""

from penumbra.codec.read import (
    LARGEST_WINDOW,
    UnreadableError,
    check_readable,
    check_whole,
    read_header,
    read_headers,
    read_picture,
)
from penumbra.codec.rows import read_rows
from penumbra.codec.write import Channels, write_exr

__all__ = [
    "LARGEST_WINDOW",
    "Channels",
    "UnreadableError",
    "check_readable",
    "check_whole",
    "read_header",
    "read_headers",
    "read_picture",
    "read_rows",
    "write_exr",
]
