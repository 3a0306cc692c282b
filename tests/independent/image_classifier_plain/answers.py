"""An image classifier: your typed answers.

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


# ---- Matrix calculus ----

# 1. z = xᵀx for a vector x with m entries. What is dz/dx?
# Convention: a column (m, 1), like x
gradient_of_x_x = "2 I x"

# 2. z = Trace(AᵀA) for a matrix A (m, n). What is dz/dA?
# Convention: a matrix (m, n), like A
gradient_of_trace = "A + A.T.T"

# 3. z = xᵀAy with A (m, n). What is ∂z/∂y?
# Convention: a column (n, 1), like y
gradient_of_bilinear = "A^T * x"

# 4. z = Ay with A (m, n). What is dz/dy?
# Convention: entry (i, j) is ∂z_j/∂y_i, shape (n, m): rows belong to what one differentiates by
jacobian_of_linear = "A^⊤"


# ---- Cross-entropy from a likelihood ----

# 5. A classifier says ŷ = P(y = 1 | x) for a label y that is 0 or 1. Write p(y | x) as one
# expression in y and ŷ.
# Convention: y is 0 or 1, 0 < ŷ < 1; type ŷ or yhat
likelihood = "ŷ^y (1-ŷ)^(1-y)"

# 6. Write log p(y | x), which should become as large as possible, in y and ŷ.
# Convention: natural logarithm; y is 0 or 1, 0 < ŷ < 1
log_likelihood = "y ln(ŷ) + (1-y) ln(1-ŷ)"

# 7. Which loss L(y, ŷ), to be made small, follows from the log-likelihood of one sample?
# Convention: natural logarithm, one sample, to be minimised
loss = "-y log(p) - (1 - y) log(1 - p)"

# 8. What is the derivative of that loss by the prediction, dL/dŷ?
# Convention: dL/dŷ, at ŷ itself and not at a logit
loss_gradient = "(yhat - y)/(yhat*(1 - yhat))"


# ---- Normalising images ----

# 9. What does transforms.Normalize(mean, std) turn a pixel value x of one channel into?
# Convention: per channel; one value x, its channel's mean and std > 0
normalize = "(x - mean)/std"

# 10. For colour images the notebook calls Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)). With which
# two arguments would you call it for grey images, keeping the values?
# Convention: means first, then standard deviations
# Form: ((mean, ...), (std, ...)), one entry a channel
normalize_grey = "((0.5,), (0.5,))"


# ---- The network's sizes ----

# 11. Net takes a 3×32×32 image through conv1 (3 to 6 channels, 5×5), a 2×2 pooling with stride 2,
# conv2 (6 to 16, 5×5), the same pooling, and the linear layers 400-120-84-10; no padding, stride 1.
# What is the shape of conv1's output?
# Convention: (channels, height, width)
# Form: (C, H, W)
conv1_output = "6, 28, 28"

# 12. And of the first pooling?
# Convention: (channels, height, width)
# Form: (C, H, W)
pool1_output = "[6, 14, 14]"

# 13. And of conv2?
# Convention: (channels, height, width)
# Form: (C, H, W)
conv2_output = (16, 10, 10)

# 14. And of the second pooling?
# Convention: (channels, height, width)
# Form: (C, H, W)
pool2_output = "16x5x5"

# 15. How many parameters do conv1, conv2, fc1, fc2 and fc3 have, each by itself?
# Convention: weights and biases of each layer, in this order
# Form: (conv1, conv2, fc1, fc2, fc3)
layer_parameters = [456, 2416, 48120, 10164, 850]

# 16. How many parameters does Net have in all?
# Convention: weights and biases
total_parameters = "62,006"

# 17. Number Net's layers as its constructor makes them: 1 conv1, 2 pool, 3 conv2, 4 fc1, 5 fc2, 6
# fc3. For which one does backpropagation compute no gradient of the layer's own?
# Convention: the layer's number, 1 to 6
# Form: one number
layer_without_gradients = "2"


# ---- The same network with 3×3 kernels ----

# 18. Now change both kernels to 3×3 and nothing else. What is the shape of conv2's output?
# Convention: (channels, height, width)
# Form: (C, H, W)
k3_conv2_output = [16, 13, 13]

# 19. What side length comes out when a map of 9×9 goes through the 2×2 pooling with stride 2?
# Convention: height, the same as width
k3_pooled_side = 9 // 2

# 20. How many inputs must fc1 have then?
# Convention: number of inputs of fc1 with 3×3 kernels
k3_inputs = "16*6^2"

# 21. If view(-1, 400) is left as it was, a batch of 25 images passes without an error. How many
# rows does the result have?
# Convention: number of rows after view(-1, 400), 3×3 kernels, batch 25
k3_regrouped_rows = 36.0


# ---- Counting iterations ----

# 22. CIFAR-10 has 50,000 training images. How many iterations are an epoch with batches of 4?
# Convention: iterations per epoch, batch 4
iterations_batch_4 = 50000 / 4

# 23. And with batches of 16?
# Convention: iterations per epoch, batch 16
iterations_batch_16 = "50000/16"

# 24. running_loss_list gets one entry after every 250 batches, and the count of batches starts
# again with each epoch. How many entries does training with batches of 16 over 20 epochs leave?
# Convention: length of the list at the end
loss_entries = 12 * 20


# ---- Sizes of convolutions ----

# 25. An image with side n goes through a convolution with kernel side k, padding p on each side,
# and stride s. What is the side of the output?
# Convention: all four are whole numbers, dilation 1; floor(...) rounds down
convolution_side = "⌊(n + 2p - k)/s⌋ + 1"

# 26. A convolution has 32 input channels, 64 output channels and a 3×3 kernel. Its input is
# 32×64×64 (C, H, W). What shape has its output without padding and with stride 1?
# Convention: (channels, height, width)
# Form: (C, H, W)
convolution_output = "(64, 62, 62)"

# 27. Which padding and which stride make the same layer's output 64×32×32?
# Convention: one pair is enough; padding the same on all sides; the height rounds down
# Form: (padding, stride)
padding_and_stride = "(1, 2)"


# ---- L2 penalty and weight decay ----

# 28. The loss is L′ = L + λ wᵀw, and g = ∂L/∂w. What is ∂L′/∂w?
# Convention: a column like w; g = ∂L/∂w, penalty λ wᵀw
penalised_gradient = "g + λ w + λ w"

# 29. What does one step of gradient descent on L′ with learning rate α turn w into? Write the new
# w.
# Convention: the new w, a column; g = ∂L/∂w, L′ = L + λ wᵀw
l2_update = "(1 - 2αλ) w - α g"

# 30. By which factor does such a step multiply w where g = 0?
# Convention: a scalar in α and λ
decay_factor = "1 - 2*lr*lam"
