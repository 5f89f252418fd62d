"""Images that are no MNIST digits, for asking an anomaly score whether it notices."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ae_core.config import is_whole
from ae_core.data import mnist_files
from ae_core.data.letters import FONT_LETTERS, letters
from ae_core.data.mnist_files import COLLECTIONS
from ae_core.drawing.ink import centred_digit
from ae_core.errors import ConfigError, DataError

MOST = 10_000  # images at once


@dataclass(frozen=True)
class ForeignSource:
    """Where images come from that a model of MNIST has never seen.

    draw: makes `count` images for a seed, from the data folder where it needs it. most: so many it has.
    collection: what `fetch` calls its files; empty where nothing has to be fetched.
    """

    name: str
    title: str
    description: str
    draw: Callable[[int, int, Path], np.ndarray]
    most: int = MOST
    collection: str = ""

    def available(self, data_dir: str | Path | None = None) -> bool:
        """Whether `images` will work at once. data_dir: None takes `AE_DATA_DIR`, else the user's cache."""
        folder = _folder(data_dir)
        files = COLLECTIONS[self.collection].files if self.collection else ()
        return all(mnist_files.file_state(folder, each) == "sound" for each in files)

    def images(self, count: int, seed: int = 0, data_dir: str | Path | None = None) -> np.ndarray:
        """`count` images, none twice, uint8 [count, 28, 28]; a seed's first ones stay, however many follow.

        Nothing is downloaded here. Raises ConfigError for a count that is not from 1 to `most` and for a bad
        seed, DataError where files are missing or damaged.
        """
        if not (is_whole(count) and 1 <= count <= self.most):
            raise ConfigError(
                f"{self.title} can give 1 to {self.most:,} images, not {count!r}: ask for a number of these."
            )
        if not (is_whole(seed) and seed >= 0):
            raise ConfigError(f"The seed must be a whole number, at least 0, got {seed!r}.")
        return self.draw(count, seed, _folder(data_dir))


def _folder(data_dir: str | Path | None) -> Path:
    return Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()


def draw_letters(count: int, seed: int, _folder: Path) -> np.ndarray:
    return letters(count, seed)


def draw_scikit_digits(count: int, seed: int, _folder: Path) -> np.ndarray:
    """Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI (CC BY 4.0)."""
    from sklearn.datasets import load_digits  # its import takes a second

    small = load_digits().images  # [1797, 8, 8] from 0 to 16
    chosen = np.rint(_some_of(small, count, seed) * (255 / 16)).astype(np.uint8)
    return np.stack([centred_digit(ink) for ink in chosen])


def draw_from(name: str) -> Callable[[int, int, Path], np.ndarray]:
    """Draws from a collection's images, which are as large and as grey as MNIST's and stay as they are."""

    def draw(count: int, seed: int, folder: Path) -> np.ndarray:
        collection = COLLECTIONS[name]
        (file,) = collection.files
        if not file.path_in(folder).is_file():
            raise DataError(
                f"{collection.title} is not in {folder}. Fetch it ({collection.download_bytes / 1e6:.1f} MB) "
                f"with `python -m ae_core data fetch {name}`, or name a folder that has it with AE_DATA_DIR. "
                f"{collection.meanwhile}"
            )
        return _some_of(mnist_files.read_file(folder, file), count, seed)

    return draw


def _some_of(images: np.ndarray, count: int, seed: int) -> np.ndarray:
    return images[np.random.default_rng(seed).permutation(len(images))[:count]]


_ALL = (
    ForeignSource(
        "letters",
        "Letters",
        f"Capital and small letters that look like no digit ({FONT_LETTERS}), leaning, wide, thin and bold.",
        draw_letters,
    ),
    ForeignSource(
        "scikit_digits",
        "Digits of 8 × 8 pixels",
        "Handwritten digits again, but other people's, scanned coarsely and enlarged (from scikit-learn).",
        draw_scikit_digits,
        most=1_797,
    ),
    ForeignSource(
        "fashion",
        "Fashion-MNIST",
        "Photographs of clothes, shoes and bags in MNIST's format (Xiao, Rasul, Vollgraf, arXiv 1708.07747).",
        draw_from("fashion"),
        collection="fashion",
    ),
    ForeignSource(
        "kmnist",
        "Kuzushiji-MNIST",
        "Japanese letters in an old cursive hand, in MNIST's format (Clanuwat et al., arXiv 1812.01718).",
        draw_from("kmnist"),
        collection="kmnist",
    ),
)
FOREIGN: dict[str, ForeignSource] = {each.name: each for each in _ALL}
