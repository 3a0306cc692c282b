"""Stochastic gradient descent without momentum."""

from ._base_optimizer import _BaseOptimizer


class SGD(_BaseOptimizer):
    """weight <- weight - learning_rate * gradient."""

    def __init__(self, learning_rate=1e-4, reg=1e-3):
        super().__init__(learning_rate, reg)

    def update(self, model):
        self.apply_regularization(model)
        for name in sorted(model.weights):
            model.weights[name] = model.weights[name] - self.learning_rate * model.gradients[name]
