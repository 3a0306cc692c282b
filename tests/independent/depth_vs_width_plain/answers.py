"""Depth and width: your typed answers.

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


# ---- OR with ReLU ----

# 1. Design a network for OR of two inputs that are 0 or 1: one layer of as few ReLU units as
# possible, then a linear output without an activation. The output must be 0 for (0, 0) and at least
# 1 for the other three.
# Convention: hidden = relu(W*x + b), output = v*hidden + c
# Form: (W, b, v, c) with W a list of rows, one a hidden unit
or_network = ([[1, 1]], [0], [1], 0)


# ---- XOR with ReLU ----

# 2. How many fully-connected layers does a network with ReLU units need at least to compute XOR of
# two inputs that are 0 or 1?
# Convention: layers that have weights, the output layer included
# Form: one number
xor_layers = 2

# 3. Give such a network for XOR with two hidden ReLU units and a linear output: 0 for equal inputs,
# at least 1 for different ones.
# Convention: hidden = relu(W*x + b), output = v*hidden + c
# Form: (W, b, v, c) with W a list of rows, one a hidden unit
xor_network = ([[1, 1], [1, 1]], [0, -1], [1, -2], 0)

# 4. Two ReLU units get a and −a. What is relu(a) + relu(−a) for a = 3? (If ReLU were linear, the
# sum would be the same for every a.)
# Convention: one number
relu_of_both_signs = 3.0


# ---- The data ----

# 5. What shape has one image of MNIST after transforms.ToTensor()?
# Convention: (channels, height, width)
# Form: (C, H, W)
image_shape = [1, 28, 28]

# 6. How many images are in MNIST's training set, and how many in its test set?
# Convention: (training, test), as torchvision loads them
# Form: (training, test)
image_counts = "60000, 10000"

# 7. In the table of case reports, 259,715 rows say whether the patient died, and 6,794 of them say
# yes. Which accuracy has a model that always answers no?
# Convention: a fraction between 0 and 1, right to one part in a thousand
majority_accuracy = (259715 - 6794) / 259715


# ---- Counting parameters ----

# 8. How many parameters has a network 784-100-10 of two linear layers?
# Convention: weights and biases
dense_parameters = 784 * 100 + 100 + 100 * 10 + 10

# 9. And one with 20 hidden units, 784-20-10, with a Dropout in between?
# Convention: weights and biases
sample_dense_parameters = "15,910"

# 10. The sample CNN for 28×28 images is Conv2d(1, 8, 3), ReLU, MaxPool2d(2), Dropout, Conv2d(8, 8,
# 3), ReLU, MaxPool2d(2), Dropout, Flatten, Linear(?, 64), ReLU, Linear(64, 10). Which number stands
# for the question mark?
# Convention: numbers per image after Flatten
flat_size = "8 * 5 * 5"

# 11. How many parameters has this sample CNN?
# Convention: weights and biases of all layers
sample_cnn_parameters = "80 + 584 + 12864 + 650"

# 12. And Conv2d(1, 32, 3), ReLU, MaxPool2d(2), Dropout, Conv2d(32, 32, 3), BatchNorm2d(32), ReLU,
# MaxPool2d(2), Dropout, Flatten, Linear(?, 64), ReLU, Linear(64, 10), with the number that fits?
# Convention: what model.parameters() holds
wide_cnn_parameters = "320 + 9248 + 64 + 51264 + 650"


# ---- Convolutions ----

# 13. A convolution looks at 8×8 patches of a 20×20 image, without padding and with stride 1. How
# many positions are there along one side?
# Convention: one side of the output
patch_positions = "20-8+1"

# 14. A convolution has 8 filters of size 5×5×3 for a 32×32 image with three channels, stride 1, no
# padding. How many parameters has it?
# Convention: with biases
filter_parameters = "5·5·3·8 + 8"

# 15. Which shape has its output?
# Convention: (height, width, channels), as in this question
# Form: (H, W, C)
filter_output = "28×28×8"


# ---- Pooling ----

# 16. Average pooling, 2×2 with stride 2: what becomes of the first image, with the rows 1 1 1 0; 1
# 1 1 0; 1 1 1 0; 0 0 0 0?
# Convention: 2×2 windows, stride 2; rows from top to bottom
# Form: [[top left, top right], [bottom left, bottom right]]
average_pooling_1 = "[[1, 1/2], [1/2, 1/4]]"

# 17. Average pooling, 2×2 with stride 2: what becomes of the second image, with the rows 0 1 1 1; 0
# 1 1 1; 0 1 1 1; 0 0 0 0?
# Convention: 2×2 windows, stride 2; rows from top to bottom
# Form: [[top left, top right], [bottom left, bottom right]]
average_pooling_2 = "[1/2, 1], [1/4, 1/2]"

# 18. Average pooling, 2×2 with stride 2: what becomes of the third image, with the rows 0 0 0 0; 0
# 1 1 1; 0 1 1 1; 0 1 1 1?
# Convention: 2×2 windows, stride 2; rows from top to bottom
# Form: [[top left, top right], [bottom left, bottom right]]
average_pooling_3 = ((1/4, 1/2), (1/2, 1))

# 19. Average pooling, 2×2 with stride 2: what becomes of the fourth image, with the rows 0 0 0 0; 1
# 1 1 0; 1 1 1 0; 1 1 1 0?
# Convention: 2×2 windows, stride 2; rows from top to bottom
# Form: [[top left, top right], [bottom left, bottom right]]
average_pooling_4 = "[[1/2, 1/4], [1, 1/2]]"

# 20. Max pooling, 2×2 with stride 2: what becomes of each of the four images?
# Convention: 2×2 windows, stride 2; one answer, the same for all four
# Form: [[top left, top right], [bottom left, bottom right]]
max_pooling = [[1.0, 1.0], [1.0, 1.0]]


# ---- Sweeps and iterations ----

# 21. Which ten equally spaced dropout probabilities cover the interval from 0 to 1, both ends
# included?
# Convention: in rising order, right to one part in a hundred
# Form: [p1, p2, ..., p10]
dropout_sweep = [0, 0.111, 0.222, 0.333, 0.444, 0.556, 0.667, 0.778, 0.889, 1]

# 22. How many iterations are an epoch of MNIST's training set with batches of 32?
# Convention: iterations per epoch
iterations = "1,875"
