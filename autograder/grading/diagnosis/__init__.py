"""Name the mistake behind a failed test, by what student code replied to the grader's calls."""
