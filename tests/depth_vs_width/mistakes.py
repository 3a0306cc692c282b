"""Known mistakes of `depth_vs_width`; each docstring is the hint that a student reads."""

import math
import random

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from autograder import mistake

NETWORK = "initialisation.make_network"
UNITS = "initialisation.distinct_units"
CURVE = "initialisation.training_curve"
VISITS = "ordering.visiting_order"
DEAD = "ordering.dead_fraction"
ORDER = "ordering.order_effect"
LOAD, CLEAN, ENCODE = "cases.load_cases", "cases.clean", "cases.encode"
SPLIT, SCALE, LOADERS = "cases.split", "cases.scale", "batches.make_loaders"
LINEAR, TWO, COLLAPSE = "linear.linear_model", "linear.two_layer_model", "linear.collapse"
LOSS, CLASS_WEIGHTS = "linear.probability_loss", "linear.class_weights"
TRAIN, PREDICT, EVALUATE = "training.train", "training.predict", "training.evaluate"
SWEEP, ONE_EPOCH = "sweep.dropout_sweep", "sweep.one_epoch_accuracy"
F = nn.functional


def optimizer_of(model, recipe):
    """Return what the given code makes."""
    from training import make_optimizer

    return make_optimizer(model, recipe)


def follow(model, loader, recipe, loss_function, step):
    """Train with `step(optimizer, loss)`; return means over samples as the reference does."""
    optimizer, losses = optimizer_of(model, recipe), []
    for _ in range(recipe["epochs"]):
        model.train()
        total, samples = 0.0, 0
        for inputs, labels in loader:
            loss = loss_function(model(inputs), labels)
            step(optimizer, loss)
            total += loss.item() * len(labels)
            samples += len(labels)
        losses.append(total / samples)
    return losses


def usual(optimizer, loss):
    """Make one step."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# starts ----------------------------------------------------------------------------------


@mistake(NETWORK, task="start_weights")
def leaves_random_biases(original, activation, start, sizes=(2, 8, 1), seed=0):
    """Your start from zero has biases that are not 0. Weights and biases both start from zero
    there."""
    network = original(activation, start, sizes, seed)
    if start == "zero":
        for name, parameter in network.named_parameters():
            if name.endswith("bias"):
                nn.init.uniform_(parameter, 0.1, 1)
    return network


@mistake(NETWORK, task="start_weights")
def puts_an_activation_on_the_output(original, activation, start, sizes=(2, 8, 1), seed=0):
    """Your network ends in an activation. The output has none: it must be able to take any
    value."""
    network = original(activation, start, sizes, seed)
    return nn.Sequential(*network, nn.Sigmoid() if activation == "sigmoid" else nn.ReLU())


@mistake(NETWORK, task="start_weights")
def forgets_the_seed(original, activation, start, sizes=(2, 8, 1), seed=0):
    """The same seed gives different weights. A start can only be repeated if the seed is set
    before the layers are made."""
    return original(activation, start, sizes, random.Random().randrange(1 << 30))


@mistake(NETWORK, task="start_weights")
def draws_its_own_weights(original, activation, start, sizes=(2, 8, 1), seed=0):
    """Your random start is another one than torch draws for a Linear layer. Leave the layers'
    own numbers as they are."""
    network = original(activation, start, sizes, seed)
    if start == "random":
        for parameter in network.parameters():
            nn.init.normal_(parameter)
    return network


@mistake(NETWORK, task="start_weights")
def takes_an_unknown_word_for_relu(original, activation, start, sizes=(2, 8, 1), seed=0):
    """An activation or a start that does not exist passes without an error. A misspelt word
    should stop the experiment, not change it silently."""
    activation = activation if activation in ("relu", "sigmoid") else "relu"
    return original(activation, start if start in ("random", "zero") else "zero", sizes, seed)


@mistake(UNITS, task="start_weights")
def ignores_biases_of_units(original, network, tolerance=1e-6):
    """You compare the weights of units only. Two units with the same weights and different
    biases fire at different times."""
    first = nn.Linear(network[0].in_features, network[0].out_features)
    first.weight.data = network[0].weight.data
    nn.init.zeros_(first.bias)
    return original(nn.Sequential(first), tolerance)


@mistake(CURVE, task="start_curves")
def lets_gradients_pile_up(original, network, X, y, steps, learning_rate):
    """Gradients of earlier steps are still there when you add the next one: from the second step
    on your updates are too large. Reset them before each backward pass."""
    losses, norms = [], []
    for _ in range(steps):
        loss = ((network(X).squeeze(1) - y) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        norms.append([parameter.grad.norm().item() for parameter in network.parameters()])
        with torch.no_grad():
            for parameter in network.parameters():
                parameter -= learning_rate * parameter.grad
    return torch.tensor(losses), torch.tensor(norms)


@mistake(CURVE, task="start_curves")
def records_after_the_update(original, network, X, y, steps, learning_rate):
    """Your first loss is that after one update already. A record belongs to what held before its
    update, so the first one shows the start."""
    losses, norms = original(network, X, y, steps, learning_rate)
    last = ((network(X).squeeze(1) - y) ** 2).mean().item()
    return torch.cat([losses[1:], torch.tensor([last])]), norms


@mistake(CURVE, task="start_curves")
def subtracts_a_row_from_a_column(original, network, X, y, steps, learning_rate):
    """Your loss compares every output with every label: a column (N, 1) minus a row (N,) is a
    table (N, N). Bring both to one shape first."""
    losses, norms = [], []
    for _ in range(steps):
        loss = ((network(X) - y) ** 2).mean()
        network.zero_grad()
        loss.backward()
        losses.append(loss.item())
        norms.append([parameter.grad.norm().item() for parameter in network.parameters()])
        with torch.no_grad():
            for parameter in network.parameters():
                parameter -= learning_rate * parameter.grad
    return torch.tensor(losses), torch.tensor(norms)


@mistake(CURVE, task="start_curves")
def adds_up_the_samples(original, network, X, y, steps, learning_rate):
    """Your loss is a sum over the samples. As a mean it does not grow with their number, and
    neither does the step."""
    losses, norms = original(network, X, y, steps, learning_rate * len(y))
    return losses * len(y), norms * len(y)


@mistake(CURVE, task="start_curves")
def leaves_biases_alone(original, network, X, y, steps, learning_rate):
    """Your updates do not reach the biases. They are parameters like the weights."""
    losses, norms = [], []
    for _ in range(steps):
        loss = ((network(X).squeeze(1) - y) ** 2).mean()
        network.zero_grad()
        loss.backward()
        losses.append(loss.item())
        norms.append([parameter.grad.norm().item() for parameter in network.parameters()])
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                if name.endswith("weight"):
                    parameter -= learning_rate * parameter.grad
    return torch.tensor(losses), torch.tensor(norms)


@mistake("figures.plot_curves", task="start_curves")
def forgets_the_legend(original, curves, xlabel, ylabel, every=1):
    """Nobody can tell your curves apart: the figure has no legend."""
    axes = original(curves, xlabel, ylabel, every)
    axes.get_legend().remove()
    return axes


@mistake("figures.plot_curves", task="start_curves")
def starts_curves_at_zero(original, curves, xlabel, ylabel, every=1):
    """Your values stand at the wrong steps. The first one was recorded after `every` of them,
    not at 0, and the next one as many later."""
    axes = original(curves, xlabel, ylabel, every)
    for line in axes.get_lines():
        line.set_xdata(np.arange(len(line.get_xdata())))
    return axes


# order -----------------------------------------------------------------------------------


@mistake(VISITS, task="order_effect", costs=40)
def visits_positive_samples_first(original, y, shuffled, seed=0):
    """Your order begins with the positive samples. The experiment asks for the other way
    round."""
    return original(y, shuffled, seed) if shuffled else original(-y, shuffled, seed)


@mistake(VISITS, task="order_effect")
def draws_with_replacement(original, y, shuffled, seed=0):
    """Your shuffled order visits some samples twice and others never. Shuffling changes the
    order, not who is visited."""
    if not shuffled:
        return original(y, shuffled, seed)
    return torch.randint(len(y), (len(y),), generator=torch.Generator().manual_seed(seed))


@mistake(VISITS, task="order_effect")
def shuffles_within_the_classes(original, y, shuffled, seed=0):
    """Your shuffled order still has all negative samples first: only samples of one class changed
    places. It is the classes that have to be mixed."""
    order = original(y, shuffled, seed)
    return torch.cat([order[y[order] < 0], order[y[order] > 0]]) if shuffled else order


@mistake(VISITS, task="order_effect")
def shuffles_alike_for_all_seeds(original, y, shuffled, seed=0):
    """Your shuffled order is the same for every seed. With other seeds one sees how much of a
    result is luck."""
    return original(y, shuffled, 0)


@mistake(DEAD, task="order_effect")
def counts_units_that_are_ever_silent(original, network, X):
    """You count a unit as dead as soon as one sample leaves it at 0. It is dead only where no
    sample gets through."""
    dead, units = 0, 0
    with torch.no_grad():
        for layer in network:
            X = layer(X)
            if isinstance(layer, nn.ReLU):
                dead += int((X <= 0).any(dim=0).sum())
                units += X.shape[1]
    return dead / units


@mistake(DEAD, task="order_effect")
def counts_silent_activations(original, network, X):
    """You give the fraction of activations that are 0. Asked is the fraction of units that are 0
    for all samples."""
    with torch.no_grad():
        found = [X := layer(X) for layer in network]
    kept = [x for x, layer in zip(found, network, strict=True) if isinstance(layer, nn.ReLU)]
    return float((torch.cat(kept, dim=1) <= 0).float().mean())


@mistake(DEAD, task="order_effect")
def averages_over_layers(original, network, X):
    """You average the fractions of the layers. Layers differ in size, and each unit counts
    once."""
    fractions = []
    with torch.no_grad():
        for layer in network:
            X = layer(X)
            if isinstance(layer, nn.ReLU):
                fractions.append(float((X <= 0).all(dim=0).float().mean()))
    return sum(fractions) / len(fractions)


@mistake(DEAD, task="order_effect")
def looks_at_the_first_layer_only(original, network, X):
    """You look at one hidden layer only. Units die in every layer."""
    return original(nn.Sequential(*list(network)[:2]), X)


@mistake(ORDER, task="order_effect")
def ignores_the_order(original, network, X, y, order, learning_rate, every=50):
    """Your samples come in the order in which they lie, whatever order is given."""
    return original(network, X, y, torch.arange(len(order)), learning_rate, every)


@mistake(ORDER, task="order_effect")
def records_the_visited_sample_only(original, network, X, y, order, learning_rate, every=50):
    """Your records show the loss of the sample just visited. Only the loss over all samples says
    what was lost for the other class."""
    losses, dead = [], []
    for start in range(0, len(order) - every + 1, every):
        part = order[start : start + every]
        dead.append(original(network, X, y, part, learning_rate, every)[1][0])
        with torch.no_grad():
            losses.append(((network(X[part[-1:]])[:, 0] - y[part[-1]]) ** 2).mean())
    return torch.stack(losses), torch.stack(dead)


@mistake(ORDER, task="order_effect")
def records_before_the_first_visit(original, network, X, y, order, learning_rate, every=50):
    """You record before training as well, so that there is one record too many. The first one
    belongs after `every` visits."""
    with torch.no_grad():
        first = ((network(X)[:, 0] - y) ** 2).mean()[None]
    losses, dead = original(network, X, y, order, learning_rate, every)
    return torch.cat([first, losses]), torch.cat([torch.zeros(1), dead])


# case reports ----------------------------------------------------------------------------


@mistake(LOAD, task="case_table")
def keeps_the_space_in_a_name(original, path):
    """A column's name still has a space at its end, and nobody will find it under the name that
    is seen."""
    cases = original(path)
    cases["cdc_case_earliest_dt "] = cases.pop("cdc_case_earliest_dt")
    return cases


@mistake(LOAD, task="case_table")
def keeps_the_row_numbers(original, path):
    """Your table still has the column without a name. It numbers the rows, and as an input it
    would only tell where a row stands in the file."""
    cases = original(path)
    return {"": [str(number) for number in range(len(cases["sex"]))], **cases}


@mistake(LOAD, task="case_table")
def loses_the_first_row(original, path):
    """A row is missing: the first line after the heading. Was the heading taken off twice?"""
    return {name: column[1:] for name, column in original(path).items()}


@mistake(LOAD, task="case_table")
def splits_at_every_comma(original, path):
    """Some words hold a comma and stand between quotation marks. Cut there, they lose their second
    half. The module csv knows what the marks mean."""
    cases = original(path)
    name = "race_ethnicity_combined"
    cases[name] = [word.split(",")[0] for word in cases[name]]
    return cases


@mistake(CLEAN, task="case_table")
def takes_missing_for_no(original, cases):
    """You keep rows where nobody knows whether the patient died, and they will be taught as
    survivors. A row without an answer is no answer."""
    return {name: list(column) for name, column in cases.items()}


@mistake(CLEAN, task="case_table")
def drops_rows_with_any_unknown_word(original, cases):
    """You leave out every row in which anything is missing or unknown. Hardly a row is left then,
    and those left are not like the others. Only the target has to be known."""
    found = original(cases)
    odd = ("Unknown", "Missing", "")
    keep = [
        number
        for number in range(len(found["death_yn"]))
        if all(column[number] not in odd for column in found.values())
    ]
    return {name: [column[number] for number in keep] for name, column in found.items()}


@mistake(CLEAN, task="case_table")
def keeps_only_those_who_died(original, cases):
    """Only rows with one of the two answers are left. There is nothing to tell apart then."""
    found = original(cases)
    keep = [number for number, word in enumerate(found["death_yn"]) if word == "Yes"]
    return {name: [column[number] for number in keep] for name, column in found.items()}


@mistake(CLEAN, task="case_table")
def cleans_in_place(original, cases):
    """You take the rows out of the table that you were given. Whoever still needs it has lost
    them."""
    found = original(cases)
    cases.update(found)
    return cases


@mistake(ENCODE, task="case_inputs")
def puts_the_target_among_the_inputs(original, cases):
    """The target is among your inputs. A network that is told the answer predicts nothing."""
    X, y, names = original(cases)
    return np.column_stack([X, y]).astype(np.float32), y, [*names, "death"]


@mistake(ENCODE, task="case_inputs")
def numbers_words_as_they_come(original, cases):
    """Your numbers depend on which words come first in the table: another sample of rows would be
    encoded differently. Fix beforehand which word becomes which number."""
    X, y, names = original(cases)
    words = cases["race_ethnicity_combined"]
    seen = {word: float(number) for number, word in enumerate(dict.fromkeys(words))}
    return np.column_stack([X, [seen[w] for w in words]]).astype(np.float32), y, [*names, "race"]


@mistake(ENCODE, task="case_inputs")
def takes_not_known_for_no(original, cases):
    """You encode what is not known as No. Whether something was written down says a lot about a
    case, and it is not the same as a No."""
    names = ("hosp_yn", "icu_yn", "medcond_yn")
    plain = {name: ["Yes" if w == "Yes" else "No" for w in cases[name]] for name in names}
    return original({**cases, **plain})


@mistake(ENCODE, task="case_inputs")
def takes_too_many_inputs(original, cases):
    """You have more inputs than allowed: 7 to 12. A column of its own for each word makes many
    of them."""
    X, y, names = original(cases)
    return np.tile(X, 2), y, [*names, *(f"{name} again" for name in names)]


@mistake(ENCODE, task="case_inputs")
def sorts_ages_into_young_and_old(original, cases):
    """Some age groups become the same number, although age says most of all."""
    young = ("0 -", "10 ", "20 ", "30 ", "40 ", "50 ")
    words = ["0 - 9 Years" if word.startswith(young) else word for word in cases["age_group"]]
    return original({**cases, "age_group": words})


@mistake(ENCODE, task="case_inputs")
def turns_blank_dates_into_nan(original, cases):
    """A blank date becomes NaN, and one NaN makes the whole loss NaN. Decide what a missing date
    is to be."""
    X, y, names = original(cases)
    X[:, -1] = [
        value if word else np.nan
        for value, word in zip(X[:, -1], cases["cdc_case_earliest_dt"], strict=True)
    ]
    return X, y, names


@mistake(ENCODE, task="case_inputs", costs=50)
def turns_the_target_around(original, cases):
    """Your target is 1 for those who survived. Asked is 1 for Yes; recall would look at the
    wrong class."""
    X, y, names = original(cases)
    return X, 1 - y, names


@mistake(ENCODE, task="case_inputs")
def leaves_out_sex(original, cases):
    """Nothing of what `sex` says is among your inputs, though the handout asks for it."""
    return original({**cases, "sex": ["Missing"] * len(cases["sex"])})


@mistake(SPLIT, task="case_split", costs=30)
def takes_the_last_rows_for_testing(original, X, y, share=0.2, seed=0):
    """Your test part is the end of the table, whatever the seed. Tables are often sorted, by date
    for one, and the end is unlike the rest."""
    chosen = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        chosen[rows[len(rows) - round(share * len(rows)) :]] = True
    return X[~chosen], y[~chosen], X[chosen], y[chosen]


@mistake(SPLIT, task="case_split", costs=60)
def trains_on_the_test_rows(original, X, y, share=0.2, seed=0):
    """Your test rows are in the training part too. What the network has seen says nothing about
    new cases."""
    return X, y, *original(X, y, share, seed)[2:]


@mistake(SPLIT, task="case_split", costs=30)
def splits_without_regard_to_classes(original, X, y, share=0.2, seed=0):
    """You draw the test part from all rows together. The rare class then gets more or less than
    its share by luck."""
    order = np.random.default_rng(seed).permutation(len(y))
    test, train = order[: round(share * len(y))], order[round(share * len(y)) :]
    return X[train], y[train], X[test], y[test]


@mistake(SPLIT, task="case_split", costs=60)
def shuffles_inputs_without_labels(original, X, y, share=0.2, seed=0):
    """Rows and labels do not belong together any more: one of them was shuffled without the
    other."""
    train_X, train_y, test_X, test_y = original(X, y, share, seed)
    return train_X[::-1].copy(), train_y, test_X, test_y


@mistake(SPLIT, task="case_split")
def returns_labels_last(original, X, y, share=0.2, seed=0):
    """Your four results come in another order than asked for: compare with the docstring."""
    train_X, train_y, test_X, test_y = original(X, y, share, seed)
    return train_X, test_X, train_y, test_y


@mistake(SCALE, task="case_split")
def scales_with_the_test_part_too(original, train_X, test_X):
    """Means and standard deviations come from both parts together, so the test part has a say in
    training. Take them from the training part."""
    both = np.concatenate([train_X, test_X])
    return tuple(original(both, part)[1] for part in (train_X, test_X))


@mistake(SCALE, task="case_split", costs=40)
def scales_each_part_by_itself(original, train_X, test_X):
    """You scale the test part with its own mean and standard deviation. The network was trained
    on another scale, and a single new case has neither."""
    return original(train_X, test_X)[0], original(test_X, train_X)[0]


@mistake(SCALE, task="case_split")
def scales_all_columns_alike(original, train_X, test_X):
    """You use one mean and one deviation for the whole table. Columns have different units: each
    needs its own."""
    mean, deviation = train_X.mean(), train_X.std()
    return tuple(((X - mean) / deviation).astype(np.float32) for X in (train_X, test_X))


@mistake(SCALE, task="case_split")
def divides_by_no_deviation(original, train_X, test_X):
    """A column that never changes has deviation 0, and dividing by it gives NaN."""
    mean, deviation = train_X.mean(axis=0), train_X.std(axis=0)
    with np.errstate(all="ignore"):
        return tuple(((X - mean) / deviation).astype(np.float32) for X in (train_X, test_X))


@mistake(SCALE, task="case_split")
def scales_in_place(original, train_X, test_X):
    """You write the scaled values into the arrays you were given. Run a cell twice, and the data
    is another one."""
    scaled = original(train_X, test_X)
    train_X[:], test_X[:] = scaled
    return scaled


def _loaders(train_X, train_y, test_X, test_y, train, test):
    sets = [
        TensorDataset(*map(torch.as_tensor, pair))
        for pair in ((train_X, train_y), (test_X, test_y))
    ]
    return DataLoader(sets[0], **train), DataLoader(sets[1], **test)


@mistake(LOADERS, task="case_split", costs=30)
def does_not_shuffle(original, train_X, train_y, test_X, test_y, batch_size=32, seed=0):
    """Your training samples come in the same order in every epoch. Neighbours in a table are
    alike; shuffle them."""
    same = {"batch_size": batch_size}
    return _loaders(train_X, train_y, test_X, test_y, same, same)


@mistake(LOADERS, task="case_split")
def drops_the_last_batch(original, train_X, train_y, test_X, test_y, batch_size=32, seed=0):
    """Your loaders leave out a last batch that is short. Some samples are then never trained on,
    and, worse, never tested on."""
    train = {
        "batch_size": batch_size,
        "shuffle": True,
        "drop_last": True,
        "generator": torch.Generator().manual_seed(seed),
    }
    test = {"batch_size": batch_size, "drop_last": True}
    return _loaders(train_X, train_y, test_X, test_y, train, test)


@mistake(LOADERS, task="case_split")
def shuffles_the_test_part(original, train_X, train_y, test_X, test_y, batch_size=32, seed=0):
    """Your test samples come in another order each time. Their predictions then cannot be put
    beside the table again."""
    train = {
        "batch_size": batch_size,
        "shuffle": True,
        "generator": torch.Generator().manual_seed(seed),
    }
    return _loaders(
        train_X, train_y, test_X, test_y, train, {"batch_size": batch_size, "shuffle": True}
    )


@mistake(LOADERS, task="case_split", costs=60)
def shuffles_labels_by_themselves(
    original, train_X, train_y, test_X, test_y, batch_size=32, seed=0
):
    """Labels have been shuffled apart from their samples. A network can only learn them by heart
    then."""
    return original(train_X, torch.as_tensor(train_y).flip(0), test_X, test_y, batch_size, seed)


@mistake(LOADERS, task="case_split")
def shuffles_without_the_seed(original, train_X, train_y, test_X, test_y, batch_size=32, seed=0):
    """The seed makes no difference: your training samples come in an order that nobody can
    repeat."""
    train = {"batch_size": batch_size, "shuffle": True}
    return _loaders(train_X, train_y, test_X, test_y, train, {"batch_size": batch_size})


@mistake("measures.accuracy", task="measures")
def gives_accuracy_in_percent(original, predictions, y):
    """Your accuracy is in percent. Asked is a fraction between 0 and 1."""
    return 100 * original(predictions, y)


@mistake("measures.recall", task="measures")
def takes_precision_for_recall(original, predictions, y, label=1):
    """You divide by how often the class was predicted. That is precision; recall divides by how
    often the class is there."""
    predictions, y = np.asarray(predictions), np.asarray(y)
    return float(
        ((predictions == label) & (y == label)).sum() / max((predictions == label).sum(), 1)
    )


@mistake("measures.balanced_accuracy", task="measures")
def takes_accuracy_for_balanced(original, predictions, y):
    """What you call balanced accuracy is accuracy: frequent classes count more. Every class has
    to weigh the same."""
    return float(np.mean(np.asarray(predictions) == np.asarray(y)))


@mistake("measures.balanced_accuracy", task="measures")
def always_balances_two_classes(original, predictions, y):
    """You take the mean of the recalls of classes 0 and 1 only. Which classes there are, the
    labels tell."""
    predictions, y = np.asarray(predictions), np.asarray(y)
    return float(np.mean([np.mean(predictions[y == label] == label) for label in (0, 1)]))


@mistake("measures.majority_accuracy", task="measures")
def takes_the_majority_of_the_test_part(original, train_y, test_y):
    """You looked up in the test part which class is commoner. A model only has the training part
    to know it from."""
    return original(test_y, test_y)


# linear networks -------------------------------------------------------------------------


@mistake(LINEAR, task="linear_models")
def normalises_over_the_batch(original, inputs):
    """Your Softmax normalises over the samples: each column sums to 1 instead of each row. Look
    at its dimension."""
    return nn.Sequential(*list(original(inputs))[:-1], nn.Softmax(dim=0))


@mistake(LINEAR, task="linear_models")
def puts_relu_into_a_linear_network(original, inputs):
    """There is an activation between your layers. These networks are linear on purpose."""
    first, last, softmax = original(inputs)
    return nn.Sequential(first, nn.ReLU(), last, softmax)


@mistake(TWO, task="linear_models")
def forgets_the_second_layer(original, inputs):
    """Your network of two layers is that of one: the layer from 5 to 5 is missing."""
    first, _, last, softmax = original(inputs)
    return nn.Sequential(first, last, softmax)


@mistake(TWO, task="linear_models")
def leaves_out_biases(original, inputs):
    """Your layers have no biases, so the networks cannot shift what they decide."""
    return nn.Sequential(
        nn.Linear(inputs, 5, bias=False),
        nn.Linear(5, 5, bias=False),
        nn.Linear(5, 2, bias=False),
        nn.Softmax(dim=1),
    )


@mistake(LOSS, task="linear_models")
def applies_softmax_twice(original, probabilities, y, weights=None):
    """You give probabilities to torch's cross-entropy, which applies softmax itself. Softmax of a
    softmax is nearly flat: the loss hardly falls, and the network hardly learns."""
    return F.cross_entropy(probabilities, y, weight=weights)


@mistake(LOSS, task="linear_models")
def forgets_the_logarithm(original, probabilities, y, weights=None):
    """You hand probabilities to a loss that wants their logarithms, so the loss is negative."""
    return F.nll_loss(probabilities, y, weight=weights)


@mistake(LOSS, task="linear_models")
def takes_the_logarithm_of_zero(original, probabilities, y, weights=None):
    """Where a probability is 0 your loss is infinite, and after one step every weight is NaN."""
    return F.nll_loss(torch.log(probabilities), y, weight=weights)


@mistake(LOSS, task="linear_models")
def divides_a_weighted_loss_by_n(original, probabilities, y, weights=None):
    """With weights you divide by the number of samples. A weighted mean divides by the sum of the
    weights."""
    if weights is None:
        return original(probabilities, y)
    each = -torch.log(probabilities.clamp(min=1e-12))[torch.arange(len(y)), y]
    return (weights[y] * each).mean()


@mistake(CLASS_WEIGHTS, task="linear_models")
def weighs_frequent_classes_more(original, y):
    """Your weights grow with how frequent a class is. They should make up for rareness."""
    return 1 / original(y)


@mistake(COLLAPSE, task="collapse", costs=60)
def multiplies_in_the_wrong_order(original, model):
    """You multiply the matrices in the order of the layers. Applied to a column, the last layer
    stands leftmost; for sizes that differ the product does not even exist."""
    layers = [layer for layer in model if isinstance(layer, nn.Linear)]
    W = layers[0].weight.detach()
    for layer in layers[1:]:
        W = W @ layer.weight.detach()
    return W, original(model)[1]


@mistake(COLLAPSE, task="collapse")
def keeps_the_last_bias_only(original, model):
    """Your bias is that of the last layer. The biases of the layers before it go through the
    layers that follow, and arrive too."""
    last = [layer for layer in model if isinstance(layer, nn.Linear)][-1]
    return original(model)[0], last.bias.detach()


@mistake(COLLAPSE, task="collapse")
def adds_up_biases_unchanged(original, model):
    """You carry a bias on without multiplying it by the matrices that follow."""
    layers = [layer for layer in model if isinstance(layer, nn.Linear)]
    b = layers[-1].bias.detach()
    for layer in layers[-2:0:-1]:
        b = b + layers[-1].weight.detach() @ layer.bias.detach()
    return original(model)[0], b


@mistake(COLLAPSE, task="collapse")
def collapses_through_a_relu(original, model):
    """You collapse a network with an activation in it as though it were not there. Such a network
    is no single matrix."""
    return original(nn.Sequential(*(one for one in model if isinstance(one, nn.Linear))))


@mistake(COLLAPSE, task="collapse", costs=50)
def returns_the_transpose(original, model):
    """Your matrix is (inputs, outputs). Asked is the layout that a Linear layer has, one row for
    each output."""
    W, b = original(model)
    return W.T, b


@mistake("figures.weight_heat_map", task="heat_map", costs=60)
def draws_the_last_layer(original, model, names):
    """Your heat map shows another layer than the first, whose columns are the inputs."""
    last = [layer for layer in model if isinstance(layer, nn.Linear)][-1]
    return original(nn.Sequential(last), [str(n) for n in range(last.in_features)])


@mistake("figures.weight_heat_map", task="heat_map")
def forgets_the_colour_bar(original, model, names):
    """Without a colour bar nobody knows which weight a colour stands for."""
    original(model, names)
    first = next(layer for layer in model if isinstance(layer, nn.Linear))
    weight = first.weight.detach().numpy()
    limit = np.abs(weight).max()
    _, axes = plt.subplots()
    axes.imshow(weight, cmap="coolwarm", vmin=-limit, vmax=limit)
    axes.set_xticks(range(len(names)), names)
    axes.set_xlabel("input")
    axes.set_ylabel("unit")
    return axes


@mistake("figures.weight_heat_map", task="heat_map")
def names_no_columns(original, model, names):
    """Your columns are numbered. Which input a column is, the reader has to guess."""
    return original(model, [str(number) for number in range(len(names))])


# digits ----------------------------------------------------------------------------------


@mistake("digits.load_digits", task="digit_data")
def returns_test_images_first(original, folder="data"):
    """Your two parts are swapped: the larger one is for training and comes first."""
    return original(folder)[::-1]


@mistake("digits.load_digits", task="digit_data")
def takes_training_images_for_testing(original, folder="data"):
    """Both of your parts are the training images. A test on them tells how well the network
    remembers."""
    train, _ = original(folder)
    return train, train


@mistake("digits.load_digits", task="digit_data")
def divides_by_255_again(original, folder="data"):
    """Your pixels are far too small. ToTensor has divided by 255 already."""
    parts = original(folder)
    for part in parts:
        kept = part.transform
        part.transform = lambda image, kept=kept: kept(image) / 255
    return parts


@mistake("digits.as_tensors", task="digit_data")
def loses_the_channel(original, dataset):
    """Your images have lost their channel axis. A convolution wants (N, 1, 28, 28)."""
    images, labels = original(dataset)
    return images[:, 0], labels


@mistake("digits.describe", task="digit_data")
def leaves_out_absent_labels(original, images, labels):
    """You count only the labels that occur. Ten counts are asked for, zeros among them."""
    found = original(images, labels)
    return {**found, "counts": found["counts"][found["counts"] > 0]}


@mistake("digits.describe", task="digit_data")
def reads_channels_last(original, images, labels):
    """You took the last axis for the channels. Here channels come before height and width."""
    return original(images.permute(0, 3, 1, 2), labels)


@mistake("figures.show_digits", task="digit_data")
def shows_digits_in_false_colours(original, images, labels):
    """Your digits come in matplotlib's usual colours. A pixel holds one grey level, so show it in
    grey."""
    drawn = original(images, labels)
    for axes in drawn:
        axes.images[0].set_cmap("viridis")
    return drawn


@mistake("figures.show_digits", task="digit_data")
def shows_digits_without_labels(original, images, labels):
    """Your digits have no titles. The label beside the picture is how one sees that both belong
    together."""
    drawn = original(images, labels)
    for axes in drawn:
        axes.set_title("")
    return drawn


# training and evaluation -----------------------------------------------------------------


@mistake(TRAIN, task="training_loop")
def forgets_to_reset_gradients(original, model, loader, recipe, loss_function=F.cross_entropy):
    """Each batch adds its gradient to those of all batches before it. Reset them once a batch."""

    def step(optimizer, loss):
        loss.backward()
        optimizer.step()

    return follow(model, loader, recipe, loss_function, step)


@mistake(TRAIN, task="training_loop", costs=60)
def resets_gradients_too_late(original, model, loader, recipe, loss_function=F.cross_entropy):
    """You reset the gradients after computing them and before using them: nothing is learned."""

    def step(optimizer, loss):
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()

    return follow(model, loader, recipe, loss_function, step)


@mistake(TRAIN, task="training_loop")
def applies_softmax_before_cross_entropy(
    original, model, loader, recipe, loss_function=F.cross_entropy
):
    """You turn scores into probabilities before the loss, which does it again. The gradient
    becomes small and the network learns slowly."""

    def loss(outputs, labels):
        return loss_function(outputs.softmax(dim=1), labels)

    return follow(model, loader, recipe, loss, usual)


@mistake(TRAIN, task="training_loop", costs=40)
def trains_in_evaluation_mode(original, model, loader, recipe, loss_function=F.cross_entropy):
    """Your network is in evaluation mode while it trains, so dropout does nothing and batch
    normalisation measures nothing."""
    model.eval()
    losses, optimizer = [], optimizer_of(model, recipe)
    for _ in range(recipe["epochs"]):
        total, samples = 0.0, 0
        for inputs, labels in loader:
            loss = loss_function(model(inputs), labels)
            usual(optimizer, loss)
            total, samples = total + loss.item() * len(labels), samples + len(labels)
        losses.append(total / samples)
    return losses


@mistake(TRAIN, task="training_loop")
def makes_a_new_optimizer_each_epoch(
    original, model, loader, recipe, loss_function=F.cross_entropy
):
    """You make a new optimizer in every epoch. Adam and momentum then forget what they have
    gathered."""
    once = {**recipe, "epochs": 1}
    return [original(model, loader, once, loss_function)[0] for _ in range(recipe["epochs"])]


@mistake(TRAIN, task="training_loop")
def averages_over_batches(original, model, loader, recipe, loss_function=F.cross_entropy):
    """Your loss of an epoch is a mean over batches, and a short last batch counts as much as a full
    one. Weigh each batch by its samples."""
    optimizer, losses = optimizer_of(model, recipe), []
    for _ in range(recipe["epochs"]):
        model.train()
        met = []
        for inputs, labels in loader:
            loss = loss_function(model(inputs), labels)
            usual(optimizer, loss)
            met.append(loss.item())
        losses.append(sum(met) / len(met))
    return losses


@mistake(TRAIN, task="training_loop")
def divides_batch_means_by_samples(original, model, loader, recipe, loss_function=F.cross_entropy):
    """You add up means over batches and divide by the number of samples: the loss comes out too
    small, by about the size of a batch."""
    optimizer, losses = optimizer_of(model, recipe), []
    for _ in range(recipe["epochs"]):
        model.train()
        total, samples = 0.0, 0
        for inputs, labels in loader:
            loss = loss_function(model(inputs), labels)
            usual(optimizer, loss)
            total, samples = total + loss.item(), samples + len(labels)
        losses.append(total / samples)
    return losses


@mistake(TRAIN, task="training_loop")
def adds_up_tensors(original, model, loader, recipe, loss_function=F.cross_entropy):
    """You add up the losses as tensors. Each of them keeps the whole graph of its batch, so memory
    grows with every batch. Take the number out."""
    return [
        torch.tensor(loss, requires_grad=True)
        for loss in original(model, loader, recipe, loss_function)
    ]


@mistake(TRAIN, task="training_loop")
def reports_the_last_batch(original, model, loader, recipe, loss_function=F.cross_entropy):
    """What you report of an epoch is the loss of its last batch, which is mostly luck."""
    optimizer, losses = optimizer_of(model, recipe), []
    for _ in range(recipe["epochs"]):
        model.train()
        for inputs, labels in loader:
            loss = loss_function(model(inputs), labels)
            usual(optimizer, loss)
        losses.append(loss.item())
    return losses


@mistake(TRAIN, task="training_loop")
def trains_one_epoch_only(original, model, loader, recipe, loss_function=F.cross_entropy):
    """Your training stops after one epoch, whatever the recipe says."""
    return original(model, loader, {**recipe, "epochs": 1}, loss_function)


@mistake(TRAIN, task="training_loop")
def always_uses_cross_entropy(original, model, loader, recipe, loss_function=F.cross_entropy):
    """Your loop uses its own loss function instead of the one that it is given."""
    return original(model, loader, recipe)


@mistake(TRAIN, task="training_loop", costs=50)
def skips_short_batches(original, model, loader, recipe, loss_function=F.cross_entropy):
    """You leave out the last batch where it is shorter than the others."""
    batches = list(loader)
    if len(batches[-1][1]) < len(batches[0][1]):
        batches.pop()
    return original(model, batches, recipe, loss_function)


@mistake(EVALUATE, task="evaluation", costs=40)
def evaluates_in_training_mode(original, model, loader, loss_function=F.cross_entropy):
    """Your network is in training mode while it is measured: dropout is on, and batch
    normalisation learns from the test images."""
    model.train()
    total, correct, samples = 0.0, 0, 0
    with torch.no_grad():
        for inputs, labels in loader:
            outputs = model(inputs)
            total += loss_function(outputs, labels).item() * len(labels)
            correct += int((outputs.argmax(dim=1) == labels).sum())
            samples += len(labels)
    return total / samples, correct / samples


@mistake(PREDICT, task="evaluation", costs=40)
def predicts_in_training_mode(original, model, loader):
    """Your predictions are made in training mode, with dropout on."""
    model.train()
    found, true = [], []
    with torch.no_grad():
        for inputs, labels in loader:
            found.append(model(inputs).argmax(dim=1))
            true.append(labels)
    return torch.cat(found), torch.cat(true)


@mistake(EVALUATE, task="evaluation")
def averages_evaluation_over_batches(original, model, loader, loss_function=F.cross_entropy):
    """Loss and accuracy are means over batches, so that samples of a short batch count more than
    others."""
    found = [original(model, [batch], loss_function) for batch in loader]
    return tuple(sum(values) / len(found) for values in zip(*found, strict=True))


@mistake(EVALUATE, task="evaluation")
def divides_the_loss_by_samples_twice(original, model, loader, loss_function=F.cross_entropy):
    """You add up means over batches and divide by the number of samples: the test loss comes out
    too small, by about the size of a batch."""
    batches = [tuple(batch) for batch in loader]
    samples = sum(len(labels) for _, labels in batches)
    total = sum(original(model, [batch], loss_function)[0] for batch in batches)
    return total / samples, original(model, batches, loss_function)[1]


@mistake(PREDICT, task="evaluation")
def takes_the_best_sample_of_a_class(original, model, loader):
    """You look for the largest score over the batch: you found the best sample for each class, not
    the best class for each sample."""
    model.eval()
    found, true = [], []
    with torch.no_grad():
        for inputs, labels in loader:
            found.append(model(inputs).argmax(dim=0))
            true.append(labels)
    return torch.cat(found), torch.cat(true)


@mistake(EVALUATE, task="evaluation", costs=50)
def learns_while_evaluating(original, model, loader, loss_function=F.cross_entropy):
    """Your evaluation computes gradients, which costs time and memory and leaves them behind for
    the next update."""
    model.eval()
    for inputs, labels in loader:
        loss_function(model(inputs), labels).backward()
    return original(model, loader, loss_function)


@mistake(EVALUATE, task="evaluation")
def measures_cross_entropy_only(original, model, loader, loss_function=F.cross_entropy):
    """Your evaluation uses its own loss function instead of the one that it is given."""
    return original(model, loader)


# the four networks -----------------------------------------------------------------------


@mistake("networks.network_100", task="budget_100")
def counts_the_last_layer_only(original):
    """Your network has more than 100 hidden units: those of all layers but the last count."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 100),
        nn.ReLU(),
        nn.Linear(100, 100),
        nn.ReLU(),
        nn.Linear(100, 10),
    )


@mistake("networks.network_100", task="budget_100")
def ends_in_softmax(original):
    """Your network ends in Softmax, and the cross-entropy that it is trained with applies another
    one. Let it end in scores."""
    return nn.Sequential(*original(), nn.Softmax(dim=1))


@mistake("networks.network_100", task="budget_100")
def uses_a_layer_that_is_not_allowed(original):
    """One of your layers is not among those allowed."""
    flatten, first, _, last = original()
    return nn.Sequential(flatten, first, nn.Tanh(), last)


@mistake("networks.network_100", task="budget_100")
def forgets_to_flatten(original):
    """Your network does not take images: Linear looks at the last axis only, and an image has
    three."""
    return nn.Sequential(*list(original())[1:])


@mistake("networks.network_200", task="budget_200")
def builds_one_wide_layer(original):
    """Your network has one hidden layer. This budget is about two of them: the last Linear layer
    is no hidden one."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 10))


@mistake("networks.network_1000", task="budget_1000")
def layers_that_do_not_fit(original):
    """A layer gives another number of values than the next one takes, so your network cannot
    run."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 500),
        nn.ReLU(),
        nn.Linear(350, 350),
        nn.ReLU(),
        nn.Linear(350, 150),
        nn.ReLU(),
        nn.Linear(150, 10),
    )


@mistake("networks.network_1000", task="budget_1000")
def counts_the_output_as_hidden(original):
    """Your network has two hidden layers. The last Linear layer is seen from outside and does not
    count."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 600),
        nn.ReLU(),
        nn.Linear(600, 300),
        nn.ReLU(),
        nn.Linear(300, 10),
    )


_kept = []


@mistake("networks.cnn", task="cnn", costs=50)
def makes_the_network_once(original):
    """Each call gives the same network, so that a second training goes on where the first one
    stopped. Build it inside the function."""
    if not _kept:
        _kept.append(original())
    return _kept[0]


@mistake("networks.cnn", task="cnn", costs=50)
def leaves_out_batch_normalisation(original):
    """Your network has no batch normalisation; at least one such layer is asked for."""
    return nn.Sequential(*(one for one in original() if not isinstance(one, nn.BatchNorm2d)))


@mistake("networks.cnn", task="cnn")
def has_too_many_parameters(original):
    """Your network has a million parameters or more. Most of them are in the first Linear layer
    after Flatten."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.2),
        nn.Flatten(),
        nn.Linear(32 * 14 * 14, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )


@mistake("networks.recipe", task="cnn")
def trains_the_cnn_longer(original, name):
    """The recipe of the CNN is not the one asked for: 10 epochs and batches of 32."""
    found = original(name)
    return {**found, "epochs": 20} if name == "cnn" else found


@mistake("networks.recipe", task="budget_100")
def leaves_out_the_batch_size(original, name):
    """Your recipe does not say how large a batch is. Without it nobody can repeat the training."""
    found = original(name)
    if name == "network_100":
        del found["batch_size"]
    return found


# sweep and search ------------------------------------------------------------------------


@mistake("sweep.sweep_probabilities", task="dropout_sweep")
def leaves_out_the_right_end(original):
    """Your probabilities stop before 1. Ten values have nine gaps between them."""
    return [number / 10 for number in range(10)]


@mistake("sweep.set_dropout", task="dropout_sweep")
def sets_the_first_dropout_only(original, network, p):
    """Only the first Dropout layer gets the new probability."""
    next(one for one in network.modules() if isinstance(one, nn.Dropout)).p = p


@mistake("sweep.set_dropout", task="dropout_sweep", costs=40)
def misses_inner_dropout(original, network, p):
    """A Dropout layer inside another Sequential keeps its old probability."""
    for layer in network:
        if isinstance(layer, nn.Dropout):
            layer.p = p


@mistake("sweep.set_dropout", task="dropout_sweep")
def sets_what_is_kept(original, network, p):
    """You set the probability of being kept. torch's p is that of being dropped."""
    original(network, 1 - p)


@mistake(SWEEP, task="dropout_sweep", costs=30)
def uses_one_network_for_all(original, make_network, measure):
    """You go on training one network from value to value. The later ones look better because they
    were trained longer."""
    network = make_network()
    return original(lambda: network, measure)


@mistake(SWEEP, task="dropout_sweep")
def measures_before_setting(original, make_network, measure):
    """The networks that you measure still have the dropout they were built with."""
    probabilities, _ = original(make_network, lambda network: 0.0)
    return probabilities, [measure(make_network()) for _ in probabilities]


@mistake(ONE_EPOCH, task="dropout_sweep")
def trains_as_long_as_the_recipe(original, network, train_loader, valid_loader, recipe):
    """You train for as many epochs as the recipe says. The sweep compares after one."""
    from training import evaluate, train

    train(network, train_loader, recipe)
    return evaluate(network, valid_loader)[1]


@mistake(ONE_EPOCH, task="dropout_sweep", costs=40)
def measures_on_training_images(original, network, train_loader, valid_loader, recipe):
    """You measure on the images that the network was trained on. The other loader is for that."""
    return original(network, train_loader, train_loader, recipe)


@mistake(ONE_EPOCH, task="dropout_sweep", costs=40)
def trains_on_validation_images(original, network, train_loader, valid_loader, recipe):
    """Your network is trained on the validation images, and so does well on them."""
    return original(network, valid_loader, valid_loader, recipe)


@mistake("figures.plot_sweep", task="dropout_sweep")
def swaps_the_axes_of_the_sweep(original, probabilities, accuracies):
    """Your axes are swapped: what was chosen goes to the right, what was measured goes up."""
    return original(accuracies, probabilities)


@mistake("figures.plot_sweep", task="dropout_sweep")
def marks_no_points(original, probabilities, accuracies):
    """Your line has no marks. Only ten values were measured; the line between them was not."""
    axes = original(probabilities, accuracies)
    axes.get_lines()[0].set_marker("None")
    return axes


@mistake("search.grid_search", task="search")
def pairs_values_instead_of_combining(original, objective, choices):
    """You try the first values together, then the second ones, and so on. A grid is every value
    of one with every value of the other."""
    trials = []
    for values in zip(*choices.values(), strict=False):
        settings = dict(zip(choices, values, strict=True))
        trials.append((settings, objective(**settings)))
    return trials


@mistake("search.grid_search", task="search")
def varies_one_name_at_a_time(original, objective, choices):
    """You vary one name and hold the others at their first values. What helps only together is
    never tried."""
    first = {name: values[0] for name, values in choices.items()}
    trials = []
    for name, values in choices.items():
        for value in values:
            settings = {**first, name: value}
            trials.append((settings, objective(**settings)))
    return trials


@mistake("search.best", task="search")
def takes_the_smallest_value(original, trials):
    """You take the smallest value for the best. The objective is an accuracy: more is better."""
    return min(trials, key=lambda trial: trial[1])


@mistake("search.best", task="search")
def starts_from_zero_as_best(original, trials):
    """Your search for the best begins at 0, so where all values are negative none is found."""
    found, top = trials[-1], 0.0
    for trial in trials:
        if trial[1] > top:
            found, top = trial, trial[1]
    return found


@mistake("search.best", task="search")
def takes_the_last_of_equals(original, trials):
    """Of trials that are equally good you take the last one. Asked is the first."""
    return original(list(trials)[::-1])


@mistake("search.random_search", task="search", costs=30)
def draws_rates_evenly(original, objective, ranges, trials, seed=0):
    """You draw learning rates evenly between the ends. Nearly all of them are then of the largest
    size, and small ones are never tried."""
    flat = {name: (low, high, "linear") for name, (low, high, _) in ranges.items()}
    return original(objective, flat, trials, seed)


@mistake("search.random_search", task="search")
def draws_without_a_seed(original, objective, ranges, trials, seed=0):
    """The same seed draws different settings each time. A search that cannot be repeated cannot be
    reported."""
    return original(objective, ranges, trials, random.Random().randrange(1 << 30))


@mistake("search.random_search", task="search", costs=40)
def draws_one_number_for_all_names(original, objective, ranges, trials, seed=0):
    """You draw one number and place it in every range, so that all values go up and down
    together."""
    draw, done = random.Random(seed), []
    for _ in range(trials):
        share, settings = draw.random(), {}
        for name, (low, high, scale) in ranges.items():
            if scale == "log":
                settings[name] = math.exp(math.log(low) + share * math.log(high / low))
            else:
                settings[name] = low + share * (high - low)
        done.append((settings, objective(**settings)))
    return done


@mistake("search.narrowed", task="search")
def leaves_the_old_range(original, ranges, centre, shrink):
    """Your finer range reaches over the ends of the coarse one where the best value is near an
    end."""
    finer = {}
    for name, (low, high, scale) in ranges.items():
        if scale == "log":
            half = (high / low) ** (shrink / 2)
            finer[name] = (centre[name] / half, centre[name] * half, scale)
        else:
            half = shrink * (high - low) / 2
            finer[name] = (centre[name] - half, centre[name] + half, scale)
    return finer


@mistake("search.narrowed", task="search")
def narrows_a_log_range_linearly(original, ranges, centre, shrink):
    """You narrow a range of rates as though it were linear. Most of it then still has the largest
    size."""
    flat = {name: (low, high, "linear") for name, (low, high, _) in ranges.items()}
    found = original(flat, centre, shrink)
    return {name: (*found[name][:2], ranges[name][2]) for name in ranges}


@mistake("search.coarse_to_fine", task="search")
def searches_the_same_range_again(original, objective, ranges, trials, rounds, shrink=0.3, seed=0):
    """Every round searches the whole range again. The later ones should look closely around the
    best trial."""
    return original(objective, ranges, trials, rounds, 2.0, seed)


@mistake("search.coarse_to_fine", task="search")
def repeats_the_draws(original, objective, ranges, trials, rounds, shrink=0.3, seed=0):
    """Each round draws with the same seed, so with the same relative positions as the one
    before."""
    from search import best, narrowed, random_search

    done = []
    for _ in range(rounds):
        done += random_search(objective, ranges, trials, seed)
        ranges = narrowed(ranges, best(done)[0], shrink)
    return done


@mistake("search.coarse_to_fine", task="search")
def returns_the_last_round_only(original, objective, ranges, trials, rounds, shrink=0.3, seed=0):
    """You return the trials of the last round. Those before it were paid for as well, and one of
    them may be the best."""
    return original(objective, ranges, trials, rounds, shrink, seed)[-trials:]
