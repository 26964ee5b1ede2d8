"""What is remembered, and for how long. This room knows tensors, not the network that made them."""

from penumbra.memory.attention import PIECE_BYTES, TOP_K, read, similarity
from penumbra.memory.state import MEMORY_EVERY, RECENT, MemoryEntry, MemoryState, recall

__all__ = [
    "MEMORY_EVERY",
    "PIECE_BYTES",
    "RECENT",
    "TOP_K",
    "MemoryEntry",
    "MemoryState",
    "read",
    "recall",
    "similarity",
]
