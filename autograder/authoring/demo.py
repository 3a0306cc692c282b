"""A small class of students to try the grader on: honest, mistaken, broken and hostile."""

from __future__ import annotations

import re
import shutil
import textwrap
import zipfile
from pathlib import Path

from autograder.core.files import folder_files
from autograder.core.layout import Assignment

STORIES = {
    "ada": "everything right, handed in as a zip",
    "blaise": "the untouched skeleton",
    "carl": "penalises the biases and never updates them",
    "emmy": "softmax over the whole matrix, a zip with a wrapper folder and Mac files",
    "felix": "a zip inside a zip; the last short batch is dropped",
    "grace": "one file does not parse, the rest is right",
    "kurt": "an endless loop in ReLU, the rest is right",
    "mallory": "reads what it can, forges what it can",
    "niels": "prints inside forward, which costs all coding points",
    "sofia": "not an archive at all",
}

_CARL = """
for name in model.weights:
    model.gradients[name] += self.reg * model.weights[name]
"""
_CARL_UPDATE = """
for name in model.weights:
    if name.startswith("W"):
        model.weights[name] = model.weights[name] - self.learning_rate * model.gradients[name]
"""
_EMMY = """
exponentials = np.exp(scores - np.max(scores))
return exponentials / np.sum(exponentials)
"""
_FELIX = """
pairs = list(zip(data, label))
if shuffle:
    random.shuffle(pairs)
batched_data, batched_label = [], []
for index in range(len(pairs) // batch_size):
    batch = pairs[index * batch_size : (index + 1) * batch_size]
    batched_data.append(np.array([sample for sample, _ in batch]))
    batched_label.append(np.array([target for _, target in batch]))
return batched_data, batched_label
"""
_KURT = """
while True:
    X = np.maximum(X, 0)
"""
_MALLORY = '''
import os, sys

class Perfect(float):
    """Equal to everything, close to everything."""
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __array__(self, *_): return np.zeros(())

secrets = []
for folder in ("/", "/home", "/root", "/tests", "../tests", "/proc/1"):
    try:
        secrets += os.listdir(folder)
    except OSError as error:
        secrets.append(str(error))
try:
    os.write(3, b"\\x00\\x00\\x00\\x09all right")
except OSError:
    pass

def _forged(self, *arguments, **named):
    return Perfect()

for _name in ("softmax", "cross_entropy_loss", "compute_accuracy", "sigmoid", "ReLU"):
    setattr(_baseNetwork, _name, _forged)
'''


def make_class(assignment: Assignment, folder: Path) -> Path:
    """Write the submissions of `STORIES` to `folder` (made anew) and return it."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    right = {
        name: content
        for name, content in folder_files(assignment.solution).items()
        if not name.startswith("data/")
    }
    skeleton = {
        name: content
        for name, content in folder_files(assignment.skeleton).items()
        if not name.startswith("data/")
    }
    base, network = "models/_base_network.py", "models/softmax_regression.py"
    regularisation, sgd = "optimizer/_base_optimizer.py", "optimizer/sgd.py"
    _zip(folder / "ada.zip", right)
    _write(folder / "blaise", skeleton)
    carl = _changed(right, regularisation, "apply_regularization", _CARL)
    _write(folder / "carl", _changed(carl, sgd, "update", _CARL_UPDATE))
    emmy = _changed(right, base, "softmax", _EMMY)
    wrapped = {f"Assignment 1/{name}": content for name, content in emmy.items()}
    _zip(folder / "emmy.zip", {**wrapped, "__MACOSX/Assignment 1/._utils.py": b"\0\5\x16\7"})
    inner = folder / "assignment_1_submission.zip"
    _zip(inner, _changed(right, "utils.py", "generate_batched_data", _FELIX))
    _zip(folder / "felix.zip", {inner.name: inner.read_bytes()})
    inner.unlink()
    broken = right[sgd].replace(b"def update(self, model):", b"def update(self, model)")
    _write(folder / "grace", {**right, sgd: broken})
    _write(folder / "kurt", _changed(right, base, "ReLU", _KURT))
    _write(folder / "mallory", {**skeleton, base: skeleton[base] + _MALLORY.encode()})
    noisy = right[network].replace(b"# BEGIN SOLUTION", b'print("shape:", X.shape)', 1)
    _write(folder / "niels", {**right, network: noisy})
    (folder / "sofia.zip").write_bytes(b"I could not find the export button, sorry\n")
    return folder


def _changed(files: dict[str, bytes], path: str, function: str, body: str) -> dict[str, bytes]:
    """Replace what the solution's region in `function` says by a student's own lines."""
    text = files[path].decode()
    pattern = rf"(def {function}\b.*?)( *)# BEGIN SOLUTION[^\n]*\n.*?# END SOLUTION\n"
    match = re.search(pattern, text, re.DOTALL)
    if match is None:
        raise ValueError(f"{path} has no solution region in {function}")
    lines = textwrap.indent(body.strip("\n") + "\n", match[2])
    text = text[: match.start()] + match[1] + lines + text[match.end() :]
    return {**files, path: text.encode()}


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 28, 12, 0, 0)), content)
