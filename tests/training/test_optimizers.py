import subprocess
import sys

import pytest

from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.optimizers import build_optimizer

NET = ModelConfig(latent_dim=2)
TRAINS = """
import sys
from ae_core import ModelConfig, TrainConfig, build_model, load_digits
from ae_core.training.loop import Training

digits = load_digits("embedded")
for optimizer in TrainConfig.rule("optimizer").choices:
    training = Training(build_model(ModelConfig()), digits, TrainConfig(epochs=1, optimizer=optimizer))
    list(training.run())
    training.optimizer.load_state_dict(training.optimizer.state_dict())
assert "torch._dynamo" not in sys.modules
"""


@pytest.mark.parametrize(("schedule", "kept"), [("one_cycle", 0.99), ("cosine", 0.999), ("constant", 0.999)])
def test_a_rate_that_never_stays_wants_a_short_memory(schedule, kept):
    for optimizer in ("adam", "adamw"):
        built = build_optimizer(build_model(NET), TrainConfig(optimizer=optimizer, schedule=schedule))
        assert built.param_groups[0]["betas"][1] == kept


def test_no_training_waits_for_pytorchs_compiler_to_be_imported():
    subprocess.run([sys.executable, "-c", TRAINS], check=True)
