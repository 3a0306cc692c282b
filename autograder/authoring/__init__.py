"""What authors use: suites proved with mistakes, mutants and lazy code; a demonstration class."""
