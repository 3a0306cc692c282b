"""A course directory, as its configuration has it."""

from typing import Any

class CourseDirectory:
    course_id: str
    db_url: str
    root: str
    source_directory: str
    release_directory: str
    submitted_directory: str
    autograded_directory: str
    feedback_directory: str
    def __init__(self, *, config: Any) -> None: ...
    def format_path(self, nbgrader_step: str, student_id: str, assignment_id: str) -> str: ...
