"""Images and tables that suites are given, drawn on the spot or read from what a course has."""
