"""`python -m autograder`: the command line."""

from autograder.cli.app import main

main()
