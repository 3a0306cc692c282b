"""Known mistakes of `image_classifier`; each docstring is the hint that a student reads."""

from autograder import mistake

FORWARD = "model.Net.forward"
TRAIN = "training.train"
TEST = "evaluation.test"
LOADERS = "loading.make_loaders"


# normalising -----------------------------------------------------------------------------


@mistake("loading.normalise", task="transform")
def multiplies_by_the_deviation(original, images, mean, std):
    """You multiplied by the standard deviation and divided by the mean. Ask which of them makes
    the spread of a channel 1, and what takes its mean to 0."""
    import torch

    mean, std = (
        torch.as_tensor(each, dtype=images.dtype).view(1, -1, 1, 1) for each in (mean, std)
    )
    return images * std / mean


@mistake("loading.normalise", task="transform")
def divides_before_the_mean_is_off(original, images, mean, std):
    """You divided by the standard deviation first and took the mean off afterwards. The mean is
    one of pixels, not of pixels that are scaled already."""
    import torch

    mean, std = (
        torch.as_tensor(each, dtype=images.dtype).view(1, -1, 1, 1) for each in (mean, std)
    )
    return images / std - mean


@mistake("loading.normalise", task="transform")
def divides_by_the_variance(original, images, mean, std):
    """Your result is spread too widely or too little: you divided by the square of std. It is the
    standard deviation already."""
    import torch

    return original(images, mean, torch.as_tensor(std) ** 2)


@mistake("loading.normalise", task="transform")
def normalises_in_place(original, images, mean, std):
    """normalise changed the images that it was given. Whoever gave them may need them again:
    return new ones."""
    images.copy_(original(images, mean, std))
    return images


@mistake("loading.normalise", task="transform")
def uses_the_first_channel_for_all(original, images, mean, std):
    """You normalised all channels by the numbers of the first one. Each has its own mean and
    deviation."""
    channels = images.shape[1]
    return original(images, [mean[0]] * channels, [std[0]] * channels)


@mistake("loading.make_transform", task="transform")
def grey_images_get_three_channels(original, channels):
    """Your transform expects three channels, whatever it is asked for. Normalize needs as many
    means and deviations as the images have channels."""
    return original(3)


@mistake("loading.make_transform", task="transform")
def forgets_to_normalise(original, channels):
    """Your values lie between 0 and 1: the images became tensors and were not normalised."""
    from vision import transforms

    return transforms.Compose([transforms.ToTensor()])


@mistake("loading.make_transform", task="transform")
def normalises_by_the_spread_of_bytes(original, channels):
    """Your mean and deviation are those of bytes from 0 to 255. ToTensor has brought the pixels
    into the range from 0 to 1 before Normalize sees them."""
    from vision import transforms

    halves = (127.5,) * channels
    return transforms.Compose([transforms.ToTensor(), transforms.Normalize(halves, halves)])


@mistake("loading.make_transform", task="transform")
def shifts_by_a_half_only(original, channels):
    """Your values lie between -0.5 and 0.5: the mean is off, the division is missing. Look at the
    second argument of Normalize."""
    from vision import transforms

    halves = (0.5,) * channels
    return transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize(halves, (1.0,) * channels)]
    )


# statistics ------------------------------------------------------------------------------


@mistake("loading.channel_statistics", task="statistics", costs=50)
def averages_the_deviations_of_images(original, images):
    """You averaged the deviations of single images. That leaves out how much the images differ
    from each other: take all pixels of a channel together."""
    mean, _ = original(images)
    return mean, images.std(dim=(2, 3), correction=0).mean(dim=0)


@mistake("loading.channel_statistics", task="statistics", costs=30)
def corrects_the_deviation(original, images):
    """Your deviations are slightly too large: they divide by one less than the number of pixels.
    That is torch's default, and it has an argument for it."""
    mean, _ = original(images)
    return mean, images.std(dim=(0, 2, 3))


@mistake("loading.channel_statistics", task="statistics", costs=50)
def returns_the_variance(original, images):
    """Your second result is the variance. The standard deviation is its square root."""
    mean, std = original(images)
    return mean, std**2


@mistake("loading.channel_statistics", task="statistics", costs=60)
def one_statistic_for_all_channels(original, images):
    """You took the mean over the channels as well. Red, green and blue are normalised each by
    their own numbers."""
    mean, std = images.mean(), images.std(correction=0)
    return mean.repeat(images.shape[1]), std.repeat(images.shape[1])


@mistake("loading.standardise", task="statistics")
def normalises_the_test_images_by_themselves(original, train_images, test_images):
    """You normalised the test images by their own statistics. A network sees one new image at a
    time later: what it was trained with is all that there is."""
    train, _ = original(train_images, test_images)
    _, test = original(test_images, test_images)
    return train, test


@mistake("loading.standardise", task="statistics")
def takes_statistics_of_both_parts(original, train_images, test_images):
    """The statistics contain the test images, so that training knows something of them. Compute
    them of the training images alone."""
    import torch

    _, both = original(torch.cat([train_images, test_images]), train_images)
    _, test = original(torch.cat([train_images, test_images]), test_images)
    return both, test


@mistake("loading.standardise", task="statistics")
def takes_statistics_of_the_test_images(original, train_images, test_images):
    """You normalised both parts by the statistics of the test images. What is known in training
    are the training images."""
    test, train = original(test_images, train_images)
    return train, test


# loaders ---------------------------------------------------------------------------------


def loader(images, batch_size, **options):
    """Return a loader of torch's."""
    from torch.utils.data import DataLoader

    return DataLoader(images, batch_size=batch_size, **options)


@mistake(LOADERS, task="loaders")
def never_shuffles(original, train_set, test_set, batch_size):
    """The training images come in the same order in every epoch. Then the network learns from
    the order as well: shuffle them."""
    return loader(train_set, batch_size), loader(test_set, batch_size)


@mistake(LOADERS, task="loaders")
def shuffles_the_test_images_too(original, train_set, test_set, batch_size):
    """The test images are shuffled. Nothing is learnt from them, and predictions can be compared
    with the images only where the order stays."""
    return original(train_set, test_set, batch_size)[0], loader(test_set, batch_size, shuffle=True)


@mistake(LOADERS, task="loaders", costs=60)
def shuffles_the_wrong_loader(original, train_set, test_set, batch_size):
    """You shuffle the test images and not the training images. It is the other way round."""
    return loader(train_set, batch_size), loader(test_set, batch_size, shuffle=True)


@mistake(LOADERS, task="loaders", costs=50)
def drops_the_last_batch(original, train_set, test_set, batch_size):
    """Images are missing: where the batch size does not divide their number, a short batch is
    left, and it counts too."""
    return (
        loader(train_set, batch_size, shuffle=True, drop_last=True),
        loader(test_set, batch_size, drop_last=True),
    )


@mistake(LOADERS, task="loaders")
def trains_on_test_images(original, train_set, test_set, batch_size):
    """Your training loader brings test images as well. What was seen in training says nothing
    about new images."""
    return original([*train_set, *test_set], test_set, batch_size)


@mistake(LOADERS, task="loaders")
def tests_on_training_images(original, train_set, test_set, batch_size):
    """Your test loader brings training images, which the network knows already. Look at which
    set each loader is given."""
    return original(train_set, train_set, batch_size)


@mistake(LOADERS, task="loaders")
def shuffles_once_for_all_epochs(original, train_set, test_set, batch_size):
    """The training images are shuffled, but in the same way for every epoch. The loader can
    shuffle by itself, each time anew."""
    import random

    mixed = [train_set[i] for i in range(len(train_set))]
    random.shuffle(mixed)
    return loader(mixed, batch_size), loader(test_set, batch_size)


@mistake(LOADERS, task="loaders")
def ignores_the_batch_size_in_testing(original, train_set, test_set, batch_size):
    """Your test loader has batches of one image. Give it the batch size, too."""
    return original(train_set, test_set, batch_size)[0], loader(test_set, 1)


@mistake("loading.sample_counts", task="sample_counts", costs=60)
def counts_batches(original, train_loader, test_loader):
    """You counted batches. The length of a loader is the number of its batches; what it goes
    through has a length, too."""
    return len(train_loader), len(test_loader)


@mistake("loading.sample_counts", task="sample_counts", costs=50)
def takes_every_batch_for_full(original, train_loader, test_loader):
    """You multiplied batches by their size. The last batch may be short, so this can be too
    many."""
    return tuple(len(each) * each.batch_size for each in (train_loader, test_loader))


@mistake("loading.sample_counts", task="sample_counts")
def loads_images_to_count_them(original, train_loader, test_loader):
    """You went through all batches to count. That decodes every image: the loaders know what
    they go through, and how long it is."""
    return tuple(sum(len(labels) for _, labels in each) for each in (train_loader, test_loader))


# network ---------------------------------------------------------------------------------


@mistake("model.flat_size", task="kernel_sizes")
def always_four_hundred(original, kernel_size):
    """You return 400 whatever the kernels are. That is 16 maps of 5×5, which come out with
    kernels of 5 only."""
    return 400


@mistake("model.flat_size", task="kernel_sizes")
def rounds_odd_maps_up(original, kernel_size):
    """Where a map has an odd side, you have a row too many. Pooling rounds down: it leaves the
    last row and column out."""
    side = 32
    for _ in range(2):
        side = -(-(side - kernel_size + 1) // 2)
    return 16 * side * side


@mistake("model.flat_size", task="kernel_sizes")
def forgets_the_channels(original, kernel_size):
    """You counted the places of one map. conv2 makes 16 of them, and all of them are laid flat."""
    return original(kernel_size) // 16


@mistake("model.flat_size", task="kernel_sizes")
def pools_once(original, kernel_size):
    """Your maps are too large: pooling comes after each of the convolutions."""
    return 16 * ((32 - kernel_size + 1) // 2 - kernel_size + 1) ** 2


@mistake("model.flat_size", task="kernel_sizes")
def pads_the_convolutions(original, kernel_size):
    """You kept the size of the maps in the convolutions, as padding does. Here there is none, so
    each convolution costs rows and columns."""
    return 16 * 8 * 8


@mistake("model.rows_at_fc1", task="kernel_sizes")
def believes_that_rows_are_images(original, kernel_size, batch_size):
    """You return the number of images. view(-1, 400) counts numbers, not images: run it, and look
    at what comes out."""
    return None if original(kernel_size, batch_size) is None else batch_size


@mistake("model.rows_at_fc1", task="kernel_sizes")
def believes_that_view_always_raises(original, kernel_size, batch_size):
    """You say that view fails for all kernels that do not fit. For some batches the numbers can
    be divided by 400, and then it regroups them without an error."""
    return batch_size if kernel_size == 5 else None


@mistake("model.rows_at_fc1", task="kernel_sizes")
def counts_columns(original, kernel_size, batch_size):
    """You return 400, which is the length of a row. How many rows are there?"""
    return None if original(kernel_size, batch_size) is None else 400


@mistake("model.rows_at_fc1", task="kernel_sizes")
def divides_instead_of_trying(original, kernel_size, batch_size):
    """You divided and rounded down. view leaves nothing over: where the numbers do not fit, it
    raises an error."""
    import model

    return batch_size * model.flat_size(kernel_size) // 400


def layers(net, x, flat=None, conv=None, between=None, pool=None, last=None):
    """Return Net's logits with some steps replaced."""
    import torch.nn.functional as F

    conv, pool = conv or F.relu, pool or net.pool
    x = pool(conv(net.conv1(x)))
    x = pool(conv(net.conv2(x)))
    x = x.flatten(1) if flat is None else flat(x)
    between = between or F.relu
    x = between(net.fc2(between(net.fc1(x))))
    return net.fc3(x) if last is None else last(net.fc3(x))


@mistake(FORWARD, task="network")
def forgets_relu_in_the_convolutions(original, self, x):
    """There is no ReLU behind your convolutions. Two linear steps in a row are only one."""
    return layers(self, x, conv=lambda maps: maps)


@mistake(FORWARD, task="network")
def forgets_relu_between_linear_layers(original, self, x):
    """There is no ReLU between your linear layers, so that the three of them are only one."""
    return layers(self, x, between=lambda units: units)


@mistake(FORWARD, task="network", costs=50)
def relu_on_the_logits(original, self, x):
    """Your logits are never negative: there is a ReLU behind the last layer. It would switch
    classes off for good."""
    return layers(self, x, last=lambda scores: scores.clamp(min=0))


@mistake(FORWARD, task="network", costs=50)
def softmax_in_the_network(original, self, x):
    """Your network returns probabilities. The loss applies the softmax itself, and twice is once
    too often: return the logits."""
    return layers(self, x, last=lambda scores: scores.softmax(dim=1))


@mistake(FORWARD, task="network")
def sigmoid_for_relu(original, self, x):
    """Your activations lie between 0 and 1. The handout wants ReLU."""
    return layers(self, x, between=lambda units: units.sigmoid())


@mistake(FORWARD, task="network")
def averages_instead_of_maxima(original, self, x):
    """Your pooling takes averages. Max pooling keeps the largest value of each window."""
    import torch.nn.functional as F

    return layers(self, x, pool=lambda maps: F.avg_pool2d(maps, 2))


@mistake(FORWARD, task="network")
def flattens_channels_last(original, self, x):
    """You brought the channels to the end before you laid the maps flat. Then weights meet other
    places than in a network that does not: leave the order as it is."""
    return layers(self, x, flat=lambda maps: maps.permute(0, 2, 3, 1).flatten(1))


@mistake(FORWARD, task="network")
def view_mixes_images(original, self, x):
    """With other kernels, your view makes rows of parts of several images. Name the number of rows
    that you want, and leave the other size to view."""
    return layers(self, x, flat=lambda maps: maps.reshape(-1, 400))


@mistake(FORWARD, task="network", costs=60)
def flattens_the_batch_too(original, self, x):
    """You laid the batch flat along with the maps. Each image keeps a row of its own."""
    return layers(self, x, flat=lambda maps: maps.reshape(maps.shape[1] * 0 + 1, -1))


@mistake(FORWARD, task="network", costs=50)
def pooling_is_used_once(original, self, x):
    """The second pooling is missing, so that the sizes do not fit. It comes after each of the
    convolutions."""
    import torch.nn.functional as F

    x = self.pool(F.relu(self.conv1(x)))
    x = F.relu(self.conv2(x)).flatten(1)
    return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


@mistake(FORWARD, task="network")
def second_convolution_sees_negative_values(original, self, x):
    """There is a ReLU behind the second convolution, and none behind the first one. It follows
    each of them, before or after the pooling."""
    import torch.nn.functional as F

    x = self.pool(self.conv1(x))
    x = self.pool(F.relu(self.conv2(x))).flatten(1)
    return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


@mistake(FORWARD, task="network", costs=70)
def makes_layers_in_forward(original, self, x):
    """A layer is made anew in every call of forward, with random weights that no optimizer knows.
    Make layers in the constructor and use them in forward."""
    from torch import nn

    self.fc3 = nn.Linear(84, 10)
    return original(self, x)


@mistake(FORWARD, task="network", costs=40)
def loses_the_graph(original, self, x):
    """Nothing can be learnt through your network: its output is cut off from its parameters.
    Leave out `detach`, `.data`, `no_grad` and ways through numpy."""
    import torch
    from torch import nn

    class Cut(torch.autograd.Function):
        @staticmethod
        def forward(context, value):
            return value.clone()

        @staticmethod
        def backward(context, slope):
            return torch.zeros_like(slope)

    return layers(self, x, flat=lambda maps: Cut.apply(nn.Flatten()(maps)))


@mistake("model.Net.__init__", task="network")
def ignores_the_kernel_size(original, self, kernel_size=5):
    """Your kernels are 5×5 whatever `kernel_size` says."""
    original(self, 5)


@mistake("model.Net.__init__", task="network", costs=50)
def leaves_biases_out(original, self, kernel_size=5):
    """Parameters are missing: your convolutions have no biases. Leave the layers' defaults."""
    from torch import nn

    original(self, kernel_size)
    self.conv1 = nn.Conv2d(3, 6, kernel_size, bias=False)
    self.conv2 = nn.Conv2d(6, 16, kernel_size, bias=False)


@mistake("model.Net.__init__", task="network", costs=40)
def swaps_the_hidden_sizes(original, self, kernel_size=5):
    """fc1 and fc2 have each other's number of units. First 120, then 84."""
    from torch import nn

    original(self, kernel_size)
    self.fc1 = nn.Linear(self.fc1.in_features, 84)
    self.fc2 = nn.Linear(84, 120)
    self.fc3 = nn.Linear(120, 10)


@mistake("model.Net.__init__", task="network")
def adds_dropout(original, self, kernel_size=5):
    """Your logits change from call to call in training: there is dropout in the network. This one
    has none."""
    original(self, kernel_size)
    from torch import nn

    class DroppingPool(nn.MaxPool2d):
        def forward(self, x):
            return nn.functional.dropout(super().forward(x), 0.5, self.training)

    self.pool = DroppingPool(2, 2)


@mistake("model.layer_table", task="layer_table", costs=50)
def counts_weights_only(original, net):
    """You left the biases out. They are learnt, too."""
    return {
        name: sum(value.numel() for key, value in layer.named_parameters() if "bias" not in key)
        for name, layer in net.named_children()
    }


@mistake("model.layer_table", task="layer_table", costs=60)
def counts_tensors(original, net):
    """You counted tensors: each layer has two of them. How many numbers are in them?"""
    return {name: len(list(layer.parameters())) for name, layer in net.named_children()}


@mistake("model.layer_table", task="layer_table")
def leaves_out_layers_without_parameters(original, net):
    """A layer without parameters is missing in your table. It counts 0."""
    return {name: count for name, count in original(net).items() if count}


@mistake("model.layer_table", task="layer_table")
def counts_what_is_trained_only(original, net):
    """You left out parameters that are frozen. They are parameters all the same."""
    return {
        name: sum(value.numel() for value in layer.parameters() if value.requires_grad)
        for name, layer in net.named_children()
    }


# training --------------------------------------------------------------------------------


@mistake("training.choose_device", task="device")
def wants_a_gpu_that_is_not_there(original, use_gpu, available=None):
    """You ask for a GPU without looking whether there is one, so that nothing runs elsewhere."""
    return "cuda" if use_gpu else "cpu"


@mistake("training.choose_device", task="device")
def takes_any_gpu(original, use_gpu, available=None):
    """You take the GPU wherever there is one. Somebody may want the CPU: look at `use_gpu`."""
    return original(True, available)


@mistake("training.choose_device", task="device", costs=60)
def never_takes_a_gpu(original, use_gpu, available=None):
    """You return the CPU where a GPU is wanted and there."""
    return "cpu"


def train(
    loader,
    epochs,
    lr,
    momentum,
    path,
    every,
    network,
    seed,
    zero="batch",
    loss_of=None,
    one_optimizer=True,
    networks=1,
    record=None,
    late_seed=False,
    batch=None,
    mode=True,
    save=None,
    parameters=None,
    restart=True,
    offset=1,
    reset=True,
    divide=None,
    numpy_seed=True,
):
    """Train as the reference does, but for what the options say."""
    import numpy as np
    import torch
    from torch import nn, optim

    if not late_seed:
        torch.manual_seed(seed)
        if numpy_seed:
            np.random.seed(seed)
    net = network()
    torch.manual_seed(seed)
    if path is not None and save == "before":
        torch.save(net.state_dict(), path)
    net.train(mode)
    chosen = list(net.parameters()) if parameters is None else parameters(net)

    def new_optimizer():
        return optim.SGD(chosen, lr=lr, momentum=momentum)

    optimizer = new_optimizer()
    loss_of = loss_of or nn.CrossEntropyLoss()
    entries, running, count = [], 0.0, 0
    for epoch in range(epochs):
        if epoch and networks > 1:
            net = network()
            chosen = list(net.parameters())
            optimizer = new_optimizer()
        if epoch and not one_optimizer:
            optimizer = new_optimizer()
        if restart:
            running, count = 0.0, 0
        if zero == "epoch":
            optimizer.zero_grad()
        for inputs, labels in loader:
            if batch is not None:
                inputs, labels = batch(inputs, labels)
            if zero == "batch":
                optimizer.zero_grad()
            loss = loss_of(net(inputs), labels)
            loss.backward()
            if zero == "late":
                optimizer.zero_grad()
            optimizer.step()
            running = running + (loss.item() if record is None else record(loss, labels))
            if count % every == every - offset:
                entries.append(running / (every if divide is None else divide(every, labels)))
                if reset:
                    running = 0.0
            count += 1
    if path is not None and save is None:
        torch.save(net.state_dict(), path)
    if path is not None and save == "module":
        torch.save(net, path)
    if path is not None and save == "list":
        torch.save(list(net.state_dict().values()), path)
    return entries


def variant(name, hint, task="training_loop", also=(), **options):
    """Declare a mistake in `train` that `options` describe."""

    def mistaken(
        original,
        train_loader,
        num_epochs,
        use_gpu=False,
        lr=0.001,
        momentum=0.9,
        model_save_path=None,
        every=250,
        network=None,
        seed=7,
    ):
        from model import Net

        settings = {"lr": lr, "momentum": momentum, "seed": seed}
        for key, change in options.get("settings", {}).items():
            settings[key] = change(settings[key])
        others = {key: value for key, value in options.items() if key != "settings"}
        return train(
            train_loader,
            num_epochs,
            path=model_save_path,
            every=every,
            network=network or Net,
            **settings,
            **others,
        )

    mistaken.__name__, mistaken.__doc__ = name, hint
    mistake(TRAIN, task=task, also=also)(mistaken)


def softmax_loss(logits, labels):
    """Return the cross-entropy of logits that went through a softmax already."""
    import torch.nn.functional as F

    return F.cross_entropy(logits.softmax(dim=1), labels)


def summed_loss(logits, labels):
    """Return the sum over the batch."""
    import torch.nn.functional as F

    return F.cross_entropy(logits, labels, reduction="sum")


def plain_loss(logits, labels):
    """Return the cross-entropy by its formula, with exponentials that overflow."""
    probabilities = logits.exp() / logits.exp().sum(dim=1, keepdim=True)
    return -probabilities[range(len(labels)), labels].log().mean()


variant(
    "never_resets_gradients",
    "Gradients of earlier batches are still there when the next one is computed, because backward "
    "adds to what is stored. Something has to come before it in every pass.",
    zero="never",
)
variant(
    "resets_gradients_once_an_epoch",
    "You reset the gradients at the beginning of an epoch only. Within it they add up from batch "
    "to batch.",
    zero="epoch",
)
variant(
    "resets_gradients_before_the_step",
    "You set the gradients to zero between backward and the step, so that the step follows nothing "
    "and no weight changes.",
    zero="late",
)
variant(
    "softmax_before_the_loss",
    "You applied softmax before CrossEntropyLoss, which applies it itself. The network's outputs "
    "go in as they are.",
    also=("running_loss",),
    loss_of=softmax_loss,
)
variant(
    "sums_the_loss_over_the_batch",
    "Your loss is a sum over the batch, so that steps grow with the batch size. CrossEntropyLoss "
    "takes the mean unless told otherwise.",
    also=("running_loss",),
    loss_of=summed_loss,
)
variant(
    "exponentials_overflow",
    "For large logits your loss is not a number: the exponentials overflow. torch's "
    "CrossEntropyLoss takes logits and avoids that.",
    loss_of=plain_loss,
)
variant(
    "forgets_the_momentum",
    "Your optimizer has no momentum: the argument is not passed on.",
    settings={"momentum": lambda _: 0.0},
)
variant(
    "ignores_the_learning_rate",
    "Your learning rate is 0.001 whatever the argument says.",
    settings={"lr": lambda _: 0.001},
    also=("running_loss",),
)
variant(
    "new_network_in_each_epoch",
    "You make a new network in each epoch, and what was learnt before is lost. Make it once, "
    "before the loop.",
    networks=2,
)
variant(
    "new_optimizer_in_each_epoch",
    "You make a new optimizer in each epoch, and its momentum begins at zero each time. Make it "
    "once, before the loop.",
    one_optimizer=False,
)
variant(
    "seeds_after_the_network",
    "You seeded the generators after the network was made. Its first weights are random, too, and "
    "differ from run to run.",
    late_seed=True,
)
variant(
    "seeds_another_number",
    "You seed with a fixed number, or none, in place of the argument.",
    settings={"seed": lambda _: 0},
)
variant(
    "does_not_seed_numpy",
    "numpy's generator is not seeded. torch and numpy have one each.",
    numpy_seed=False,
)
variant(
    "shuffles_labels",
    "Images and labels do not belong together any more: something changed the order of one of "
    "them. Then there is nothing to be learnt.",
    also=("running_loss",),
    batch=lambda inputs, labels: (inputs, labels.roll(1)),
)
variant(
    "trains_on_half_of_each_batch",
    "You do not use all samples of a batch.",
    also=("running_loss",),
    batch=lambda inputs, labels: (
        inputs[: (len(inputs) + 1) // 2],
        labels[: (len(labels) + 1) // 2],
    ),
)
variant(
    "trains_in_evaluation_mode",
    "The network is in evaluation mode while it trains, so that dropout does nothing.",
    mode=False,
)
variant(
    "trains_weights_only",
    "Not all parameters are given to the optimizer: the biases never change.",
    parameters=lambda net: [value for name, value in net.named_parameters() if "bias" not in name],
)
variant(
    "stores_sums",
    "Your entries are sums over the batches. Divide each by the number of batches that it stands "
    "for, or curves with another period cannot be compared.",
    task="running_loss",
    divide=lambda every, labels: 1,
)
variant(
    "never_resets_the_running_loss",
    "Your entries grow and grow: the running loss keeps what was recorded before. Begin anew after "
    "each entry.",
    task="running_loss",
    reset=False,
)
variant(
    "records_a_batch_too_early",
    "You record a batch too early: the count starts at 0, so that the last one of the first "
    "`every` batches has another number than you expect.",
    task="running_loss",
    offset=2,
)
variant(
    "keeps_the_graph",
    "Your entries are tensors that hold on to every graph since the start, and memory runs out. "
    "Take the plain number out of the loss.",
    task="running_loss",
    record=lambda loss, labels: loss,
)
variant(
    "counts_across_epochs",
    "Your count goes on from one epoch to the next, and so do the batches left over. Each epoch "
    "begins with a count and a sum of its own.",
    task="running_loss",
    restart=False,
)
variant(
    "divides_by_the_batch_size_as_well",
    "Your entries are too small by the batch size. The loss of a batch is a mean over its samples "
    "already.",
    task="running_loss",
    record=lambda loss, labels: loss.item() / len(labels),
)
variant(
    "records_the_last_batch_only",
    "Your entries are the loss of one batch divided by their number. Add all of them up first.",
    task="running_loss",
    record=lambda loss, labels: 0.0,
)
variant(
    "saves_before_training",
    "The file holds the parameters from before the training. Save them at the end.",
    task="checkpoint",
    save="before",
)
variant(
    "saves_the_whole_module",
    "You saved the network as an object. That file can run code when it is opened, and nobody else "
    "can load it safely: save its state_dict.",
    task="checkpoint",
    save="module",
)
variant(
    "saves_values_without_names",
    "The file holds a list of values. Without names nobody can tell which layer they belong to: "
    "save the state_dict.",
    task="checkpoint",
    save="list",
)
variant(
    "never_saves",
    "No file is written, although there is a path for it.",
    task="checkpoint",
    save="never",
)


@mistake("figures.plot_loss_curve", task="loss_curve")
def plots_over_entries(original, running_loss_list, every=250):
    """Your x axis counts entries. Each of them stands for many iterations: draw it over the last of
    them."""
    axes = original(running_loss_list, every)
    axes.get_lines()[0].set_xdata(range(len(running_loss_list)))
    return axes


@mistake("figures.plot_loss_curve", task="loss_curve")
def begins_at_iteration_zero(original, running_loss_list, every=250):
    """Your first entry stands at the beginning, before a single step was made. It is known only
    after `every` iterations."""
    axes = original(running_loss_list, every)
    axes.get_lines()[0].set_xdata([every * i for i in range(len(running_loss_list))])
    return axes


@mistake("figures.plot_loss_curve", task="loss_curve")
def begins_at_iteration_one(original, running_loss_list, every=250):
    """Your entries stand at 1, 251, 501 and so on, where the batches that they are the mean of
    have only begun."""
    axes = original(running_loss_list, every)
    axes.get_lines()[0].set_xdata([1 + every * i for i in range(len(running_loss_list))])
    return axes


@mistake("figures.plot_loss_curve", task="loss_curve")
def always_steps_of_250(original, running_loss_list, every=250):
    """Your x axis goes in steps of 250, whatever `every` is."""
    return original(running_loss_list)


@mistake("figures.plot_loss_curve", task="loss_curve")
def labels_no_axis(original, running_loss_list, every=250):
    """Your axes have no labels, so that nobody can tell what is drawn over what."""
    axes = original(running_loss_list, every)
    axes.set_xlabel("")
    axes.set_ylabel("")
    return axes


@mistake("figures.plot_loss_curve", task="loss_curve")
def draws_into_the_last_plot(original, running_loss_list, every=250):
    """A second curve is drawn into the plot of the first. Begin a new plot in each call."""
    from matplotlib import pyplot

    iterations = [every * i for i in range(1, len(running_loss_list) + 1)]
    axes = pyplot.gca()
    axes.plot(iterations, running_loss_list)
    axes.set_xlabel("iteration")
    axes.set_ylabel("loss")
    return axes


# testing ---------------------------------------------------------------------------------


def outputs(loader, path, network):
    """Yield the stored network's outputs and the labels of each batch."""
    import torch
    from evaluation import load_network

    net = load_network(path, network)
    with torch.no_grad():
        for images, labels in loader:
            yield net(images), labels


@mistake(TEST, task="evaluation")
def tests_one_batch_only(original, test_loader, model_path, network=None):
    """You return after the first batch. The accuracy is that of all images."""
    return original([next(iter(test_loader))], model_path, network)


@mistake(TEST, task="evaluation")
def averages_over_batches(original, test_loader, model_path, network=None):
    """You averaged the accuracies of batches. A short last batch then counts as much as a full
    one: count images."""
    shares = [original([batch], model_path, network) for batch in test_loader]
    return sum(shares) / len(shares)


@mistake(TEST, task="evaluation", costs=40)
def accuracy_in_percent(original, test_loader, model_path, network=None):
    """Your accuracy is a percentage. The handout asks for a fraction between 0 and 1."""
    return 100 * original(test_loader, model_path, network)


@mistake(TEST, task="evaluation", costs=40)
def accuracy_is_a_count(original, test_loader, model_path, network=None):
    """You return how many predictions are right. Divide by the number of images."""
    return original(test_loader, model_path, network) * sum(len(pair[1]) for pair in test_loader)


@mistake(TEST, task="evaluation")
def largest_over_the_batch(original, test_loader, model_path, network=None):
    """You looked for the largest output over the images of a batch. The classes compete within
    each image: mind the dimension."""
    correct = total = 0
    for logits, labels in outputs(test_loader, model_path, network):
        predicted = logits.argmax(dim=0)
        size = min(len(predicted), len(labels))
        correct += (predicted[:size] == labels[:size]).sum().item()
        total += len(labels)
    return correct / total


@mistake(TEST, task="evaluation")
def accuracy_is_a_tensor(original, test_loader, model_path, network=None):
    """Your accuracy is a tensor. Return a plain number."""
    import torch

    return torch.tensor(original(test_loader, model_path, network))


@mistake(TEST, task="evaluation")
def records_gradients_in_testing(original, test_loader, model_path, network=None):
    """Your test records everything for backpropagation, which costs time and memory for nothing.
    torch has a context for that."""
    from evaluation import load_network

    net = load_network(model_path, network)
    correct = total = 0
    for images, labels in test_loader:
        correct += (net(images).argmax(dim=1) == labels).sum().item()
        total += len(labels)
    return correct / total


@mistake(TEST, task="evaluation")
def tests_a_network_without_its_weights(original, test_loader, model_path, network=None):
    """You test a new network. Load the stored parameters into it first."""
    import torch

    net = network()
    correct = total = 0
    with torch.no_grad():
        for images, labels in test_loader:
            correct += (net(images).argmax(dim=1) == labels).sum().item()
            total += len(labels)
    return correct / total


@mistake("evaluation.load_network", task="evaluation", costs=40)
def tests_in_training_mode(original, model_path, network=None):
    """The network is in training mode while you test it, so that dropout switches units off and
    the accuracy is too low."""
    return original(model_path, network).train()


@mistake("evaluation.load_network", task="evaluation")
def ignores_missing_parameters(original, model_path, network=None):
    """Your network takes a file that does not fit and keeps random weights for what is missing,
    without a word. Leave the check on."""
    import torch

    net = network()
    net.load_state_dict(torch.load(model_path, weights_only=True), strict=False)
    return net.eval()


@mistake("evaluation.load_network", task="evaluation", also=("classes",), costs=60)
def forgets_to_load(original, model_path, network=None):
    """The file is read, and nothing of it arrives in the network."""
    return network().eval()


@mistake("evaluation.confusion_counts", task="classes")
def swaps_rows_and_columns(original, test_loader, model_path, network=None, classes=10):
    """Your rows are the predicted classes. They should be the true ones."""
    return original(test_loader, model_path, network, classes).T


@mistake("evaluation.confusion_counts", task="classes")
def keeps_the_last_batch_only(original, test_loader, model_path, network=None, classes=10):
    """Your counts are those of the last batch. Add them up."""
    return original([list(test_loader)[-1]], model_path, network, classes)


@mistake("evaluation.confusion_counts", task="classes")
def counts_each_pair_once(original, test_loader, model_path, network=None, classes=10):
    """A pair that comes twice in a batch counts once with you. Indexing with `+= 1` does that."""
    import torch

    counts = torch.zeros(classes, classes, dtype=torch.long)
    for logits, labels in outputs(test_loader, model_path, network):
        counts[labels, logits.argmax(dim=1)] += 1
    return counts


@mistake("evaluation.confusion_counts", task="classes")
def counts_become_fractions(original, test_loader, model_path, network=None, classes=10):
    """You divided the counts. They are asked for as they are; accuracies come afterwards."""
    counts = original(test_loader, model_path, network, classes)
    return counts / counts.sum()


@mistake("evaluation.accuracy_by_class", task="classes")
def divides_by_predictions(original, counts):
    """You divided by how often a class was predicted, which is its precision. Divide by the images
    of the class."""
    return original(counts.T)


@mistake("evaluation.accuracy_by_class", task="classes")
def divides_by_all_images(original, counts):
    """You divided by the number of all images. Each class has images of its own."""
    return [value / counts.sum().item() for value in counts.diagonal().tolist()]


@mistake("evaluation.accuracy_by_class", task="classes")
def an_empty_class_has_zero(original, counts):
    """A class without images has no accuracy with which it could be compared, not even 0."""
    return [0.0 if share is None else share for share in original(counts)]


# runs ------------------------------------------------------------------------------------


@mistake("experiments.run_all", task="runs")
def swaps_batch_size_and_epochs(original, run, configurations=((4, 5), (4, 20), (16, 5), (16, 20))):
    """You took the batch size for the number of epochs, and the other way round."""
    return original(lambda batch_size, epochs: run(epochs, batch_size), configurations)


@mistake("experiments.run_all", task="runs")
def repeats_the_first_run(original, run, configurations=((4, 5), (4, 20), (16, 5), (16, 20))):
    """All of your entries have the results of one run. Each configuration needs its own."""
    losses, accuracy = run(*configurations[0])
    return original(lambda batch_size, epochs: (losses, accuracy), configurations)


@mistake("experiments.run_all", task="runs")
def leaves_out_the_long_runs(original, run, configurations=((4, 5), (4, 20), (16, 5), (16, 20))):
    """Runs are missing. Every pair of batch size and epochs is one."""
    return original(run, configurations[::2])


@mistake("experiments.run_all", task="runs")
def sorts_configurations(original, run, configurations=((4, 5), (4, 20), (16, 5), (16, 20))):
    """Your runs are not in the order of the configurations."""
    return original(run, sorted(configurations))


@mistake("experiments.updates", task="runs")
def drops_short_batches_from_the_count(original, batch_size, epochs, images=50_000):
    """You left out the short last batch of an epoch. It makes an update, too."""
    return epochs * (images // batch_size)


@mistake("experiments.updates", task="runs")
def counts_images_for_updates(original, batch_size, epochs, images=50_000):
    """You counted images. The optimizer makes one step for each batch."""
    return epochs * images


@mistake("experiments.updates", task="runs")
def rounds_over_all_epochs(original, batch_size, epochs, images=50_000):
    """You rounded once for all epochs. Each epoch ends with a batch of its own."""
    return -(-epochs * images // batch_size)


@mistake("experiments.updates", task="runs")
def counts_updates_of_an_epoch(original, batch_size, epochs, images=50_000):
    """You counted the updates of one epoch."""
    return original(batch_size, 1, images)


@mistake("experiments.roughness", task="runs")
def roughness_is_the_deviation(original, losses):
    """Your roughness is the standard deviation, which is large for a curve that falls smoothly.
    Compare each entry with its neighbours."""
    import numpy as np

    return float(np.std(losses)) if len(losses) else 0.0


@mistake("experiments.roughness", task="runs")
def roughness_is_the_mean_step(original, losses):
    """You measured how far neighbours are apart. A straight line that falls is not rough: compare
    each entry with the middle of its two neighbours."""
    steps = [abs(losses[i] - losses[i - 1]) for i in range(1, len(losses))]
    return sum(steps) / len(steps) if steps else 0.0


@mistake("experiments.roughness", task="runs")
def roughness_lets_signs_cancel(original, losses):
    """Your distances have signs, and those above and below cancel. A distance is never negative."""
    found = [losses[i] - (losses[i - 1] + losses[i + 1]) / 2 for i in range(1, len(losses) - 1)]
    return abs(sum(found) / len(found)) if found else 0.0


@mistake("experiments.roughness", task="runs")
def roughness_is_a_sum(original, losses):
    """Your roughness grows with the length of the curve. Take the mean."""
    return original(losses) * max(len(losses) - 2, 0)


@mistake("experiments.compare_runs", task="runs")
def worst_run_first(original, runs):
    """Your table begins with the worst run."""
    return original(runs)[::-1]


@mistake("experiments.compare_runs", task="runs")
def leaves_the_runs_unsorted(original, runs):
    """Your table is in the order of the runs. Sort it by accuracy."""
    return [original([run])[0] for run in runs]


@mistake("experiments.compare_runs", task="runs")
def lowest_loss_for_the_last(original, runs):
    """You return the lowest loss of each run. Asked for is the one at the end."""
    rows = [original([run])[0] | {"last_loss": min(run["losses"])} for run in runs]
    return sorted(rows, key=lambda row: -row["accuracy"])


@mistake("experiments.compare_runs", task="runs")
def sorts_by_loss(original, runs):
    """You sorted by the last loss. A low training loss does not mean that new images are classified
    well."""
    return sorted(original(runs), key=lambda row: row["last_loss"])


@mistake("figures.plot_runs", task="runs")
def all_runs_share_one_length(original, runs, every=250):
    """Your curves are cut to the shortest run. Each has an x axis as long as itself."""
    shortest = min(len(run["losses"]) for run in runs)
    return original([{**run, "losses": run["losses"][:shortest]} for run in runs], every)


@mistake("figures.plot_runs", task="runs")
def lines_have_no_names(original, runs, every=250):
    """Nobody can tell your lines apart: the legend is missing."""
    axes = original(runs, every)
    axes.get_legend().remove()
    return axes


@mistake("figures.plot_runs", task="runs")
def names_batch_sizes_only(original, runs, every=250):
    """Two of your lines have the same name. Say the number of epochs as well."""
    axes = original(runs, every)
    for line, run in zip(axes.get_lines(), runs, strict=True):
        line.set_label(f"batch {run['batch_size']}")
    axes.legend()
    return axes
