"""Settings of an optimizer, and the L2 penalty"""


class _BaseOptimizer:
    """Changes a model's weights by means of its gradients; subclasses say how."""

    def __init__(self, learning_rate=1e-4, reg=1e-3):
        self.learning_rate = learning_rate
        self.reg = reg

    def update(self, model):
        """Make one step; each subclass has its own."""

    def _penalty_slope(self, weight):
        # only matrices are penalised; a bias has one dimension
        return self.reg * weight if weight.ndim == 2 else 0

    def apply_regularization(self, model):
        model.gradients = {
            name: gradient + self._penalty_slope(model.weights[name])
            for name, gradient in model.gradients.items()
        }
