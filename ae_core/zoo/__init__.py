"""Small trained models that ship with the project, so that every page works before anyone trains.

They were made by `python -m ae_core zoo build` (ae_core/commands/build_zoo.py says on which digits); each has
its card beside it. Stands on `models`.
"""

import json
from pathlib import Path
from typing import Any

from ae_core.errors import NotFoundError
from ae_core.models.build import ARCHITECTURES
from ae_core.models.network import Network
from ae_core.models.weights import load_model

ZOO_DIR = Path(__file__).parent


def names(folder: Path = ZOO_DIR) -> list[str]:
    """What there is, by kind and then by size of the code: "dense-2", "dense-4", ..."""
    found = (path.stem for path in folder.glob("*.safetensors") if path.with_suffix(".json").is_file())
    return sorted(found, key=by_kind_and_size)


def by_kind_and_size(name: str) -> tuple[int, int]:
    architecture, _, latent_dim = name.rpartition("-")
    kinds = list(ARCHITECTURES)
    return (
        kinds.index(architecture) if architecture in kinds else len(kinds),
        int(latent_dim) if latent_dim.isdecimal() else 0,
    )


def load(name: str, folder: Path = ZOO_DIR) -> Network:
    """The shipped model called `name`, in fp32 on the CPU and in evaluation mode; a new one at each call.

    Raises NotFoundError for an unknown name and WeightsError for a damaged file.
    """
    check_name(name, folder)
    return load_model((folder / f"{name}.safetensors").read_bytes(), source=f"zoo:{name}")


def card(name: str, folder: Path = ZOO_DIR) -> dict[str, Any]:
    """Where `name` comes from: data, recipe, parameters and test errors. Raises NotFoundError if unknown."""
    check_name(name, folder)
    return json.loads((folder / f"{name}.json").read_text())


def check_name(name: str, folder: Path) -> None:
    there = names(folder)
    if name not in there:  # also keeps paths such as ../ out
        has = (
            f"it has {', '.join(there)}"
            if there
            else "it is empty: install the lab again, or `zoo build` fills it"
        )
        raise NotFoundError(f"The zoo has no model {name[:80]!r}; {has}.")
