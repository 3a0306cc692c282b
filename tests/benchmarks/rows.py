"""What is graded in the benchmarks: the reference, and what stands for other submissions."""

from __future__ import annotations

from pathlib import Path

from autograder.core.files import folder_files
from autograder.core.layout import Assignment

ASSIGNMENTS = ("mlp_from_scratch", "image_classifier", "handmade_networks", "depth_vs_width")
REFERENCE, INDEPENDENT, SKELETON, UPSTREAM = "reference", "independent", "skeleton", "upstream"
# A function that much builds on, wrong: (file, [(right, wrong)]).
_WRONG = {
    "mlp_from_scratch": ("models/_base_network.py", [("axis=1, keepdims", "axis=0, keepdims")]),
    "image_classifier": ("loading.py", [("return (images - mean) / std", "return images - mean")]),
    "handmade_networks": ("losses.py", [("Y]).mean()", "Y]).sum()")]),
    "depth_vs_width": ("training.py", [("loss.item() * len(labels)", "loss.item()")]),
}


def rows(assignment: Assignment) -> dict[str, dict[str, bytes]]:
    """Return the files of each submission by the name of its row."""
    reference = folder_files(assignment.solution)
    skeleton = folder_files(assignment.skeleton)
    path, changes = _WRONG[assignment.id]
    text = reference[path].decode()
    for right, wrong in changes:
        if right not in text:
            raise LookupError(f"{path} of {assignment.id} has no {right!r} any more")
        text = text.replace(right, wrong)
    found = {
        REFERENCE: reference,
        SKELETON: skeleton,
        UPSTREAM: {**reference, path: text.encode()},
    }
    independent = sorted((assignment.root / "tests" / "independent").glob(f"{assignment.id}_*"))
    if independent:
        found[INDEPENDENT] = {**skeleton, **folder_files(independent[0])}
    return found


def lay_out(files: dict[str, bytes], folder: Path) -> Path:
    """Write a submission and return its folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
