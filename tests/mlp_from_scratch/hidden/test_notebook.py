"""The checks of the notebook."""

from autograder.notebooks.authored.checks import define

define(globals())
