# %% [markdown]
# # A network from scratch
#
# This notebook is the story of the assignment: it looks at the data, tries out the pieces that you
# write, trains networks with them, asks what the hyper-parameters do, and collects the written
# answers. The pieces themselves are in files (`utils.py`, `models/`, `optimizer/`, `answers.py`),
# so that tests can call them; `README.md` says what each of them must do.
#
# - Cells that you may change say **YOUR CODE HERE** or **YOUR ANSWER HERE**. All others are put
#   back as they were when the notebook is graded; add cells of your own wherever you like.
# - Checks are samples: the course runs further tests that you do not see.
# - Run everything from the top before you hand in (*Kernel, Restart and run all*).

# %% kind="setup"

# %% [markdown]
# What you save in a file is taken up by the next cell that you run; the kernel goes on as it is.

# %% id="imports"
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import utils
from models import SoftmaxRegression, TwoLayerNet
from models._base_network import _baseNetwork
from optimizer import SGD
from studentkit import assert_close, assert_same, assert_shape, data_folder
from studentkit.notebook import read_back, typed_answers
from utils import (
    evaluate,
    generate_batched_data,
    load_csv,
    load_mnist_test,
    load_mnist_trainval,
    plot_curves,
    train,
)

if "get_ipython" in globals():
    get_ipython().run_line_magic("load_ext", "autoreload")
    get_ipython().run_line_magic("autoreload", "2")

# %% [markdown]
# ## 1 Data
#
# MNIST belongs in `data/` (see *Getting started* in `README.md`). Where it is not there, the next
# cell draws some digits in its place, so that everything below can be tried at once; a file
# `data/SOURCE` says so. To go on with MNIST, delete what was drawn (`data/mnist_train.csv`,
# `data/mnist_test.csv`, `data/SOURCE`) and run `data/get_data.py`.


# %% id="digits"
def draw_digits(count, seed):
    """Draw digits in matplotlib's fonts; rows of a label and 784 grey levels, as in MNIST's CSV."""
    import matplotlib as mpl
    from PIL import Image, ImageDraw, ImageFont

    folder = Path(mpl.get_data_path(), "fonts", "ttf")
    paths = sorted(path for path in folder.glob("DejaVu*.ttf") if "Display" not in path.name)
    fonts = [ImageFont.truetype(str(path), 22) for path in paths]
    draw = np.random.default_rng(seed)
    rows = []
    for label in draw.permutation(np.arange(count) % 10):
        image = Image.new("L", (28, 28))
        place = 14 + draw.uniform(-2, 2), 14 + draw.uniform(-2, 2)
        font = fonts[draw.integers(len(fonts))]
        ImageDraw.Draw(image).text(place, str(label), 255, font, anchor="mm")
        image = image.rotate(draw.uniform(-12, 12), Image.Resampling.BILINEAR)
        pixels = np.asarray(image) + draw.normal(0, 15, (28, 28))
        rows.append([int(label), *np.clip(pixels, 0, 255).astype(int).ravel().tolist()])
    return rows


if not Path("data/mnist_train.csv").is_file():
    Path("data").mkdir(exist_ok=True)
    Path("data/SOURCE").write_text("digits\n")
    for name, count, seed in (("mnist_test.csv", 300, 2), ("mnist_train.csv", 1500, 1)):
        lines = [",".join(map(str, row)) for row in draw_digits(count, seed)]
        Path("data", name).write_text("\n".join(lines) + "\n")

images, labels = load_csv("./data/mnist_test.csv")
source = Path("data/SOURCE")
print(f"{len(images)} test images: {source.read_text().strip() if source.is_file() else 'mnist'}")
_, places = plt.subplots(2, 10, figsize=(10, 2.4))
for place, image, label in zip(places.ravel(), images, labels, strict=False):
    place.imshow(np.reshape(image, (28, 28)), cmap="gray_r")
    place.set_title(label, fontsize=9)
    place.axis("off")
plt.show()

# %% [markdown]
# `load_mnist_trainval` splits the training file; the sizes below are those of your split.

# %% id="split"
train_data, train_label, val_data, val_label = load_mnist_trainval()
test_data, test_label = load_mnist_test()
print(f"training {len(train_data)}, validation {len(val_data)}, test {len(test_data)}")

# %% kind="check" id="check_data_loading" task="data_loading" points=5
# The first 80 % of the rows are for training, in the order of the file.
with (data_folder() / "mnist_train.csv").open() as file:
    expected = [int(line.split(",", 1)[0]) for line in file]
train_part, train_labels, val_part, val_labels = utils.load_mnist_trainval()
assert len(train_part) + len(val_part) == len(expected), "the two parts do not hold every image"
assert len(train_part) == len(train_labels), "the training images and labels differ in number"
assert_same(list(train_labels)[:10], expected[:10], "the first training labels")
### BEGIN HIDDEN TESTS
assert len(train_part) == int(0.8 * len(expected)), (
    f"{len(train_part)} of {len(expected)} are for training"
)
assert_same(list(val_labels)[-10:], expected[-10:], "the last validation labels")
### END HIDDEN TESTS

# %% kind="check" id="check_batching" task="batching" points=8
# Batches hold every sample once, each with its own label; the last one may be short.
samples, numbers = [[float(n), n + 0.5] for n in range(10)], list(range(10))
batched_data, batched_label = utils.generate_batched_data(samples, numbers, 4)
sizes = [len(batch) for batch in batched_data]
assert sizes == [4, 4, 2], f"10 samples in batches of 4 gave batches of {sizes}"
assert_close(batched_data[1], np.array(samples[4:8]), "the second batch")
### BEGIN HIDDEN TESTS
batched_data, batched_label = utils.generate_batched_data(samples, numbers, 3, True, seed=11)
together = np.concatenate([np.asarray(batch) for batch in batched_label])
assert_same(sorted(together.tolist()), numbers, "the shuffled labels, sorted")
assert_close(
    np.concatenate([np.asarray(batch) for batch in batched_data])[:, 0],
    together.astype(float),
    "each sample beside its own label",
)
assert_same(numbers, list(range(10)), "the list of labels that was given")
### END HIDDEN TESTS

# %% [markdown]
# ## 2 Building blocks
#
# Your activations and their slopes. A slope can be read off the curve itself: the dots are finite
# differences of what you return, and the thin line should go through them.

# %% id="activations"
base = _baseNetwork()
x = np.linspace(-6, 6, 241)  # (241,)
_, places = plt.subplots(1, 2, figsize=(10, 3), sharex=True, layout="constrained")
for place, name, curve, slope in (
    (places[0], "sigmoid", base.sigmoid, base.sigmoid_dev),
    (places[1], "ReLU", base.ReLU, base.ReLU_dev),
):
    y = np.asarray(curve(x))
    place.plot(x, y, label=name)
    place.plot(x, slope(x), linewidth=1, label="its slope")
    place.plot(x[1:-1:12], ((y[2:] - y[:-2]) / (x[2:] - x[:-2]))[::12], ".", label="measured")
    place.set_title(name)
    place.legend()
plt.show()

# %% kind="check" id="check_sigmoid" task="sigmoid" points=8
# sigmoid is 1 / (1 + e^(-x)), and sigmoid_dev its slope at what went in.
at = np.array([[-2.0, 0.0], [1.0, 3.0]])
assert_close(_baseNetwork().sigmoid(at), 1 / (1 + np.exp(-at)), "sigmoid(x)")
places = np.array([0.0, -np.log(2.0)])  # where the sigmoid is 1/2 and 1/3
assert_close(_baseNetwork().sigmoid_dev(places), np.array([1 / 4, 2 / 9]), "sigmoid_dev(x)")
### BEGIN HIDDEN TESTS
# So long a step that float32 tells its two ends apart.
near = _baseNetwork().sigmoid(at + 5e-3) - _baseNetwork().sigmoid(at - 5e-3)
measured = np.asarray(near) / 1e-2
assert np.allclose(_baseNetwork().sigmoid_dev(at), measured, atol=1e-4), "the slope elsewhere"
### END HIDDEN TESTS

# %% kind="check" id="check_relu" task="relu" points=8
# ReLU keeps what is positive, and ReLU_dev is its slope.
at = np.array([[-2.0, 0.5], [1.0, -0.1]])
assert_close(_baseNetwork().ReLU(at), np.array([[0.0, 0.5], [1.0, 0.0]]), "ReLU(x)")
### BEGIN HIDDEN TESTS
assert_close(
    np.asarray(_baseNetwork().ReLU_dev(at)).astype(float),
    np.array([[0.0, 1.0], [1.0, 0.0]]),
    "the slope of ReLU",
)
assert_close(at, np.array([[-2.0, 0.5], [1.0, -0.1]]), "the array that was given")
### END HIDDEN TESTS

# %% [markdown]
# Softmax turns scores into probabilities. The larger the scores, the harder it chooses; with scores
# near 1000 it must choose, not fail.

# %% id="probabilities"
scores = np.array([1.0, 2.0, 0.5, 1.5])  # (C,)
_, places = plt.subplots(1, 3, figsize=(10, 2.4), sharey=True, layout="constrained")
for place, factor in zip(places, (0.1, 1, 1000), strict=True):
    place.bar(range(4), np.asarray(base.softmax(factor * scores[None]))[0])
    place.set_title(f"softmax({factor:g} · scores)")
    place.set_xlabel("class")
plt.show()

# %% kind="check" id="check_softmax" task="softmax" points=8
# softmax makes of each row probabilities in proportion to the exponentials.
logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, -4.0]])
rows = np.asarray(_baseNetwork().softmax(logits)).sum(axis=1)
assert_close(rows, np.ones(2), "the row sums of softmax(scores)")
### BEGIN HIDDEN TESTS
shares = np.array([[3.0, 4.0, 1.0], [2.0, 2.0, 4.0]])
assert_close(_baseNetwork().softmax(np.log(shares)), shares / 8, "softmax(log shares)")
### END HIDDEN TESTS

# %% kind="check" id="check_softmax_stability" task="softmax_stability" points=3
# softmax of scores near 1000 overflows nowhere: classes keep the ratios of scores near 0.
near = np.array([[0.5, 1.5], [1.5, 0.5]])
far = np.asarray(_baseNetwork().softmax(near + 1000.0))
assert_close(far[0, 1] / far[0, 0], np.e, "the ratio of two classes of scores + 1000")
assert np.all(far > 0), "softmax(scores + 1000) is not positive"
### BEGIN HIDDEN TESTS
far = np.asarray(_baseNetwork().softmax(near - 800.0))
assert_close(far[1, 0] / far[1, 1], np.e, "the ratio of two classes of scores - 800")
assert np.all(far > 0), "softmax(scores - 800) is not positive"
### END HIDDEN TESTS

# %% kind="check" id="check_cross_entropy" task="cross_entropy" points=8
# cross_entropy_loss is the mean of minus the log of the true class's probability.
predicted = np.array([[0.2, 0.5, 0.3], [0.5, 0.1, 0.4]])
loss = _baseNetwork().cross_entropy_loss(predicted, np.array([1, 0]))
assert_close(loss, np.log(2.0), "the loss")
### BEGIN HIDDEN TESTS
loss = _baseNetwork().cross_entropy_loss(predicted, np.array([2, 2]))
assert_close(loss, -(np.log(0.3) + np.log(0.4)) / 2, "the loss of other classes")
### END HIDDEN TESTS

# %% kind="check" id="check_accuracy" task="accuracy" points=5
# compute_accuracy is the fraction of rows whose largest entry is the true class.
predicted = np.array([[0.2, 0.5, 0.3], [0.5, 0.1, 0.4], [0.3, 0.2, 0.5], [0.6, 0.2, 0.2]])
accuracy = _baseNetwork().compute_accuracy(predicted, np.array([1, 2, 2, 0]))
assert_close(accuracy, 0.75, "the accuracy")
### BEGIN HIDDEN TESTS
accuracy = _baseNetwork().compute_accuracy(predicted, np.array([0, 1, 1, 2]))
assert_close(accuracy, 0.0, "the accuracy of wrong guesses")
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Networks
#
# A gradient can be measured as well: move one weight a little, and see how the loss changes. The
# figure has a dot for each weight of a small two-layer network; all of them belong on the line.


# %% id="gradients"
def measured_gradient(model, name, X, y, step=1e-3):
    """Return the gradient of the loss by `model.weights[name]`, from differences of the loss."""
    weight = model.weights[name]
    slope = np.zeros_like(weight)
    for index in np.ndindex(weight.shape):
        kept = weight[index]
        weight[index] = kept + step
        above, _ = model.forward(X, y, mode="valid")
        weight[index] = kept - step
        below, _ = model.forward(X, y, mode="valid")
        weight[index] = kept
        slope[index] = (above - below) / (2 * step)
    return slope


draw = np.random.default_rng(5)
small = TwoLayerNet(input_size=6, num_classes=3, hidden_size=4)
for name, weight in small.weights.items():
    small.weights[name] = draw.normal(size=weight.shape)
X, y = draw.normal(size=(8, 6)), draw.integers(3, size=8)  # (N, D), (N,)
small.forward(X, y, mode="train")
plt.figure(figsize=(4, 4), layout="constrained")
for name in small.weights:
    measured = measured_gradient(small, name, X, y).ravel()
    plt.plot(measured, np.ravel(small.gradients[name]), ".", label=name)
plt.axline((0, 0), slope=1, color="grey", linewidth=1)
plt.xlabel("measured")
plt.ylabel("yours")
plt.legend()
plt.show()

# %% kind="check" id="check_softmax_regression" task="softmax_regression" points=11
# SoftmaxRegression.forward returns the loss, and in training stores its gradient.
model = SoftmaxRegression(input_size=2, num_classes=2)
model.weights["W1"] = np.zeros((2, 2))
loss, accuracy = model.forward(np.array([[1.0, 2.0]]), np.array([0]), mode="valid")
assert_close(loss, np.log(2.0), "the loss of a network that knows nothing")
### BEGIN HIDDEN TESTS
model.weights["W1"] = np.array([[1.0, -1.0], [0.5, 0.25]])
batch, truth = np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([1, 0])
model.forward(batch, truth, mode="train")
gradient = np.array(model.gradients["W1"])
for row, column in ((0, 0), (1, 0), (1, 1)):
    losses = []
    for step in (5e-3, -5e-3):
        weight = np.array([[1.0, -1.0], [0.5, 0.25]])
        weight[row, column] += step
        model.weights["W1"] = weight
        losses.append(model.forward(batch, truth, mode="valid")[0])
    measured = (losses[0] - losses[1]) / 1e-2
    assert abs(measured - gradient[row, column]) < 2e-4, "the gradient of W1"
### END HIDDEN TESTS

# %% kind="check" id="check_two_layer_network" task="two_layer_network" points=14
# TwoLayerNet.forward stores the gradient of each weight, in the weight's own shape.
model = TwoLayerNet(input_size=3, num_classes=2, hidden_size=4)
batch, truth = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.array([1, 0])
start = {"W1": np.zeros((3, 4)), "b1": np.zeros(4), "W2": np.eye(2)[[0] * 4], "b2": np.zeros(2)}
for name, weight in start.items():
    model.weights[name] = weight
loss, _ = model.forward(batch, truth, mode="train")
expected = (np.log(1 + np.exp(2.0)) + np.log(1 + np.exp(-2.0))) / 2
assert_close(loss, expected, "the loss where every hidden unit is at 1/2")
assert_shape(model.gradients["W1"], (3, 4), "the gradient of W1")
assert_shape(model.gradients["b1"], (4,), "the gradient of b1")
assert np.any(np.array(model.gradients["W2"]) != 0), "forward left the gradient of W2 at zero"
### BEGIN HIDDEN TESTS
draw = np.random.default_rng(23)
shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
weights = {name: draw.normal(size=shape) for name, shape in shapes.items()}
for name, weight in weights.items():
    model.weights[name] = weight.copy()
model.forward(batch, truth, mode="train")
gradients = {name: np.array(model.gradients[name]) for name in shapes}
for name, weight in weights.items():
    losses = []
    for step in (5e-3, -5e-3):
        moved = weight.copy()
        moved.flat[1] += step
        model.weights[name] = moved
        losses.append(model.forward(batch, truth, mode="valid")[0])
    model.weights[name] = weight.copy()
    measured = (losses[0] - losses[1]) / 1e-2
    assert abs(measured - gradients[name].flat[1]) < 2e-4, f"the gradient of {name}"
### END HIDDEN TESTS

# %% kind="check" id="check_evaluation_mode" task="evaluation_mode" points=3
# Outside training, forward leaves the gradients alone.
batch, truth = np.array([[1.0, 2.0]]), np.array([0])
model = TwoLayerNet(input_size=2, num_classes=2, hidden_size=3)
model.gradients["W2"] = np.full((3, 2), 7.0)
model.forward(batch, truth, mode="train")
assert not np.any(np.asarray(model.gradients["W2"]) == 7.0), (
    "forward left a gradient as it was in training"
)
model.gradients["W2"] = np.full((3, 2), 7.0)
model.forward(batch, truth, mode="valid")
assert_close(model.gradients["W2"], np.full((3, 2), 7.0), "the gradient after an evaluation")
### BEGIN HIDDEN TESTS
model = SoftmaxRegression(input_size=2, num_classes=2)
model.gradients["W1"] = np.full((2, 2), -3.0)
model.forward(batch, truth, mode="train")
assert not np.any(np.asarray(model.gradients["W1"]) == -3.0), (
    "forward left a gradient as it was in training"
)
model.gradients["W1"] = np.full((2, 2), -3.0)
model.forward(batch, truth, mode="test")
assert_close(model.gradients["W1"], np.full((2, 2), -3.0), "the gradient after a test")
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Optimizer

# %% kind="check" id="check_regularization" task="regularization" points=6
# apply_regularization adds reg times each weight matrix to its gradient.
model = TwoLayerNet(input_size=2, num_classes=2, hidden_size=2)
model.weights["W1"] = np.array([[1.0, -2.0], [0.0, 4.0]])
model.gradients["W1"] = np.ones((2, 2))
SGD(learning_rate=0.3, reg=0.5).apply_regularization(model)
assert_close(model.gradients["W1"], np.array([[1.5, 0.0], [1.0, 3.0]]), "the gradient of W1")
### BEGIN HIDDEN TESTS
model.weights["b2"] = np.array([5.0, -5.0])
model.gradients["b2"] = np.array([0.25, 0.75])
SGD(learning_rate=0.3, reg=0.5).apply_regularization(model)
assert_close(model.gradients["b2"], np.array([0.25, 0.75]), "the gradient of b2")
### END HIDDEN TESTS

# %% kind="check" id="check_sgd" task="sgd" points=5
# SGD.update moves weights and biases against their gradients.
model = TwoLayerNet(input_size=2, num_classes=2, hidden_size=2)
model.weights["W2"] = np.array([[1.0, 2.0], [3.0, 4.0]])
model.gradients["W2"] = np.array([[1.0, 0.0], [-1.0, 2.0]])
SGD(learning_rate=0.5, reg=0.0).update(model)
assert_close(model.weights["W2"], np.array([[0.5, 2.0], [3.5, 3.0]]), "W2 after a step")
### BEGIN HIDDEN TESTS
model.weights["b1"] = np.array([1.0, -1.0])
model.gradients["b1"] = np.array([0.5, 0.25])
SGD(learning_rate=0.2, reg=0.0).update(model)
assert_close(model.weights["b1"], np.array([0.9, -1.05]), "b1 after a step")
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Training
#
# Everything together. `fit` trains on a part of the data, so that an experiment takes seconds; take
# more (`SAMPLES`) once you know what you are looking for.

# %% id="fit"
SAMPLES = 800
part = list(np.asarray(train_data[:SAMPLES])), train_label[:SAMPLES]  # rows as arrays are faster
validation_part = list(np.asarray(val_data[:SAMPLES])), val_label[:SAMPLES]


def fit(model=None, learning_rate=0.5, reg=0.0001, epochs=12, batch_size=32, hidden_size=48):
    """Train a network; return the four histories that `plot_curves` draws, and the network."""
    model = model or TwoLayerNet(hidden_size=hidden_size)
    optimizer = SGD(learning_rate=learning_rate, reg=reg)
    validation = generate_batched_data(*validation_part, batch_size)
    histories = [], [], [], []
    for epoch in range(epochs):
        batches = generate_batched_data(*part, batch_size, shuffle=True, seed=epoch)
        numbers = train(epoch, *batches, model, optimizer, debug=False)
        numbers += evaluate(*validation, model, debug=False)
        for history, number in zip(histories, numbers, strict=True):
            history.append(number)
    return histories, model


softmax_histories, _ = fit(SoftmaxRegression(), learning_rate=0.1)
histories, network = fit()
print(f"softmax regression: validation accuracy {softmax_histories[3][-1]:.3f}")
print(f"two layers: validation accuracy {histories[3][-1]:.3f}")
plot_curves(*histories)
plt.show()

# %% [markdown]
# What the first layer looks for: each picture shows the weights that lead to one hidden unit.

# %% id="weights"
_, places = plt.subplots(2, 8, figsize=(10, 2.8))
for place, weight in zip(places.ravel(), network.weights["W1"].T, strict=False):
    place.imshow(weight.reshape(28, 28), cmap="RdBu", vmin=-0.5, vmax=0.5)
    place.axis("off")
plt.show()

# %% kind="check" id="check_curves" task="curves" points=3
# plot_curves draws labelled curves.
from studentkit.figures import figures_drawn, watch_figures

watch_figures()
utils.plot_curves([2.1, 1.2, 0.7], [0.3, 0.6, 0.8], [2.2, 1.4, 1.1], [0.2, 0.5, 0.65])
figures = figures_drawn()
assert any(axes.lines for figure in figures for axes in figure.axes), "plot_curves drew no curves"
### BEGIN HIDDEN TESTS
for figure in figures:
    for axes in [one for one in figure.axes if one.lines]:
        labels = [figure.axes[place].xlabel for place in axes.sharing]  # as twinx makes them
        assert axes.xlabel or any(labels), "an x axis has no label"
        assert axes.ylabel or axes.title, "a plot says nowhere what it shows"
### END HIDDEN TESTS

# %% kind="check" id="check_training" task="training" points=5
# A few epochs of training make a network better than guessing.
draw = np.random.default_rng(3)
classes = [number % 3 for number in range(30)]
points = np.eye(3)[classes] + 0.1 * draw.normal(size=(30, 3))
batches = utils.generate_batched_data(points.tolist(), classes, 8, shuffle=True, seed=5)
model = SoftmaxRegression(input_size=3, num_classes=3)
first, _ = utils.evaluate(*batches, model, debug=False)
for epoch in range(10):
    utils.train(epoch, *batches, model, SGD(learning_rate=0.5, reg=0.001), debug=False)
last, accuracy = utils.evaluate(*batches, model, debug=False)
assert last < first and accuracy > 0.5, "ten epochs made the network no better"
### BEGIN HIDDEN TESTS
model = TwoLayerNet(input_size=3, num_classes=3, hidden_size=8)
for epoch in range(60):
    utils.train(epoch, *batches, model, SGD(learning_rate=1.0, reg=0.0), debug=False)
_, accuracy = utils.evaluate(*batches, model, debug=False)
assert accuracy > 0.9, f"after sixty epochs the accuracy is {accuracy:.2f}"
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Theory: typed answers
#
# Type them in `answers.py`; the table shows how each of them is read, and nothing about whether it
# is right. To see how something would be read before you decide, write in a cell of your own
# `from studentkit.notebook import Read` and then `Read("softmax_entry", "s_i*(1 - s_j)")`.

# %% id="typed"
read_back()

# %% kind="check" id="check_theory_softmax" task="theory_softmax" points=8
# The answers on softmax and log-sum-exp are right.
typed = typed_answers("theory_softmax")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("mlp_from_scratch", typed)
### END HIDDEN TESTS

# %% kind="check" id="check_theory_gates" task="theory_gates" points=6
# The answers on AND, OR and XOR are right.
typed = typed_answers("theory_gates")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("mlp_from_scratch", typed)
### END HIDDEN TESTS

# %% kind="check" id="check_theory_gradients" task="theory_gradients" points=10
# The answers on losses and gradients are right.
typed = typed_answers("theory_gradients")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("mlp_from_scratch", typed)
### END HIDDEN TESTS

# %% kind="check" id="check_theory_optimizer" task="theory_optimizer" points=4
# The answers on the penalty and the optimizer are right.
typed = typed_answers("theory_optimizer")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("mlp_from_scratch", typed)
### END HIDDEN TESTS

# %% kind="check" id="check_theory_counts" task="theory_counts" points=2
# The answers on sizes and counts are right.
typed = typed_answers("theory_counts")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("mlp_from_scratch", typed)
### END HIDDEN TESTS

# %% [markdown] kind="written" id="softmax_derivation" item="softmax_derivation"
# Write $S=\sum_k e^{z_k}$, so $\log s_i = z_i - \log S$. Differentiating by $z_j$ gives
# $\frac{1}{s_i}\frac{\partial s_i}{\partial z_j} = \delta_{ij} - \frac{e^{z_j}}{S}$, hence
# $\partial s_i/\partial z_j = s_i(\delta_{ij} - s_j)$: for $i=j$ that is $s_i(1-s_i)$, otherwise
# $-s_is_j$.

# %% [markdown] kind="written" id="xor_proof" item="xor_proof"
# The unit must not fire at $(0,0)$, so $b<0$; it must fire at $(0,1)$ and $(1,0)$, so
# $w_2+b\ge0$ and $w_1+b\ge0$; it must not fire at $(1,1)$, so $w_1+w_2+b<0$. The two in the
# middle add up to
# $w_1+w_2+2b\ge0$, the outer two to $w_1+w_2+2b<0$: a contradiction.

# %% [markdown]
# ## 7 Experiments
#
# `sweep` trains once for each value of one setting, everything else as `fit` has it. Write it, then
# choose the values; the figures below are what your written answers refer to.


# %% kind="answer" id="sweep"
def sweep(name, values, **others):
    """Train once for each of `values` of the setting called `name`; return value -> histories."""
    ### BEGIN SOLUTION
    return {value: fit(**{name: value}, **others)[0] for value in values}
    ### END SOLUTION


# %% id="draw_runs"
def draw_runs(runs, title):
    """Draw the validation loss and accuracy of several runs, and the training loss dashed."""
    _, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
    for value, (train_loss, _, val_loss, val_accuracy) in runs.items():
        (line,) = left.plot(val_loss, label=f"{value:g}")
        left.plot(train_loss, "--", color=line.get_color(), linewidth=1)
        right.plot(val_accuracy, label=f"{value:g}")
    left.set_ylabel("loss (dashed: training)")
    right.set_ylabel("validation accuracy")
    for place in (left, right):
        place.set_xlabel("epoch")
        place.legend(title=title)
    plt.show()


# %% kind="answer" id="rates"
# learning rate -> histories, at least four values over two orders of magnitude
### BEGIN SOLUTION
rates = sweep("learning_rate", [0.01, 0.1, 1.0, 10.0])
### END SOLUTION

# %%
draw_runs(rates, "learning rate")

# %% [markdown] kind="written" id="learning_rates" item="learning_rates"
# At 0.01 and 0.1 the loss hardly moves in the epochs given, at 1 it falls, at 10 it jumps up and
# down: a step of gradient descent is too long once it exceeds what the curvature allows.

# %% kind="answer" id="coefficients"
# regularization coefficient -> histories, at least four values, zero among them
### BEGIN SOLUTION
coefficients = sweep("reg", [0.0, 0.001, 0.01, 0.1])
### END SOLUTION

# %%
draw_runs(coefficients, "reg")

# %% [markdown] kind="written" id="penalties" item="penalties"
# A little changes nothing that can be seen; 0.1 pulls the weights so near to zero that training and
# validation meet, both at a high loss.

# %% kind="answer" id="best"
# your best settings, as words for `fit`: best = {"learning_rate": ..., ...}
### BEGIN SOLUTION
best = {"learning_rate": 1.0, "hidden_size": 96, "batch_size": 16, "epochs": 15}
### END SOLUTION

# %%
best_histories, best_network = fit(**best)
plot_curves(*best_histories)
plt.show()
test_batches = generate_batched_data(test_data, test_label)
_, test_accuracy = evaluate(*test_batches, best_network, debug=False)
print(f"validation {best_histories[3][-1]:.3f}, given settings {histories[3][-1]:.3f}")
print(f"test {test_accuracy:.3f}")

# %% [markdown] kind="written" id="tuning" item="tuning"
# Learning rate, width and batch size, one after the other on the validation data; other seeds
# change less than what was gained. The test data was looked at once, at the end.

# %% [markdown]
# ## 8 Paper review

# %% [markdown] kind="written" id="paper_review" item="paper_review"
# A review in at most 350 words.

# %% [markdown] kind="written" id="paper_first_question" item="paper_first_question"
# An answer in at most 350 words.

# %% [markdown] kind="written" id="paper_second_question" item="paper_second_question"
# An answer in at most 350 words.
