"""MemoryState: all that crosses from one frame to the next, as a value. Nothing else of the past is kept anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from penumbra.errors import FileError
from penumbra.memory.attention import PIECE_BYTES, read
from penumbra.memory.stored import read_stored, write_stored

# A frame is remembered every MEMORY_EVERY frames. Key frames stay for good, of the later ones the newest RECENT.
MEMORY_EVERY = 5
RECENT = 4
# Raised when the meaning of a snapshot changes.
SNAPSHOT_VERSION = 3


@dataclass(frozen=True)
class MemoryEntry:
    """One remembered frame: `key` `[B,K,h,w]`, `shrinkage` `[B,1,h,w]`, `value` `[N,C,h,w]`."""

    key: Tensor = field(repr=False)
    shrinkage: Tensor = field(repr=False)
    value: Tensor = field(repr=False)

    def stored(self, storage: torch.dtype) -> MemoryEntry:
        """The same with its value in that precision. What half precision cannot hold is the nearest that it can."""
        if self.value.dtype == storage:
            return self
        most = torch.finfo(storage).max
        return replace(self, value=self.value.clamp(-most, most).to(storage))


def storage_of(entries: tuple[MemoryEntry, ...]) -> torch.dtype:
    """The coarsest precision in which a value of the bank is kept: that of the bank."""
    return min((entry.value.dtype for entry in entries), key=lambda dtype: dtype.itemsize)


def recall(
    entries: tuple[MemoryEntry, ...], query: Tensor, selection: Tensor, piece_bytes: int = PIECE_BYTES
) -> Tensor:
    """What the remembered frames answer to this one.

    Args:
        entries: The bank.
        query: `[B,K,h,w]`, the key of this frame.
        selection: `[B,K,h,w]`, 0..1.
        piece_bytes: What one piece of the similarity may take.

    Returns:
        The readout `[N,C,h,w]`, in float32.
    """
    batch, size = query.shape[0], query.shape[-2:]

    def positions(tensors: list[Tensor]) -> Tensor:
        """`[X,C,h,w]` of every entry -> `[X,C,n]`."""
        return torch.cat([tensor.flatten(2) for tensor in tensors], 2)

    # Never in a finer precision than they are kept in: values are the most that memory holds.
    storage = storage_of(entries)
    value_NCn = positions([entry.stored(storage).value for entry in entries])
    objects, channels = value_NCn.shape[0] // batch, value_NCn.shape[1]
    value_BnX = value_NCn.unflatten(0, (batch, objects)).permute(0, 3, 1, 2).flatten(2)
    readout_BpX = read(
        positions([entry.key for entry in entries]),
        positions([entry.shrinkage for entry in entries])[:, 0],
        value_BnX,
        query.flatten(2),
        selection.flatten(2),
        piece_bytes,
    )
    return readout_BpX.unflatten(2, (objects, channels)).permute(0, 2, 3, 1).flatten(0, 1).unflatten(2, size)


@dataclass(frozen=True)
class MemoryState:
    """The past of a shot, as far as the next frame needs it.

    Tensors are at the padded size (multiples of 16); `N` objects share `B` = 1 image.

    Attributes:
        model: Digest of the model that made it; another model cannot read it.
        frame_size: Height and width of the view, not padded.
        entries: The bank, the permanent key frames first.
        sensory: `[N,C,h,w]`, what every frame adds to.
        summaries: `[N,Q,C+1]`, sums over all memory frames, the dropped ones too.
        last_alpha: `[N,1,H,W]`, 0..1.
        last_pixel: `[B,C,h,w]`, P of the last frame.
        last_value: `[N,C,h,w]`, the value of the last frame.
        frames_since_memory: How many frames ago one was remembered.
        permanent: How many of the entries are key frames, which are never dropped.
    """

    model: str
    frame_size: tuple[int, int]
    entries: tuple[MemoryEntry, ...] = field(repr=False)
    sensory: Tensor = field(repr=False)
    summaries: Tensor = field(repr=False)
    last_alpha: Tensor = field(repr=False)
    last_pixel: Tensor = field(repr=False)
    last_value: Tensor = field(repr=False)
    frames_since_memory: int = 0
    permanent: int = 1

    @property
    def objects(self) -> int:
        """How many objects it follows."""
        return self.last_alpha.shape[0]

    def with_entry(self, entry: MemoryEntry) -> tuple[MemoryEntry, ...]:
        """The bank with one more frame, kept as precisely as it is, and without the one that is dropped for it."""
        entry = entry.stored(storage_of(self.entries))
        return (*self.entries[: self.permanent], *(*self.entries[self.permanent :], entry)[-RECENT:])

    def holding(self, other: MemoryState) -> MemoryState:
        """The memory after a key frame, which also knows another key frame of the same objects for good.

        Args:
            other: The memory after that one. Nothing but the key frame itself is taken from it.
        """
        keys = (*self.entries[: self.permanent], *other.entries[: other.permanent])
        return replace(
            self,
            entries=(*keys, *self.entries[self.permanent :]),
            # The sums are over all memory frames, and this is one more.
            summaries=self.summaries + other.summaries,
            permanent=len(keys),
        )

    def save(self, path: Path | str, fingerprint: str = "") -> None:
        """Write a snapshot (safetensors), complete or not at all.

        Args:
            path: The file.
            fingerprint: Of all that the memory was made from; whoever loads it may ask for just that.

        Raises:
            MachineError: It cannot be written there.
        """
        tensors = {name: getattr(self, name) for name in TENSORS}
        for index, entry in enumerate(self.entries):
            tensors |= {f"entries.{index}.{name}": getattr(entry, name) for name in ENTRY_TENSORS}
        header = {
            "version": SNAPSHOT_VERSION,
            "fingerprint": fingerprint,
            "model": self.model,
            "frame_size": self.frame_size,
            "frames_since_memory": self.frames_since_memory,
            "permanent": self.permanent,
            "entries": len(self.entries),
        }
        write_stored(Path(path), header, tensors)

    @classmethod
    def load(cls, path: Path | str, fingerprint: str | None = None) -> MemoryState:
        """Read a snapshot, bit for bit what was saved, onto the CPU.

        Args:
            path: The file.
            fingerprint: What it must have been saved with; None takes any.

        Raises:
            FileError: It is not a snapshot, is damaged, of another version, or of another fingerprint.
        """
        header, tensors = read_stored(Path(path), SNAPSHOT_VERSION)
        if fingerprint is not None and fingerprint != header["fingerprint"]:
            raise FileError(
                f"{path} is the memory of something else: its fingerprint is {header['fingerprint'][:12] or 'empty'}, "
                f"and {fingerprint[:12]} was expected.",
                "Delete it: the run starts from the key frame again.",
                path=path,
            )
        return cls(
            model=header["model"],
            frame_size=(header["frame_size"][0], header["frame_size"][1]),
            entries=tuple(
                MemoryEntry(*(tensors[f"entries.{index}.{name}"] for name in ENTRY_TENSORS))
                for index in range(header["entries"])
            ),
            frames_since_memory=header["frames_since_memory"],
            permanent=header["permanent"],
            **{name: tensors[name] for name in TENSORS},
        )


TENSORS = ("sensory", "summaries", "last_alpha", "last_pixel", "last_value")
ENTRY_TENSORS = ("key", "shrinkage", "value")
