"""The weights that are handed in: whether the grader can read them."""

from model import Net
from studentkit import task, unscored
from studentkit.networks import check_weights


@task("trained_network")
@unscored
def test_the_weights_can_be_read():
    """The weights that you hand in are there, and they fit your Net."""
    check_weights(Net, "weights/net_cifar10.pth", "weights/net_colours.pth")
