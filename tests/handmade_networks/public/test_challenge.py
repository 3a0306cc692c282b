"""The network of the challenge."""

import challenge
import torch
from studentkit import assert_shape, task
from studentkit.networks import outputs_of, parameter_count

X = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(8))


@task("challenge")
def test_the_network_is_small_enough():
    """ChallengeNet has at least one and at most 200,000 parameters."""
    count = parameter_count(challenge.ChallengeNet())
    assert 0 < count <= 200_000, f"the network has {count} parameters"


@task("challenge")
def test_the_network_scores_ten_classes():
    """ChallengeNet returns ten scores for each image."""
    assert_shape(outputs_of(challenge.ChallengeNet(), X), (3, 10), "the scores")
