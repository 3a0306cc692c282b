"""The data sets; a row of `train_list` is a file's name and its MD5 sum."""

from pathlib import Path
from typing import Any

class MNIST:
    root: str
    resources: list[tuple[str, str]]
    def __init__(self, root: str | Path, *arguments: Any, **options: Any) -> None: ...

class CIFAR10:
    root: str
    base_folder: str
    train_list: list[list[Any]]
    test_list: list[list[Any]]
    meta: dict[str, Any]
    def __init__(self, root: str | Path, *arguments: Any, **options: Any) -> None: ...
    def download(self) -> None: ...
