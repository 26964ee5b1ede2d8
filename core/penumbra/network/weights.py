"""Model files: the only place where a checkpoint is opened. Strict, and nothing in a file is ever run.

Two kinds of file are known. The published checkpoint is a pickle of tensors (`.pth`) or the same names as
`.safetensors`, and holds nothing but parameters. A file of ours is `.safetensors` whose header carries the card: the
network's configuration, the license, and how it was made.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from penumbra.aside import written_aside
from penumbra.errors import FileError
from penumbra.network.config import PUBLISHED, NetworkConfig
from penumbra.network.model import Network

# The header entries of a file that we wrote: the card, and the digest of what it holds.
CARD = "penumbra"
DIGEST = "digest"
PUBLISHED_WARMUP = 10
PUBLISHED_LICENSE = "NTU S-Lab License 1.0 (non-commercial use only)"


@dataclass(frozen=True)
class ModelCard:
    """What a model file says of itself.

    Attributes:
        config: The network's widths and depths.
        license: Its name, as it is shown and written into every file made with the model.
        commercial: Whether it may be used on paid work.
        made: How it was made, in words.
        warmup: How often it wants the key frame repeated; the published setting is PUBLISHED_WARMUP.
    """

    config: NetworkConfig = PUBLISHED
    license: str = PUBLISHED_LICENSE
    commercial: bool = False
    made: str = "published weights"
    warmup: int = PUBLISHED_WARMUP

    def to_json(self) -> str:
        """As the header keeps it."""
        return json.dumps({**asdict(self), "config": self.config.to_dict()}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """The reverse of `to_json`."""
        data = json.loads(text)
        return cls(**{**data, "config": NetworkConfig.from_dict(data["config"])})


@dataclass(frozen=True)
class Model:
    """A network with its weights, ready to run.

    Attributes:
        name: What the person calls it.
        card: What its file says.
        digest: SHA-256 of names, shapes and values: the same for a `.pth` and what was converted from it.
        network: In evaluation mode, on its device.
    """

    name: str
    card: ModelCard
    digest: str
    network: Network = field(repr=False)

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return next(self.network.parameters()).device


def load_weights(path: Path, device: str | torch.device = "cpu") -> Model:
    """Open a model file, strictly.

    Args:
        path: `.pth` or `.safetensors`.
        device: Where the network shall run.

    Raises:
        FileError: Not such a file, or a name is missing, unknown or misshapen; each is named.
    """
    if not path.is_file():
        raise FileError(f"There is no model file {path}.", "Check the path, or `penumbra models list`.", path=path)
    tensors, card, kept = _read_safetensors(path) if path.suffix == ".safetensors" else (*_read_pickle(path), None)
    network = Network(card.config)
    expected = network.state_dict()
    _check_names(path, tensors, expected)
    network.load_state_dict(tensors)
    network.requires_grad_(False)
    found = digest(tensors)
    if kept is not None and kept != found:
        raise _not_a_model(path, f"its header says digest {kept[:12]}, and its content is {found[:12]}")
    return Model(path.stem, card, found, network.eval().to(device))


def read_card(path: Path) -> tuple[ModelCard, str | None]:
    """What a `.safetensors` says of itself, without reading its weights: its card, and its digest if we wrote it.

    Raises:
        FileError: Not such a file.
    """
    with _opened(path) as file:
        return _card(file)


def save_weights(path: Path, tensors: Mapping[str, Tensor], card: ModelCard) -> None:
    """Write a file of ours, complete or not at all.

    Raises:
        MachineError: It cannot be written there.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with written_aside(path) as aside:
        # Not save_file: its own error for a full disk would hide which file and what to do.
        header = {CARD: card.to_json(), DIGEST: digest(plain)}
        aside.write_bytes(safetensors.torch.save(plain, metadata=header))


def digest(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 in hexadecimal of all names, shapes and values."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name}:{tensor.dtype}:{list(tensor.shape)}".encode())
        total.update(tensor.numpy().tobytes())
    return total.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            yield file
    except (safetensors.SafetensorError, OSError, ValueError, KeyError, TypeError) as fault:
        raise _not_a_model(path, str(fault)) from fault


def _card(file: Any) -> tuple[ModelCard, str | None]:
    header = file.metadata() or {}
    return ModelCard.from_json(header[CARD]) if CARD in header else ModelCard(), header.get(DIGEST)


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], ModelCard, str | None]:
    with _opened(path) as file:
        return {name: file.get_tensor(name) for name in file.keys()}, *_card(file)  # noqa: SIM118 - no mapping


def _read_pickle(path: Path) -> tuple[dict[str, Tensor], ModelCard]:
    try:
        # weights_only: tensors and plain containers; anything that would run code is refused.
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, OSError) as fault:
        raise _not_a_model(path, str(fault).splitlines()[0] if str(fault) else type(fault).__name__) from fault
    if not isinstance(content, dict) or not all(isinstance(tensor, Tensor) for tensor in content.values()):
        raise _not_a_model(path, "it holds something other than named tensors")
    # Parity: the published file also keeps the positions' frequencies, which are computed here.
    return {name: tensor for name, tensor in content.items() if not name.endswith(".inv_freq")}, ModelCard()


def _not_a_model(path: Path, why: str) -> FileError:
    return FileError(
        f"{path} is not a model that Penumbra can open: {why}.",
        "A model is a .pth with nothing but tensors in it, or a .safetensors.",
        path=path,
    )


def _check_names(path: Path, given: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    shared = given.keys() & expected.keys()
    faults = {
        "missing": sorted(expected.keys() - given.keys()),
        "unknown": sorted(given.keys() - expected.keys()),
        "of another shape": [
            f"{name} {list(given[name].shape)} instead of {list(expected[name].shape)}"
            for name in sorted(shared)
            if given[name].shape != expected[name].shape
        ],
    }
    said = [f"{len(names)} {what}: {_some(names)}" for what, names in faults.items() if names]
    if said:
        raise FileError(
            f"{path} does not fit the network. {'; '.join(said)}.",
            "Use a checkpoint of MatAnyone, MatAnyone 2 or Penumbra.",
            path=path,
        )


def _some(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
