"""Which known digits have the code nearest to a given one."""

import numpy as np


def nearest(codes: np.ndarray, query: np.ndarray, count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """The `count` rows of codes [N, d] nearest to query [d], nearest first: indices and distances."""
    squared = np.square(codes - query).sum(axis=1)
    count = min(count, len(codes))
    near = np.argpartition(squared, count - 1)[:count]
    near = near[np.argsort(squared[near], kind="stable")]
    return near, np.sqrt(squared[near])
