"""What two real students answered, typed: facts only, in the notation that they wrote.

`WRITTEN` holds each student's own answers. `ELSEWHERE` holds what the same student also wrote, or
said in a sentence, where it is another answer to a question: a shape that contradicts the number
below it, a formula with the numbers put in, a claim whose value a question asks for. Each student
is graded on the first alone, and on the first with the second laid over it.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """An answer, what is expected of it, and the mistake that it makes."""

    answer: str
    verdict: str = "correct"
    mistake: str | None = None


ASSIGNMENTS = {"first_student": "depth_vs_width", "second_student": "image_classifier"}

first_student: dict[str, Row] = {
    # the sketch is lost; weights of 1 are said to do, and any larger ones, so the bias is 0
    "or_network": Row("([[1, 1]], [0], [1], 0)"),
    "xor_layers": Row("2"),  # the number is written as a word
    "image_shape": Row("torch.Size([1, 28, 28])"),
    "image_counts": Row("60,000 and 10,000"),
    "filter_parameters": Row("8 * (5 * 5 * 3) + bias = 8*5*5*3 + (1*8) = 608"),
    "filter_output": Row("28 X 28 X 8"),
    "average_pooling_1": Row(
        "[[((1+1+1+1)/4), ((1+1+0+0)/4)], [((1+1+0+0)/4), ((1+0+0+0)/4)]] "
        "= [[1, 0.5], [0.5, 0.25]]"  # two of the brackets are missing on paper
    ),
    "average_pooling_2": Row("[[0.5, 1], [0.25, 0.5]]"),
    "average_pooling_3": Row("[[0.25, 0.5], [0.5, 1]]"),
    "average_pooling_4": Row("[[0.5, 0.25], [1, 0.5]]"),
    "max_pooling": Row("[[1, 1], [1, 1]]"),
}
# Not answered by the first student:
# - xor_network: two units and then one are named, in words; the sketch with weights is lost.
# - majority_accuracy: the accuracy of a trained model is given, on part of the rows only.
# - dense_parameters, sample_dense_parameters: networks were trained, nobody counted.
# - flat_size, sample_cnn_parameters: another network was built in place of the sample.
# - wide_cnn_parameters: the shapes of that very network are printed, but never added up.
# - patch_positions: benefit and drawback of padding are discussed, without a size.
# - dropout_sweep, iterations: the plots are lost, and no numbers stand beside them.

first_student_elsewhere: dict[str, Row] = {
    # a unit with ReLU is said to be linear: then what enters with both signs cancels
    "relu_of_both_signs": Row("0", "wrong", "relu_taken_for_linear"),
    # a sentence beside the right matrices gives one value to all maxima
    "max_pooling": Row("[[2, 2], [2, 2]]", "wrong", "maximum_always_two"),
}

second_student: dict[str, Row] = {
    "gradient_of_x_x": Row("2x"),
    "gradient_of_trace": Row(
        r"\frac{dz}{d\mathbf{A}} = \sum_{i=1}^{m} 2a_{ii}", "wrong", "only_the_diagonal"
    ),
    "gradient_of_bilinear": Row("A^T x"),
    "jacobian_of_linear": Row(
        r"\frac{d\mathbf{z}}{d\mathbf{y}} = \frac{d}{d\mathbf{y}} A y = A", "wrong", "other_layout"
    ),
    "likelihood": Row(r"p(y|x) = \hat{y}^y (1 - \hat{y})^{1-y}"),
    "log_likelihood": Row(r"\log p(y|x) = y\log(\hat{y}) + (1-y)\log(1-\hat{y})"),
    "loss": Row(r"L(y,\hat{y}) = -y\log(\hat{y}) - (1-y)\log(1-\hat{y})"),
    "normalize": Row(r"image = \frac{image \times std}{mean}", "wrong", "std_over_mean"),
    "normalize_grey": Row("((0.5,), (0.5,))"),  # as the arguments of a call
    "pool1_output": Row("6×14×14"),
    "conv2_output": Row("16×10×10"),
    "pool2_output": Row("16×5×5"),
    "k3_conv2_output": Row("16×13×13"),  # the sides and the channels stand in two places
    "k3_inputs": Row("16 * 6 * 6"),  # in code
    "convolution_side": Row(
        r"H = \lfloor \frac{H_{in} + 2 \times \text{padding} - \text{dilation} \times "
        r"(kernel size - 1) - 1}{\text{stride}} + 1 \rfloor"
    ),
    "convolution_output": Row("(64, 62, 62)"),  # sides first, the channels with their name
    "padding_and_stride": Row("Padding = 1, Stride = 2"),
    "l2_update": Row(r"\lambda w^T w", "wrong", "no_update_shown"),
}
# Not answered by the second student:
# - loss_gradient, total_parameters, k3_regrouped_rows: nobody asked for them on that sheet.
# - conv1_output: kernel, stride and maps are listed, but no size.
# - layer_parameters: weights of the three dense layers only, so there is no answer of five parts.
# - layer_without_gradients, k3_pooled_side: in words; see below.
# - iterations_batch_4, iterations_batch_16, loss_entries: plots and accuracies only.
# - penalised_gradient, decay_factor: the decay is explained in words, without a derivative.

second_student_elsewhere: dict[str, Row] = {
    # the shape after the second pooling, as it stands above the code
    "k3_inputs": Row(r"16 \times 16 \times 6", "wrong", "channels_for_height"),
    # an odd side is said not to go through the pooling
    "k3_pooled_side": Row("9/2", "wrong", "pooling_blamed"),
    # what is named is the network's output
    "layer_without_gradients": Row("6", "wrong", "the_output_layer"),
    # the formula once more, with the numbers of the question
    "convolution_side": Row(
        r"H = 32 = \lfloor \frac{64 + 2 - \text{padding} - 1(3 - 1) - 1}"
        r"{\text{stride}} + 1 \rfloor",
        "wrong",
        "padding_of_wrong_sign_in_numbers",
    ),
}

WRITTEN = {"first_student": first_student, "second_student": second_student}
ELSEWHERE = {
    "first_student": first_student_elsewhere,
    "second_student": second_student_elsewhere,
}

# The same mistakes, and the same right answers, in other spellings that the same hand may type.
RESPELLED: list[tuple[str, str, Row]] = [
    ("first_student", "image_counts", Row("60,000, 10,000")),
    ("first_student", "image_counts", Row("(60000, 10000)")),
    ("first_student", "image_shape", Row("(1, 28, 28)")),
    ("first_student", "filter_output", Row("28 x 28 x 8")),
    ("second_student", "padding_and_stride", Row("(1, 2)")),
    *(
        ("second_student", "gradient_of_trace", Row(typed, "wrong", "only_the_diagonal"))
        for typed in ("2*trace(A)", "2 Tr(A)", "sum(2*A[i,i], i)", "Σᵢ 2aᵢᵢ", "sum_i 2 a_ii")
    ),
    *(
        ("second_student", "convolution_side", Row(typed, "wrong", "padding_of_wrong_sign"))
        for typed in (
            "floor((n + 2 - p - 1(k - 1) - 1)/s + 1)",
            "⌊(n + 2 - padding - 1(k - 1) - 1)/stride + 1⌋",
        )
    ),
    (
        "second_student",
        "convolution_side",
        Row(
            "floor((64 + 2 - padding - 1(3 - 1) - 1)/stride + 1)",
            "wrong",
            "padding_of_wrong_sign_in_numbers",
        ),
    ),
    (
        "second_student",
        "convolution_side",
        Row("floor((H_in + 2*padding - dilation*(kernel_size - 1) - 1)/stride + 1)"),
    ),
]
