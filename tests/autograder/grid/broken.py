"""Every way in which one file, class or function of a submission can be something else."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FILES = {
    "missing": None,
    "empty": b"",
    "does not parse": b"def f(:\n    return\n",
    "is not UTF-8": b"x = '\xff\xfe\x80'\n",
    "is a folder": b"",
}
NAMES = {
    "is missing": "del {target}",
    "is None": "{target} = None",
    "is a number": "{target} = 0.93",
    "is a text": "{target} = 'text'",
    "is a module": "import math as _m; {target} = _m",
    "is another class": "{target} = type('Other', (), {{}})",
    "is a property": "{target} = property(lambda self: 1)",
    "is a static method": "{target} = staticmethod(lambda: None)",
    "is a generator": "def _f(*a, **k):\n    yield 1\n{target} = _f",
    "is a coroutine": "async def _f(*a, **k):\n    return 1\n{target} = _f",
    "hides its attributes": (
        "class _T(type):\n    def __getattribute__(c, n): raise KeyError(n)\n"
        "{target} = _T('T', (), {{}})"
    ),
}
RETURNS = {
    "a huge integer": "10 ** 400",
    "an integer that cannot be printed": "2 ** 70000",
    "a complex number": "1 + 2j",
    "a Decimal": "__import__('decimal').Decimal('1.5')",
    "a Fraction": "__import__('fractions').Fraction(1, 3)",
    "bytes": "b'\\xff'",
    "a lone surrogate": "'\\ud800'",
    "a set": "{1, 2}",
    "a dict with odd keys": "{(1, 2): 3, None: 4, 2.5: object()}",
    "an array without axes": "np.array(3.0)",
    "an array of objects": "np.array([None, [1]], dtype=object)",
    "a masked array": "np.ma.masked_all((2, 2))",
    "a structured array": "np.zeros(2, dtype=[('a', int), ('b', float)])",
    "half precision": "np.zeros((2, 2), np.float16)",
    "an array of texts": "np.array(['a', 'bc'])",
    "an array of dates": "np.array(['2026-01-01'], 'M8[D]')",
    "an empty array": "np.zeros((0, 3))",
    "a matrix": "np.matrix([[1.0, 2.0]])",
    "NaN": "float('nan')",
    "infinity": "float('inf')",
    "a list that holds itself": "(lambda x: x.append(x) or x)([])",
    "lists in lists": "__import__('functools').reduce(lambda x, _: [x], range(2000), [])",
    "a tuple of everything": "(1, None, 'x', [1], np.zeros(2), {1: 2})",
    "a million items": "list(range(1_000_001))",
    "an iterator without end": "__import__('itertools').count()",
    "a lambda": "lambda *a, **k: 1",
    "a class": "type('Other', (), {})",
    "an exception": "ValueError('no')",
    "NotImplemented": "NotImplemented",
    "an object whose every method raises": "_Raises()",
    "an object that says it is an array": "_Liar()",
    "a generator": "(x for x in [1, 2])",
    "a slice": "slice(1, 2)",
    "nothing but dots": "...",
}
TENSORS = {
    "a bfloat16 tensor": "torch.zeros(2, 2, dtype=torch.bfloat16)",
    "a complex tensor": "torch.zeros(2, 2, dtype=torch.complex64)",
    "a sparse tensor": "torch.eye(2).to_sparse()",
    "a meta tensor": "torch.zeros(2, 2, device='meta')",
    "a nested tensor": "torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])",
    "a quantised tensor": "torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8)",
    "a tensor without axes": "torch.tensor(3)",
    "a tensor of booleans": "torch.tensor([True, False])",
    "a tensor with its graph": "torch.ones(2, requires_grad=True) * 2",
    "a tensor that lies": "torch.ones(2).as_subclass(_Tensor)",
    "an empty module": "torch.nn.Module()",
}
_PREAMBLE = """
import numpy as np
class _Raises:
    def __getattribute__(self, name): raise KeyError(name)
    def __len__(self): raise KeyError('len')
    def __iter__(self): raise KeyError('iter')
    def __eq__(self, other): raise KeyError('eq')
    __hash__ = None
class _Liar:
    __array_interface__ = {'shape': (3,), 'typestr': '|u1', 'data': (4096, True), 'version': 3}
    shape, dtype, ndim = 'shape', 'dtype', 'ndim'
"""
_TORCH = """
import torch
class _Tensor(torch.Tensor):
    dtype = 'float32'
    shape = property(lambda self: (7,))
    def detach(self): return 'detached'
    def numpy(self): raise KeyError('numpy')
"""


@dataclass(frozen=True)
class Broken:
    """One submission with one thing in it that is not what it should be."""

    name: str
    files: dict[str, bytes]
    about: str  # the file, class or function
    tests_of: str = ""  # the dotted name whose tasks are asked; "" for all


def broken(
    reference: Mapping[str, bytes], survey: Mapping[str, Any], torch: bool
) -> Iterator[Broken]:
    """Yield every variant of a reference; `survey` is the skeleton's."""
    for path, file in survey["files"].items():
        if path not in reference or path in ("conftest.py", "collect_submission.py"):
            continue
        for what, content in FILES.items():
            files = {name: text for name, text in reference.items() if name != path}
            if what == "is a folder":
                files[f"{path}/inside.txt"] = b""
            elif content is not None:
                files[path] = content
            yield Broken(f"{path} {what}", files, path)
        rows = [*file.get("classes", ()), *file.get("functions", ())]
        for row in rows:
            yield from _named(reference, path, str(row["name"]), torch)


def _named(reference: Mapping[str, bytes], path: str, name: str, torch: bool) -> Iterator[Broken]:
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    target = name.removeprefix(f"{module}.")
    if "<locals>" in target:
        return
    for what, text in NAMES.items():
        yield _with(reference, path, name, f"{name} {what}", text.format(target=target))
    if not name.rpartition(".")[2][:1].islower():
        return  # a class
    returns = RETURNS | (TENSORS if torch else {})
    preamble = _PREAMBLE + (_TORCH if torch else "")
    for what, value in returns.items():
        text = f"{preamble}\ndef _odd(*a, **k):\n    return {value}\n{target} = _odd"
        yield _with(reference, path, name, f"{name} returns {what}", text)


def _with(reference: Mapping[str, bytes], path: str, name: str, said: str, text: str) -> Broken:
    more = f"\n\n{textwrap.dedent(text)}\n".encode()
    return Broken(said, {**reference, path: reference[path] + more}, name, name)
