"""The models that have a name: the bundled ones, and those that the person has added."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import torch

from penumbra.errors import FileError, InputError
from penumbra.network.weights import Model, load_weights, read_card, save_weights

BUNDLED_FOLDER = Path(__file__).resolve().parents[3] / "models"
# Set to 1 where paid work is done: models that may not be used on it are refused.
COMMERCIAL = "PENUMBRA_COMMERCIAL"
# Where added models are kept, instead of the user's data folder.
DATA = "PENUMBRA_DATA"
LICENSE_SUMMARY = """\
The published MatAnyone weights are under the NTU S-Lab License 1.0.
  - You may use and pass them on for non-commercial purposes only.
  - The copyright notice and the license must go with every copy.
  - There is no warranty, and their authors' names may not be used to promote what you make.
  - For any commercial use ask the authors first.
The full text comes with the weights, where you got them. The bundled model is free for paid work."""


@dataclass(frozen=True)
class Listed:
    """A model that has a name."""

    name: str
    path: Path
    bundled: bool
    license: str
    commercial: bool
    digest: str | None


def added_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where added models are kept."""
    data = environment.get(DATA)
    return (Path(data) if data else Path(platformdirs.user_data_dir("penumbra"))) / "models"


def listed() -> list[Listed]:
    """All models that have a name, the bundled ones first. One that is damaged is listed as such."""
    return [_listed(name, path) for name, path in _files().items()]


def load_model(model: str | Path, device: str | torch.device = "cpu") -> Model:
    """Open a model by its name, or a file.

    Args:
        model: A name of `penumbra models list`, or the path of a `.pth` or `.safetensors`.
        device: Where it shall run: `cpu`, `cuda`, ...

    Raises:
        InputError: No such name; or a model that may not be used on paid work, where PENUMBRA_COMMERCIAL is 1.
        FileError: The file is not a model that fits the network.
    """
    path = model_path(model)
    loaded = load_weights(path, device)
    if os.environ.get(COMMERCIAL) == "1" and not loaded.card.commercial:
        raise InputError(
            f"The model {loaded.name} may not be used on paid work ({loaded.card.license}), and {COMMERCIAL} is 1.",
            "Use the bundled model, or unset it for work that is not paid.",
            path=path,
        )
    return loaded


def model_path(model: str | Path) -> Path:
    """The file of a model's name, or the file itself.

    Raises:
        InputError: No such name.
    """
    named = _files().get(str(model))
    if named is not None:
        return named
    if isinstance(model, str) and Path(model).suffix not in (".pth", ".safetensors"):
        raise _unknown(model)
    return Path(model)


def add_model(path: Path, name: str) -> Model:
    """Check a model file, and keep it under a name, as safetensors.

    Raises:
        InputError: The name is not a plain word, or is taken by another model.
        FileError: The file is not a model that fits the network.
        MachineError: The user's data folder cannot be written.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise InputError(f"{name!r} is no name for a model.", "Use letters, digits, '.', '_' and '-'.")
    model = load_weights(path)
    taken = _files().get(name)
    if taken is not None and _listed(name, taken).digest != model.digest:
        raise InputError(
            f"There is already another model named {name}.", "Give a name with --name, or remove that one first."
        )
    if taken is None:
        save_weights(added_folder() / f"{name}.safetensors", model.network.state_dict(), model.card)
    return Model(name, model.card, model.digest, model.network)


def remove_model(name: str) -> Path:
    """Delete an added model.

    Raises:
        InputError: There is none of this name, or it is a bundled one.
    """
    path = _files().get(name)
    if path is None:
        raise _unknown(name)
    if path.parent == BUNDLED_FOLDER:
        raise InputError(f"{name} is bundled with Penumbra and stays.")
    path.unlink()
    return path


def _files() -> dict[str, Path]:
    """The file of every name. A folder that cannot be read holds none: the bundled models are there for everybody."""
    found: dict[str, Path] = {}
    for folder in (BUNDLED_FOLDER, added_folder()):
        with suppress(OSError):
            there = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix == ".safetensors"}
            found = found | {name: path for name, path in there.items() if name not in found}
    return found


def _listed(name: str, path: Path) -> Listed:
    bundled = path.parent == BUNDLED_FOLDER
    try:
        card, digest = read_card(path)
    except FileError:
        return Listed(name, path, bundled, "damaged: cannot be read", False, None)
    return Listed(name, path, bundled, card.license, card.commercial, digest)


def _unknown(name: str) -> InputError:
    names = ", ".join(_files()) or "none"
    return InputError(
        f"There is no model named {name!r}. There are: {names}.", "Add one with `penumbra models add FILE`."
    )
