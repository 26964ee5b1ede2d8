"""Processor and memory, as far as this process may use them: a container or a farm may give it less than there is."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from penumbra.doctor.finding import Finding, Findings, gigabytes

# What a run takes at most, of a 1080p shot at its own size on the CPU: measured with the bundled model over 7 frames,
# and with the published network.
BUNDLED_NEEDS, PUBLISHED_NEEDS = 2.5e9, 4.5e9
CGROUP = Path("/sys/fs/cgroup")


def look() -> Findings:
    """What there is."""
    yield _processor()
    free, total = _memory()
    yield memory(min(free, _left_in_cgroup(CGROUP)), total)


def memory(free: float, total: float) -> Finding:
    """What may be used of the machine's memory, in bytes, against what a shot needs; 0 where it is not known."""
    if not total:
        return Finding("note", "memory", "How much there is could not be found out.")
    there = f"{gigabytes(free)} of {gigabytes(total)} are free."
    needs = f"{gigabytes(BUNDLED_NEEDS)} with the bundled model, {gigabytes(PUBLISHED_NEEDS)} with MatAnyone"
    there += f" A 1080p shot takes {needs}."
    if free >= PUBLISHED_NEEDS:
        return Finding("fine", "memory", there)
    step = "Close other programs, or use a smaller --process-size: half of it takes a quarter."
    return Finding("fault" if free < BUNDLED_NEEDS else "note", "memory", there, step)


def _processor() -> Finding:
    cores = os.cpu_count() or 1
    usable = _usable(cores)
    allowed = min(float(usable), _cores_of_cgroup(CGROUP))
    words = f"{cores} core{'s' if cores > 1 else ''}."
    if allowed >= cores:
        return Finding("fine", "processor", words)
    text = f"{words} This process may use {allowed:g} of them."
    threads = os.environ.get("OMP_NUM_THREADS")
    if usable > allowed and not threads:
        # Torch counts the cores that it sees, not those that it is given.
        step = f"Set OMP_NUM_THREADS={max(1, round(allowed))}: more threads than that wait for each other."
        return Finding("note", "processor", text, step)
    return Finding("fine", "processor", text)


def _usable(cores: int) -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    else:
        return cores


def _cores_of_cgroup(folder: Path) -> float:
    """How many cores' time a container has; infinite where nothing is said."""
    with suppress(OSError, ValueError):
        quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
        if quota != "max":
            return int(quota) / int(period)
    return float("inf")


def _left_in_cgroup(folder: Path) -> float:
    """Bytes that a container may still take; infinite where nothing is said."""
    with suppress(OSError, ValueError):
        most = (folder / "memory.max").read_text(encoding="ascii").strip()
        if most != "max":
            return int(most) - int((folder / "memory.current").read_text(encoding="ascii"))
    return float("inf")


def _memory() -> tuple[float, float]:
    """Bytes that programs can still get, and all there are; 0 where the system does not say."""
    ways = {"linux": _memory_of_linux, "darwin": _memory_of_macos, "win32": _memory_of_windows}
    with suppress(OSError, ValueError, KeyError, AttributeError, subprocess.SubprocessError):
        return ways[sys.platform]()
    return 0, 0


def _memory_of_linux() -> tuple[float, float]:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    return kilobytes["MemAvailable"] * 1024, kilobytes["MemTotal"] * 1024


def _memory_of_macos() -> tuple[float, float]:
    """As `vm_stat` counts pages; what files fill is given up when it is needed."""
    said = subprocess.run(["vm_stat"], capture_output=True, text=True, timeout=5, check=True).stdout
    pages = {name: rest.strip(" .") for name, _, rest in (line.partition(":") for line in said.splitlines())}
    free = sum(int(pages[name]) for name in ("Pages free", "Pages inactive", "Pages speculative"))
    total = subprocess.run(["sysctl", "-n", "hw.memsize"], capture_output=True, text=True, timeout=5, check=True).stdout
    return free * os.sysconf("SC_PAGE_SIZE"), int(total)


def _memory_of_windows() -> tuple[float, float]:
    class Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("available", ctypes.c_ulonglong),
            ("rest", ctypes.c_ulonglong * 5),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - mypy on other systems does not know it
    kernel.GlobalMemoryStatusEx(ctypes.byref(status))
    return status.available, status.total
