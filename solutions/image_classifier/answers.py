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
# BEGIN SOLUTION: gradient_of_x_x = ""
gradient_of_x_x = "2*x"
# END SOLUTION

# 2. z = Trace(AᵀA) for a matrix A (m, n). What is dz/dA?
# Convention: a matrix (m, n), like A
# BEGIN SOLUTION: gradient_of_trace = ""
gradient_of_trace = "2*A"
# END SOLUTION

# 3. z = xᵀAy with A (m, n). What is ∂z/∂y?
# Convention: a column (n, 1), like y
# BEGIN SOLUTION: gradient_of_bilinear = ""
gradient_of_bilinear = "A.T*x"
# END SOLUTION

# 4. z = Ay with A (m, n). What is dz/dy?
# Convention: entry (i, j) is ∂z_j/∂y_i, shape (n, m): rows belong to what one differentiates by
# BEGIN SOLUTION: jacobian_of_linear = ""
jacobian_of_linear = "A.T"
# END SOLUTION


# ---- Cross-entropy from a likelihood ----

# 5. A classifier says ŷ = P(y = 1 | x) for a label y that is 0 or 1. Write p(y | x) as one
# expression in y and ŷ.
# Convention: y is 0 or 1, 0 < ŷ < 1; type ŷ or yhat
# BEGIN SOLUTION: likelihood = ""
likelihood = "yhat**y*(1-yhat)**(1-y)"
# END SOLUTION

# 6. Write log p(y | x), which should become as large as possible, in y and ŷ.
# Convention: natural logarithm; y is 0 or 1, 0 < ŷ < 1
# BEGIN SOLUTION: log_likelihood = ""
log_likelihood = "y*log(yhat)+(1-y)*log(1-yhat)"
# END SOLUTION

# 7. Which loss L(y, ŷ), to be made small, follows from the log-likelihood of one sample?
# Convention: natural logarithm, one sample, to be minimised
# BEGIN SOLUTION: loss = ""
loss = "-y*log(yhat)-(1-y)*log(1-yhat)"
# END SOLUTION

# 8. What is the derivative of that loss by the prediction, dL/dŷ?
# Convention: dL/dŷ, at ŷ itself and not at a logit
# BEGIN SOLUTION: loss_gradient = ""
loss_gradient = "(yhat-y)/(yhat*(1-yhat))"
# END SOLUTION


# ---- Normalising images ----

# 9. What does transforms.Normalize(mean, std) turn a pixel value x of one channel into?
# Convention: per channel; one value x, its channel's mean and std > 0
# BEGIN SOLUTION: normalize = ""
normalize = "(x-mean)/std"
# END SOLUTION

# 10. For colour images the notebook calls Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)). With which
# two arguments would you call it for grey images, keeping the values?
# Convention: means first, then standard deviations
# Form: ((mean, ...), (std, ...)), one entry a channel
# BEGIN SOLUTION: normalize_grey = ""
normalize_grey = ((0.5,), (0.5,))
# END SOLUTION


# ---- The network's sizes ----

# 11. Net takes a 3×32×32 image through conv1 (3 to 6 channels, 5×5), a 2×2 pooling with stride 2,
# conv2 (6 to 16, 5×5), the same pooling, and the linear layers 400-120-84-10; no padding, stride 1.
# What is the shape of conv1's output?
# Convention: (channels, height, width)
# Form: (C, H, W)
# BEGIN SOLUTION: conv1_output = ""
conv1_output = (6, 28, 28)
# END SOLUTION

# 12. And of the first pooling?
# Convention: (channels, height, width)
# Form: (C, H, W)
# BEGIN SOLUTION: pool1_output = ""
pool1_output = (6, 14, 14)
# END SOLUTION

# 13. And of conv2?
# Convention: (channels, height, width)
# Form: (C, H, W)
# BEGIN SOLUTION: conv2_output = ""
conv2_output = (16, 10, 10)
# END SOLUTION

# 14. And of the second pooling?
# Convention: (channels, height, width)
# Form: (C, H, W)
# BEGIN SOLUTION: pool2_output = ""
pool2_output = (16, 5, 5)
# END SOLUTION

# 15. How many parameters do conv1, conv2, fc1, fc2 and fc3 have, each by itself?
# Convention: weights and biases of each layer, in this order
# Form: (conv1, conv2, fc1, fc2, fc3)
# BEGIN SOLUTION: layer_parameters = ""
layer_parameters = (456, 2416, 48120, 10164, 850)
# END SOLUTION

# 16. How many parameters does Net have in all?
# Convention: weights and biases
# BEGIN SOLUTION: total_parameters = ""
total_parameters = "6*(3*25 + 1) + 16*(6*25 + 1) + 120*401 + 84*121 + 10*85"
# END SOLUTION

# 17. Number Net's layers as its constructor makes them: 1 conv1, 2 pool, 3 conv2, 4 fc1, 5 fc2, 6
# fc3. For which one does backpropagation compute no gradient of the layer's own?
# Convention: the layer's number, 1 to 6
# Form: one number
# BEGIN SOLUTION: layer_without_gradients = ""
layer_without_gradients = "2"
# END SOLUTION


# ---- The same network with 3×3 kernels ----

# 18. Now change both kernels to 3×3 and nothing else. What is the shape of conv2's output?
# Convention: (channels, height, width)
# Form: (C, H, W)
# BEGIN SOLUTION: k3_conv2_output = ""
k3_conv2_output = (16, 13, 13)
# END SOLUTION

# 19. What side length comes out when a map of 9×9 goes through the 2×2 pooling with stride 2?
# Convention: height, the same as width
# BEGIN SOLUTION: k3_pooled_side = ""
k3_pooled_side = "4"
# END SOLUTION

# 20. How many inputs must fc1 have then?
# Convention: number of inputs of fc1 with 3×3 kernels
# BEGIN SOLUTION: k3_inputs = ""
k3_inputs = "16*6*6"
# END SOLUTION

# 21. If view(-1, 400) is left as it was, a batch of 25 images passes without an error. How many
# rows does the result have?
# Convention: number of rows after view(-1, 400), 3×3 kernels, batch 25
# BEGIN SOLUTION: k3_regrouped_rows = ""
k3_regrouped_rows = 36
# END SOLUTION


# ---- Counting iterations ----

# 22. CIFAR-10 has 50,000 training images. How many iterations are an epoch with batches of 4?
# Convention: iterations per epoch, batch 4
# BEGIN SOLUTION: iterations_batch_4 = ""
iterations_batch_4 = "50000/4"
# END SOLUTION

# 23. And with batches of 16?
# Convention: iterations per epoch, batch 16
# BEGIN SOLUTION: iterations_batch_16 = ""
iterations_batch_16 = "50000/16"
# END SOLUTION

# 24. running_loss_list gets one entry after every 250 batches, and the count of batches starts
# again with each epoch. How many entries does training with batches of 16 over 20 epochs leave?
# Convention: length of the list at the end
# BEGIN SOLUTION: loss_entries = ""
loss_entries = "240"
# END SOLUTION


# ---- Sizes of convolutions ----

# 25. An image with side n goes through a convolution with kernel side k, padding p on each side,
# and stride s. What is the side of the output?
# Convention: all four are whole numbers, dilation 1; floor(...) rounds down
# BEGIN SOLUTION: convolution_side = ""
convolution_side = "floor((n+2*p-k)/s)+1"
# END SOLUTION

# 26. A convolution has 32 input channels, 64 output channels and a 3×3 kernel. Its input is
# 32×64×64 (C, H, W). What shape has its output without padding and with stride 1?
# Convention: (channels, height, width)
# Form: (C, H, W)
# BEGIN SOLUTION: convolution_output = ""
convolution_output = (64, 62, 62)
# END SOLUTION

# 27. Which padding and which stride make the same layer's output 64×32×32?
# Convention: one pair is enough; padding the same on all sides; the height rounds down
# Form: (padding, stride)
# BEGIN SOLUTION: padding_and_stride = ""
padding_and_stride = (1, 2)
# END SOLUTION


# ---- L2 penalty and weight decay ----

# 28. The loss is L′ = L + λ wᵀw, and g = ∂L/∂w. What is ∂L′/∂w?
# Convention: a column like w; g = ∂L/∂w, penalty λ wᵀw
# BEGIN SOLUTION: penalised_gradient = ""
penalised_gradient = "g+2*lam*w"
# END SOLUTION

# 29. What does one step of gradient descent on L′ with learning rate α turn w into? Write the new
# w.
# Convention: the new w, a column; g = ∂L/∂w, L′ = L + λ wᵀw
# BEGIN SOLUTION: l2_update = ""
l2_update = "(1-2*alpha*lam)*w-alpha*g"
# END SOLUTION

# 30. By which factor does such a step multiply w where g = 0?
# Convention: a scalar in α and λ
# BEGIN SOLUTION: decay_factor = ""
decay_factor = "1-2*alpha*lam"
# END SOLUTION
