"""Training as a generator: it yields what happened in each epoch and keeps no opinion about screens or files.

    for epoch in train(model, digits, config):
        print(epoch.number, epoch.train_loss, epoch.validation_loss)

To stop is to `break`; who asks for no epoch trains nothing, and is told so. `Training` is the same with
handles for a live run: halt, restore, change the learning rate.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional

from ae_core.data.digits import Digits
from ae_core.errors import ConfigError, DivergedError
from ae_core.models.inference import intensities, reconstruction_errors
from ae_core.models.network import Network
from ae_core.training.augmentation import augment
from ae_core.training.config import TrainConfig
from ae_core.training.devices import choose_device, uses_bf16
from ae_core.training.noise import add_noise
from ae_core.training.optimizers import build_optimizer
from ae_core.training.schedules import HIGH_MOMENTUM, LOW_MOMENTUM, SCHEDULES, rise, set_momentum
from ae_core.training.stopping import why_stopped
from ae_core.training.unused import Epochs

STEP_REPORT_SECONDS = 0.25


@dataclass(frozen=True)
class EpochResult:
    """One finished epoch; losses are per-pixel mean squared errors whatever loss was minimised.

    >>> from ae_core import ModelConfig, TrainConfig, build_model, load_digits
    >>> model, recipe = build_model(ModelConfig(latent_dim=2)), TrainConfig(epochs=1)
    >>> (epoch,) = train(model, load_digits("embedded"), recipe)
    >>> epoch.number, epoch.kl
    (1, 0.0)
    """

    number: int
    train_loss: float
    validation_loss: float
    learning_rate: float
    seconds: float
    images_per_second: float
    kl: float = 0.0  # Kullback-Leibler, nats a digit; variational networks only


@dataclass(frozen=True)
class Step:
    """Where a running epoch stands; `running_loss` is its per-pixel mean squared error so far."""

    epoch: int
    step: int
    steps: int
    running_loss: float
    learning_rate: float
    images_per_second: float


OnStep = Callable[[Step], None]


def train(
    model: Network,
    digits: Digits,
    config: TrainConfig,
    *,
    on_step: OnStep | None = None,
    device: str = "auto",
) -> Iterator[EpochResult]:
    """Trains `model` on `digits.train` and yields an EpochResult after each epoch.

    The arguments are checked at once, not at the first epoch. on_step is called about four times a
    second. After any `break` the model is usable. Raises ConfigError for a device that is not there, and
    DivergedError when the loss stops being a number; the model then holds its last good epoch.

    >>> from ae_core import ModelConfig, build_model, load_digits
    >>> model, digits = build_model(ModelConfig(latent_dim=8)), load_digits("embedded")
    >>> first, second = train(model, digits, TrainConfig(epochs=2))
    >>> second.validation_loss < first.validation_loss
    True
    """
    return Epochs(Training(model, digits, config, device=device).run(on_step))


class Training:
    """A training under way: the model, its optimizer and the place in the recipe.

    Batches, noise and learning rate depend only on the configuration and the place, so a training that
    is halted, saved, restored and run on ends in the same bits as one that was never disturbed.
    """

    def __init__(self, model: Network, digits: Digits, config: TrainConfig, *, device: str = "auto") -> None:
        if len(digits.train) < 2:
            raise ConfigError(f"Training needs at least 2 training digits, got {len(digits.train)}.")
        self.device = choose_device(device)
        self.model = model.to(self.device)
        self.config = config
        self.validation_images = digits.validation.images
        self.images = torch.tensor(digits.train.images, device=self.device)
        self.bounds = batch_bounds(len(self.images), config.batch_size)
        self.optimizer = build_optimizer(model, config)
        self.bf16 = uses_bf16(config.precision, self.device)
        self.peak_learning_rate = config.peak_learning_rate
        self.epoch = 0  # epochs finished
        self.step = 0  # batches finished in the epoch under way
        self.loss_sum = torch.zeros((), device=self.device)  # over the images of the epoch under way
        self.kl_sum = torch.zeros((), device=self.device)
        self.seconds = 0.0  # spent on the epoch under way
        self.losses: list[float] = []  # on the validation digits, after each epoch
        self.seconds_before = 0.0  # of the epochs finished
        self.halted = False
        self.remember()

    def run(self, on_step: OnStep | None = None) -> Iterator[EpochResult]:
        """Epochs from the present place to the last one, or until `halt` or the recipe stops it."""
        self.halted = False
        while not self.is_over and self.run_epoch(on_step):
            yield self.finish_epoch()

    @property
    def is_over(self) -> bool:
        """Whether the recipe has nothing left to do."""
        return self.epoch >= self.config.epochs or bool(self.why_stopped())

    def why_stopped(self) -> str:
        """See `stopping.why_stopped`."""
        return why_stopped(self.config, self.losses, self.seconds_before)

    def halt(self) -> None:
        """Ends `run` after the present batch; calling `run` again goes on from there."""
        self.halted = True

    def run_epoch(self, on_step: OnStep | None) -> bool:
        """The remaining batches of the present epoch; False if halted before its end."""
        order = torch.randperm(len(self.images), generator=seeded(self.config.seed, self.epoch))
        order = order.to(self.device)
        self.model.train()
        resumed, last_report = time.perf_counter(), time.perf_counter()
        earlier = self.seconds
        while self.step < len(self.bounds) and not self.halted:
            start, end = self.bounds[self.step]
            self.run_step(order[start:end])
            now = time.perf_counter()
            if now - last_report >= STEP_REPORT_SECONDS or self.step == 1:
                self.seconds = earlier + now - resumed
                self.check_loss()
                if on_step:
                    on_step(self.describe_step())
                    self.model.train()  # whoever looked at the model may have left it in evaluation mode
                last_report = time.perf_counter()
                resumed += last_report - now  # looking does not count as training
        self.seconds = earlier + time.perf_counter() - resumed
        return self.step == len(self.bounds)

    def run_step(self, chosen: torch.Tensor) -> None:
        # index_select copies whole images; `images[chosen]` goes pixel by pixel, 5 % of the whole step.
        images = intensities(self.images.index_select(0, chosen), self.device)
        self.set_pace()
        chance = seeded(self.config.seed, self.epoch, self.step)
        clean = augment(images, self.config.augmentation, chance)
        noisy = add_noise(clean, self.config.noise, self.config.denoising, chance)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            reconstructed, kl = self.model.training_pass(noisy, chance)
        reconstructed = reconstructed.float()
        loss = LOSSES[self.config.loss](reconstructed, clean)
        penalty = 0 if kl is None else self.model.penalty(kl)
        self.optimizer.zero_grad(set_to_none=True)
        (loss + penalty).backward()
        self.optimizer.step()
        with torch.no_grad():
            error = loss if self.config.loss == "mse" else functional.mse_loss(reconstructed, clean)
            self.loss_sum += error.detach() * len(chosen)
            if kl is not None:
                self.kl_sum += kl.detach() * len(chosen)
        self.step += 1

    def finish_epoch(self) -> EpochResult:
        self.check_loss()
        started = time.perf_counter()
        train_loss = float(self.loss_sum) / len(self.images)
        kl = float(self.kl_sum) / len(self.images)
        training_seconds = self.seconds
        validation_loss = float(reconstruction_errors(self.model, self.validation_images).mean(dtype=float))
        if not math.isfinite(validation_loss):
            self.diverge(validation_loss)
        last_learning_rate = self.optimizer.param_groups[0]["lr"]
        self.epoch += 1
        self.step, self.seconds = 0, 0.0
        self.loss_sum.zero_()
        self.kl_sum.zero_()
        self.remember()
        seconds = training_seconds + time.perf_counter() - started
        self.losses.append(validation_loss)
        self.seconds_before += seconds
        return EpochResult(
            number=self.epoch,
            train_loss=train_loss,
            validation_loss=validation_loss,
            learning_rate=last_learning_rate,
            seconds=seconds,
            images_per_second=len(self.images) / training_seconds,
            kl=kl,
        )

    def set_pace(self) -> None:
        """Learning rate and, in the one-cycle schedule, momentum for the next batch."""
        step, steps = self.epoch * len(self.bounds) + self.step, self.config.epochs * len(self.bounds)
        for group in self.optimizer.param_groups:
            group["lr"] = self.peak_learning_rate * SCHEDULES[self.config.schedule](step, steps)
            if self.config.schedule == "one_cycle":
                set_momentum(group, HIGH_MOMENTUM + (LOW_MOMENTUM - HIGH_MOMENTUM) * rise(step, steps))

    def describe_step(self) -> Step:
        seen = self.bounds[self.step - 1][1]
        return Step(
            epoch=self.epoch + 1,
            step=self.step,
            steps=len(self.bounds),
            running_loss=float(self.loss_sum) / seen,
            learning_rate=self.optimizer.param_groups[0]["lr"],
            images_per_second=seen / max(self.seconds, 1e-9),
        )

    def check_loss(self) -> None:
        loss_sum = float(self.loss_sum + self.kl_sum)
        if not math.isfinite(loss_sum):
            self.diverge(loss_sum)

    def remember(self) -> None:
        """Keeps the weights as those of the last good epoch."""
        self.good_weights = {name: value.clone() for name, value in self.model.state_dict().items()}

    def diverge(self, loss: float) -> None:
        self.model.load_state_dict(self.good_weights)
        raise DivergedError(
            f"The loss became {'NaN' if math.isnan(loss) else 'infinite'} in epoch {self.epoch + 1} "
            f"at a learning rate of {self.optimizer.param_groups[0]['lr']:.3g}. "
            "Steps this large overshoot: each made the error larger, until it was too large for a number. "
            f"The model keeps epoch {self.epoch}. "
            "Try a lower learning rate, or switch BatchNorm on."
        )

    def state(self) -> dict[str, torch.Tensor]:
        """Everything `restore` needs, as tensors by name."""
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        for number, values in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{k}": v for k, v in values.items() if v is not None}
        tensors |= {f"good.{name}": value for name, value in self.good_weights.items()}
        place = [self.epoch, self.step, float(self.loss_sum), self.seconds, self.peak_learning_rate]
        place.append(self.optimizer.param_groups[0]["lr"])  # an epoch without a step to go reports it
        tensors["divergence_sum"] = self.kl_sum  # its name on file since 0.1
        tensors["place"] = torch.tensor(place, dtype=torch.float64)
        tensors["epochs.losses"] = torch.tensor(self.losses, dtype=torch.float64)
        tensors["epochs.seconds"] = torch.tensor(self.seconds_before, dtype=torch.float64)
        return tensors

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        """Goes back to the place that `state` described."""
        self.model.load_state_dict(under("model.", tensors))
        optimizer_state: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in under("optimizer.", tensors).items():
            number, key = name.split(".", 1)
            optimizer_state.setdefault(int(number), {})[key] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": optimizer_state, "param_groups": groups})
        epoch, step, loss_sum, self.seconds, self.peak_learning_rate, rate = tensors["place"].tolist()
        self.epoch, self.step = int(epoch), int(step)
        self.optimizer.param_groups[0]["lr"] = rate
        self.loss_sum.fill_(loss_sum)
        self.kl_sum.fill_(float(tensors["divergence_sum"]))
        self.good_weights = {k: v.to(self.device) for k, v in under("good.", tensors).items()}
        if "epochs.losses" in tensors:  # not in checkpoints from before trainings could stop by themselves
            self.losses = tensors["epochs.losses"].tolist()
            self.seconds_before = float(tensors["epochs.seconds"])


def under(prefix: str, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)}


def batch_bounds(count: int, batch_size: int) -> list[tuple[int, int]]:
    """Where each batch begins and ends; a last batch of one joins its neighbour, BatchNorm needs two."""
    starts = list(range(0, count, batch_size))
    if len(starts) > 1 and count - starts[-1] == 1:
        starts.pop()
    return list(zip(starts, [*starts[1:], count], strict=True))


def seeded(*numbers: int) -> torch.Generator:
    """A generator whose start depends on all `numbers`."""
    start = 0
    for number in numbers:
        start = (start * 1_000_003 + number + 1) % 2**63
    return torch.Generator().manual_seed(start)


LOSSES = {
    "mse": functional.mse_loss,
    "bce": lambda drawn, clean: functional.binary_cross_entropy(drawn.clamp(0, 1), clean),  # linear outputs
    "l1": functional.l1_loss,
}
