"""The checks of the notebook."""

from autograder.notebooks.checks import define

define(globals())
