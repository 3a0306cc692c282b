"""Types of what the package uses of nbgrader, which comes without them."""
