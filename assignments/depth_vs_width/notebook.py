# %% [markdown]
# # Depth and width
#
# This notebook is the story of the assignment: small networks that start from zero, samples in a
# bad order, a table in which hardly anybody dies, digits under a budget of units, convolutions. It
# calls the functions that you write, draws what they do, and collects the written answers. The
# functions are in files (`initialisation.py`, `cases.py`, `networks.py` and so on), so that tests
# can call them; `README.md` says what each of them must do.
#
# - Cells that you may change say **YOUR CODE HERE** or **YOUR ANSWER HERE**. All others are put
#   back as they were when the notebook is graded; add cells of your own wherever you like.
# - Experiments are set up for seconds, not for records: a few epochs on a part of the images. Where
#   you choose the settings, take more once you know what you are looking for.
# - Checks run the tests that you have (the first check runs all of them). The course runs further
#   tests that you do not see.
# - Run everything from the top before you hand in (*Kernel, Restart and run all*).

# %% kind="setup"

# %% [markdown]
# What you save in a file is taken up by the next cell that you run; the kernel goes on as it is.

# %% id="imports"
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import search
import torch
from batches import make_loaders
from cases import AGES, FILE, clean, encode, load_cases, scale, split
from digits import as_tensors, describe, load_digits
from figures import plot_curves, plot_sweep, show_digits, weight_heat_map
from initialisation import distinct_units, make_network, training_curve
from linear import class_weights, collapse, linear_model, probability_loss, two_layer_model
from measures import accuracy, balanced_accuracy, majority_accuracy, recall
from networks import cnn, network_100, network_200, network_1000, recipe
from ordering import dead_fraction, order_effect, visiting_order
from studentkit import data_folder
from studentkit.notebook import passes, read_back, typed_answers
from sweep import dropout_sweep, one_epoch_accuracy, set_dropout
from torch import nn
from training import evaluate, predict, train

if "get_ipython" in globals():
    get_ipython().run_line_magic("load_ext", "autoreload")
    get_ipython().run_line_magic("autoreload", "2")

torch.set_num_threads(1)  # networks this small gain nothing from more, and wait for each other

# %% [markdown]
# ## 1 Principles
#
# ### 1.1 Where a network starts
#
# The points below are made up: a disc with label +1 in a ring with label −1. `share` says how many
# of the labels are +1.


# %% id="ring"
def ring(share, samples=300, seed=0):
    """Return points (N, 2) and labels (N,): `share` of them +1 in a disc, the rest around it."""
    draw = torch.Generator().manual_seed(seed)
    inside = torch.arange(samples) < share * samples
    distance = torch.rand(samples, generator=draw) + 1.5 * ~inside
    angle = 2 * torch.pi * torch.rand(samples, generator=draw)
    X = distance[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)  # (N, 2)
    return X, 2.0 * inside - 1


def draw_points(place, X, y):
    """Draw points, those with label +1 filled."""
    place.scatter(*X[y > 0].T, s=8, color="black", label="+1")
    place.scatter(*X[y < 0].T, s=8, facecolor="white", edgecolor="black", lw=0.6, label="−1")
    place.set_aspect("equal")


_, places = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
for place, share in zip(places, (1 / 3, 1 / 2), strict=True):
    draw_points(place, *ring(share))
    place.set_title(f"{share:.0%} of the labels are +1")
    place.legend(loc="upper right", fontsize=8)
plt.show()


# %% [markdown]
# `from_both` trains one network from random weights and one from zero, everything else the same.
# Choose what is trained: both activations, uneven labels and even ones. Sigmoid units need many
# more steps, which take a second or two for each thousand.


# %% id="from_both"
def from_both(activation, steps, learning_rate, share, seed=0):
    """Train from both starts; return start -> (network, losses, gradient norms), and the data."""
    X, y = ring(share)
    runs = {}
    for start in ("random", "zero"):
        network = make_network(activation, start, seed=seed)
        runs[start] = (network, *training_curve(network, X, y, steps, learning_rate))
    return runs, X, y


# %% kind="answer" id="starts"
# name -> words for `from_both`, e.g. {"activation": "relu", "steps": ..., "learning_rate": ...,
# "share": ...}; at least four of them
### BEGIN SOLUTION
relu = {"activation": "relu", "steps": 500, "learning_rate": 0.05}
sigmoid = {"activation": "sigmoid", "steps": 2000, "learning_rate": 0.1}
starts = {
    "ReLU, a third +1": {**relu, "share": 1 / 3},
    "ReLU, half +1": {**relu, "share": 1 / 2},
    "sigmoid, a third +1": {**sigmoid, "share": 1 / 3},
    "sigmoid, half +1": {**sigmoid, "share": 1 / 2},
}
### END SOLUTION

# %% [markdown]
# Above, the loss. Below, what each network answers in the plane after its training, from −1 (blue)
# to +1 (red); grey is 0. The table has the largest gradient that each parameter met on
# the way, and how many of the eight units differ at the end.

# %% id="draw_starts"
grid = torch.stack(torch.meshgrid(*[torch.linspace(-2.7, 2.7, 61)] * 2, indexing="xy"), dim=2)
_, places = plt.subplots(
    3, len(starts), figsize=(2.7 * len(starts), 6.4), squeeze=False, layout="constrained"
)
print(f"{'largest gradient of':32}{'W1':>10}{'b1':>10}{'W2':>10}{'b2':>10}{'different units':>18}")
for column, (name, words) in zip(places.T, starts.items(), strict=True):
    runs, X, y = from_both(**words)
    column[0].set_title(name, fontsize=10)
    column[0].set_xlabel("step")
    for place, (start, (network, losses, norms)) in zip(column[1:], runs.items(), strict=True):
        column[0].plot(losses, label=f"{start}: {losses[-1]:.3f}")
        largest = "".join(f"{value:10.2g}" for value in norms.max(dim=0).values)
        print(f"{f'{name}, {start}':32}{largest}{distinct_units(network):18}")
        with torch.no_grad():
            answer = network(grid.reshape(-1, 2)).reshape(grid.shape[:2])
        ends = (-2.7, 2.7, -2.7, 2.7)
        place.imshow(answer, cmap="coolwarm", vmin=-1, vmax=1, origin="lower", extent=ends)
        draw_points(place, X, y)
        place.set_xlabel(f"from {start}")
    column[0].set_ylim(0, 1.2)
    column[0].legend(fontsize=8)
places[0, 0].set_ylabel("loss")
plt.show()

# %% [markdown] kind="written" id="zero_weights_relu" item="zero_weights_relu"
# All weights zero: every hidden unit gives relu(0) = 0. The gradient of $W_2$ is the error times
# these outputs, so 0; what goes back to the hidden layer is $W_2^\top$ times the error, so 0,
# whatever the slope of ReLU at 0 is. So $W_1$, $b_1$, $W_2$ never move (the table has plain zeros).
# The last bias goes to the mean label, −1/3, and the loss to 1 − 1/9 = 0.889; with even labels not
# even that: it stays at 1. Random weights give each unit an output and an error of its own: the
# loss falls to 0.1.

# %% [markdown] kind="written" id="zero_weights_sigmoid" item="zero_weights_sigmoid"
# A sigmoid unit gives 1/2 at the start, so $W_2$ gets a gradient at once, and then the first layer
# too. But all eight have the same output and get the same error: they stay one unit (the table
# counts 1), and the loss ends at 0.886, hardly below the 0.889 of the mean. With even labels that
# error is 0 on average, and nothing moves but by rounding. From random weights it does learn,
# slower: the slope is at most 1/4, and the first gradients of $W_1$ are more than ten times
# smaller; at twice the rate of ReLU it stands still for 200 steps and needs some 500 for a loss of
# 0.2, ReLU 150. The disc gets smoother.

# %% kind="check" id="check_start_weights" task="start_weights" tests="files"
# A network starts from zero or at random, and its different units are counted.
passes("start_weights")

# %% kind="check" id="check_start_curves" task="start_curves" tests="files"
# Loss and gradients are recorded before each step of plain gradient descent, and drawn.
passes("start_curves")

# %% [markdown]
# ### 1.2 In which order samples come
#
# Two made-up clouds, half of the samples −1 and half +1. Each sample is visited once.


# %% id="clouds"
def clouds(samples=1000, seed=0):
    """Return points (N, 2) and labels (N,): -1 to the left, +1 to the right."""
    draw = torch.Generator().manual_seed(seed)
    y = torch.ones(samples).where(torch.arange(samples) % 2 == 1, -1)
    X = torch.randn(samples, 2, generator=draw) / 2
    X[:, 0] += y
    return X, y


def both_orders(learning_rate, sizes=(2, 16, 16, 1), seed=0, every=25):
    """Train once in each order; return order -> (dead units before, losses, dead units)."""
    X, y = clouds()
    found = {}
    for name, shuffled in (("negative first", False), ("shuffled", True)):
        network = make_network("relu", "random", sizes, seed)
        before = dead_fraction(network, X)
        visits = visiting_order(y, shuffled, seed)
        found[name] = before, *order_effect(network, X, y, visits, learning_rate, every)
    return found


plt.figure(figsize=(4.5, 3), layout="constrained")
draw_points(plt.gca(), *clouds())
plt.legend()
plt.show()

# %% [markdown]
# Choose several learning rates, and other networks or seeds where you want to be sure.

# %% kind="answer" id="orders"
# name -> words for `both_orders`, e.g. {"learning_rate": ..., "sizes": (2, ..., 1), "seed": ...}
### BEGIN SOLUTION
orders = {
    "rate 0.02": {"learning_rate": 0.02},
    "rate 0.1": {"learning_rate": 0.1},
    "rate 0.2": {"learning_rate": 0.2},
    "rate 0.2, other seed": {"learning_rate": 0.2, "seed": 1},
}
### END SOLUTION

# %% [markdown]
# Above, the loss over *all* samples; below, how many of the ReLU units are 0 for every sample. Half
# of the visits are over at the thin line. The dead fractions of an order that went to NaN mean
# nothing.

# %% id="draw_orders"
_, places = plt.subplots(
    2,
    len(orders),
    figsize=(2.7 * len(orders), 5),
    squeeze=False,
    sharex=True,
    sharey="row",
    layout="constrained",
)
for column, (name, words) in zip(places.T, orders.items(), strict=True):
    column[0].set_title(name, fontsize=10)
    for order, (before, losses, dead) in both_orders(**words).items():
        visits = np.linspace(0, 1000, len(losses) + 1)
        column[0].plot(visits[1:], losses, label=order)
        column[1].plot(visits, [before, *dead], label=order)
        print(f"{name:24} {order:16} loss {losses[-1]:.3f}, dead {before:.0%} to {dead[-1]:.0%}")
    for place in column:
        place.axvline(500, color="grey", linewidth=0.6)
    column[1].set_xlabel("samples seen")
    column[0].set_ylim(0, 3)
    column[1].set_ylim(0, 1)
places[0, 0].set_ylabel("loss over all samples")
places[1, 0].set_ylabel("fraction of dead units")
places[0, 0].legend(fontsize=8)
plt.show()

# %% [markdown] kind="written" id="dying_relu" item="dying_relu"
# 500 negative samples in a row all ask for a lower output, so steps push down the last bias and the
# pre-activations of units with positive outgoing weights. Where a pre-activation is negative for
# *all* inputs, the unit gives 0, its slope is 0, no gradient reaches its weights, and no positive
# sample that follows can revive it. Whether it comes to that depends on the step. Here hardly a
# unit died of the order (12 % to 19 % at the most), but it did harm: after 500 samples every answer
# was near −1, after 1,000 near +1, with a loss of 2 at the end; shuffled 0.1. At rate 0.2 the
# *shuffled* order killed more (59 %): its errors stay large, those of an output that is −1 already
# vanish.

# %% kind="check" id="check_order_effect" task="order_effect" tests="files"
# Every sample makes one update, and the loss over all samples and the dead units are recorded.
passes("order_effect")

# %% [markdown]
# ### 1.3 OR and XOR
#
# These answers are typed in `answers.py`; the table shows how each of them is read, and nothing
# about whether it is right. To see how something would be read before you decide, write in a cell
# of your own `from studentkit.notebook import Read` and then `Read("xor_layers", "7")`.

# %% id="typed_principles"
read_back("or_network", "xor_layers", "xor_network", "relu_of_both_signs")

# %% kind="check" id="check_or_network" task="or_network"
# The design computes OR with as few units as possible.
typed = typed_answers("or_network")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("depth_vs_width", typed)
### END HIDDEN TESTS

# %% kind="check" id="check_xor_network" task="xor_network"
# The answers on XOR are right.
typed = typed_answers("xor_network")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("depth_vs_width", typed)
### END HIDDEN TESTS

# %% [markdown] kind="written" id="xor_minimum" item="xor_minimum"
# With one layer nothing bends before the output, which is $f(x) = w_1x_1 + w_2x_2 + c$. So $f(0,0)
# + f(1,1) = w_1 + w_2 + 2c = f(0,1) + f(1,0)$. XOR wants 0 on the left and at least 2 on the right:
# a contradiction. With a ReLU in between the equation is false, and relu(a − b) + relu(b − a) does
# it.

# %% [markdown]
# ## 2 Inside a network

# %% [markdown] kind="written" id="versions" item="versions"
# For example torch 2.13.0 and torchvision 0.28.0 (`torch.__version__`, and the same of
# torchvision); what counts is that both are named.

# %% [markdown]
# ### 2.1 The table of case reports
#
# `data/` holds a small, made-up table for the tests; of its rows too few say how it ended. Where
# there are fewer than 5,000 rows, the next cell makes up 6,000 of the same kind and uses these
# instead, so that everything below can be tried at once. No row is about a person, and nothing
# about the disease can be learned from them. With the table that your course gives out, the file is
# used.


# %% id="reports"
def draw_reports(rows, seed):
    """Make up case reports, as `load_cases` returns them: name of the column -> list of words."""
    draw = np.random.default_rng(seed)

    def chance(score):
        return draw.random(rows) < 1 / (1 + np.exp(-score))

    def told(yes, share):
        words = np.where(yes, "Yes", "No")
        unknown = draw.choice(["Missing", "Unknown"], rows)
        return np.where(draw.random(rows) < share, words, unknown).tolist()

    age = draw.choice(9, rows, p=[0.04, 0.1, 0.19, 0.16, 0.15, 0.15, 0.1, 0.06, 0.05])
    sex = draw.choice(["Female", "Male", "Unknown"], rows, p=[0.51, 0.48, 0.01])
    ill = chance(0.4 * age - 2.5)
    hospital = chance(0.4 * age + ill - 4.5)
    intensive = hospital & chance(0.1 * age - 2)
    died = chance(0.8 * age + 2 * hospital + 1.5 * intensive + ill - 9)
    first = np.datetime64("2020-03-01") + draw.integers(0, 290, rows)
    later = first + draw.integers(0, 9, rows)
    early, late = (np.char.replace(days.astype(str), "-", "/") for days in (first, later))
    tested = np.where(draw.random(rows) < 0.6, late, "")
    begun = np.where(draw.random(rows) < 0.5, early, "")
    status = draw.choice(["Laboratory-confirmed case", "Probable Case"], rows, p=[0.93, 0.07])
    kinds = ["Unknown", "Missing", "White, Non-Hispanic", "Hispanic/Latino"]
    return {
        "cdc_case_earliest_dt": early.tolist(),
        "cdc_report_dt": late.tolist(),
        "pos_spec_dt": tested.tolist(),
        "onset_dt": begun.tolist(),
        "current_status": status.tolist(),
        "sex": sex.tolist(),
        "age_group": [AGES[number] for number in age],
        "race_ethnicity_combined": draw.choice(kinds, rows).tolist(),
        "hosp_yn": told(hospital, 0.75),
        "icu_yn": told(intensive, 0.3),
        "death_yn": told(died, 0.6),
        "medcond_yn": told(ill, 0.35),
    }


reports = load_cases(data_folder() / FILE)
words = f"{len(reports['sex'])} rows of data/{FILE}"
if len(reports["sex"]) < 5000:
    reports, words = draw_reports(6000, seed=4), "6000 rows made up here"
print(words)
for name, column in reports.items():
    print(f"{name:26} {'  |  '.join(column[:2])}")

# %% [markdown]
# What is known at all, and for whom it ended badly. Both go into your choice of inputs.

# %% id="look_at_reports"
cleaned = clean(reports)
print(f"{len(cleaned['sex'])} of {len(reports['sex'])} rows are left")
_, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
columns = ("hosp_yn", "icu_yn", "medcond_yn")
under = np.zeros(len(columns))
for word in ("Yes", "No", "Unknown", "Missing"):
    parts = [np.mean([one == word for one in cleaned[name]]) for name in columns]
    left.bar(columns, parts, bottom=under, label=word)
    under = under + parts
left.set_ylabel("share of the rows left")
left.set_ylim(0, 1)
left.legend(loc="center left", bbox_to_anchor=(1, 0.5))
ended = np.array([word == "Yes" for word in cleaned["death_yn"]])
groups = np.array(cleaned["age_group"])
right.bar(AGES, [ended[groups == group].mean() if group in groups else 0 for group in AGES])
right.set_xticks(range(len(AGES)), [group.removesuffix(" Years") for group in AGES], rotation=45)
right.set_xlabel("age group")
right.set_ylabel("share that died")
plt.show()

# %% [markdown]
# Your inputs, scaled: the figure has the mean of each input among those who died and among the
# others, in standard deviations of the training part. An input that lies at the same place for both
# says little by itself.

# %% id="inputs"
X, y, names = encode(cleaned)
train_X, train_y, test_X, test_y = split(X, y)
train_X, test_X = scale(train_X, test_X)
print(f"{len(train_y)} rows to train with ({train_y.sum()} died), {len(test_y)} to test with")
plt.figure(figsize=(8, 0.32 * len(names) + 1), layout="constrained")
for label, word in ((1, "died"), (0, "did not")):
    plt.plot(train_X[train_y == label].mean(axis=0), range(len(names)), "o", label=word)
plt.yticks(range(len(names)), names)
plt.gca().invert_yaxis()
plt.grid(axis="y", linewidth=0.4)
plt.xlabel("mean, in standard deviations")
plt.legend()
plt.show()

# %% [markdown] kind="written" id="preprocessing" item="preprocessing"
# Rows: only those with death Yes or No, since the others have no target; nothing else is dropped.
# Eleven inputs: age as its rank 0 to 8 (risk rises with it), male and female (so that unknown is
# neither), for hospital, intensive care and earlier illness one input for Yes and one for not known
# (No is neither, and not known is no No), whether the case is confirmed, the day of the earliest
# date (0 where blank). Left out: the other dates (nearly the same day, or mostly blank), the origin
# (mostly unknown, and no cause). The target is in no input. First split class by class, then scale
# with means and deviations of the training part only. Hospital and intensive care may be known only
# late, so this describes rather than foretells.

# %% kind="check" id="check_case_table" task="case_table" tests="files"
# The table is read with clean names, and rows without an answer are left out.
passes("case_table")

# %% kind="check" id="check_case_inputs" task="case_inputs" tests="files"
# Inputs are 7 to 12 finite numbers that say what the handout asks for, and not the target.
passes("case_inputs")

# %% kind="check" id="check_case_split" task="case_split" tests="files"
# Parts are split class by class, scaled by the training part, and put into batches.
passes("case_split")

# %% [markdown]
# ### 2.2 One linear layer and two
#
# `fit_cases` trains one of the networks, on 3,000 rows unless you ask for more. Choose how: some
# epochs are enough, and `weighted` makes up for how rare a class is. Train both networks with each
# loss, otherwise alike.


# %% id="fit_cases"
def fit_cases(build, epochs, learning_rate, weighted=False, rows=3000, seed=0):
    """Train a network on the cases; return it, the losses, and its answers for the test part."""
    part_X, part_y = train_X[:rows], train_y[:rows]
    loaders = make_loaders(part_X, part_y, test_X, test_y, seed=seed)
    weights = class_weights(torch.as_tensor(part_y)) if weighted else None
    torch.manual_seed(seed)
    network = build(train_X.shape[1])
    settings = {"optimizer": "Adam", "learning_rate": learning_rate, "epochs": epochs}
    losses = train(
        network, loaders[0], settings, lambda given, true: probability_loss(given, true, weights)
    )
    found, _ = predict(network, loaders[1])
    return network, losses, found


# %% kind="answer" id="case_runs"
# name -> what `fit_cases` returns: linear_model and two_layer_model, weighted and not
### BEGIN SOLUTION
case_runs = {
    f"{layers}, {words}": fit_cases(build, epochs=12, learning_rate=0.002, weighted=weighted)
    for words, weighted in (("plain", False), ("weighted", True))
    for layers, build in (("one layer", linear_model), ("two layers", two_layer_model))
}
### END SOLUTION

# %% id="draw_cases"
baseline = majority_accuracy(train_y, test_y)
print(f"{'':24}training loss  accuracy  recall  balanced accuracy")
print(f"{'always the commoner':24}{'':13}{baseline:10.3f}{0:8.3f}{0.5:19.3f}")
for name, (_, losses, found) in case_runs.items():
    parts = accuracy(found, test_y), recall(found, test_y), balanced_accuracy(found, test_y)
    print(f"{name:24}{losses[-1]:13.4f}{parts[0]:10.3f}{parts[1]:8.3f}{parts[2]:19.3f}")
curves = {name: losses for name, (_, losses, _) in case_runs.items()}
plot_curves(curves, "epoch", "training loss")
plt.show()

# %% [markdown]
# The first layer of each network, which differs from seed to seed.

# %% id="heat_maps"
with plt.rc_context({"figure.figsize": (7, 3)}):
    for name, (network, _, _) in case_runs.items():
        weight_heat_map(network, names).set_title(name)
    plt.show()

# %% [markdown]
# And the one matrix that each of them is: the weight of each input for *died* less that for *did
# not*. This difference is all that decides.

# %% id="one_matrix"
plt.figure(figsize=(8, 0.36 * len(names) + 1), layout="constrained")
for number, (name, (network, _, _)) in enumerate(case_runs.items()):
    W, b = (np.asarray(part) for part in collapse(network))  # (C, D), (C,)
    with torch.no_grad():
        given = network(torch.as_tensor(test_X)).numpy()
    by_matrix = torch.as_tensor(test_X @ W.T + b).softmax(dim=1).numpy()
    print(f"{name}: network and matrix differ by {np.abs(given - by_matrix).max():.1e} at most")
    height = 0.8 / len(case_runs)
    plt.barh(np.arange(len(names)) + number * height, W[1] - W[0], height, label=name)
plt.yticks(np.arange(len(names)) + 0.3, names)
plt.gca().invert_yaxis()
plt.axvline(0, color="grey", linewidth=0.6)
plt.xlabel("weight for died less weight for did not")
plt.legend(fontsize=8)
plt.show()

# %% [markdown] kind="written" id="linear_model" item="linear_model"
# Training loss 0.087, accuracy 0.956 on the test part: less than the 0.963 of always answering no.
# It finds 9 of 26 who died (recall 0.35, balanced accuracy 0.66; the commoner answer 0.50). With
# weighted classes the accuracy falls to 0.90, recall rises to 0.85, balanced accuracy to 0.87: the
# accuracy says little here. In the heat map age has the largest weights, with signs that differ
# from unit to unit, as the second layer turns them round; the one matrix says it better: age first,
# then hospital.

# %% [markdown] kind="written" id="two_linear_layers" item="two_linear_layers"
# A composition of linear maps is linear: $W_2(W_1x + b_1) + b_2 = (W_2W_1)x + (W_2b_1 + b_2)$. Both
# networks, of two layers of weights and of three, are one matrix 2 × D and a bias, and with at
# least 2 units in each layer both can be any of those. So the losses end alike (0.0870 and 0.0869,
# weighted 0.279 and 0.280); only the way there differs.

# %% kind="check" id="check_measures" task="measures" tests="files"
# Accuracy, recall and balanced accuracy say how good predictions are, beside the commoner class.
passes("measures")

# %% kind="check" id="check_linear_models" task="linear_models" tests="files"
# The networks have the layers of the handout, and their loss takes probabilities.
passes("linear_models")

# %% kind="check" id="check_heat_map" task="heat_map" tests="files"
# The heat map shows the first layer's weights, with names and a colour bar.
passes("heat_map")

# %% kind="check" id="check_collapse" task="collapse" tests="files"
# One matrix and one bias do what a stack of linear layers does.
passes("collapse")

# %% kind="check" id="check_case_whole" task="case_whole" tests="files"
# All parts work together, from the table to a trained network and its measures.
passes("case_whole")

# %% [markdown]
# ## 3 Depth and width
#
# ### 3.1 Digits
#
# `data/` holds a few drawn digits in MNIST's own files; `data/get_data.py` puts MNIST there. First
# a look at the files.

# %% id="look_at_digits"
parts = [as_tensors(part) for part in load_digits("data")]  # (N, 1, 28, 28), (N,) each
source = data_folder() / "MNIST" / "SOURCE"
print(
    "data/ holds", f"drawn digits ({source.read_text().strip()})" if source.is_file() else "MNIST"
)
for name, part in zip(("training", "test"), parts, strict=True):
    print(f"{name}:")
    for word, value in describe(*part).items():
        print(f"  {word:10}{value}")
show_digits(parts[0][0][:8], parts[0][1][:8])
plt.show()

# %% [markdown] kind="written" id="pixel_values" item="pixel_values"
# How light the place is, one grey level: 0 (black background) to 255 (white ink) in the file, and
# divided by 255, so 0 to 1, after `ToTensor`. There is one channel, so it is no colour.

# %% [markdown]
# Sixty images train nothing. Where there are fewer than 3,000, the next cell draws digits in
# matplotlib's fonts, moved, turned and with noise, and everything below uses those. The last 1,000
# training images are set aside for validation: designs are compared on them, and the test images
# are kept for the end.


# %% id="digits"
def draw_digits(count, seed):
    """Draw digits in matplotlib's fonts; pairs of an image (1, 28, 28) in [0, 1] and its label."""
    from matplotlib import get_data_path
    from PIL import Image, ImageDraw, ImageFont

    paths = sorted(Path(get_data_path(), "fonts", "ttf").glob("DejaVuSans*.ttf"))
    paths = [path for path in paths if "Display" not in path.name]
    fonts = [ImageFont.truetype(str(path), size) for path in paths for size in (17, 20, 23)]
    draw = np.random.default_rng(seed)
    pairs = []
    for label in draw.permutation(np.arange(count) % 10):
        image = Image.new("L", (28, 28))
        place = 14 + draw.uniform(-2, 2), 14 + draw.uniform(-2, 2)
        font = fonts[draw.integers(len(fonts))]
        ImageDraw.Draw(image).text(place, str(label), 255, font, anchor="mm")
        image = image.rotate(draw.uniform(-15, 15), Image.Resampling.BILINEAR)
        pixels = np.asarray(image) / 255 + draw.normal(0, 0.1, (28, 28))
        pixels = torch.as_tensor(pixels.clip(0, 1), dtype=torch.float32)
        pairs.append((pixels[None], int(label)))
    return pairs


SAMPLES = 1500  # to train with, where you say nothing else
words = "those of data/"
if len(parts[0][1]) < 3000:
    parts = [as_tensors(draw_digits(count, seed)) for count, seed in ((3000, 1), (1000, 2))]
    words = "drawn here"
(images, labels), (test_images, test_labels) = parts
valid_images, valid_labels = images[-1000:], labels[-1000:]
images, labels = images[:-1000], labels[:-1000]
print(f"{len(images)} images for training, {len(valid_images)} for validation, {len(test_images)}")
print(f"for testing, {words}; a training uses {SAMPLES} of them unless you ask for more")
show_digits(images[:8], labels[:8])
plt.show()

# %% id="typed_data"
read_back("image_shape", "image_counts", "majority_accuracy")

# %% kind="check" id="check_mnist_data" task="mnist_data"
# The answers on the data are right.
typed = typed_answers("mnist_data")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("depth_vs_width", typed)
### END HIDDEN TESTS

# %% kind="check" id="check_digit_data" task="digit_data" tests="files"
# MNIST is read with images in [0, 1], described and shown.
passes("digit_data")

# %% kind="check" id="check_training_loop" task="training_loop" tests="files"
# Every batch makes one update, and the loss of an epoch is a mean over samples.
passes("training_loop")

# %% kind="check" id="check_evaluation" task="evaluation" tests="files"
# Measuring is done in evaluation mode, over all samples, and changes nothing.
passes("evaluation")

# %% [markdown]
# ### 3.2 Three budgets
#
# How many parameters are there in a layer? These answers are typed too.

# %% id="typed_dense"
read_back("dense_parameters", "sample_dense_parameters")

# %% [markdown]
# `compare` trains each design once for each seed. A design is a function that builds the network,
# and a recipe. Put your three networks in, and further ones that differ in depth alone, or in width
# alone, so that your own numbers can say what each of them does. With `samples=` it takes more
# images, in the recipes you say how many epochs.


# %% id="compare"
def loaders_of(batch_size, seed=0, samples=SAMPLES):
    """Return batches of the first `samples` training images, and of the validation images."""
    part = images[:samples], labels[:samples]
    return make_loaders(*part, valid_images, valid_labels, batch_size, seed)


def compare(designs, seeds, samples=SAMPLES):
    """Train designs; return name -> a list of (network, losses, validation accuracy), by seed."""
    found = {}
    for name, (build, words) in designs.items():
        found[name] = []
        for seed in seeds:
            torch.manual_seed(seed)
            network = build()
            batches, validation = loaders_of(words["batch_size"], seed, samples)
            losses = train(network, batches, words)
            found[name].append((network, losses, evaluate(network, validation)[1]))
    return found


def draw_designs(found):
    """Draw the accuracies; print layers with weights, hidden units of linear ones, parameters."""
    plt.figure(figsize=(7, 0.35 * len(found) + 1), layout="constrained")
    print(f"{'':34}layers  hidden units  parameters  mean accuracy")
    for name, runs in found.items():
        network = runs[0][0]
        layers = [one for one in network.modules() if isinstance(one, nn.Linear | nn.Conv2d)]
        units = sum(one.out_features for one in layers[:-1] if isinstance(one, nn.Linear))
        count = sum(parameter.numel() for parameter in network.parameters())
        reached = [one for _, _, one in runs]
        print(f"{name:34}{len(layers):6}{units:14}{count:12}{np.mean(reached):15.3f}")
        plt.plot(reached, [name] * len(reached), "o", alpha=0.6)
    plt.gca().invert_yaxis()
    plt.grid(axis="y", linewidth=0.4)
    plt.xlabel("validation accuracy, a dot for each seed")
    plt.show()


# %% kind="answer" id="budgets"
# what `compare` found: found = compare({name: (function, recipe), ...}, seeds=[...])
### BEGIN SOLUTION
def dense(*hidden):
    """Return a function that builds a network with these hidden layers."""

    def build():
        sizes = [784, *hidden]
        layers = [nn.Flatten()]
        for before, after in zip(sizes, hidden, strict=False):
            layers += [nn.Linear(before, after), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))

    return build


short = {"optimizer": "Adam", "learning_rate": 0.002, "epochs": 6, "batch_size": 64}
found = compare(
    {
        "network_100": (network_100, short),
        "network_200": (network_200, short),
        "network_1000": (network_1000, short),
        "200 in one layer": (dense(200), short),
        "100 + 100": (dense(100, 100), short),
        "4 times 50": (dense(50, 50, 50, 50), short),
        "50 in one layer": (dense(50), short),
        "600 in one layer": (dense(600), short),
    },
    seeds=[0, 1],
)
### END SOLUTION

# %% id="draw_found"
draw_designs(found)
plot_curves({name: runs[0][1] for name, runs in found.items()}, "epoch", "training loss")
plt.show()

# %% [markdown] kind="written" id="designs" item="designs"
# 100: one layer, dropout 0.1. 200: 170 + 30, dropout 0.3 between them. 1000: 512 + 256 + 128,
# dropout 0.3, 0.3, 0.2. Adam 0.001; batches of 32, 64, 128 for 10, 20, 20 epochs, as more dropout
# needs more of them.
# Width paid: 50, 200, 600 units in one layer gave 0.81, 0.84, 0.88 (1,500 images, 6 epochs, means
# of two seeds). Depth alone did not: 200 units in one layer 0.84, in two 0.83, in four 0.72, where
# the training loss is the highest too: it learns slower, it does not overfit. So: few layers, the
# first one widest. Seeds differ by 0.01 to 0.02, which leaves 0.84 and 0.83 undecided.

# %% kind="check" id="check_budget_100" task="budget_100" tests="files"
# network_100 keeps to its layers and its budget, and has a recipe.
passes("budget_100")

# %% kind="check" id="check_budget_200" task="budget_200" tests="files"
# network_200 keeps to its layers and its budget, and has a recipe.
passes("budget_200")

# %% kind="check" id="check_budget_1000" task="budget_1000" tests="files"
# network_1000 keeps to its layers and its budget, and has a recipe.
passes("budget_1000")

# %% [markdown]
# The accuracies themselves are measured by the course, with your layers and your recipes, on all
# images and on test images that nobody has seen.

# %% kind="check" id="check_accuracy_100" task="accuracy_100" tests="files"
# network_100 reaches its accuracy in more than half of the trainings.
passes("accuracy_100")

# %% kind="check" id="check_accuracy_200" task="accuracy_200" tests="files"
# network_200 reaches its accuracy in more than half of the trainings.
passes("accuracy_200")

# %% kind="check" id="check_accuracy_1000" task="accuracy_1000" tests="files"
# network_1000 reaches its accuracy in more than half of the trainings.
passes("accuracy_1000")

# %% [markdown]
# ## 4 Convolutions
#
# ### 4.1 Sizes, padding, pooling

# %% id="typed_sizes"
read_back("patch_positions", "filter_parameters", "filter_output")

# %% kind="check" id="check_convolution_sizes" task="convolution_sizes"
# The answers on the sizes of convolutions are right.
typed = typed_answers("convolution_sizes")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("depth_vs_width", typed)
### END HIDDEN TESTS

# %% [markdown] kind="written" id="zero_padding" item="zero_padding"
# Benefit: without padding a corner pixel is in one patch, an inner one in as many as a patch has
# pixels; padding makes up for some of that, and the output keeps its size, so that many layers can
# follow each other. Drawback: the zeros were never in the image; where it is not dark at the border
# they make an edge that is not there. And there are more positions to compute.

# %% id="typed_pooling"
read_back(
    "average_pooling_1",
    "average_pooling_2",
    "average_pooling_3",
    "average_pooling_4",
    "max_pooling",
)

# %% kind="check" id="check_pooling" task="pooling"
# The answers on pooling are right.
typed = typed_answers("pooling")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("depth_vs_width", typed)
### END HIDDEN TESTS

# %% [markdown]
# How much do images change if they are moved to the right, or if pixels are lost (set to 0)? The
# change is the length of the difference over the length of the image: of the image itself, and of
# what is left of it after pooling once and twice.


# %% id="disturbed"
def change(images, others):
    """Return how far `others` are from `images`, both (N, 1, H, W), for the mean image."""
    lengths = (others - images).flatten(1).norm(dim=1) / images.flatten(1).norm(dim=1)
    return float(lengths.mean())


steps, shares = range(5), (0, 0.05, 0.1, 0.2, 0.3)
some = nn.functional.pad(test_images[:200], (4, 4, 4, 4))
noise = torch.rand(some.shape, generator=torch.Generator().manual_seed(0))
moved = [some.roll(step, dims=3) for step in steps]
holed = [some * (noise >= share) for share in shares]
_, places = plt.subplots(1, 2, figsize=(10, 3.2), sharey=True, layout="constrained")
for word, pool in (
    ("none", nn.Identity()),
    ("maximum", nn.MaxPool2d(2)),
    ("maximum, twice", nn.MaxPool2d(4)),
    ("average", nn.AvgPool2d(2)),
    ("average, twice", nn.AvgPool2d(4)),
):
    places[0].plot(steps, [change(pool(some), pool(one)) for one in moved], "o-", label=word)
    places[1].plot(shares, [change(pool(some), pool(one)) for one in holed], "o-", label=word)
places[0].set_xlabel("pixels moved")
places[0].set_xticks(steps)
places[1].set_xlabel("share of pixels lost")
places[0].set_ylabel("change")
places[1].legend(title="pooling", loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown] kind="written" id="pooling_and_noise" item="pooling_and_noise"
# A maximum or a mean over a window stays nearly the same if what is in it moves a little: one pixel
# to the right changes the image by 0.6 of its length, after pooling by 0.4, after twice by 0.3. And
# a lost pixel is one of four: its neighbours give the same maximum, or outvote it in the mean. With
# a tenth of the pixels lost the change is 0.3 without pooling, 0.2 after the mean and 0.1 after the
# maximum. What is found counts, not exactly where; far moves need more pooling.

# %% [markdown]
# ### 4.2 Your network
#
# What does each part of it bring? Compare your network with others that lack one thing or have one
# more: dropout, batch normalisation, weight penalty, size, learning rate. `set_dropout` changes p
# in a network that is there.


# %% kind="answer" id="variants"
# what `compare` finds for your CNN and for some variants: variants = compare({...}, seeds=[...])
### BEGIN SOLUTION
def without(*kinds):
    """Return a function that builds the CNN without layers of these kinds."""
    return lambda: nn.Sequential(*[layer for layer in cnn() if not isinstance(layer, kinds)])


quick = {**recipe("cnn"), "epochs": 2, "learning_rate": 0.004}
variants = compare(
    {
        "cnn": (cnn, quick),
        "learning rate 0.001": (cnn, {**quick, "learning_rate": 0.001}),
        "no dropout": (without(nn.Dropout), quick),
        "no batch normalisation": (without(nn.BatchNorm2d), quick),
        "neither": (without(nn.Dropout, nn.BatchNorm2d), quick),
        "neither, weight penalty 0.001": (
            without(nn.Dropout, nn.BatchNorm2d),
            {**quick, "weight_decay": 0.001},
        ),
    },
    seeds=[0, 1],
    samples=1000,
)
### END SOLUTION

# %% id="draw_variants"
draw_designs(variants)

# %% [markdown]
# What the first convolution of the first of them looks for, and what it makes of a digit. Red is
# above 0, blue below.

# %% id="kernels"
network = next(iter(variants.values()))[0][0].eval()
first = next(layer for layer in network.modules() if isinstance(layer, nn.Conv2d))
with torch.no_grad():
    maps = first(test_images[:1])[0]  # (filters, H, W)
show_digits(test_images[:1], test_labels[:1])
_, places = plt.subplots(2, 8, figsize=(10, 2.8), layout="constrained")
kernels = first.weight.detach().mean(dim=1)
for column, kernel, made in zip(places.T, kernels, maps, strict=False):
    for place, values in zip(column, (kernel, made), strict=True):
        limit = float(values.abs().max())
        place.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit)
for place in places.ravel():
    place.axis("off")
plt.show()

# %% [markdown] kind="written" id="strategies" item="strategies"
# Means of two seeds, 1,000 images, two epochs: a learning rate of 0.004 for 0.001 brought most
# (0.87 to 0.98), batch normalisation as much (0.88 without it). Dropout (0.98 with and without) and
# a weight penalty of 0.001 (0.88 with and without, both with no batch normalisation) changed
# nothing that is more than the spread of seeds: in two epochs nothing is learned by heart yet.
# After ten epochs on all images that may differ.

# %% id="typed_counts"
read_back("flat_size", "sample_cnn_parameters", "wide_cnn_parameters")

# %% kind="check" id="check_layer_counts" task="layer_counts"
# The answers on how many parameters there are, are right.
typed = typed_answers("layer_counts")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("depth_vs_width", typed)
### END HIDDEN TESTS

# %% kind="check" id="check_cnn" task="cnn" tests="files"
# The CNN keeps to its layers and its budget, and is trained as the handout says.
passes("cnn")

# %% kind="check" id="check_accuracy_cnn" task="accuracy_cnn" tests="files"
# The CNN reaches its accuracy in more than half of the trainings.
passes("accuracy_cnn")

# %% [markdown]
# ### 4.3 Dropout from 0 to 1
#
# `swept` is one sweep of ten networks, one epoch each. It measures them on the validation images
# and, for the question below, on the test images as well. One sweep takes some seconds; sweep at
# least twice, with different seeds.


# %% id="swept"
def swept(make, seed, samples=1000):
    """Return the probabilities, and the accuracies on validation and on test images."""
    torch.manual_seed(seed)
    batches, validation = loaders_of(32, seed, samples)
    part = test_images[:1000], test_labels[:1000]
    _, test = make_loaders(*part, *part)
    others = []

    def measure(network):
        reached = one_epoch_accuracy(network, batches, validation, recipe("cnn"))
        others.append(evaluate(network, test)[1])
        return reached

    return *dropout_sweep(make, measure), others


# %% kind="answer" id="sweeps"
# seed -> what `swept` returns: sweeps = {...}
### BEGIN SOLUTION
sweeps = {seed: swept(cnn, seed) for seed in (0, 1)}
### END SOLUTION

# %% id="draw_sweeps"
with plt.rc_context({"figure.figsize": (6, 3.2)}):
    for seed, (probabilities, accuracies, others) in sweeps.items():
        place = plot_sweep(probabilities, accuracies)
        place.plot(probabilities, others, "x:", label="test")
        place.get_lines()[0].set_label("validation")
        place.set_title(f"seed {seed}")
        place.legend()
        for word, reached in (("validation", accuracies), ("test", others)):
            top = int(np.argmax(reached))
            print(f"seed {seed}: best on {word} images p = {probabilities[top]:.2f},", end=" ")
            print(f"validation {accuracies[top]:.3f}, test {others[top]:.3f}")
    plt.show()

# %% [markdown] kind="written" id="validation_bias" item="validation_bias"
# Yes. The best of ten on the test images is partly the luckiest, so its test accuracy is too high:
# seed 0 has p = 0.22 best with 0.79 there, and 0.76 on the validation images. Choose on validation
# images and look at the test images once, at the end. One epoch favours what learns fast, so little
# dropout. And one run is noisy: in seed 1 p = 0.22 and 0.33 are 0.17 apart, in seed 0 the other way
# round; several seeds and more epochs are needed.

# %% kind="check" id="check_dropout_sweep" task="dropout_sweep" tests="files"
# Ten new networks are measured at ten probabilities after one epoch each, and drawn.
passes("dropout_sweep")

# %% id="typed_training"
read_back("dropout_sweep", "iterations")

# %% kind="check" id="check_training_counts" task="training_counts"
# The answers on the sweep and on iterations are right.
typed = typed_answers("training_counts")
### BEGIN HIDDEN TESTS
from autograder.answers import assert_correct

assert_correct("depth_vs_width", typed)
### END HIDDEN TESTS

# %% [markdown]
# ### 4.4 Searching
#
# `objective` trains your CNN for one epoch on few images. Search its learning rate and its dropout
# with one of your functions; each trial takes a second or less.


# %% id="objective"
def objective(learning_rate, p, samples=600, seed=0):
    """Return the validation accuracy after one epoch."""
    torch.manual_seed(seed)
    network = cnn()
    set_dropout(network, p)
    words = {**recipe("cnn"), "learning_rate": learning_rate}
    return one_epoch_accuracy(network, *loaders_of(32, seed, samples), words)


# %% kind="answer" id="trials"
# what one of your searches found, of settings called learning_rate and p:
# trials = search.grid_search(...), search.random_search(...) or search.coarse_to_fine(...)
### BEGIN SOLUTION
ranges = {"learning_rate": (1e-4, 1e-1, "log"), "p": (0.0, 0.8, "linear")}
trials = search.coarse_to_fine(objective, ranges, trials=8, rounds=2, seed=0)
### END SOLUTION

# %% id="draw_trials"
rates, probabilities, values = zip(
    *[(settings["learning_rate"], settings["p"], value) for settings, value in trials], strict=True
)
plt.figure(figsize=(7, 3.6), layout="constrained")
plt.scatter(rates, probabilities, c=values, s=120, cmap="viridis")
for number, (rate, p) in enumerate(zip(rates, probabilities, strict=True), 1):
    plt.annotate(str(number), (rate, p), (7, 5), textcoords="offset points", fontsize=8)
plt.colorbar(label="validation accuracy")
plt.xscale("log")
plt.margins(0.1)
plt.xlabel("learning rate")
plt.ylabel("dropout probability")
plt.show()
settings, value = search.best(trials)
print(f"best of {len(trials)}: {value:.3f} with {settings}")

# %% [markdown] kind="written" id="hyperparameter_search" item="hyperparameter_search"
# At random, from coarse to fine. Strength: each trial tries a new value of *each* setting; where
# only the learning rate matters, 16 trials are 16 rates, and a grid of 4 × 4 only has 4. It soon
# saw that rates of 0.006 to 0.02 (accuracies 0.69 to 0.75) beat 0.003 (0.60 to 0.64). Limit: chance
# decides what is tried, the finer round looks only around what was best in one noisy epoch, and may
# leave out a better place for good.

# %% kind="check" id="check_search" task="search" tests="files"
# The grid is complete, random settings stay in their ranges, and finer rounds lie around the best.
passes("search")
