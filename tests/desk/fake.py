"""A worker without a process: strict about what it is asked, and moved by the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penumbra.desk import Desk, Order
from penumbra.protocol import Answer, Ended, Notification, Refusal

TEXT_OR_NONE = (str, type(None))
# Every method, and exactly the parameters that it takes.
METHODS: dict[str, dict[str, Any]] = {
    "doctor": {},
    "open": {"shot": dict, "folder": str},
    "matte": {"shot": str, "frames": TEXT_OR_NONE, "device": str},
    "frame": {"shot": str, "frame": int, "device": str},
    "states": {"shot": str, "device": str},
    "picture": {"shot": str, "frame": int, "look": str, "height": int},
    "cancel": {"job": int},
    "close": {"shot": str},
}
FINDINGS = {"findings": [{"level": "fine", "topic": "Model", "text": "penumbra-seed is there.", "next_step": ""}]}


def order(title: str = "hero", **more: Any) -> Order:
    """One that the fake worker opens as frames 1001-1010."""
    return Order(title, {"version": 1, "plate": f"{title}.####.exr"}, "/shots", **more)


class FakeClient:
    """Answers hello, doctor, open, close and cancel by itself; everything else when the test says so."""

    def __init__(self, notice: str | None = None) -> None:
        self.sent: list[tuple[int, str, dict[str, Any]]] = []
        self.out: list[Any] = [Answer(0, {"protocol": 1, "notice": notice})]
        self.log: list[str] = []
        self.shots: dict[str, Any] = {}
        self.refusing: Refusal | None = None
        self.alive = True
        self.pid = 4711

    def send(self, method: str, **params: Any) -> int:
        assert self.alive, f"{method!r} is asked of a worker that is gone"
        assert method in METHODS, f"there is no method {method!r}"
        assert set(params) == set(METHODS[method]), f"{method} takes {set(METHODS[method])}, not {set(params)}"
        for name, value in params.items():
            assert isinstance(value, METHODS[method][name]), f"{name} of {method} is {value!r}"
        identity = len(self.sent) + 1
        self.sent.append((identity, method, params))
        if method not in ("open", "doctor") and "shot" in params:
            assert params["shot"] in self.shots, f"{method} of a shot that is not open: {params['shot']!r}"
        getattr(self, f"_{method}", lambda *_: None)(identity, params)
        return identity

    def arrived(self) -> list[Any]:
        out, self.out = self.out, []
        return out

    def log_lines(self) -> list[str]:
        return list(self.log)

    def close(self, patience: float = 2.0) -> None:
        self.alive = False

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [params for _, name, params in self.sent if name == method]

    def ids(self, method: str) -> list[int]:
        return [identity for identity, name, _ in self.sent if name == method]

    def answer(self, identity: int, **result: Any) -> None:
        self.out.append(Answer(identity, result))

    def refuse(self, identity: int, *problems: str, kind: str = "input", code: int = -32002) -> None:
        told = [{"kind": kind, "problem": problem, "next_step": "Mend it.", "frame": 1043, "path": "/p", "field": ["a"]}
                for problem in problems]  # fmt: skip
        self.out.append(Refusal(identity, code, " ".join(problems), {"faults": told}))

    def tell(self, method: str, job: int, **more: Any) -> None:
        self.out.append(Notification(method, {"job": job, **more}))

    def progress(self, job: int, done: int, total: int = 10) -> None:
        self.tell("progress", job, done=done, total=total, seconds=done / 2, stage="matting",
                  frames_per_second=2.0, seconds_left=(total - done) / 2)  # fmt: skip

    def frame_done(self, job: int, frame: int, disagreement: float | None = None) -> None:
        self.tell("frame_done", job, frame=frame, path=f"/out/matte.{frame}.exr", disagreement=disagreement)

    def crash(self, *last: str, code: int = -11) -> None:
        self.out.append(Ended(code, list(last)))
        self.alive = False

    def _doctor(self, identity: int, params: dict[str, Any]) -> None:
        self.answer(identity, **FINDINGS)

    def _open(self, identity: int, params: dict[str, Any]) -> None:
        if self.refusing is not None:
            self.out.append(Refusal(identity, self.refusing.code, self.refusing.message, self.refusing.data))
            return
        name = str(len(self.shots) + 1)
        self.shots[name] = params
        self.answer(identity, shot=name, frames="1001-1010", out="/out/matte.####.exr")

    def _close(self, identity: int, params: dict[str, Any]) -> None:
        del self.shots[params["shot"]]
        self.answer(identity)

    def _cancel(self, identity: int, params: dict[str, Any]) -> None:
        assert params["job"] in self.ids("matte"), f"there is no job {params['job']}"
        self.answer(identity, stopping=True)


class Workers:
    """Every fake worker that a desk started, in turn; `start` is what the desk is given."""

    def __init__(self, make: Callable[[], FakeClient] = FakeClient) -> None:
        self.make = make
        self.all: list[FakeClient] = []

    def start(self) -> FakeClient:
        self.all.append(self.make())
        return self.all[-1]

    @property
    def last(self) -> FakeClient:
        return self.all[-1]


def a_desk(make: Callable[[], FakeClient] = FakeClient) -> tuple[Desk, Workers]:
    workers = Workers(make)
    return Desk(workers.start), workers
