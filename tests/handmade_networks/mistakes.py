"""Known mistakes of `handmade_networks`; each docstring is the hint that a student reads."""

import torch
from torch import nn
from torch.nn import functional as F

from autograder import mistake

LOAD = "digits.load_digits"
LOSS = "losses.crossentropy"
LOGITS = "losses.crossentropy_of_logits"
ACCURACY = "losses.accuracy"
BATCHES = "training.batches"
OPTIMIZER = "training.make_optimizer"
EVALUATE = "training.evaluate"
TRAIN = "training.train"
RATE = "schedule.learning_rate"
SET_RATE = "schedule.set_learning_rate"
STARTS = "experiments.zeros_against_random"
SWEEP = "experiments.hidden_unit_sweep"
RUNS = "experiments.five_layer_runs"
NAMES = ("iterations", "loss", "accuracy")


def two_scores(net, X):
    """Return what TwoLayers computes before any softmax."""
    return torch.sigmoid(X.reshape(-1, 784) @ net.W1 + net.b1) @ net.W2 + net.b2


def five_scores(net, X, last=None, squash=None):
    """Return what FiveLayers computes before any softmax."""
    usual = torch.relu if net.activation == "relu" else torch.sigmoid
    Q = X.reshape(-1, 784)
    for number in range(1, 5):
        Z = Q @ getattr(net, f"W{number}") + getattr(net, f"b{number}")
        Q = (last if number == 4 and last else squash or usual)(Z)
    return Q @ net.W5 + net.b5


def finished(net, Z):
    """Return scores or probabilities, as the network was asked for."""
    return Z if net.logits else F.softmax(Z, dim=1)


def conv_maps(net, X, strides=(1, 2, 2), paddings=(2, 2, 1)):
    """Return what ConvNet has after its convolutions."""
    for number in range(1, 4):
        weight, bias = getattr(net, f"W{number}"), getattr(net, f"b{number}")
        X = F.relu(F.conv2d(X, weight, bias, strides[number - 1], paddings[number - 1]))
    return X


def conv_scores(net, flat):
    """Return what ConvNet makes of its flattened maps."""
    return F.relu(flat @ net.W4 + net.b4) @ net.W5 + net.b5


# loading ---------------------------------------------------------------------------------


@mistake(LOAD, task="digits", costs=60)
def leaves_pixels_as_bytes(original, folder="data"):
    """Your grey levels still go up to 255. Networks that start with small weights need small
    inputs: the handout says which range."""
    return tuple((images * 255, labels) for images, labels in original(folder))


@mistake(LOAD, task="digits", costs=60)
def images_without_a_channel(original, folder="data"):
    """Your images have no channel dimension. A convolution wants (N, channels, rows, columns),
    and grey images have one channel."""
    return tuple((images.squeeze(1), labels) for images, labels in original(folder))


@mistake(LOAD, task="digits", costs=60)
def tests_on_the_training_images(original, folder="data"):
    """Both of your parts are the training images. What the network has learnt by heart tells
    nothing about new digits."""
    train_set, _ = original(folder)
    return train_set, train_set


@mistake(LOAD, task="digits", costs=60)
def turns_the_images(original, folder="data"):
    """Rows and columns of your images are swapped: a 1 lies on its side. MNIST's files go row by
    row already."""
    return tuple((images.transpose(2, 3), labels) for images, labels in original(folder))


@mistake(LOAD, task="digits", costs=60)
def labels_are_one_hot(original, folder="data"):
    """You turned the labels into rows of zeros and ones. Losses and accuracy expect the number of
    the class."""
    return tuple((images, F.one_hot(labels, 10)) for images, labels in original(folder))


# losses ----------------------------------------------------------------------------------


@mistake(LOSS, task="cross_entropy", costs=50)
def sums_over_the_batch(original, G, Y):
    """You add up the losses of the batch. As a mean the loss, and with it the step that suits a
    learning rate, does not depend on the size of the batch."""
    return original(G, Y) * len(Y)


@mistake(LOSS, task="cross_entropy", costs=50)
def takes_the_logarithm_to_base_ten(original, G, Y):
    """Your loss has the right shape and the wrong unit: the logarithm in cross-entropy is the
    natural one."""
    return -torch.log10(G[torch.arange(len(Y)), Y]).mean()


@mistake(LOSS, task="cross_entropy", costs=50)
def divides_by_the_classes_too(original, G, Y):
    """Your mean runs over all N·C entries. Only one entry of each row counts, so there are N
    terms."""
    return original(G, Y) / G.shape[1]


@mistake(LOSS, task="cross_entropy", costs=50)
def forgets_the_minus(original, G, Y):
    """Your loss is negative. Logarithms of probabilities are below 0, and training would now make
    the true class less likely."""
    return -original(G, Y)


@mistake(LOSS, task="cross_entropy", costs=60)
def takes_softmax_of_probabilities(original, G, Y):
    """You apply softmax to what are probabilities already. That flattens them: the loss can never
    come near 0."""
    return F.cross_entropy(G, Y)


@mistake(LOSS, task="cross_entropy")
def cuts_the_graph(original, G, Y):
    """The loss has the right value and no way back: something turned the tensor into a plain
    number before backward could use it."""
    return torch.tensor(original(G, Y).item(), dtype=G.dtype)


@mistake(LOSS, task="cross_entropy")
def returns_a_list_of_one(original, G, Y):
    """Your loss has the right value in a tensor of shape (1,). A loss is a single number, of
    shape ()."""
    return original(G, Y).reshape(1)


@mistake(LOGITS, task="logits_loss", costs=60)
def takes_logits_for_probabilities(original, Z, Y):
    """You take the logarithm of scores. They are no probabilities, may be negative, and then the
    logarithm is NaN."""
    return -torch.log(Z[torch.arange(len(Y)), Y]).mean()


@mistake(LOGITS, task="logits_loss")
def goes_through_probabilities(original, Z, Y):
    """Right for small scores. With large ones your softmax reaches exactly 0, whose logarithm is
    infinite: the whole point of logits is not to compute that probability."""
    return -torch.log(F.softmax(Z, dim=1)[torch.arange(len(Y)), Y]).mean()


@mistake(LOGITS, task="logits_loss")
def adds_a_small_number_inside_the_logarithm(original, Z, Y):
    """A small constant inside the logarithm hides the infinity and bends the loss: no score,
    however wrong, costs more than a fixed amount."""
    return -torch.log(F.softmax(Z, dim=1)[torch.arange(len(Y)), Y] + 1e-9).mean()


@mistake(LOGITS, task="logits_loss", costs=50)
def sums_the_loss_of_logits(original, Z, Y):
    """You add up the losses of the batch where the mean is asked for."""
    return original(Z, Y) * len(Y)


@mistake(ACCURACY, task="accuracy", costs=40)
def counts_right_rows(original, G, Y):
    """You return how many rows are right. The share is asked for: it can be compared between
    batches of different sizes."""
    return float((G.argmax(dim=1) == Y).sum())


@mistake(ACCURACY, task="accuracy", costs=50)
def looks_for_the_largest_of_the_batch(original, G, Y):
    """Your argmax runs down the batch and not along the classes: look at `dim`."""
    best = G.argmax(dim=0)
    return float((best[Y] == torch.arange(len(Y))).double().mean())


@mistake(ACCURACY, task="accuracy")
def rounds_probabilities(original, G, Y):
    """You count a prediction only where its probability is above one half. With more than two
    classes the largest may be smaller than that."""
    best = G.max(dim=1)
    return float(((best.indices == Y) & (best.values > 0.5)).double().mean())


@mistake(ACCURACY, task="accuracy")
def returns_a_tensor(original, G, Y):
    """Your accuracy is a tensor. Lists of metrics are for plain numbers; there is a method for
    taking the number out."""
    return torch.tensor(original(G, Y))


# dense networks --------------------------------------------------------------------------


@mistake("models.TwoLayers.forward", task="two_layers")
def softmax_over_the_batch(original, self, X):
    """Your softmax runs down the batch: the columns sum to 1, not the rows. Look at `dim`."""
    Z = two_scores(self, X)
    return Z if self.logits else F.softmax(Z, dim=0)


@mistake("models.TwoLayers.forward", task="two_layers", costs=50)
def sigmoid_on_the_last_layer(original, self, X):
    """There is a sigmoid behind the last layer too. It squeezes all scores between 0 and 1, so
    that no class can be clearly ahead of the others."""
    return finished(self, torch.sigmoid(two_scores(self, X)))


@mistake("models.TwoLayers.forward", task="two_layers")
def regroups_the_pixels(original, self, X):
    """Your `view` gives the right shape and mixes the images: it was made of a tensor whose axes
    were moved before. Rows of the result must be whole images."""
    return original(self, X.transpose(0, 2).contiguous())


@mistake("models.TwoLayers.forward", task="two_layers")
def forgets_the_hidden_bias(original, self, X):
    """b1 never enters the forward pass, and what does not enter it gets no gradient."""
    Z = torch.sigmoid(X.reshape(-1, 784) @ self.W1) @ self.W2 + self.b2 + 0 * self.b1.sum()
    return finished(self, Z)


@mistake("models.TwoLayers.forward", task="two_layers")
def always_returns_probabilities(original, self, X):
    """Your network ends with softmax even where logits are wanted. A loss on logits applies its
    own: with both, learning is slow."""
    return F.softmax(two_scores(self, X), dim=1)


@mistake("models.TwoLayers.forward", task="two_layers")
def relu_for_sigmoid(original, self, X):
    """Your hidden units are ReLUs. In this network they are sigmoids."""
    Z = F.relu(X.reshape(-1, 784) @ self.W1 + self.b1) @ self.W2 + self.b2
    return finished(self, Z)


@mistake("models.TwoLayers.forward", task="two_layers", costs=60)
def makes_parameters_inside_forward(original, self, X):
    """Your forward pass draws new weights each time it is called. The optimizer moves those made
    in `__init__`, which nobody looks at."""
    W1 = nn.Parameter(0.1 * torch.randn(self.W1.shape))
    Q = torch.sigmoid(X.reshape(-1, 784) @ W1 + self.b1)
    return finished(self, Q @ self.W2 + self.b2)


@mistake("models.TwoLayers.__init__", task="two_layers", also=("starting_values",), costs=60)
def keeps_plain_tensors(original, self, hidden=200, start="random", logits=False):
    """Your weights are plain tensors, so that `net.parameters()` is empty and the optimizer has
    nothing to move."""
    original(self, hidden, start, logits)
    for name in ("W1", "b1", "W2", "b2"):
        value = getattr(self, name).detach()
        delattr(self, name)
        setattr(self, name, value)


@mistake("models.TwoLayers.__init__", task="two_layers")
def ignores_the_number_of_hidden_units(original, self, hidden=200, start="random", logits=False):
    """Your network has 200 hidden units whatever it is asked for: look at the parameter
    `hidden`."""
    original(self, 200, start, logits)


@mistake("models.TwoLayers.__init__", task="starting_values")
def leaves_the_zeros_in(original, self, hidden=200, start="random", logits=False):
    """Your weights still start at 0, as in the starter. With a hidden layer all its units then
    stay alike for ever."""
    original(self, hidden, "zeros", logits)


@mistake("models.TwoLayers.__init__", task="starting_values")
def draws_positive_weights(original, self, hidden=200, start="random", logits=False):
    """None of your starting weights is negative: they come from `torch.rand`. The handout wants
    the normal distribution, half of it below 0."""
    original(self, hidden, start, logits)
    if start == "random":
        for weight in (self.W1, self.W2):
            weight.data = 0.1 * torch.rand(weight.shape)


@mistake("models.FiveLayers.__init__", task="starting_values")
def forgets_to_scale_the_weights(
    original, self, activation="sigmoid", start="random", logits=False
):
    """Your weights are ten times too large: `torch.randn` has standard deviation 1. Sums over 784
    pixels then saturate every sigmoid."""
    original(self, activation, start, logits)
    for number in range(1, 6):
        getattr(self, f"W{number}").data *= 10


@mistake("models.FiveLayers.__init__", task="starting_values")
def starts_biases_at_one_over_the_units(
    original, self, activation="sigmoid", start="random", logits=False
):
    """Your biases are 1 divided by the number of units. The handout wants the same small number
    for each of them."""
    original(self, activation, start, logits)
    if activation == "relu" and start == "random":
        for number in range(1, 6):
            bias = getattr(self, f"b{number}")
            bias.data = torch.full(bias.shape, 1 / len(bias))


@mistake("models.FiveLayers.__init__", task="starting_values")
def starts_sigmoid_biases_above_zero(
    original, self, activation="sigmoid", start="random", logits=False
):
    """Your sigmoid network starts with biases of 0.1. That is meant for ReLU, where it keeps units
    from being silent at the start."""
    original(self, activation, start, logits)
    if activation == "sigmoid" and start == "random":
        for number in range(1, 6):
            getattr(self, f"b{number}").data += 0.1


@mistake("models.FiveLayers.__init__", task="starting_values")
def zero_start_keeps_the_biases(original, self, activation="sigmoid", start="random", logits=False):
    """Started from zeros, your biases are still 0.1. This experiment wants everything at 0."""
    original(self, activation, start, logits)
    if start == "zeros":
        for number in range(1, 6):
            getattr(self, f"b{number}").data += 0.1


@mistake("models.FiveLayers.__init__", task="five_layers", also=("starting_values",), costs=50)
def assigns_one_bias_again_and_again(
    original, self, activation="sigmoid", start="random", logits=False
):
    """All your biases were given the same name, so that only the last one is left: count the
    parameters of your network."""
    original(self, activation, start, logits)
    self.b1 = self.b4
    for name in ("b2", "b3", "b4"):
        delattr(self, name)


@mistake("models.FiveLayers.forward", task="five_layers", costs=50)
def applies_relu_to_the_scores(original, self, X):
    """There is an activation behind the last layer. Negative scores are cut off, and classes
    that are cut off no longer learn."""
    return finished(self, F.relu(five_scores(self, X)))


@mistake("models.FiveLayers.forward", task="five_layers")
def uses_sigmoid_whatever_is_asked(original, self, X):
    """Your network uses the sigmoid even where ReLU is asked for."""
    return finished(self, five_scores(self, X, squash=torch.sigmoid))


@mistake("models.FiveLayers.forward", task="five_layers", costs=50)
def forgets_the_fourth_activation(original, self, X):
    """Behind the fourth layer there is no activation, so that it and the fifth are one linear
    layer."""
    return finished(self, five_scores(self, X, last=lambda Z: Z))


@mistake("models.FiveLayers.forward", task="five_layers")
def ends_with_log_softmax(original, self, X):
    """You return logarithms of probabilities where probabilities are asked for."""
    Z = five_scores(self, X)
    return Z if self.logits else F.log_softmax(Z, dim=1)


@mistake("models.FiveLayers.forward", task="five_layers")
def detaches_the_first_layers(original, self, X):
    """The outputs are right, but no gradient reaches the first layers: something on the way left
    the graph (`detach`, `.data` or a new tensor)."""
    squash = torch.relu if self.activation == "relu" else torch.sigmoid
    Q = squash(X.reshape(-1, 784) @ self.W1 + self.b1).detach()
    for number in range(2, 5):
        Q = squash(Q @ getattr(self, f"W{number}") + getattr(self, f"b{number}"))
    return finished(self, Q @ self.W5 + self.b5)


# convolutions ----------------------------------------------------------------------------


@mistake("models.ConvNet.__init__", task="convnet", costs=60)
def gives_each_kernel_one_channel(original, self, hidden=30):
    """The kernels of your second and third convolution reach through one channel only. Their
    input is the output of the layer before: how many channels has it?"""
    original(self, hidden)
    self.W2 = nn.Parameter(0.1 * torch.randn(8, 1, 5, 5))
    self.W3 = nn.Parameter(0.1 * torch.randn(12, 1, 4, 4))


@mistake("models.ConvNet.__init__", task="convnet", costs=60)
def swaps_channels_in_and_out(original, self, hidden=30):
    """Your kernels have input and output channels in the wrong order: output channels come
    first."""
    original(self, hidden)
    self.W2 = nn.Parameter(0.1 * torch.randn(4, 8, 5, 5))
    self.W3 = nn.Parameter(0.1 * torch.randn(8, 12, 4, 4))


@mistake("models.ConvNet.__init__", task="convnet")
def starts_convolutions_without_bias(original, self, hidden=30):
    """Your biases start at 0. With ReLU the handout wants them slightly above."""
    original(self, hidden)
    for number in range(1, 6):
        getattr(self, f"b{number}").data.zero_()


@mistake("models.ConvNet.forward", task="convnet")
def feeds_the_images_to_every_convolution(original, self, X):
    """Each of your convolutions gets the images again. It should get what the one before made of
    them."""
    Q2 = F.relu(F.conv2d(X.repeat(1, 4, 1, 1), self.W2, self.b2, 2, 2))
    Q3 = F.relu(F.conv2d(Q2, self.W3, self.b3, 2, 1))
    return conv_scores(self, Q3.reshape(-1, 588))


@mistake("models.ConvNet.forward", task="convnet")
def flattens_in_another_order(original, self, X):
    """The sizes fit, but channels come last in your long vectors. `view` keeps the order in which
    the maps lie: channel after channel."""
    return conv_scores(self, conv_maps(self, X).permute(0, 2, 3, 1).reshape(-1, 588))


@mistake("models.ConvNet.forward", task="convnet")
def strides_in_the_wrong_layer(original, self, X):
    """The maps have the right size at the end, but the strides are in the wrong layers. Compare
    each with the table."""
    return conv_scores(self, conv_maps(self, X, strides=(2, 1, 2)).reshape(-1, 588))


@mistake("models.ConvNet.forward", task="convnet", costs=50)
def pads_the_third_layer_like_the_others(original, self, X):
    """The third convolution has another padding than the first two: its maps come out too
    large."""
    return conv_scores(self, conv_maps(self, X, paddings=(2, 2, 2)).reshape(len(X), -1))


@mistake("models.ConvNet.forward", task="convnet")
def forgets_relu_in_the_dense_layer(original, self, X):
    """Between your two dense layers there is no activation: together they are one."""
    flat = conv_maps(self, X).reshape(-1, 588)
    return (flat @ self.W4 + self.b4) @ self.W5 + self.b5


@mistake("models.ConvNet.forward", task="convnet", costs=50)
def convnet_returns_probabilities(original, self, X):
    """Your network ends with a softmax, and F.cross_entropy applies another. Return the scores."""
    return F.softmax(original(self, X), dim=1)


# training --------------------------------------------------------------------------------


@mistake(BATCHES, task="batches", costs=50)
def drops_the_last_short_batch(original, count, batch_size):
    """Samples are missing: where the batch size does not divide their number, a short batch is
    left, and it counts."""
    rows = torch.randperm(count)
    return list(rows[: count - count % batch_size].split(batch_size))


@mistake(BATCHES, task="batches")
def keeps_the_natural_order(original, count, batch_size):
    """Your batches come in the order of the file. Chance should decide, anew for each epoch."""
    return list(torch.arange(count).split(batch_size))


@mistake(BATCHES, task="batches")
def shuffles_the_same_way_each_time(original, count, batch_size):
    """Every epoch has the same order: the seed is set again each time."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    return list(order.split(batch_size))


@mistake(BATCHES, task="batches")
def draws_with_replacement(original, count, batch_size):
    """You draw each sample anew, so that some come twice in an epoch and others never."""
    return list(torch.randint(count, (count,)).split(batch_size))


@mistake(OPTIMIZER, task="training", costs=40)
def always_descends_with_sgd(original, net, optimizer, rate):
    """Your optimizer is SGD even where Adam is asked for."""
    return original(net, "SGD", rate)


@mistake(OPTIMIZER, task="training")
def leaves_the_rate_at_its_default(original, net, optimizer, rate):
    """Your optimizer does not use the rate that it is given."""
    return original(net, optimizer, 0.001)


@mistake(OPTIMIZER, task="training")
def moves_the_first_parameter_only(original, net, optimizer, rate):
    """Some parameters never move: the optimizer was not given all of them."""
    kinds = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}
    return kinds[optimizer](list(net.parameters())[:1], lr=rate)


@mistake(EVALUATE, task="training", costs=40)
def measures_in_training_mode(original, net, digits, loss=F.cross_entropy):
    """You measure while the network is in training mode: dropout, where there is one, still drops
    units."""
    with torch.no_grad():
        output = net(digits[0])
        right = (output.argmax(dim=1) == digits[1]).double().mean().item()
        return loss(output, digits[1]).item(), right


@mistake(EVALUATE, task="training", costs=40)
def stays_in_evaluation_mode(original, net, digits, loss=F.cross_entropy):
    """After the first measurement your network stays in evaluation mode, and trains in it."""
    found = original(net, digits, loss)
    net.eval()
    return found


@mistake(EVALUATE, task="training")
def keeps_the_graph_of_metrics(original, net, digits, loss=F.cross_entropy):
    """Your metrics are tensors that hold on to the graph of the whole forward pass: each stored one
    costs memory, and none is a plain number."""
    found = original(net, digits, loss)
    return loss(net(digits[0]), digits[1]), found[1]


def loop(original, changes, *arguments):
    """Train as the reference does, with one thing changed."""
    (net, train_set, test_set, iterations, batch_size, optimizer, rate, loss, schedule) = arguments
    functions = original.__globals__
    evaluate, accuracy = functions["evaluate"], functions["accuracy"]
    record = {f"{part}_{name}": [] for part in ("train", "test") for name in NAMES}

    def note(part, t, measured):
        for name, value in zip(NAMES, (t, *measured), strict=True):
            record[f"{part}_{name}"].append(value)

    steps = functions["make_optimizer"](net, optimizer, rate)
    waiting, kept, size = [], None, len(train_set[1])
    for t in range(iterations):
        if not waiting:
            kept = kept or functions["batches"](size, batch_size)
            waiting = list(
                kept if changes.get("never_again") else functions["batches"](size, batch_size)
            )
        rows = waiting.pop()
        if schedule is not None and changes.get("when", lambda t: True)(t):
            functions["set_learning_rate"](steps, schedule(changes.get("time", lambda t: t)(t)))
        images, labels = train_set[0][rows], train_set[1][rows]
        if changes.get("apart"):
            labels = train_set[1][: len(rows)]
        if t % 100 == 0:
            note(
                "test", t, evaluate(net, (images, labels) if changes.get("own") else test_set, loss)
            )
        output = net(images)
        value = changes.get("loss", loss)(output, labels)
        if t % 10 == 0 and not changes.get("after"):
            number = value if changes.get("graph") else value.item()
            note("train", t, (number, accuracy(output, labels)))
        if not changes.get("add_up"):
            steps.zero_grad()
        value.backward()
        steps.step()
        if t % 10 == 0 and changes.get("after"):
            note("train", t, evaluate(net, (images, labels), loss))
    if not changes.get("no_end"):
        note("test", iterations, evaluate(net, test_set, loss))
    return record


def epoch_of(arguments, t):
    """Return the number of the epoch that iteration t belongs to."""
    return t // -(-len(arguments[1][1]) // arguments[4])


def usual(arguments, named):
    """Fill up the arguments of `train`."""
    names = ("iterations", "batch_size", "optimizer", "rate", "loss", "schedule")
    values = dict(zip(names, (2000, 100, "SGD", 0.5, F.cross_entropy, None), strict=True))
    values |= dict(zip(("net", "train_set", "test_set", *names), arguments, strict=False)) | named
    return [values[name] for name in ("net", "train_set", "test_set", *names)]


@mistake(TRAIN, task="training", also=("falling_training",))
def forgets_to_reset_the_gradients(original, *arguments, **named):
    """Gradients of earlier iterations add up, and your steps get longer and longer. Reset them
    in each iteration."""
    return loop(original, {"add_up": True}, *usual(arguments, named))


@mistake(TRAIN, task="training", also=("falling_training",), costs=60)
def pairs_images_with_other_labels(original, *arguments, **named):
    """The images of a batch are shuffled and their labels are not: nothing can be learnt."""
    return loop(original, {"apart": True}, *usual(arguments, named))


@mistake(TRAIN, task="training", costs=40)
def measures_the_test_on_the_batch(original, *arguments, **named):
    """What you write down as test metrics was measured on the training batch."""
    return loop(original, {"own": True}, *usual(arguments, named))


@mistake(TRAIN, task="training")
def measures_after_the_step(original, *arguments, **named):
    """Your training metrics are those after the step, from a second forward pass. Before it, they
    come for free."""
    return loop(original, {"after": True}, *usual(arguments, named))


@mistake(TRAIN, task="training")
def keeps_the_graph_of_the_loss(original, *arguments, **named):
    """You store the loss itself, a tensor with all of its graph. Over thousands of iterations
    that fills the memory: store its number."""
    return loop(original, {"graph": True}, *usual(arguments, named))


@mistake(TRAIN, task="training")
def forgets_the_last_measurement(original, *arguments, **named):
    """The test set is not measured after the last step, so that the result of training is not in
    the record."""
    return loop(original, {"no_end": True}, *usual(arguments, named))


@mistake(TRAIN, task="training", costs=20)
def shuffles_only_once(original, *arguments, **named):
    """Batches come back that were used already. An epoch uses each of its batches once; when it is
    over, make new ones."""
    return loop(original, {"never_again": True}, *usual(arguments, named))


@mistake(TRAIN, task="training", costs=20)
def always_uses_cross_entropy(original, *arguments, **named):
    """Your loop minimises the same loss whatever it is given."""
    return loop(original, {"loss": F.cross_entropy}, *usual(arguments, named))


@mistake(TRAIN, task="training")
def counts_iterations_from_one(original, *arguments, **named):
    """Your iterations are numbered from 1. They start at t = 0, in the record as in the
    schedule."""
    record = original(*arguments, **named)
    shifted = [t + 1 for t in record["train_iterations"]]
    return record | {"train_iterations": shifted}


@mistake(TRAIN, task="falling_training")
def lets_the_rate_fall_by_epochs(original, *arguments, **named):
    """Your schedule counts epochs. After ten epochs it has hardly moved: t is the number of the
    iteration."""
    given = usual(arguments, named)
    return loop(original, {"time": lambda t: epoch_of(given, t)}, *given)


@mistake(TRAIN, task="falling_training", costs=50)
def starts_the_schedule_at_one(original, *arguments, **named):
    """Your schedule begins with t = 1. The first step is the one with the largest rate, t = 0."""
    return loop(original, {"time": lambda t: t + 1}, *usual(arguments, named))


@mistake(TRAIN, task="falling_training", costs=60)
def sets_the_rate_before_there_is_an_optimizer(original, *arguments, **named):
    """The rate is set once, before training. The schedule has to be asked in every iteration,
    for an optimizer that exists by then."""
    return loop(original, {"when": lambda t: t == 0}, *usual(arguments, named))


@mistake(TRAIN, task="falling_training", costs=60)
def sets_the_rate_once_an_epoch(original, *arguments, **named):
    """Your rate changes when an epoch begins and stays the same in between."""
    given = usual(arguments, named)
    first = -(-len(given[1][1]) // given[4])
    return loop(original, {"when": lambda t: t % max(first, 2) == 0}, *given)


# the rate --------------------------------------------------------------------------------


@mistake(RATE, task="falling_rate")
def forgets_the_floor(original, t, eta_min=0.0001, eta_max=0.003):
    """Your rate falls to 0, and learning ends. It should approach eta_min."""
    return original(t, 0.0, eta_max)


@mistake(RATE, task="falling_rate")
def swaps_the_ends(original, t, eta_min=0.0001, eta_max=0.003):
    """Your rate grows from the smallest to the largest value. Put t = 0 into your formula."""
    return original(t, eta_max, eta_min)


@mistake(RATE, task="falling_rate")
def falls_by_a_factor_of_two(original, t, eta_min=0.0001, eta_max=0.003):
    """Every 2,000 iterations your distance to eta_min is halved. It shrinks by a factor e."""
    return eta_min + (eta_max - eta_min) * 0.5 ** (t / 2000)


@mistake(RATE, task="falling_rate")
def falls_in_steps(original, t, eta_min=0.0001, eta_max=0.003):
    """Your rate only changes every 2,000 iterations: the division drops what is behind the
    point."""
    return original(2000 * (t // 2000), eta_min, eta_max)


@mistake(RATE, task="falling_rate")
def ignores_the_given_ends(original, t, eta_min=0.0001, eta_max=0.003):
    """Your schedule has its two rates built in and does not use those that it is given."""
    return original(t)


@mistake(SET_RATE, task="falling_rate")
def invents_an_attribute(original, optimizer, rate):
    """You gave the optimizer a new attribute, which it never reads. Look at `param_groups`."""
    optimizer.lr = rate


@mistake(SET_RATE, task="falling_rate")
def sets_the_first_group_only(original, optimizer, rate):
    """Only the first group of parameters gets the new rate. An optimizer can have several."""
    optimizer.param_groups[0]["lr"] = rate


@mistake(SET_RATE, task="falling_rate")
def multiplies_the_rate(original, optimizer, rate):
    """You multiply the old rate by the new one. `rate` is what it is to be from now on."""
    for group in optimizer.param_groups:
        group["lr"] *= rate


# experiments -----------------------------------------------------------------------------


@mistake("experiments.different_units", task="experiments")
def counts_every_unit(original, net):
    """You count all units. Asked is how many of them differ from each other."""
    return net.W1.shape[1]


@mistake("experiments.different_units", task="experiments")
def compares_pixels_for_units(original, net):
    """You compare the rows of W1. A row belongs to a pixel; a unit is a column."""
    return len(torch.unique(net.W1.detach(), dim=0))


@mistake(STARTS, task="experiments")
def swaps_the_two_starts(original, train_set, test_set, iterations=2000, batch_size=100):
    """The record called "zeros" comes from the random start, and the other way round."""
    found = original(train_set, test_set, iterations, batch_size)
    return {"zeros": found["random"], "random": found["zeros"]}


@mistake(SWEEP, task="experiments")
def counts_weights_without_biases(
    original, train_set, test_set, sizes=(10, 50, 200, 750), iterations=2000, batch_size=100
):
    """Your numbers of parameters are too small: biases count, in both layers."""
    found = original(train_set, test_set, sizes, iterations, batch_size)
    return found | {"parameters": [794 * size for size in sizes]}


@mistake(SWEEP, task="experiments")
def reports_the_start_of_training(
    original, train_set, test_set, sizes=(10, 50, 200, 750), iterations=2000, batch_size=100
):
    """You report what the networks gave before they learnt. The end of the record is asked for."""
    train, seen = original.__globals__["train"], []
    original.__globals__["train"] = lambda *given, **named: (
        seen.append(train(*given, **named)) or seen[-1]
    )
    try:
        found = original(train_set, test_set, sizes, iterations, batch_size)
    finally:
        original.__globals__["train"] = train
    firsts = {name: [record[name][0] for record in seen] for name in ("test_loss", "test_accuracy")}
    return found | firsts


@mistake(RUNS, task="experiments", costs=20)
def gives_adam_the_rate_of_sgd(original, train_set, test_set, iterations=2000, batch_size=100):
    """Your Adam runs with the rate 0.5 of SGD, a hundred times too much for it."""
    train = original.__globals__["train"]

    def hasty(net, train_set, test_set, iterations, batch_size, optimizer="SGD", rate=0.5):
        return train(net, train_set, test_set, iterations, batch_size, optimizer, 0.5)

    original.__globals__["train"] = hasty
    try:
        return original(train_set, test_set, iterations, batch_size)
    finally:
        original.__globals__["train"] = train


@mistake(RUNS, task="experiments")
def calls_relu_sigmoid(original, train_set, test_set, iterations=2000, batch_size=100):
    """The records of "relu" and "sigmoid" are swapped."""
    found = original(train_set, test_set, iterations, batch_size)
    return found | {"relu": found["sigmoid"], "sigmoid": found["relu"]}


@mistake("experiments.constant_against_falling", task="rate_comparison", costs=60)
def lets_both_rates_fall(original, train_set, test_set, iterations=6000, batch_size=100):
    """Both of your runs use the schedule, so that there is nothing to compare."""
    found = original(train_set, test_set, iterations, batch_size)
    return found | {"constant": found["falling"]}


@mistake("experiments.nan_counts", task="nan")
def gives_both_losses_the_scores(original, Z, Y):
    """You compute the loss of probabilities in the stable way. The experiment is about what
    happens without it."""
    found = original(Z, Y)
    return found | {
        "loss_of_probabilities": found["loss_of_logits"],
        "nan_of_probabilities": found["nan_of_logits"],
    }


@mistake("experiments.nan_counts", task="nan")
def counts_rows_with_nan(original, Z, Y):
    """You count rows that hold a NaN. Entries are asked for."""
    found = original(Z, Y)
    return found | {"nan_of_probabilities": found["nan_of_probabilities"] // Z.shape[1]}


@mistake("experiments.overfitting", task="overfitting")
def looks_at_the_training_loss(original, record):
    """You look for the smallest loss on training data. That one keeps falling while the network
    overfits."""
    return original(record | {"test_loss": record.get("train_loss", record["test_loss"][::-1])})


@mistake("experiments.overfitting", task="overfitting")
def returns_the_place_in_the_list(original, record):
    """You return the place in the list, not the iteration that was written down there."""
    found = original(record)
    return found | {"iteration": record["test_iterations"].index(found["iteration"])}


# figures ---------------------------------------------------------------------------------


@mistake("figures.plot_loss", task="figures")
def draws_both_lines_over_the_same_iterations(original, record):
    """Test metrics were measured at other iterations than training metrics. Each line needs the
    iterations of its own."""
    count = len(record["test_loss"])
    return original(record | {"test_iterations": [10 * number for number in range(count)]})


@mistake("figures.plot_loss", task="figures")
def draws_no_legend(original, record):
    """There is no legend, so that nobody can tell the two lines apart."""
    axes = original(record)
    axes.get_legend().remove()
    return axes


@mistake("figures.plot_accuracy", task="figures")
def leaves_the_axes_without_names(original, record):
    """Your axes have no labels. Whoever sees the figure does not know what is drawn."""
    axes = original(record)
    axes.set_xlabel("")
    axes.set_ylabel("")
    return axes


@mistake("figures.plot_accuracy", task="figures")
def draws_the_loss_again(original, record):
    """The figure of the accuracy shows the loss."""
    return original(
        record | {f"{part}_accuracy": record[f"{part}_loss"] for part in ("train", "test")}
    )


@mistake("figures.plot_digits", task="figures")
def writes_true_labels(original, images, predictions, labels, columns=10):
    """You wrote the true classes below the images. Asked is what the network takes them for."""
    drawn = original(images, predictions, labels, columns)
    for text, label in zip(drawn.texts, labels, strict=True):
        text.set_text(str(int(label)))
    return drawn


@mistake("figures.plot_digits", task="figures")
def paints_right_ones_red(original, images, predictions, labels, columns=10):
    """Your colours are the wrong way round: red is for mistakes."""
    drawn = original(images, predictions, labels, columns)
    for text in drawn.texts:
        text.set_color("black" if text.get_color() == "red" else "red")
    return drawn


@mistake("figures.plot_digits", task="figures")
def fills_the_picture_by_columns(original, images, predictions, labels, columns=10):
    """Your images go down the columns. The handout wants them row by row, as one reads."""
    rows = -(-len(images) // columns)
    filled = torch.zeros(rows * columns, 1, 28, 28)
    filled[: len(images)] = images
    order = torch.arange(rows * columns).reshape(columns, rows).T.flatten()
    drawn = original(images, predictions, labels, columns)
    [shown] = drawn.get_images()
    tiles = filled[order].reshape(rows, columns, 28, 28)
    shown.set_data(tiles.permute(0, 2, 1, 3).reshape(rows * 28, columns * 28).numpy())
    return drawn


@mistake("figures.plot_overfitting", task="overfitting")
def keeps_the_linear_scale(original, record):
    """On a linear scale small losses cannot be told apart. Use a logarithmic one."""
    axes = original(record)
    axes.set_yscale("linear")
    return axes


@mistake("figures.plot_overfitting", task="overfitting")
def marks_the_end(original, record):
    """You marked the end of training. The mark belongs where the test loss was smallest."""
    axes = original(record)
    last = record["test_iterations"][-1]
    axes.get_lines()[-1].set_xdata([last, last])
    return axes


# the challenge ---------------------------------------------------------------------------


@mistake("challenge.ChallengeNet.forward", task="challenge", costs=60)
def drops_units_in_evaluation(original, self, X):
    """Your dropout is on in evaluation too, so that scores depend on chance. `self.training`
    tells when to drop."""
    return F.dropout(original(self, X), 0.5, True)


@mistake("challenge.ChallengeNet.forward", task="challenge")
def normalises_with_the_batch_in_evaluation(original, self, X):
    """An image's scores depend on the other images of its batch: statistics of the batch are for
    training only."""
    Z = original(self, X)
    return Z - Z.mean(dim=0)


@mistake("challenge.ChallengeNet.forward", task="challenge")
def returns_classes(original, self, X):
    """You return the class of each image. Training needs the scores of all ten."""
    return original(self, X).argmax(dim=1)


@mistake("challenge.ChallengeNet.__init__", task="challenge")
def has_too_many_parameters(original, self):
    """Your network is larger than the handout allows. Count its parameters."""
    original(self)
    self.spare = nn.Parameter(torch.zeros(200, 1000))
