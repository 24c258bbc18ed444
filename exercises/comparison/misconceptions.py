"""Known wrong predictions, choices and repairs; each docstring is what the learner reads."""

import numpy as np

from layerbook.misconceptions import misconception

# recurrent_shapes


@misconception(of="recurrent_shapes", read="rnn.md#time-and-batch")
def steps_before_examples(kind, N, T, D, H, directions=1):
    """The output has the steps first. With `batch_first=True`, as here, it is (N, T, features)."""
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (T, N, directions * H), (rows, D), (rows, H)


@misconception(of="recurrent_shapes", read="rnn.md#rnn-cell")
def weights_in_before_out(kind, N, T, D, H, directions=1):
    """The weights are given as (in, out). In PyTorch a weight is (out, in): rows for what comes out."""
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, directions * H), (D, rows), (H, rows)


@misconception(of="recurrent_shapes", read="lstm.md#lstm-cell")
def gates_in_the_output(kind, N, T, D, H, directions=1):
    """The output has a block for each gate. Gates work inside; what leaves the layer is one state of H
    numbers in each direction.
    """
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, directions * rows), (rows, D), (rows, H)


@misconception(of="recurrent_shapes", read="lstm.md#gate-order")
def weights_of_one_block(kind, N, T, D, H, directions=1):
    """The weights have room for one block only. Each gate has its own H rows: 4 blocks in an LSTM, 3 in a
    GRU.
    """
    return (N, T, directions * H), (H, D), (H, H)


@misconception(of="recurrent_shapes", read="lstm.md#gate-order")
def blocks_on_both_sides(kind, N, T, D, H, directions=1):
    """`weight_hh` has blocks in its columns too. What goes into it is the old state, H numbers."""
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, directions * H), (rows, D), (rows, rows)


@misconception(of="recurrent_shapes", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def directions_added(kind, N, T, D, H, directions=1):
    """Both directions share the H numbers of the output. Their states stand side by side: 2 H numbers."""
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, H), (rows, D), (rows, H)


@misconception(of="recurrent_shapes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def both_directions_in_one_weight(kind, N, T, D, H, directions=1):
    """The rows of both directions stand in one weight. Each direction has weights of its own, of the
    shape that a one-way layer has.
    """
    rows = directions * {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, directions * H), (rows, D), (rows, H)


@misconception(of="recurrent_shapes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def old_states_of_both_directions(kind, N, T, D, H, directions=1):
    """`weight_hh` reads the states of both directions. Each direction goes on from its own old state, H
    numbers; the two meet only in the output.
    """
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, directions * H), (rows, D), (rows, directions * H)


@misconception(of="recurrent_shapes", read="rnn.md#rnn-cell")
def last_step_only(kind, N, T, D, H, directions=1):
    """The output has no axis for the steps. A recurrent layer gives one state for each step; the last one
    is one of them.
    """
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, directions * H), (rows, D), (rows, H)


@misconception(of="recurrent_shapes", read="rnn.md#rnn-cell")
def output_as_wide_as_the_input(kind, N, T, D, H, directions=1):
    """The output has as many features as the input. It has as many as there are units, H in each
    direction.
    """
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, directions * D), (rows, D), (rows, H)


@misconception(of="recurrent_shapes", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def gates_of_a_gru_without_candidate(kind, N, T, D, H, directions=1):
    """A GRU has two blocks. It has two gates, r and z, and a third block for the candidate n."""
    rows = {"RNN": 1, "GRU": 2, "LSTM": 4}[kind] * H
    return (N, T, directions * H), (rows, D), (rows, H)


@misconception(of="recurrent_shapes", read="lstm.md#gate-order")
def gates_of_an_lstm_without_candidate(kind, N, T, D, H, directions=1):
    """An LSTM has three blocks. It has three gates, i, f and o, and a fourth block for the candidate g."""
    rows = {"RNN": 1, "GRU": 3, "LSTM": 3}[kind] * H
    return (N, T, directions * H), (rows, D), (rows, H)


@misconception(of="recurrent_shapes", read="rnn.md#rnn-cell")
def input_and_state_in_one_weight(kind, N, T, D, H, directions=1):
    """Input and old state go into the same weight. PyTorch keeps two: `weight_ih` has D columns,
    `weight_hh` H.
    """
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, directions * H), (rows, D + H), (rows, D + H)


# recurrent_parameters


@misconception(of="recurrent_parameters", read="gru-and-bidirectional-rnn.md#gru-count")
def second_bias_forgotten(kind, T, D, H, directions=1):
    """One bias is counted. PyTorch has two, `bias_ih` and `bias_hh`: 2 numbers for each unit of each
    block.
    """
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * blocks * H * (D + H + 1)


@misconception(of="recurrent_parameters", read="comparison.md#compare-cost")
def biases_forgotten(kind, T, D, H, directions=1):
    """The biases are missing. There are two, and each has a number for each unit of each block."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * blocks * H * (D + H)


@misconception(of="recurrent_parameters", read="comparison.md#compare-cost")
def gates_have_no_weights(kind, T, D, H, directions=1):
    """All kinds are counted like an RNN. Each gate has weights and biases of its own: 3 blocks in a GRU,
    4 in an LSTM.
    """
    return directions * H * (D + H + 2)


@misconception(of="recurrent_parameters", read="lstm.md#gate-order")
def as_many_units_as_gate_rows(kind, T, D, H, directions=1):
    """The gates are counted as more units of an RNN. Then each row would hear all 4 H (3 H in a GRU) of
    them; each block has H rows and hears the H numbers of the old state.
    """
    units = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return directions * units * (D + units + 2)


@misconception(of="recurrent_parameters", read="gru-and-bidirectional-rnn.md#gru-count")
def two_blocks_in_a_gru(kind, T, D, H, directions=1):
    """A GRU is counted with two blocks. Besides its two gates it has the candidate: 3 blocks."""
    blocks = {"RNN": 1, "GRU": 2, "LSTM": 4}[kind]
    return directions * blocks * H * (D + H + 2)


@misconception(of="recurrent_parameters", read="gru-and-bidirectional-rnn.md#gru-count")
def four_blocks_in_a_gru(kind, T, D, H, directions=1):
    """A GRU is counted like an LSTM. It has r, z and n: 3 blocks."""
    blocks = {"RNN": 1, "GRU": 4, "LSTM": 4}[kind]
    return directions * blocks * H * (D + H + 2)


@misconception(of="recurrent_parameters", read="lstm.md#gate-order")
def three_blocks_in_an_lstm(kind, T, D, H, directions=1):
    """An LSTM is counted with three blocks. Besides its three gates it has the candidate g: 4 blocks."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 3}[kind]
    return directions * blocks * H * (D + H + 2)


@misconception(of="recurrent_parameters", read="rnn.md#shared-weights")
def own_weights_at_each_step(kind, T, D, H, directions=1):
    """Every step has its own weights. All steps share one set, so T is not in the answer."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return T * directions * blocks * H * (D + H + 2)


@misconception(of="recurrent_parameters", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def directions_share_weights(kind, T, D, H, directions=1):
    """The second direction is not counted. It has weights and biases of its own."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return blocks * H * (D + H + 2)


@misconception(of="recurrent_parameters", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def one_layer_of_twice_the_units(kind, T, D, H, directions=1):
    """Two directions are counted like one layer of 2 H units. Then each unit would also hear the other
    direction; they are two layers of H units that do not hear each other.
    """
    blocks, units = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind], directions * H
    return blocks * units * (D + units + 2)


@misconception(of="recurrent_parameters", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def directions_share_the_biases(kind, T, D, H, directions=1):
    """The biases are counted for one direction only. Each direction has its own two."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return blocks * H * (directions * (D + H) + 2)


@misconception(of="recurrent_parameters", read="rnn.md#rnn-cell")
def weight_hh_forgotten(kind, T, D, H, directions=1):
    """`weight_hh` is missing. Each unit has a weight for each of the H numbers of the old state."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * blocks * H * (D + 2)


@misconception(of="recurrent_parameters", read="rnn.md#rnn-cell")
def each_unit_hears_itself_only(kind, T, D, H, directions=1):
    """Each unit has one weight for the old state. It hears all H units, so `weight_hh` is H by H in each
    block.
    """
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * blocks * H * (D + 1 + 2)


@misconception(of="recurrent_parameters", read="lstm.md#lstm-cell")
def one_bias_for_all_gates(kind, T, D, H, directions=1):
    """The gates share their biases. Each block has its own, H numbers twice."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * H * (blocks * (D + H) + 2)


@misconception(of="recurrent_parameters", read="lstm.md#gate-order")
def one_hidden_matrix_for_all_gates(kind, T, D, H, directions=1):
    """The gates share one `weight_hh`. Each block has its own H by H numbers in it."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * H * (blocks * (D + 2) + H)


@misconception(of="recurrent_parameters", read="rnn.md#initial-state")
def initial_state_counted(kind, T, D, H, directions=1):
    """The initial state is counted. It is given or zero, and not learned."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * (blocks * H * (D + H + 2) + H)


@misconception(of="recurrent_parameters", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def hidden_size_of_both_together(kind, T, D, H, directions=1):
    """H is shared out among the directions. Here H is the size of each direction, as PyTorch's
    `hidden_size` is.
    """
    blocks, units = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind], H / directions
    return directions * blocks * units * (D + units + 2)


# recurrent_multiply_adds


@misconception(of="recurrent_multiply_adds", read="comparison.md#compare-cost")
def biases_multiplied(kind, T, D, H, directions=1):
    """The biases are counted. A bias is added; nothing is multiplied by it."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return T * directions * blocks * H * (D + H + 2)


@misconception(of="recurrent_multiply_adds", read="comparison.md#compare-cost")
def work_of_one_step(kind, T, D, H, directions=1):
    """The work of one step is counted. Every weight is used again at each of the T steps."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * blocks * H * (D + H)


@misconception(of="recurrent_multiply_adds", read="comparison.md#compare-cost")
def gates_for_nothing(kind, T, D, H, directions=1):
    """All kinds are counted like an RNN. Each block multiplies its own weights: 3 blocks in a GRU, 4 in
    an LSTM.
    """
    return T * directions * H * (D + H)


@misconception(of="recurrent_multiply_adds", read="comparison.md#compare-cost")
def work_of_one_direction(kind, T, D, H, directions=1):
    """The work of one direction is counted. The other one reads all T steps as well, with its own
    weights.
    """
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return T * blocks * H * (D + H)


@misconception(of="recurrent_multiply_adds", read="cnn-architectures.md#count-multiply-adds")
def multiplications_and_additions(kind, T, D, H, directions=1):
    """Multiplication and addition are counted as two. A multiply-add is one, as the book counts."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return 2 * T * directions * blocks * H * (D + H)


@misconception(of="recurrent_multiply_adds", read="comparison.md#compare-cost")
def old_state_multiplied_once(kind, T, D, H, directions=1):
    """The products with the old state are counted once. They are needed at each step, like those with the
    input.
    """
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * blocks * H * (T * D + H)


@misconception(of="recurrent_multiply_adds", read="rnn.md#rnn-cell")
def input_products_only(kind, T, D, H, directions=1):
    """Only the products with the input are counted. `weight_hh` times the old state is work too."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return T * directions * blocks * H * D


@misconception(of="recurrent_multiply_adds", read="rnn.md#initial-state")
def first_step_without_old_state(kind, T, D, H, directions=1):
    """The first step is counted without an old state. It has one, of zeros, and is multiplied like any
    other.
    """
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * blocks * H * (T * D + (T - 1) * H)


@misconception(of="recurrent_multiply_adds", read="lstm.md#gate-order")
def work_of_as_many_units_as_gate_rows(kind, T, D, H, directions=1):
    """The gates are counted as more units of an RNN. Then each row would multiply 4 H (3 H in a GRU) old
    states; each block has H rows and multiplies the H numbers of the old state.
    """
    units = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return T * directions * units * (D + units)


@misconception(of="recurrent_multiply_adds", read="gru-and-bidirectional-rnn.md#gru-count")
def work_of_two_blocks_in_a_gru(kind, T, D, H, directions=1):
    """A GRU is counted with two blocks. Besides its two gates it computes the candidate: 3 blocks."""
    blocks = {"RNN": 1, "GRU": 2, "LSTM": 4}[kind]
    return T * directions * blocks * H * (D + H)


@misconception(of="recurrent_multiply_adds", read="lstm.md#gate-order")
def work_of_three_blocks_in_an_lstm(kind, T, D, H, directions=1):
    """An LSTM is counted with three blocks. Besides its three gates it computes the candidate g: 4
    blocks.
    """
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 3}[kind]
    return T * directions * blocks * H * (D + H)


@misconception(of="recurrent_multiply_adds", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def work_of_twice_the_units(kind, T, D, H, directions=1):
    """Two directions are counted like one layer of 2 H units. Each direction multiplies only its own old
    state.
    """
    blocks, units = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind], directions * H
    return T * blocks * units * (D + units)


@misconception(of="recurrent_multiply_adds", read="comparison.md#compare-cost")
def one_product_for_each_output(kind, T, D, H, directions=1):
    """One product is counted for each number of the output. Each is a sum of D + H products in every
    block.
    """
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return T * directions * blocks * H


# convolution_shape


@misconception(of="convolution_shape", read="convolution.md#size-formula")
def first_window_forgotten(shape, C_out, kernel_size, stride=1, padding=0):
    """The first window is not counted. Divide what is left after it by the stride, and add 1."""
    sides = [
        (side + 2 * padding - width) // stride for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#padding")
def padded_at_one_end(shape, C_out, kernel_size, stride=1, padding=0):
    """The padding is counted once. It is put at both ends: 2 times padding."""
    sides = [
        (side + padding - width) // stride + 1 for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#padding")
def padding_not_counted(shape, C_out, kernel_size, stride=1, padding=0):
    """The padding is not counted. The windows also move over what was put at the ends."""
    sides = [(side - width) // stride + 1 for side, width in zip(shape[2:], kernel_size, strict=True)]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#stride")
def stride_not_counted(shape, C_out, kernel_size, stride=1, padding=0):
    """The stride is not counted. Windows that begin `stride` apart are fewer."""
    sides = [side + 2 * padding - width + 1 for side, width in zip(shape[2:], kernel_size, strict=True)]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#does-not-fit")
def incomplete_window_counted(shape, C_out, kernel_size, stride=1, padding=0):
    """A last window that does not fit is counted. It is left out: round down."""
    sides = [
        -(-(side + 2 * padding - width) // stride) + 1
        for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#does-not-fit")
def parts_of_a_window(shape, C_out, kernel_size, stride=1, padding=0):
    """A size is not a whole number. `/` always gives a float, also where nothing is left over; use `//`."""
    sides = [
        (side + 2 * padding - width) / stride + 1 for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#size-formula")
def one_added_before_dividing(shape, C_out, kernel_size, stride=1, padding=0):
    """The 1 is added before dividing. The first window does not take part in the steps: add it after."""
    sides = [
        (side + 2 * padding - width + 1) // stride for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#number-of-filters")
def channels_stay(shape, C_out, kernel_size, stride=1, padding=0):
    """The output has the channels of the input. It has one for each filter."""
    sides = [
        (side + 2 * padding - width) // stride + 1 for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (*shape[:2], *sides)


@misconception(of="convolution_shape", read="convolution.md#channels-summed")
def filters_for_each_channel(shape, C_out, kernel_size, stride=1, padding=0):
    """Each channel of the input gives its own maps. A filter looks at all channels and adds them up to
    one map.
    """
    sides = [
        (side + 2 * padding - width) // stride + 1 for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (shape[0], shape[1] * C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#channels")
def channels_at_the_end(shape, C_out, kernel_size, stride=1, padding=0):
    """The channels stand at the end. In PyTorch's order they come right after the examples."""
    sides = [
        (side + 2 * padding - width) // stride + 1 for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (shape[0], *sides, C_out)


@misconception(of="convolution_shape", read="convolution.md#kernel-shape")
def filter_turned(shape, C_out, kernel_size, stride=1, padding=0):
    """Height and width of the filter are exchanged. The first number belongs to the height, as in the
    image.
    """
    pairs = zip(shape[2:], kernel_size[::-1], strict=True)
    sides = [(side + 2 * padding - width) // stride + 1 for side, width in pairs]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#kernel-shape")
def filter_taken_for_square(shape, C_out, kernel_size, stride=1, padding=0):
    """The filter is taken for a square. Each direction has its own number in `kernel_size`."""
    sides = [(side + 2 * padding - kernel_size[0]) // stride + 1 for side in shape[2:]]
    return (shape[0], C_out, *sides)


@misconception(of="convolution_shape", read="convolution.md#size-formula")
def size_kept(shape, C_out, kernel_size, stride=1, padding=0):
    """The size is said to stay. It stays only with the right padding and a stride of 1."""
    return (shape[0], C_out, *shape[2:])


@misconception(of="convolution_shape", read="convolution.md#size-formula")
def examples_forgotten(shape, C_out, kernel_size, stride=1, padding=0):
    """The number of examples is missing. The output's shape begins with it, like the input's."""
    sides = [
        (side + 2 * padding - width) // stride + 1 for side, width in zip(shape[2:], kernel_size, strict=True)
    ]
    return (C_out, *sides)


# convolution_numbers


@misconception(of="convolution_numbers", read="cnn-architectures.md#count-parameters")
def filter_biases_forgotten(C_in, C_out, kernel_size, output_size):
    """The biases are missing. Each filter has one."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights, weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#channels-summed")
def bias_for_each_channel(C_in, C_out, kernel_size, output_size):
    """Each pair of channel and filter has a bias. A filter adds up all its channels and then one bias."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + C_out * C_in, weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#parameter-sharing")
def bias_for_each_place(C_in, C_out, kernel_size, output_size):
    """Each place of the output has a bias. All places of a map share one."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + C_out * np.prod(output_size), weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#channels-summed")
def one_bias_for_all_filters(C_in, C_out, kernel_size, output_size):
    """There is one bias in all. Each filter has its own."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + 1, weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#kernel-shape")
def filters_look_at_one_channel(C_in, C_out, kernel_size, output_size):
    """A filter is counted for one channel. It reaches through all channels and has weights for each."""
    weights = C_out * np.prod(kernel_size)
    return weights + C_out, weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#number-of-filters")
def one_filter_counted(C_in, C_out, kernel_size, output_size):
    """One filter is counted. There are C_out of them, each with weights of its own and a bias."""
    weights = C_in * np.prod(kernel_size)
    return weights + 1, weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#kernel-shape")
def filters_taken_for_square(C_in, C_out, kernel_size, output_size):
    """The filters are taken for squares. Multiply the sides as they are; in one dimension there is only
    one.
    """
    weights = C_out * C_in * kernel_size[0] ** 2
    return weights + C_out, weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#kernel-shape")
def sides_added(C_in, C_out, kernel_size, output_size):
    """The sides of the filter are added. It has height times width weights for each channel."""
    weights = C_out * C_in * sum(kernel_size)
    return weights + C_out, weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#parameter-sharing")
def weights_for_each_place(C_in, C_out, kernel_size, output_size):
    """Each place has its own weights. All places share the weights of a filter: only the work grows with
    the output.
    """
    weights = C_out * C_in * np.prod(kernel_size) * np.prod(output_size)
    return weights + C_out, weights


@misconception(of="convolution_numbers", read="cnn-architectures.md#count-multiply-adds")
def work_at_one_place(C_in, C_out, kernel_size, output_size):
    """The work of one place is counted. Every weight is used again at each place of the output."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + C_out, weights


@misconception(of="convolution_numbers", read="cnn-architectures.md#count-multiply-adds")
def work_with_biases(C_in, C_out, kernel_size, output_size):
    """The biases are counted as work. A bias is added; nothing is multiplied by it."""
    parameters = C_out * C_in * np.prod(kernel_size) + C_out
    return parameters, parameters * np.prod(output_size)


@misconception(of="convolution_numbers", read="cnn-architectures.md#count-multiply-adds")
def places_added(C_in, C_out, kernel_size, output_size):
    """The sides of the output are added. It has height times width places."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + C_out, weights * sum(output_size)


@misconception(of="convolution_numbers", read="cnn-architectures.md#count-multiply-adds")
def filters_work_once(C_in, C_out, kernel_size, output_size):
    """The work of one filter is counted. Each of the C_out filters moves over all places."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + C_out, weights // C_out * np.prod(output_size)


@misconception(of="convolution_numbers", read="cnn-architectures.md#count-multiply-adds")
def products_and_sums(C_in, C_out, kernel_size, output_size):
    """Multiplication and addition are counted as two. A multiply-add is one, as the book counts."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + C_out, 2 * weights * np.prod(output_size)


@misconception(of="convolution_numbers", read="convolution.md#channels-summed")
def bias_for_each_input_channel(C_in, C_out, kernel_size, output_size):
    """There is a bias for each channel of the input. Biases belong to the filters, one to each."""
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + C_in, weights * np.prod(output_size)


# embedding_numbers


@misconception(of="embedding_numbers", read="embedding-layer.md#one-hot-times-weight")
def one_hot_product_counted(N, T, V, k):
    """The product with one-hot vectors is counted. It would give the same output, but the layer copies
    rows and multiplies nothing.
    """
    return V * k, (N, T, k), N * T * V * k


@misconception(of="embedding_numbers", read="embedding-layer.md#lookup-table")
def copies_counted(N, T, V, k):
    """Each copied number is counted as a multiply-add. To copy is not to multiply."""
    return V * k, (N, T, k), N * T * k


@misconception(of="embedding_numbers", read="embedding-layer.md#weight-shape")
def row_for_each_word_of_the_text(N, T, V, k):
    """There is a row for each word of the text. The table has one for each word of the *vocabulary*,
    however long the text is.
    """
    return N * T * k, (N, T, k), 0


@misconception(of="embedding_numbers", read="embedding-layer.md#weight-shape")
def bias_in_the_table(N, T, V, k):
    """A bias is counted. An embedding layer has none: it gives the row as it is."""
    return V * k + k, (N, T, k), 0


@misconception(of="embedding_numbers", read="embedding-layer.md#weight-shape")
def one_number_for_each_word(N, T, V, k):
    """The table has one number for each word. It has a row of k numbers for each."""
    return V, (N, T, k), 0


@misconception(of="embedding_numbers", read="embedding-layer.md#lookup-table")
def nothing_learned_in_a_lookup(N, T, V, k):
    """No parameters are counted, as nothing is computed. What is looked up is a table of V rows, and it
    is learned.
    """
    return 0, (N, T, k), 0


@misconception(of="embedding_numbers", read="embedding-layer.md#lookup-table")
def ids_keep_their_shape(N, T, V, k):
    """The output has the shape of the ids. Each id becomes a row of k numbers, so one axis comes on at
    the end.
    """
    return V * k, (N, T), 0


@misconception(of="embedding_numbers", read="embedding-layer.md#one-hot-encoding")
def output_is_one_hot(N, T, V, k):
    """The output has V numbers for each word. That would be the one-hot vector; the layer gives the row,
    k numbers.
    """
    return V * k, (N, T, V), 0


@misconception(of="embedding_numbers", read="embedding-layer.md#lookup-table")
def numbers_before_places(N, T, V, k):
    """The numbers of a word stand before the places. The new axis comes last: (N, T, k)."""
    return V * k, (N, k, T), 0


@misconception(of="embedding_numbers", read="embedding-layer.md#lookup-table")
def one_vector_for_each_sentence(N, T, V, k):
    """There is one vector for each sentence. Each word keeps its own: (N, T, k)."""
    return V * k, (N, k), 0


# pooling_numbers


@misconception(of="pooling_numbers", read="pooling.md#max-pooling")
def window_of_weights(shape, kernel_size, stride):
    """The window is counted as weights. Pooling has none: it takes the largest number as it is."""
    H_out, W_out = ((side - kernel_size) // stride + 1 for side in shape[2:])
    return kernel_size**2, (*shape[:2], H_out, W_out), 0


@misconception(of="pooling_numbers", read="pooling.md#max-pooling")
def windows_of_weights_for_channels(shape, kernel_size, stride):
    """A window of weights is counted for each channel. Pooling has no weights at all."""
    H_out, W_out = ((side - kernel_size) // stride + 1 for side in shape[2:])
    return shape[1] * kernel_size**2, (*shape[:2], H_out, W_out), 0


@misconception(of="pooling_numbers", read="pooling.md#pooling-cost")
def comparisons_counted(shape, kernel_size, stride):
    """Comparisons are counted as multiply-adds. They are work, but nothing is multiplied."""
    H_out, W_out = ((side - kernel_size) // stride + 1 for side in shape[2:])
    return 0, (*shape[:2], H_out, W_out), shape[0] * shape[1] * H_out * W_out * kernel_size**2


@misconception(of="pooling_numbers", read="pooling.md#max-pooling")
def channels_pooled(shape, kernel_size, stride):
    """One channel is left. Each channel is pooled for itself."""
    H_out, W_out = ((side - kernel_size) // stride + 1 for side in shape[2:])
    return 0, (shape[0], 1, H_out, W_out), 0


@misconception(of="pooling_numbers", read="pooling.md#pooling-windows")
def windows_that_touch(shape, kernel_size, stride):
    """The stride is taken to be the window's size. Windows begin `stride` apart, which may be less."""
    H_out, W_out = (side // kernel_size for side in shape[2:])
    return 0, (*shape[:2], H_out, W_out), 0


@misconception(of="pooling_numbers", read="pooling.md#pooling-windows")
def divided_by_the_stride(shape, kernel_size, stride):
    """The sides are divided by the stride. The last windows must fit: take the window away first, then
    add 1.
    """
    H_out, W_out = (side // stride for side in shape[2:])
    return 0, (*shape[:2], H_out, W_out), 0


@misconception(of="pooling_numbers", read="pooling.md#pooling-windows")
def first_pooling_window_forgotten(shape, kernel_size, stride):
    """The first window is not counted. Divide what is left after it by the stride, and add 1."""
    H_out, W_out = ((side - kernel_size) // stride for side in shape[2:])
    return 0, (*shape[:2], H_out, W_out), 0


@misconception(of="pooling_numbers", read="pooling.md#pooling-windows")
def incomplete_windows_pooled(shape, kernel_size, stride):
    """A last window that does not fit is counted. It is left out: round down."""
    H_out, W_out = (-(-(side - kernel_size) // stride) + 1 for side in shape[2:])
    return 0, (*shape[:2], H_out, W_out), 0


@misconception(of="pooling_numbers", read="pooling.md#pooling-windows")
def stride_of_one(shape, kernel_size, stride):
    """The stride is not counted. Windows that begin `stride` apart are fewer."""
    H_out, W_out = (side - kernel_size + 1 for side in shape[2:])
    return 0, (*shape[:2], H_out, W_out), 0


@misconception(of="pooling_numbers", read="pooling.md#pooling-windows")
def height_and_width_exchanged(shape, kernel_size, stride):
    """Height and width are exchanged. The output keeps the order of the input: (N, C, H, W)."""
    H_out, W_out = ((side - kernel_size) // stride + 1 for side in shape[2:])
    return 0, (*shape[:2], W_out, H_out), 0


@misconception(of="pooling_numbers", read="pooling.md#global-average-pooling")
def one_number_for_each_map(shape, kernel_size, stride):
    """One number is left of each map. That is global pooling; here a window moves over the map."""
    return 0, shape[:2], 0


# waiting_products


@misconception(of="waiting_products", read="comparison.md#compare-cost")
def blocks_wait(kind, T, layers=1):
    """The blocks of a step wait for each other. All of them need the same old state, and can be done at
    once.
    """
    if kind == "CNN":
        return layers
    if kind == "both ways":
        return layers * T
    return {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * (T + layers - 1)


@misconception(of="waiting_products", read="rnn.md#one-step-after-the-other")
def two_products_in_a_row(kind, T, layers=1):
    """Both products of a step are counted. `weight_ih` times the input does not wait for the step before,
    nor for the other product.
    """
    if kind == "CNN":
        return layers
    if kind == "both ways":
        return 2 * layers * T
    return 2 * (T + layers - 1)


@misconception(of="waiting_products", read="comparison.md#compare-cost")
def second_direction_waits(kind, T, layers=1):
    """The second direction waits for the first. Within a layer neither needs the other: T steps, not 2 T."""
    if kind == "CNN":
        return layers
    if kind == "both ways":
        return 2 * layers * T
    return T + layers - 1


@misconception(of="waiting_products", read="comparison.md#compare-cost")
def directions_share_the_steps(kind, T, layers=1):
    """Each direction takes half of the steps. Both of them read all T places."""
    if kind == "CNN":
        return layers
    if kind == "both ways":
        return layers * T / 2
    return T + layers - 1


@misconception(of="waiting_products", read="comparison.md#compare-cost")
def places_of_a_cnn_wait(kind, T, layers=1):
    """The places of a CNN wait for each other. All places of one layer can be done at once: only layers
    wait.
    """
    if kind == "CNN":
        return layers * T
    if kind == "both ways":
        return layers * T
    return T + layers - 1


@misconception(of="waiting_products", read="comparison.md#compare-cost")
def cnn_moves_on_like_a_stack(kind, T, layers=1):
    """A CNN is counted like a recurrent stack. There is no arrow from one place to the next within a
    layer.
    """
    if kind == "both ways":
        return layers * T
    return T + layers - 1


@misconception(of="waiting_products", read="rnn.md#one-step-after-the-other")
def layer_after_layer(kind, T, layers=1):
    """The second layer begins when the first has finished. In one direction it can begin after the first
    step: it needs only the output of its own place and its own old state.
    """
    return layers if kind == "CNN" else layers * T


@misconception(of="waiting_products", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def both_ways_like_one_way(kind, T, layers=1):
    """A bidirectional stack is counted like a one-way stack. The first step of its second layer needs the
    backward state of that place too, which the first layer computes last: whole layers wait.
    """
    return layers if kind == "CNN" else T + layers - 1


@misconception(of="waiting_products", read="rnn.md#one-step-after-the-other")
def upper_layers_for_free(kind, T, layers=1):
    """Upper layers add nothing. Each adds at least one product: it needs an output of the layer below."""
    return 1 if kind == "CNN" else T


@misconception(of="waiting_products", read="rnn.md#one-step-after-the-other")
def recurrent_layers_side_by_side(kind, T, layers=1):
    """A stack of recurrent layers is counted like one layer. At the last place the second layer still needs
    what the first has just given there, the third what the second has: each layer adds a product.
    """
    return layers if kind == "CNN" else T


@misconception(of="waiting_products", read="rnn.md#one-step-after-the-other")
def first_step_not_counted(kind, T, layers=1):
    """The first step is not counted. It multiplies its input before the second step can begin: T products
    in all.
    """
    if kind == "CNN":
        return layers
    if kind == "both ways":
        return layers * (T - 1)
    return T + layers - 2


@misconception(of="waiting_products", read="rnn.md#one-step-after-the-other")
def step_up_counted_twice(kind, T, layers=1):
    """Steps and layers are added. The first product of the way is in both; it counts once: T + layers -
    1.
    """
    if kind == "CNN":
        return layers
    if kind == "both ways":
        return layers * T
    return T + layers


@misconception(of="waiting_products", read="comparison.md#compare-cost")
def all_at_once(kind, T, layers=1):
    """The steps are done at once. Step 2 needs the state after step 1, so T products wait in a row."""
    return layers


@misconception(of="waiting_products", read="comparison.md#compare-cost")
def cnn_without_layers(kind, T, layers=1):
    """All layers of the CNN are done at once. Each needs the output of the one below."""
    if kind == "CNN":
        return 1
    if kind == "both ways":
        return layers * T
    return T + layers - 1


# places_seen


@misconception(of="places_seen", read="gru-and-bidirectional-rnn.md#future-not-known")
def one_way_sees_the_future(kind, T, t, layers=1, kernel_size=3):
    """A one-way layer sees what comes after. When it gives the output of place t, it has read nothing
    later.
    """
    before, after = t, T - 1 - t
    if kind == "CNN":
        reach = layers * (kernel_size // 2)
        return min(before, reach), min(after, reach)
    return before, after


@misconception(of="places_seen", read="comparison.md#compare-gradient")
def own_place_counted(kind, T, t, layers=1, kernel_size=3):
    """The own place is counted among those before. Before place t lie t places, since counting starts at
    0.
    """
    if kind == "CNN":
        reach = layers * (kernel_size // 2)
        return min(t, reach) + 1, min(T - 1 - t, reach)
    return t + 1, (T - 1 - t if kind == "both ways" else 0)


@misconception(of="places_seen", read="comparison.md#compare-gradient")
def own_place_counted_after(kind, T, t, layers=1, kernel_size=3):
    """The own place is counted among those after. After place t lie T - 1 - t places."""
    after = T - t
    if kind == "CNN":
        reach = layers * (kernel_size // 2)
        return min(t, reach), min(after, reach)
    return t, (after if kind == "both ways" else 0)


@misconception(of="places_seen", read="pooling.md#receptive-field")
def whole_window_to_each_side(kind, T, t, layers=1, kernel_size=3):
    """A window reaches its whole size to each side. A centred window of 5 has 2 places on either side of
    its own.
    """
    after = T - 1 - t
    if kind == "CNN":
        return min(t, layers * kernel_size), min(after, layers * kernel_size)
    return t, (after if kind == "both ways" else 0)


@misconception(of="places_seen", read="pooling.md#receptive-field")
def window_without_its_middle(kind, T, t, layers=1, kernel_size=3):
    """A window reaches its size minus one to each side. These places are on both sides together; on each
    it is half of them.
    """
    after = T - 1 - t
    if kind == "CNN":
        reach = layers * (kernel_size - 1)
        return min(t, reach), min(after, reach)
    return t, (after if kind == "both ways" else 0)


@misconception(of="places_seen", read="pooling.md#receptive-field")
def one_layer_of_windows(kind, T, t, layers=1, kernel_size=3):
    """The reach of one layer is given. Each layer above reaches as far again."""
    after = T - 1 - t
    if kind == "CNN":
        return min(t, kernel_size // 2), min(after, kernel_size // 2)
    return t, (after if kind == "both ways" else 0)


@misconception(of="places_seen", read="comparison.md#compare-gradient")
def windows_look_back_only(kind, T, t, layers=1, kernel_size=3):
    """The windows end at their own place. These are centred: they see as far after as before."""
    if kind == "CNN":
        return min(t, layers * (kernel_size - 1)), 0
    return t, (T - 1 - t if kind == "both ways" else 0)


@misconception(of="places_seen", read="comparison.md#compare-gradient")
def beyond_the_ends(kind, T, t, layers=1, kernel_size=3):
    """The sequence is taken to have no ends. Beyond them there is only padding: take the smaller of the
    reach and of the places that there are, on each side.
    """
    if kind == "CNN":
        return layers * (kernel_size // 2), layers * (kernel_size // 2)
    return t, (T - 1 - t if kind == "both ways" else 0)


@misconception(of="places_seen", read="comparison.md#compare-gradient")
def cut_on_both_sides(kind, T, t, layers=1, kernel_size=3):
    """An end on one side cuts the other side too. Each side has its own number of places."""
    after = T - 1 - t
    if kind == "CNN":
        reach = min(t, after, layers * (kernel_size // 2))
        return reach, reach
    return t, (after if kind == "both ways" else 0)


@misconception(of="places_seen", read="pooling.md#receptive-field")
def windows_side_by_side(kind, T, t, layers=1, kernel_size=3):
    """Windows of windows are multiplied. With a stride of 1 they overlap, and each layer adds its half
    window.
    """
    after = T - 1 - t
    if kind == "CNN":
        reach = kernel_size**layers // 2
        return min(t, reach), min(after, reach)
    return t, (after if kind == "both ways" else 0)


@misconception(of="places_seen", read="rnn.md#rnn-cell")
def only_the_step_before(kind, T, t, layers=1, kernel_size=3):
    """A recurrent output depends on the step before only. The old state carries on all that was read
    earlier.
    """
    after = T - 1 - t
    if kind == "CNN":
        reach = layers * (kernel_size // 2)
        return min(t, reach), min(after, reach)
    return min(t, layers), (min(after, layers) if kind == "both ways" else 0)


@misconception(of="places_seen", read="comparison.md#compare-gradient")
def cnn_sees_everything(kind, T, t, layers=1, kernel_size=3):
    """A CNN sees the whole sequence. Outside its windows nothing counts, however long it is trained."""
    return t, (T - 1 - t if kind in ("both ways", "CNN") else 0)


@misconception(of="places_seen", read="comparison.md#compare-gradient")
def backward_direction_forgotten(kind, T, t, layers=1, kernel_size=3):
    """A bidirectional output sees nothing after its place. Its backward half has read all that comes
    after.
    """
    after = T - 1 - t
    if kind == "CNN":
        reach = layers * (kernel_size // 2)
        return min(t, reach), min(after, reach)
    return t, 0


@misconception(of="places_seen", read="comparison.md#compare-gradient")
def before_and_after_exchanged(kind, T, t, layers=1, kernel_size=3):
    """Before and after are exchanged. What was read earlier comes first."""
    after = T - 1 - t
    if kind == "CNN":
        reach = layers * (kernel_size // 2)
        return min(after, reach), min(t, reach)
    return (after if kind == "both ways" else 0), t


# field_of_stack


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def sizes_multiplied(kernel_sizes, strides):
    """The sizes are multiplied. That fits only if windows touch; where they overlap, each adds less."""
    return int(np.prod(kernel_sizes))


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def sizes_added(kernel_sizes, strides):
    """The sizes are added. The first place of a window is already seen: a window adds its size minus 1."""
    return sum(kernel_sizes)


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def strides_ignored(kernel_sizes, strides):
    """The strides are ignored. After a stride of 2, neighbouring numbers lie 2 places of the input apart,
    and a window above adds twice as much.
    """
    return 1 + sum(width - 1 for width in kernel_sizes)


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def own_stride_first(kernel_sizes, strides):
    """A layer's stride widens its own window. It says how far apart its *outputs* are, so it counts only
    for the layers above.
    """
    field, step = 1, 1
    for width, stride in zip(kernel_sizes, strides, strict=True):
        step *= stride
        field += (width - 1) * step
    return field


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def own_stride_only(kernel_sizes, strides):
    """Each window is widened by its own stride. What counts is how far apart its inputs lie, which the
    strides *below* decide.
    """
    return 1 + sum((width - 1) * stride for width, stride in zip(kernel_sizes, strides, strict=True))


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def stride_just_below(kernel_sizes, strides):
    """Only the stride just below counts. The distance grows with all strides below: they multiply."""
    below = [1, *strides]
    return 1 + sum((width - 1) * step for width, step in zip(kernel_sizes, below, strict=False))


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def strides_of_lower_layers_added(kernel_sizes, strides):
    """The strides are added up. Two halvings make a quarter: the strides below multiply."""
    field, step = 1, 0
    for width, stride in zip(kernel_sizes, strides, strict=True):
        field += (width - 1) * max(step, 1)
        step += stride
    return field


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def starts_from_nothing(kernel_sizes, strides):
    """The count starts at 0. A number without any layer looks at itself: start at 1."""
    field, step = 0, 1
    for width, stride in zip(kernel_sizes, strides, strict=True):
        field += (width - 1) * step
        step *= stride
    return field


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def whole_window_added(kernel_sizes, strides):
    """Each window adds its whole size. Its first place is already seen: it adds its size minus 1."""
    field, step = 1, 1
    for width, stride in zip(kernel_sizes, strides, strict=True):
        field += width * step
        step *= stride
    return field


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def last_window_only(kernel_sizes, strides):
    """Only the last window is given. Each of its numbers looks at a window below."""
    return kernel_sizes[-1] if kernel_sizes else 1


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def from_the_top_down(kernel_sizes, strides):
    """The layers are taken in the wrong order. Lists go from the first layer to the last, and strides
    count for the layers above them.
    """
    field, step = 1, 1
    for width, stride in zip(kernel_sizes[::-1], strides[::-1], strict=True):
        field += (width - 1) * step
        step *= stride
    return field


@misconception(of="field_of_stack", read="pooling.md#receptive-field")
def field_times_all_strides(kernel_sizes, strides):
    """The field is multiplied by all strides. A stride counts only for the windows above it."""
    return (1 + sum(width - 1 for width in kernel_sizes)) * int(np.prod(strides))


# choose_layer

LAYERS = {
    "A": "bidirectional LSTM",
    "B": "LSTM, open gate",
    "C": "convolution of 5",
    "D": "embedding",
    "E": "max pooling of 2",
    "F": "global average pooling",
}


@misconception(of="choose_layer", read="embedding-layer.md#lookup-table")
def one_vector_per_word_for_parts_of_speech(task):
    """`"embedding"` for task A. An embedding gives *run* the same vector wherever it stands. Here its
    neighbours decide; something must read them.
    """
    return (LAYERS | {"A": "embedding"})[task]


@misconception(of="choose_layer", read="gru-and-bidirectional-rnn.md#a-or-an")
def one_way_for_parts_of_speech(task):
    """`"RNN"` for task A. A one-way layer has not read the word that comes ten places after. The
    sentences are finished: it may be read.
    """
    return (LAYERS | {"A": "RNN"})[task]


@misconception(of="choose_layer", read="pooling.md#receptive-field")
def narrow_window_for_parts_of_speech(task):
    """`"convolution of 3"` for task A. A window of 3 sees one place to each side. The deciding word may
    be ten places away.
    """
    return (LAYERS | {"A": "convolution of 3"})[task]


@misconception(of="choose_layer", read="gru-and-bidirectional-rnn.md#future-not-known")
def both_ways_while_typing(task):
    """`"bidirectional LSTM"` for task B. The second direction would begin with words that nobody has
    typed yet.
    """
    return (LAYERS | {"B": "bidirectional LSTM"})[task]


@misconception(of="choose_layer", read="comparison.md#compare-gradient")
def narrow_window_while_typing(task):
    """`"convolution of 3"` for task B. A window of 3 does not reach a noun 20 words before, however long
    it is trained.
    """
    return (LAYERS | {"B": "convolution of 3"})[task]


@misconception(of="choose_layer", read="rnn.md#what-order-is-worth")
def mean_while_typing(task):
    """`"global average pooling"` for task B. A mean of all words so far does not know which noun the verb
    belongs to. Order counts here.
    """
    return (LAYERS | {"B": "global average pooling"})[task]


@misconception(of="choose_layer", read="rnn.md#one-step-after-the-other")
def steps_for_peaks(task):
    """`"LSTM"` for task C. It can be done, but 100,000 steps wait for one another. A machine that does
    thousands of products at once would stand idle.
    """
    return (LAYERS | {"C": "LSTM"})[task]


@misconception(of="choose_layer", read="convolution.md#parameter-sharing")
def own_weights_at_each_place_for_peaks(task):
    """`"fully connected"` for task C. It would have to learn the same peak anew at each of 100,000
    places, with weights for each pair of places.
    """
    return (LAYERS | {"C": "fully connected"})[task]


@misconception(of="choose_layer", read="pooling.md#max-pooling")
def largest_number_for_peaks(task):
    """`"max pooling of 5"` for task C. It finds the largest of five numbers and has no weights: it cannot
    learn a form.
    """
    return (LAYERS | {"C": "max pooling of 5"})[task]


@misconception(of="choose_layer", read="embedding-layer.md#one-hot-encoding")
def number_taken_for_a_size(task):
    """`"linear on the number"` for task D. Product 20,000 is not twice product 10,000. A linear layer on
    the number would make it so.
    """
    return (LAYERS | {"D": "linear on the number"})[task]


@misconception(of="choose_layer", read="rnn.md#sequential-data")
def sequence_of_products(task):
    """`"RNN"` for task D. There is no sequence here. One product comes in, and 50 numbers are wanted for
    it.
    """
    return (LAYERS | {"D": "RNN"})[task]


@misconception(of="choose_layer", read="pooling.md#max-pooling")
def pooled_products(task):
    """`"max pooling of 2"` for task D. Pooling learns nothing, and the larger of two product numbers
    means nothing.
    """
    return (LAYERS | {"D": "max pooling of 2"})[task]


@misconception(of="choose_layer", read="convolution.md#size-formula")
def convolution_to_shrink(task):
    """`"convolution of 3, padding 1"` for task E. With a padding of 1 and a stride of 1 it keeps the
    size, and its weights need training.
    """
    return (LAYERS | {"E": "convolution of 3, padding 1"})[task]


@misconception(of="choose_layer", read="embedding-layer.md#lookup-table")
def embedding_of_a_map(task):
    """`"embedding"` for task E. An embedding looks up ids. Here the inputs are sizes: how strongly
    something was found.
    """
    return (LAYERS | {"E": "embedding"})[task]


@misconception(of="choose_layer", read="cnn-architectures.md#one-by-one-convolution")
def one_by_one_to_shrink(task):
    """`"convolution of 1"` for task E. It changes the number of channels and keeps height and width, and
    its weights need training.
    """
    return (LAYERS | {"E": "convolution of 1"})[task]


@misconception(of="choose_layer", read="comparison.md#compare-cost")
def both_ways_for_any_order(task):
    """`"bidirectional LSTM"` for task F. It reads the order in both directions, at a high cost, and the
    order was found to be worth nothing here.
    """
    return (LAYERS | {"F": "bidirectional LSTM"})[task]


@misconception(of="choose_layer", read="comparison.md#compare-cost")
def windows_for_any_order(task):
    """`"convolution of 5"` for task F. It gives a vector for each place, not one for the review, and pays
    for an order that is worth nothing here.
    """
    return (LAYERS | {"F": "convolution of 5"})[task]


@misconception(of="choose_layer", read="cnn-architectures.md#flatten-order")
def all_vectors_in_a_row(task):
    """`"flatten"` for task F. What comes out is as long as the review, 10 to 2,000 vectors. One vector of
    fixed size is wanted.
    """
    return (LAYERS | {"F": "flatten"})[task]


# reason_for

REASONS = {"A": "future", "B": "far back", "C": "near", "D": "names", "E": "roughly where", "F": "no order"}


@misconception(of="reason_for", read="rnn.md#what-order-is-worth")
def no_order_in_sentences(task):
    """`"no order"` for task A. It is not true of the task: in *I run* and *a run* the place of the word
    beside it decides.
    """
    return (REASONS | {"A": "no order"})[task]


@misconception(of="reason_for", read="pooling.md#receptive-field")
def near_in_sentences(task):
    """`"near"` for task A. It is not true of the task: ten places away is not near."""
    return (REASONS | {"A": "near"})[task]


@misconception(of="reason_for", read="embedding-layer.md#one-hot-encoding")
def words_are_names(task):
    """`"names"` for task A. True of words, but it speaks for an embedding layer below. It does not tell
    which layer reads the neighbours.
    """
    return (REASONS | {"A": "names"})[task]


@misconception(of="reason_for", read="gru-and-bidirectional-rnn.md#future-not-known")
def future_while_typing(task):
    """`"future"` for task B. It is not true of the task: while somebody types, what comes later is not
    there.
    """
    return (REASONS | {"B": "future"})[task]


@misconception(of="reason_for", read="comparison.md#compare-far")
def near_while_typing(task):
    """`"near"` for task B. It is not true of the task: the noun may stand 20 words before."""
    return (REASONS | {"B": "near"})[task]


@misconception(of="reason_for", read="rnn.md#what-order-is-worth")
def no_order_while_typing(task):
    """`"no order"` for task B. It is not true of the task: shuffle the words, and nobody knows which noun
    the verb follows.
    """
    return (REASONS | {"B": "no order"})[task]


@misconception(of="reason_for", read="comparison.md#compare-far")
def far_back_for_peaks(task):
    """`"far back"` for task C. It is not true of the task: a peak is five measurements wide, and nothing
    before it matters.
    """
    return (REASONS | {"C": "far back"})[task]


@misconception(of="reason_for", read="rnn.md#what-order-is-worth")
def no_order_in_peaks(task):
    """`"no order"` for task C. It is not true of the task: the same five measurements in another order
    are no peak of that form.
    """
    return (REASONS | {"C": "no order"})[task]


@misconception(of="reason_for", read="embedding-layer.md#one-hot-encoding")
def measurements_are_names(task):
    """`"names"` for task C. It is not true of the task: measurements have a size."""
    return (REASONS | {"C": "names"})[task]


@misconception(of="reason_for", read="convolution.md#parameter-sharing")
def near_in_products(task):
    """`"near"` for task D. It is not true of the task: product 17 has nothing to do with product 18; they
    came in one after the other.
    """
    return (REASONS | {"D": "near"})[task]


@misconception(of="reason_for", read="rnn.md#sequential-data")
def far_back_in_products(task):
    """`"far back"` for task D. It is not true of the task: there is nothing before the product that is
    asked for.
    """
    return (REASONS | {"D": "far back"})[task]


@misconception(of="reason_for", read="pooling.md#shift-of-one-pixel")
def roughly_which_product(task):
    """`"roughly where"` for task D. It is not true of the task: the next number is another product
    altogether.
    """
    return (REASONS | {"D": "roughly where"})[task]


@misconception(of="reason_for", read="rnn.md#sequential-data")
def far_back_in_photographs(task):
    """`"far back"` for task E. It is not true of the task: nothing comes one after the other in these
    maps.
    """
    return (REASONS | {"E": "far back"})[task]


@misconception(of="reason_for", read="feature-maps.md#what-a-map-says")
def maps_are_names(task):
    """`"names"` for task E. It is not true of the task: a number in a map says how strongly something was
    found.
    """
    return (REASONS | {"E": "names"})[task]


@misconception(of="reason_for", read="gru-and-bidirectional-rnn.md#future-not-known")
def future_in_photographs(task):
    """`"future"` for task E. A photograph has no later. All of it is there, and no direction of reading
    is chosen here.
    """
    return (REASONS | {"E": "future"})[task]


@misconception(of="reason_for", read="pooling.md#receptive-field")
def near_in_reviews(task):
    """`"near"` for task F. If near words decided together, a shuffled review would be judged worse."""
    return (REASONS | {"F": "near"})[task]


@misconception(of="reason_for", read="comparison.md#compare-far")
def far_back_in_reviews(task):
    """`"far back"` for task F. If it mattered what stood far back, shuffling would matter too."""
    return (REASONS | {"F": "far back"})[task]


@misconception(of="reason_for", read="gru-and-bidirectional-rnn.md#future-not-known")
def future_in_reviews(task):
    """`"future"` for task F. All of the review is there, but earlier and later make no difference to a
    shuffled one.
    """
    return (REASONS | {"F": "future"})[task]


# wrong_line

LINES = {"A": 5, "B": 4, "C": 5, "D": 3}


@misconception(of="wrong_line", read="rnn.md#initial-state")
def state_begins_elsewhere(snippet):
    """Line 2 is right: the state begins at zero, with a row for each example."""
    return (LINES | {"A": 2})[snippet]


@misconception(of="wrong_line", read="rnn.md#time-and-batch")
def loop_over_the_examples(snippet):
    """Line 4 is right: x is (N, T, D), so with its first two axes exchanged it is read step by step."""
    return (LINES | {"A": 4})[snippet]


@misconception(of="wrong_line", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def leak_on_the_wrong_side(snippet):
    """Line 6 is right: the leak is the share of the old state that is kept."""
    return (LINES | {"A": 6})[snippet]


@misconception(of="wrong_line", read="rnn.md#rnn-cell")
def same_array_appended(snippet):
    """Line 7 is right: line 6 makes a new array at each step, so what was appended does not change later."""
    return (LINES | {"A": 7})[snippet]


@misconception(of="wrong_line", read="rnn.md#time-and-batch")
def stacked_on_the_wrong_axis(snippet):
    """Line 8 is right: it puts the steps back between the examples and the units."""
    return (LINES | {"A": 8})[snippet]


@misconception(of="wrong_line", read="rnn.md#time-and-batch")
def places_of_another_axis(snippet):
    """Line 2 is right: axis 1 of the states is time."""
    return (LINES | {"B": 2})[snippet]


@misconception(of="wrong_line", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def last_word_lost(snippet):
    """Line 3 is right: a sentence of 2 words has the real places 0 and 1, which are below 2."""
    return (LINES | {"B": 3})[snippet]


@misconception(of="wrong_line", read="pooling.md#max-pooling")
def maximum_over_another_axis(snippet):
    """Line 5 is right: the maximum runs over time. But from which numbers?"""
    return (LINES | {"B": 5})[snippet]


@misconception(of="wrong_line", read="cnn-architectures.md#softmax-cross-entropy")
def indices_of_another_shape(snippet):
    """Line 2 is right: for each place it gives its own row and its own place in the row."""
    return (LINES | {"C": 2})[snippet]


@misconception(of="wrong_line", read="cnn-architectures.md#softmax-cross-entropy")
def loss_of_another_word(snippet):
    """Line 3 is right: from each place it takes the share of the right word, with a minus."""
    return (LINES | {"C": 3})[snippet]


@misconception(of="wrong_line", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def last_loss_lost(snippet):
    """Line 4 is right: a sentence of 2 words has the real places 0 and 1, which are below 2."""
    return (LINES | {"C": 4})[snippet]


@misconception(of="wrong_line", read="rnn.md#time-and-batch")
def names_of_the_sizes(snippet):
    """Line 2 is right: x is (N, T, D), so the second number is the length."""
    return (LINES | {"D": 2})[snippet]


@misconception(of="wrong_line", read="convolution.md#convolution-slides")
def windows_along_another_axis(snippet):
    """Line 4 is right: if `maps` is (N, D, T), time is axis 2."""
    return (LINES | {"D": 4})[snippet]


@misconception(of="wrong_line", read="convolution.md#channels-summed")
def sum_over_other_axes(snippet):
    """Line 5 is right: it sums over the features and the places of the window, and adds one bias for each
    filter.
    """
    return (LINES | {"D": 5})[snippet]


# leaky_states


@misconception(of="leaky_states", read="rnn.md#rnn-cell")
def snippet_a_as_found(x, weight_ih, weight_hh, leak):
    """The states meet `weight_hh` the wrong way round: unit i hears what unit j should hear of it. A row
    of states meets a weight of the shape (out, in) transposed.
    """
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for x_t in x.swapaxes(0, 1):  # each (N, D)
        drive = x_t @ weight_ih.T + state @ weight_hh
        state = leak * state + (1 - leak) * np.tanh(drive)
        states.append(state)
    return np.array(states).swapaxes(0, 1)  # (N, T, H)


@misconception(of="leaky_states", read="rnn.md#time-and-batch")
def leaky_steps_first(x, weight_ih, weight_hh, leak):
    """The steps come first in what is returned. The states are (N, T, H), like the sequences."""
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        state = leak * state + (1 - leak) * np.tanh(x[:, t] @ weight_ih.T + state @ weight_hh.T)
        states.append(state)
    return np.stack(states)


@misconception(of="leaky_states", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def leak_and_rest_exchanged(x, weight_ih, weight_hh, leak):
    """`leak` and `1 - leak` are exchanged. The leak is the share of the old state."""
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        state = (1 - leak) * state + leak * np.tanh(x[:, t] @ weight_ih.T + state @ weight_hh.T)
        states.append(state)
    return np.stack(states, axis=1)


@misconception(of="leaky_states", read="rnn.md#rnn-cell")
def tanh_of_the_whole(x, weight_ih, weight_hh, leak):
    """The tanh is taken of the whole sum. The kept share of the old state stays as it is, outside of the
    tanh.
    """
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        drive = x[:, t] @ weight_ih.T + state @ weight_hh.T
        state = np.tanh(leak * state + (1 - leak) * drive)
        states.append(state)
    return np.stack(states, axis=1)


@misconception(of="leaky_states", read="rnn.md#rnn-cell")
def leaky_without_tanh(x, weight_ih, weight_hh, leak):
    """The tanh is missing. It stands around the sum of both products."""
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        state = leak * state + (1 - leak) * (x[:, t] @ weight_ih.T + state @ weight_hh.T)
        states.append(state)
    return np.stack(states, axis=1)


@misconception(of="leaky_states", read="rnn.md#rnn-cell")
def old_state_not_heard(x, weight_ih, weight_hh, leak):
    """The units do not hear the old states. `weight_hh` belongs into the sum, transposed."""
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        state = leak * state + (1 - leak) * np.tanh(x[:, t] @ weight_ih.T)
        states.append(state)
    return np.stack(states, axis=1)


@misconception(of="leaky_states", read="rnn.md#rnn-cell")
def nothing_kept(x, weight_ih, weight_hh, leak):
    """Nothing of the old state is kept. It has a share, `leak`, beside the new part."""
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        state = (1 - leak) * np.tanh(x[:, t] @ weight_ih.T + state @ weight_hh.T)
        states.append(state)
    return np.stack(states, axis=1)


@misconception(of="leaky_states", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def new_part_in_full(x, weight_ih, weight_hh, leak):
    """The new part is added in full. What the old state keeps, the new part does not get: its share is
    `1 - leak`.
    """
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        state = leak * state + np.tanh(x[:, t] @ weight_ih.T + state @ weight_hh.T)
        states.append(state)
    return np.stack(states, axis=1)


@misconception(of="leaky_states", read="rnn.md#rnn-cell")
def last_leaky_state(x, weight_ih, weight_hh, leak):
    """Only the last state is returned. The states after all steps are wanted, (N, T, H)."""
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    for t in range(x.shape[1]):
        state = leak * state + (1 - leak) * np.tanh(x[:, t] @ weight_ih.T + state @ weight_hh.T)
    return state


@misconception(of="leaky_states", read="rnn.md#rnn-cell")
def one_array_for_all_steps(x, weight_ih, weight_hh, leak):
    """All steps show the last state. `+=` and `*=` change the one array that was appended each time; make
    a new one at each step.
    """
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        fresh = np.tanh(x[:, t] @ weight_ih.T + state @ weight_hh.T)
        state *= leak
        state += (1 - leak) * fresh
        states.append(state)
    return np.stack(states, axis=1)


@misconception(of="leaky_states", read="rnn.md#initial-state")
def states_before_each_step(x, weight_ih, weight_hh, leak):
    """The states before each step are returned. The zeros of the beginning are not part of the result."""
    state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
    states = []
    for t in range(x.shape[1]):
        states.append(state)
        state = leak * state + (1 - leak) * np.tanh(x[:, t] @ weight_ih.T + state @ weight_hh.T)
    return np.stack(states, axis=1)


# strongest_over_time


@misconception(of="strongest_over_time", read="pooling.md#pooling-padding")
def snippet_b_as_found(states, lengths):
    """Zeros win where all real states are negative. A place that does not count must be filled with
    something that never wins: minus infinity.
    """
    real = np.arange(states.shape[1]) < lengths[:, None]
    return (states * real[:, :, None]).max(axis=1)


@misconception(of="strongest_over_time", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def filled_places_win(states, lengths):
    """The filled places take part. From place `lengths[n]` on, row n holds whatever."""
    return states.max(axis=1)


@misconception(of="strongest_over_time", read="pooling.md#pooling-padding")
def minus_one_wins(states, lengths):
    """Filled places count as -1, which wins against smaller states. Only minus infinity never wins."""
    real = np.arange(states.shape[1]) < lengths[:, None]
    return np.where(real[:, :, None], states, -1.0).max(axis=1)


@misconception(of="strongest_over_time", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def one_place_too_many(states, lengths):
    """One filled place takes part. A sentence of 2 words has the places 0 and 1: below its length, not up
    to it.
    """
    real = np.arange(states.shape[1]) <= lengths[:, None]
    return np.where(real[:, :, None], states, -np.inf).max(axis=1)


@misconception(of="strongest_over_time", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def last_word_left_out(states, lengths):
    """The last word does not take part. A sentence of 2 words has the places 0 and 1, and a slice ends
    before its second number.
    """
    real = np.arange(states.shape[1]) < lengths[:, None] - 1
    return np.where(real[:, :, None], states, -np.inf).max(axis=1)


@misconception(of="strongest_over_time", read="pooling.md#average-pooling")
def mean_over_time(states, lengths):
    """The mean over the words is returned. The largest state is asked for."""
    real = np.arange(states.shape[1]) < lengths[:, None]
    return (states * real[:, :, None]).sum(axis=1) / lengths[:, None]


@misconception(of="strongest_over_time", read="pooling.md#max-pooling")
def strongest_of_all_units(states, lengths):
    """The units are compared with each other. The maximum runs over time, axis 1, for each unit by
    itself.
    """
    real = np.arange(states.shape[1]) < lengths[:, None]
    return np.where(real[:, :, None], states, -np.inf).max(axis=2)


@misconception(of="strongest_over_time", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def last_real_state(states, lengths):
    """The state of the last word is returned. The largest over all words is asked for."""
    return states[np.arange(len(states)), lengths - 1]


@misconception(of="strongest_over_time", read="pooling.md#max-pooling")
def farthest_from_zero(states, lengths):
    """The signs are dropped. The largest number wins, not the one farthest from zero."""
    real = np.arange(states.shape[1]) < lengths[:, None]
    return np.where(real[:, :, None], np.abs(states), -np.inf).max(axis=1)


@misconception(of="strongest_over_time", read="pooling.md#pooling-padding")
def mask_of_infinity(states, lengths):
    """The result has NaN in it. Minus infinity times 0 is not a number: choose between the two with
    `np.where`.
    """
    real = (np.arange(states.shape[1]) < lengths[:, None])[:, :, None]
    with np.errstate(invalid="ignore"):
        return (states * real + (1 - real) * -np.inf).max(axis=1)


@misconception(of="strongest_over_time", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def callers_states_filled(states, lengths):
    """The caller's states are changed. Writing minus infinity into `states` lasts beyond the call; work
    on a copy, or choose with `np.where`.
    """
    states[np.arange(states.shape[1]) >= lengths[:, None]] = -np.inf
    return states.max(axis=1)


# mean_word_loss


@misconception(of="mean_word_loss", read="cnn-architectures.md#softmax-cross-entropy")
def snippet_c_as_found(log_shares, targets, lengths):
    """The sum is divided by the number of all places, filled ones included. Divide by the number of real
    words.
    """
    rows, places = np.indices(targets.shape)  # (N, T) each
    losses = -log_shares[rows, places, targets]  # (N, T)
    return (losses * (places < lengths[:, None])).mean()


@misconception(of="mean_word_loss", read="cnn-architectures.md#softmax-cross-entropy")
def losses_summed(log_shares, targets, lengths):
    """The losses are summed, and not divided. The mean divides by the number of real words."""
    rows, places = np.indices(targets.shape)  # (N, T) each
    losses = -log_shares[rows, places, targets]  # (N, T)
    return (losses * (places < lengths[:, None])).sum()


@misconception(of="mean_word_loss", read="cnn-architectures.md#softmax-cross-entropy")
def divided_by_the_sentences(log_shares, targets, lengths):
    """The sum is divided by the number of sentences. The mean over all *words* is asked for."""
    rows, places = np.indices(targets.shape)  # (N, T) each
    losses = -log_shares[rows, places, targets]  # (N, T)
    return (losses * (places < lengths[:, None])).sum() / len(lengths)


@misconception(of="mean_word_loss", read="cnn-architectures.md#softmax-cross-entropy")
def mean_of_the_sentences_means(log_shares, targets, lengths):
    """Each sentence has the same weight, so a word in a short one counts more. Sum over all words of the
    batch first, then divide once.
    """
    rows, places = np.indices(targets.shape)  # (N, T) each
    losses = -log_shares[rows, places, targets]  # (N, T)
    return ((losses * (places < lengths[:, None])).sum(axis=1) / lengths).mean()


@misconception(of="mean_word_loss", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def filled_places_count(log_shares, targets, lengths):
    """The filled places count as words. From place `lengths[n]` on, the targets mean nothing."""
    rows, places = np.indices(targets.shape)  # (N, T) each
    return -log_shares[rows, places, targets].mean()


@misconception(of="mean_word_loss", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def filled_losses_shared_out(log_shares, targets, lengths):
    """The losses of filled places are in the sum. Mask them there too, not only in the number of words."""
    rows, places = np.indices(targets.shape)  # (N, T) each
    return -log_shares[rows, places, targets].sum() / lengths.sum()


@misconception(of="mean_word_loss", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def one_word_too_many(log_shares, targets, lengths):
    """One filled place counts as a word. A sentence of 2 words has the places 0 and 1: below its length."""
    rows, places = np.indices(targets.shape)  # (N, T) each
    losses = -log_shares[rows, places, targets]  # (N, T)
    return losses[places <= lengths[:, None]].mean()


@misconception(of="mean_word_loss", read="cnn-architectures.md#softmax-cross-entropy")
def sign_forgotten(log_shares, targets, lengths):
    """The sign is wrong. A logarithm of a share is negative; the loss is minus that."""
    rows, places = np.indices(targets.shape)  # (N, T) each
    return log_shares[rows, places, targets][places < lengths[:, None]].mean()


@misconception(of="mean_word_loss", read="cnn-architectures.md#softmax-cross-entropy")
def logarithm_taken_twice(log_shares, targets, lengths):
    """The logarithm is taken again. `log_shares` are logarithms already."""
    rows, places = np.indices(targets.shape)  # (N, T) each
    shares = np.exp(log_shares[rows, places, targets])
    return (1 - shares)[places < lengths[:, None]].mean()


@misconception(of="mean_word_loss", read="cnn-architectures.md#softmax-cross-entropy")
def losses_of_all_words(log_shares, targets, lengths):
    """The shares of all words of the vocabulary take part. A place's loss is that of its right word."""
    places = np.arange(targets.shape[1])
    return -log_shares[places < lengths[:, None]].mean()


# words_to_maps


@misconception(of="words_to_maps", read="cnn-architectures.md#flatten-order")
def snippet_d_as_found(x, weight, bias):
    """`reshape` lays the numbers out anew and mixes words with features. Exchange the last
    two axes instead.
    """
    maps = x.reshape(x.shape[0], x.shape[2], x.shape[1])
    windows = np.lib.stride_tricks.sliding_window_view(maps, weight.shape[2], axis=2)
    return np.einsum("ndtf,cdf->nct", windows, weight) + bias[:, None]


@misconception(of="words_to_maps", read="convolution.md#channels")
def maps_with_channels_last(x, weight, bias):
    """The channels stand last in what is returned. Maps are (N, C_out, T_out)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=1)
    return np.einsum("ntdf,cdf->ntc", windows, weight) + bias


@misconception(of="words_to_maps", read="rnn.md#time-and-batch")
def all_axes_reversed(x, weight, bias):
    """All three axes are turned round. `.T` gives (D, T, N); only the last two are to be exchanged."""
    windows = np.lib.stride_tricks.sliding_window_view(x.T, weight.shape[2], axis=2)
    return np.einsum("ndtf,cdf->nct", windows, weight) + bias[:, None]


@misconception(of="words_to_maps", read="convolution.md#cross-correlation")
def filters_reversed(x, weight, bias):
    """The filters are turned round. What deep learning calls a convolution does not turn them."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=1)
    return np.einsum("ntdf,cdf->nct", windows, weight[:, :, ::-1]) + bias[:, None]


@misconception(of="words_to_maps", read="convolution.md#channels-summed")
def maps_without_bias(x, weight, bias):
    """The bias is missing. Each filter adds one to all its outputs."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=1)
    return np.einsum("ntdf,cdf->nct", windows, weight)


@misconception(of="words_to_maps", read="convolution.md#channels-summed")
def bias_in_each_product(x, weight, bias):
    """The bias is added once for each feature. A filter sums over all features and then adds one bias."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=1)
    return np.einsum("ntdf,cdf->nct", windows, weight) + x.shape[2] * bias[:, None]


@misconception(of="words_to_maps", read="convolution.md#channels-summed")
def features_averaged(x, weight, bias):
    """The features are averaged. A filter sums over them."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=1)
    return np.einsum("ntdf,cdf->nct", windows, weight) / x.shape[2] + bias[:, None]


@misconception(of="words_to_maps", read="convolution.md#convolution-slides")
def windows_that_do_not_overlap(x, weight, bias):
    """The windows begin their own width apart. With a stride of 1, each begins one place after the one
    before.
    """
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=1)
    return np.einsum("ntdf,cdf->nct", windows[:, :: weight.shape[2]], weight) + bias[:, None]


@misconception(of="words_to_maps", read="convolution.md#convolution-slides")
def last_window_lost(x, weight, bias):
    """The last window is missing. There are T - F + 1 of them: the first begins at 0, the last at T - F."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=1)
    return np.einsum("ntdf,cdf->nct", windows[:, :-1], weight) + bias[:, None]
