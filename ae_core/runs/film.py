"""The film of a run: what the network makes of fixed test digits at moments of its training.

Ten digits are drawn. Where a code has two numbers, hundreds more have their place on the map of codes.
"""

import numpy as np

from ae_core.data.digits import Digits, Split
from ae_core.models.inference import encode, reconstruct
from ae_core.models.network import Network
from ae_core.runs.run import Run

CAST = 10
MAP_DIGITS = 50  # of each class: enough to see where it lies, few enough to be encoded in milliseconds


def film_digits(digits: Digits) -> np.ndarray:
    """The first test digit of each class, uint8 [10, 28, 28]: the cast of every film.

    Of own data the first of ten classes; where there are fewer, further ones of each until there are ten.
    """
    return digits.test.images[film_places(digits)]


def film_places(digits: Digits) -> list[int]:
    """Places of the cast in the test split, as many as there are up to CAST."""
    turns = taking_turns(digits, CAST)
    rounds = [place for turn, place in turns if turn == 0][:CAST]
    return rounds + [place for turn, place in turns if turn > 0][: CAST - len(rounds)]


def taking_turns(digits: Digits, most: int) -> list[tuple[int, int]]:
    """The first `most` test digits of each class as (turn, place): by turn, then by class."""
    found = [
        (turn, label, int(place))
        for label in digits.classes
        for turn, place in enumerate(np.flatnonzero(digits.test.labels == label)[:most])
    ]
    return [(turn, place) for turn, _, place in sorted(found)]


def map_digits(digits: Digits) -> Split:
    """The first 50 test digits of each class, or all there are, for every map of codes.

    The classes take turns, so that none is drawn on top of the others.
    """
    places = [place for _, place in taking_turns(digits, MAP_DIGITS)]
    return Split(digits.test.images[places], digits.test.labels[places])


class Film:
    """Moments of a run, each named by the epochs done, and the files that hold them.

    It begins with the model as it is given. A moment is kept, or passes: the next one takes its place.
    """

    def __init__(self, run: Run, model: Network, digits: Digits) -> None:
        self.run = run
        self.model = model
        self.cast = film_digits(digits)
        self.crowd = map_digits(digits) if model.config.latent_dim == 2 else None
        self.frames: dict[float, np.ndarray] = {}
        self.codes: dict[float, np.ndarray] = {}
        self.passing: float | None = None
        self.written = False
        self.keep(0.0)

    def keep(self, epoch: float) -> None:
        self.shoot(epoch)
        self.passing = None

    def shoot(self, epoch: float) -> None:
        """Takes the present moment in; it passes unless it is kept already."""
        if epoch in self.frames:
            return
        if self.passing is not None:
            for moments in (self.frames, self.codes):
                moments.pop(self.passing, None)
        self.frames[epoch] = self.draw_cast()
        if self.crowd:
            self.codes[epoch] = self.encode_crowd()
        self.passing, self.written = epoch, False

    def draw_cast(self) -> np.ndarray:
        """The ten digits as the model draws them now, uint8 [n, 28, 28]."""
        drawn = np.nan_to_num(reconstruct(self.model, self.cast))  # a loss about to diverge
        return (drawn * 255).round().astype(np.uint8)

    def encode_crowd(self) -> np.ndarray:
        """The map's digits as the model encodes them now, float16 [N, 2]: finer than a screen can show."""
        assert self.crowd is not None  # it is asked for where there is a map
        with np.errstate(over="ignore"):
            return np.nan_to_num(encode(self.model, self.crowd.images).astype(np.float16))

    def go_back(self, epoch: int) -> None:
        """Takes up what the run's files hold up to `epoch`; what was recorded after it is forgotten."""
        epochs, codes, _ = self.run.codes()
        for moments, recorded in ((self.frames, self.run.film()), (self.codes, (epochs, codes))):
            known = {float(at): each for at, each in zip(*recorded, strict=True) if at <= epoch}
            if known and next(iter(known.values())).shape == moments[0.0].shape:
                moments.clear()
                moments.update(known)
        self.passing, self.written = None, False

    def write(self) -> None:
        """Brings the run's files up to the last moment."""
        if self.written:
            return
        self.run.set_film(np.array(list(self.frames)), np.stack(list(self.frames.values())))
        if self.crowd:
            codes = np.stack(list(self.codes.values()))
            self.run.set_codes(np.array(list(self.codes)), codes, self.crowd.labels)
        self.written = True
