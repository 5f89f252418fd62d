"""Writes the results that come with the lab, which need nobody's data: `python -m tools.ship_results`."""

from ae_core.data.letters import letters
from ae_core.kept import SHIPPED, bytes_of, write
from ae_core.lessons import contest
from ae_core.lessons.code_size import foreign_drawings
from ae_core.lessons.trials import IMAGES
from ae_core.storage import Folder

RESULTS = (
    (letters, (IMAGES, 0)),
    (foreign_drawings, ()),
    (contest.scribbles, (contest.EACH, contest.SEED)),
)


def main() -> None:
    folder = Folder(SHIPPED)
    SHIPPED.mkdir(exist_ok=True)
    for name in folder.names():
        folder.remove(name)
    for result, arguments in RESULTS:
        write(folder, result.file_name(*arguments), bytes_of(result.compute(*arguments), compressed=True))


if __name__ == "__main__":
    main()
