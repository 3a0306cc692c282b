"""`python -m autograder.notebooks.kernel`: what a kernelspec starts."""

import sys

from autograder.notebooks.kernel.main import main

sys.exit(main())
