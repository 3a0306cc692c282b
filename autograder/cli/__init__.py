"""The command line: thin callers of the package's functions."""
