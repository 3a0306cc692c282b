"""What a test file needs, in the student's folder and under the grader alike.

Needs the standard library, numpy and pytest only: it travels in the student's zip.
"""

from .asking import provide_ask
from .checks import assert_close, assert_same, assert_shape, assert_unchanged
from .declare import task, task_of, title_of, trains, trains_of, unscored, unscored_of
from .setting import (
    data_folder,
    data_source,
    provide,
    provide_pictures,
    show,
    take_pictures,
    take_shown,
)

__all__ = [
    "assert_close",
    "assert_same",
    "assert_shape",
    "assert_unchanged",
    "data_folder",
    "data_source",
    "provide",
    "provide_ask",
    "provide_pictures",
    "show",
    "take_pictures",
    "take_shown",
    "task",
    "task_of",
    "title_of",
    "trains",
    "trains_of",
    "unscored",
    "unscored_of",
]
