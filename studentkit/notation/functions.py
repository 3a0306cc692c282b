"""Functions that may be typed, under all their usual names, and the operators they mean."""

from __future__ import annotations

MODULES = frozenset(
    "np numpy torch F math sp sympy scipy special nn functional linalg cmath tf jnp".split()
)

# entry by entry, one argument
ELEMENTWISE = {
    "log_e": "log", "LN": "log", "Ln": "log", "Exp": "exp",
    "EXP": "exp", "SQRT": "sqrt", "ABS": "abs", "TANH": "tanh", "COSH": "cosh", "SINH": "sinh",
    "exp": "exp", "log": "log", "ln": "log", "log2": "log2", "log_2": "log2", "log10": "log10",
    "log_10": "log10", "lg": "log10", "sqrt": "sqrt", "abs": "abs", "Abs": "abs", "fabs": "abs",
    "absolute": "abs", "sign": "sign", "sgn": "sign", "floor": "floor", "ceil": "ceil",
    "ceiling": "ceil", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "softplus": "softplus", "relu": "relu", "ReLU": "relu", "Relu": "relu",
    "RELU": "relu", "sigmoid": "sigmoid", "Sigmoid": "sigmoid", "logistic": "sigmoid",
    "expit": "sigmoid", "sigma": "sigma", "sigma_prime": "sigma_prime", "sigmaprime": "sigma_prime",
    "dsigma": "sigma_prime", "sigma_dev": "sigma_prime", "Heaviside": "heaviside",
    "heaviside": "heaviside", "step": "heaviside", "theta": "heaviside", "H": "heaviside",
}  # fmt: skip

# one array
ARRAYS = {
    "transpose": "transpose", "Transpose": "transpose", "trace": "trace", "Trace": "trace",
    "Tr": "trace", "tr": "trace", "diag": "diag", "Diag": "diag", "diagonal": "diagonal",
    "diagflat": "diag",
    "softmax": "softmax", "Softmax": "softmax", "norm": "norm", "log_softmax": "log_softmax",
    "logsumexp": "logsumexp", "LSE": "logsumexp", "lse": "logsumexp", "square": "square",
    "log1p": "log1p", "expm1": "expm1",
}  # fmt: skip

REDUCING = {
    "sum": "sum", "Sum": "sum", "Sigma": "sum", "mean": "mean", "average": "mean", "avg": "mean",
    "amax": "amax", "amin": "amin",
}  # fmt: skip

BINARY = {
    "matmul": "@", "mm": "@", "mv": "@", "POWER": "^",
    "dot": "@", "outer": "⊗", "hadamard": "∘", "Hadamard": "∘",
    "multiply": "∘", "mul": "∘", "HadamardProduct": "∘", "MatMul": "@", "inner": "·",
    "add": "+", "subtract": "-", "sub": "-", "divide": "/", "div": "/", "pow": "^", "power": "^",
    "Pow": "^", "delta": "delta", "KroneckerDelta": "delta", "kronecker": "delta",
    "kron_delta": "delta", "kronecker_delta": "delta",
}  # fmt: skip

VARIADIC = {
    "max": "max",
    "Max": "max",
    "maximum": "max",
    "min": "min",
    "Min": "min",
    "minimum": "min",
}

SIZED = {
    "eye": "eye", "identity": "eye", "Identity": "eye", "I": "eye", "ones": "ones",
    "zeros": "zeros",
}  # fmt: skip

OTHER = {
    "where": "where", "cases": "cases", "Cases": "cases", "Piecewise": "cases", "indicator": "1",
    "Indicator": "1", "ind": "1", "array": "array", "Matrix": "array", "tensor": "array",
    "asarray": "array", "Tensor": "array", "frac": "/", "log": "log", "float": "float",
    "float64": "float", "float32": "float", "int64": "float", "int32": "float",
    "Rational": "/", "Fraction": "/", "Integer": "float", "Float": "float", "round": "round",
    "int": "int", "list": "array", "tuple": "array", "Size": "array",
}  # fmt: skip

KNOWN = frozenset().union(ELEMENTWISE, ARRAYS, REDUCING, BINARY, VARIADIC, SIZED, OTHER)

# may be typed without parentheses: log x, √x
BARE = frozenset(
    "exp log ln log2 log_2 log10 log_10 lg sqrt sin cos tan sinh cosh tanh sigmoid relu ReLU "
    "softmax sigma sigma_prime sigmaprime diag trace Tr tr abs softplus".split()
)

REFUSED = {
    "inv": "an inverse is not needed in any answer here",
    "inverse": "an inverse is not needed in any answer here",
    "det": "a determinant is not needed in any answer here",
    "factorial": "factorials are not needed in any answer here",
    "round": "type the exact value, without rounding",
}
