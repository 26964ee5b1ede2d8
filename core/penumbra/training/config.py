"""A training run, as data: the network, and stages one after the other. Written by hand as YAML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from penumbra.errors import FileError, InputError
from penumbra.network import NetworkConfig

# What a field of a type may hold.
KINDS: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,)}


@dataclass(frozen=True)
class Stage:
    """A stretch of training with one kind of clips.

    Attributes:
        iterations: How many steps.
        batch: Clips a step.
        frames: Frames a clip.
        size: Height and width in pixels, a multiple of 16.
        learning_rate: At its start.
        final_learning_rate: At its end; a cosine between.
        norms_learn: Whether batch norms learn; at the end they are frozen, as inference has them.
        mixed_precision: Whether convolutions and products run in bfloat16.
    """

    iterations: int
    batch: int
    frames: int
    size: int
    learning_rate: float
    final_learning_rate: float
    norms_learn: bool = True
    mixed_precision: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot run."""
        _check_kinds(self)
        if self.size % 16 or min(self.iterations, self.batch, self.frames, self.size) < 1 or self.frames < 2:
            raise InputError(
                f"A stage of {self.iterations} iterations with {self.batch} clips of {self.frames} frames at "
                f"{self.size} pixels cannot run.",
                "Counts are 1 or more, frames 2 or more, the size a multiple of 16.",
            )


@dataclass(frozen=True)
class TrainingConfig:
    """The whole run.

    Attributes:
        seed: Of the first weights, the clips, and every draw.
        network: Widths and depths.
        stages: In their order.
        weight_decay: Of AdamW.
        gradient_norm: What gradients are clipped at.
        auxiliary_weight: Of the heads at stride 16 in the loss.
        change_weight: Of the change probability in the loss.
        match_weight: Of the attention's own error in the loss.
        first_frame_weight: Of the first frame in the matting loss. The paper has 5; from nothing the later frames need
            the learning more.
        l1_weight: Of the plain difference in the matting loss. The paper has 1.
        save_every: Iterations between checkpoints.
        validate_every: Iterations between measurements on clips that are never trained on.
    """

    seed: int
    network: NetworkConfig
    stages: tuple[Stage, ...]
    weight_decay: float = 1e-3
    gradient_norm: float = 3.0
    auxiliary_weight: float = 0.1
    change_weight: float = 0.1
    match_weight: float = 0.5
    first_frame_weight: float = 1.0
    l1_weight: float = 1.0
    save_every: int = 250
    validate_every: int = 500

    def __post_init__(self) -> None:
        """Refuse what cannot run."""
        _check_kinds(self)
        if not self.stages or min(self.save_every, self.validate_every) < 1:
            raise InputError(
                f"A run of {len(self.stages)} stages with save_every {self.save_every} and validate_every "
                f"{self.validate_every} cannot run.",
                "All three are 1 or more.",
            )

    @property
    def iterations(self) -> int:
        """Of all stages."""
        return sum(stage.iterations for stage in self.stages)

    def at(self, iteration: int) -> tuple[Stage, float]:
        """The stage of an iteration, and how much of it is done (0..1)."""
        for stage in self.stages:
            if iteration < stage.iterations:
                return stage, iteration / stage.iterations
            iteration -= stage.iterations
        return self.stages[-1], 1.0

    @classmethod
    def load(cls, path: Path) -> TrainingConfig:
        """Read it from YAML.

        Raises:
            FileError: There is no such file, or it is no YAML.
            InputError: A field is missing, unknown, or holds what cannot be.
        """
        try:
            data: Any = yaml.safe_load(path.read_text())
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
            raise FileError(f"{path} cannot be read: {fault}.", path=path) from fault
        if not isinstance(data, dict):
            raise InputError(f"{path} is no training configuration.", "See models/penumbra-seed.yaml.", path=path)
        try:
            stages = tuple(Stage(**stage) for stage in data.pop("stages"))
            return cls(network=NetworkConfig.from_dict(data.pop("network")), stages=stages, **data)
        except (TypeError, KeyError, ValueError) as fault:
            known = ", ".join(item.name for item in fields(cls))
            raise InputError(f"{path}: {fault}.", f"Its fields are {known}.", path=path) from fault


def _check_kinds(order: Stage | TrainingConfig) -> None:
    for item in fields(order):
        value, kinds = getattr(order, item.name), KINDS.get(str(item.type))
        if kinds and type(value) not in kinds:
            raise InputError(
                f"{item.name} is {value!r}, and must be {item.type}.",
                "In YAML a number like 1e-3 needs a point (1.0e-3), or it is a text.",
            )
