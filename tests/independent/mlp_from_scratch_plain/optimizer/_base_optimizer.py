"""What every optimizer shares: its settings and the L2 penalty."""


class _BaseOptimizer:
    """Changes a model's weights by means of its gradients; subclasses say how."""

    def __init__(self, learning_rate=1e-4, reg=1e-3):
        self.learning_rate = learning_rate
        self.reg = reg

    def update(self, model):
        """Make one step; each subclass has its own."""

    def apply_regularization(self, model):
        """Add the gradient of the L2 penalty, reg / 2 * (sum of squared weights).

        The penalty covers weight matrices only, not biases. It is added to what
        `model.gradients` holds; `model.weights` stay as they are. Returns nothing.

        :param model: a network with the dictionaries `weights` and `gradients`
        """
        for name in model.gradients:
            if name.startswith("W"):
                model.gradients[name] += self.reg * model.weights[name]
