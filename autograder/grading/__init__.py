"""Grades submissions: one, or a class on several cores. See `batch.grade_class`."""
