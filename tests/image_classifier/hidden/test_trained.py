"""Networks that have learnt: handed-in weights, and where the student's own training leads."""

import cifar
import loading
import model
import numpy as np
import pytest
import torch
import training
from studentkit import ahead, assert_close, data_source, judged, task, trains, unscored
from studentkit.networks import outputs_of, set_state, state_of, stored_weights
from torch.nn import functional as F

from autograder.networks.held import accuracy_on, held_out

pytestmark = pytest.mark.lends_stubs  # no other test expects what they return

# Accuracy to reach on images that nobody has seen, by data; guessing gives 0.10.
STORED = {"colours": 0.60, "cifar10": 0.30}
LEARNT = {"colours": 0.35, "cifar10": 0.20}
MOST = {"cifar10": 0.85}  # more than this network reaches on images it was not trained on
IMAGES, BATCH, EPOCHS, RATE = 3000, 8, 4, 0.01
FILE = "trial.pth"
SHAPES = {"conv1": (6, 3, 5, 5), "conv2": (16, 6, 5, 5)}
SHAPES |= {"fc1": (120, 400), "fc2": (84, 120), "fc3": (10, 84)}
FEW, STEPS, EARLIER = 60, 15, 20  # of the course that is compared, and before its second part


def logits(p, x):
    """Return the outputs of Net by its definition."""
    for name in ("conv1", "conv2"):
        x = F.max_pool2d(F.relu(F.conv2d(x, p[f"{name}.weight"], p[f"{name}.bias"])), 2)
    x = x.flatten(1)
    for name in ("fc1", "fc2"):
        x = F.relu(F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"]))
    return F.linear(x, p["fc3.weight"], p["fc3.bias"])


def stepped(weights, batches):
    """Return the weights after a step on each batch: v = 0.9 v + gradient, w = w - RATE v."""
    weights = {name: value.clone().requires_grad_() for name, value in weights.items()}
    speeds = [torch.zeros_like(value) for value in weights.values()]
    for images, labels in batches:
        loss = F.cross_entropy(logits(weights, images), labels)
        slopes = torch.autograd.grad(loss, list(weights.values()))
        with torch.no_grad():
            for value, speed, slope in zip(weights.values(), speeds, slopes, strict=True):
                speed.mul_(0.9).add_(slope)
                value.sub_(RATE * speed)
    return {name: value.detach() for name, value in weights.items()}


@ahead(())
def courses():
    """Return (weights, batches, weights after them): from a start, and from where it has learnt."""
    draw = torch.Generator().manual_seed(1414)
    weights = {}
    for name, (units, *inputs) in SHAPES.items():
        drawn = torch.randn(units, *inputs, generator=draw)
        weights[f"{name}.weight"] = drawn / np.prod(inputs) ** 0.5
        weights[f"{name}.bias"] = 0.1 * torch.randn(units, generator=draw)
    batches = []
    for size in [*[8] * EARLIER, *[6, 8, 5, 8] * STEPS][: EARLIER + 2 * STEPS]:
        labels = torch.randint(0, 10, (size,), generator=draw)
        images = torch.randn(size, 3, 32, 32, generator=draw) + labels.view(-1, 1, 1, 1) / 5 - 1
        batches.append((images, labels))
    learnt = stepped(weights, batches[:EARLIER])
    parts = (weights, batches[EARLIER:][:STEPS]), (learnt, batches[-STEPS:])
    return [(*part, stepped(*part)) for part in parts]


def check_course():
    """Compare where the student's training of Net leads with the formulas' course."""
    for weights, batches, expected in courses():
        net = model.Net()
        set_state(net, weights)
        training.train(batches, 1, False, RATE, 0.9, None, 10, lambda net=net: net)
        found = state_of(net)
        for name, value in expected.items():
            assert_close(found[name], value, f"{name} after {STEPS} steps", rtol=0, atol=2e-3)


def follows():
    """Tell whether training leads where it should; then a longer one would too."""
    try:
        check_course()
    except Exception:  # whatever it is: the accuracy decides
        return False
    judged(f"Compared along its steps, {STEPS} from the start and {STEPS} later on.")
    return True


def learnt():
    """Train Net on ten images with the student's own loop and return the accuracy on them."""
    judged("Trained on a few images.")
    labels = torch.arange(10)
    images = torch.rand(10, 3, 32, 32, generator=torch.Generator().manual_seed(733)) * 2 - 1
    net = model.Net()
    training.train([(images, labels)], FEW, False, RATE, 0.9, None, 10, lambda: net)
    return float((outputs_of(net, images).argmax(dim=1) == labels).double().mean())


def handed_in():
    """Return the parameters in the file that was handed in, checked for names and shapes."""
    path = f"weights/net_{data_source()}.pth"
    judged(f"{path} could not be read as weights of Net; a public test says why.")
    found = stored_weights(path)
    expected = {f"{name}.weight": shape for name, shape in SHAPES.items()}
    expected |= {f"{name}.bias": shape[:1] for name, shape in SHAPES.items()}
    shapes = {name: tuple(value.shape) for name, value in found.items()}
    assert shapes == expected, f"{path} does not hold the 62,006 parameters of Net"
    parameters = {name: value.float() for name, value in found.items()}
    assert all(value.isfinite().all() for value in parameters.values()), f"{path} holds NaN"
    return parameters


def normalised(images):
    """Normalise (N, 3, H, W) in [0, 1] as the student's transform does.

    It maps each channel along a straight line, so black and white tell all of it, and the images
    stay here.
    """
    transform = loading.make_transform(3)
    black, white = (transform(np.full((1, 1, 3), level, np.uint8)) for level in (0, 255))
    black, white = black.view(3, 1, 1), white.view(3, 1, 1)
    return black + images * (white - black)


def accuracy_of(parameters):
    """Return the accuracy on the held-out images."""
    held = held_out()
    with torch.no_grad():
        parts = [logits(parameters, part) for part in normalised(held.images).split(500)]
    return accuracy_on(held, torch.cat(parts))


@task("trained_network")
@trains
def test_the_weights_classify_images_that_nobody_has_seen():
    """The weights that you handed in classify new images about as well as the handout says."""
    reached, cut = accuracy_of(handed_in()), STORED[data_source()]
    judged(f"The accuracy of your weights is {reached:.3f}; {cut:g} is asked for.")
    assert reached >= cut, f"the accuracy is {reached:.3f}"


@task("trained_network")
@unscored
@trains
def test_the_accuracy_is_one_that_this_network_can_reach():
    """The weights are no better on new images than a network of this size can be."""
    try:
        reached = accuracy_of(handed_in())
    except Exception:  # weights that are missing or do not fit are no matter of this test
        return
    judged("")
    if reached > MOST.get(data_source(), 1.0):
        judged("They are: talk to your instructor about how that came about.")
        raise AssertionError(f"the accuracy is {reached:.3f}")


@task("whole")
def test_a_few_images_are_learnt_by_heart():
    """Your Net, trained by your loop, learns to tell ten images apart."""
    if not follows():
        reached = learnt()
        assert reached >= 0.8, f"the accuracy is {reached:.1f}"


@task("whole")
@trains
def test_a_short_training_learns_something():
    """Some epochs of your own training, on a part of the images, beat guessing by far."""
    if data_source() != "cifar10" and follows():  # real data is given to see the real thing
        return
    judged("Trained as a whole.")
    train_set, test_set = cifar.load_images(loading.make_transform(3))
    loader, _ = loading.make_loaders(cifar.first(train_set, IMAGES), test_set, BATCH)
    losses = training.train(loader, EPOCHS, False, RATE, 0.9, FILE, 100)
    assert losses[-1] < losses[0], "the loss does not fall"
    net = model.Net()
    set_state(net, stored_weights(FILE))
    held = held_out(1000)
    reached = accuracy_on(held, outputs_of(net, normalised(held.images)))
    assert reached >= LEARNT[data_source()], f"the accuracy is {reached:.3f}"
