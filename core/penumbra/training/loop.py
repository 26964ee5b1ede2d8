"""The training loop: seeded, logged, and resumed exactly, since every draw follows from the seed and the iteration."""

from __future__ import annotations

import json
import math
import pickle
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from penumbra.aside import written_aside
from penumbra.errors import FileError, MachineError
from penumbra.network import MaskDecoder, ModelCard, Network, save_weights
from penumbra.training.config import Stage, TrainingConfig
from penumbra.training.generator import Clips, generate
from penumbra.training.losses import change_loss, coarse_loss, matting_loss
from penumbra.training.rollout import MOST_WARMUP, Rollout, roll_out

# Seeds of clips that are never trained on lie far above those of training, which count from 0 with the iteration.
VALIDATION_SEED = 2**40
VALIDATION_CLIPS = 16
VALIDATION_FRAMES = 6
# Iterations over which the learning rate rises at first.
SLOW_BEGINNING = 200


@dataclass(frozen=True)
class Progress:
    """One line of the log.

    Attributes:
        iteration: Steps taken since the very beginning.
        steps: Steps taken since this process began or went on.
        seconds: These took.
        loss: Of this step.
        learning_rate: Of this step.
        mad: Mean absolute difference x 1000 on validation clips, without their first frames; now and then.
        mad_repeated_mask: That of the first frame's mask repeated.
    """

    iteration: int
    steps: int
    seconds: float
    loss: float
    learning_rate: float
    mad: float | None = None
    mad_repeated_mask: float | None = None


class Trainer:
    """A run in a folder: `checkpoint.pt` to go on from, `log.jsonl`, and at last `model.safetensors`.

    Args:
        config: The run.
        folder: Where it lives; what is there already is resumed.
        device: Where it runs.
        license: Of the model that comes out.
        made: How it was made, for the model's card.
    """

    def __init__(self, config: TrainingConfig, folder: Path, device: str, license: str, made: str) -> None:
        self._config, self._folder, self._device = config, folder, torch.device(device)
        self._card = ModelCard(config.network, license=license, commercial=True, made=made, warmup=MOST_WARMUP)
        torch.manual_seed(config.seed)
        self.network = Network(config.network).to(self._device)
        initialize(self.network)
        _lay_out(self.network)
        self._optimizer = torch.optim.AdamW(self.network.parameters(), lr=0.0, weight_decay=config.weight_decay)
        self.iteration = 0
        self._checkpoint = folder / "checkpoint.pt"
        if self._checkpoint.exists():
            self._resume()

    def run(self) -> Iterator[Progress]:
        """Train to the end; each step yields what it came to. What is after the last checkpoint is lost by a stop."""
        began, first = time.monotonic(), self.iteration
        for clips in self._clips_ahead():
            stage, share = self._config.at(self.iteration)
            rate = _rate(stage, share, self.iteration)
            loss = self._step(clips, stage, rate)
            self.iteration += 1
            mad = repeated = None
            if self.iteration % self._config.validate_every == 0 or self.iteration == self._config.iterations:
                mad, repeated = validate(self.network, stage.size, self._device)
            seconds = time.monotonic() - began
            progress = Progress(self.iteration, self.iteration - first, seconds, loss, rate, mad, repeated)
            self._log(progress)
            if self.iteration % self._config.save_every == 0 or self.iteration == self._config.iterations:
                self.save()
            yield progress

    def save(self) -> None:
        """Write the checkpoint, and the model as it is now."""
        content = {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "iteration": self.iteration,
        }
        with written_aside(self._checkpoint) as aside:
            torch.save(content, aside)
        save_weights(self._folder / "model.safetensors", self.network.state_dict(), self._card)

    def _resume(self) -> None:
        try:
            content: Any = torch.load(self._checkpoint, map_location=self._device, weights_only=True)
            self.network.load_state_dict(content["network"])
            self._optimizer.load_state_dict(content["optimizer"])
            self.iteration = content["iteration"]
        except (OSError, EOFError, pickle.UnpicklingError, RuntimeError, KeyError, ValueError, TypeError) as fault:
            raise FileError(
                f"{self._checkpoint} is damaged, or does not belong to this configuration.",
                "Use another folder, or the configuration that it was made with.",
                path=self._checkpoint,
            ) from fault

    def _clips_ahead(self) -> Iterator[Clips]:
        """The clips of every iteration that is left, each made while the one before it is trained on."""
        with ThreadPoolExecutor(1) as pool:
            ahead = pool.submit(self._clips, self.iteration)
            for iteration in range(self.iteration, self._config.iterations):
                clips = ahead.result()
                if iteration + 1 < self._config.iterations:
                    ahead = pool.submit(self._clips, iteration + 1)
                yield clips

    def _clips(self, iteration: int) -> Clips:
        stage, _ = self._config.at(iteration)
        return generate(self._seed(iteration), stage.batch, stage.frames, stage.size, self._device)

    def _seed(self, iteration: int) -> int:
        return self._config.seed * 1_000_003 + iteration

    def _step(self, clips: Clips, stage: Stage, rate: float) -> float:
        self.network.train(stage.norms_learn)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        draw = random.Random(self._seed(self.iteration))
        with torch.autocast(self._device.type, torch.bfloat16, enabled=stage.mixed_precision):
            rolled = roll_out(self.network, clips, draw)
        loss = self._loss(rolled, clips.alpha)
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self._config.gradient_norm)
        self._optimizer.step()
        return float(loss.detach())

    def _loss(self, rolled: Rollout, alpha: Tensor) -> Tensor:
        config = self._config
        levels = rolled.coarse.unbind(2)
        auxiliary = torch.stack([coarse_loss(logits, alpha) for logits in levels]).mean()
        return (
            matting_loss(rolled.alpha, alpha, config.first_frame_weight, config.l1_weight)
            + config.change_weight * change_loss(rolled.change, alpha)
            + config.match_weight * rolled.match
            + config.auxiliary_weight * auxiliary
        )

    def _log(self, progress: Progress) -> None:
        path = self._folder / "log.jsonl"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with path.open("a") as log:
                log.write(json.dumps(asdict(progress)) + "\n")
        except OSError as fault:
            raise MachineError(
                f"{path} cannot be written: {fault.strerror}.",
                "Check the disk's free room and your right to write there.",
                path=path,
            ) from fault


@torch.no_grad()
def validate(network: Network, size: int, device: torch.device) -> tuple[float, float]:
    """The mean absolute difference x1000 on clips never trained on, and that of the first mask repeated.

    Over all frames but the first, run as in training, with the same draws every time.
    """
    network.eval()
    clips = generate(VALIDATION_SEED, VALIDATION_CLIPS, VALIDATION_FRAMES, size, device)
    alpha = roll_out(network, clips, random.Random(0)).alpha.clamp(0, 1)
    return _mad(alpha, clips.alpha), _mad(clips.mask[:, None].expand_as(clips.alpha), clips.alpha)


def _mad(alpha: Tensor, true: Tensor) -> float:
    return float((alpha - true)[:, 1:].abs().mean()) * 1000


def _rate(stage: Stage, share: float, iteration: int) -> float:
    """The learning rate: a cosine over the stage, and a slow beginning of the run."""
    fall = 0.5 * (1 + math.cos(math.pi * share))
    low = stage.final_learning_rate
    return min(1.0, (iteration + 1) / SLOW_BEGINNING) * (low + (stage.learning_rate - low) * fall)


def _lay_out(network: Network) -> None:
    """Channels last: a third quicker in bfloat16 on a processor, and what GPUs want as well."""
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


def initialize(network: Network) -> None:
    """Convolutions before a batch norm as He et al. 2015, the others as torch does, which keeps sums small."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.bias is None:
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    # Every place is remembered alike at first, and a key is a soft one: a softmax that is hard has no gradient.
    nn.init.zeros_(network.key_proj.d_proj.weight)
    if network.config.detail_sees_alpha:
        begin_with_copy(network.mask_decoder)


@torch.no_grad()
def begin_with_copy(decoder: MaskDecoder) -> None:
    """Let the decoder give the last alpha as it is: what is learned from there on is how it changes.

    One channel carries it from the full-size skip through the last block to the head; nothing else is in that channel
    at first, and nothing else reaches the head. This needs blocks that narrow at strides 2 and 1; others stay as they
    are, since all that they are given goes around them.
    """
    half, full = decoder.up_4_2.out_conv, decoder.up_2_1.out_conv
    if half.downsample is None or full.downsample is None:
        return
    skip = dict(decoder.decoder_feat_proc.transforms[3].named_parameters())
    for layer in (half.conv2, half.downsample, full.conv2, full.downsample):
        for parameter in layer.parameters():
            parameter[0] = 0.0
    for parameter in (*skip.values(), *decoder.pred_mat.parameters()):
        parameter[0] = 0.0
    skip["weight"][0, -1] = 1.0
    full.downsample.weight[0, 0] = 1.0
    decoder.pred_mat.weight[0, 0, 1, 1] = 1.0
