"""Code that does nothing, in every form that a suite might pay for."""
