"""The weights that are handed in: whether the grader can read them."""

from model import Net
from studentkit import task, unscored
from studentkit.networks import set_state, stored_weights

FILES = ("weights/net_cifar10.pth", "weights/net_colours.pth")


def usable(name):
    """Load a file into Net; fails, with what to do, where that cannot be done."""
    state = stored_weights(name)
    for key, value in state.items():
        assert bool(value.isfinite().all()), f"{name}: {key} has entries that are no numbers"
    set_state(Net(), state)


@task("trained_network")
@unscored
def test_the_weights_can_be_read():
    """The weights that you hand in are there, and they fit your Net."""
    problems = []
    for name in FILES:
        try:
            return usable(name)
        except Exception as error:  # one of the two files is enough
            problems.append(str(error))
    broken = [one for one in problems if "is missing" not in one] or problems
    raise AssertionError("; ".join(broken))
