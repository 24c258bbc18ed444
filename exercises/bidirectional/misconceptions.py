"""Known wrong ways to write the functions of this exercise."""

import numpy as np

from layerbook.misconceptions import misconception


def _reverse(x, lengths):
    """Each sentence turned within its length."""
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[n, :length] = x[n, :length][::-1]
    return turned


def _words(x, lengths):
    """1 at the words, 0 at the padding, (N, T, 1)."""
    return (np.arange(x.shape[1]) < lengths[:, None])[:, :, None]


def _states(x, weight_ih, weight_hh, bias_ih, bias_hh):
    """The states of all positions, padding included."""
    h, states = np.zeros((len(x), len(weight_hh))), []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)
        states.append(h)
    return np.stack(states, axis=1)


def _one_way(x, lengths, *weights):
    """The output of one direction, and the cache of its backward pass."""
    states = _states(x, *weights) * _words(x, lengths)
    return states, (x, lengths, *weights[:2], states)


def _sums(grad_output, cache, slope=lambda states: 1 - states**2):
    """The gradients at the sums inside tanh, (N, T, H)."""
    x, lengths, _, weight_hh, states = cache
    slopes = slope(states) * _words(x, lengths)
    grad_sums, carried = np.zeros(states.shape), 0.0
    for t in reversed(range(x.shape[1])):
        grad_sums[:, t] = (grad_output[:, t] + carried) * slopes[:, t]
        carried = grad_sums[:, t] @ weight_hh
    return grad_sums


def _from_sums(grad_sums, cache):
    """All five gradients of one direction."""
    x, _, weight_ih, _, states = cache
    of_bias = grad_sums.sum(axis=(0, 1))
    of_ih = np.einsum("nth,ntd->hd", grad_sums, x)
    of_hh = np.einsum("nth,ntk->hk", grad_sums[:, 1:], states[:, :-1])
    return grad_sums @ weight_ih, of_ih, of_hh, of_bias, of_bias.copy()


def _one_way_back(grad_output, cache):
    """All five gradients of one direction."""
    return _from_sums(_sums(grad_output, cache), cache)


def _join(first, second):
    """Side by side, as PyTorch does."""
    return np.concatenate([first, second], axis=2)


def _read_both(x, lengths, weights):
    """The states of both directions in the order of the words, and the cache of the layer."""
    states, cache = _one_way(x, lengths, *weights[:4])
    turned, cache_reverse = _one_way(_reverse(x, lengths), lengths, *weights[4:])
    return states, _reverse(turned, lengths), (lengths, cache, cache_reverse)


def _halves(grad_output):
    """The two halves of the last axis."""
    h = grad_output.shape[2] // 2
    return grad_output[:, :, :h], grad_output[:, :, h:]


def _both_back(grad_output, cache):
    """The gradient of x by each direction, and those of the weights of each direction."""
    lengths, cache, cache_reverse = cache
    first, second = _halves(grad_output)
    grad_x, *of_weights = _one_way_back(first, cache)
    grad_turned, *of_weights_reverse = _one_way_back(_reverse(second, lengths), cache_reverse)
    return grad_x, _reverse(grad_turned, lengths), of_weights, of_weights_reverse


# reverse_padded


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def whole_row_turned(x, lengths):
    """The whole row is turned, so the padding comes first. Only the words are turned, each sentence within
    its own length.
    """
    return x[:, ::-1].copy() + 0.0 * lengths.sum()


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def turned_along_the_batch(x, lengths):
    """The order of the sentences is turned. That is axis 0; the words of a sentence stand along axis 1."""
    return x[::-1].copy() + 0.0 * lengths.sum()


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def turned_along_the_numbers(x, lengths):
    """The numbers of each word are turned. That is axis 2; the words stand along axis 1."""
    return x[:, :, ::-1].copy() + 0.0 * lengths.sum()


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def words_and_numbers_turned(x, lengths):
    """The numbers of each word are turned as well. A word moves as a whole; its own numbers stay in order."""
    return np.where(_words(x, lengths), _reverse(x, lengths)[:, :, ::-1], x)


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def nothing_turned(x, lengths):
    """Nothing is turned. The first word comes to the place of the last, and so on."""
    return x.copy() + 0.0 * lengths.sum()


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def padding_made_zero(x, lengths):
    """The padding is replaced by zeros. Here it stays as it was; begin with a copy of `x`, not with zeros."""
    return _reverse(x, lengths) * _words(x, lengths)


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def padding_turned_too(x, lengths):
    """The padding is turned as well, within its own places. It stays as it was."""
    turned = _reverse(x, lengths)
    for n, length in enumerate(lengths):
        turned[n, length:] = x[n, length:][::-1]
    return turned


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def only_the_padding_turned(x, lengths):
    """The padding is turned, and the words are not. `[length:]` is what comes after the words; `[:length]`
    are the words.
    """
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[n, length:] = x[n, length:][::-1]
    return turned


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def last_word_left_in_place(x, lengths):
    """The last word stays in its place. A slice ends before its second number, so the words are `[:length]`,
    not `[:length - 1]`.
    """
    return _reverse(x, lengths - 1)


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def one_place_of_padding_turned(x, lengths):
    """One place of padding is turned with the words. A slice ends before its second number, so the words are
    `[:length]`, not `[:length + 1]`.
    """
    return _reverse(x, lengths + (lengths < x.shape[1]))


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def first_word_left_in_place(x, lengths):
    """The first word stays in its place. In Python it is word 0, so the part to turn begins at 0."""
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[n, 1:length] = x[n, 1:length][::-1]
    return turned


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def longest_length_for_all(x, lengths):
    """All sentences are turned within the longest length. Each has a length of its own."""
    return _reverse(x, np.full(len(x), lengths.max()))


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def first_length_for_all(x, lengths):
    """All sentences are turned within the length of the first. Each has a length of its own."""
    return _reverse(x, np.full(len(x), lengths[0]))


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def words_moved_behind_the_padding(x, lengths):
    """The words are turned, but they stand in the wrong places of the row. They keep the first places: turn
    the words alone, and leave the padding out of it.
    """
    return np.stack([np.roll(row[::-1], length, axis=0) for row, length in zip(x, lengths, strict=True)])


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def shifted_after_turning(x, lengths):
    """The whole row was turned and then shifted until the words stand first. The words are right, but the
    padding has been turned with the row; it stays as it was.
    """
    shifts = x.shape[1] - lengths
    rows = zip(x, shifts, strict=True)
    return np.stack([np.roll(row[::-1], -shift, axis=0) for row, shift in rows])


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def x_turned_in_place(x, lengths):
    """The caller's `x` is turned. The forward direction still has to read it as it was; write into a copy."""
    x[...] = _reverse(x, lengths)
    return x


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def overwritten_while_reading(x, lengths):
    """Words are overwritten before they were read, so that the second half of a sentence mirrors the first.
    Read from `x` and write into another array, its copy.
    """
    turned = x.copy()
    for n, length in enumerate(lengths):
        for t in range(length):
            turned[n, t] = turned[n, length - 1 - t]
    return turned


@misconception(of="reverse_padded", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def rows_of_different_lengths(x, lengths):
    """A list of the sentences without padding is returned. One array of the shape of `x` is asked, with the
    padding at the end of each row.
    """
    return [row[:length][::-1] for row, length in zip(x, lengths, strict=True)]


# one_way_forward


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def states_at_the_padding(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """The padding has states. After its last word a sentence has none, and the output holds zeros there."""
    states = _states(x, weight_ih, weight_hh, bias_ih, bias_hh)
    return states, (x, lengths, weight_ih, weight_hh, states)


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def last_word_taken_for_padding(x, lengths, *weights):
    """The last word is taken for padding. Positions are counted from 0, so position t is a word where `t <
    lengths`.
    """
    states, cache = _one_way(x, lengths, *weights)
    return states * _words(x, lengths - 1), cache


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def first_padding_taken_for_a_word(x, lengths, *weights):
    """The first place of padding is taken for a word. Positions are counted from 0, so position t is a word
    where `t < lengths`, not where `t <= lengths`.
    """
    return _states(x, *weights) * _words(x, lengths + 1), _one_way(x, lengths, *weights)[1]


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def zeros_at_the_words(x, lengths, *weights):
    """The words have zeros and the padding has states. It is the other way round: position t is a word where
    `t < lengths`.
    """
    return _states(x, *weights) * (1 - _words(x, lengths)), _one_way(x, lengths, *weights)[1]


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def only_the_input_made_zero(x, lengths, *weights):
    """The padding of the input is made zero, and the states there are not. An input of zeros still moves a
    state, through the biases and the state before; make the output zero.
    """
    return _states(x * _words(x, lengths), *weights), _one_way(x, lengths, *weights)[1]


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def last_state_repeated(x, lengths, *weights):
    """At the padding the last state of the sentence is repeated. The output holds zeros there."""
    states, cache = _one_way(x, lengths, *weights)
    last = states[np.arange(len(x)), lengths - 1][:, None]
    return np.where(_words(x, lengths), states, last), cache


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def cut_to_the_shortest(x, lengths, *weights):
    """All sentences end with the shortest. Each has a length of its own; only its own padding has zeros."""
    states, cache = _one_way(x, lengths, *weights)
    return states * _words(x, np.full(len(x), lengths.min())), cache


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def truth_values_along_the_state(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """The N truth values of `t < lengths` are laid along the H values of the state. They belong to the
    sentences: make them a column, (N, 1), with `[:, None]`.
    """
    h, states = np.zeros((len(x), len(weight_hh))), np.zeros((*x.shape[:2], len(weight_hh)))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)
        states[:, t] = h * (t < lengths)
    return states, (x, lengths, weight_ih, weight_hh, states)


@misconception(of="one_way_forward", read="rnn.md#rnn-cell")
def one_way_weight_ih_not_turned(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """`weight_ih` is not transposed. It is (H, D), one row for each value of the state: the product is with
    `weight_ih.T`.
    """
    h, states = np.zeros((len(x), len(weight_hh))), []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ weight_ih + bias_ih + h @ weight_hh.T + bias_hh)
        states.append(h * (t < lengths)[:, None])
    states = np.stack(states, axis=1)
    return states, (x, lengths, weight_ih, weight_hh, states)


@misconception(of="one_way_forward", read="rnn.md#rnn-cell")
def one_way_weight_hh_not_turned(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """`weight_hh` is not transposed. It is square, so nothing crashes; but its rows are the new state's
    values, so it is turned like `weight_ih`.
    """
    return _one_way(x, lengths, weight_ih, weight_hh.T, bias_ih, bias_hh)


@misconception(of="one_way_forward", read="rnn.md#shared-weights")
def one_way_bias_hh_left_out(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_hh` is left out. There are two biases, and both are added."""
    return _one_way(x, lengths, weight_ih, weight_hh, bias_ih, 0.0 * bias_hh)


@misconception(of="one_way_forward", read="rnn.md#shared-weights")
def one_way_bias_ih_left_out(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_ih` is left out. There are two biases, and both are added."""
    return _one_way(x, lengths, weight_ih, weight_hh, 0.0 * bias_ih, bias_hh)


@misconception(of="one_way_forward", read="rnn.md#rnn-cell")
def one_way_tanh_left_out(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """The tanh is missing. The new state is the tanh of the whole sum."""
    h, states = np.zeros((len(x), len(weight_hh))), []
    for t in range(x.shape[1]):
        h = x[:, t] @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh
        states.append(h * (t < lengths)[:, None])
    states = np.stack(states, axis=1)
    return states, (x, lengths, weight_ih, weight_hh, states)


@misconception(of="one_way_forward", read="rnn.md#rnn-cell")
def one_way_state_not_handed_on(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """Each position begins with a state of zeros. Only the first does; each other one begins with the state
    before.
    """
    return _one_way(x, lengths, weight_ih, 0.0 * weight_hh, bias_ih, bias_hh)


@misconception(of="one_way_forward", read="rnn.md#initial-state")
def one_way_state_begins_with_ones(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """The state before the first word is not zero. Each sentence begins with zeros."""
    h, states = np.ones((len(x), len(weight_hh))), []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)
        states.append(h * (t < lengths)[:, None])
    states = np.stack(states, axis=1)
    return states, (x, lengths, weight_ih, weight_hh, states)


@misconception(of="one_way_forward", read="rnn.md#time-and-batch")
def one_way_state_runs_on(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """A sentence begins with the last state of the sentence before it in the batch. Each begins with zeros;
    sentences know nothing of each other.
    """
    h, output = np.zeros(len(weight_hh)), np.zeros((*x.shape[:2], len(weight_hh)))
    for n in range(len(x)):
        for t in range(lengths[n]):
            h = np.tanh(weight_ih @ x[n, t] + bias_ih + weight_hh @ h + bias_hh)
            output[n, t] = h
    return output, (x, lengths, weight_ih, weight_hh, output)


@misconception(of="one_way_forward", read="rnn.md#time-and-batch")
def one_way_stacked_in_front(x, lengths, *weights):
    """The output is (T, N, H). The batch comes first: stack the states along a new axis 1."""
    states, cache = _one_way(x, lengths, *weights)
    return states.swapaxes(0, 1), cache


@misconception(of="one_way_forward", read="rnn.md#time-and-batch")
def one_way_reshaped(x, lengths, *weights):
    """The states are brought to (N, T, H) by a reshape, which mixes sentences and positions. Exchange the
    axes, or stack along axis 1.
    """
    states, cache = _one_way(x, lengths, *weights)
    return states.swapaxes(0, 1).reshape(states.shape), cache


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def one_way_final_states_only(x, lengths, *weights):
    """Only the final state of each sentence is returned. The output has the states of all positions, (N, T,
    H).
    """
    states, cache = _one_way(x, lengths, *weights)
    return states[np.arange(len(x)), lengths - 1], cache


@misconception(of="one_way_forward", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def one_way_read_from_the_end(x, lengths, *weights):
    """The words are read from the last to the first. This function always reads from left to right; for the
    other direction it is given sentences that were turned round.
    """
    states, cache = _one_way(_reverse(x, lengths), lengths, *weights)
    return _reverse(states, lengths), cache


@misconception(of="one_way_forward", read="rnn.md#rnn-cell")
def one_way_without_cache(x, lengths, *weights):
    """Only the states are returned. A forward function returns two values, output and cache."""
    return _one_way(x, lengths, *weights)[0]


# one_way_backward


@misconception(of="one_way_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def padding_hears_the_loss(grad_output, cache):
    """What stands in `grad_output` at the padding reaches the words. The output was zero there whatever went
    in; make the gradient at the sum zero at the padding.
    """
    x, _, *others = cache
    return _one_way_back(grad_output, (x, np.full(len(x), x.shape[1]), *others))


@misconception(of="one_way_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def padding_made_zero_too_late(grad_output, cache):
    """The gradient at the padding is made zero when all is done. By then it has been carried on to the words;
    make it zero at each position, before it is carried on.
    """
    x, lengths, *others = cache
    everywhere = np.full(len(x), x.shape[1])
    grad_sums = _sums(grad_output, (x, everywhere, *others)) * _words(x, lengths)
    return _from_sums(grad_sums, cache)


@misconception(of="one_way_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def padding_gets_a_gradient(grad_output, cache):
    """The padding of the input gets a gradient. It was never used by a loss, so its gradient is zero."""
    x, _, weight_ih, _, states = cache
    grad_sums = _sums(grad_output, cache)
    at_padding = np.where(_words(x, cache[1]), 0.0, grad_output * (1 - states**2))
    return (grad_sums + at_padding) @ weight_ih, *_from_sums(grad_sums, cache)[1:]


@misconception(of="one_way_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def weights_hear_the_padding(grad_output, cache):
    """The padding takes part in the gradients of weights and biases. The weights were used there, but the
    result was thrown away; sum over the words only.
    """
    x, lengths, _, _, states = cache
    grad_sums = _sums(grad_output, cache)
    at_padding = np.where(_words(x, lengths), 0.0, grad_output * (1 - states**2))
    return _from_sums(grad_sums, cache)[0], *_from_sums(grad_sums + at_padding, cache)[1:]


@misconception(of="one_way_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def last_word_not_heard(grad_output, cache):
    """The last word of each sentence is taken for padding. Position t is a word where `t < lengths`."""
    x, lengths, *others = cache
    return _one_way_back(grad_output, (x, lengths - 1, *others))


@misconception(of="one_way_backward", read="rnn.md#two-ways-into-a-state")
def one_way_nothing_carried(grad_output, cache):
    """Each state hears only its own output. It also acts through the next state; what comes back from there
    is added.
    """
    x, lengths, _, _, states = cache
    return _from_sums(grad_output * (1 - states**2) * _words(x, lengths), cache)


@misconception(of="one_way_backward", read="rnn.md#two-ways-into-a-state")
def one_way_only_last_heard(grad_output, cache):
    """Only the gradient at the last position of the row is used. Each word has an output of its own, and its
    part of `grad_output` is added to what is carried.
    """
    heard = np.zeros(grad_output.shape)
    heard[:, -1] = grad_output[:, -1]
    return _one_way_back(heard, cache)


@misconception(of="one_way_backward", read="rnn.md#two-ways-into-a-state")
def one_way_carried_past_the_cell(grad_output, cache):
    """The gradient is carried to the state before as it is. It has to go through the slope of tanh and
    through `weight_hh`.
    """
    x, lengths, _, _, states = cache
    heard = (grad_output * _words(x, lengths))[:, ::-1].cumsum(axis=1)[:, ::-1]
    return _from_sums(heard * (1 - states**2) * _words(x, lengths), cache)


@misconception(of="one_way_backward", read="rnn.md#vanishing")
def one_way_carried_without_slope(grad_output, cache):
    """The gradient that is carried lacks the slope of tanh. What goes through `weight_hh` is the gradient at
    the sum *inside* the tanh.
    """
    x, lengths, _, weight_hh, states = cache
    words, carried, grad_sums = _words(x, lengths), 0.0, np.zeros(states.shape)
    for t in reversed(range(x.shape[1])):
        arrived = (grad_output[:, t] + carried) * words[:, t]
        grad_sums[:, t] = arrived * (1 - states[:, t] ** 2)
        carried = arrived @ weight_hh
    return _from_sums(grad_sums, cache)


@misconception(of="one_way_backward", read="rnn.md#vanishing")
def one_way_carried_through_the_turned_weight(grad_output, cache):
    """`weight_hh` is transposed on the way back. Forward it was turned, so on the way back it is not."""
    x, lengths, weight_ih, weight_hh, states = cache
    grad_sums = _sums(grad_output, (x, lengths, weight_ih, weight_hh.T, states))
    return _from_sums(grad_sums, cache)


@misconception(of="one_way_backward", read="rnn.md#tanh-derivative")
def one_way_slope_left_out(grad_output, cache):
    """The slope of tanh is missing. It is one minus the square of the state, place by place."""
    return _from_sums(_sums(grad_output, cache, np.ones_like), cache)


@misconception(of="one_way_backward", read="rnn.md#tanh-derivative")
def one_way_slope_at_the_output(grad_output, cache):
    """The tanh was taken twice in the slope. The state already is the tanh: the slope is one minus its
    square.
    """
    return _from_sums(_sums(grad_output, cache, lambda states: 1 - np.tanh(states) ** 2), cache)


@misconception(of="one_way_backward", read="rnn.md#tanh-derivative")
def one_way_square_left_out(grad_output, cache):
    """The slope is one minus the state. The state is squared."""
    return _from_sums(_sums(grad_output, cache, lambda states: 1 - states), cache)


@misconception(of="one_way_backward", read="rnn.md#through-time")
def one_way_first_position_first(grad_output, cache):
    """The positions are visited from the first to the last. The gradient goes the other way."""
    x, lengths, _, weight_hh, states = cache
    slopes = (1 - states**2) * _words(x, lengths)
    grad_sums, carried = np.zeros(states.shape), 0.0
    for t in range(x.shape[1]):
        grad_sums[:, t] = (grad_output[:, t] + carried) * slopes[:, t]
        carried = grad_sums[:, t] @ weight_hh
    return _from_sums(grad_sums, cache)


@misconception(of="one_way_backward", read="rnn.md#through-time")
def one_way_states_after_for_before(grad_output, cache):
    """The gradient of `weight_hh` uses the state of the same position. This weight was multiplied by the
    state *before*.
    """
    *first, _, of_bias, of_bias_hh = _one_way_back(grad_output, cache)
    of_hh = np.einsum("nth,ntk->hk", _sums(grad_output, cache), cache[-1])
    return *first, of_hh, of_bias, of_bias_hh


@misconception(of="one_way_backward", read="rnn.md#initial-state")
def one_way_last_state_before_the_first(grad_output, cache):
    """At position 0 the *last* state is taken for the state before: the index `t - 1` is -1 there, which
    Python counts from the end. The state before the first word is zero.
    """
    *first, _, of_bias, of_bias_hh = _one_way_back(grad_output, cache)
    before = np.roll(cache[-1], 1, axis=1)
    of_hh = np.einsum("nth,ntk->hk", _sums(grad_output, cache), before)
    return *first, of_hh, of_bias, of_bias_hh


@misconception(of="one_way_backward", read="rnn.md#through-time")
def one_way_weight_hh_gradient_turned(grad_output, cache):
    """The gradient of `weight_hh` is transposed. Its rows belong to the sums, its columns to the states
    before.
    """
    grad_x, of_ih, of_hh, *of_biases = _one_way_back(grad_output, cache)
    return grad_x, of_ih, of_hh.T, *of_biases


@misconception(of="one_way_backward", read="rnn.md#through-time")
def one_way_weight_ih_gradient_turned(grad_output, cache):
    """The gradient of `weight_ih` is (D, H). A gradient has the shape of its parameter, (H, D)."""
    grad_x, of_ih, *others = _one_way_back(grad_output, cache)
    return grad_x, of_ih.T, *others


@misconception(of="one_way_backward", read="rnn.md#through-time")
def one_way_weights_overwritten(grad_output, cache):
    """The gradients of weights and biases are those of the first position alone. They add up over all words:
    `+=`, not `=`.
    """
    first = np.zeros(grad_output.shape)
    first[:, 0] = _sums(grad_output, cache)[:, 0]
    return _one_way_back(grad_output, cache)[0], *_from_sums(first, cache)[1:]


@misconception(of="one_way_backward", read="rnn.md#through-time")
def one_way_averaged_over_the_batch(grad_output, cache):
    """The gradients of weights and biases are divided by N. They are sums; if the loss is a mean, the
    division is in `grad_output` already.
    """
    grad_x, *of_weights = _one_way_back(grad_output, cache)
    return grad_x, *(gradient / len(grad_x) for gradient in of_weights)


@misconception(of="one_way_backward", read="rnn.md#through-time")
def one_way_averaged_over_time(grad_output, cache):
    """The gradients of weights and biases are divided by T. Nothing in the chain rule divides by the number
    of uses.
    """
    grad_x, *of_weights = _one_way_back(grad_output, cache)
    return grad_x, *(gradient / grad_x.shape[1] for gradient in of_weights)


@misconception(of="one_way_backward", read="rnn.md#through-time")
def one_way_biases_not_summed(grad_output, cache):
    """The gradients of the biases are summed over the batch only. All positions use the same bias, so sum
    over sentences and positions.
    """
    *others, _, _ = _one_way_back(grad_output, cache)
    of_bias = _sums(grad_output, cache).sum(axis=0)
    return *others, of_bias, of_bias.copy()


@misconception(of="one_way_backward", read="rnn.md#shared-weights")
def one_way_bias_shared_out(grad_output, cache):
    """Each bias gets half of the gradient. Each was added whole, so each gets all of it."""
    *others, of_bias, _ = _one_way_back(grad_output, cache)
    return *others, of_bias / 2, of_bias / 2


@misconception(of="one_way_backward", read="rnn.md#two-ways-into-a-state")
def one_way_callers_gradient_changed(grad_output, cache):
    """The caller's gradient is changed. `grad_output[:, t] += ...`, or making it zero at the padding, writes
    into the caller's array; compute with a new one.
    """
    result = _one_way_back(grad_output, cache)
    grad_output[...] = _sums(grad_output, cache)
    return result


@misconception(of="one_way_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def gradient_for_the_lengths(grad_output, cache):
    """Something is returned for `lengths`. They are counts, not numbers that could change a little; five
    gradients are asked.
    """
    grad_x, *of_weights = _one_way_back(grad_output, cache)
    return grad_x, None, *of_weights


# join_directions


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def backward_direction_first(states, states_reverse):
    """The backward direction stands first. PyTorch has the numbers of the forward direction first."""
    return _join(states_reverse, states)


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def joined_along_time(states, states_reverse):
    """The two are joined along the words, (N, 2 * T, H). Each word gets both states: join along the last
    axis.
    """
    return np.concatenate([states, states_reverse], axis=1)


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def joined_along_the_batch(states, states_reverse):
    """The two are joined along the batch, (2 * N, T, H). NumPy joins along axis 0 if you do not say; the last
    axis is meant.
    """
    return np.concatenate([states, states_reverse])


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def directions_added(states, states_reverse):
    """The two are added. Then the directions cannot be told apart any more; put them side by side."""
    return states + states_reverse


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def directions_averaged(states, states_reverse):
    """The mean of the two is taken. Then the directions cannot be told apart any more; put them side by
    side.
    """
    return (states + states_reverse) / 2


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def numbers_taken_in_turn(states, states_reverse):
    """The numbers of the two directions take turns. First come all `H` of the forward direction, then all of
    the backward one.
    """
    return np.stack([states, states_reverse], axis=3).reshape(*states.shape[:2], -1)


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def directions_on_an_axis_of_their_own(states, states_reverse):
    """The directions have an axis of their own, (N, T, 2, H). The output has 2 * H numbers at each position:
    join along the last axis, do not stack.
    """
    return np.stack([states, states_reverse], axis=2)


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def two_arrays_not_joined(states, states_reverse):
    """The two arrays are returned as a pair. One array is asked, (N, T, 2 * H)."""
    return states, states_reverse


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional")
def joined_with_itself(states, states_reverse):
    """The forward direction is joined with itself. The second half comes from `states_reverse`."""
    return _join(states, states)


@misconception(of="join_directions", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def turned_while_joining(states, states_reverse):
    """The states of the backward direction are turned while joining. They came in the order of the words
    already; turning whole rows would also bring the padding to the front.
    """
    return _join(states, states_reverse[:, ::-1])


# split_gradient


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def halves_exchanged(grad_output):
    """The two halves are exchanged. The forward direction's numbers stood first, and so does its gradient."""
    first, second = _halves(grad_output)
    return second, first


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def every_other_number(grad_output):
    """Each direction gets every other number. The first `H` belong to the one, the last `H` to the other."""
    return grad_output[:, :, ::2], grad_output[:, :, 1::2]


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def split_along_time(grad_output):
    """The words are split in two groups. Each word belongs to both directions; split the last axis."""
    half = grad_output.shape[1] // 2
    return grad_output[:, :half], grad_output[:, half:]


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def split_along_the_batch(grad_output):
    """The sentences are split in two groups. NumPy splits along axis 0 if you do not say; the last axis is
    meant.
    """
    half = len(grad_output) // 2
    return grad_output[:half], grad_output[half:]


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def all_for_both(grad_output):
    """Each direction gets the whole gradient. It made only half of the numbers, and gets the gradient of
    these.
    """
    return grad_output, grad_output


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def half_of_the_gradient(grad_output):
    """The numbers are divided by two. Joining has changed no number, so the gradient only comes apart."""
    first, second = _halves(grad_output)
    return first / 2, second / 2


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def first_half_twice(grad_output):
    """Both directions get the first half. The numbers of the backward direction are the second half."""
    first, _ = _halves(grad_output)
    return first, first


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def halves_added(grad_output):
    """Each direction gets the sum of both halves. That would be right for states that were added; here they
    were put side by side.
    """
    first, second = _halves(grad_output)
    return first + second, first + second


@misconception(of="split_gradient", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def second_half_turned(grad_output):
    """The second half is turned round here. Splitting is the opposite of joining, where nothing was turned;
    turning is another step.
    """
    first, second = _halves(grad_output)
    return first, second[:, ::-1]


# bidirectional_forward


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def not_turned_again(x, lengths, *weights):
    """The states of the backward direction are not turned again. Its first state belongs to the *last* word;
    before joining they are turned, each sentence within its length.
    """
    states, states_reverse, cache = _read_both(x, lengths, weights)
    return _join(states, _reverse(states_reverse, lengths)), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def input_not_turned(x, lengths, *weights):
    """Both directions read forward: nothing is turned before the second reading, nor after it. The backward
    direction reads the sentence turned round.
    """
    states, cache = _one_way(x, lengths, *weights[:4])
    again, cache_reverse = _one_way(x, lengths, *weights[4:])
    return _join(states, again), (lengths, cache, cache_reverse)


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def only_the_output_turned(x, lengths, *weights):
    """The states of the second reading are turned, but its input was not. Turn the sentence before it is
    read, and the states afterwards.
    """
    states, cache = _one_way(x, lengths, *weights[:4])
    again, cache_reverse = _one_way(x, lengths, *weights[4:])
    return _join(states, _reverse(again, lengths)), (lengths, cache, cache_reverse)


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def whole_rows_turned(x, lengths, *weights):
    """Whole rows are turned, so the backward direction reads the padding first. Turn each sentence within its
    own length, with `reverse_padded`.
    """
    states, _, cache = _read_both(x, lengths, weights)
    turned = _states(x[:, ::-1], *weights[4:])[:, ::-1]
    return _join(states, turned * _words(x, lengths)), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def whole_rows_turned_and_cut(x, lengths, *weights):
    """Whole rows are turned before the second reading, which then takes the padding for the words and cuts
    the words off. Turn each sentence within its own length, with `reverse_padded`.
    """
    states, _, cache = _read_both(x, lengths, weights)
    turned, _ = _one_way(x[:, ::-1], lengths, *weights[4:])
    return _join(states, turned[:, ::-1]), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def only_the_states_turned_by_length(x, lengths, *weights):
    """Whole rows of the input are turned, so the second reading begins with the padding. Turn the input as
    the states are turned, within the lengths, with `reverse_padded`.
    """
    states, _, cache = _read_both(x, lengths, weights)
    turned, _ = _one_way(x[:, ::-1], lengths, *weights[4:])
    return _join(states, _reverse(turned, lengths)), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def whole_rows_turned_again(x, lengths, *weights):
    """The input is turned within the lengths, but the states are turned as whole rows, so they stand under
    the padding. Turn them again with the same lengths.
    """
    states, states_reverse, cache = _read_both(x, lengths, weights)
    return _join(states, _reverse(states_reverse, lengths)[:, ::-1]), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def sentences_turned_for_words(x, lengths, *weights):
    """The order of the sentences is turned, not that of the words. Then nothing is read backwards; the words
    stand along axis 1.
    """
    states, _, cache = _read_both(x, lengths, weights)
    turned, _ = _one_way(x[::-1], lengths[::-1], *weights[4:])
    return _join(states, turned[::-1]), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional")
def forward_joined_with_itself(x, lengths, *weights):
    """The forward direction is joined with itself. The second half comes from the second reading."""
    states, _, cache = _read_both(x, lengths, weights)
    return _join(states, states), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def forward_states_turned(x, lengths, *weights):
    """The second half are the forward direction's states, turned round. The backward direction reads for
    itself, with its own weights; its states are other numbers.
    """
    states, _, cache = _read_both(x, lengths, weights)
    return _join(states, _reverse(states, lengths)), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def one_set_of_weights(x, lengths, *weights):
    """Both directions use the weights of the forward one. Each has its own; those of the backward direction
    end in `_reverse`.
    """
    states, states_reverse, cache = _read_both(x, lengths, weights[:4] * 2)
    return _join(states, states_reverse), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def weights_of_directions_exchanged(x, lengths, *weights):
    """The two directions have each other's weights. Those that end in `_reverse` belong to the backward
    direction.
    """
    states, states_reverse, cache = _read_both(x, lengths, weights[4:] + weights[:4])
    return _join(states, states_reverse), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def biases_of_the_forward_direction(x, lengths, *weights):
    """The backward direction uses the biases of the forward one. All four of its parameters are its own."""
    mixed = weights[:4] + weights[4:6] + weights[2:4]
    states, states_reverse, cache = _read_both(x, lengths, mixed)
    return _join(states, states_reverse), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional")
def second_reads_the_first(x, lengths, *weights):
    """The backward direction goes on with the final state of the forward one. It begins with zeros; the two
    know nothing of each other.
    """
    states, _, cache = _read_both(x, lengths, weights)
    final = states[np.arange(len(x)), lengths - 1] @ weights[5].T
    turned, h = np.zeros(states.shape), 0.0
    for t, at in enumerate(_reverse(x, lengths).swapaxes(0, 1)):
        carried = final if t == 0 else h @ weights[5].T
        h = np.tanh(at @ weights[4].T + weights[6] + carried + weights[7])
        turned[:, t] = h * (t < lengths)[:, None]
    return _join(states, _reverse(turned, lengths)), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def layer_joins_backward_first(x, lengths, *weights):
    """The backward direction stands first in the output. PyTorch has the forward direction first."""
    states, states_reverse, cache = _read_both(x, lengths, weights)
    return _join(states_reverse, states), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def layer_adds_directions(x, lengths, *weights):
    """The two directions are added. They are put side by side, and the output has 2 * H numbers."""
    states, states_reverse, cache = _read_both(x, lengths, weights)
    return states + states_reverse, cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def everything_turned_again(x, lengths, *weights):
    """The joined output is turned as a whole, the forward direction with it. Only the states of the backward
    direction are turned again, before joining.
    """
    states, states_reverse, cache = _read_both(x, lengths, weights)
    return _join(_reverse(states, lengths), states_reverse), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional")
def both_read_the_turned_input(x, lengths, *weights):
    """Both directions read the turned sentence. The forward direction reads `x` as it is."""
    _, states_reverse, cache = _read_both(x, lengths, weights)
    states, _ = _one_way(_reverse(x, lengths), lengths, *weights[:4])
    return _join(states, states_reverse), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def layer_ignores_lengths(x, lengths, *weights):
    """The lengths are not used at all: whole rows are read and turned. The padding is read first by the
    backward direction, and has states.
    """
    states, turned = _states(x, *weights[:4]), _states(x[:, ::-1], *weights[4:])
    return _join(states, turned[:, ::-1]), _read_both(x, lengths, weights)[2]


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional-reversal")
def layer_turns_the_callers_input(x, lengths, *weights):
    """The caller's `x` is left turned round. `reverse_padded` should give a new array."""
    states, states_reverse, cache = _read_both(x, lengths, weights)
    x[...] = _reverse(x, lengths)
    return _join(states, states_reverse), cache


@misconception(of="bidirectional_forward", read="gru-and-bidirectional-rnn.md#bidirectional")
def layer_without_cache(x, lengths, *weights):
    """Only the output is returned. A forward function returns two values, output and cache."""
    states, states_reverse, _ = _read_both(x, lengths, weights)
    return _join(states, states_reverse)


# bidirectional_backward


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def only_the_forward_input_gradient(grad_output, cache):
    """The input gets the gradient of the forward direction only. It was read twice, and the gradients of both
    readings add up.
    """
    grad_x, _, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    return grad_x, *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def only_the_backward_input_gradient(grad_output, cache):
    """The input gets the gradient of the backward direction only. It was read twice, and the gradients of
    both readings add up: `+=`, not `=`.
    """
    _, grad_x, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    return grad_x, *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def input_gradients_averaged(grad_output, cache):
    """The input gets the mean of two gradients. They add up; nothing divides by two."""
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    return (first + second) / 2, *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def input_gradients_joined(grad_output, cache):
    """The two gradients of the input are put side by side, (N, T, 2 * D). Both belong to the same numbers, so
    they add up, (N, T, D).
    """
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    return _join(first, second), *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def input_gradients_subtracted(grad_output, cache):
    """The gradient of the backward direction is subtracted. To read backwards changes the order of the words,
    not a sign.
    """
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    return first - second, *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def input_gradient_not_turned_again(grad_output, cache):
    """The gradient of the turned input is added as it is. It is in the order of the turned sentence: turn it
    again first.
    """
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    return first + _reverse(second, cache[0]), *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def arriving_gradient_not_turned(grad_output, cache):
    """The second half of the gradient goes into the second reading as it is. The states were turned after the
    reading, so their gradient is turned before its backward pass.
    """
    lengths, cache, cache_reverse = cache
    first, second = _halves(grad_output)
    grad_x, *of_weights = _one_way_back(first, cache)
    grad_turned, *of_weights_reverse = _one_way_back(second, cache_reverse)
    return grad_x + _reverse(grad_turned, lengths), *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def nothing_turned_on_the_way_back(grad_output, cache):
    """Nothing is turned on the way back. Where the forward pass turned the input and the states of the
    backward direction, their gradients are turned as well.
    """
    _, cache, cache_reverse = cache
    first, second = _halves(grad_output)
    grad_x, *of_weights = _one_way_back(first, cache)
    grad_turned, *of_weights_reverse = _one_way_back(second, cache_reverse)
    return grad_x + grad_turned, *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def whole_gradient_rows_turned(grad_output, cache):
    """The gradients are turned as whole rows. Like the states, they are turned within each length, with
    `reverse_padded`.
    """
    _, cache, cache_reverse = cache
    first, second = _halves(grad_output)
    grad_x, *of_weights = _one_way_back(first, cache)
    grad_turned, *of_weights_reverse = _one_way_back(second[:, ::-1], cache_reverse)
    return grad_x + grad_turned[:, ::-1], *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def whole_rows_of_arriving_gradient_turned(grad_output, cache):
    """The gradient that arrives is turned as whole rows. Like the states, it is turned within each length,
    with `reverse_padded`.
    """
    lengths, cache, cache_reverse = cache
    first, second = _halves(grad_output)
    grad_x, *of_weights = _one_way_back(first, cache)
    grad_turned, *of_weights_reverse = _one_way_back(second[:, ::-1], cache_reverse)
    return grad_x + _reverse(grad_turned, lengths), *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def whole_rows_of_input_gradient_turned(grad_output, cache):
    """The gradient of the turned input is turned again as whole rows. Turn it within each length, with
    `reverse_padded`, so that it stands under its words.
    """
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    return first + _reverse(second, cache[0])[:, ::-1], *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def layer_exchanges_halves(grad_output, cache):
    """Each direction gets the half of the other. The forward direction's numbers stood first."""
    first, second = _halves(grad_output)
    first, second, of_weights, of_weights_reverse = _both_back(_join(second, first), cache)
    return first + second, *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def caches_exchanged(grad_output, cache):
    """Each direction's gradient goes back with the cache of the other. Keep the two caches apart."""
    lengths, cache, cache_reverse = cache
    first, second, of_weights_reverse, of_weights = _both_back(grad_output, (lengths, cache_reverse, cache))
    return first + second, *of_weights_reverse, *of_weights


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def forward_cache_for_both(grad_output, cache):
    """The second half goes back with the cache of the first reading. The backward direction has a cache of
    its own, with its own weights and states.
    """
    lengths, cache, _ = cache
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, (lengths, cache, cache))
    return first + second, *of_weights, *of_weights_reverse


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def gradients_of_directions_added(grad_output, cache):
    """The weights of both directions get the sum of the gradients. The directions share no weights; each
    keeps its own gradients.
    """
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    sums = [a + b for a, b in zip(of_weights, of_weights_reverse, strict=True)]
    return first + second, *sums, *(total.copy() for total in sums)


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def gradients_of_one_direction_twice(grad_output, cache):
    """The weights of the backward direction get the gradients of the forward one. Each direction has its
    own.
    """
    first, second, of_weights, _ = _both_back(grad_output, cache)
    return first + second, *of_weights, *of_weights


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def backward_weights_first(grad_output, cache):
    """The gradients of the backward direction's weights stand first. They come in the order of the arguments:
    the four of the forward direction, then those that end in `_reverse`.
    """
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    return first + second, *of_weights_reverse, *of_weights


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def weights_of_directions_in_turn(grad_output, cache):
    """The gradients of the two directions take turns. They come in the order of the arguments: the four of
    the forward direction, then the four of the backward one.
    """
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    pairs = zip(of_weights, of_weights_reverse, strict=True)
    return first + second, *(gradient for pair in pairs for gradient in pair)


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def weights_of_one_direction_returned(grad_output, cache):
    """Only five gradients are returned. The backward direction has four parameters of its own, and they come
    last.
    """
    first, second, of_weights, _ = _both_back(grad_output, cache)
    return first + second, *of_weights


@misconception(of="bidirectional_backward", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def layer_changes_the_callers_gradient(grad_output, cache):
    """The caller's gradient is changed. A half of it is only a view; turning it in place writes into
    `grad_output`.
    """
    first, second, of_weights, of_weights_reverse = _both_back(grad_output, cache)
    half = _halves(grad_output)[1]
    half[...] = half[:, ::-1].copy()
    return first + second, *of_weights, *of_weights_reverse


# sentence_vectors


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def last_position_of_the_row(output, lengths):
    """The output at the last position of the row is taken. For a short sentence that is padding; and the
    backward direction ends at position 0.
    """
    return output[:, -1] + 0.0 * lengths[:, None]


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def output_at_the_last_word(output, lengths):
    """The whole output at the last word is taken. The forward direction ends there, but the backward one has
    just begun; it ends at position 0.
    """
    return output[np.arange(len(output)), lengths - 1]


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def output_at_the_first_word(output, lengths):
    """The whole output at position 0 is taken. The backward direction ends there, but the forward one has
    just begun; it ends at the last word.
    """
    return output[:, 0] + 0.0 * lengths[:, None]


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def first_states_of_both(output, lengths):
    """The first state of each direction is taken. The forward direction ends at the last word, the backward
    one at position 0.
    """
    first, second = _halves(output)
    return np.concatenate([first[:, 0], second[np.arange(len(output)), lengths - 1]], axis=1)


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def end_of_the_row_for_the_last_word(output, lengths):
    """The forward direction's state is taken at the end of the row. A short sentence has padding there; its
    last word is at its length minus one.
    """
    first, second = _halves(output)
    return np.concatenate([first[:, -1], second[:, 0]], axis=1) + 0.0 * lengths[:, None]


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-lengths")
def position_of_the_length(output, lengths):
    """The state is taken at the position `lengths`, behind the last word. Positions are counted from 0: the
    last word is at its length minus one.
    """
    first, second = _halves(output)
    return np.concatenate([first[np.arange(len(output)), lengths], second[:, 0]], axis=1)


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def final_backward_state_first(output, lengths):
    """The final state of the backward direction stands first. The forward direction comes first."""
    first, second = _halves(output)
    return np.concatenate([second[:, 0], first[np.arange(len(output)), lengths - 1]], axis=1)


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def mean_of_the_words(output, lengths):
    """The mean over all words is taken. It is in use too, but here the two final states are asked."""
    return (output * _words(output, lengths)).sum(axis=1) / lengths[:, None]


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def final_states_on_an_axis_of_their_own(output, lengths):
    """The final states have the shape (2, N, H), like `h_n` in PyTorch. Here they are put side by side, (N, 2
    * H).
    """
    first, second = _halves(output)
    return np.stack([first[np.arange(len(output)), lengths - 1], second[:, 0]])


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def last_words_of_all_for_each(output, lengths):
    """Each sentence gets the positions of all. `output[:, lengths - 1]` takes every pair of sentence and
    position; index with `np.arange(N)` and the positions together.
    """
    first, second = _halves(output)
    return np.concatenate([first[:, lengths - 1], second[:, :1].repeat(len(lengths), axis=1)], axis=2)


@misconception(of="sentence_vectors", read="gru-and-bidirectional-rnn.md#bidirectional-join")
def positions_of_all_beside_one(output, lengths):
    """Each sentence gets the positions of all: `output[:, lengths - 1]` keeps the axis of positions, and does
    not fit beside `output[:, 0]`. Index with `np.arange(N)` and the positions together.
    """
    first, second = _halves(output)
    return np.concatenate([first[:, lengths - 1], second[:, 0]], axis=1)


# layer_sizes


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def features_of_one_direction(input_size, hidden_size, num_tags):
    """The layer gives `H` numbers at each position. The two states stand side by side, so it gives 2 * H."""
    _, *others = _sizes(input_size, hidden_size, num_tags)
    return hidden_size, *others


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def parameters_of_one_direction(input_size, hidden_size, num_tags):
    """The parameters of one direction are counted. Each direction has its own; there are twice as many."""
    features, parameters, parameters_above, linear_shape = _sizes(input_size, hidden_size, num_tags)
    return features, parameters // 2, parameters_above // 2, linear_shape


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def one_bias_in_each_direction(input_size, hidden_size, num_tags):
    """One bias is counted for each direction. PyTorch has two, `bias_ih` and `bias_hh`."""
    features, parameters, parameters_above, linear_shape = _sizes(input_size, hidden_size, num_tags)
    return features, parameters - features, parameters_above - features, linear_shape


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def biases_not_counted(input_size, hidden_size, num_tags):
    """The biases are not counted. They are parameters too, two of them in each direction."""
    features, parameters, parameters_above, linear_shape = _sizes(input_size, hidden_size, num_tags)
    return features, parameters - 2 * features, parameters_above - 2 * features, linear_shape


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def hidden_size_doubled(input_size, hidden_size, num_tags):
    """The parameters are those of one direction with 2 * H units. The directions never see each other's
    state, so `weight_hh` stays (H, H), twice.
    """
    features, _, _, linear_shape = _sizes(input_size, hidden_size, num_tags)
    return (
        features,
        features * (input_size + features + 2),
        features * (2 * features + 2),
        linear_shape,
    )


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def same_count_above(input_size, hidden_size, num_tags):
    """The second layer has as many parameters as the first. It reads the 2 * H features of the first in place
    of D values, so its `weight_ih` has another number of columns.
    """
    features, parameters, _, linear_shape = _sizes(input_size, hidden_size, num_tags)
    return features, parameters, parameters, linear_shape


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def one_direction_read_above(input_size, hidden_size, num_tags):
    """The second layer reads H features. The first gives both states at each position, 2 * H features, and
    this is the number of columns of `weight_ih` above.
    """
    features, parameters, _, linear_shape = _sizes(input_size, hidden_size, num_tags)
    return features, parameters, features * (2 * hidden_size + 2), linear_shape


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def both_layers_counted(input_size, hidden_size, num_tags):
    """Both layers together are counted for the second. Only its own parameters are asked."""
    features, parameters, parameters_above, linear_shape = _sizes(input_size, hidden_size, num_tags)
    return features, parameters, parameters + parameters_above, linear_shape


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#gru-count")
def three_blocks_counted(input_size, hidden_size, num_tags):
    """Three blocks are counted, as for a GRU. A plain RNN has one block in each direction."""
    features, parameters, parameters_above, linear_shape = _sizes(input_size, hidden_size, num_tags)
    return features, 3 * parameters, 3 * parameters_above, linear_shape


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def linear_layer_reads_one_direction(input_size, hidden_size, num_tags):
    """The linear layer's weight has H columns. It reads both states of a word, so it has 2 * H."""
    *others, _ = _sizes(input_size, hidden_size, num_tags)
    return *others, (num_tags, hidden_size)


@misconception(of="layer_sizes", read="gru-and-bidirectional-rnn.md#bidirectional-count")
def linear_weight_turned(input_size, hidden_size, num_tags):
    """The shape of the linear layer's weight is (in, out). It is (out, in), a row for each tag."""
    *others, (tags, features) = _sizes(input_size, hidden_size, num_tags)
    return *others, (features, tags)


def _sizes(input_size, hidden_size, num_tags):
    """The right sizes."""
    features = 2 * hidden_size
    parameters = [features * (size + hidden_size + 2) for size in (input_size, features)]
    return features, *parameters, (num_tags, features)
