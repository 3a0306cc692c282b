"""Networks made by hand: your typed answers.

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


# ---- A network by hand ----

# 1. Choose the weights of a network that outputs 1 if x1 > x2 > x3 > x4 > x5 and 0 otherwise, for
# all real inputs: four hidden units and one output, all with the hard threshold. Equal neighbours
# must give 0.
# Convention: σ(z) = 1 if z ≥ 0, else 0; hidden = σ(W1*x + b1), output = σ(w2·hidden + b2)
# Form: (W1, b1, w2, b2): a 4×5 matrix, four numbers, four numbers, one number
descending_network = "([[-1, 1, 0, 0, 0], [0, -1, 1, 0, 0], [0, 0, -1, 1, 0], [0, 0, 0, -1, 1]], [0, 0, 0, 0], [-2, -2, -2, -2], 1)"


# ---- A dead unit ----

# 2. In the drawing of the handout all hidden units are ReLUs: w1 leads from the input x1 to h1, w2
# from h1 to h3, w3 from x2 to h2; h2 also leads to h3, and h3 to the output ŷ. In one training case
# h1 receives −1. Which of ∂L/∂w1, ∂L/∂w2, ∂L/∂w3 are certain to be 0?
# Convention: 1 for certain to be 0, 0 for not certain; L depends on ŷ only
# Form: (w1, w2, w3), each 1 or 0
vanishing_derivatives = "1, 1, 0"


# ---- Backpropagation ----

# 3. z = W1·x + b1, h = σ(z), ŷ = x + W2·h + b2, and L = S + R with S = ½‖ŷ − s‖² and R = rᵀh; σ is
# the logistic function, σ′ its derivative. A bar means the derivative of L by what is under it.
# What are S̄ = ∂L/∂S and R̄ = ∂L/∂R?
# Convention: two numbers, S̄ first
# Form: (S_bar, R_bar)
losses_bar = "(1, 1)"


# ---- Backpropagation: the output ----

# 4. What is ȳ = ∂L/∂ŷ?
# Convention: a column (N, 1)
ybar = "ŷ - s"


# ---- Backpropagation: the hidden layer ----

# 5. What is h̄ = ∂L/∂h?
# Convention: a column (K, 1); ȳ may be typed as ybar
hbar = "r + W2^T ȳ"


# ---- Backpropagation: before the activation ----

# 6. What is z̄ = ∂L/∂z?
# Convention: a column (K, 1); ȳ and h̄ may be typed as ybar, hbar
zbar = "h̄ ∘ σ'(z)"


# ---- Backpropagation: the input ----

# 7. What is x̄ = ∂L/∂x?
# Convention: a column (N, 1); ȳ, h̄ and z̄ may be typed as ybar, hbar, zbar
xbar = "ȳ + W1ᵀ z̄"


# ---- Backpropagation: weights and biases ----

# 8. And the derivative of L by W1?
# Convention: shape of W1, (K, N); zbar may be used
W1_bar = "zbar x^T"

# 9. By b1?
# Convention: a column (K, 1); zbar may be used
b1_bar = "z_bar"

# 10. By W2?
# Convention: shape of W2, (N, K); ybar may be used
W2_bar = "y_bar h^T"

# 11. By b2?
# Convention: a column (N, 1); ybar may be used
b2_bar = "ȳ"


# ---- Counting parameters ----

# 12. How many parameters has the starter's single layer from 784 pixels to 10 classes?
# Convention: weights and biases
one_layer_parameters = 7850

# 13. And with a hidden layer of 200 units?
# Convention: weights and biases, 784-200-10
two_layer_parameters = "784·200 + 200 + 200·10 + 10"

# 14. And with hidden layers of 200, 100, 60 and 30 units?
# Convention: weights and biases, 784-200-100-60-30-10
five_layer_parameters = sum(a * b + b for a, b in [(784, 200), (200, 100), (100, 60), (60, 30), (30, 10)])


# ---- Epochs and iterations ----

# 15. How many iterations are an epoch with N training samples and batches of B?
# Convention: N is a multiple of B
iterations_per_epoch = "N/B"

# 16. How many are that in the starter, with 60,000 images and batches of 100?
# Convention: iterations per epoch
starter_iterations = 600

# 17. The starter runs 2,000 iterations. How many epochs are these?
# Convention: a number, not rounded to whole epochs; right to one part in a hundred
starter_epochs = 2000 / 600


# ---- Convolutions ----

# 18. The first convolution has 4 filters of 5×5, stride 1, padding 2; its input is one channel,
# 28×28. What shape has its output?
# Convention: (channels, height, width)
# Form: (C, H, W)
conv1_shape = "(4, 28, 28)"

# 19. The second convolution has 8 filters of 5×5, stride 2, padding 2; its input is what the first
# layer gives. What shape has its output?
# Convention: (channels, height, width)
# Form: (C, H, W)
conv2_shape = [8, 14, 14]

# 20. The third convolution has 12 filters of 4×4, stride 2, padding 1; its input is what the second
# layer gives. What shape has its output?
# Convention: (channels, height, width)
# Form: (C, H, W)
conv3_shape = "12, 7, 7"

# 21. How many parameters has the first convolution?
# Convention: weights and biases
conv1_parameters = "4*(1*5*5+1)"

# 22. How many parameters has the second convolution?
# Convention: weights and biases
conv2_parameters = "808"

# 23. How many parameters has the third convolution?
# Convention: weights and biases
conv3_parameters = 1548

# 24. How many hidden units has the third convolutional layer in all, that is, what is U3flat?
# Convention: numbers per image
flat_units = 588


# ---- A learning rate that falls ----

# 25. The learning rate is to fall from η_max at iteration t = 0 towards η_min, where the distance
# to η_min shrinks by a factor e every 2,000 iterations. Write η(t).
# Convention: t = iteration; type eta_min, eta_max
learning_rate = "eta_min + (eta_max - eta_min)*exp(-t/2000)"

# 26. With η_min = 1e-4 and η_max = 3e-3, what is η(0)?
# Convention: right to one part in a thousand
learning_rate_at_start = 3e-3

# 27. And η(2000)?
# Convention: right to one part in a thousand
learning_rate_at_2000 = 1e-4 + 2.9e-3 * 2.718281828 ** -1

# 28. And η(6000)?
# Convention: right to one part in a thousand
learning_rate_at_6000 = "0.0001 + 0.0029 e^(-3)"
