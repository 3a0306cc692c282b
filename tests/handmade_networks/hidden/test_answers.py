"""Every typed answer, judged by its key."""

import answers  # noqa: F401  (the student's file: without it every question fails)

from autograder.answers.suite import define_hidden

define_hidden(globals())
