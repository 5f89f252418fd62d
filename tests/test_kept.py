"""What took time is computed once, and nothing else is ever taken for it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ae_core import kept
from ae_core.kept import OnDisk, array_of, on_disk, read
from ae_core.storage import Folder
from tools.ship_results import RESULTS


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Folder:
    monkeypatch.setenv("AE_CACHE", str(tmp_path))
    return kept.default_folder("results")


class Marked:
    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint


def counted(version: int = 1) -> tuple[OnDisk, list]:
    """A function that is kept, and the arguments that it was computed for."""
    asked = []

    @on_disk(version)
    def squares(*arguments: object) -> np.ndarray:
        asked.append(arguments)
        return np.arange(4.0) ** 2

    return squares, asked


@pytest.mark.usefixtures("folder")
def test_it_is_computed_once_for_its_arguments():
    squares, asked = counted()
    arguments = [
        (),
        (1,),
        ("1",),
        (1, (2,)),
        (np.arange(3),),
        (np.arange(3.0),),
        (Marked("a"),),
        (Marked("b"),),
    ]
    for each in arguments * 2:
        assert squares(*each).tolist() == [0, 1, 4, 9]
    assert len(asked) == len(arguments)


@pytest.mark.usefixtures("folder")
def test_another_version_is_computed_anew():
    counted()[0](3)
    squares, asked = counted(version=2)
    squares(3)
    assert asked == [(3,)]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data[:30] + b"x" + data[31:], lambda _: b""]
)
def test_what_is_damaged_is_computed_anew_and_replaced(folder, damage):
    squares, asked = counted()
    squares(7)
    (name,) = folder.names()
    sound = folder.read(name)
    folder.write(name, damage(sound))
    assert squares(7).tolist() == [0, 1, 4, 9]
    assert (len(asked), folder.read(name)) == (2, sound)


@pytest.mark.usefixtures("folder")
def test_a_full_disk_costs_time_and_nothing_else(monkeypatch):
    def full(*_):
        raise OSError("no room")

    monkeypatch.setattr(Folder, "write", full)
    squares, asked = counted()
    assert squares().tolist() == squares().tolist()
    assert len(asked) == 2


@pytest.mark.usefixtures("folder")
def test_two_servers_that_fill_one_cache_leave_a_whole_file(folder):
    both = [bytes([number]) * 200_000 for number in (1, 2)]

    def fill(data: bytes) -> set[bytes | None]:
        found = set()
        for _ in range(50):
            kept.write(folder, "same", data)
            found.add(kept.read(folder, "same"))
        return found

    with ThreadPoolExecutor(2) as servers:
        first, second = servers.map(fill, both)
    assert first | second <= set(both)


def test_what_could_change_unseen_is_no_argument():
    with pytest.raises(TypeError, match="by a dict"):
        counted()[0]({})


def test_the_oldest_make_room(folder, monkeypatch):
    squares, _ = counted()
    squares(0)
    (first,) = folder.names()
    monkeypatch.setattr(kept, "MOST_BYTES", 2 * len(folder.read(first)))
    for number in (1, 2):
        squares(number)
    assert folder.names() == sorted(squares.file_name(number) for number in (1, 2))


def test_what_ships_is_what_is_asked_for_and_nothing_else():
    names = {result.file_name(*arguments) for result, arguments in RESULTS}
    assert names == set(Folder(kept.SHIPPED).names())


@pytest.mark.slow
@pytest.mark.parametrize(("result", "arguments"), RESULTS)
def test_what_ships_is_what_would_be_computed(result, arguments):
    shipped = array_of(read(Folder(kept.SHIPPED), result.file_name(*arguments)))
    np.testing.assert_array_equal(shipped, result.compute(*arguments))
