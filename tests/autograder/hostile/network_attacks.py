"""Submissions that want the points of a network without having one, by name."""

from __future__ import annotations

HONEST = """
import torch
from torch import nn

def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))

def recipe():
    return {"optimizer": "Adam", "learning_rate": 3e-3, "epochs": 8, "batch_size": 32}

class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(784, 10))
        self.b = nn.Parameter(torch.zeros(10))
    def forward(self, X):
        return X.reshape(len(X), 784) @ self.W + self.b

def own():
    return Own()

WEIGHTS = "weights/own.pth"
"""

# What the kit would answer is replaced in the worker's own copy of it.
_LIE = """
import studentkit.probes as beside
def _lie(name, answer):
    setattr(beside, name, answer)
"""


def _with(text: str) -> str:
    return HONEST + _LIE + text


_NOTHING = "\ndef net():\n    return nn.Identity()\ndef recipe():\n    return {}\n"
_NOTHING += 'WEIGHTS = "weights/none.pth"\ndef own():\n    return nn.Linear(1, 1)\n'

# Each takes away what HONEST earns and tries to get it by other means.
ATTACKS: dict[str, str] = {
    "bombs.wide": _with(
        _NOTHING + "_lie('layers', lambda m: [['Flatten', {'start_dim': 1, 'end_dim': -1}], "
        "['Linear', {'in_features': 784, 'out_features': 10**9, 'bias': True}]])"
    ),
    "bombs.huge_numbers": _with(
        _NOTHING + "_lie('layers', lambda m: [['Linear', {'in_features': 10**300, "
        "'out_features': 10, 'bias': True}]])"
    ),
    "bombs.many_layers": _with(_NOTHING + "_lie('layers', lambda m: [['ReLU', {}]] * 10**6)"),
    "bombs.deep": _with(
        _NOTHING + "x = ['Linear', {}]\nfor _ in range(500): x = [x]\n_lie('layers', lambda m: [x])"
    ),
    "bombs.padding": _with(
        _NOTHING + "_lie('layers', lambda m: [['Conv2d', {'in_channels': 1, 'out_channels': 1, "
        "'kernel_size': (1, 1), 'stride': (1, 1), 'padding': (10**6, 10**6), 'dilation': (1, 1), "
        "'groups': 1, 'bias': True, 'padding_mode': 'zeros'}]])"
    ),
    "recipes.endless": _with(
        _NOTHING + "def recipe():\n    return {'optimizer': 'Adam', 'learning_rate': 1e-3, "
        "'epochs': 10**9, 'batch_size': 1}\n"
        + "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    ),
    "recipes.not_a_number": _with(
        _NOTHING + "def recipe():\n    return {'optimizer': 'Adam', 'learning_rate': float('nan'), "
        "'epochs': 1, 'batch_size': 32}\n"
        + "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    ),
    "recipes.truth_for_a_number": _with(
        _NOTHING + "def recipe():\n    return {'optimizer': 'Adam', 'learning_rate': 1e-3, "
        "'epochs': True, 'batch_size': True, 'seeds': [True, True, True]}\n"
        "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    ),
    "recipes.code": _with(
        _NOTHING + "def recipe():\n    return {'optimizer': '__import__(\"os\").system(\"id\")', "
        "'learning_rate': 1e-3, 'epochs': 1, 'batch_size': 32}\n"
        "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    ),
    "recipes.one_lucky_seed": _with(
        _NOTHING + "def recipe():\n    return {'optimizer': 'Adam', 'learning_rate': 1e-3, "
        "'epochs': 1, 'batch_size': 32, 'seeds': [1, 1, 1]}\n"
        "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    ),
    "lying.fewer_units_than_it_has": _with(
        _NOTHING + "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 500), "
        "nn.ReLU(), nn.Linear(500, 10))\n"
        "_lie('layers', lambda m: [['Flatten', {'start_dim': 1, 'end_dim': -1}], "
        "['Linear', {'in_features': 784, 'out_features': 5, 'bias': True}], ['ReLU', {}], "
        "['Linear', {'in_features': 5, 'out_features': 10, 'bias': True}]])\n"
        "def recipe():\n    return {'optimizer': 'Adam', 'learning_rate': 1e-12, "
        "'epochs': 1, 'batch_size': 32}"
    ),
    "lying.hooked_outputs": _with(
        _NOTHING + "def net():\n    made = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n"
        "    made.register_forward_hook(lambda m, i, o: torch.zeros_like(o))\n    return made\n"
    ),
    "lying.sequential_with_another_forward": _with(
        _NOTHING + "class Better(nn.Sequential):\n"
        "    def forward(self, x):\n        return super().forward(x) * 0 + 1\n"
        "def net():\n    return Better(nn.Flatten(), nn.Linear(784, 10))\n"
    ),
    "lying.own_linear": _with(
        _NOTHING + "class Linear(nn.Module):\n"
        "    def forward(self, x):\n        return torch.zeros(len(x), 10)\n"
        "def net():\n    return nn.Sequential(nn.Flatten(), Linear())\n"
    ),
    "states.wrong_shapes": _with(
        _NOTHING + "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n"
        "_lie('state', lambda m: {'1.weight': torch.zeros(1, 1), '1.bias': torch.zeros(1)})"
    ),
    "states.not_a_number": _with(
        _NOTHING + "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n"
        "_lie('state', lambda m: {'1.weight': torch.full((10, 784), float('nan')), "
        "'1.bias': torch.zeros(10)})"
    ),
    "states.strange_names": _with(
        _NOTHING + "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n"
        "_lie('state', lambda m: {'1.weight': torch.zeros(10, 784), '__class__': torch.zeros(10)})"
    ),
    "states.no_tensors": _with(
        _NOTHING + "def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n"
        "_lie('state', lambda m: {'1.weight': 'zeros', '1.bias': 10**100})"
    ),
    "states.large": _with(
        _NOTHING + "_lie('state', lambda m: {str(i): torch.zeros(4000, 4000) for i in range(8)})"
    ),
    "weights.pickle": _with(
        _NOTHING + "import os\nclass Boom:\n    def __reduce__(self):\n"
        "        return (os.system, ('id',))\n"
        "os.makedirs('weights', exist_ok=True)\n"
        "torch.save({'W': Boom()}, 'weights/own.pth')\nWEIGHTS = 'weights/own.pth'\n"
        "def own():\n    return Own()"
    ),
    "weights.module": _with(
        _NOTHING + "import os\nos.makedirs('weights', exist_ok=True)\n"
        "torch.save(Own(), 'weights/own.pth')\nWEIGHTS = 'weights/own.pth'\n"
        "def own():\n    return Own()"
    ),
    "weights.outside": _with(_NOTHING + "WEIGHTS = '/etc/passwd'\ndef own():\n    return Own()"),
    "weights.header_of_safetensors": _with(
        _NOTHING + "import os\nos.makedirs('weights', exist_ok=True)\n"
        "open('weights/own.safetensors', 'wb').write(b'\\xff' * 8 + b'{}')\n"
        "WEIGHTS = 'weights/own.safetensors'\ndef own():\n    return Own()"
    ),
    "answers.another_for_the_grader": _with(
        _NOTHING + "class Own(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.W = nn.Parameter(torch.zeros(784, 10))\n"
        "        self.b = nn.Parameter(torch.zeros(10))\n"
        "    def forward(self, X):\n        import gc\n"
        "        for thing in gc.get_objects():\n"
        "            if isinstance(thing, torch.Tensor) and thing.shape == X.shape[:1]:\n"
        "                return torch.nn.functional.one_hot(thing.long(), 10).float()\n"
        "        return torch.rand(len(X), 10)\n"
        "def own():\n    return Own()\n"
        "_lie('stored', lambda n: {'W': torch.zeros(784, 10), 'b': torch.zeros(10)})"
    ),
    "answers.reads_labels_from_the_data": _with(
        _NOTHING + "import os, glob\nclass Own(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.W = nn.Parameter(torch.zeros(784, 10))\n"
        "        self.b = nn.Parameter(torch.zeros(10))\n"
        "    def forward(self, X):\n        found = b''\n"
        "        paths = [p for x in ('*label*', '*.npz') for p in glob.glob('/**/' + x, "
        "recursive=True)]\n"
        "        for path in paths:\n"
        "            found += open(path, 'rb').read()[-len(X):]\n"
        "        found = (found + bytes(len(X)))[: len(X)]\n"
        "        labels = torch.tensor(list(found)) % 10\n"
        "        return torch.nn.functional.one_hot(labels, 10).float()\n"
        "def own():\n    return Own()\n"
        "_lie('stored', lambda n: {'W': torch.zeros(784, 10), 'b': torch.zeros(10)})"
    ),
    "answers.every_class_at_once": _with(
        _NOTHING + "def own():\n    return Own()\n"
        "_lie('stored', lambda n: {'W': torch.zeros(784, 10), 'b': torch.zeros(10)})\n"
        "_lie('outputs', lambda m, x, t: torch.full((len(x), 10), float('inf')))"
    ),
    "answers.wrong_rows": _with(
        _NOTHING + "def own():\n    return Own()\n"
        "_lie('stored', lambda n: {'W': torch.zeros(784, 10), 'b': torch.zeros(10)})\n"
        "_lie('outputs', lambda m, x, t: torch.zeros(1, 10))"
    ),
    "answers.complex": _with(
        _NOTHING + "def own():\n    return Own()\n"
        "_lie('stored', lambda n: {'W': torch.zeros(784, 10), 'b': torch.zeros(10)})\n"
        "_lie('outputs', lambda m, x, t: torch.zeros(len(x), 10, dtype=torch.complex64))"
    ),
    "answers.hangs_on_many": _with(
        _NOTHING + "class Own(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.W = nn.Parameter(torch.zeros(784, 10))\n"
        "        self.b = nn.Parameter(torch.zeros(10))\n"
        "    def forward(self, X):\n        while len(X) > 1: pass\n"
        "def own():\n    return Own()\n"
        "_lie('stored', lambda n: {'W': torch.zeros(784, 10), 'b': torch.zeros(10)})"
    ),
}
