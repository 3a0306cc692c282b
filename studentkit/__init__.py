"""What a test file needs, in the student's folder and under the grader alike.

Needs the standard library, numpy and pytest only: it travels in the student's zip.
"""

from .ahead import ahead
from .checks import assert_close, assert_same, assert_shape, assert_unchanged
from .declare import task, task_of, title_of, trains, trains_of, unscored, unscored_of
from .setting import data_folder, data_source, judged, show

__all__ = [
    "ahead",
    "assert_close",
    "assert_same",
    "assert_shape",
    "assert_unchanged",
    "data_folder",
    "data_source",
    "judged",
    "show",
    "task",
    "task_of",
    "title_of",
    "trains",
    "trains_of",
    "unscored",
    "unscored_of",
]
