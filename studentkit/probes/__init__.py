"""What runs beside the student's objects: it turns them into plain data.

Nothing here can be trusted under the grader: it runs in the same process as student code.
"""

from .drawing import drawn, picture
from .networks import layers, outputs, parameter_count, parameters, set_state, state
from .slopes import gradients, module_gradients, module_losses, values
from .watching import figures, watch
from .weights import stored

__all__ = [
    "drawn",
    "figures",
    "gradients",
    "layers",
    "module_gradients",
    "module_losses",
    "outputs",
    "parameter_count",
    "parameters",
    "picture",
    "set_state",
    "state",
    "stored",
    "values",
    "watch",
]
