"""The reference notebook's training, written as the notebook has it: the other side of the comparison.

Source: LinearEncoderDecoderMNIST.ipynb in nitishsanghi/Deep-Learning-Autoencoders. torchvision's MNIST with
ToTensor, DataLoader with 2 workers, batch 1024, Adam with learning rate 0.05, evaluation after each epoch.
Nothing of the lab is used, except the shim without which torchvision may not import, and where the files
are. `train_as_notebook` runs it in a process of its own, as a notebook is one: the lab's OpenMP settings must
not reach it, which is why PyTorch is imported before anything of the lab.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import typer
from torch import nn
from torch.utils.data import DataLoader, random_split

from ae_core.data.mnist_files import default_data_dir
from ae_core.data.torchvision_parts import torchvision

EPOCHS = 25
LAB_SETTINGS = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")  # what ae_core sets for itself
BATCH_SIZE = 1024
LEARNING_RATE = 0.05
WORKERS = 2


@dataclass(frozen=True)
class NotebookEpoch:
    train_loss: float
    validation_loss: float
    seconds: float


class Autoencoder(nn.Module):
    def __init__(self, latent_dim: int = 32) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(784, 256),
            nn.ReLU(),
            nn.BatchNorm1d(256),
            nn.Linear(256, 128),
            nn.ReLU(),
            nn.BatchNorm1d(128),
            nn.Linear(128, latent_dim),
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, 128),
            nn.ReLU(),
            nn.BatchNorm1d(128),
            nn.Linear(128, 256),
            nn.ReLU(),
            nn.BatchNorm1d(256),
            nn.Linear(256, 784),
            nn.Sigmoid(),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(images.view(images.size(0), -1)))


def loaders(data_dir: Path) -> tuple[DataLoader, DataLoader]:
    """Training and validation digits: 48,000 and 12,000."""
    mnist = torchvision.datasets.MNIST(str(data_dir), transform=torchvision.transforms.ToTensor())
    parts = random_split(mnist, [48_000, 12_000], generator=torch.Generator().manual_seed(42))
    train, validation = parts
    return (
        DataLoader(train, batch_size=BATCH_SIZE, shuffle=True, num_workers=WORKERS),
        DataLoader(validation, batch_size=BATCH_SIZE, num_workers=WORKERS),
    )


def train_notebook(data_dir: Path, epochs: int = EPOCHS, device: str = "cpu") -> Iterator[NotebookEpoch]:
    """Yields each epoch with its wall time: training and evaluation, as both sides are timed."""
    torch.manual_seed(0)
    train_loader, validation_loader = loaders(data_dir)
    model, criterion = Autoencoder().to(device), nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for _ in range(epochs):
        started = time.perf_counter()
        train_loss = train_epoch(model, train_loader, criterion, optimizer)
        validation_loss = evaluate(model, validation_loader, criterion)
        yield NotebookEpoch(train_loss, validation_loss, time.perf_counter() - started)


def train_epoch(
    model: nn.Module, loader: DataLoader, criterion: nn.Module, optimizer: torch.optim.Optimizer
) -> float:
    model.train()
    total = 0.0
    for images, _ in on_device(loader, model):
        optimizer.zero_grad()
        loss = criterion(model(images), images.view(images.size(0), -1))
        loss.backward()
        optimizer.step()
        total += loss.item() * len(images)
    return total / len(loader.dataset)


def on_device(loader: DataLoader, model: nn.Module) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    device = next(model.parameters()).device
    return ((images.to(device), labels) for images, labels in loader)


def evaluate(model: nn.Module, loader: DataLoader, criterion: nn.Module) -> float:
    model.eval()
    total = 0.0
    with torch.no_grad():
        for images, _ in on_device(loader, model):
            total += criterion(model(images), images.view(images.size(0), -1)).item() * len(images)
    return total / len(loader.dataset)


def train_as_notebook(epochs: int = EPOCHS, device: str = "cpu") -> Iterator[NotebookEpoch]:
    """The epochs of the notebook's loop in a process with PyTorch's own settings.

    The process rests between epochs until the next one is asked for, so that both sides of a comparison can
    take turns and share whatever else the machine does.
    """
    surroundings = {name: value for name, value in os.environ.items() if name not in LAB_SETTINGS}
    command = [sys.executable, "-m", "benchmarks.notebook", str(epochs), device]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=surroundings, text=True, bufsize=1, **pipes) as process:
        for _ in range(epochs):
            process.stdin.write("\n")
            yield NotebookEpoch(**json.loads(process.stdout.readline()))


def main(epochs: int = typer.Argument(EPOCHS), device: str = typer.Argument("cpu")) -> None:
    """Trains as the notebook does: an epoch for each line that comes in, printed as a line of JSON."""
    trained = train_notebook(default_data_dir(), epochs, device)
    for _ in range(epochs):
        sys.stdin.readline()
        print(json.dumps(asdict(next(trained))), flush=True)


if __name__ == "__main__":
    typer.run(main)
