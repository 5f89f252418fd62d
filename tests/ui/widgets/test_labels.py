"""A setting is called on a page what stands beside its field."""

import pytest

from ae_core.errors import ConfigError, DataError
from ae_core.training.config import TrainConfig
from ui.tradeoffs import sweep_form
from ui.train import settings
from ui.widgets.labels import labelled


def test_a_refused_field_goes_by_its_label():
    with pytest.raises(ConfigError, match=r"^Batch size must be .*, got 1\.$"), labelled(settings.LABELS):
        TrainConfig(batch_size=1)


def test_one_field_may_have_other_labels_on_other_pages():
    with pytest.raises(ConfigError, match=r"^Epochs each must be"), labelled(sweep_form.LABELS):
        TrainConfig(epochs=0)


def test_other_errors_and_answers_pass_as_they_are():
    @labelled({"epochs": "Epochs"})
    def act(error: Exception | None) -> int:
        if error:
            raise error
        return 3

    assert act(None) == 3
    with pytest.raises(DataError, match="epochs"):
        act(DataError("epochs"))
