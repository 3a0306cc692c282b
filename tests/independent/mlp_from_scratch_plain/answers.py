"""A network from scratch: your typed answers.

Put each answer between the quotation marks and leave the names as they are. Write mathematics as
you would in Python or on paper:

    3*u, 3u, u^3, u**3, (a - b)/c      numbers are exact: 1/3, 0.5, 1e-3
    B*v, B @ v, B.T, B^T, v.T          products of matrices; a vector is a column
    hadamard(u, v), u ∘ v, u ⊙ v       a product entry by entry
    exp, log (natural), sqrt, abs, floor, relu, sigmoid, softmax, sum, diag, eye
    u_i, u[i], delta_ij                entries, counted from 0, and the Kronecker delta
    1[u <= 3]                          1 where the condition holds, 0 elsewhere
    (3, 4), [[5, 6], [7, 8]]           several numbers, or a matrix, where the form says so

A number, a tuple, a list or a numpy array will do instead of a string. Shapes and every name that
an answer may use are in questions.toml. `pytest` shows how each answer was read. It does not tell
whether it is right.
"""


import sympy

x = sympy.Symbol("x", real=True)


# ---- Theory: softmax and log-sum-exp ----

# 1. s = softmax(z). Write the Jacobian ds/dz as a matrix in s.
# Convention: (n, n); s may be typed as s, a column; the matrix is symmetric, so both layouts agree
softmax_jacobian = "eye(4)*diag(s) - s @ s^T"

# 2. Write one entry of it, ∂s_i/∂z_j, valid for all i and j.
# Convention: ∂s_i/∂z_j; type s_i, s_j, delta_ij
softmax_entry = "p_i delta_ij - p_i p_j"

# 3. What is the derivative of log Σ_k exp(z_k) by z_i?
# Convention: one entry, ∂/∂z_i; type z_i, sum(exp(z))
log_sum_exp_gradient = "softmax(z)[i]"


# ---- Theory: AND, OR, XOR ----

# 4. Choose w and b so that one threshold unit computes AND of two inputs that are 0 or 1.
# Convention: fires (outputs 1) when w·x + b ≥ 0
# Form: ([w1, w2], b)
and_gate = "((100, 100), -101)"

# 5. And so that it computes OR.
# Convention: fires (outputs 1) when w·x + b ≥ 0
# Form: ([w1, w2], b)
or_gate = ([1, 1], sympy.Rational(-1, 2))

# 6. Show that no such unit computes XOR: write what XOR asks at the four inputs as inequalities in
# w1, w2 and b, and four numbers to multiply them with so that they add up to a contradiction.
# Convention: one inequality an input; multipliers are 0 or more, and apply once all inequalities
# point the same way
# Form: ([3*w1 + b < 0, ..., ..., ...], [., ., ., .]), four inequalities and four multipliers
xor_proof = "([b < 0, b + w_2 >= 0, b + w_1 ≥ 0, b + w1 + w2 < 0], [1, 1, 1, 1])"


# ---- Theory: losses and gradients ----

# 7. What is the derivative of the logistic function σ(x) = 1/(1 + e^(−x))?
# Convention: in x, the pre-activation; sigmoid(x) may be used
sigmoid_slope = sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2

# 8. What is the derivative of ReLU(x) = max(0, x) for x ≠ 0?
# Convention: x ≠ 0; at 0 either value will do
relu_slope = "1[x >= 0]"

# 9. One sample with scores z belongs to class k. Write its cross-entropy in s = softmax(z).
# Convention: natural logarithm, one sample, true class k counted from 0; s[k], or t for the one-hot
# column of k
cross_entropy = "-t^T log(s)"

# 10. What is the derivative of that loss by the scores z? t is the one-hot column of the true
# class.
# Convention: a column; s = softmax(z), t one-hot
cross_entropy_gradient = "softmax(z) - t"

# 11. Linear softmax regression: P = softmax(X·W) row by row, the loss is the mean cross-entropy
# over the batch, Y holds the one-hot labels. What is dL/dW?
# Convention: shape of W, (D, C); X (N, D), P and Y (N, C); mean over the N rows
linear_weight_gradient = "1/N * X.T * (P - Y)"

# 12. The softmax regression of this assignment has a ReLU between the linear layer and the softmax:
# P = softmax(ReLU(X·W)). What is dL/dW now?
# Convention: shape of W, (D, C); P and Y (N, C); mean over the N rows; no bias
relu_weight_gradient = "X.T @ ((P - Y) * (X @ W > 0)) / N"

# 13. The two-layer network: h = σ(X·W1 + b1), P = softmax(h·W2 + b2) row by row, mean cross-entropy
# over the N rows; Y holds the one-hot labels and σ is the logistic function. What is δ2, the
# derivative of the loss by the scores h·W2 + b2?
# Convention: (N, C); mean over the N rows
error_of_scores = "(softmax(h W2 + b2) - Y)/N"

# 14. And by W2?
# Convention: shape of W2, (H, C); delta2 may be used
second_weight_gradient = "h^T δ_2"

# 15. And by b2?
# Convention: a row (1, C) like b2; delta2 may be used
second_bias_gradient = "delta2.sum(0)"

# 16. What is δ1, the derivative of the loss by X·W1 + b1?
# Convention: (N, H); delta2 may be used
error_of_hidden_units = "delta2 @ W2.T * h * (1 - h)"

# 17. And by W1?
# Convention: shape of W1, (D, H); delta1 may be used
first_weight_gradient = "X.T @ delta_1"

# 18. And by b1?
# Convention: a row (1, H) like b1; delta1 may be used
first_bias_gradient = "np.sum(delta_1, axis=0, keepdims=True)"


# ---- Theory: L2 penalty and SGD ----

# 19. J = L + ½ λ Σ w². With g = ∂L/∂w, what is ∂J/∂w?
# Convention: a column like w; g = ∂L/∂w; mind the ½
penalised_gradient = "g + λw"

# 20. What does a step of gradient descent on J with learning rate η turn w into? Write the new w.
# Convention: the new w, a column; type alpha, eta or lr for the rate; g = ∂L/∂w
sgd_step = "w - alpha*g - alpha*lambda*w"

# 21. And a bias b, whose gradient is d = ∂L/∂b?
# Convention: the new b, a column; the penalty is on weights only
bias_step = "b - η d"


# ---- Theory: sizes and counts ----

# 22. The first 80 % of MNIST's 60,000 training images are for training, the others for validation.
# How many are that?
# Convention: (training, validation)
# Form: (training, validation)
split_sizes = (sympy.Integer(48000), sympy.Integer(12000))

# 23. How many batches of 64 does an epoch over the training part have?
# Convention: batches per epoch; a short one counts
batches_an_epoch = sympy.Integer(750)

# 24. How many parameters has the two-layer network with 784 inputs, 128 hidden units and 10
# classes?
# Convention: weights and biases
network_parameters = "784×128 + 128 + 128×10 + 10"
