"""Epochs that are trained when they are asked for, and a word to whoever asks for none."""

import warnings
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")
UNUSED = (
    "Nothing was trained: train() trains an epoch each time the next one is asked for, as in "
    "`for epoch in train(model, digits, config): ...`."
)


class Epochs(Iterator[T]):
    """The epochs of a training, each of which is trained when it is asked for."""

    def __init__(self, results: Iterator[T]) -> None:
        self.results = results
        self.is_begun = False

    def __next__(self) -> T:
        self.is_begun = True
        return next(self.results)

    def __del__(self) -> None:
        if not self.is_begun:
            warnings.warn(UNUSED, stacklevel=2)
