"""Torch, and the devices that the network can run on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass

import torch

from penumbra.doctor.finding import Finding, Findings, gigabytes

# Of a 1080p shot at its own size. Less is worked with, more slowly (`propagation/thrift.py`).
GPU_NEEDS = 4.5e9
SECONDS = 15.0
CPU_WORKS = "Nothing, if the CPU will do."


@dataclass(frozen=True)
class Gpus:
    """What there is of NVIDIA's.

    Attributes:
        cards: Name and driver of each card, as `nvidia-smi` tells them; none without a driver.
        cuda: The CUDA that torch is built for; None for other builds.
        usable: Whether torch can use any.
        why: What torch said when it could not.
        hidden: What CUDA_VISIBLE_DEVICES is, where it is set.
    """

    cards: tuple[tuple[str, str], ...]
    cuda: str | None
    usable: bool
    why: str = ""
    hidden: str | None = None


def look() -> Findings:
    """Torch's build and threads, and every device."""
    threads = torch.get_num_threads()
    yield Finding("fine", "torch", f"{torch.__version__}, {_build()}, {threads} thread{'s' if threads > 1 else ''}.")
    if (limit := os.environ.get("OMP_NUM_THREADS")) and threads < (os.cpu_count() or 1):
        yield Finding(
            "note", "torch", f"OMP_NUM_THREADS is {limit}, and holds the CPU back.", "Unset it, if nobody meant that."
        )
    if torch.version.hip is None:
        yield from nvidia(_gpus())
    for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        yield _device(index)
    if sys.platform == "darwin" and platform.machine() == "arm64":
        yield _apple()


def nvidia(gpus: Gpus) -> Findings:
    """What is to be said of NVIDIA's cards that torch does not use."""
    cards = ", ".join(f"{name} (driver {driver})" for name, driver in gpus.cards)
    if gpus.usable:
        return
    if gpus.cuda is None:
        if cards:
            text = f"{cards} is not used: this is torch's build without CUDA."
            yield Finding("note", "GPU", text, "python3 install.py --torch cuda")
        else:
            yield Finding("fine", "GPU", "None; the network runs on the CPU.")
    elif gpus.hidden is not None:
        text = f"CUDA_VISIBLE_DEVICES is {gpus.hidden!r}, which hides every NVIDIA GPU."
        yield Finding("note", "GPU", text, "Unset it, or run on the CPU.")
    elif "too old" in gpus.why:
        text = f"{cards or 'The NVIDIA driver'} is too old for CUDA {gpus.cuda}, which this torch is built for."
        step = "Install a newer driver (580 or later for CUDA 13), or torch for an older CUDA: docs/install.md."
        yield Finding("fault", "GPU", text, step)
    elif cards:
        text = f"{cards} cannot be used by torch for CUDA {gpus.cuda}: {gpus.why or 'it gives no reason'}."
        yield Finding(
            "fault", "GPU", text, "Restart the machine after a driver's update; else install the driver again."
        )
    else:
        text = f"Torch is built for CUDA {gpus.cuda}, and no NVIDIA GPU or driver is here: the CPU is used."
        yield Finding("note", "GPU", text, f"{CPU_WORKS} Else install NVIDIA's driver.")


def _build() -> str:
    if torch.version.hip is not None:
        return f"built for ROCm {torch.version.hip}"
    return f"built for CUDA {torch.version.cuda}" if torch.version.cuda else "built for the CPU"


def _gpus() -> Gpus:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        usable = torch.cuda.is_available()
    why = " ".join(" ".join(str(warning.message).split()) for warning in warned)
    if torch.version.cuda and not usable and not why:
        try:
            torch.cuda.init()
        except RuntimeError as fault:
            why = " ".join(str(fault).split())
    return Gpus(_cards(), torch.version.cuda, usable, why.rstrip("."), os.environ.get("CUDA_VISIBLE_DEVICES"))


def _cards() -> tuple[tuple[str, str], ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    command = [program, "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    found = (re.fullmatch(r"\s*(.+?),\s*([\d.]+)\s*", line) for line in said.splitlines())
    return tuple((card[1], card[2]) for card in found if card)


def _device(index: int) -> Finding:
    """A card that torch sees: does it compute, and how much memory is free?"""
    name = torch.cuda.get_device_name(index)
    try:
        device = torch.device("cuda", index)
        assert torch.ones(2, device=device).sum().item() == 2
        free, total = torch.cuda.mem_get_info(index)
    except (RuntimeError, AssertionError) as fault:
        reason = " ".join(str(fault).split())[:200].rstrip(".") or "it computes wrong numbers"
        step = "Use another --device, or torch for another CUDA: docs/install.md."
        return Finding("fault", "GPU", f"cuda:{index}, {name}, cannot be used: {reason}.", step)
    text = f"cuda:{index}, {name}, {gigabytes(free)} of {gigabytes(total)} free."
    if free < GPU_NEEDS:
        step = "Close other programs that use it; with too little, Penumbra is slower, and says so."
        return Finding("note", "GPU", f"{text} A 1080p shot takes {gigabytes(GPU_NEEDS)}.", step)
    return Finding("fine", "GPU", text)


def _apple() -> Finding:
    if torch.backends.mps.is_available():
        return Finding("fine", "GPU", "mps, Apple's.")
    built = "macOS is too old for it" if torch.backends.mps.is_built() else "this torch is built without it"
    return Finding("note", "GPU", f"Apple's GPU cannot be used: {built}.", CPU_WORKS)
