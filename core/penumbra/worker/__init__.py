"""A door: JSON-RPC on stdin and stdout, for Nuke and the window. It computes no pixels. See docs/worker.md."""

from penumbra.worker.service import serve

__all__ = ["serve"]
