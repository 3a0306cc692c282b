"""Notebooks: made from one source, released and kept by nbgrader, run where nothing leaks."""
