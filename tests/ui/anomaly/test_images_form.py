"""The fields of an experiment with a given model begin with what it was started with."""

import pytest

from ae_core.studies.experiment import UPLOAD, ExperimentConfig
from ui.anomaly.corruptions import LEAST
from ui.anomaly.images_form import ImagesForm


@pytest.mark.parametrize("severity", [0.01, 0.7])
def test_corruptions_are_filled_in_as_strong_as_the_slider_allows(severity):
    config = ExperimentConfig.of("corruptions", corruptions=("fog",), images=40, severity=severity)
    form = ImagesForm.of(config)
    assert (form.images, form.corruptions, form.severity) == (40, ["fog"], max(severity, LEAST))
    assert form.sources == ImagesForm.usual().sources


def test_sources_are_filled_in_but_for_uploads_which_are_gone():
    config = ExperimentConfig.of("foreign", sources=("letters", UPLOAD), upload="kept", upload_name="mine")
    form = ImagesForm.of(config)
    assert form.sources == ["letters"]
    assert form.corruptions == ImagesForm.usual().corruptions
