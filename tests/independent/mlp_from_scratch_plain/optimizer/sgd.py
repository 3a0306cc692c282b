"""Stochastic gradient descent without momentum."""

from ._base_optimizer import _BaseOptimizer


class SGD(_BaseOptimizer):
    """weight <- weight - learning_rate * gradient."""

    def __init__(self, learning_rate=1e-4, reg=1e-3):
        super().__init__(learning_rate, reg)

    def update(self, model):
        """Make one step of gradient descent on every weight and every bias.

        :param model: a network whose `gradients` were just computed
        """
        self.apply_regularization(model)
        for name, weight in model.weights.items():
            weight -= self.learning_rate * model.gradients[name]
