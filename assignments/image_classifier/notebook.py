# %% [markdown]
# # An image classifier
#
# This notebook is the story of the assignment: it looks at the images, sends them through the
# pieces that you write, trains networks, tests them, and collects the written answers. The pieces
# themselves are in files (`loading.py`, `model.py`, `training.py`, `figures.py`, `evaluation.py`,
# `experiments.py`, `answers.py`), so that tests can call them; `README.md` says what each of them
# must do.
#
# - Cells that you may change say **YOUR CODE HERE** or **YOUR ANSWER HERE**. All others are put
#   back as they were when the notebook is graded; add cells of your own wherever you like.
# - Checks run the tests of your folder, which are samples: the course has more of them.
# - Run everything from the top before you hand in (*Kernel, Restart and run all*).

# %% kind="setup"

# %% [markdown]
# What you save in a file is taken up by the next cell that you run; the kernel goes on as it is.

# %% id="imports"
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from baseline import LinearNet
from cifar import as_tensors, first, load_images, source_of
from evaluation import accuracy_by_class, confusion_counts, load_network, test
from experiments import compare_runs, run_all, updates
from figures import plot_loss_curve, plot_runs
from loading import (
    channel_statistics,
    make_loaders,
    make_transform,
    normalise,
    sample_counts,
    standardise,
)
from model import Net, flat_size, layer_table, rows_at_fc1
from studentkit.notebook import passes, read_back, typed_answers
from torch import nn
from torch.nn import functional as F
from training import choose_device, train
from vision import transforms

if "get_ipython" in globals():
    get_ipython().run_line_magic("load_ext", "autoreload")
    get_ipython().run_line_magic("autoreload", "2")

torch.set_num_threads(1)  # batches as small as these are no faster on several cores

# %% [markdown]
# ## 1 Images
#
# First what lies in `data/`: CIFAR-10, drawn images that your course gave you, or the handful of
# drawn ones that came with the assignment. One of each class:

# %% id="files"
train_files, test_files = load_images(None)
print(f"{len(train_files)} training images, {len(test_files)} test images: {source_of()}")


def show(images, titles):
    """Draw images (H, W, 3) in a row."""
    _, places = plt.subplots(1, len(images), figsize=(10, 1.5), layout="constrained")
    for place, image, title in zip(places, images, titles, strict=True):
        place.imshow(image)
        place.set_title(title, fontsize=9)
        place.axis("off")
    plt.show()


chosen = [train_files.targets.index(label) for label in range(10)]
show([train_files.data[index] for index in chosen], train_files.classes)

# %% [markdown]
# The experiments below need some hundred images. You choose which: `"shapes"` are stand-ins that
# this notebook draws, of the ten kinds of the drawn images, but plain ones, light on dark, with
# nothing around them; a network learns them within seconds, and what comes out is no accuracy to
# expect of photographs. `"data"` are the first images of `data/`, where there are a thousand or
# more to train with; there, take more images and epochs where a cell lets you choose.

# %% kind="answer" id="source"
# "shapes", drawn here, or "data", those of data/
### BEGIN SOLUTION
source = "shapes"
### END SOLUTION


# %% id="stand_ins"
def draw_shapes(count, seed):
    """Draw plain shapes; return pairs of an image (32, 32, 3) of bytes and a label."""
    draw = np.random.default_rng(seed)
    line = (np.arange(64) - 31.5) / 2  # two points for each pixel, which soften the outline
    drawn = []
    for label in draw.permutation(np.arange(count) % 10):
        size, turn, place = draw.uniform(9, 13), draw.normal(0, 0.3), draw.normal(0, 2, 2)
        y, x = (line[:, None] - place[0]) / size, (line[None] - place[1]) / size
        y, x = np.cos(turn) * y - np.sin(turn) * x, np.sin(turn) * y + np.cos(turn) * x
        r, a, b = np.hypot(y, x), np.abs(y), np.abs(x)
        shape = {
            "disc": r < 0.85,
            "ring": abs(r - 0.75) < 0.22,
            "square": np.maximum(a, b) < 0.8,
            "triangle": np.maximum(-y, y / 2 + 0.87 * b) < 0.52,
            "cross": (np.minimum(a, b) < 0.28) & (np.maximum(a, b) < 1),
            "star": r < 0.66 + 0.34 * np.cos(5 * np.arctan2(y, x)),
            "crescent": (r < 1) & (np.hypot(y, x - 0.5) > 0.72),
            "bars": (np.maximum(a, b) < 0.95) & (abs((y + 0.32) % 0.64 - 0.32) < 0.16),
            "spots": (np.hypot(a - 0.6, b - 0.6) < 0.28) | (r < 0.28),
            "wave": (abs(y - 0.45 * np.sin(3.2 * x)) < 0.2) & (b < 1.15),
        }[SHAPES[label]]
        cover = shape.reshape(32, 2, 32, 2).mean(axis=(1, 3))[..., None]  # (32, 32, 1)
        dark, light = draw.uniform(0, 110, 3), draw.uniform(130, 255, 3)
        pixels = dark + cover * (light - dark) + draw.normal(0, 12, (32, 32, 3))
        drawn.append((np.clip(pixels, 0, 255).astype(np.uint8), int(label)))
    return drawn


SHAPES = "disc ring square triangle cross star crescent bars spots wave".split()
if source == "data" and len(train_files) >= 1000:
    classes = train_files.classes
    train_pairs, test_pairs = list(first(train_files, 5000)), list(first(test_files, 1000))
    place = "from data/"
else:
    classes, train_pairs, test_pairs = SHAPES, draw_shapes(1000, seed=1), draw_shapes(400, seed=2)
    place = "drawn in this notebook"
print(f"{place}: {len(train_pairs)} images to train with, {len(test_pairs)} to test with")
labels = [label for _, label in train_pairs]
show([train_pairs[labels.index(label)][0] for label in range(10)], classes)

# %% [markdown]
# ### Normalising
#
# The first 400 images as numbers between 0 and 1, and after your `normalise`, with the means and
# deviations that you choose: how often each value comes up, in red, green and blue.

# %% id="pixels"
plain = transforms.ToTensor()
pixels, _ = as_tensors([(plain(image), label) for image, label in train_pairs[:400]])
print(f"{tuple(pixels.shape)}, from {pixels.min():.2f} to {pixels.max():.2f}")

# %% kind="answer" id="normalisations"
# a name -> (means, deviations) of the three channels; two or more ways to normalise
### BEGIN SOLUTION
normalisations = {
    "0.5 throughout": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "the images' own": channel_statistics(pixels),
}
### END SOLUTION

# %% id="draw_pixels"
panels = {"as they are": pixels}
for name, (mean, std) in normalisations.items():
    panels[name] = normalise(pixels, mean, std)
_, places = plt.subplots(1, len(panels), figsize=(10, 2.6), sharey=True, layout="constrained")
for place, (name, values) in zip(places, panels.items(), strict=True):
    for channel, colour in enumerate(("tab:red", "tab:green", "tab:blue")):
        place.hist(values[:, channel].flatten().numpy(), 40, histtype="step", color=colour)
        place.axvline(values[:, channel].mean(), color=colour, linestyle=":", linewidth=1)
    place.set_title(name)
    place.set_xlabel("value (dotted: mean)")
places[0].set_ylabel("pixels")
plt.show()

# %% [markdown]
# `make_transform` does it image by image, and should agree with torchvision's own. A grey image has
# one channel; does yours take one?

# %% id="transforms"
image, _ = train_pairs[0]
theirs = transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))(plain(image))
print(f"largest distance from torchvision: {(make_transform(3)(image) - theirs).abs().max():.1e}")
grey = np.asarray(image).mean(axis=2, keepdims=True).astype(np.uint8)  # (32, 32, 1)
print(f"a grey image becomes {tuple(make_transform(1)(grey).shape)}")

# %% kind="check" id="check_transform" task="transform" tests="files"
# normalise and make_transform take each channel's mean off and divide by its deviation.
passes("transform")

# %% id="parts"
train_part, test_part = standardise(pixels, as_tensors([(plain(i), k) for i, k in test_pairs])[0])
for name, part in (("training", train_part), ("test", test_part)):
    means, deviations = part.mean(dim=(0, 2, 3)), part.std(dim=(0, 2, 3), correction=0)
    numbers = [f"{number:6.3f}" for number in (*means, *deviations)]
    print(f"{name:8} means {' '.join(numbers[:3])}, deviations {' '.join(numbers[3:])}")

# %% kind="check" id="check_statistics" task="statistics" tests="files"
# Both parts are normalised by the statistics of the training images.
passes("statistics")

# %% id="read_normalization"
read_back("normalize", "normalize_grey")

# %% kind="check" id="check_normalization" task="normalization"
# The answers on normalising images are right.
typed = typed_answers("normalization")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("image_classifier", typed)
### END HIDDEN TESTS

# %% [markdown] kind="written" id="what_normalize_does" item="what_normalize_does"
# From every pixel it takes the mean of the pixel's channel and divides by that channel's deviation:
# $(x-\mu_c)/\sigma_c$, each channel for itself. With 0.5 for both, 0…1 becomes −1…1. A grey image
# has a single channel, so mean and deviation are tuples of one entry, `(0.5,)` and `(0.5,)`.

# %% [markdown]
# ### Batches
#
# From here on images are what `make_transform(3)` makes of them. The first batch that each loader
# brings, in two epochs:

# %% id="batches"
transform = make_transform(3)
train_images = [(transform(image), label) for image, label in train_pairs]
test_images = [(transform(image), label) for image, label in test_pairs]
loaders = make_loaders(train_images, test_images, 10)
print("images to train and to test with:", *sample_counts(*loaders))
for name, loader in zip(("training", "test"), loaders, strict=True):
    for epoch in (1, 2):
        batch, truth = next(iter(loader))  # (N, 3, 32, 32), (N,)
        print(f"{name}, epoch {epoch}:")
        show(batch.permute(0, 2, 3, 1) / 2 + 0.5, [classes[label] for label in truth])

# %% kind="check" id="check_loaders" task="loaders" tests="files"
# Training images come in a new order in every epoch, test images keep theirs.
passes("loaders")

# %% kind="check" id="check_sample_counts" task="sample_counts" tests="files"
# sample_counts counts images, not batches.
passes("sample_counts")

# %% [markdown]
# ## 2 The network
#
# ### Convolution, padding, pooling
#
# A convolution that nobody has trained: its kernel takes differences from left to right. See what
# becomes of an image with several values of `padding`, and the same after two kinds of pooling.

# %% kind="answer" id="paddings"
# values of `padding` to try, two or more; the kernel is 5×5
### BEGIN SOLUTION
paddings = [0, 2, 6]
### END SOLUTION

# %% id="draw_paddings"
ramp = torch.tensor([-1.0, -2.0, 0.0, 2.0, 1.0])
kernel = (ramp * torch.tensor([[1.0], [2.0], [3.0], [2.0], [1.0]])).view(1, 1, 5, 5)
grey_image = train_images[0][0].mean(dim=0).view(1, 1, 32, 32)
maps = {"image": grey_image}
for padding in paddings:
    maps[f"padding={padding}"] = F.conv2d(grey_image, kernel, padding=padding)
first_map = maps[f"padding={paddings[0]}"]
maps |= {"then max pooling": F.max_pool2d(first_map, 2), "or the mean": F.avg_pool2d(first_map, 2)}
_, places = plt.subplots(1, len(maps), figsize=(10, 2.1), layout="constrained")
for place, (name, values) in zip(places, maps.items(), strict=True):
    place.imshow(values[0, 0], cmap="gray")
    place.set_title(f"{name}\n{values.shape[2]}×{values.shape[3]}", fontsize=9)
    place.set_xticks([])
    place.set_yticks([])
plt.show()

# %% [markdown] kind="written" id="padding_parameter" item="padding_parameter"
# How many rows and columns of zeros are put on each side of the input before the kernel goes over
# it. Each one makes the output two larger (32 → 28 without, 32 with 2), and pixels at the border
# take part more often.

# %% [markdown] kind="written" id="max_pooling" item="max_pooling"
# Each channel is cut into windows of 2×2, and only the largest value of each is kept. Height and
# width are halved, a small shift changes little, and there is nothing to learn in it.

# %% id="read_convolutions"
read_back("convolution_side", "convolution_output", "padding_and_stride")

# %% kind="check" id="check_convolution_sizes" task="convolution_sizes"
# The answers on the sizes of convolutions are right.
typed = typed_answers("convolution_sizes")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("image_classifier", typed)
### END HIDDEN TESTS

# %% [markdown]
# ### Layers
#
# One image on its way through your `Net`, before any training: the six maps of `conv1`, and the
# sixteen of `conv2`.

# %% id="maps"
torch.manual_seed(3)
net = Net()
seen = {}
for name in ("conv1", "conv2"):
    getattr(net, name).register_forward_hook(
        lambda layer, inputs, output, name=name: seen.update({name: output[0].detach()})
    )
logits = net(train_images[0][0][None])
print(f"logits {tuple(logits.shape)}: {logits.detach().numpy().round(2)}")
_, places = plt.subplots(2, 11, figsize=(10, 2), layout="constrained")
pictures = [*seen["conv1"], *seen["conv2"]]
for number, (place, picture) in enumerate(zip(places.ravel(), pictures, strict=True)):
    place.imshow(picture, cmap="gray")
    place.set_title(f"conv1, {number}" if number < 6 else f"conv2, {number - 6}", fontsize=8)
    place.axis("off")
plt.show()

# %% [markdown]
# Where the parameters are, by your `layer_table`:

# %% id="shares"
table = layer_table(net)
plt.figure(figsize=(6, 2.2), layout="constrained")
plt.barh(list(table), [count / sum(table.values()) for count in table.values()])
plt.gca().invert_yaxis()
plt.xlabel(f"share of the {sum(table.values())} parameters")
plt.show()

# %% kind="check" id="check_network" task="network" tests="files"
# Net has its layers in their order, and gives a row of logits for each image.
passes("network")

# %% kind="check" id="check_layer_table" task="layer_table" tests="files"
# layer_table counts weights and biases of each layer.
passes("layer_table")

# %% id="read_architecture"
read_back(
    "conv1_output",
    "pool1_output",
    "conv2_output",
    "pool2_output",
    "layer_parameters",
    "total_parameters",
    "layer_without_gradients",
)

# %% kind="check" id="check_architecture" task="architecture"
# The answers on the network's sizes are right.
typed = typed_answers("architecture")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("image_classifier", typed)
### END HIDDEN TESTS

# %% [markdown] kind="written" id="describe_network" item="describe_network"
# conv1: 3 → 6 channels, 5×5, ReLU (6×28×28); max pooling 2×2, stride 2 (6×14×14); conv2: 6 → 16
# channels, 5×5, ReLU (16×10×10); the same pooling (16×5×5), flattened to 400 numbers; fc1:
# 400 → 120, ReLU; fc2: 120 → 84, ReLU; fc3: 84 → 10 logits without an activation, since the loss
# takes logits. No padding, stride 1 in the convolutions.

# %% [markdown]
# A small map goes through the network's `pool`, and the sum of what comes out is taken for a loss.
# On the right is the gradient that comes back.

# %% id="routed"
small_map = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(1), requires_grad=True)
net.pool(small_map).sum().backward()
_, places = plt.subplots(1, 2, figsize=(6, 2.8), layout="constrained")
both = {"the map": small_map.detach()[0, 0], "the gradient that comes back": small_map.grad[0, 0]}
for place, (name, values) in zip(places, both.items(), strict=True):
    place.figure.colorbar(place.imshow(values), ax=place)
    place.set_title(name, fontsize=10)
    place.set_xticks(np.arange(7) + 0.5, minor=True)
    place.set_yticks(np.arange(7) + 0.5, minor=True)
    place.grid(which="minor", color="white", linewidth=0.5)
    place.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
plt.show()

# %% [markdown] kind="written" id="no_own_gradients" item="no_own_gradients"
# The pooling has no weights and no bias, so there is nothing of its own to differentiate by. It
# still takes part in backpropagation: of each window, the error goes back to the place where the
# maximum was, and the other three places get zero, as in the figure.

# %% [markdown]
# ### Other kernels
#
# What if the kernels change and `view(-1, 400)` stays as it was? Your `rows_at_fc1` tries it out.
# There is a dot wherever `view` raises no error. A row for each image would lie on the grey line.

# %% kind="answer" id="kernels"
# sizes of kernels and of batches to try
### BEGIN SOLUTION
kernels, batch_sizes = [3, 5, 7], range(1, 61)
### END SOLUTION

# %% id="draw_rows"
plt.figure(figsize=(6, 3.2), layout="constrained")
plt.axline((0, 0), slope=1, color="lightgrey")
for kernel_size in kernels:
    rows = {count: rows_at_fc1(kernel_size, count) for count in batch_sizes}
    passed = {count: number for count, number in rows.items() if number is not None}
    label = f"{kernel_size}×{kernel_size}: {len(passed)} of {len(rows)} batch sizes pass"
    plt.plot(list(passed), list(passed.values()), ".", label=label)
plt.xlabel("images in the batch")
plt.ylabel("rows at fc1")
plt.legend(fontsize=9)
plt.show()
for kernel_size in kernels:
    images, _ = as_tensors(train_images[:4])
    outputs = tuple(Net(kernel_size=kernel_size)(images).shape)
    print(f"Net({kernel_size}): {flat_size(kernel_size)} inputs of fc1, outputs {outputs}")

# %% kind="check" id="check_kernel_sizes" task="kernel_sizes" tests="files"
# flat_size and rows_at_fc1 tell what other kernels change.
passes("kernel_sizes")

# %% id="read_kernels"
read_back("k3_conv2_output", "k3_pooled_side", "k3_inputs", "k3_regrouped_rows")

# %% kind="check" id="check_kernel_three" task="kernel_three"
# The answers on kernels of 3×3 are right.
typed = typed_answers("kernel_three")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("image_classifier", typed)
### END HIDDEN TESTS

# %% [markdown] kind="written" id="kernel_three_consequences" item="kernel_three_consequences"
# No: an image now arrives as 16·6·6 = 576 numbers, and fc1 takes 400. `view(-1, 400)` raises an
# error unless 400 divides 576·N, that is unless N is a multiple of 25; there it makes 36 rows of
# 25 images, which belong to no image any more, so labels do not fit. fc1 needs 576 inputs, and
# `view` or `flatten` must keep one row per image. The odd maps (13×13) are no obstacle: pooling
# rounds down.

# %% [markdown]
# ## 3 Training
#
# `fit` trains a network on the first images and tests it, with your functions. The stand-ins need
# few images and epochs; with photographs take more.

# %% id="fit"
EVERY = 25  # batches that an entry of the running loss is the mean of
print("device, if a GPU is wanted:", choose_device(True))


def fit(batch_size, num_epochs, lr=0.003, images=400, network=Net, path="notebook_run.pth"):
    """Train and test; return the running losses, and the accuracy on the test images."""
    train_loader, test_loader = make_loaders(train_images[:images], test_images, batch_size)
    losses = train(train_loader, num_epochs, False, lr, 0.9, path, EVERY, network)
    return losses, test(test_loader, path, network)


# %% kind="answer" id="settings"
# what `fit` shall train with: settings = {"batch_size": ..., "num_epochs": ..., ...}
### BEGIN SOLUTION
settings = {"batch_size": 8, "num_epochs": 12, "lr": 0.005, "images": 800}
### END SOLUTION

# %% id="first_training"
net_losses, net_accuracy = fit(**settings, path="notebook_net.pth")
linear_losses, linear_accuracy = fit(**settings, network=LinearNet, path="notebook_linear.pth")
axes = plot_loss_curve(net_losses, EVERY)
axes.figure.set_size_inches(7, 3)
plt.show()
print(f"Net: test accuracy {net_accuracy:.3f}, last loss {net_losses[-1]:.3f}")
print(f"LinearNet: test accuracy {linear_accuracy:.3f}, last loss {linear_losses[-1]:.3f}")

# %% kind="check" id="check_device" task="device" tests="files"
# The GPU is used where one is wanted and there.
passes("device")

# %% kind="check" id="check_training_loop" task="training_loop" tests="files"
# train makes one step for each batch, on the gradient of that batch.
passes("training_loop")

# %% kind="check" id="check_running_loss" task="running_loss" tests="files"
# The running loss holds means, and its count starts anew with each epoch.
passes("running_loss")

# %% kind="check" id="check_checkpoint" task="checkpoint" tests="files"
# The file holds the parameters as they are after training.
passes("checkpoint")

# %% kind="check" id="check_loss_curve" task="loss_curve" tests="files"
# plot_loss_curve draws the losses over their iterations and labels the axes.
passes("loss_curve")

# %% id="read_counts"
read_back("iterations_batch_4", "iterations_batch_16", "loss_entries")

# %% kind="check" id="check_training_counts" task="training_counts"
# The answers on iterations are right.
typed = typed_answers("training_counts")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("image_classifier", typed)
### END HIDDEN TESTS

# %% [markdown]
# What if the gradients are not reset? On the left the weights stay as they are, and what is stored
# as their gradient is measured after every batch. On the right the linear network is trained, with
# plain steps against what is stored.


# %% id="resets"
def stored_gradients(reset, lr, count=80):
    """Return the length of the stored gradient, and the loss, batch by batch."""
    torch.manual_seed(7)
    network = LinearNet()
    loader, _ = make_loaders(train_images[: 8 * count], test_images, 8)
    lengths, losses = [], []
    for images, truth in loader:
        if reset:
            network.zero_grad()
        batch_loss = F.cross_entropy(network(images), truth)
        batch_loss.backward()
        lengths.append(network.fc.weight.grad.norm().item())
        losses.append(batch_loss.item())
        with torch.no_grad():
            for weight in network.parameters():
                weight -= lr * weight.grad
    return lengths, losses


_, (left, right) = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
for reset, name in ((True, "reset"), (False, "not reset")):
    left.plot(stored_gradients(reset, lr=0.0)[0], label=name)
    right.plot(stored_gradients(reset, lr=0.01)[1], label=name)
left.set_ylabel("length of the stored gradient")
right.set_ylabel("loss of the batch")
for place in (left, right):
    place.set_xlabel("batch")
    place.legend()
plt.show()

# %% [markdown] kind="written" id="zero_grad" item="zero_grad"
# `backward` adds to what is stored. Without a reset, a step would go along the sum of all gradients
# so far, most of them of other batches and of weights that are no longer there. In the figure that
# sum grows from batch to batch, and training with it jumps about instead of settling.

# %% [markdown]
# ## 4 Testing
#
# Who is taken for whom, on images that were not trained on.

# %% id="confusion"
_, test_loader = make_loaders(train_images, test_images, 100)
counts = confusion_counts(test_loader, "notebook_net.pth")
_, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
left.figure.colorbar(left.imshow(counts, cmap="Blues"), ax=left, label="images")
left.set_xticks(range(10), classes, rotation=90)
left.set_yticks(range(10), classes)
left.set_xlabel("taken for")
left.set_ylabel("true class")
fractions = accuracy_by_class(counts)
right.barh(classes, [fraction or 0 for fraction in fractions])
right.axvline(net_accuracy, color="black", linestyle=":")
right.invert_yaxis()
right.set_xlim(0, 1)
right.set_xlabel("accuracy (dotted: of all classes together)")
plt.show()

# %% kind="check" id="check_evaluation" task="evaluation" tests="files"
# test returns the fraction of all images that are classified right.
passes("evaluation")

# %% kind="check" id="check_classes" task="classes" tests="files"
# Pairs of true and predicted classes are counted, and each class has its accuracy.
passes("classes")

# %% [markdown]
# ### What more images do
#
# The same number of updates each time, on more and more training images, up to those that there
# are. Each network is tested on what it was trained on, and on the test images.

# %% kind="answer" id="sizes"
# numbers of training images to try, three or more
### BEGIN SOLUTION
sizes = [20, 80, 320]
### END SOLUTION

# %% id="more_images"
UPDATES = 600
curve = {}
for count in sizes:
    epochs = max(1, round(UPDATES / updates(8, 1, count)))
    _, on_test = fit(8, epochs, lr=0.005, images=count)
    seen_loader, _ = make_loaders(train_images[:count], test_images, 100)
    curve[count] = test(seen_loader, "notebook_run.pth"), on_test
plt.figure(figsize=(6, 3), layout="constrained")
for number, name in enumerate(("on the training images", "on the test images")):
    plt.plot(list(curve), [pair[number] for pair in curve.values()], "o-", label=name)
plt.xlabel("training images")
plt.ylabel("accuracy")
plt.ylim(0, 1.05)
plt.legend()
plt.show()

# %% [markdown] kind="written" id="perfect_classifier" item="perfect_classifier"
# More data helps: what is shared by many images is easier to fit than each image by heart; in the
# figure the test accuracy rises while the training accuracy stays near 1. An L2 penalty may help:
# it keeps weights small and with them the function smooth. A larger model does not: this one fits
# all training samples already. A validation part may help to choose a model or a time to stop
# before test accuracy falls; by itself it improves no model, and it leaves fewer images to train
# on.

# %% [markdown]
# ### Four runs
#
# Batches of 4 and 16, 5 and 20 epochs: your `run_all` makes the runs, `plot_runs` draws them and
# `compare_runs` puts the numbers into a table. All begin with the same seed, so that a run of 5
# epochs is the beginning of the one of 20; it is drawn thick, below the other. `python main.py
# --compare` does the same with as many images as you like.

# %% kind="answer" id="run_settings"
# what all four runs have in common: run_settings = {"lr": ..., "images": ...}
### BEGIN SOLUTION
run_settings = {"lr": 0.003, "images": 400}
### END SOLUTION

# %% id="four_runs"
runs = run_all(lambda batch_size, epochs: fit(batch_size, epochs, **run_settings))

# %% id="draw_runs"
axes = plot_runs(runs, EVERY)
axes.figure.set_size_inches(8, 3.6)
for run, line in zip(runs, axes.get_lines(), strict=False):
    if run["epochs"] < 20:
        line.set(linewidth=7, alpha=0.4)
axes.legend()
plt.show()
print("batch  epochs  updates  accuracy  last loss  roughness")
for row in compare_runs(runs):
    steps = updates(row["batch_size"], row["epochs"], run_settings.get("images", 400))
    numbers = f"{row['accuracy']:9.3f}{row['last_loss']:11.3f}{row['roughness']:11.3f}"
    print(f"{row['batch_size']:5}{row['epochs']:8}{steps:9} {numbers}")

# %% kind="check" id="check_runs" task="runs" tests="files"
# The runs are made, drawn and compared, the most accurate one first.
passes("runs")

# %% [markdown] kind="written" id="batch_size_and_epochs" item="batch_size_and_epochs"
# An epoch of batches of 4 has four times the updates (100 instead of 25 with 400 images), so at
# the same rate it gets further: accuracy 0.7 against 0.3 after 5 epochs, 0.94 against 0.81 after
# 20. More epochs are more updates too; batches of 16 have not finished when 20 epochs end (last
# loss 0.3). A gradient from 4 images is noisier: that curve still jumps to 0.4 after 1,000 updates,
# and each update of 16 is worth more: 500 of them give 0.81 (20 epochs), 500 of 4 about 0.7 (5
# epochs). The roughness (about 0.05 for both) hardly shows it here: it counts the fall as well.

# %% [markdown]
# ### The weights that you hand in
#
# `python main.py` writes them; here they are tested on the test images in `data/`.

# %% id="weights"
path = Path("weights", f"net_{source_of()}.pth")
if path.is_file():
    _, held_back = load_images(make_transform(3))
    _, loader = make_loaders(held_back, held_back, 100)
    print(f"{path}: accuracy {test(loader, path):.3f} on {len(held_back)} test images")
    kernels_seen = load_network(path).conv1.weight.detach()  # (6, 3, 5, 5)
    low, high = kernels_seen.min(), kernels_seen.max()
    pictures = ((kernels_seen - low) / (high - low)).permute(0, 2, 3, 1)
    show(pictures, [f"conv1, {number}" for number in range(6)])
else:
    print(f"{path} is not there yet")

# %% kind="check" id="check_trained_network" task="trained_network" tests="files"
# The weights classify images that nobody has seen.
passes("trained_network")

# %% kind="check" id="check_whole" task="whole" tests="files"
# Everything together: a short training of your own learns something.
passes("whole")

# %% [markdown]
# ## 5 On paper
#
# Typed answers stand in `answers.py`; the tables show how each of them is read, and nothing about
# whether it is right. To see how something would be read before you decide, write in a cell of your
# own `from studentkit.notebook import Read` and then `Read("gradient_of_x_x", "x + x")`.

# %% id="read_calculus"
read_back("gradient_of_x_x", "gradient_of_trace", "gradient_of_bilinear", "jacobian_of_linear")

# %% kind="check" id="check_matrix_calculus" task="matrix_calculus"
# The answers on gradients of vectors and matrices are right.
typed = typed_answers("matrix_calculus")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("image_classifier", typed)
### END HIDDEN TESTS

# %% id="read_cross_entropy"
read_back("likelihood", "log_likelihood", "loss", "loss_gradient")

# %% kind="check" id="check_cross_entropy" task="cross_entropy"
# The answers on likelihood and cross-entropy are right.
typed = typed_answers("cross_entropy")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("image_classifier", typed)
### END HIDDEN TESTS

# %% [markdown] kind="written" id="bernoulli_reason" item="bernoulli_reason"
# $p(y\mid x)=\hat y^{\,y}(1-\hat y)^{1-y}$. For $y=1$ the second factor is 1 and $\hat y$ is left,
# the probability that the classifier gives to 1; for $y=0$ the first is 1 and $1-\hat y$ is left.

# %% [markdown]
# ## 6 Short questions
#
# ### Batch normalization
#
# One image, normalised by a fresh `BatchNorm2d` together with others that are drawn at random: the
# red value in its middle, again and again, in batches of the sizes that you choose. In evaluation
# mode afterwards, the same again.

# %% kind="answer" id="companions"
# sizes of batches to try, three or more, from 2 on
### BEGIN SOLUTION
companions = [2, 4, 16, 64, 256]
### END SOLUTION


# %% id="batch_norm_modes"
def normalised_values(layer, size, repeats=60):
    """Return the red value in the middle of the first image, with ever other images around it."""
    draw = torch.Generator().manual_seed(size)
    values = []
    for _ in range(repeats):
        others = torch.randint(1, len(pixels), (size - 1,), generator=draw)
        batch = torch.cat([pixels[:1], pixels[others]])
        values.append(layer(batch)[0, 0, 16, 16].item())
    return values


layer = nn.BatchNorm2d(3)
_, places = plt.subplots(1, 2, figsize=(10, 3), sharey=True, layout="constrained")
for place, mode in zip(places, ("training", "evaluation"), strict=True):
    layer.train(mode == "training")
    for column, size in enumerate(companions):
        values = normalised_values(layer, size)
        place.plot([column] * len(values), values, "_", alpha=0.4, color="tab:blue", markersize=14)
    place.set_xticks(range(len(companions)), companions)
    place.set_xlabel("images in the batch")
    place.set_title(mode)
places[0].set_ylabel("the same value, normalised")
plt.show()

# %% [markdown] kind="written" id="batch_norm" item="batch_norm"
# In training, mean and variance are those of the batch, so what a sample becomes depends on which
# others happen to be with it: the same value is scattered, the more the smaller the batch. This
# noise differs from step to step, so the network cannot rely on exact values, much as with dropout.
# At inference the layer uses running means and variances collected during training: a sample's
# output depends on nothing but the sample (the right panel shows one value), and batches of one
# work.

# %% [markdown]
# ### L2 penalty
#
# A linear network on two hundred images, with the loss L + λ wᵀw for several λ: the length of w,
# and the loss without its penalty.

# %% id="read_decay"
read_back("penalised_gradient", "l2_update", "decay_factor")

# %% kind="check" id="check_weight_decay" task="weight_decay"
# The answers on the penalty are right.
typed = typed_answers("weight_decay")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("image_classifier", typed)
### END HIDDEN TESTS

# %% kind="answer" id="penalties"
# values of λ, three or more, zero among them
### BEGIN SOLUTION
penalties = [0.0, 0.01, 0.1, 0.5]
### END SOLUTION

# %% id="draw_penalties"
images, truth = as_tensors(train_images[:200])
_, (left, right) = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
for penalty in penalties:
    torch.manual_seed(7)
    linear = LinearNet()
    descent = torch.optim.SGD([linear.fc.weight], lr=0.03)
    lengths, losses = [], []
    for _ in range(100):
        plain_loss = F.cross_entropy(linear(images), truth)
        lengths.append(linear.fc.weight.norm().item())
        losses.append(plain_loss.item())
        descent.zero_grad()
        (plain_loss + penalty * linear.fc.weight.square().sum()).backward()
        descent.step()
    left.plot(lengths, label=f"λ = {penalty:g}")
    right.plot(losses, label=f"λ = {penalty:g}")
left.set_ylabel("length of w")
right.set_ylabel("loss without the penalty")
for place in (left, right):
    place.set_xlabel("step")
right.legend()
plt.show()

# %% [markdown] kind="written" id="weight_decay_reason" item="weight_decay_reason"
# A step on $L$: $w \leftarrow w-\alpha g$. A step on $L'$:
# $w \leftarrow w-\alpha(g+2\lambda w)=(1-2\alpha\lambda)\,w-\alpha g$. Before it follows the
# gradient, each step multiplies $w$ by $1-2\alpha\lambda$, which is below 1: where $g=0$, weights
# shrink geometrically. In the figure they are the shorter the larger λ is.

# %% [markdown]
# ### Shifts
#
# The two networks of section 3, trained on the same images, on test images that are moved to the
# right (what leaves on one side comes in on the other).

# %% kind="answer" id="shifts"
# pixels to move by, three or more, zero among them
### BEGIN SOLUTION
shifts = [0, 1, 2, 3, 4, 6, 8]
### END SOLUTION

# %% id="draw_shifts"
plt.figure(figsize=(6, 3), layout="constrained")
for name, network in (("net", Net), ("linear", LinearNet)):
    reached = []
    for shift in shifts:
        moved = [(image.roll(shift, dims=2), label) for image, label in test_images]
        _, loader = make_loaders(moved, moved, 100)
        reached.append(test(loader, f"notebook_{name}.pth", network))
    plt.plot(shifts, reached, "o-", label=network.__name__)
plt.xlabel("pixels to the right")
plt.ylabel("accuracy")
plt.ylim(0, 1)
plt.legend(loc="lower left")
plt.show()

# %% [markdown] kind="written" id="why_convolutions" item="why_convolutions"
# Shared weights: one kernel serves at every place, so what is learned at one place is known at all
# others, with few parameters. conv1 has 456; a fully-connected layer from 3·32·32 numbers to as
# many outputs (6·28·28) would have about 14 million. Locality: a unit sees a small neighbourhood,
# where pixels belong together, and the maps keep the image's layout; to a fully-connected layer the
# order of the pixels means nothing. (Net stays ahead of the linear network at every shift, but
# falls as well: its fully-connected part knows places.)
