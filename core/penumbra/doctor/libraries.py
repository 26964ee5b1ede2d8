"""The libraries: are they there, are they ours, and do their versions fit? None is loaded."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import site
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

from penumbra.doctor.finding import Finding, Findings

# What is imported, and the package that brings it.
LIBRARIES = {
    "torch": "torch",
    "numpy": "numpy",
    "scipy": "scipy",
    "OpenImageIO": "OpenImageIO",
    "PyOpenColorIO": "opencolorio",
    "PIL": "Pillow",
    "safetensors": "safetensors",
    "yaml": "PyYAML",
    "mmh3": "mmh3",
    "click": "click",
    "rich": "rich",
    "platformdirs": "platformdirs",
    "filelock": "filelock",
    "PySide6": "PySide6-Essentials",
}
# Those whose versions people ask about.
TOLD = ("torch", "numpy", "OpenImageIO", "opencolorio", "PySide6-Essentials")
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)\s*(?P<how>==|>=)\s*(?P<version>[\d.]+)")
INSTALL = "Run install.py again."


def libraries(environment: Mapping[str, str] = os.environ) -> Findings:
    """Every library that is missing, not ours, or of another version; else one line."""
    wrong = [finding for module in LIBRARIES for finding in _wrong_with(module, environment)]
    missing = {package for package in TOLD if _version(package) is None}
    told = ", ".join(f"{package} {_version(package)}" for package in TOLD if package not in missing)
    if not wrong:
        yield Finding("fine", "libraries", f"{told}; all {len(LIBRARIES)} are there.")
    yield from wrong
    entries = _entries(environment)
    if entries and not wrong:
        count = f"{len(entries)} folder{'s' if len(entries) > 1 else ''}"
        yield Finding(
            "fine",
            "environment",
            f"PYTHONPATH names {count}, which hide{'' if len(entries) > 1 else 's'} none of our libraries.",
        )


def _wrong_with(module: str, environment: Mapping[str, str]) -> Findings:
    package = LIBRARIES[module]
    spec = importlib.util.find_spec(module)
    if spec is None:
        yield Finding("fault", "libraries", f"{package} is not installed.", INSTALL)
        return
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or [])
    origin = Path(places[0]) if places else None
    if origin is not None and not _is_within(origin, _own_folders()):
        by = next((entry for entry in _entries(environment) if _is_within(origin, [entry])), None)
        text = f"{module} is taken from {origin}, and not from Penumbra's own environment."
        if by is not None:
            step = f"Take {by} out of PYTHONPATH, or unset it, before Penumbra is started."
            yield Finding("fault", "environment", text, step)
        else:
            yield Finding("note", "libraries", text, f"If Penumbra does not work: move it away. {INSTALL}")
    else:
        yield from _unfit(package)


def _unfit(package: str) -> Findings:
    """What the installed project says that it needs, of this package."""
    version = _version(package)
    for text in _requirements():
        wanted = REQUIREMENT.match(text)
        if version is None or wanted is None or _plain(wanted["name"]) != _plain(package):
            continue
        ours, needed = _numbers(version), _numbers(wanted["version"])
        if ours < needed or (wanted["how"] == "==" and ours != needed):
            words = "exactly" if wanted["how"] == "==" else "at least"
            said = f"{package} is {version}, and Penumbra was made with {words} {wanted['version']}."
            yield Finding("note", "libraries", said, INSTALL)


def _requirements() -> list[str]:
    """None where Penumbra is run without having been installed, as its tests do."""
    try:
        return importlib.metadata.requires("penumbra") or []
    except importlib.metadata.PackageNotFoundError:
        return []


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    """`2.13.0+cpu` is (2, 13, 0)."""
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0]))


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _own_folders() -> list[Path]:
    """Where this Python's own packages lie."""
    return [Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")] + list(map(Path, site.getsitepackages()))


def _entries(environment: Mapping[str, str]) -> list[Path]:
    """The folders of PYTHONPATH that are neither Penumbra's nor this Python's own."""
    named = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    ours = [Path(__file__).resolve().parents[2], *(folder.resolve() for folder in _own_folders())]
    return [Path(entry) for entry in named if Path(entry).resolve() not in ours]


def _is_within(path: Path, folders: Iterable[Path]) -> bool:
    # As they are called, and as they really are: environments are full of links.
    return any(
        path.absolute().is_relative_to(folder.absolute()) or path.resolve().is_relative_to(folder.resolve())
        for folder in folders
    )
