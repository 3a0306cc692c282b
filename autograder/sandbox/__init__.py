"""Confined workers: what runs student code, and the layers around it."""
