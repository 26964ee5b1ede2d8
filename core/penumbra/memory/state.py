"""MemoryState: all that crosses from one frame to the next, as a value. Nothing else of the past is kept anywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from penumbra.aside import written_aside
from penumbra.errors import FileError
from penumbra.memory.attention import read

# A frame is remembered every MEMORY_EVERY frames. The first memory stays for good, of the later ones the newest RECENT.
MEMORY_EVERY = 5
RECENT = 4
# Raised when the meaning of a snapshot changes.
SNAPSHOT_VERSION = 1


@dataclass(frozen=True)
class MemoryEntry:
    """One remembered frame: `key` `[B,K,h,w]`, `shrinkage` `[B,1,h,w]`, `value` `[N,C,h,w]`."""

    key: Tensor = field(repr=False)
    shrinkage: Tensor = field(repr=False)
    value: Tensor = field(repr=False)


def recall(entries: tuple[MemoryEntry, ...], query: Tensor, selection: Tensor) -> Tensor:
    """What the remembered frames answer to this one.

    Args:
        entries: The bank.
        query: `[B,K,h,w]`, the key of this frame.
        selection: `[B,K,h,w]`, 0..1.

    Returns:
        The readout `[N,C,h,w]`.
    """
    batch, size = query.shape[0], query.shape[-2:]

    def positions(tensors: list[Tensor]) -> Tensor:
        """`[X,C,h,w]` of every entry -> `[X,C,n]`."""
        return torch.cat([tensor.flatten(2) for tensor in tensors], 2)

    value_NCn = positions([entry.value for entry in entries])
    objects, channels = value_NCn.shape[0] // batch, value_NCn.shape[1]
    value_BnX = value_NCn.unflatten(0, (batch, objects)).permute(0, 3, 1, 2).flatten(2)
    readout_BpX = read(
        positions([entry.key for entry in entries]),
        positions([entry.shrinkage for entry in entries])[:, 0],
        value_BnX,
        query.flatten(2),
        selection.flatten(2),
    )
    return readout_BpX.unflatten(2, (objects, channels)).permute(0, 2, 3, 1).flatten(0, 1).unflatten(2, size)


@dataclass(frozen=True)
class MemoryState:
    """The past of a shot, as far as the next frame needs it.

    Tensors are at the padded size (multiples of 16); `N` objects share `B` = 1 image.

    Attributes:
        model: Digest of the model that made it; another model cannot read it.
        frame_size: Height and width of the view, not padded.
        entries: The bank, the permanent first frame first.
        sensory: `[N,C,h,w]`, what every frame adds to.
        summaries: `[N,Q,C+1]`, sums over all memory frames, the dropped ones too.
        last_alpha: `[N,1,H,W]`, 0..1.
        last_pixel: `[B,C,h,w]`, P of the last frame.
        last_value: `[N,C,h,w]`, the value of the last frame.
        frames_since_memory: How many frames ago one was remembered.
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

    @property
    def objects(self) -> int:
        """How many objects it follows."""
        return self.last_alpha.shape[0]

    def with_entry(self, entry: MemoryEntry) -> tuple[MemoryEntry, ...]:
        """The bank with one more frame, and without the one that is dropped for it."""
        return (self.entries[0], *(*self.entries[1:], entry)[-RECENT:])

    def save(self, path: Path | str) -> None:
        """Write a snapshot (safetensors), complete or not at all.

        Raises:
            MachineError: It cannot be written there.
        """
        tensors = {name: getattr(self, name) for name in TENSORS}
        for index, entry in enumerate(self.entries):
            tensors |= {f"entries.{index}.{name}": getattr(entry, name) for name in ENTRY_TENSORS}
        header = {
            "version": SNAPSHOT_VERSION,
            "model": self.model,
            "frame_size": self.frame_size,
            "frames_since_memory": self.frames_since_memory,
            "entries": len(self.entries),
        }
        # Copied, because the last value and the newest entry may be one tensor, which the format does not allow.
        plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
        with written_aside(Path(path)) as aside:
            # Not save_file: its own error for a full disk would hide which file and what to do.
            aside.write_bytes(safetensors.torch.save(plain, metadata={HEADER: json.dumps(header)}))

    @classmethod
    def load(cls, path: Path | str) -> MemoryState:
        """Read a snapshot, bit for bit what was saved.

        Raises:
            FileError: It is not a snapshot, is damaged, or is of another version.
        """
        try:
            with safetensors.safe_open(path, framework="pt") as file:
                header = json.loads((file.metadata() or {})[HEADER])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
            if header["version"] != SNAPSHOT_VERSION:
                raise ValueError(f"it is of version {header['version']}, not {SNAPSHOT_VERSION}")
            return cls(
                model=header["model"],
                frame_size=(header["frame_size"][0], header["frame_size"][1]),
                entries=tuple(
                    MemoryEntry(*(tensors[f"entries.{index}.{name}"] for name in ENTRY_TENSORS))
                    for index in range(header["entries"])
                ),
                frames_since_memory=header["frames_since_memory"],
                **{name: tensors[name] for name in TENSORS},
            )
        except (safetensors.SafetensorError, OSError, KeyError, ValueError, TypeError, IndexError) as fault:
            raise FileError(
                f"{path} is not a memory snapshot that can be read: {fault}.",
                "Delete it: the run starts from the key frame again.",
                path=path,
            ) from fault


HEADER = "penumbra_memory"
TENSORS = ("sensory", "summaries", "last_alpha", "last_pixel", "last_value")
ENTRY_TENSORS = ("key", "shrinkage", "value")
