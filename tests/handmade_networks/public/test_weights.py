"""The weights of the convolutional network: whether the grader can read them."""

from models import ConvNet
from studentkit import task, unscored
from studentkit.networks import set_state, stored_weights

FILES = ("weights/mnist/convnet.pt", "weights/handwriting/convnet.pt")


def usable(name):
    """Load a file into ConvNet; fails, with what to do, where that cannot be done."""
    state = stored_weights(name)
    for key, value in state.items():
        assert bool(value.isfinite().all()), f"{name}: {key} has entries that are no numbers"
    set_state(ConvNet(), state)


@task("trained_convnet")
@unscored
def test_the_weights_can_be_read():
    """The weights of ConvNet that you hand in are there, and they fit your network."""
    problems = []
    for name in FILES:
        try:
            return usable(name)
        except Exception as error:  # one of the two files is enough
            problems.append(str(error))
    broken = [one for one in problems if "is missing" not in one] or problems
    raise AssertionError("; ".join(broken))
