"""What this machine has, what is wrong, and what to do. Importing it loads no library, for one may be what is wrong."""

from penumbra.doctor.examine import doctor
from penumbra.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "doctor"]
