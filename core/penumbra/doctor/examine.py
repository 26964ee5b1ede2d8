"""The whole examination."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from penumbra.doctor.apart import AGAIN, looked_at
from penumbra.doctor.finding import Finding
from penumbra.doctor.here import program
from penumbra.doctor.libraries import libraries

# The modules of `looks`, in the order in which a person reads of them.
LOOKS = ("machine", "disk", "torch", "models", "color", "pictures", "window", "nuke")
# Those that share a process, as all of them load torch. Torch's own look asks the GPU's driver, which may never answer.
TOGETHER = ("models", "color", "torch")
FIRST = "Mend the faults above first."


def doctor() -> tuple[Finding, ...]:
    """Look at this machine. It takes some seconds, and never more than some minutes.

    Whatever loads a library, asks a driver or touches a disk does so in processes of their own, all at once, so that
    what hangs or crashes there is told like any other finding. Nothing is changed on this machine, and nothing is sent.

    Returns:
        What was found, in the order in which things depend on each other.
    """
    here = [*program(), *libraries()]
    advice = FIRST if any(finding.level == "fault" for finding in here) else AGAIN
    groups = [TOGETHER, *((name,) for name in LOOKS if name not in TOGETHER)]
    with ThreadPoolExecutor(len(groups)) as pool:
        found = {
            name: its
            for looks in pool.map(lambda names: looked_at(names, advice), groups)
            for name, its in looks.items()
        }
    return (*here, *(finding for name in LOOKS for finding in found[name]))
