"""Known wrong ways to write the functions of this exercise."""

import numpy as np

from layerbook.misconceptions import misconception


def _sigmoid(sums):
    return 0.5 * (1.0 + np.tanh(0.5 * sums))


def _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """All four sums, (N, 4H)."""
    return x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T + bias_hh


def _letters(sums, order="ifgo"):
    """i, f, g, o from sums whose blocks stand in the given order."""
    blocks = dict(zip(order, np.split(sums, 4, axis=1), strict=True))
    return [np.tanh(blocks["g"]) if name == "g" else _sigmoid(blocks[name]) for name in "ifgo"]


def _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters):
    """What lstm_step_forward returns, given the four letters."""
    i, f, g, o = letters
    c_new = f * c_prev + i * g
    return o * np.tanh(c_new), c_new, (x, h_prev, c_prev, weight_ih, weight_hh, i, f, g, o, c_new)


def _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """A right step."""
    letters = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters)


def _at_new_cell(grad_h, grad_c, cache):
    """The whole gradient at the new cell state."""
    o, c_new = cache[8:]
    return grad_c + grad_h * o * (1.0 - np.tanh(c_new) ** 2)


def _of_sums(grad_h, grad_c_new, cache):
    """Gradients of the four sums in the order i, f, g, o, given the whole gradient at the new cell state."""
    c, (i, f, g, o, c_new) = cache[2], cache[5:]
    return [
        grad_c_new * g * i * (1.0 - i),
        grad_c_new * c * f * (1.0 - f),
        grad_c_new * i * (1.0 - g**2),
        grad_h * np.tanh(c_new) * o * (1.0 - o),
    ]


def _all(blocks, grad_c_old, cache):
    """The seven gradients, given those of the sums and of the old cell state."""
    x, h, _, weight_ih, weight_hh = cache[:5]
    sums = np.concatenate(blocks, axis=1)
    bias = sums.sum(axis=0)
    return sums @ weight_ih, sums @ weight_hh, grad_c_old, sums.T @ x, sums.T @ h, bias, bias.copy()


def _step_back(grad_h, grad_c, cache):
    """A right step backwards."""
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    return _all(_of_sums(grad_h, grad_c_new, cache), grad_c_new * cache[6], cache)


def _from(grad_h, grad_c_new, cache):
    """A right step backwards but for the gradient at the new cell state, which is given."""
    return _all(_of_sums(grad_h, grad_c_new, cache), grad_c_new * cache[6], cache)


def _with(grad_h, grad_c, cache, **changed):
    """A right step backwards but for the gradients of some sums, such as `f=...`."""
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    blocks = dict(zip("ifgo", _of_sums(grad_h, grad_c_new, cache), strict=True)) | changed
    return _all([blocks[name] for name in "ifgo"], grad_c_new * cache[6], cache)


# parameter_count


@misconception(of="parameter_count", read="lstm.md#gate-order")
def one_bias_vector(input_size, hidden_size, num_layers=1, bias=True):
    """Only one bias vector is counted. PyTorch keeps two for each LSTM, `bias_ih` and `bias_hh`."""
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(4 * hidden_size * (size + hidden_size + bias) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def biases_not_counted(input_size, hidden_size, num_layers=1, bias=True):
    """The biases are not counted. They are learned too: `bias_ih` and `bias_hh` have 4 * H numbers each."""
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(4 * hidden_size * (size + hidden_size) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def bias_shared_by_the_gates(input_size, hidden_size, num_layers=1, bias=True):
    """One bias is counted for all four blocks. Each block has its own, so a bias vector has 4 * H numbers."""
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(4 * hidden_size * (size + hidden_size) + 2 * hidden_size * bias for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def three_blocks(input_size, hidden_size, num_layers=1, bias=True):
    """Three blocks are counted, one for each gate. The candidate is no gate, but has a block too: four."""
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(3 * hidden_size * (size + hidden_size + 2 * bias) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def as_many_as_an_rnn(input_size, hidden_size, num_layers=1, bias=True):
    """One block is counted, as in an RNN. An LSTM has four, each of that size."""
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(hidden_size * (size + hidden_size + 2 * bias) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def blocks_for_the_states(input_size, hidden_size, num_layers=1, bias=True):
    """Two blocks are counted, for the two states. The number of states does not matter; there are four
    blocks.
    """
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(2 * hidden_size * (size + hidden_size + 2 * bias) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def recurrent_weights_not_counted(input_size, hidden_size, num_layers=1, bias=True):
    """`weight_hh` is not counted. The hidden state has a matrix of its own, (4 * H, H)."""
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(4 * hidden_size * (size + 2 * bias) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def input_and_hidden_swapped(input_size, hidden_size, num_layers=1, bias=True):
    """`input_size` and `hidden_size` are swapped. The blocks have H rows, the hidden size."""
    sizes = [hidden_size] + [input_size] * (num_layers - 1)
    return sum(4 * input_size * (size + input_size + 2 * bias) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def bias_always_there(input_size, hidden_size, num_layers=1, bias=True):
    """`bias=False` is ignored. Without biases there is no bias vector to count."""
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(4 * hidden_size * (size + hidden_size + 2) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#gate-order")
def one_bias_always_left(input_size, hidden_size, num_layers=1, bias=True):
    """`bias=False` takes away only one of the two bias vectors. It takes away both."""
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(4 * hidden_size * (size + hidden_size + 1 + bias) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#lstm-two-states")
def one_layer_only(input_size, hidden_size, num_layers=1, bias=True):
    """`num_layers` is ignored. Each LSTM of the stack has weights of its own."""
    return 4 * hidden_size * (input_size + hidden_size + 2 * bias)


@misconception(of="parameter_count", read="lstm.md#lstm-two-states")
def all_layers_read_the_input(input_size, hidden_size, num_layers=1, bias=True):
    """Every LSTM of the stack is counted with D inputs. Only the first reads the input; the others read the H
    hidden states of the one below.
    """
    return num_layers * 4 * hidden_size * (input_size + hidden_size + 2 * bias)


@misconception(of="parameter_count", read="lstm.md#lstm-two-states")
def layers_read_the_input_too(input_size, hidden_size, num_layers=1, bias=True):
    """The LSTMs above the first are counted with D + H inputs. They read only the H states below."""
    sizes = [input_size] + [input_size + hidden_size] * (num_layers - 1)
    return sum(4 * hidden_size * (size + hidden_size + 2 * bias) for size in sizes)


@misconception(of="parameter_count", read="lstm.md#lstm-two-states")
def states_counted(input_size, hidden_size, num_layers=1, bias=True):
    """The states are counted too. They are computed anew for each sequence; only weights and biases are
    learned.
    """
    sizes = [input_size] + [hidden_size] * (num_layers - 1)
    return sum(4 * hidden_size * (size + hidden_size + 2 * bias) + 2 * hidden_size for size in sizes)


# lstm_step_forward


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def input_and_forget_gate_swapped(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order f, i, g, o. The first block is the input gate: i, f, g, o."""
    letters = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), order="figo")
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def candidate_last(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order i, f, o, g. Here the candidate is the third: i, f, g, o."""
    letters = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), order="ifog")
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def forget_gate_first_candidate_last(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order f, i, o, g. Here the order is i, f, g, o."""
    letters = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), order="fiog")
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def candidate_second(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order i, g, f, o. Here the order is i, f, g, o."""
    letters = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), order="igfo")
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def output_gate_second(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order i, o, f, g. Here the order is i, f, g, o."""
    letters = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), order="iofg")
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def blocks_interleaved(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """Every fourth sum is taken for one letter. The blocks stand one after the other: the first H sums are
    the input gate's, the next H the forget gate's.
    """
    sums = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    letters = _letters(np.concatenate([sums[:, number::4] for number in range(4)], axis=1))
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def split_along_the_batch(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The sums are cut along the batch. `np.split` takes axis 0 if you say nothing; the blocks lie along axis
    1.
    """
    i, f, g, o = np.split(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), 4)
    return _finished(
        x, h_prev, c_prev, weight_ih, weight_hh, [_sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)]
    )


@misconception(of="lstm_step_forward", read="lstm.md#forget-gate")
def forget_gate_turned_round(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old cell state is multiplied by 1 - f. The forget gate says what is kept: multiply by f."""
    i, f, g, o = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, [i, 1.0 - f, g, o])


@misconception(of="lstm_step_forward", read="lstm.md#forget-gate")
def input_gate_from_forget_gate(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The input gate is taken to be 1 - f. In an LSTM the two gates are independent: i has its own block."""
    _, f, g, o = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, [1.0 - f, f, g, o])


@misconception(of="lstm_step_forward", read="lstm.md#forget-bias")
def one_added_to_the_forget_gate(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """1 is added to the sum of the forget gate. Some libraries do that by themselves; PyTorch does not, and
    if you want it, it goes into the bias.
    """
    sums = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    size = h_prev.shape[1]
    sums[:, size : 2 * size] += 1.0
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, _letters(sums))


@misconception(of="lstm_step_forward", read="lstm.md#forget-gate")
def old_cell_state_dropped(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old cell state is left out. The new one is f times the old one, plus i times g."""
    letters = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, np.zeros_like(c_prev), weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#forget-gate")
def old_cell_state_kept_whole(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The forget gate is not used. The old cell state is multiplied by f before anything is added."""
    i, f, g, o = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, [i, np.ones_like(f), g, o])


@misconception(of="lstm_step_forward", read="lstm.md#forget-gate")
def hidden_state_kept_for_cell_state(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The forget gate multiplies the old hidden state. It multiplies the old *cell* state."""
    letters = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, h_prev, weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#input-gate")
def input_gate_plus_candidate(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """Input gate and candidate are added, i + g. They are multiplied, so that a shut gate keeps the candidate
    out.
    """
    i, f, g, o = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    c_new = f * c_prev + i + g
    return o * np.tanh(c_new), c_new, (x, h_prev, c_prev, weight_ih, weight_hh, i, f, g, o, c_new)


@misconception(of="lstm_step_forward", read="lstm.md#input-gate")
def candidate_not_gated(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The input gate is not used. The candidate is multiplied by i before it is added."""
    i, f, g, o = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, [np.ones_like(i), f, g, o])


@misconception(of="lstm_step_forward", read="lstm.md#input-gate")
def candidate_subtracted(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate is subtracted. It is added; its own sign says whether the cell state grows or shrinks."""
    i, f, g, o = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, [i, f, -g, o])


@misconception(of="lstm_step_forward", read="lstm.md#input-gate")
def sigmoid_for_the_candidate(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate goes through the logistic function. It is no gate: a tanh gives it both signs."""
    sums = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, np.split(_sigmoid(sums), 4, axis=1))


@misconception(of="lstm_step_forward", read="lstm.md#input-gate")
def candidate_not_squashed(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate is its bare sum. It goes through a tanh first."""
    sums = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    i, f, _, o = _letters(sums)
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, [i, f, np.split(sums, 4, axis=1)[2], o])


@misconception(of="lstm_step_forward", read="lstm.md#lstm-cell")
def tanh_for_the_gates(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """All four letters go through a tanh. Only the candidate does; a gate lies between 0 and 1, so it needs
    the logistic function.
    """
    sums = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, np.split(np.tanh(sums), 4, axis=1))


@misconception(of="lstm_step_forward", read="lstm.md#lstm-cell")
def gates_not_squashed(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The gates are bare sums. Each goes through the logistic function first, which brings it between 0 and
    1.
    """
    sums = np.split(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), 4, axis=1)
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, [sums[0], sums[1], np.tanh(sums[2]), sums[3]])


@misconception(of="lstm_step_forward", read="lstm.md#lstm-cell")
def cell_state_squashed(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The new cell state goes through a tanh. There is none on the path from one cell state to the next; the
    tanh comes on the way to the hidden state.
    """
    i, f, g, o = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    c_new = np.tanh(f * c_prev + i * g)
    return o * c_new, c_new, (x, h_prev, c_prev, weight_ih, weight_hh, i, f, g, o, c_new)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def second_bias_forgotten(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_hh` is not added. Both biases belong to the sums."""
    return _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, np.zeros_like(bias_hh))


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def first_bias_forgotten(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_ih` is not added. Both biases belong to the sums."""
    return _step(x, h_prev, c_prev, weight_ih, weight_hh, np.zeros_like(bias_ih), bias_hh)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def both_biases_forgotten(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """No bias is added. Both `bias_ih` and `bias_hh` belong to the sums."""
    return _step(x, h_prev, c_prev, weight_ih, weight_hh, np.zeros_like(bias_ih), np.zeros_like(bias_hh))


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def first_bias_for_all_gates(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """All four blocks get the biases of the first. Each block has its own H numbers of `bias_ih` and
    `bias_hh`.
    """
    size = h_prev.shape[1]
    return _step(
        x, h_prev, c_prev, weight_ih, weight_hh, np.tile(bias_ih[:size], 4), np.tile(bias_hh[:size], 4)
    )


@misconception(of="lstm_step_forward", read="lstm.md#lstm-cell")
def old_hidden_state_not_seen(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old hidden state is not used. All four sums see it, through `weight_hh`."""
    return _step(x, np.zeros_like(h_prev), c_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="lstm_step_forward", read="lstm.md#lstm-cell")
def input_not_seen(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The input is not used. All four sums see it, through `weight_ih`."""
    return _step(np.zeros_like(x), h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="lstm_step_forward", read="lstm.md#lstm-two-states")
def gates_see_the_cell_state(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The sums are made from the old cell state. They see the input and the old *hidden* state."""
    letters = _letters(_sums(x, c_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, letters)


@misconception(of="lstm_step_forward", read="lstm.md#gate-order")
def weights_not_transposed(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The weights are not transposed. `weight_ih` has the shape (4 * H, D), and x is (N, D): the product
    needs `weight_ih.T`.
    """
    sums = x @ weight_ih + bias_ih + h_prev @ weight_hh + bias_hh
    return _finished(x, h_prev, c_prev, weight_ih, weight_hh, _letters(sums))


@misconception(of="lstm_step_forward", read="lstm.md#lstm-two-states")
def states_returned_in_the_other_order(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The cell state comes first. Return the hidden state, then the cell state, then the cache."""
    h_new, c_new, cache = _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return c_new, h_new, cache


@misconception(of="lstm_step_forward", read="lstm.md#lstm-two-states")
def cell_state_not_returned(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The new cell state is not returned. The next step needs it: return h, c and the cache."""
    h_new, _, cache = _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return h_new, cache


@misconception(of="lstm_step_forward", read="lstm.md#lstm-two-states")
def states_returned_as_a_pair(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The two states are returned as one pair. Return three values: hidden state, cell state and cache."""
    h_new, c_new, cache = _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return (h_new, c_new), cache


@misconception(of="lstm_step_forward", read="lstm.md#lstm-cell")
def old_cell_state_changed(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old cell state is changed in place. `c *= f` writes into the caller's array, and the backward pass
    needs the old values; make a new one.
    """
    i, f, g, o = _letters(_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    c_prev *= f
    c_prev += i * g
    return o * np.tanh(c_prev), c_prev, (x, h_prev, c_prev, weight_ih, weight_hh, i, f, g, o, c_prev)


@misconception(of="lstm_step_forward", read="lstm.md#output-gate")
def cell_state_shown_without_tanh(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The tanh at the output is forgotten. The hidden state is o times the tanh of the new cell state."""
    _, c_new, cache = _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return cache[8] * c_new, c_new, cache


@misconception(of="lstm_step_forward", read="lstm.md#output-gate")
def tanh_of_the_product(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The tanh is taken of o times c. It is taken of the new cell state alone, and then multiplied by o."""
    _, c_new, cache = _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.tanh(cache[8] * c_new), c_new, cache


@misconception(of="lstm_step_forward", read="lstm.md#lstm-cell")
def old_cell_state_shown(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The hidden state shows the old cell state. It shows the new one."""
    _, c_new, cache = _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return cache[8] * np.tanh(c_prev), c_new, cache


@misconception(of="lstm_step_forward", read="lstm.md#output-gate")
def output_gate_not_used(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output gate is not used. The tanh of the new cell state is multiplied by o."""
    _, c_new, cache = _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.tanh(c_new), c_new, cache


@misconception(of="lstm_step_forward", read="lstm.md#output-gate")
def sigmoid_of_the_cell_state(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The cell state is shown through the logistic function. It goes through a tanh, which keeps its sign."""
    _, c_new, cache = _step(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return cache[8] * _sigmoid(c_new), c_new, cache


# lstm_step_backward


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def gradient_of_the_cell_state_dropped(grad_h, grad_c, cache):
    """`grad_c` is not used. What arrives at the new cell state from the next step is added to what comes
    through the hidden state.
    """
    return _from(grad_h, _at_new_cell(grad_h, 0.0, cache), cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def gradient_through_the_hidden_state_dropped(grad_h, grad_c, cache):
    """`grad_h` does not reach the new cell state. The hidden state shows the cell state, so its gradient goes
    on to it, through the output gate and the tanh.
    """
    return _from(grad_h, grad_c, cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def tanh_slope_of_the_cell_state_forgotten(grad_h, grad_c, cache):
    """The slope of the tanh is missing on the way from the hidden state to the cell state. It is 1 -
    tanh(c)**2.
    """
    return _from(grad_h, grad_c + grad_h * cache[8], cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def tanh_slope_without_tanh(grad_h, grad_c, cache):
    """The slope of the tanh is taken as 1 - c**2. It is 1 - tanh(c)**2: the square of the tanh, not of the
    cell state.
    """
    return _from(grad_h, grad_c + grad_h * cache[8] * (1.0 - cache[9] ** 2), cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def tanh_slope_not_squared(grad_h, grad_c, cache):
    """The slope of the tanh is taken as 1 - tanh(c). The tanh is squared: 1 - tanh(c)**2."""
    return _from(grad_h, grad_c + grad_h * cache[8] * (1.0 - np.tanh(cache[9])), cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def tanh_slope_of_the_hidden_state(grad_h, grad_c, cache):
    """The slope of the tanh is taken as 1 - h**2, as in an RNN. The hidden state is o times the tanh; the
    slope needs the tanh alone.
    """
    shown = cache[8] * np.tanh(cache[9])
    return _from(grad_h, grad_c + grad_h * cache[8] * (1.0 - shown**2), cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-cell")
def tanh_slope_of_the_old_cell_state(grad_h, grad_c, cache):
    """The slope of the tanh is taken at the old cell state. The hidden state shows the new one."""
    return _from(grad_h, grad_c + grad_h * cache[8] * (1.0 - np.tanh(cache[2]) ** 2), cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def output_gate_not_passed(grad_h, grad_c, cache):
    """The output gate is missing on the way from the hidden state to the cell state. The tanh is multiplied
    by o, so its gradient is too.
    """
    return _from(grad_h, grad_c + grad_h * (1.0 - np.tanh(cache[9]) ** 2), cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def gradients_added_too_early(grad_h, grad_c, cache):
    """`grad_c` goes through the output gate and the tanh. It arrives at the cell state itself; only `grad_h`
    comes that way.
    """
    return _from(grad_h, _at_new_cell(grad_h + grad_c, 0.0, cache), cache)


@misconception(of="lstm_step_backward", read="lstm.md#additive-path")
def forget_gate_not_passed(grad_h, grad_c, cache):
    """The old cell state gets the gradient of the new one as it is. It was multiplied by f, so its gradient
    is too.
    """
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    return _all(_of_sums(grad_h, grad_c_new, cache), grad_c_new, cache)


@misconception(of="lstm_step_backward", read="lstm.md#additive-path")
def old_cell_state_by_the_input_gate(grad_h, grad_c, cache):
    """The gradient of the old cell state is multiplied by i. The old cell state was multiplied by f."""
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    return _all(_of_sums(grad_h, grad_c_new, cache), grad_c_new * cache[5], cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def only_the_carried_gradient_handed_on(grad_h, grad_c, cache):
    """The old cell state gets `grad_c` times f only. It gets f times the *whole* gradient of the new cell
    state, with the part that came through the hidden state.
    """
    return _all(_of_sums(grad_h, _at_new_cell(grad_h, grad_c, cache), cache), grad_c * cache[6], cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def gates_without_the_carried_gradient(grad_h, grad_c, cache):
    """The gates and the candidate do not hear of `grad_c`. i, f and g made the new cell state, so they get
    their part of its *whole* gradient.
    """
    blocks = _of_sums(grad_h, _at_new_cell(grad_h, 0.0, cache), cache)
    return _all(blocks, _at_new_cell(grad_h, grad_c, cache) * cache[6], cache)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-cell")
def new_cell_state_for_the_forget_gate(grad_h, grad_c, cache):
    """The forget gate's gradient is multiplied by the new cell state. The gate multiplied the *old* one."""
    f, c_new = cache[6], cache[9]
    return _with(grad_h, grad_c, cache, f=_at_new_cell(grad_h, grad_c, cache) * c_new * f * (1.0 - f))


@misconception(of="lstm_step_backward", read="lstm.md#input-gate")
def factors_of_input_gate_and_candidate_swapped(grad_h, grad_c, cache):
    """i and g are multiplied by themselves. In a product, each factor's gradient is multiplied by the *other*
    factor: i gets g, and g gets i.
    """
    i, g, grad_c_new = cache[5], cache[7], _at_new_cell(grad_h, grad_c, cache)
    return _with(grad_h, grad_c, cache, i=grad_c_new * i * i * (1.0 - i), g=grad_c_new * g * (1.0 - g**2))


@misconception(of="lstm_step_backward", read="lstm.md#input-gate")
def input_gate_as_if_added(grad_h, grad_c, cache):
    """The candidate is missing in the gradient of i. i was multiplied by g, and so is its gradient."""
    i = cache[5]
    return _with(grad_h, grad_c, cache, i=_at_new_cell(grad_h, grad_c, cache) * i * (1.0 - i))


@misconception(of="lstm_step_backward", read="lstm.md#input-gate")
def candidate_as_if_added(grad_h, grad_c, cache):
    """The input gate is missing in the gradient of g. g was multiplied by i, and so is its gradient."""
    return _with(grad_h, grad_c, cache, g=_at_new_cell(grad_h, grad_c, cache) * (1.0 - cache[7] ** 2))


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def slope_of_the_input_gate_forgotten(grad_h, grad_c, cache):
    """The slope of the input gate is missing. From the gate to its sum one factor is left, i * (1 - i)."""
    return _with(grad_h, grad_c, cache, i=_at_new_cell(grad_h, grad_c, cache) * cache[7])


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def slope_of_the_forget_gate_forgotten(grad_h, grad_c, cache):
    """The slope of the forget gate is missing. From the gate to its sum there is one more factor, f * (1 -
    f).
    """
    return _with(grad_h, grad_c, cache, f=_at_new_cell(grad_h, grad_c, cache) * cache[2])


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def slope_of_the_candidate_forgotten(grad_h, grad_c, cache):
    """The slope of the candidate is missing. From the candidate to its sum there is one more factor, 1 -
    g**2.
    """
    return _with(grad_h, grad_c, cache, g=_at_new_cell(grad_h, grad_c, cache) * cache[5])


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def slope_of_the_output_gate_forgotten(grad_h, grad_c, cache):
    """The slope of the output gate is missing. From the gate to its sum there is one more factor, o * (1 -
    o).
    """
    return _with(grad_h, grad_c, cache, o=grad_h * np.tanh(cache[9]))


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def all_slopes_forgotten(grad_h, grad_c, cache):
    """The slopes of all four letters are missing. From a letter to its sum there is one more factor: a * (1 -
    a) for a gate, 1 - g**2 for the candidate.
    """
    c, i, g, grad_c_new = cache[2], cache[5], cache[7], _at_new_cell(grad_h, grad_c, cache)
    blocks = {"i": grad_c_new * g, "f": grad_c_new * c, "g": grad_c_new * i, "o": grad_h * np.tanh(cache[9])}
    return _with(grad_h, grad_c, cache, **blocks)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def candidate_with_the_slope_of_a_gate(grad_h, grad_c, cache):
    """The candidate gets the slope of a gate, g * (1 - g). It came from a tanh: its slope is 1 - g**2."""
    i, g = cache[5], cache[7]
    return _with(grad_h, grad_c, cache, g=_at_new_cell(grad_h, grad_c, cache) * i * g * (1.0 - g))


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def gates_with_the_slope_of_tanh(grad_h, grad_c, cache):
    """The gates get the slope of a tanh, 1 - a**2. They came from the logistic function: its slope is a * (1
    - a).
    """
    c, (i, f, g, o, c_new) = cache[2], cache[5:]
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    blocks = {
        "i": grad_c_new * g * (1.0 - i**2),
        "f": grad_c_new * c * (1.0 - f**2),
        "o": grad_h * np.tanh(c_new) * (1.0 - o**2),
    }
    return _with(grad_h, grad_c, cache, **blocks)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def slopes_of_what_is_squashed_already(grad_h, grad_c, cache):
    """The letters are squashed a second time for their slopes. With i the gate itself, the slope is i * (1 -
    i); sigmoid(i) would belong to another sum.
    """
    c, (i, f, g, o, c_new) = cache[2], cache[5:]
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    twice_i, twice_f, twice_o = _sigmoid(i), _sigmoid(f), _sigmoid(o)
    blocks = {
        "i": grad_c_new * g * twice_i * (1.0 - twice_i),
        "f": grad_c_new * c * twice_f * (1.0 - twice_f),
        "g": grad_c_new * i * (1.0 - np.tanh(g) ** 2),
        "o": grad_h * np.tanh(c_new) * twice_o * (1.0 - twice_o),
    }
    return _with(grad_h, grad_c, cache, **blocks)


@misconception(of="lstm_step_backward", read="lstm.md#output-gate")
def output_gate_by_the_bare_cell_state(grad_h, grad_c, cache):
    """The output gate's gradient is multiplied by the cell state. The gate multiplied its *tanh*."""
    o, c_new = cache[8:]
    return _with(grad_h, grad_c, cache, o=grad_h * c_new * o * (1.0 - o))


@misconception(of="lstm_step_backward", read="lstm.md#lstm-cell")
def output_gate_by_the_old_cell_state(grad_h, grad_c, cache):
    """The output gate's gradient is multiplied by the tanh of the old cell state. The gate showed the *new*
    one.
    """
    o = cache[8]
    return _with(grad_h, grad_c, cache, o=grad_h * np.tanh(cache[2]) * o * (1.0 - o))


@misconception(of="lstm_step_backward", read="lstm.md#output-gate")
def output_gate_by_the_cell_gradient(grad_h, grad_c, cache):
    """The output gate gets the gradient of the cell state. The gate acts on the hidden state only: its
    gradient is made from `grad_h` alone.
    """
    o, c_new = cache[8:]
    total = _at_new_cell(grad_h, grad_c, cache)
    return _with(grad_h, grad_c, cache, o=total * np.tanh(c_new) * o * (1.0 - o))


@misconception(of="lstm_step_backward", read="lstm.md#output-gate")
def output_gate_gets_both_gradients(grad_h, grad_c, cache):
    """The output gate gets a part of `grad_c`. The gate acts on the hidden state only: its gradient is made
    from `grad_h` alone.
    """
    o, c_new = cache[8:]
    return _with(grad_h, grad_c, cache, o=(grad_h + grad_c) * np.tanh(c_new) * o * (1.0 - o))


@misconception(of="lstm_step_backward", read="lstm.md#gate-order")
def gradients_of_input_and_forget_gate_swapped(grad_h, grad_c, cache):
    """The blocks are put together in the order f, i, g, o. The weights have the order i, f, g, o, so their
    gradients have it too.
    """
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    i, f, g, o = _of_sums(grad_h, grad_c_new, cache)
    return _all([f, i, g, o], grad_c_new * cache[6], cache)


@misconception(of="lstm_step_backward", read="lstm.md#gate-order")
def gradient_of_the_candidate_last(grad_h, grad_c, cache):
    """The blocks are put together in the order i, f, o, g. The weights have the order i, f, g, o, so their
    gradients have it too.
    """
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    i, f, g, o = _of_sums(grad_h, grad_c_new, cache)
    return _all([i, f, o, g], grad_c_new * cache[6], cache)


@misconception(of="lstm_step_backward", read="lstm.md#gate-order")
def gradients_interleaved(grad_h, grad_c, cache):
    """The gradients of the four sums are interleaved. The first H columns belong to the input gate, the next
    H to the forget gate: join the blocks, do not stack them unit by unit.
    """
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    stacked = np.stack(_of_sums(grad_h, grad_c_new, cache), axis=-1)  # (N, H, 4)
    return _all([stacked.reshape(len(stacked), -1)], grad_c_new * cache[6], cache)


@misconception(of="lstm_step_backward", read="rnn.md#through-time")
def bias_not_summed_over_the_batch(grad_h, grad_c, cache):
    """The gradient of a bias is not summed over the batch. All examples use the same bias: it has the shape
    (4 * H,).
    """
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    blocks = _of_sums(grad_h, grad_c_new, cache)
    sums = np.concatenate(blocks, axis=1)
    return *_all(blocks, grad_c_new * cache[6], cache)[:5], sums, sums.copy()


@misconception(of="lstm_step_backward", read="rnn.md#through-time")
def bias_averaged_over_the_batch(grad_h, grad_c, cache):
    """The gradient of a bias is averaged over the batch. It is summed; if the loss is a mean, the division
    has already happened there.
    """
    *others, bias_ih, bias_hh = _step_back(grad_h, grad_c, cache)
    return *others, bias_ih / len(grad_h), bias_hh / len(grad_h)


@misconception(of="lstm_step_backward", read="rnn.md#through-time")
def weights_averaged_over_the_batch(grad_h, grad_c, cache):
    """The gradients of weights and biases are averaged over the batch. They are summed; if the loss is a
    mean, the division has already happened there.
    """
    gradients = _step_back(grad_h, grad_c, cache)
    return *gradients[:3], *(gradient / len(grad_h) for gradient in gradients[3:])


@misconception(of="lstm_step_backward", read="lstm.md#gate-order")
def biases_share_the_gradient(grad_h, grad_c, cache):
    """Each bias gets half of the gradient. Both are added to the same sums, so each has the whole of it."""
    *others, bias_ih, bias_hh = _step_back(grad_h, grad_c, cache)
    return *others, bias_ih / 2.0, bias_hh / 2.0


@misconception(of="lstm_step_backward", read="lstm.md#gate-order")
def no_gradient_for_the_second_bias(grad_h, grad_c, cache):
    """`bias_hh` gets no gradient. It is added to the same sums as `bias_ih`, so it has the same gradient."""
    *others, bias_ih, bias_hh = _step_back(grad_h, grad_c, cache)
    return *others, bias_ih, np.zeros_like(bias_hh)


@misconception(of="lstm_step_backward", read="lstm.md#gate-order")
def one_gradient_for_both_biases(grad_h, grad_c, cache):
    """One gradient is returned for both biases. Seven arguments went in, so seven gradients come out, one for
    each.
    """
    return _step_back(grad_h, grad_c, cache)[:6]


@misconception(of="lstm_step_backward", read="lstm.md#lstm-cell")
def new_hidden_state_for_the_weights(grad_h, grad_c, cache):
    """The gradient of `weight_hh` is made with the new hidden state. What the weight multiplied is the *old*
    one.
    """
    gradients = list(_step_back(grad_h, grad_c, cache))
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    sums = np.concatenate(_of_sums(grad_h, grad_c_new, cache), axis=1)
    gradients[4] = sums.T @ (cache[8] * np.tanh(cache[9]))
    return tuple(gradients)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-states")
def cell_state_for_the_weights(grad_h, grad_c, cache):
    """The gradient of `weight_hh` is made with the old cell state. What the weight multiplied is the old
    *hidden* state.
    """
    gradients = list(_step_back(grad_h, grad_c, cache))
    grad_c_new = _at_new_cell(grad_h, grad_c, cache)
    gradients[4] = np.concatenate(_of_sums(grad_h, grad_c_new, cache), axis=1).T @ cache[2]
    return tuple(gradients)


@misconception(of="lstm_step_backward", read="lstm.md#gate-order")
def weight_gradients_transposed(grad_h, grad_c, cache):
    """The gradients of the weights are transposed. A gradient has the shape of its array: (4 * H, D) and (4 *
    H, H).
    """
    gradients = list(_step_back(grad_h, grad_c, cache))
    gradients[3], gradients[4] = gradients[3].T, gradients[4].T
    return tuple(gradients)


@misconception(of="lstm_step_backward", read="lstm.md#gate-order")
def weights_transposed_on_the_way_back(grad_h, grad_c, cache):
    """The weights are transposed on the way back. Forwards the product used `weight_ih.T`; backwards the
    gradient of the sums, (N, 4 * H), is multiplied by `weight_ih` as it stands.
    """
    sums = np.concatenate(_of_sums(grad_h, _at_new_cell(grad_h, grad_c, cache), cache), axis=1)
    return (sums @ cache[3].T, sums @ cache[4].T, *_step_back(grad_h, grad_c, cache)[2:])


@misconception(of="lstm_step_backward", read="rnn.md#two-ways-into-a-state")
def arriving_gradient_added_to_the_old_state(grad_h, grad_c, cache):
    """`grad_h` is added to the gradient of the old hidden state. There is no direct path from the old hidden
    state to the new one; all goes through the four sums.
    """
    gradients = list(_step_back(grad_h, grad_c, cache))
    gradients[1] = gradients[1] + grad_h
    return tuple(gradients)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def no_gradient_for_the_old_hidden_state(grad_h, grad_c, cache):
    """The old hidden state gets no gradient. All four sums saw it, so the gradient comes back through
    `weight_hh`.
    """
    gradients = list(_step_back(grad_h, grad_c, cache))
    gradients[1] = np.zeros_like(grad_h)
    return tuple(gradients)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def no_gradient_for_the_old_cell_state(grad_h, grad_c, cache):
    """The old cell state gets no gradient. It is f times the whole gradient of the new one; without it the
    additive path is cut.
    """
    gradients = list(_step_back(grad_h, grad_c, cache))
    gradients[2] = np.zeros_like(grad_c)
    return tuple(gradients)


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-states")
def gradients_of_the_states_swapped(grad_h, grad_c, cache):
    """The gradient of the cell state comes before that of the hidden state. The order is that of the
    arguments: x, h, c.
    """
    grad_x, grad_h_old, grad_c_old, *others = _step_back(grad_h, grad_c, cache)
    return grad_x, grad_c_old, grad_h_old, *others


@misconception(of="lstm_step_backward", read="lstm.md#lstm-two-gradients")
def arriving_gradient_changed(grad_h, grad_c, cache):
    """The caller's gradient is changed. `grad_c += ...` writes into it; make a new array."""
    grad_c += grad_h * cache[8] * (1.0 - np.tanh(cache[9]) ** 2)
    return _from(grad_h, grad_c, cache)


# lstm_forward


def _run(x, h, c, parameters, steps=None):
    """Hidden states (a list), cell states (a list) and caches of all steps."""
    hidden, cells, caches = [], [], []
    for t in range(x.shape[1]) if steps is None else steps:
        h, c, cache = _step(x[:, t], h, c, *parameters)
        hidden.append(h)
        cells.append(c)
        caches.append(cache)
    return hidden, cells, caches


@misconception(of="lstm_forward", read="rnn.md#initial-state")
def initial_hidden_state_ignored(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """`h0` is ignored. Step 0 begins with the hidden state that is given, not with zeros."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden, cells, caches = _run(x, np.zeros_like(h0), c0, parameters)
    return np.stack(hidden, axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="rnn.md#initial-state")
def initial_cell_state_ignored(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """`c0` is ignored. Step 0 begins with the cell state that is given, not with zeros."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden, cells, caches = _run(x, h0, np.zeros_like(c0), parameters)
    return np.stack(hidden, axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="rnn.md#initial-state")
def both_initial_states_ignored(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """`h0` and `c0` are ignored. Step 0 begins with the states that are given, not with zeros."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden, cells, caches = _run(x, np.zeros_like(h0), np.zeros_like(c0), parameters)
    return np.stack(hidden, axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="rnn.md#initial-state")
def initial_states_swapped(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """`h0` and `c0` are swapped. The first of the two is the hidden state."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden, cells, caches = _run(x, c0, h0, parameters)
    return np.stack(hidden, axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def cell_state_not_carried(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Every step begins with `c0`. Each begins with the cell state that the step before has made."""
    h, hidden, caches = h0, [], []
    for t in range(x.shape[1]):
        h, c, cache = _step(x[:, t], h, c0, weight_ih, weight_hh, bias_ih, bias_hh)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), c, caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def hidden_state_not_carried(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Every step sees `h0`. Each sees the hidden state that the step before has made."""
    c, hidden, caches = c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = _step(x[:, t], h0, c, weight_ih, weight_hh, bias_ih, bias_hh)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), c, caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def no_state_carried(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Every step begins with `h0` and `c0`. Each begins with the two states that the step before has made."""
    hidden, caches = [], []
    for t in range(x.shape[1]):
        h, c, cache = _step(x[:, t], h0, c0, weight_ih, weight_hh, bias_ih, bias_hh)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), c, caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def states_swapped_at_each_step(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The two states change places from step to step. What a step returns as hidden state is the next one's
    hidden state; mind the order in which you unpack.
    """
    h, c, hidden, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        c, h, cache = _step(x[:, t], h, c, weight_ih, weight_hh, bias_ih, bias_hh)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), c, caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def hidden_state_carried_as_cell_state(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The hidden state is handed on in the place of the cell state. Both go on, each in its own place."""
    h, c, hidden, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, _, cache = _step(x[:, t], h, c, weight_ih, weight_hh, bias_ih, bias_hh)
        c = h
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), c, caches


@misconception(of="lstm_forward", read="rnn.md#time-and-batch")
def time_taken_for_the_batch(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The loop runs over the batch. Time is the second axis of x, (N, T, D): the input of step t is `x[:,
    t]`.
    """
    h, c, hidden, caches = h0, c0, [], []
    for x_t in x:
        h, c, cache = _step(x_t, h, c, weight_ih, weight_hh, bias_ih, bias_hh)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), c, caches


@misconception(of="lstm_forward", read="rnn.md#time-and-batch")
def output_with_time_first(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output has time in front, (T, N, H). Here the batch does: stack along axis 1."""
    hidden, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden), cells[-1], caches


@misconception(of="lstm_forward", read="rnn.md#time-and-batch")
def output_reshaped(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output is reshaped from (T, N, H) to (N, T, H). That mixes the sequences of the batch; the two axes
    have to be exchanged, or the states stacked along axis 1.
    """
    hidden, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden).reshape(*x.shape[:2], -1), cells[-1], caches


@misconception(of="lstm_forward", read="rnn.md#time-and-batch")
def hidden_states_side_by_side(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The hidden states are joined along an axis they have, (N, T * H). Each step needs an axis position of
    its own, (N, T, H): stack them.
    """
    hidden, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.concatenate(hidden, axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def last_hidden_state_only(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Only the last hidden state is returned. `output` holds those of all steps, (N, T, H)."""
    hidden, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return hidden[-1], cells[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def cell_states_as_output(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output holds the cell states. They are private: `output` holds the hidden states of all steps."""
    _, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(cells, axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def last_hidden_state_for_last_cell_state(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The last hidden state is returned as `c_n`. `c_n` is the *cell* state after the last step."""
    hidden, _, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden, axis=1), hidden[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def all_cell_states_returned(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The cell states of all steps are returned. `c_n` is the last one only, (N, H)."""
    hidden, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def states_before_the_steps(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output is one step late: it begins with `h0`. At t stands the hidden state *after* step t."""
    hidden, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack([h0, *hidden[:-1]], axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def initial_state_in_the_output(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output begins with `h0` and has T + 1 steps. It holds the states after steps 0 to T - 1 only."""
    hidden, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack([h0, *hidden], axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-cell")
def same_input_at_every_step(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Every step reads the input of step 0. Step t reads `x[:, t]`."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden, cells, caches = _run(np.repeat(x[:, :1], x.shape[1], axis=1), h0, c0, parameters)
    return np.stack(hidden, axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-cell")
def read_from_the_end(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The sequence is read from its end. Forwards, the steps go from 0 to T - 1."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden, cells, caches = _run(x, h0, c0, parameters, reversed(range(x.shape[1])))
    return np.stack(hidden[::-1], axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="lstm.md#lstm-cell")
def one_state_written_over_and_over(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """All steps of the output show the last hidden state. One array is written over again at each step; each
    step needs an array of its own.
    """
    hidden, cells, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack([hidden[-1]] * x.shape[1], axis=1), cells[-1], caches


@misconception(of="lstm_forward", read="rnn.md#initial-state")
def initial_state_changed(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The caller's initial states are changed. `h[...] = ` writes into `h0`; let the name point to the new
    array instead.
    """
    hidden, cells, caches = _run(x, h0.copy(), c0.copy(), (weight_ih, weight_hh, bias_ih, bias_hh))
    h0[...], c0[...] = hidden[-1], cells[-1]
    return np.stack(hidden, axis=1), c0, caches


@misconception(of="lstm_forward", read="lstm.md#lstm-two-states")
def last_cell_state_not_returned(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The last cell state is not returned. Return three values: `output`, `c_n` and the cache."""
    hidden, _, caches = _run(x, h0, c0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden, axis=1), caches


# lstm_backward


def _walk(grad_output, grad_c_n, cache, change=lambda t, back: back, order=None):
    """A right way back through time but for `change`, which may change what one step gives."""
    grad_h, grad_c = np.zeros_like(grad_c_n), grad_c_n
    grad_x, parts = np.zeros((*grad_output.shape[:2], cache[0][0].shape[1])), [[], [], [], []]
    for t in reversed(range(len(cache))) if order is None else order:
        back = change(t, _step_back(grad_output[:, t] + grad_h, grad_c, cache[t]))
        grad_x[:, t], grad_h, grad_c = back[:3]
        for part, gradient in zip(parts, back[3:], strict=True):
            part.append(gradient)
    return grad_x, grad_h, grad_c, parts


def _summed(grad_x, grad_h0, grad_c0, parts):
    return grad_x, grad_h0, grad_c0, *(np.sum(part, axis=0) for part in parts)


@misconception(of="lstm_backward", read="lstm.md#additive-path")
def cell_gradient_not_carried(grad_output, grad_c_n, cache):
    """The gradient of the cell state is not handed to the step before. Then the additive path is cut; two
    gradients go from each step to the one before.
    """

    def change(t, back):
        return (*back[:2], np.zeros_like(grad_c_n) if t else back[2], *back[3:])

    return _summed(*_walk(grad_output, grad_c_n, cache, change))


@misconception(of="lstm_backward", read="rnn.md#two-ways-into-a-state")
def hidden_gradient_not_carried(grad_output, grad_c_n, cache):
    """The gradient of the hidden state is not handed to the step before. The next step's sums saw this hidden
    state, so a gradient comes back from there too.
    """

    def change(t, back):
        return (back[0], np.zeros_like(grad_c_n) if t else back[1], *back[2:])

    return _summed(*_walk(grad_output, grad_c_n, cache, change))


@misconception(of="lstm_backward", read="rnn.md#two-ways-into-a-state")
def nothing_carried(grad_output, grad_c_n, cache):
    """No gradient is handed to the step before. Then each step learns from its own output only; both states
    carry gradients back.
    """

    def change(t, back):
        zero = np.zeros_like(grad_c_n)
        return (back[0], zero, zero, *back[3:]) if t else back

    return _summed(*_walk(grad_output, grad_c_n, cache, change))


@misconception(of="lstm_backward", read="rnn.md#two-ways-into-a-state")
def only_the_last_output_counts(grad_output, grad_c_n, cache):
    """Only the last step's row of `grad_output` is used. Every hidden state has a row of its own."""
    last = np.zeros_like(grad_output)
    last[:, -1] = grad_output[:, -1]
    return _summed(*_walk(last, grad_c_n, cache))


@misconception(of="lstm_backward", read="rnn.md#two-ways-into-a-state")
def last_output_counted_at_every_step(grad_output, grad_c_n, cache):
    """The last step's row of `grad_output` is used at every step. Step t has its own, `grad_output[:, t]`."""
    return _summed(*_walk(np.repeat(grad_output[:, -1:], len(cache), axis=1), grad_c_n, cache))


@misconception(of="lstm_backward", read="rnn.md#two-ways-into-a-state")
def last_output_counted_twice(grad_output, grad_c_n, cache):
    """The last step's row of `grad_output` is used twice. Nothing comes from a step after the last one: begin
    with zeros.
    """
    twice = grad_output.copy()
    twice[:, -1] *= 2.0
    return _summed(*_walk(twice, grad_c_n, cache))


@misconception(of="lstm_backward", read="lstm.md#lstm-two-gradients")
def gradient_of_the_last_cell_state_ignored(grad_output, grad_c_n, cache):
    """`grad_c_n` is ignored. It is what arrives at the cell state of the last step: begin with it, not with
    zeros.
    """
    return _summed(*_walk(grad_output, np.zeros_like(grad_c_n), cache))


@misconception(of="lstm_backward", read="lstm.md#lstm-two-gradients")
def gradient_of_the_last_cell_state_at_every_step(grad_output, grad_c_n, cache):
    """`grad_c_n` is added at every step. It belongs to the last step; from there on it is handed on with the
    rest.
    """

    def change(t, back):
        return (*back[:2], back[2] + grad_c_n if t else back[2], *back[3:])

    return _summed(*_walk(grad_output, grad_c_n, cache, change))


@misconception(of="lstm_backward", read="lstm.md#lstm-two-gradients")
def gradient_of_the_last_cell_state_only(grad_output, grad_c_n, cache):
    """`grad_c_n` is used at every step, and nothing is handed on. Each step gets what the step after it hands
    back for its cell state.
    """

    def change(t, back):
        return (*back[:2], grad_c_n if t else back[2], *back[3:])

    return _summed(*_walk(grad_output, grad_c_n, cache, change))


@misconception(of="lstm_backward", read="lstm.md#lstm-two-gradients")
def carried_gradients_pile_up(grad_output, grad_c_n, cache):
    """What is handed on piles up from step to step. It is *replaced* at each step: `=`, not `+=`. Only the
    gradients of the weights add up.
    """
    arriving = {"h": np.zeros_like(grad_c_n), "c": grad_c_n}

    def change(t, back):
        arriving["h"] = arriving["h"] + back[1]
        arriving["c"] = arriving["c"] + back[2]
        return (back[0], arriving["h"], arriving["c"], *back[3:])

    return _summed(*_walk(grad_output, grad_c_n, cache, change))


@misconception(of="lstm_backward", read="lstm.md#lstm-two-gradients")
def carried_gradients_swapped(grad_output, grad_c_n, cache):
    """The two gradients change places on the way. The step returns that of the hidden state first, then that
    of the cell state.
    """

    def change(t, back):
        return (back[0], back[2], back[1], *back[3:])

    return _summed(*_walk(grad_output, grad_c_n, cache, change))


@misconception(of="lstm_backward", read="rnn.md#through-time")
def gradient_of_step_0_only(grad_output, grad_c_n, cache):
    """The gradients of the weights are overwritten at each step. `=` keeps those of step 0; all steps use the
    same weights, so they add up.
    """
    *others, parts = _walk(grad_output, grad_c_n, cache)
    return *others, *(part[-1] for part in parts)


@misconception(of="lstm_backward", read="rnn.md#through-time")
def gradient_of_the_last_step_only(grad_output, grad_c_n, cache):
    """Only the last step counts for the weights. All steps use them, so their gradients add up."""
    *others, parts = _walk(grad_output, grad_c_n, cache)
    return *others, *(part[0] for part in parts)


@misconception(of="lstm_backward", read="rnn.md#through-time")
def averaged_over_the_steps(grad_output, grad_c_n, cache):
    """The gradients of the weights are averaged over the steps. They are summed; nothing is divided by T."""
    *others, parts = _walk(grad_output, grad_c_n, cache)
    return *others, *(np.mean(part, axis=0) for part in parts)


@misconception(of="lstm_backward", read="rnn.md#through-time")
def biases_overwritten(grad_output, grad_c_n, cache):
    """The gradients of the biases are overwritten at each step. The biases are shared by all steps like the
    weights, so theirs add up too.
    """
    *others, parts = _walk(grad_output, grad_c_n, cache)
    return *others, *(np.sum(part, axis=0) for part in parts[:2]), parts[2][-1], parts[3][-1]


@misconception(of="lstm_backward", read="rnn.md#through-time")
def walked_forwards(grad_output, grad_c_n, cache):
    """The loop runs from step 0 to the last. What a step gets comes from the step after it, so begin at the
    end.
    """
    return _summed(*_walk(grad_output, grad_c_n, cache, order=range(len(cache))))


@misconception(of="lstm_backward", read="rnn.md#through-time")
def step_0_left_out(grad_output, grad_c_n, cache):
    """Step 0 is left out. `range(T - 1, 0, -1)` ends at 1; the way back ends with step 0."""
    return _summed(*_walk(grad_output, grad_c_n, cache, order=range(len(cache) - 1, 0, -1)))


@misconception(of="lstm_backward", read="rnn.md#through-time")
def cache_of_another_step(grad_output, grad_c_n, cache):
    """The caches are used in the wrong order. The list was filled from step 0 on; going back, its last one
    comes first.
    """
    return _summed(*_walk(grad_output, grad_c_n, cache[::-1]))


@misconception(of="lstm_backward", read="rnn.md#through-time")
def one_cache_for_all_steps(grad_output, grad_c_n, cache):
    """The cache of the last step is used for all steps. Each step has its own."""
    return _summed(*_walk(grad_output, grad_c_n, [cache[-1]] * len(cache)))


@misconception(of="lstm_backward", read="rnn.md#time-and-batch")
def input_gradients_in_reverse(grad_output, grad_c_n, cache):
    """The gradients of the inputs are in reverse. They were found from the end on; step 0 comes first."""
    grad_x, *others = _summed(*_walk(grad_output, grad_c_n, cache))
    return grad_x[:, ::-1], *others


@misconception(of="lstm_backward", read="rnn.md#time-and-batch")
def input_gradients_with_time_first(grad_output, grad_c_n, cache):
    """The gradient of x has time in front, (T, N, D). x is (N, T, D), so its gradient is too."""
    grad_x, *others = _summed(*_walk(grad_output, grad_c_n, cache))
    return grad_x.transpose(1, 0, 2), *others


@misconception(of="lstm_backward", read="rnn.md#time-and-batch")
def input_gradients_summed(grad_output, grad_c_n, cache):
    """The gradients of the inputs are summed over time. Every step has an input of its own, with a gradient
    of its own.
    """
    grad_x, *others = _summed(*_walk(grad_output, grad_c_n, cache))
    return grad_x.sum(axis=1), *others


@misconception(of="lstm_backward", read="rnn.md#initial-state")
def no_gradient_for_the_initial_states(grad_output, grad_c_n, cache):
    """`h0` and `c0` get no gradient. They are inputs like x: what step 0 hands back belongs to them."""
    grad_x, grad_h, grad_c, *others = _summed(*_walk(grad_output, grad_c_n, cache))
    return grad_x, np.zeros_like(grad_h), np.zeros_like(grad_c), *others


@misconception(of="lstm_backward", read="rnn.md#initial-state")
def gradients_one_step_early(grad_output, grad_c_n, cache):
    """What arrives *at* step 0 is returned for `h0` and `c0`. They stand before step 0: it is what step 0
    hands back.
    """
    arriving = [np.zeros_like(grad_c_n), grad_c_n]

    def change(t, back):
        if t == 1:
            arriving[:] = back[1:3]
        return back

    grad_x, _, _, *others = _summed(*_walk(grad_output, grad_c_n, cache, change))
    return grad_x, grad_output[:, 0] + arriving[0], arriving[1], *others


@misconception(of="lstm_backward", read="rnn.md#initial-state")
def gradients_of_initial_states_swapped(grad_output, grad_c_n, cache):
    """The gradients of `h0` and `c0` are swapped. The order is that of the arguments: x, h0, c0."""
    grad_x, grad_h, grad_c, *others = _summed(*_walk(grad_output, grad_c_n, cache))
    return grad_x, grad_c, grad_h, *others


@misconception(of="lstm_backward", read="rnn.md#initial-state")
def initial_states_without_a_place(grad_output, grad_c_n, cache):
    """The gradients of `h0` and `c0` are not returned. Seven arguments went in, seven gradients come out."""
    gradients = _summed(*_walk(grad_output, grad_c_n, cache))
    return gradients[0], *gradients[3:]


@misconception(of="lstm_backward", read="rnn.md#two-ways-into-a-state")
def arriving_gradients_changed(grad_output, grad_c_n, cache):
    """The caller's `grad_output` is changed. `grad_output[:, t] += ...` writes into it; make a new array."""

    def change(t, back):
        if t:
            grad_output[:, t - 1] += back[1]
            back = (back[0], np.zeros_like(grad_c_n), *back[2:])
        return back

    return _summed(*_walk(grad_output, grad_c_n, cache, change))
