"""A device with little memory, on any processor: it counts the bytes that tensors hold, and refuses what is too much.

Within it torch's own error is raised where a GPU would raise it, so that only what really lets go of memory helps. What
was made before it was entered does not count, and neither does what an operation needs for itself.
"""

import weakref
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Ration(TorchDispatchMode):
    def __init__(self, limit: float = float("inf")) -> None:
        super().__init__()
        self.limit, self.held, self.most, self.refused = limit, 0, 0, 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        given = {tensor.untyped_storage()._cdata for tensor in _tensors((args, kwargs))}
        for tensor in _tensors(result):
            storage = tensor.untyped_storage()
            if storage._cdata not in self._known | given:
                self._take(storage)
        return result

    def _take(self, storage: torch.UntypedStorage) -> None:
        size = storage.nbytes()
        if self.held + size > self.limit:
            self.refused += 1
            raise torch.OutOfMemoryError(f"Tried to allocate {size} bytes: {self.held} of {self.limit} are taken.")
        self.held += size
        self.most = max(self.most, self.held)
        self._known.add(storage._cdata)
        weakref.finalize(storage, self._give_back, storage._cdata, size)

    def _give_back(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.held -= size


def _tensors(values: Any) -> list[torch.Tensor]:
    return [value for value in tree_leaves(values) if isinstance(value, torch.Tensor)]
