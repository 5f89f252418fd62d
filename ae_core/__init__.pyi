from ae_core.data.digits import Digits as Digits
from ae_core.data.digits import Split as Split
from ae_core.data.sources import load_digits as load_digits
from ae_core.drawing.ink import digit_from_drawing as digit_from_drawing
from ae_core.errors import LabError as LabError
from ae_core.models.build import build_model as build_model
from ae_core.models.config import ModelConfig as ModelConfig
from ae_core.models.inference import encode as encode
from ae_core.models.inference import reconstruct as reconstruct
from ae_core.models.inference import reconstruction_errors as reconstruction_errors
from ae_core.runs.catalogue import load_model as load_model
from ae_core.runs.service import TrainingService as TrainingService
from ae_core.runs.store import RunStore as RunStore
from ae_core.scores.calibration import Calibrator as Calibrator
from ae_core.scores.calibration import evaluate as evaluate
from ae_core.scores.detector import Detector as Detector
from ae_core.studies.experiment import ExperimentConfig as ExperimentConfig
from ae_core.studies.service import StudyService as StudyService
from ae_core.studies.store import StudyStore as StudyStore
from ae_core.studies.sweep import SweepConfig as SweepConfig
from ae_core.training.autoencoder import Autoencoder as Autoencoder
from ae_core.training.config import TrainConfig as TrainConfig
from ae_core.training.loop import EpochResult as EpochResult
from ae_core.training.loop import train as train

__version__: str
PUBLIC: dict[str, tuple[str, ...]]
FLOORS: tuple[str, ...]
HOMES: dict[str, str]
