"""The whole way from the table of case reports to a prediction."""

import numpy as np
import torch
from batches import make_loaders
from cases import clean, encode, load_cases, scale, split
from linear import linear_model, probability_loss, two_layer_model
from measures import balanced_accuracy
from studentkit import ahead, assert_close, judged, task, trains
from studentkit.networks import outputs_of, set_state, state_of
from training import evaluate, predict, train

NAME = "COVID-19_Case_Surveillance_Public_Use_Data_Subset.csv"
RECIPE = {"optimizer": "Adam", "learning_rate": 3e-3, "epochs": 5, "batch_size": 32}
STEPS, EARLIER, FEATURES = 25, 60, 7  # of the course that is compared, and before its second part


def stepped(weights, batches):
    """Return the weights after one step of torch's Adam on each batch, by the formulas."""
    weights = {name: value.clone().requires_grad_() for name, value in weights.items()}
    optimizer = torch.optim.Adam(list(weights.values()), lr=RECIPE["learning_rate"])
    for x, labels in batches:
        for number in range(len(weights) // 2):
            x = x @ weights[f"{number}.weight"].T + weights[f"{number}.bias"]
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(x, labels).backward()
        optimizer.step()
    return {name: value.detach() for name, value in weights.items()}


ONE, TWO = ((5, FEATURES), (2, 5)), ((5, FEATURES), (5, 5), (2, 5))


@ahead(ONE, TWO)
def courses(*shapes):
    """Return (weights, batches, weights after them): from small weights, and from trained ones."""
    draw = torch.Generator().manual_seed(31)
    weights = {}
    for number, (units, inputs) in enumerate(shapes):
        weights[f"{number}.weight"] = torch.randn(units, inputs, generator=draw) / inputs**0.5
        weights[f"{number}.bias"] = 0.1 * torch.randn(units, generator=draw)
    batches = []
    for size in torch.randint(5, 12, (EARLIER + 2 * STEPS,), generator=draw).tolist():
        x = torch.randn(size, FEATURES, generator=draw)
        noise = torch.randn(size, generator=draw)  # not all can be learnt
        batches.append((x, (x[:, 0] - x[:, 1] + noise > 0).long()))
    trained = stepped(weights, batches[:EARLIER])
    parts = (weights, batches[EARLIER:][:STEPS]), (trained, batches[-STEPS:])
    return [(*part, stepped(*part)) for part in parts]


def check_course(build, shapes):
    """Compare where the student's training of a model leads with the formulas' course."""
    for weights, batches, expected in courses(*shapes):
        model = build(FEATURES)
        places = list(state_of(model))  # the student's names, from the first layer to the last
        assert len(places) == len(expected), f"the model has {len(places)} parameters"
        set_state(model, dict(zip(places, weights.values(), strict=True)))
        train(model, batches, {**RECIPE, "epochs": 1}, probability_loss)
        found = state_of(model)
        for place, (name, value) in zip(places, expected.items(), strict=True):
            message = f"{name} after {STEPS} steps"
            assert_close(found[place], value, message, rtol=0, atol=3e-4)


def follows(build, shapes):
    """Tell whether training leads where it should; then it learns what can be learnt."""
    try:
        check_course(build, shapes)
    except Exception:  # whatever it is: the loss decides
        return False
    judged(f"Compared along its steps, {STEPS} from the start and {STEPS} later on.")
    return True


def learnt(build):
    """Train on two samples with the student's own loop; return the probabilities of the truth."""
    judged("Trained on a few samples.")
    # A network that hands its input on would be right with the labels 0 and 1.
    samples = torch.eye(2, FEATURES), torch.tensor([1, 0])
    model = build(FEATURES)
    recipe = {**RECIPE, "learning_rate": 0.1, "epochs": 20, "batch_size": 2}
    train(model, [samples], recipe, probability_loss)
    return outputs_of(model, samples[0])[torch.arange(2), samples[1]]


@task("case_whole")
def test_both_models_can_learn_a_few_samples():
    """One linear layer or two, your loop and your loss learn two samples by heart."""
    for build, shapes in ((linear_model, ONE), (two_layer_model, TWO)):
        if not follows(build, shapes):
            reached = learnt(build)
            assert bool((reached > 0.8).all()), "samples seen twenty times are not told apart"


@task("case_whole")
@trains
def test_the_linear_network_finds_who_is_in_danger():
    """On balanced classes one linear layer is right far more often than chance, and so are two."""
    X, y, names = encode(clean(load_cases(f"data/{NAME}")))
    train_X, train_y, test_X, test_y = split(X, y, seed=1)
    scaled, test_X = scale(train_X, test_X)
    # As many who died as who did not, so that accuracy means something while training.
    died, lived = np.flatnonzero(train_y == 1), np.flatnonzero(train_y == 0)
    chosen = np.concatenate([np.resize(died, len(lived)), lived])
    loaders = make_loaders(scaled[chosen], train_y[chosen], test_X, test_y)
    losses = []
    for build in (linear_model, two_layer_model):
        model = build(len(names))
        train(model, loaders[0], RECIPE, probability_loss)
        found, true = predict(model, loaders[1])
        reached = balanced_accuracy(found, true)
        assert reached > 0.7, "the balanced accuracy is hardly better than guessing"
        losses.append(evaluate(model, loaders[0], probability_loss)[0])
        assert torch.equal(true, torch.as_tensor(np.array(test_y))), "the test labels changed"
    assert abs(losses[0] - losses[1]) < 0.05, "one and two layers should do nearly the same"
