"""Networks, loaders and losses that student code passes to a lent function: data, and no more.

The other end is the real one, a confined process with torch; the near end is the stub's own code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from autograder.core.manifest import Limits
from autograder.execution.suite import Test
from autograder.grading.lending import Lender, LendingError
from autograder.grading.lent_code import lent_code
from autograder.sandbox import tiers
from autograder.sandbox.fork_server import ForkServer
from autograder.sandbox.inside import supplied, tensors, travelling
from autograder.sandbox.inside.loaders import Batches
from autograder.sandbox.inside.wire import Tensor

REFERENCE = {
    "training.py": b"""
import torch
from torch import nn

def train(model, loader, rate, loss_function=nn.functional.cross_entropy):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    model.train()
    for inputs, labels in loader:
        optimizer.zero_grad()
        loss_function(model(inputs), labels).backward()
        optimizer.step()
    return loader.batch_size, len(loader.dataset)

def look(model):
    return type(model).__name__, model.training
""",
}
_PACKAGES = ["numpy", "torch", "sympy"]  # torch.optim wants the last one
TEST = Test("public/test_it.py::test_it", "task", "It works.", False, False, None)
DRAW = torch.Generator().manual_seed(3)
PAIRS = [(torch.randn(4, 6, generator=DRAW), torch.tensor([0, 1, 2, 0])) for _ in range(5)]


@pytest.fixture(scope="module")
def lender() -> Iterator[Lender]:
    """A lender of the reference above."""
    with ForkServer(tiers.probe(), _PACKAGES, ["numpy", "torch"]) as fork_server:
        limits = Limits(test_seconds=20, submission_seconds=120, memory_mb=2048)
        found = Lender(
            fork_server, lent_code(REFERENCE, ["training.train", "training.look"], []), limits
        )
        yield found
        found.close()


def stub(lender: Lender, name: str) -> Any:
    """Return what stands in a worker where the lent function was."""
    answer = lender.functions([name])[name]

    def received(*sent: Any) -> Any:
        found = answer(*sent)
        return found if found is None else [found[0], _tensors(found[1])]

    return supplied._stub(received, name, "/home/student")


def _tensors(value: Any) -> Any:
    """Make tensors of what travelled, as a worker's wire does."""
    if isinstance(value, Tensor):
        return tensors.to_torch(value)
    if type(value) is list:
        return [_tensors(one) for one in value]
    if type(value) is dict:
        return {key: _tensors(one) for key, one in value.items()}
    return value


def network(p: float = 0.3) -> nn.Sequential:
    """Return a network with everything that has a state: weights, statistics, dropout."""
    torch.manual_seed(5)
    return nn.Sequential(
        nn.Sequential(nn.Linear(6, 7), nn.BatchNorm1d(7), nn.ReLU()),
        nn.Dropout(p),
        nn.Linear(7, 3, bias=False),
    )


def here(model: nn.Module, loader: Any, rate: float, loss: Any) -> None:
    """Train as the reference does."""
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    model.train()
    for inputs, labels in loader:
        optimizer.zero_grad()
        loss(model(inputs), labels).backward()
        optimizer.step()


@pytest.mark.parametrize("loss", [nn.functional.cross_entropy, nn.CrossEntropyLoss()])
def test_a_network_is_trained_as_if_it_had_been_here(lender: Lender, loss: Any) -> None:
    """Weights, statistics, modes, frozen parts and the random state end as the call leaves them."""
    twin, mine = network(), network()
    frozen = mine[2].weight
    for model in (twin, mine):
        model.eval()
        model[2].weight.requires_grad_(False)
    torch.manual_seed(11)
    here(twin, PAIRS, 0.1, loss)
    expected = torch.rand(3)
    torch.manual_seed(11)
    with lender.lent(TEST):
        assert stub(lender, "training.train")(mine, Batches(PAIRS), 0.1, loss) == (4, 20)
    torch.testing.assert_close(torch.rand(3), expected)
    for name, value in twin.state_dict().items():
        torch.testing.assert_close(mine.state_dict()[name], value, rtol=1e-5, atol=1e-6)
    assert mine.training and mine[1].training
    assert mine[2].weight is frozen and not frozen.requires_grad


def test_a_loader_in_a_fixed_order_is_passed_on(lender: Lender) -> None:
    """Its batches are what the function goes through."""
    whole = [torch.cat(parts) for parts in zip(*PAIRS, strict=True)]
    twin, mine = network(0.0), network(0.0)
    loss = nn.functional.cross_entropy
    here(twin, DataLoader(TensorDataset(*whole), batch_size=8), 0.1, loss)
    with lender.lent(TEST):
        loader = DataLoader(TensorDataset(*whole), batch_size=8)
        assert stub(lender, "training.train")(mine, loader, 0.1) == (8, 20)
    torch.testing.assert_close(mine[2].weight, twin[2].weight)


class _Own(nn.Module):
    def forward(self, x: Any) -> Any:
        return x


class _Reads(nn.Linear):
    pass


def _tied() -> nn.Sequential:
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    model[1].weight = model[0].weight
    return model


def _added() -> nn.Sequential:
    model = nn.Sequential(nn.Linear(3, 3))
    model.register_parameter("more", nn.Parameter(torch.zeros(2)))
    return model


@pytest.mark.parametrize(
    "model",
    [_Own(), nn.Sequential(_Own()), nn.Sequential(_Reads(2, 2)), _tied(), _added(), nn.LSTM(2, 2)],
    ids=lambda one: type(one).__name__,
)
def test_what_is_more_than_torch_s_layers_stays(lender: Lender, model: nn.Module) -> None:
    """Code of the student does not travel; the refusal is noted."""
    with lender.lent(TEST):
        with pytest.raises(Exception, match=r"passed|allowed"):
            stub(lender, "training.look")(model)
        assert lender.refused


@pytest.mark.parametrize(
    "loader",
    [DataLoader(TensorDataset(*PAIRS[0]), batch_size=2, shuffle=True), iter(PAIRS)],
    ids=["shuffles", "iterator"],
)
def test_a_loader_that_is_not_the_same_each_time_stays(lender: Lender, loader: Any) -> None:
    """Which batches would come is not known beforehand."""
    with lender.lent(TEST), pytest.raises(LendingError, match="passed"):
        stub(lender, "training.train")(network(), loader, 0.1)


def described(**more: Any) -> dict[str, Any]:
    """Return a network as the stub sends it, with parts that a student put in their place."""
    return {**travelling.described(nn.Sequential(nn.Linear(2, 2))), **more}


ZEROS = Tensor(np.zeros((2, 2), np.float32), "float32", True)
FORGED = {
    "a class of its own": {"layers": [["Embedding", {}]]},
    "a module": {"layers": [["modules", {}]]},
    "a dunder": {"layers": [["__class__", {}]]},
    "a method": {"layers": [["Linear", {"in_features": 2, "out_features": 2, "device": "cpu"}]]},
    "a giant": {"layers": [["Linear", {"in_features": 10**6, "out_features": 10**6}]]},
    "no numbers": {"parameters": []},
    "another shape": {"parameters": [ZEROS, ZEROS]},
    "texts": {"parameters": ["x", "y"]},
    "modes": {"modes": []},
    "random": {"random": Tensor(np.zeros(3, np.uint8), "uint8", False)},
    "more": {"__class__": "x"},
    "handles": {"modes": [object()]},
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_networks_are_refused(lender: Lender, name: str) -> None:
    """Whatever a student's code sends instead, nothing of it is looked up or built."""
    answer = lender.functions(["training.look"])["training.look"]
    with lender.lent(TEST):
        thing = (["\0object", 0],)
        assert answer(thing, {}, [[travelling.NETWORK, described()]])[0] == ("Sequential", True)
        with pytest.raises(LendingError):
            answer(thing, {}, [[travelling.NETWORK, described(**FORGED[name])]])


@pytest.mark.parametrize(
    "name", ["os", "importlib", "Tensor", "Module", "__dict__", "handle_torch_function"]
)
def test_only_losses_are_looked_up(lender: Lender, name: str) -> None:
    """A name of torch's that is no loss is refused, in whichever place it stands."""
    answer = lender.functions(["training.train"])["training.train"]
    batches = [travelling.BATCHES]
    with lender.lent(TEST), pytest.raises(LendingError, match="TypeError"):
        row = [travelling.NETWORK, described()]
        answer((["\0object", 0], batches, 0.1, [travelling.LOSS, name, "mean"]), {}, [row])
