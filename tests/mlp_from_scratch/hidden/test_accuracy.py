"""What both networks reach with the settings of their configurations."""

import numpy as np
import utils
from models import SoftmaxRegression, TwoLayerNet
from optimizer import SGD
from studentkit import ahead, assert_close, data_folder, data_source, judged, task, trains

# Test accuracy to reach in `EPOCHS` epochs, by data.
SOFTMAX = {"mnist": 0.45, "digits": 0.30}
NETWORK = {"mnist": 0.90, "digits": 0.50}
EPOCHS = {"mnist": 10, "digits": 20}
BATCH, RATE, PENALTY = 64, 0.1, 0.001
STEPS, EARLIER = 31, 150  # the course that is compared, and the steps before it
SMALL, WHOLE = (21, 6, 5), (784, 128, 10)  # inputs, hidden units, classes


def scores_of_softmax(weights, images):
    """Return the scores of softmax regression, which has a ReLU before the softmax."""
    return np.maximum(images @ weights["W1"], 0)


def scores_of_network(weights, images):
    """Return the scores of the two-layer network."""
    hidden = 1 / (1 + np.exp(-(images @ weights["W1"] + weights["b1"])))
    return hidden @ weights["W2"] + weights["b2"]


def slopes_of_softmax(weights, images, slope):
    """Return the gradients, from that with respect to the scores."""
    return {"W1": images.T @ (slope * (images @ weights["W1"] > 0))}


def slopes_of_network(weights, images, slope):
    """Return the gradients, from that with respect to the scores."""
    hidden = 1 / (1 + np.exp(-(images @ weights["W1"] + weights["b1"])))
    below = slope @ weights["W2"].T * hidden * (1 - hidden)
    return {"W1": images.T @ below, "b1": below.sum(0), "W2": hidden.T @ slope, "b2": slope.sum(0)}


def stepped(weights, batches, scores, slopes):
    """Return the weights after one step of SGD on each batch, by the formulas."""
    weights = dict(weights)
    for images, labels in batches:
        output = scores(weights, images)
        slope = np.exp(output - output.max(axis=1, keepdims=True))
        slope /= slope.sum(axis=1, keepdims=True)
        slope[np.arange(len(labels)), labels] -= 1
        for name, value in slopes(weights, images, slope / len(labels)).items():
            decay = PENALTY if name.startswith("W") else 0.0
            weights[name] = weights[name] - RATE * (value + decay * weights[name])
    return weights


COURSES = (
    (scores_of_softmax, slopes_of_softmax, SMALL),
    (scores_of_network, slopes_of_network, SMALL),
)
WHOLE_COURSES = tuple((*functions, WHOLE) for *functions, _ in COURSES)


def batches_of(draw, steps, inputs, classes):
    """Return batches of images: a class's own pixels are bright, most others dark."""
    bright = draw.random((classes, inputs)) < 0.2
    found = []
    for size in draw.integers(5, 9, size=steps):
        labels = draw.integers(classes, size=size)
        noise = draw.random((size, inputs))
        found.append((np.where(bright[labels], noise, noise * (noise > 0.9)), labels))
    return found


@ahead(*COURSES, training=WHOLE_COURSES)
def courses(scores, slopes, sizes):
    """Return (weights, batches, weights after them): from small weights, and from trained ones."""
    draw = np.random.default_rng(2718)
    inputs, hidden, classes = sizes
    shapes = {"W1": (inputs, classes)}
    if slopes is slopes_of_network:
        shapes = {"W1": (inputs, hidden), "b1": hidden, "W2": (hidden, classes), "b2": classes}
    start = {name: draw.normal(size=shape) / inputs**0.5 for name, shape in shapes.items()}
    batches = batches_of(draw, EARLIER + 2 * STEPS, inputs, classes)
    trained = stepped(start, batches[:EARLIER], scores, slopes)
    parts = (start, batches[EARLIER:][:STEPS]), (trained, batches[-STEPS:])
    return [(*part, stepped(*part, scores, slopes)) for part in parts]


def check_course(model, scores, slopes, sizes):
    """Compare where the training of `model` leads with the formulas' course."""
    for weights, batches, expected in courses(scores, slopes, sizes):
        for name, value in weights.items():
            model.weights[name] = value.copy()
        images, labels = ([part.copy() for part in parts] for parts in zip(*batches, strict=True))
        utils.train(0, images, labels, model, SGD(learning_rate=RATE, reg=PENALTY), debug=False)
        for name, value in expected.items():
            # Code that counts in float32 stays within; the nearest known mistake is far outside.
            message = f"{name} after {STEPS} steps"
            assert_close(model.weights[name], value, message, rtol=1e-4, atol=2e-5)


def follows(model, scores, slopes):
    """Tell whether training at full size leads where it should; then the whole would too."""
    if data_source() == "mnist":  # real data was given to see the real thing
        return False
    try:
        check_course(model, scores, slopes, WHOLE)
    except Exception:  # whatever it is: the accuracy decides
        return False
    judged(f"Compared along its steps, {STEPS} from the start and {STEPS} later on.")
    return True


def accuracy(make, scores):
    """Train a new model as main.py does and return the test accuracy of the best one.

    It is computed here, from the weights alone.
    """
    model, optimizer = make(), SGD(learning_rate=RATE, reg=PENALTY)
    train_data, train_label, val_data, val_label = utils.load_mnist_trainval()
    validation = utils.generate_batched_data(val_data, val_label, BATCH)
    best, weights = -1.0, {}
    for epoch in range(EPOCHS[data_source()]):
        batches = utils.generate_batched_data(
            train_data, train_label, BATCH, shuffle=True, seed=1024 + epoch
        )
        utils.train(epoch, *batches, model, optimizer, debug=False)
        _, reached = utils.evaluate(*validation, model, debug=False)
        if reached > best:
            best = reached
            weights = {name: np.array(value) for name, value in model.weights.items()}
    judged("Trained as a whole.")
    table = np.loadtxt(data_folder() / "mnist_test.csv", delimiter=",")
    return float(np.mean(scores(weights, table[:, 1:] / 255).argmax(axis=1) == table[:, 0]))


@task("training")
def test_softmax_regression_follows_the_gradient():
    """Softmax regression: some dozens of steps lead where the formulas lead, early and late."""
    model = SoftmaxRegression(input_size=SMALL[0], num_classes=SMALL[2])
    check_course(model, scores_of_softmax, slopes_of_softmax, SMALL)


@task("training")
def test_the_network_follows_the_gradient():
    """The two-layer network: some dozens of steps lead where the formulas lead, early and late."""
    model = TwoLayerNet(input_size=SMALL[0], hidden_size=SMALL[1], num_classes=SMALL[2])
    check_course(model, scores_of_network, slopes_of_network, SMALL)


@task("training")
@trains
def test_softmax_regression_reaches_its_accuracy():
    """Softmax regression learns to classify digits with the settings of its configuration."""
    if not follows(SoftmaxRegression(), scores_of_softmax, slopes_of_softmax):
        reached = accuracy(SoftmaxRegression, scores_of_softmax)
        assert reached >= SOFTMAX[data_source()], f"the test accuracy is {reached:.3f}"


@task("training")
@trains
def test_the_network_reaches_its_accuracy():
    """The two-layer network classifies digits much better than a linear model."""
    if not follows(TwoLayerNet(), scores_of_network, slopes_of_network):
        reached = accuracy(TwoLayerNet, scores_of_network)
        assert reached >= NETWORK[data_source()], f"the test accuracy is {reached:.3f}"
