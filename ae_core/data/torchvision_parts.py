"""torchvision where its compiled part does not fit PyTorch: its data sets and transforms need none of it.

`torch==2.13.0` may be the CPU build while `torchvision==0.28.0` is the CUDA build. torchvision then cannot
load its library of operators, goes on, and fails while declaring how two of them behave: "operator
torchvision::nms does not exist". Once those two exist by name, the import succeeds and everything written
in Python works. Use `from ae_core.data.torchvision_parts import torchvision`.
"""

import functools
import importlib.util
import logging
from pathlib import Path

import torch

# Signatures as in torchvision/csrc/ops/nms.cpp and quantized/cpu/qnms_kernel.cpp, release 0.28.
MISSING_OPERATORS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}

log = logging.getLogger(__name__)


def load_operators() -> None:
    """Loads torchvision's compiled operators where they fit, as torchvision itself is about to do."""
    found = importlib.util.find_spec("torchvision")
    for library in Path(found.origin).parent.glob("_C.*") if found and found.origin else ():
        try:
            torch.ops.load_library(str(library))
        except OSError as error:
            log.debug("torchvision's operators do not fit this PyTorch: %s", error)


def is_declared(operator: str) -> bool:
    return hasattr(torch.ops.torchvision, operator)


def declare_missing() -> torch.library.Library:
    """Declares what is missing, and only that: a declaration made twice is an error."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator, signature in MISSING_OPERATORS.items():
        if not is_declared(operator):
            library.define(signature)
    return library


load_operators()
declarations = declare_missing()  # kept: the operators vanish with this object

import torchvision  # noqa: E402
import torchvision.datasets.utils  # noqa: E402

# torchvision draws a progress bar on the standard error output for each file; a server's log and the command
# line, which draws its own, are better off without.
torchvision.datasets.utils.tqdm = functools.partial(torchvision.datasets.utils.tqdm, disable=True)

__all__ = ["torchvision"]
