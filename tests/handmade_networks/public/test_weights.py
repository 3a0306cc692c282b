"""The weights of the convolutional network: whether the grader can read them."""

from models import ConvNet
from studentkit import task, unscored
from studentkit.networks import check_weights


@task("trained_convnet")
@unscored
def test_the_weights_can_be_read():
    """The weights of ConvNet that you hand in are there, and they fit your network."""
    check_weights(ConvNet, "weights/mnist/convnet.pt", "weights/handwriting/convnet.pt")
