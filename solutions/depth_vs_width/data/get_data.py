"""Download MNIST into this folder, in place of the drawn digits: python data/get_data.py"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from studentkit.torchvision_ops import declare_missing_operators  # noqa: E402

declare_missing_operators()

from torchvision import datasets  # noqa: E402

if __name__ == "__main__":
    shutil.rmtree(HERE / "MNIST", ignore_errors=True)  # nothing is downloaded over other files
    for train in (True, False):
        print(len(datasets.MNIST(str(HERE), train=train, download=True)), "images")
