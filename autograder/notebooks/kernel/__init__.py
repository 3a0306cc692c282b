"""Notebooks run confined: kernels, what they print and draw, and the way to them."""
