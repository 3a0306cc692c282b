"""What runs inside the confinement: the fork server, the layers, the server of one submission.

Nothing here imports the rest of the package: this folder alone is visible to the worker.
"""
