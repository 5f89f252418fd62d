"""A person's own images, kept beside the studies that score them.

studies/uploads/NAME.npy   uint8 [N, 28, 28]; NAME is made of them
"""

import hashlib
import io

import numpy as np

from ae_core.data.digits import check_images
from ae_core.errors import DamagedError, ImageShapeError, NotFoundError
from ae_core.reading import array_in
from ae_core.runs.store import RunStore


class Uploads:
    """The uploads beside the runs of a store."""

    def __init__(self, runs: RunStore) -> None:
        self.folder = runs.folder.child("studies/uploads")

    def keep(self, images: np.ndarray) -> str:
        """Stores images uint8 [N, 28, 28]; returns the name for `ExperimentConfig.upload`.

        The same images have the same name. Raises ImageShapeError.
        """
        check_images(images)
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(images), allow_pickle=False)
        name = hashlib.sha256(buffer.getvalue()).hexdigest()[:16]
        self.folder.write(f"{name}.npy", buffer.getvalue())
        return name

    def get(self, name: str) -> np.ndarray:
        """The images that `keep` stored.

        Raises NotFoundError where they are gone, DamagedError where they are damaged.
        """
        data = self.folder.read(f"{name}.npy") if name.isalnum() else None
        if data is None:
            raise NotFoundError(f"The uploaded images {name[:40]!r} are not here: upload them again.")
        try:
            images = array_in(data, f"uploads/{name}.npy")
            check_images(images)
        except (DamagedError, ImageShapeError) as error:
            raise DamagedError(f"{str(error).rstrip('.')}: upload these images again.") from error
        return images

    def remove(self, name: str) -> None:
        self.folder.remove(f"{name}.npy")
