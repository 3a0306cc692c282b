"""The whole way from the table of case reports to a prediction."""

import numpy as np
import torch
from batches import make_loaders
from cases import clean, encode, load_cases, scale, split
from linear import linear_model, probability_loss, two_layer_model
from measures import balanced_accuracy
from studentkit import task, trains
from training import evaluate, predict, train

NAME = "COVID-19_Case_Surveillance_Public_Use_Data_Subset.csv"
RECIPE = {"optimizer": "Adam", "learning_rate": 3e-3, "epochs": 5, "batch_size": 32}


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
