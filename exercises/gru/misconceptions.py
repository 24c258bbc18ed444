"""Known wrong ways to write the functions of this exercise."""

import numpy as np

from layerbook.misconceptions import misconception


def _sigmoid(sums):
    return 0.5 * (1.0 + np.tanh(0.5 * sums))


def _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The sums from the input and those from the hidden state, each (N, 3H)."""
    return x @ weight_ih.T + bias_ih, h_prev @ weight_hh.T + bias_hh


def _blocks(sums, order="rzn"):
    """The three blocks in the order r, z, n, from sums whose blocks stand in the given order."""
    blocks = dict(zip(order, np.split(sums, 3, axis=1), strict=True))
    return [blocks[name] for name in "rzn"]


def _letters(sums_x, sums_h, order="rzn"):
    """r, z, n, and the candidate's sum from the hidden state."""
    (x_r, x_z, x_n), (h_r, h_z, h_n) = _blocks(sums_x, order), _blocks(sums_h, order)
    r = _sigmoid(x_r + h_r)
    return r, _sigmoid(x_z + h_z), np.tanh(x_n + r * h_n), h_n


def _finished(x, h_prev, weight_ih, weight_hh, letters):
    """What gru_step_forward returns, given the letters and the candidate's sum from the hidden state."""
    _, z, n, _ = letters
    return (1.0 - z) * n + z * h_prev, (x, h_prev, weight_ih, weight_hh, *letters)


def _step(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """A right step."""
    letters = _letters(*_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _finished(x, h_prev, weight_ih, weight_hh, letters)


def _step_in_order(order, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """A right step but for the order in which the blocks are read."""
    letters = _letters(*_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), order)
    return _finished(x, h_prev, weight_ih, weight_hh, letters)


def _step_with_candidate(make, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """A right step but for the candidate, `make(r, x_n, h_n)`."""
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    r, z, _, h_n = _letters(sums_x, sums_h)
    return _finished(x, h_prev, weight_ih, weight_hh, (r, z, make(r, _blocks(sums_x)[2], h_n), h_n))


def _step_with_mixture(mix, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """A right step but for the new state, `mix(r, z, n)`."""
    _, cache = _step(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return mix(*cache[4:7]), cache


def _reset_before(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh, sum_h=None, mix=None):
    """A right step of the other variant but for the candidate's sum from the hidden state, or the mixture."""
    size = h_prev.shape[1]
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    r, z, _, _ = _letters(sums_x, sums_h)
    sum_h = sum_h or (lambda r, weight, bias: (r * h_prev) @ weight.T + bias)
    mix = mix or (lambda r, z, n: (1.0 - z) * n + z * h_prev)
    n = np.tanh(_blocks(sums_x)[2] + sum_h(r, weight_hh[2 * size :], bias_hh[2 * size :]))
    return mix(r, z, n)


def _of_sums(grad_h, cache):
    """Gradients of the sums inside r, z and n."""
    _, h_prev, _, _, r, z, n, h_n = cache
    grad_n = grad_h * (1.0 - z) * (1.0 - n**2)
    return grad_n * h_n * r * (1.0 - r), grad_h * (h_prev - n) * z * (1.0 - z), grad_n


def _all(blocks_x, blocks_h, direct, cache):
    """The six gradients, given those of the sums on either side and what comes to the old state directly."""
    x, h_prev, weight_ih, weight_hh = cache[:4]
    sums_x, sums_h = np.concatenate(blocks_x, axis=1), np.concatenate(blocks_h, axis=1)
    return (
        sums_x @ weight_ih,
        sums_h @ weight_hh + direct,
        sums_x.T @ x,
        sums_h.T @ h_prev,
        sums_x.sum(axis=0),
        sums_h.sum(axis=0),
    )


def _with(grad_h, cache, **changed):
    """A right step backwards but for the gradients of some sums, such as `z=...`.

    What is changed for n is handed on to r.
    """
    _, _, _, _, r, z, _, h_n = cache
    grad_r, grad_z, grad_n = _of_sums(grad_h, cache)
    grad_n = changed.get("n", grad_n)
    grad_r = changed.get("r", grad_n * h_n * r * (1.0 - r))
    grad_z = changed.get("z", grad_z)
    return _all([grad_r, grad_z, grad_n], [grad_r, grad_z, grad_n * r], grad_h * z, cache)


def _step_back(grad_h, cache):
    """A right step backwards."""
    return _with(grad_h, cache)


def _with_old_state(grad_h, cache, change):
    """A right step backwards but for the gradient of the old state, `change(right)`."""
    gradients = list(_step_back(grad_h, cache))
    gradients[1] = change(gradients[1])
    return tuple(gradients)


# parameter_count


def _count(blocks, input_size, hidden_size, biases):
    return blocks * hidden_size * (input_size + hidden_size + biases)


BLOCKS = {"RNN": 1, "GRU": 3, "LSTM": 4}


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def one_bias_vector(kind, input_size, hidden_size, bias=True):
    """Only one bias vector is counted. PyTorch keeps two in each layer, `bias_ih` and `bias_hh`."""
    return _count(BLOCKS[kind], input_size, hidden_size, bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def biases_not_counted(kind, input_size, hidden_size, bias=True):
    """The biases are not counted. They are learned too: each block has two, with H numbers each."""
    return _count(BLOCKS[kind], input_size, hidden_size, 0)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def bias_shared_by_the_blocks(kind, input_size, hidden_size, bias=True):
    """One pair of biases is counted for all blocks. Each block has its own, so a bias vector of a GRU has 3 *
    H numbers.
    """
    return _count(BLOCKS[kind], input_size, hidden_size, 0) + 2 * hidden_size * bias


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def second_bias_for_the_candidate_only(kind, input_size, hidden_size, bias=True):
    """A second bias is counted for one block only. The candidate is the one that needs it, but PyTorch gives
    two biases to every block.
    """
    return _count(BLOCKS[kind], input_size, hidden_size, bias) + hidden_size * bias


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def gates_only(kind, input_size, hidden_size, bias=True):
    """Only the gates are counted. The candidate is no gate, but has a block too: r, z and n are three."""
    return _count(max(1, BLOCKS[kind] - 1), input_size, hidden_size, 2 * bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def as_many_as_an_lstm(kind, input_size, hidden_size, bias=True):
    """Four blocks are counted for a GRU. That is an LSTM; a GRU has no output gate, and three blocks."""
    return _count(4 if kind == "GRU" else BLOCKS[kind], input_size, hidden_size, 2 * bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def as_many_as_an_rnn(kind, input_size, hidden_size, bias=True):
    """One block is counted for every kind. A GRU has three of that size, an LSTM four."""
    return _count(1, input_size, hidden_size, 2 * bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def kind_ignored(kind, input_size, hidden_size, bias=True):
    """Three blocks are counted for every kind. That is a GRU; an LSTM has four, an RNN one."""
    return _count(3, input_size, hidden_size, 2 * bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def lstm_counted_by_its_gates(kind, input_size, hidden_size, bias=True):
    """Three blocks are counted for an LSTM, one for each gate. Its candidate has a block too: four."""
    return _count(3 if kind == "LSTM" else BLOCKS[kind], input_size, hidden_size, 2 * bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def recurrent_weights_not_counted(kind, input_size, hidden_size, bias=True):
    """`weight_hh` is not counted. The hidden state has a matrix of its own in each block, (H, H)."""
    return BLOCKS[kind] * hidden_size * (input_size + 2 * bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def input_and_hidden_swapped(kind, input_size, hidden_size, bias=True):
    """`input_size` and `hidden_size` are swapped. The blocks have H rows, the hidden size."""
    return _count(BLOCKS[kind], hidden_size, input_size, 2 * bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def bias_always_there(kind, input_size, hidden_size, bias=True):
    """`bias=False` is ignored. Without biases there is no bias vector to count."""
    return _count(BLOCKS[kind], input_size, hidden_size, 2)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def one_bias_always_left(kind, input_size, hidden_size, bias=True):
    """`bias=False` takes away only one of the two bias vectors. It takes away both."""
    return _count(BLOCKS[kind], input_size, hidden_size, 1 + bias)


@misconception(of="parameter_count", read="gru-and-bidirectional-rnn.md#gru-count")
def states_counted(kind, input_size, hidden_size, bias=True):
    """The states are counted too. They are computed anew for each sequence; only weights and biases are
    learned.
    """
    states = 2 if kind == "LSTM" else 1
    return _count(BLOCKS[kind], input_size, hidden_size, 2 * bias) + states * hidden_size


# gru_step_forward


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def update_gate_turned_round(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """z and 1 - z are swapped. In PyTorch's form z is the share of the *old* state, and 1 - z that of the
    candidate; some papers write it the other way round.
    """
    return _step_with_mixture(
        lambda r, z, n: z * n + (1.0 - z) * h_prev, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def update_gate_first(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order z, r, n. The first block is the reset gate: r, z, n."""
    return _step_in_order("zrn", x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def candidate_second(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order r, n, z. The candidate is the last: r, z, n."""
    return _step_in_order("rnz", x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def candidate_between_update_and_reset_gate(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order z, n, r. The order is r, z, n."""
    return _step_in_order("znr", x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def candidate_first(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order n, r, z. The candidate is the last: r, z, n."""
    return _step_in_order("nrz", x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def blocks_from_the_end(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The blocks are read in the order n, z, r. The order is r, z, n."""
    return _step_in_order("nzr", x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def blocks_interleaved(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """Every third sum is taken for one letter. The blocks stand one after the other: the first H sums are the
    reset gate's, the next H the update gate's.
    """
    sums = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    apart = [np.concatenate([side[:, number::3] for number in range(3)], axis=1) for side in sums]
    return _finished(x, h_prev, weight_ih, weight_hh, _letters(*apart))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def split_along_the_batch(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The sums are cut along the batch. `np.split` takes axis 0 if you say nothing; the blocks lie along axis
    1.
    """
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    x_r, x_z, x_n = np.split(sums_x, 3)
    h_r, h_z, h_n = np.split(sums_h, 3)
    r, z = _sigmoid(x_r + h_r), _sigmoid(x_z + h_z)
    n = np.tanh(x_n + r * h_n)
    return (1.0 - z) * n + z * h_prev, None


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_before_the_product(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate multiplies the old state before the product with the matrix. That is the other layer
    called GRU; in PyTorch's form r multiplies what the product has made, with its bias.
    """
    size = h_prev.shape[1]
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    r, z, _, _ = _letters(sums_x, sums_h)
    h_n = (r * h_prev) @ weight_hh[2 * size :].T + bias_hh[2 * size :]
    return _finished(x, h_prev, weight_ih, weight_hh, (r, z, np.tanh(_blocks(sums_x)[2] + h_n), h_n))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_twice(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate is applied twice, to the old state and to the product. In PyTorch's form it multiplies
    only what the product has made.
    """
    size = h_prev.shape[1]
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    r, z, _, _ = _letters(sums_x, sums_h)
    h_n = (r * h_prev) @ weight_hh[2 * size :].T + bias_hh[2 * size :]
    n = np.tanh(_blocks(sums_x)[2] + r * h_n)
    return _finished(x, h_prev, weight_ih, weight_hh, (r, z, n, h_n))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def hidden_bias_outside_the_reset(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate's part of `bias_hh` stands outside the reset. It is added to the product first; the reset
    gate multiplies both.
    """
    last = bias_hh[2 * h_prev.shape[1] :]
    return _step_with_candidate(
        lambda r, x_n, h_n: np.tanh(x_n + r * (h_n - last) + last),
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def both_biases_inside_the_reset(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate's part of `bias_ih` is multiplied by the reset gate too. It belongs to the input, which
    the reset gate leaves alone.
    """
    last = bias_ih[2 * h_prev.shape[1] :]
    return _step_with_candidate(
        lambda r, x_n, h_n: np.tanh(x_n - last + r * (h_n + last)),
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_on_the_input_too(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate multiplies the whole sum of the candidate. It multiplies the part from the hidden state
    only; keep the two sums apart until then.
    """
    return _step_with_candidate(
        lambda r, x_n, h_n: np.tanh(r * (x_n + h_n)), x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_on_the_input_instead(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate multiplies the candidate's sum from the input. It multiplies the one from the hidden
    state.
    """
    return _step_with_candidate(
        lambda r, x_n, h_n: np.tanh(r * x_n + h_n), x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_not_used(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate is not used. It says how much of the old state the candidate gets to see."""
    return _step_with_candidate(
        lambda r, x_n, h_n: np.tanh(x_n + h_n), x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_turned_round(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate's sum from the hidden state is multiplied by 1 - r. r itself says how much is let
    through.
    """
    return _step_with_candidate(
        lambda r, x_n, h_n: np.tanh(x_n + (1.0 - r) * h_n),
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_outside_the_tanh(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate multiplies the candidate itself. It stands inside the tanh, at the sum from the hidden
    state.
    """
    return _step_with_candidate(
        lambda r, x_n, h_n: r * np.tanh(x_n + h_n), x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def sigmoid_for_the_candidate(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate goes through the logistic function. It is no gate: it goes through a tanh, so that it can
    be negative.
    """
    return _step_with_candidate(
        lambda r, x_n, h_n: _sigmoid(x_n + r * h_n), x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def candidate_without_tanh(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The tanh of the candidate is forgotten. It keeps the candidate between -1 and 1."""
    return _step_with_candidate(
        lambda r, x_n, h_n: x_n + r * h_n, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def tanh_for_the_gates(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The gates go through a tanh. A gate is a share between 0 and 1: it comes from the logistic function."""
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    (x_r, x_z, x_n), (h_r, h_z, h_n) = _blocks(sums_x), _blocks(sums_h)
    r, z = np.tanh(x_r + h_r), np.tanh(x_z + h_z)
    return _finished(x, h_prev, weight_ih, weight_hh, (r, z, np.tanh(x_n + r * h_n), h_n))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def gates_not_squashed(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The gates are used as bare sums. A gate is a share between 0 and 1: `sigmoid` makes it one."""
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    (x_r, x_z, x_n), (h_r, h_z, h_n) = _blocks(sums_x), _blocks(sums_h)
    r, z = x_r + h_r, x_z + h_z
    return _finished(x, h_prev, weight_ih, weight_hh, (r, z, np.tanh(x_n + r * h_n), h_n))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def tanh_of_the_new_state(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """A tanh is taken of the new state. The mixture of the old state and the candidate *is* the new state."""
    return _step_with_mixture(
        lambda r, z, n: np.tanh((1.0 - z) * n + z * h_prev),
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def candidate_added_whole(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The whole candidate is added. Its share is 1 - z; the two shares sum to 1."""
    return _step_with_mixture(
        lambda r, z, n: n + z * h_prev, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def old_state_kept_whole(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The whole old state is kept. Its share is z; the two shares sum to 1."""
    return _step_with_mixture(
        lambda r, z, n: (1.0 - z) * n + h_prev, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def old_state_dropped(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old state is missing in the mixture. The new state is (1 - z) * n plus z times the old one."""
    return _step_with_mixture(
        lambda r, z, n: (1.0 - z) * n, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def both_shares_the_same(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate gets the share z as well. It gets what the old state leaves, 1 - z."""
    return _step_with_mixture(
        lambda r, z, n: z * n + z * h_prev, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def old_state_reset_in_the_mixture(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate also multiplies the old state in the mixture. r acts on what the candidate sees; the
    mixture takes the old state as it is.
    """
    return _step_with_mixture(
        lambda r, z, n: (1.0 - z) * n + z * r * h_prev, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def mixed_by_the_reset_gate(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The mixture is made with r. The reset gate acts inside the candidate; z mixes."""
    return _step_with_mixture(
        lambda r, z, n: (1.0 - r) * n + r * h_prev, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh
    )


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def candidate_returned(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate is returned as the new state. It is mixed with the old state first."""
    return _step_with_mixture(lambda r, z, n: n, x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def hidden_bias_forgotten(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_hh` is not added. It belongs to the sums from the hidden state."""
    return _step(x, h_prev, weight_ih, weight_hh, bias_ih, np.zeros_like(bias_hh))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def input_bias_forgotten(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_ih` is not added. It belongs to the sums from the input."""
    return _step(x, h_prev, weight_ih, weight_hh, np.zeros_like(bias_ih), bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def both_biases_forgotten(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """No bias is added. `bias_ih` belongs to the sums from the input, `bias_hh` to those from the state."""
    return _step(x, h_prev, weight_ih, weight_hh, np.zeros_like(bias_ih), np.zeros_like(bias_hh))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def first_bias_for_all_blocks(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """All three blocks get the biases of the first. Each block has its own H numbers of `bias_ih` and
    `bias_hh`.
    """
    size = h_prev.shape[1]
    return _step(x, h_prev, weight_ih, weight_hh, np.tile(bias_ih[:size], 3), np.tile(bias_hh[:size], 3))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def gates_do_not_see_the_old_state(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The gates are made from the input alone. They see the old state too, through `weight_hh`."""
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    gates = 2 * h_prev.shape[1]
    blind = np.concatenate([np.broadcast_to(bias_hh[:gates], sums_h[:, :gates].shape), sums_h[:, gates:]], 1)
    return _finished(x, h_prev, weight_ih, weight_hh, _letters(sums_x, blind))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def old_state_not_seen(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`weight_hh` is not used. All three letters see the old state through it."""
    return _step(x, h_prev, weight_ih, np.zeros_like(weight_hh), bias_ih, bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def input_not_seen(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The input is not used. All three letters see it, through `weight_ih`."""
    return _step(np.zeros_like(x), h_prev, weight_ih, weight_hh, bias_ih, bias_hh)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def update_gate_sees_the_reset_state(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The update gate sees the old state times r. The reset gate acts on the candidate only; both gates see
    the old state as it is.
    """
    size = h_prev.shape[1]
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    r, _, n, h_n = _letters(sums_x, sums_h)
    rows = slice(size, 2 * size)
    z = _sigmoid(_blocks(sums_x)[1] + (r * h_prev) @ weight_hh[rows].T + bias_hh[rows])
    return _finished(x, h_prev, weight_ih, weight_hh, (r, z, n, h_n))


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def weights_not_transposed(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The weights are not transposed. `weight_ih` has the shape (3 * H, D), and x is (N, D): the product
    needs `weight_ih.T`.
    """
    letters = _letters(x @ weight_ih + bias_ih, h_prev @ weight_hh + bias_hh)
    return _finished(x, h_prev, weight_ih, weight_hh, letters)


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def cache_not_returned(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The cache is not returned. Return two values: the new state and the cache."""
    return _step(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)[0]


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def two_states_returned(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """Three values are returned, as from an LSTM's step. A GRU has one state: return it and the cache."""
    h, cache = _step(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return h, h, cache


@misconception(of="gru_step_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def old_state_changed(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old state is changed in place. `h_prev *= z` writes into the caller's array, and the backward pass
    needs the old values; make a new one.
    """
    h, cache = _step(x, h_prev.copy(), weight_ih, weight_hh, bias_ih, bias_hh)
    h_prev[...] = h
    return h_prev, cache


# gru_step_reset_before


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_after_the_product(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate is applied after the product with the matrix. That is PyTorch's form; here r multiplies
    the old state, and the matrix comes then.
    """
    return _step(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)[0]


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def hidden_bias_inside_the_reset(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate's part of `bias_hh` is multiplied by r as well. Here it is added after the product, and
    the reset gate does not reach it.
    """
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: (r * h_prev) @ weight.T + r * bias,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_before_and_after(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate is applied twice, before the product and after it. Here it multiplies the old state
    only.
    """
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: r * ((r * h_prev) @ weight.T + bias),
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def not_reset_at_all(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The reset gate is not used. It multiplies the old state before the candidate's product."""
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: h_prev @ weight.T + bias,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_by_what_is_left(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old state is multiplied by 1 - r. r itself says how much of it is let through."""
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: ((1.0 - r) * h_prev) @ weight.T + bias,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_by_the_update_gate(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old state is multiplied by z. What resets it is r; z is for the mixture at the end."""
    _, z, _, _ = _letters(*_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: (z * h_prev) @ weight.T + bias,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def rows_of_another_block(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate's product is made with the rows of the update gate. Those of the candidate are the last
    H, from row 2 * H on.
    """
    rows = slice(h_prev.shape[1], 2 * h_prev.shape[1])
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: (r * h_prev) @ weight_hh[rows].T + bias_hh[rows],
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def weight_not_transposed(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate's rows of `weight_hh` are not transposed. They are (H, H), so nothing fails; but each row
    belongs to one unit of the *new* state, and the product needs the transpose.
    """
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: (r * h_prev) @ weight + bias,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def no_bias_after_the_reset(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate's part of `bias_hh` is not added. It comes after the product, in this form too."""
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: (r * h_prev) @ weight.T,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_on_the_input_as_well(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate's sum from the input is multiplied by r as well. The reset gate acts on the old state
    only.
    """
    sums_x, _ = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        sum_h=lambda r, weight, bias: (r - 1.0) * _blocks(sums_x)[2] + (r * h_prev) @ weight.T + bias,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def gates_see_the_reset_state(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The update gate sees the old state times r, from one product with the whole `weight_hh`. Both gates see
    the old state as it is; only the candidate's rows meet the one that r has changed.
    """
    sums_x, sums_h = _sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    r, _, _, _ = _letters(sums_x, sums_h)
    _, h_z, h_n = _blocks((r * h_prev) @ weight_hh.T + bias_hh)
    _, x_z, x_n = _blocks(sums_x)
    z = _sigmoid(x_z + h_z)
    return (1.0 - z) * np.tanh(x_n + h_n) + z * h_prev


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_state_in_the_mixture(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The mixture takes the old state times r. r acts on what the candidate sees; the mixture takes the old
    state as it is.
    """
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        mix=lambda r, z, n: (1.0 - z) * n + z * r * h_prev,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def shares_swapped(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """z and 1 - z are swapped. z is the share of the old state in this form too."""
    return _reset_before(
        *(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh),
        mix=lambda r, z, n: z * n + (1.0 - z) * h_prev,
    )


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def cache_returned_too(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """Two values are returned. No backward function follows here: return the new state alone."""
    return _reset_before(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), None


@misconception(of="gru_step_reset_before", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def old_state_reset_in_place(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The old state is changed in place. `h_prev *= r` writes into the caller's array, and the mixture needs
    the old values; make a new one.
    """
    r, z, _, _ = _letters(*_sums(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    last = 2 * h_prev.shape[1]
    h_prev *= r
    n = np.tanh(x @ weight_ih[last:].T + bias_ih[last:] + h_prev @ weight_hh[last:].T + bias_hh[last:])
    return (1.0 - z) * n + z * h_prev


# gru_step_backward


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def direct_path_dropped(grad_h, cache):
    """The direct path is missing. The old state also enters the mixture itself, with the share z: `grad_h`
    times z comes back to it without any weight.
    """
    return _with_old_state(grad_h, cache, lambda right: right - grad_h * cache[5])


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def direct_path_only(grad_h, cache):
    """The old state gets the direct path only. All three letters have seen it too, so a gradient comes back
    through each of them.
    """
    return _with_old_state(grad_h, cache, lambda right: grad_h * cache[5])


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def direct_path_not_gated(grad_h, cache):
    """The direct path lets the whole gradient through. The old state had the share z in the mixture: multiply
    `grad_h` by z.
    """
    return _with_old_state(grad_h, cache, lambda right: right + grad_h * (1.0 - cache[5]))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def direct_path_by_the_other_share(grad_h, cache):
    """The direct path has the factor 1 - z. That is the candidate's share; the old state had the share z."""
    return _with_old_state(grad_h, cache, lambda right: right + grad_h * (1.0 - 2.0 * cache[5]))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def no_way_back_through_the_candidate(grad_h, cache):
    """The way through the candidate is missing for the old state. The candidate saw it, through the reset
    gate and the last rows of `weight_hh`.
    """
    r, weight = cache[4], cache[3][2 * grad_h.shape[1] :]
    return _with_old_state(grad_h, cache, lambda right: right - (_of_sums(grad_h, cache)[2] * r) @ weight)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def no_way_back_through_the_update_gate(grad_h, cache):
    """The way through the update gate is missing for the old state. z was made from the old state too."""
    size = grad_h.shape[1]
    weight = cache[3][size : 2 * size]
    return _with_old_state(grad_h, cache, lambda right: right - _of_sums(grad_h, cache)[1] @ weight)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def no_way_back_through_the_reset_gate(grad_h, cache):
    """The way through the reset gate is missing for the old state. r was made from the old state too."""
    weight = cache[3][: grad_h.shape[1]]
    return _with_old_state(grad_h, cache, lambda right: right - _of_sums(grad_h, cache)[0] @ weight)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def no_way_back_through_the_gates(grad_h, cache):
    """The ways through both gates are missing for the old state. r and z were made from the old state too."""
    size = grad_h.shape[1]
    grad_r, grad_z, _ = _of_sums(grad_h, cache)
    gates = grad_r @ cache[3][:size] + grad_z @ cache[3][size : 2 * size]
    return _with_old_state(grad_h, cache, lambda right: right - gates)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def no_gradient_for_the_old_state(grad_h, cache):
    """The old state gets no gradient. It acts in four places, and from each a gradient comes back."""
    return _with_old_state(grad_h, cache, np.zeros_like)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def shares_swapped_on_the_way_back(grad_h, cache):
    """z and 1 - z are swapped on the way back. The candidate had the share 1 - z, the old state the share
    z.
    """
    r, z, n, h_n = cache[4:]
    grad_n = grad_h * z * (1.0 - n**2)
    grad_r, grad_z = grad_n * h_n * r * (1.0 - r), _of_sums(grad_h, cache)[1]
    direct = grad_h * (1.0 - z)
    return _all([grad_r, grad_z, grad_n], [grad_r, grad_z, grad_n * r], direct, cache)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def candidate_by_the_update_gate(grad_h, cache):
    """The candidate's gradient has the factor z. Its share was 1 - z."""
    z, n = cache[5:7]
    return _with(grad_h, cache, n=grad_h * z * (1.0 - n**2))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def share_of_the_candidate_forgotten(grad_h, cache):
    """The candidate gets the whole gradient. It entered the mixture with the share 1 - z, so its gradient has
    that factor.
    """
    return _with(grad_h, cache, n=grad_h * (1.0 - cache[6] ** 2))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def update_gate_with_the_wrong_sign(grad_h, cache):
    """The update gate's gradient has the wrong sign. A larger z means more of the old state and less of the
    candidate: the factor is the old state minus the candidate.
    """
    return _with(grad_h, cache, z=-_of_sums(grad_h, cache)[1])


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def update_gate_by_the_old_state_only(grad_h, cache):
    """The update gate hears of the old state only. z stands in two places: it is the share of the old state,
    and takes away from the candidate's.
    """
    h_prev, z = cache[1], cache[5]
    return _with(grad_h, cache, z=grad_h * h_prev * z * (1.0 - z))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def update_gate_by_the_candidate_only(grad_h, cache):
    """The update gate hears of the candidate only. z stands in two places: it is the share of the old state
    as well.
    """
    z, n = cache[5:7]
    return _with(grad_h, cache, z=-grad_h * n * z * (1.0 - z))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def update_gate_by_the_sum(grad_h, cache):
    """The update gate's gradient is multiplied by the old state *plus* the candidate. The candidate has
    the share 1 - z, so it counts with a minus.
    """
    h_prev, z, n = cache[1], *cache[5:7]
    return _with(grad_h, cache, z=grad_h * (h_prev + n) * z * (1.0 - z))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-update-gate")
def update_gate_by_the_new_state(grad_h, cache):
    """The new state is used for the update gate's gradient. z mixed the *old* state and the candidate."""
    h_prev, z, n = cache[1], *cache[5:7]
    new = (1.0 - z) * n + z * h_prev
    return _with(grad_h, cache, z=grad_h * (new - n) * z * (1.0 - z))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def slope_of_the_candidate_forgotten(grad_h, cache):
    """The slope of the candidate is missing. From the candidate to its sum there is one more factor, 1 -
    n**2.
    """
    return _with(grad_h, cache, n=grad_h * (1.0 - cache[5]))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def slope_of_the_update_gate_forgotten(grad_h, cache):
    """The slope of the update gate is missing. From the gate to its sum there is one more factor, z * (1 -
    z).
    """
    return _with(grad_h, cache, z=grad_h * (cache[1] - cache[6]))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def slope_of_the_reset_gate_forgotten(grad_h, cache):
    """The slope of the reset gate is missing. From the gate to its sum there is one more factor, r * (1 -
    r).
    """
    return _with(grad_h, cache, r=_of_sums(grad_h, cache)[2] * cache[7])


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def slopes_of_both_gates_forgotten(grad_h, cache):
    """The slopes of both gates are missing. From a gate to its sum there is one more factor, a * (1 - a)."""
    grad_n = _of_sums(grad_h, cache)[2]
    return _with(grad_h, cache, z=grad_h * (cache[1] - cache[6]), r=grad_n * cache[7])


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def candidate_with_the_slope_of_a_gate(grad_h, cache):
    """The candidate gets the slope of a gate, n * (1 - n). It came from a tanh: its slope is 1 - n**2."""
    z, n = cache[5:7]
    return _with(grad_h, cache, n=grad_h * (1.0 - z) * n * (1.0 - n))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def tanh_slope_not_squared(grad_h, cache):
    """The slope of the candidate is taken as 1 - n. The candidate is squared: 1 - n**2."""
    z, n = cache[5:7]
    return _with(grad_h, cache, n=grad_h * (1.0 - z) * (1.0 - n))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def gates_with_the_slope_of_tanh(grad_h, cache):
    """The gates get the slope of a tanh, 1 - a**2. They came from the logistic function: its slope is a * (1
    - a).
    """
    h_prev, r, z, n, h_n = cache[1], *cache[4:]
    grad_n = _of_sums(grad_h, cache)[2]
    return _with(grad_h, cache, z=grad_h * (h_prev - n) * (1.0 - z**2), r=grad_n * h_n * (1.0 - r**2))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def slopes_of_what_is_squashed_already(grad_h, cache):
    """The letters are squashed a second time for their slopes. With n the candidate itself, the slope is 1 -
    n**2; tanh(n) would belong to another sum.
    """
    h_prev, r, z, n, h_n = cache[1], *cache[4:]
    twice_r, twice_z = _sigmoid(r), _sigmoid(z)
    grad_n = grad_h * (1.0 - z) * (1.0 - np.tanh(n) ** 2)
    grad_z = grad_h * (h_prev - n) * twice_z * (1.0 - twice_z)
    return _with(grad_h, cache, z=grad_z, n=grad_n, r=grad_n * h_n * twice_r * (1.0 - twice_r))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_gate_by_the_old_state(grad_h, cache):
    """The reset gate's gradient is multiplied by the old state. In PyTorch's form r multiplied the
    candidate's sum from the hidden state, product and bias.
    """
    h_prev, r = cache[1], cache[4]
    return _with(grad_h, cache, r=_of_sums(grad_h, cache)[2] * h_prev * r * (1.0 - r))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_gate_by_the_bare_product(grad_h, cache):
    """The bias is missing in the reset gate's gradient. r multiplied the product *and* `bias_hh`; keep their
    sum in the cache.
    """
    h_prev, weight_hh, r = cache[1], cache[3], cache[4]
    product = h_prev @ weight_hh[2 * r.shape[1] :].T
    return _with(grad_h, cache, r=_of_sums(grad_h, cache)[2] * product * r * (1.0 - r))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_gate_by_the_whole_sum(grad_h, cache):
    """The reset gate's gradient is multiplied by the candidate's whole sum. r multiplied the part from the
    hidden state only.
    """
    r, _, n, _ = cache[4:]
    return _with(grad_h, cache, r=_of_sums(grad_h, cache)[2] * np.arctanh(n) * r * (1.0 - r))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_gate_before_the_tanh(grad_h, cache):
    """The slope of the candidate is missing on the way to the reset gate. r stands inside the tanh, so its
    gradient goes through it.
    """
    r, z, _, h_n = cache[4:]
    return _with(grad_h, cache, r=grad_h * (1.0 - z) * h_n * r * (1.0 - r))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def reset_gate_left_out(grad_h, cache):
    """The reset gate gets no gradient. It multiplied the candidate's sum from the hidden state, and learns
    from that.
    """
    return _with(grad_h, cache, r=np.zeros_like(grad_h))


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_not_passed(grad_h, cache):
    """The candidate's sum from the hidden state gets the gradient without r. It was multiplied by r, so its
    gradient is too; the one from the input was not.
    """
    blocks = _of_sums(grad_h, cache)
    return _all(blocks, blocks, grad_h * cache[5], cache)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_passed_to_the_input(grad_h, cache):
    """The candidate's sum from the input gets the factor r too. Only the sum from the hidden state was
    multiplied by r.
    """
    grad_r, grad_z, grad_n = _of_sums(grad_h, cache)
    blocks = [grad_r, grad_z, grad_n * cache[4]]
    return _all(blocks, blocks, grad_h * cache[5], cache)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def gradients_of_the_gates_swapped(grad_h, cache):
    """The blocks are put together in the order z, r, n. The weights have the order r, z, n, so their
    gradients have it too.
    """
    grad_r, grad_z, grad_n = _of_sums(grad_h, cache)
    r, z = cache[4:6]
    return _all([grad_z, grad_r, grad_n], [grad_z, grad_r, grad_n * r], grad_h * z, cache)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def gradient_of_the_candidate_first(grad_h, cache):
    """The blocks are put together in the order n, z, r, as they are found. The weights have the order r, z,
    n, so their gradients have it too.
    """
    grad_r, grad_z, grad_n = _of_sums(grad_h, cache)
    r, z = cache[4:6]
    return _all([grad_n, grad_z, grad_r], [grad_n * r, grad_z, grad_r], grad_h * z, cache)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def gradients_interleaved(grad_h, cache):
    """The gradients of the three sums are interleaved. The first H columns belong to the reset gate, the next
    H to the update gate: join the blocks, do not stack them unit by unit.
    """
    grad_r, grad_z, grad_n = _of_sums(grad_h, cache)
    r, z = cache[4:6]
    stacked = [np.stack([grad_r, grad_z, last], axis=-1) for last in (grad_n, grad_n * r)]  # (N, H, 3)
    sums_x, sums_h = (side.reshape(len(side), -1) for side in stacked)
    return _all([sums_x], [sums_h], grad_h * z, cache)


@misconception(of="gru_step_backward", read="rnn.md#through-time")
def bias_not_summed_over_the_batch(grad_h, cache):
    """The gradient of a bias is not summed over the batch. All examples use the same bias: it has the shape
    (3 * H,).
    """
    grad_r, grad_z, grad_n = _of_sums(grad_h, cache)
    sums = (np.concatenate([grad_r, grad_z, last], axis=1) for last in (grad_n, grad_n * cache[4]))
    return *_step_back(grad_h, cache)[:4], *sums


@misconception(of="gru_step_backward", read="rnn.md#through-time")
def bias_averaged_over_the_batch(grad_h, cache):
    """The gradient of a bias is averaged over the batch. It is summed; if the loss is a mean, the division
    has already happened there.
    """
    *others, bias_ih, bias_hh = _step_back(grad_h, cache)
    return *others, bias_ih / len(grad_h), bias_hh / len(grad_h)


@misconception(of="gru_step_backward", read="rnn.md#through-time")
def weights_averaged_over_the_batch(grad_h, cache):
    """The gradients of weights and biases are averaged over the batch. They are summed; if the loss is a
    mean, the division has already happened there.
    """
    gradients = _step_back(grad_h, cache)
    return *gradients[:2], *(gradient / len(grad_h) for gradient in gradients[2:])


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def no_gradient_for_the_second_bias(grad_h, cache):
    """`bias_hh` gets no gradient. It is added to the sums from the hidden state, and learns as they do."""
    *others, bias_ih, bias_hh = _step_back(grad_h, cache)
    return *others, bias_ih, np.zeros_like(bias_hh)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def same_gradient_for_both_biases(grad_h, cache):
    """`bias_hh` gets the gradient of `bias_ih`. In an LSTM the two are the same; here the candidate's part of
    `bias_hh` stands inside the reset, so it has the factor r.
    """
    *others, bias_ih, _ = _step_back(grad_h, cache)
    return *others, bias_ih, bias_ih.copy()


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def one_gradient_for_both_biases(grad_h, cache):
    """One gradient is returned for both biases. Six arguments went in, so six gradients come out, one for
    each.
    """
    return _step_back(grad_h, cache)[:5]


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-cell")
def new_state_for_the_weights(grad_h, cache):
    """The gradient of `weight_hh` is made with the new state. What the weight multiplied is the *old* one."""
    _, h_prev, _, _, r, z, n, _ = cache
    grad_r, grad_z, grad_n = _of_sums(grad_h, cache)
    gradients = list(_step_back(grad_h, cache))
    gradients[3] = np.concatenate([grad_r, grad_z, grad_n * r], axis=1).T @ ((1.0 - z) * n + z * h_prev)
    return tuple(gradients)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-reset-variants")
def reset_state_for_the_weights(grad_h, cache):
    """The candidate's rows of `weight_hh` get r on the side of the old state. In PyTorch's form r multiplied
    the result of the product: it belongs to the gradient of the sum.
    """
    h_prev, r = cache[1], cache[4]
    gradients = list(_step_back(grad_h, cache))
    gradients[3] = np.concatenate(
        [gradients[3][: 2 * r.shape[1]], _of_sums(grad_h, cache)[2].T @ (r * h_prev)], axis=0
    )
    return tuple(gradients)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def weight_gradients_transposed(grad_h, cache):
    """The gradients of the weights are transposed. A gradient has the shape of its array: (3 * H, D) and (3 *
    H, H).
    """
    gradients = list(_step_back(grad_h, cache))
    gradients[2], gradients[3] = gradients[2].T, gradients[3].T
    return tuple(gradients)


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-gate-order")
def weights_transposed_on_the_way_back(grad_h, cache):
    """The weights are transposed on the way back. Forwards the product used `weight_ih.T`; backwards the
    gradient of the sums, (N, 3 * H), is multiplied by `weight_ih` as it stands.
    """
    grad_r, grad_z, grad_n = _of_sums(grad_h, cache)
    sums_x = np.concatenate([grad_r, grad_z, grad_n], axis=1)
    sums_h = np.concatenate([grad_r, grad_z, grad_n * cache[4]], axis=1)
    return sums_x @ cache[2].T, sums_h @ cache[3].T, *_step_back(grad_h, cache)[2:]


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def input_and_state_swapped(grad_h, cache):
    """The gradient of the old state comes before that of x. The order is that of the arguments: x, h_prev."""
    grad_x, grad_h_prev, *others = _step_back(grad_h, cache)
    return grad_h_prev, grad_x, *others


@misconception(of="gru_step_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def arriving_gradient_changed(grad_h, cache):
    """The caller's gradient is changed. `grad_h *= ...` writes into it; make a new array."""
    gradients = _step_back(grad_h, cache)
    grad_h *= cache[5]
    return gradients


# gru_forward


def _run(x, h, parameters, steps=None):
    """Hidden states (a list) and caches of all steps."""
    hidden, caches = [], []
    for t in range(x.shape[1]) if steps is None else steps:
        h, cache = _step(x[:, t], h, *parameters)
        hidden.append(h)
        caches.append(cache)
    return hidden, caches


@misconception(of="gru_forward", read="rnn.md#initial-state")
def initial_state_ignored(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """`h0` is ignored. Step 0 begins with the state that is given, not with zeros."""
    hidden, caches = _run(x, np.zeros_like(h0), (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden, axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def state_not_carried(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Every step begins with `h0`. Each begins with the state that the step before has made."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    steps = [_step(x[:, t], h0, *parameters) for t in range(x.shape[1])]
    return np.stack([h for h, _ in steps], axis=1), [cache for _, cache in steps]


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def candidate_carried(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The candidate is handed on to the next step. What is handed on is the new state, the mixture."""
    h, hidden, caches = h0, [], []
    for t in range(x.shape[1]):
        new, cache = _step(x[:, t], h, weight_ih, weight_hh, bias_ih, bias_hh)
        h = cache[6]
        hidden.append(new)
        caches.append(cache)
    return np.stack(hidden, axis=1), caches


@misconception(of="gru_forward", read="rnn.md#time-and-batch")
def time_taken_for_the_batch(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The loop runs over the batch. Time is the second axis of x, (N, T, D): the input of step t is `x[:,
    t]`.
    """
    h, hidden, caches = h0, [], []
    for x_t in x:
        h, cache = _step(x_t, h, weight_ih, weight_hh, bias_ih, bias_hh)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), caches


@misconception(of="gru_forward", read="rnn.md#time-and-batch")
def output_with_time_first(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output has time in front, (T, N, H). Here the batch does: stack along axis 1."""
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden), caches


@misconception(of="gru_forward", read="rnn.md#time-and-batch")
def output_reshaped(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output is reshaped from (T, N, H) to (N, T, H). That mixes the sequences of the batch; the two axes
    have to be exchanged, or the states stacked along axis 1.
    """
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden).reshape(*x.shape[:2], -1), caches


@misconception(of="gru_forward", read="rnn.md#time-and-batch")
def hidden_states_side_by_side(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The hidden states are joined along an axis they have, (N, T * H). Each step needs an axis position of
    its own, (N, T, H): stack them.
    """
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.concatenate(hidden, axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def last_state_only(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Only the last hidden state is returned. `output` holds those of all steps, (N, T, H)."""
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return hidden[-1], caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def candidates_as_output(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output holds the candidates. It holds the new states, after they were mixed."""
    _, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack([cache[6] for cache in caches], axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def states_before_the_steps(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output is one step late: it begins with `h0`. At t stands the hidden state *after* step t."""
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack([h0, *hidden[:-1]], axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def initial_state_in_the_output(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output begins with `h0` and has T + 1 steps. It holds the states after steps 0 to T - 1 only."""
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack([h0, *hidden], axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def same_input_at_every_step(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Every step reads the input of step 0. Step t reads `x[:, t]`."""
    first = np.repeat(x[:, :1], x.shape[1], axis=1)
    hidden, caches = _run(first, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden, axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def read_from_the_end(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The sequence is read from its end. Forwards, the steps go from 0 to T - 1."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden, caches = _run(x, h0, parameters, reversed(range(x.shape[1])))
    return np.stack(hidden[::-1], axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def output_in_reverse(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output is in reverse. The state after step 0 comes first."""
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden[::-1], axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def one_state_written_over_and_over(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """All steps of the output show the last hidden state. One array is written over again at each step; each
    step needs an array of its own.
    """
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack([hidden[-1]] * x.shape[1], axis=1), caches


@misconception(of="gru_forward", read="rnn.md#initial-state")
def initial_state_changed(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The caller's initial state is changed. `h[...] = ` writes into `h0`; let the name point to the new
    array instead.
    """
    hidden, caches = _run(x, h0.copy(), (weight_ih, weight_hh, bias_ih, bias_hh))
    h0[...] = hidden[-1]
    return np.stack(hidden, axis=1), caches


@misconception(of="gru_forward", read="gru-and-bidirectional-rnn.md#gru-cell")
def last_state_returned_too(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The last state is returned as a value of its own. It stands in the output already: return `output` and
    the cache.
    """
    hidden, caches = _run(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh))
    return np.stack(hidden, axis=1), hidden[-1], caches


# gru_backward


def _walk(grad_output, cache, change=lambda t, back: back, order=None):
    """A right way back through time but for `change`, which may change what one step gives."""
    grad_h = np.zeros_like(grad_output[:, 0])
    grad_x, parts = np.zeros((*grad_output.shape[:2], cache[0][0].shape[1])), [[], [], [], []]
    for t in reversed(range(len(cache))) if order is None else order:
        back = change(t, _step_back(grad_output[:, t] + grad_h, cache[t]))
        grad_x[:, t], grad_h = back[:2]
        for part, gradient in zip(parts, back[2:], strict=True):
            part.append(gradient)
    return grad_x, grad_h, parts


def _summed(grad_x, grad_h0, parts):
    return grad_x, grad_h0, *(np.sum(part, axis=0) for part in parts)


@misconception(of="gru_backward", read="rnn.md#two-ways-into-a-state")
def gradient_not_carried(grad_output, cache):
    """No gradient is handed to the step before. The next step used this state too, so a gradient comes back
    from there.
    """

    def change(t, back):
        return (back[0], np.zeros_like(back[1]) if t else back[1], *back[2:])

    return _summed(*_walk(grad_output, cache, change))


@misconception(of="gru_backward", read="gru-and-bidirectional-rnn.md#gru-direct-path")
def only_the_direct_path_carried(grad_output, cache):
    """Only the direct path is handed to the step before, z times the gradient. The old state gets a gradient
    through the three letters as well: hand on all that the step gives.
    """
    arriving = [grad_output[:, -1]]

    def change(t, back):
        direct = arriving[0] * cache[t][5]
        arriving[0] = grad_output[:, t - 1] + direct
        return (back[0], direct, *back[2:])

    return _summed(*_walk(grad_output, cache, change))


@misconception(of="gru_backward", read="rnn.md#two-ways-into-a-state")
def only_the_last_output_counts(grad_output, cache):
    """Only the last step's row of `grad_output` is used. Every hidden state has a row of its own."""
    last = np.zeros_like(grad_output)
    last[:, -1] = grad_output[:, -1]
    return _summed(*_walk(last, cache))


@misconception(of="gru_backward", read="rnn.md#two-ways-into-a-state")
def last_output_counted_at_every_step(grad_output, cache):
    """The last step's row of `grad_output` is used at every step. Step t has its own, `grad_output[:, t]`."""
    return _summed(*_walk(np.repeat(grad_output[:, -1:], len(cache), axis=1), cache))


@misconception(of="gru_backward", read="rnn.md#two-ways-into-a-state")
def last_output_counted_twice(grad_output, cache):
    """The last step's row of `grad_output` is used twice. Nothing comes from a step after the last one: begin
    with zeros.
    """
    twice = grad_output.copy()
    twice[:, -1] *= 2.0
    return _summed(*_walk(twice, cache))


@misconception(of="gru_backward", read="rnn.md#two-ways-into-a-state")
def output_of_the_next_step(grad_output, cache):
    """The rows of `grad_output` are one step off. At step t, `grad_output[:, t]` meets what comes from step t
    + 1.
    """
    shifted = np.concatenate([grad_output[:, 1:], np.zeros_like(grad_output[:, :1])], axis=1)
    return _summed(*_walk(shifted, cache))


@misconception(of="gru_backward", read="rnn.md#two-ways-into-a-state")
def carried_gradients_pile_up(grad_output, cache):
    """What is handed on piles up from step to step. It is *replaced* at each step: `=`, not `+=`. Only the
    gradients of the weights add up.
    """
    piled = [np.zeros_like(grad_output[:, 0])]

    def change(t, back):
        piled[0] = piled[0] + back[1]
        return (back[0], piled[0], *back[2:])

    return _summed(*_walk(grad_output, cache, change))


@misconception(of="gru_backward", read="rnn.md#through-time")
def gradient_of_step_0_only(grad_output, cache):
    """The gradients of the weights are overwritten at each step. `=` keeps those of step 0; all steps use the
    same weights, so they add up.
    """
    *others, parts = _walk(grad_output, cache)
    return *others, *(part[-1] for part in parts)


@misconception(of="gru_backward", read="rnn.md#through-time")
def gradient_of_the_last_step_only(grad_output, cache):
    """Only the last step counts for the weights. All steps use them, so their gradients add up."""
    *others, parts = _walk(grad_output, cache)
    return *others, *(part[0] for part in parts)


@misconception(of="gru_backward", read="rnn.md#through-time")
def averaged_over_the_steps(grad_output, cache):
    """The gradients of the weights are averaged over the steps. They are summed; nothing is divided by T."""
    *others, parts = _walk(grad_output, cache)
    return *others, *(np.mean(part, axis=0) for part in parts)


@misconception(of="gru_backward", read="rnn.md#through-time")
def biases_overwritten(grad_output, cache):
    """The gradients of the biases are overwritten at each step. The biases are shared by all steps like the
    weights, so theirs add up too.
    """
    *others, parts = _walk(grad_output, cache)
    return *others, *(np.sum(part, axis=0) for part in parts[:2]), parts[2][-1], parts[3][-1]


@misconception(of="gru_backward", read="rnn.md#through-time")
def walked_forwards(grad_output, cache):
    """The loop runs from step 0 to the last. What a step gets comes from the step after it, so begin at the
    end.
    """
    return _summed(*_walk(grad_output, cache, order=range(len(cache))))


@misconception(of="gru_backward", read="rnn.md#through-time")
def step_0_left_out(grad_output, cache):
    """Step 0 is left out. `range(T - 1, 0, -1)` ends at 1; the way back ends with step 0."""
    return _summed(*_walk(grad_output, cache, order=range(len(cache) - 1, 0, -1)))


@misconception(of="gru_backward", read="rnn.md#through-time")
def cache_of_another_step(grad_output, cache):
    """The caches are used in the wrong order. The list was filled from step 0 on; going back, its last one
    comes first.
    """
    return _summed(*_walk(grad_output, cache[::-1]))


@misconception(of="gru_backward", read="rnn.md#through-time")
def one_cache_for_all_steps(grad_output, cache):
    """The cache of the last step is used for all steps. Each step has its own."""
    return _summed(*_walk(grad_output, [cache[-1]] * len(cache)))


@misconception(of="gru_backward", read="rnn.md#time-and-batch")
def input_gradients_in_reverse(grad_output, cache):
    """The gradients of the inputs are in reverse. They were found from the end on; step 0 comes first."""
    grad_x, *others = _summed(*_walk(grad_output, cache))
    return grad_x[:, ::-1], *others


@misconception(of="gru_backward", read="rnn.md#time-and-batch")
def input_gradients_with_time_first(grad_output, cache):
    """The gradient of x has time in front, (T, N, D). x is (N, T, D), so its gradient is too."""
    grad_x, *others = _summed(*_walk(grad_output, cache))
    return grad_x.transpose(1, 0, 2), *others


@misconception(of="gru_backward", read="rnn.md#time-and-batch")
def input_gradients_summed(grad_output, cache):
    """The gradients of the inputs are summed over time. Every step has an input of its own, with a gradient
    of its own.
    """
    grad_x, *others = _summed(*_walk(grad_output, cache))
    return grad_x.sum(axis=1), *others


@misconception(of="gru_backward", read="rnn.md#initial-state")
def no_gradient_for_the_initial_state(grad_output, cache):
    """`h0` gets no gradient. It is an input like x: what step 0 hands back belongs to it."""
    grad_x, grad_h0, *others = _summed(*_walk(grad_output, cache))
    return grad_x, np.zeros_like(grad_h0), *others


@misconception(of="gru_backward", read="rnn.md#initial-state")
def gradient_one_step_early(grad_output, cache):
    """What arrives *at* step 0 is returned for `h0`. It stands before step 0: its gradient is what step 0
    hands back.
    """
    handed = [np.zeros_like(grad_output[:, 0])]

    def change(t, back):
        if t == 1:
            handed[0] = back[1]
        return back

    grad_x, _, *others = _summed(*_walk(grad_output, cache, change))
    return grad_x, grad_output[:, 0] + handed[0], *others


@misconception(of="gru_backward", read="rnn.md#initial-state")
def initial_state_without_a_place(grad_output, cache):
    """The gradient of `h0` is not returned. Six arguments went in, six gradients come out."""
    gradients = _summed(*_walk(grad_output, cache))
    return gradients[0], *gradients[2:]


@misconception(of="gru_backward", read="rnn.md#two-ways-into-a-state")
def arriving_gradients_changed(grad_output, cache):
    """The caller's `grad_output` is changed. `grad_output[:, t] += ...` writes into it; make a new array."""

    def change(t, back):
        if t:
            grad_output[:, t - 1] += back[1]
            back = (back[0], np.zeros_like(back[1]), *back[2:])
        return back

    return _summed(*_walk(grad_output, cache, change))
