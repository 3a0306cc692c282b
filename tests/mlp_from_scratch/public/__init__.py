"""The tests you can run yourself: python -m unittest tests.test_activation, or pytest."""
