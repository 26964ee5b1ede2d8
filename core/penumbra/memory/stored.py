"""Tensors and a header in one file of which every bit is vouched for.

A safetensors file says what its tensors are called and shaped, and does not notice a flipped bit in them. So its
metadata also hold the SHA-256 of all that is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from penumbra.aside import written_aside
from penumbra.errors import FileError

# The one entry of the metadata, which the library writes in any order: equal memories shall be equal files.
MEMORY = "penumbra_memory"
# The safetensors format: the length of the JSON that follows, little endian, then the JSON, then the tensors' bytes.
LENGTH_BYTES = 8


def write_stored(path: Path, header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Write a file, complete or not at all.

    Args:
        path: Its name; the folder is made where it is missing.
        header: Plain data.
        tensors: On any device, of any type.

    Raises:
        MachineError: It cannot be written there.
    """
    # Copied, because two of them may be one tensor, which the format does not allow.
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    told = {"header": header, "sha256": _checksum(header, plain)}
    with written_aside(path) as aside:
        # Not save_file: its own error for a full disk would hide which file and what to do.
        aside.write_bytes(safetensors.torch.save(plain, metadata={MEMORY: json.dumps(told)}))


def read_stored(path: Path, version: int) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Read a file, bit for bit what was written: its header and its tensors, on the CPU.

    Args:
        path: The file.
        version: What the header's `version` must be.

    Raises:
        FileError: It is not such a file, is of another version, or is damaged.
    """
    try:
        # Read, not mapped: another process may delete the file at any moment, which on a network share would end ours.
        content = path.read_bytes()
        tensors = safetensors.torch.load(content)
        length = int.from_bytes(content[:LENGTH_BYTES], "little")
        told = json.loads(json.loads(content[LENGTH_BYTES : LENGTH_BYTES + length])["__metadata__"][MEMORY])
        header: dict[str, Any] = told["header"]
        if header["version"] != version:
            raise ValueError(f"it is of version {header['version']}, not {version}")
        if told["sha256"] != _checksum(header, tensors):
            raise ValueError("its content is not what was written")
    except KeyError as fault:
        raise _refused(path, f"it holds no {fault.args[0]}") from fault
    except OSError as fault:
        raise _refused(path, fault.strerror or str(fault)) from fault
    except (safetensors.SafetensorError, ValueError, TypeError, RecursionError) as fault:
        raise _refused(path, str(fault)) from fault
    return header, tensors


def _checksum(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> str:
    total = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        total.update(f"{name}:{tensor.dtype}:{list(tensor.shape)}".encode())
        total.update(tensor.flatten().view(torch.uint8).numpy().data)
    return total.hexdigest()


def _refused(path: Path, why: str) -> FileError:
    return FileError(
        f"{path} is not a memory snapshot that can be read: {why}.",
        "Delete it: the run starts from the key frame again.",
        path=path,
    )
