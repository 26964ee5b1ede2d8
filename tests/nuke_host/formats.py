"""Named picture sizes."""

from __future__ import annotations

from tests.nuke_host.session import HostError, session

BUILT_IN = (
    "2048 1556 0 0 2048 1556 1 2K_Super_35(full-ap)",
    "1920 1080 0 0 1920 1080 1 HD_1080",
    "256 256 0 0 256 256 1 square_256",
)


class Format:
    """A size in pixels, the shape of a pixel, and the name under which knobs offer it."""

    def __init__(self, width: int, height: int, *rest: float) -> None:
        self._width, self._height = int(width), int(height)
        self._aspect = float(rest[4] if len(rest) > 4 else rest[0] if len(rest) == 1 else 1)
        self._name = ""

    @classmethod
    def _from_text(cls, text: str) -> Format:
        """From `w h ?x y r t? ?pixel aspect? ?name?`."""
        words = text.split()
        numbers: list[float] = []
        while words and words[0].replace(".", "", 1).lstrip("-").isdigit():
            numbers.append(float(words.pop(0)))
        if len(numbers) not in (2, 3, 6, 7) or len(words) > 1:
            raise HostError(f"{text!r} is no format")
        made = cls(int(numbers[0]), int(numbers[1]), *(numbers[2:] if len(numbers) != 6 else [*numbers[2:], 1]))
        made._name = words[0] if words else ""
        return made

    @classmethod
    def _known(cls, name: str) -> Format:
        formats: dict[str, Format] = {made._name: made for made in map(cls._from_text, BUILT_IN)} | session().formats
        if name not in formats:
            raise TypeError(f"There is no format {name!r}")
        return formats[name]

    @classmethod
    def _added(cls, text: str) -> Format:
        made = cls._from_text(text)
        if made._name:
            session().formats.setdefault(made._name, made)
        return made

    def _script(self) -> str:
        aspect = f"{self._aspect:g}"
        words = [self._width, self._height, 0, 0, self._width, self._height, aspect, self._name]
        return " ".join(str(word) for word in words).rstrip()

    def width(self) -> int:
        return self._width

    def height(self) -> int:
        return self._height

    def pixelAspect(self) -> float:
        return self._aspect

    def name(self) -> str | None:
        return self._name or None

    def setName(self, name: str) -> None:
        self._name = name

    def x(self) -> int:
        return 0

    def y(self) -> int:
        return 0

    def r(self) -> int:
        return self._width

    def t(self) -> int:
        return self._height

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Format) and self._script() == other._script()

    def __hash__(self) -> int:
        return hash(self._script())
