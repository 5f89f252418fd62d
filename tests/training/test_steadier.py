"""The learning rate that would have held, where a training came to nothing."""

from ae_core.data.digits import Digits
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.learned import mean_image_error
from ae_core.training.loop import train
from ae_core.training.steadier import find_remedy, is_steep, lower_rates

NET = ModelConfig(latent_dim=8, hidden=())  # purely linear: nothing holds its outputs back
WILD = TrainConfig(
    epochs=8, batch_size=32, optimizer="adam", peak_learning_rate=0.5, schedule="constant", precision="fp32"
)


def last_loss(digits: Digits, recipe: TrainConfig) -> float:
    return list(train(build_model(NET), digits, recipe, device="cpu"))[-1].validation_loss


def test_what_is_offered_was_tried_and_comes_to_something(few):
    mean_digit = mean_image_error(few.train.images, few.validation.images)
    assert last_loss(few, WILD) > mean_digit
    found = find_remedy(NET, WILD, few, device="cpu", seconds=60)
    assert found.epochs == WILD.epochs
    lower = WILD.with_changes(peak_learning_rate=found.peak_learning_rate)
    assert last_loss(few, lower) == found.validation_loss < mean_digit


def test_without_time_for_an_epoch_nothing_is_offered(embedded):
    assert find_remedy(NET, WILD, embedded, device="cpu", seconds=-1) is None


def test_rates_are_written_as_a_person_would():
    assert lower_rates(0.5) == [0.2, 0.05, 0.02, 0.005]
    assert lower_rates(1e-6) == []


def test_the_usual_rate_is_not_steep():
    assert not is_steep(TrainConfig())
    assert is_steep(TrainConfig.reference())
