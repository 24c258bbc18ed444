"""Known wrong ways to write the functions of this exercise."""

import numpy as np

from layerbook.misconceptions import misconception


def _sum(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """What stands inside the tanh."""
    return x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T + bias_hh


def _cell(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The next state and the cache of the step."""
    h = np.tanh(_sum(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return h, (x, h_prev, weight_ih, weight_hh, h)


def _at_the_sum(grad_output, cache):
    """The gradient at the sum inside the tanh."""
    return grad_output * (1 - cache[-1] ** 2)


def _from_the_sum(grad_sum, cache):
    """All six gradients of a step, from the gradient at the sum."""
    x, h_prev, weight_ih, weight_hh, _ = cache
    grad_bias = grad_sum.sum(axis=0)
    inputs = grad_sum @ weight_ih, grad_sum @ weight_hh
    return *inputs, grad_sum.T @ x, grad_sum.T @ h_prev, grad_bias, grad_bias.copy()


def _step_back(grad_output, cache):
    """All six gradients of a step."""
    return _from_the_sum(_at_the_sum(grad_output, cache), cache)


def _read(x, h0, *weights):
    """The states (T, N, H) and the caches of all steps."""
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, cache = _cell(x[:, t], h, *weights)
        states.append(h)
        caches.append(cache)
    return states, caches


def _steps_back(grad_output, caches):
    """The six gradients of each step, first step first."""
    grad_h, steps = 0.0, []
    for t in reversed(range(len(caches))):
        step = _step_back(grad_output[:, t] + grad_h, caches[t])
        grad_h = step[1]
        steps.insert(0, step)
    return steps


def _together(steps):
    """The six gradients of a sequence, from those of its steps."""
    grad_x, grad_h_prev, *of_weights = zip(*steps, strict=True)
    return np.stack(grad_x, axis=1), grad_h_prev[0], *map(sum, of_weights)


def _travelling(grad_last, caches):
    """The gradient at the last state, at the one before, and so on to h0."""
    gradients = [grad_last]
    for cache in reversed(caches):
        gradients.append(_step_back(gradients[-1], cache)[1])
    return gradients


def _norm(gradients):
    """The norm of all arrays together."""
    return np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))


# rnn_step_forward


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def weight_ih_not_turned(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`weight_ih` is not transposed. It is (H, D), one row for each value of the state: the product is `x @
    weight_ih.T`.
    """
    h = np.tanh(x @ weight_ih + bias_ih + h_prev @ weight_hh.T + bias_hh)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def weight_hh_not_turned(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`weight_hh` is not transposed. It is square, so nothing crashes; but its rows are the new state's
    values, its columns the earlier one's, so it is turned like `weight_ih`.
    """
    h = np.tanh(x @ weight_ih.T + bias_ih + h_prev @ weight_hh + bias_hh)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def weight_before_the_batch(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The weight stands before the batch, as in W x for one column. Here the sentences are rows, (N, D), so
    the product is `x @ weight_ih.T`.
    """
    h = np.tanh(weight_ih @ x + bias_ih + weight_hh @ h_prev + bias_hh)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def weights_exchanged(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The two weights are exchanged. `weight_ih` leads from the input to the state, `weight_hh` from the
    earlier state to the new one.
    """
    h = np.tanh(x @ weight_hh.T + bias_ih + h_prev @ weight_ih.T + bias_hh)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def input_left_out(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The input is left out. The new state is made of the word that comes now, and of the state so far."""
    h = np.tanh(bias_ih + h_prev @ weight_hh.T + bias_hh)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def earlier_state_left_out(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The earlier state is left out, and with it the memory. It goes in through `weight_hh`."""
    h = np.tanh(x @ weight_ih.T + bias_ih + bias_hh + 0.0 * h_prev)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#shared-weights")
def bias_ih_left_out(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_ih` is left out. There are two biases, and both are added."""
    h = np.tanh(x @ weight_ih.T + h_prev @ weight_hh.T + bias_hh)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#shared-weights")
def bias_hh_left_out(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_hh` is left out. There are two biases, and both are added."""
    h = np.tanh(x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#shared-weights")
def both_biases_left_out(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """Both biases are left out. They are added inside the tanh."""
    h = np.tanh(x @ weight_ih.T + h_prev @ weight_hh.T)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#shared-weights")
def bias_ih_twice(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """`bias_ih` is added twice and `bias_hh` not at all. They are two different biases."""
    h = np.tanh(x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T + bias_ih)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def biases_outside_tanh(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The biases are added after the tanh. They belong inside; no state can leave the range from -1 to 1."""
    h = np.tanh(x @ weight_ih.T + h_prev @ weight_hh.T) + bias_ih + bias_hh
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def tanh_left_out(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The tanh is missing. Without it the state is the plain sum, and can grow without end."""
    h = _sum(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def tanh_of_each_part(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The tanh is taken of input and state separately. It is taken once, of the whole sum."""
    h = np.tanh(x @ weight_ih.T + bias_ih) + np.tanh(h_prev @ weight_hh.T + bias_hh)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def tanh_of_the_input_alone(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The part of the earlier state is added after the tanh. The tanh is taken of the whole sum."""
    h = np.tanh(x @ weight_ih.T + bias_ih) + h_prev @ weight_hh.T + bias_hh
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def sigmoid_for_tanh(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The logistic function is used. It gives numbers from 0 to 1; tanh gives numbers from -1 to 1."""
    with np.errstate(over="ignore"):
        h = 1 / (1 + np.exp(-_sum(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)))
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def relu_for_tanh(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """ReLU is used. The plain RNN of this exercise has a tanh, which keeps the state from growing."""
    h = np.maximum(_sum(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh), 0.0)
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def added_to_the_earlier_state(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The result is added to the earlier state. The new state takes its place; the earlier one acts through
    `weight_hh` only.
    """
    h = h_prev + np.tanh(_sum(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh))
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def earlier_state_overwritten(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The new state is written into the caller's `h_prev`. `h_prev[...] = ` changes the caller's array, and
    the backward pass needs it as it was; make a new one.
    """
    before = h_prev.copy()
    h_prev[...] = np.tanh(_sum(x, before, weight_ih, weight_hh, bias_ih, bias_hh))
    return h_prev, (x, before, weight_ih, weight_hh, h_prev)


@misconception(of="rnn_step_forward", read="rnn.md#tanh-derivative")
def tanh_from_exponentials(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The tanh is computed from exponentials, which become infinite for large sums, and infinity divided by
    infinity is not a number. `np.tanh` is safe.
    """
    s = _sum(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)
    with np.errstate(over="ignore", invalid="ignore"):
        h = (np.exp(s) - np.exp(-s)) / (np.exp(s) + np.exp(-s))
    return h, (x, h_prev, weight_ih, weight_hh, h)


@misconception(of="rnn_step_forward", read="rnn.md#rnn-cell")
def rnn_step_without_cache(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """Only the state is returned. A forward function returns two values, output and cache."""
    return _cell(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh)[0]


# rnn_step_backward


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def slope_left_out(grad_output, cache):
    """The slope of tanh is missing. The gradient passes the tanh first, where it is multiplied by 1 - h**2,
    place by place.
    """
    return _from_the_sum(grad_output, cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def slope_at_the_output(grad_output, cache):
    """The slope is 1 - tanh(h)**2: the tanh was taken twice. The state already is the tanh, so the slope is 1
    - h**2.
    """
    return _from_the_sum(grad_output * (1 - np.tanh(cache[-1]) ** 2), cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def slope_of_the_plain_sum(grad_output, cache):
    """The slope is 1 - s**2 with the sum s inside the tanh. It is 1 - tanh(s)**2, which is 1 - h**2."""
    return _from_the_sum(grad_output * (1 - np.arctanh(cache[-1]) ** 2), cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def square_left_out(grad_output, cache):
    """The slope is 1 - h. The state is squared: 1 - h**2."""
    return _from_the_sum(grad_output * (1 - cache[-1]), cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def slope_at_the_earlier_state(grad_output, cache):
    """The slope is taken at the earlier state. The tanh that the gradient passes has made the *new* state."""
    return _from_the_sum(grad_output * (1 - cache[1] ** 2), cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def slope_of_the_logistic_function(grad_output, cache):
    """The slope is h * (1 - h), that of the logistic function. The slope of tanh is 1 - h**2."""
    return _from_the_sum(grad_output * cache[-1] * (1 - cache[-1]), cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def slope_twice(grad_output, cache):
    """The slope is multiplied in twice. The gradient passes the tanh once."""
    return _from_the_sum(grad_output * (1 - cache[-1] ** 2) ** 2, cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def sign_of_the_slope(grad_output, cache):
    """The slope has the wrong sign. It is 1 - h**2, never below 0."""
    return _from_the_sum(grad_output * (cache[-1] ** 2 - 1), cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def tanh_for_its_slope(grad_output, cache):
    """The gradient is multiplied by the state. The chain rule asks for the slope of tanh, 1 - h**2."""
    return _from_the_sum(grad_output * cache[-1], cache)


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def arriving_gradient_left_out(grad_output, cache):
    """`grad_output` is not used. The chain rule multiplies the slope by the gradient that arrives."""
    return _from_the_sum(np.ones_like(grad_output) * (1 - cache[-1] ** 2), cache)


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def callers_step_gradient_changed(grad_output, cache):
    """The caller's gradient is changed. `grad_output *= ...` writes into it; make a new array."""
    grad_output *= 1 - cache[-1] ** 2
    return _from_the_sum(grad_output, cache)


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def weights_without_slope(grad_output, cache):
    """The gradients of the two weights lack the slope of tanh. All six go through the tanh first."""
    right, without = _step_back(grad_output, cache), _from_the_sum(grad_output, cache)
    return *right[:2], *without[2:4], *right[4:]


@misconception(of="rnn_step_backward", read="rnn.md#tanh-derivative")
def biases_without_slope(grad_output, cache):
    """The gradients of the biases lack the slope of tanh. They stand inside it, so they get what arrives at
    the sum.
    """
    return *_step_back(grad_output, cache)[:4], *_from_the_sum(grad_output, cache)[4:]


@misconception(of="rnn_step_backward", read="rnn.md#vanishing")
def earlier_state_without_slope(grad_output, cache):
    """The gradient of the earlier state lacks the slope of tanh. The Jacobian of a step has two factors, the
    slopes and `weight_hh`.
    """
    grad_x, _, *of_weights = _step_back(grad_output, cache)
    return grad_x, grad_output @ cache[3], *of_weights


@misconception(of="rnn_step_backward", read="rnn.md#vanishing")
def weight_hh_turned_on_the_way_back(grad_output, cache):
    """`weight_hh` is transposed for the gradient of the earlier state. Forward it was turned, so on the way
    back it is not.
    """
    grad_x, _, *of_weights = _step_back(grad_output, cache)
    return grad_x, _at_the_sum(grad_output, cache) @ cache[3].T, *of_weights


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def weight_ih_turned_on_the_way_back(grad_output, cache):
    """`weight_ih` is transposed for the gradient of the input. (N, H) times (H, D) gives (N, D) without
    turning.
    """
    _, *others = _step_back(grad_output, cache)
    return _at_the_sum(grad_output, cache) @ cache[2].T, *others


@misconception(of="rnn_step_backward", read="rnn.md#two-ways-into-a-state")
def straight_path_added(grad_output, cache):
    """`grad_output` is added to the gradient of the earlier state. In this cell there is no straight path;
    the earlier state acts through `weight_hh` and the tanh only.
    """
    grad_x, grad_h_prev, *of_weights = _step_back(grad_output, cache)
    return grad_x, grad_h_prev + grad_output, *of_weights


@misconception(of="rnn_step_backward", read="rnn.md#two-ways-into-a-state")
def nothing_for_the_earlier_state(grad_output, cache):
    """The earlier state gets no gradient. It went into the sum like the input, and gets its share through
    `weight_hh`.
    """
    grad_x, grad_h_prev, *of_weights = _step_back(grad_output, cache)
    return grad_x, np.zeros_like(grad_h_prev), *of_weights


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def first_two_exchanged(grad_output, cache):
    """The first two gradients are exchanged. They come in the order of the arguments: x, then h_prev."""
    grad_x, grad_h_prev, *of_weights = _step_back(grad_output, cache)
    return grad_h_prev, grad_x, *of_weights


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def weights_and_their_biases_paired(grad_output, cache):
    """The last four gradients are in another order. Both weights come first, then both biases, as in the
    arguments.
    """
    grad_x, grad_h_prev, of_ih, of_hh, *of_biases = _step_back(grad_output, cache)
    return grad_x, grad_h_prev, of_ih, of_biases[0], of_hh, of_biases[1]


@misconception(of="rnn_step_backward", read="rnn.md#shared-weights")
def one_bias_gradient_returned(grad_output, cache):
    """One gradient is returned for both biases. They are two arguments, so there are two, equal ones."""
    return _step_back(grad_output, cache)[:5]


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def step_weight_gradients_turned(grad_output, cache):
    """The gradients of the weights are transposed. Each has the shape of its weight: `grad_sum.T @ x` is (H,
    D).
    """
    grad_x, grad_h_prev, of_ih, of_hh, *of_biases = _step_back(grad_output, cache)
    return grad_x, grad_h_prev, of_ih.T, of_hh.T, *of_biases


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def weight_hh_gradient_turned(grad_output, cache):
    """The gradient of `weight_hh` is transposed. It is square, so the shape does not tell; its rows belong to
    the new state: `grad_sum.T @ h_prev`.
    """
    grad_x, grad_h_prev, of_ih, of_hh, *of_biases = _step_back(grad_output, cache)
    return grad_x, grad_h_prev, of_ih, of_hh.T, *of_biases


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def new_state_for_the_earlier(grad_output, cache):
    """The gradient of `weight_hh` uses the new state. What this weight was multiplied by is the *earlier*
    state.
    """
    grad_x, grad_h_prev, of_ih, _, *of_biases = _step_back(grad_output, cache)
    return grad_x, grad_h_prev, of_ih, _at_the_sum(grad_output, cache).T @ cache[-1], *of_biases


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def weights_own_input_forgotten(grad_output, cache):
    """The gradients of the weights do not contain the inputs. How much a weight matters depends on what it
    was multiplied by: x for `weight_ih`, the earlier state for `weight_hh`.
    """
    grad_x, grad_h_prev, of_ih, of_hh, *of_biases = _step_back(grad_output, cache)
    column = of_biases[0][:, None]
    return grad_x, grad_h_prev, column * np.ones_like(of_ih), column * np.ones_like(of_hh), *of_biases


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def step_weights_averaged(grad_output, cache):
    """The gradients of weights and biases are divided by N. They are sums over the sentences; if the loss is
    a mean, the division is in `grad_output` already.
    """
    grad_x, grad_h_prev, *of_weights = _step_back(grad_output, cache)
    return grad_x, grad_h_prev, *(gradient / len(grad_x) for gradient in of_weights)


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def step_biases_averaged(grad_output, cache):
    """The gradients of the biases are means over the sentences. Each sentence has used the bias, so its
    gradient is the sum.
    """
    *others, of_bias, _ = _step_back(grad_output, cache)
    return *others, of_bias / len(grad_output), of_bias / len(grad_output)


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def step_biases_not_summed(grad_output, cache):
    """The gradients of the biases have a row for each sentence. All sentences use the same bias, so sum over
    them, axis 0.
    """
    *others, _, _ = _step_back(grad_output, cache)
    grad_sum = _at_the_sum(grad_output, cache)
    return *others, grad_sum, grad_sum.copy()


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def step_biases_with_an_axis_too_many(grad_output, cache):
    """The gradients of the biases are (1, H). A bias is (H,), and its gradient has the same shape; leave
    `keepdims` out.
    """
    *others, of_bias, _ = _step_back(grad_output, cache)
    return *others, of_bias[None], of_bias[None].copy()


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def step_biases_summed_over_the_state(grad_output, cache):
    """The gradients of the biases are summed over the values of the state. Sum over the sentences, axis 0, so
    that one number is left for each value of the state.
    """
    *others, _, _ = _step_back(grad_output, cache)
    summed = _at_the_sum(grad_output, cache).sum(axis=1)
    return *others, summed, summed.copy()


@misconception(of="rnn_step_backward", read="rnn.md#through-time")
def step_biases_summed_to_one_number(grad_output, cache):
    """The gradients of the biases are single numbers. `sum()` without an axis adds up everything; sum over
    axis 0.
    """
    *others, _, _ = _step_back(grad_output, cache)
    summed = _at_the_sum(grad_output, cache).sum()
    return *others, summed, summed


@misconception(of="rnn_step_backward", read="rnn.md#shared-weights")
def bias_gradient_shared_out(grad_output, cache):
    """Each bias gets half of the gradient. Each was added whole, so each gets all of it."""
    *others, of_bias, _ = _step_back(grad_output, cache)
    return *others, of_bias / 2, of_bias / 2


@misconception(of="rnn_step_backward", read="rnn.md#shared-weights")
def second_bias_without_gradient(grad_output, cache):
    """`bias_hh` gets zeros. It was added like `bias_ih`, so both have the same gradient."""
    *others, of_bias, _ = _step_back(grad_output, cache)
    return *others, of_bias, np.zeros_like(of_bias)


# rnn_forward


@misconception(of="rnn_forward", read="rnn.md#initial-state")
def h0_left_out(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The first state is taken to be zero, and `h0` is ignored. It may hold what was read before, and it acts
    on all states.
    """
    states, caches = _read(x, np.zeros_like(h0), weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack(states, axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#rnn-cell")
def state_not_handed_on(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Each step begins with `h0`. Only the first does; each other one begins with the state that the step
    before has left.
    """
    steps = [_cell(x[:, t], h0, weight_ih, weight_hh, bias_ih, bias_hh) for t in range(x.shape[1])]
    return np.stack([h for h, _ in steps], axis=1), [cache for _, cache in steps]


@misconception(of="rnn_forward", read="rnn.md#rnn-cell")
def first_word_again_and_again(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Each step reads the first word. Step t reads `x[:, t]`."""
    states, caches = _read(np.repeat(x[:, :1], x.shape[1], 1), h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack(states, axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#time-and-batch")
def time_and_batch_exchanged(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The loop runs over the sentences as if they were steps. The first axis is the batch, the second is
    time: step t reads `x[:, t]`, not `x[t]`.
    """
    h, states, caches = h0, [], []
    for t in range(len(x)):
        h, cache = _cell(x[t], h, weight_ih, weight_hh, bias_ih, bias_hh)
        states.append(h)
        caches.append(cache)
    return np.stack(states), caches


@misconception(of="rnn_forward", read="rnn.md#time-and-batch")
def sentences_for_steps(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The number of steps is taken from the first axis. That is the number of sentences; the steps are
    counted by `x.shape[1]`.
    """
    h, states, caches = h0, [], []
    for t in range(len(x)):
        h, cache = _cell(x[:, t], h, weight_ih, weight_hh, bias_ih, bias_hh)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#time-and-batch")
def states_stacked_in_front(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output is (T, N, H). The batch comes first, so the states are stacked along a new axis 1."""
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack(states), caches


@misconception(of="rnn_forward", read="rnn.md#time-and-batch")
def states_reshaped(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The states are brought to (N, T, H) by a reshape, which deals the numbers out anew and mixes sentences
    and steps. Exchange the axes, or stack along axis 1.
    """
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack(states).reshape(*x.shape[:2], -1), caches


@misconception(of="rnn_forward", read="rnn.md#time-and-batch")
def states_joined_without_an_axis(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The states are joined along an axis that they have already. They need a new one for the steps: (N, T,
    H).
    """
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.concatenate(states, axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#time-and-batch")
def last_state_only(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Only the last state is returned. The output has the states of all steps, (N, T, H)."""
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return states[-1], caches


@misconception(of="rnn_forward", read="rnn.md#initial-state")
def h0_among_the_states(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """`h0` stands in the output, which has T + 1 states. The output begins with the state after the first
    word.
    """
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack([h0, *states], axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#initial-state")
def states_before_the_steps(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The output holds the state *before* each step: it begins with `h0` and lacks the last. It holds the
    state *after* each step.
    """
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack([h0, *states[:-1]], axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#rnn-cell")
def last_word_not_read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The last step is missing, and zeros stand in its place. `range(T)` already ends before T."""
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack([*states[:-1], np.zeros_like(h0)], axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#rnn-cell")
def first_word_not_read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The first step is missing, and zeros stand in its place. In Python the first word is word 0."""
    states, caches = _read(x[:, 1:], h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack([np.zeros_like(h0), *states], axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#rnn-cell")
def read_from_the_end(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The words are read from the last to the first. Going forward, the first comes first; only the gradient
    goes the other way.
    """
    states, caches = _read(x[:, ::-1], h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack(states[::-1], axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#rnn-cell")
def last_state_everywhere(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """All steps show the last state. One array was collected T times and overwritten at each step; collect a
    new array each time.
    """
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack([states[-1]] * len(states), axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#initial-state")
def callers_h0_changed(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The caller's `h0` is changed. `h = h0` is another name for the same array, and writing into `h` changes
    it; let `h` stand for a new array at each step.
    """
    states, caches = _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    h0[...] = states[-1]
    return np.stack(states, axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#time-and-batch")
def state_runs_into_the_next_sentence(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The second sentence begins with the last state of the first. Each sentence has a state of its own,
    which begins with its own row of `h0`.
    """
    h, output = h0[:1], np.zeros((*x.shape[:2], h0.shape[1]))
    for n in range(len(x)):
        states, _ = _read(x[n : n + 1], h, weight_ih, weight_hh, bias_ih, bias_hh)
        output[n] = np.concatenate(states)
        h = states[-1]
    return output, _read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)[1]


@misconception(of="rnn_forward", read="rnn.md#initial-state")
def first_h0_for_all(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """All sentences begin with the first row of `h0`. Each has a row of its own."""
    states, caches = _read(x, np.repeat(h0[:1], len(x), 0), weight_ih, weight_hh, bias_ih, bias_hh)
    return np.stack(states, axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#rnn-cell")
def states_added_up(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """The state is the sum of all states so far. The new state takes the place of the earlier one: `=`, not
    `+=`.
    """
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        new, cache = _cell(x[:, t], h, weight_ih, weight_hh, bias_ih, bias_hh)
        h = h + new
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches


@misconception(of="rnn_forward", read="rnn.md#rnn-cell")
def rnn_without_cache(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Only the states are returned. A forward function returns two values, output and cache."""
    return np.stack(_read(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)[0], axis=1)


# rnn_backward


@misconception(of="rnn_backward", read="rnn.md#two-ways-into-a-state")
def nothing_carried_back(grad_output, cache):
    """Each step hears only its own output. What the next step returns for the state before it has to be
    added, or no step learns what its state was good for later.
    """
    return _together([_step_back(grad_output[:, t], step) for t, step in enumerate(cache)])


@misconception(of="rnn_backward", read="rnn.md#two-ways-into-a-state")
def only_the_last_output_heard(grad_output, cache):
    """Only the gradient at the last step is used. Each step has an output of its own, and its part of
    `grad_output` is added to the gradient carried.
    """
    heard = np.zeros_like(grad_output)
    heard[:, -1] = grad_output[:, -1]
    return _together(_steps_back(heard, cache))


@misconception(of="rnn_backward", read="rnn.md#two-ways-into-a-state")
def carried_past_the_cell(grad_output, cache):
    """The gradient is carried to the state before as it is. It has to go through the step: what
    `rnn_step_backward` returns for the state before is carried.
    """
    steps, carried = [], 0.0
    for t in reversed(range(len(cache))):
        carried = grad_output[:, t] + carried
        steps.insert(0, _step_back(carried, cache[t]))
    return _together(steps)


@misconception(of="rnn_backward", read="rnn.md#two-ways-into-a-state")
def carried_gradients_pile_up(grad_output, cache):
    """The gradients carried from all later steps are added again and again. What the next step returns
    already contains them: replace, `=`, instead of `+=`.
    """
    steps, carried = [], 0.0
    for t in reversed(range(len(cache))):
        steps.insert(0, _step_back(grad_output[:, t] + carried, cache[t]))
        carried = carried + steps[0][1]
    return _together(steps)


@misconception(of="rnn_backward", read="rnn.md#two-ways-into-a-state")
def two_ways_averaged(grad_output, cache):
    """A state gets the mean of its two gradients, from its own output and from the next state. It gets their
    sum.
    """
    steps, gradient = [], grad_output[:, -1]
    for t in reversed(range(len(cache))):
        steps.insert(0, _step_back(gradient, cache[t]))
        gradient = (grad_output[:, t - 1] + steps[0][1]) / 2
    return _together(steps)


@misconception(of="rnn_backward", read="rnn.md#through-time")
def first_step_first(grad_output, cache):
    """The steps are visited from the first to the last. The gradient goes the other way: it begins at the
    last step.
    """
    grad_h, steps = 0.0, []
    for t, step in enumerate(cache):
        steps.append(_step_back(grad_output[:, t] + grad_h, step))
        grad_h = steps[-1][1]
    grad_x, _, *of_weights = _together(steps)
    return grad_x, grad_h, *of_weights


@misconception(of="rnn_backward", read="rnn.md#through-time")
def first_step_not_visited(grad_output, cache):
    """The first step is not visited. `range(T - 1, 0, -1)` ends before 0; use `reversed(range(T))`."""
    first, *later = _steps_back(grad_output, cache)
    grad_x, grad_h0, *of_weights = _together([[np.zeros_like(part) for part in first], *later])
    return grad_x, later[0][1] if later else grad_h0, *of_weights


@misconception(of="rnn_backward", read="rnn.md#through-time")
def last_step_not_visited(grad_output, cache):
    """The last step is not visited. The last of T steps has the index T - 1, and the gradient
    begins there.
    """
    last = [np.zeros_like(part) for part in _steps_back(grad_output, cache)[-1]]
    return _together([*_steps_back(grad_output, cache[:-1]), last])


@misconception(of="rnn_backward", read="rnn.md#initial-state")
def h0_without_gradient(grad_output, cache):
    """`h0` gets zeros. It is an input like any other: its gradient is what the first step returns for the
    state before.
    """
    grad_x, grad_h0, *of_weights = _together(_steps_back(grad_output, cache))
    return grad_x, np.zeros_like(grad_h0), *of_weights


@misconception(of="rnn_backward", read="rnn.md#initial-state")
def gradient_of_the_first_state(grad_output, cache):
    """The gradient of the first state is returned for `h0`. It has one more step to go, through the first
    cell.
    """
    steps = _steps_back(grad_output, cache)
    grad_x, _, *of_weights = _together(steps)
    first = grad_output[:, 0] + (steps[1][1] if len(steps) > 1 else 0.0)
    return grad_x, first, *of_weights


@misconception(of="rnn_backward", read="rnn.md#initial-state")
def all_states_added_into_h0(grad_output, cache):
    """The gradients of all states are added up for `h0`. It was used by the first step only; what counts is
    what is left when all steps are done.
    """
    steps = _steps_back(grad_output, cache)
    grad_x, _, *of_weights = _together(steps)
    return grad_x, sum(step[1] for step in steps), *of_weights


@misconception(of="rnn_backward", read="rnn.md#initial-state")
def states_gradients_for_h0(grad_output, cache):
    """A gradient is returned for each state, (N, T, H), where that of `h0` is asked, (N, H). What the first
    step returns is enough.
    """
    steps = _steps_back(grad_output, cache)
    grad_x, _, *of_weights = _together(steps)
    return grad_x, np.stack([step[1] for step in steps], axis=1), *of_weights


@misconception(of="rnn_backward", read="rnn.md#through-time")
def input_gradients_from_the_end(grad_output, cache):
    """The gradients of the input are in the order of the way back. Put each in the place of its step."""
    grad_x, *others = _together(_steps_back(grad_output, cache))
    return grad_x[:, ::-1], *others


@misconception(of="rnn_backward", read="rnn.md#time-and-batch")
def input_gradients_stacked_in_front(grad_output, cache):
    """The gradient of the input is (T, N, D). The batch comes first: (N, T, D)."""
    grad_x, *others = _together(_steps_back(grad_output, cache))
    return grad_x.swapaxes(0, 1), *others


@misconception(of="rnn_backward", read="rnn.md#time-and-batch")
def gradients_of_sentences_for_steps(grad_output, cache):
    """`grad_output[t]` is the gradient of a sentence. That of a step is `grad_output[:, t]`."""
    return _together(_steps_back(grad_output.swapaxes(0, 1), cache))


@misconception(of="rnn_backward", read="rnn.md#two-ways-into-a-state")
def every_step_gets_the_sum(grad_output, cache):
    """Each step gets the gradients of all steps together. A step gets its own, and the one that is carried
    back to it.
    """
    summed = np.broadcast_to(grad_output.sum(axis=1, keepdims=True), grad_output.shape)
    return _together(_steps_back(summed, cache))


@misconception(of="rnn_backward", read="rnn.md#two-ways-into-a-state")
def callers_gradients_changed(grad_output, cache):
    """The caller's gradients are changed. `grad_output[:, t] += ...`, or `+=` on a slice of it, writes into
    the caller's array; add into a new one.
    """
    steps = []
    for t in reversed(range(len(cache))):
        steps.insert(0, _step_back(grad_output[:, t], cache[t]))
        if t:
            grad_output[:, t - 1] += steps[0][1]
    return _together(steps)


@misconception(of="rnn_backward", read="rnn.md#through-time")
def sequence_weights_overwritten(grad_output, cache):
    """The gradients of weights and biases are overwritten at each step, so that only those of step 1 are
    left. Add them up: `+=`, not `=`.
    """
    steps = _steps_back(grad_output, cache)
    return *_together(steps)[:2], *steps[0][2:]


@misconception(of="rnn_backward", read="rnn.md#through-time")
def weights_of_the_last_step(grad_output, cache):
    """The gradients of weights and biases are those of the last step alone. All steps have used them, so they
    add up.
    """
    steps = _steps_back(grad_output, cache)
    return *_together(steps)[:2], *steps[-1][2:]


@misconception(of="rnn_backward", read="rnn.md#through-time")
def sequence_biases_overwritten(grad_output, cache):
    """The gradients of the biases are those of step 1. They add up over the steps, like those of the weights:
    `+=`, not `=`.
    """
    steps = _steps_back(grad_output, cache)
    return *_together(steps)[:4], *steps[0][4:]


@misconception(of="rnn_backward", read="rnn.md#through-time")
def mean_over_time(grad_output, cache):
    """The gradients of weights and biases are divided by T. Nothing in the chain rule divides by the number
    of uses.
    """
    grad_x, grad_h0, *of_weights = _together(_steps_back(grad_output, cache))
    return grad_x, grad_h0, *(gradient / len(cache) for gradient in of_weights)


@misconception(of="rnn_backward", read="rnn.md#through-time")
def mean_over_the_batch(grad_output, cache):
    """The gradients of weights and biases are divided by N. They are sums over the sentences; if the loss is
    a mean, the division is in `grad_output` already.
    """
    grad_x, grad_h0, *of_weights = _together(_steps_back(grad_output, cache))
    return grad_x, grad_h0, *(gradient / len(grad_x) for gradient in of_weights)


@misconception(of="rnn_backward", read="rnn.md#through-time")
def weight_gradients_of_each_step(grad_output, cache):
    """There is a gradient for each step, in a list or along a new axis. The steps share their weights: add
    the gradients up.
    """
    steps = _steps_back(grad_output, cache)
    of_weights = zip(*(step[2:] for step in steps), strict=True)
    return *_together(steps)[:2], *map(np.stack, of_weights)


@misconception(of="rnn_backward", read="rnn.md#shared-weights")
def one_bias_counted_twice(grad_output, cache):
    """The gradients of the biases are twice as large as they should be. Perhaps both totals are one and the
    same array, which is added to for each bias; each needs zeros of its own.
    """
    *others, of_bias, _ = _together(_steps_back(grad_output, cache))
    return *others, 2 * of_bias, 2 * of_bias


@misconception(of="rnn_backward", read="rnn.md#through-time")
def states_after_for_states_before(grad_output, cache):
    """The gradient of `weight_hh` uses the state after each step. This weight was multiplied by the state
    *before* it; for the first step that is `h0`.
    """
    grad_x, grad_h0, of_ih, _, *of_biases = _together(_steps_back(grad_output, cache))
    shifted = [(*step[:1], step[-1], *step[2:]) for step in cache]
    of_hh = _together(_steps_back(grad_output, shifted))[3]
    return grad_x, grad_h0, of_ih, of_hh, *of_biases


@misconception(of="rnn_backward", read="rnn.md#initial-state")
def use_of_h0_left_out(grad_output, cache):
    """In the gradient of `weight_hh` the first step is missing. There the weight was multiplied by `h0`,
    which need not be zero.
    """
    steps = _steps_back(grad_output, cache)
    grad_x, grad_h0, of_ih, of_hh, *of_biases = _together(steps)
    return grad_x, grad_h0, of_ih, of_hh - steps[0][3], *of_biases


@misconception(of="rnn_backward", read="rnn.md#initial-state")
def h0_before_x(grad_output, cache):
    """The first two gradients are exchanged. They come in the order of the arguments: x, then h0."""
    grad_x, grad_h0, *of_weights = _together(_steps_back(grad_output, cache))
    return grad_h0, grad_x, *of_weights


@misconception(of="rnn_backward", read="rnn.md#initial-state")
def h0_not_returned(grad_output, cache):
    """The gradient of `h0` is not returned. `h0` is the second argument, and has a gradient
    like the others.
    """
    grad_x, _, *of_weights = _together(_steps_back(grad_output, cache))
    return grad_x, *of_weights


# gradient_norms


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def first_step_in_front(grad_last, cache):
    """The distances are in the wrong order: `h0` stands first. Column 0 is the last state, where the gradient
    arrives.
    """
    return np.stack([np.linalg.norm(g, axis=1) for g in _travelling(grad_last, cache)[::-1]], axis=1)


@misconception(of="gradient_norms", read="rnn.md#initial-state")
def h0_not_measured(grad_last, cache):
    """`h0` is not measured. There are T + 1 states with it, and its gradient stands in the last column."""
    return np.stack([np.linalg.norm(g, axis=1) for g in _travelling(grad_last, cache)[:-1]], axis=1)


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def last_state_not_measured(grad_last, cache):
    """The last state is not measured. At distance 0 the gradient is `grad_last` itself, before any step."""
    return np.stack([np.linalg.norm(g, axis=1) for g in _travelling(grad_last, cache)[1:]], axis=1)


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def one_norm_for_the_batch(grad_last, cache):
    """There is one norm for the whole batch. Each sentence has a gradient of its own; take the norm over axis
    1.
    """
    return np.array([np.linalg.norm(g) for g in _travelling(grad_last, cache)])


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def mean_over_the_sentences(grad_last, cache):
    """The norms are averaged over the sentences. One row for each sentence is asked, (N, T + 1)."""
    return np.array([np.linalg.norm(g, axis=1).mean() for g in _travelling(grad_last, cache)])


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def norm_across_the_sentences(grad_last, cache):
    """The norm is taken across the sentences. A gradient is a row of H values: take the norm over axis 1."""
    return np.stack([np.linalg.norm(g, axis=0) for g in _travelling(grad_last, cache)], axis=1)


@misconception(of="gradient_norms", read="rnn.md#time-and-batch")
def distances_along_the_first_axis(grad_last, cache):
    """The result is (T + 1, N). Sentences come first, distances second: stack along axis 1."""
    return np.stack([np.linalg.norm(g, axis=1) for g in _travelling(grad_last, cache)])


@misconception(of="gradient_norms", read="rnn.md#clipping")
def root_left_out(grad_last, cache):
    """The sums of squares are returned. The norm is the root of the sum."""
    return np.stack([(g**2).sum(axis=1) for g in _travelling(grad_last, cache)], axis=1)


@misconception(of="gradient_norms", read="rnn.md#clipping")
def sizes_added(grad_last, cache):
    """The sizes of the values are added up. The norm is the root of the sum of their squares."""
    return np.stack([np.abs(g).sum(axis=1) for g in _travelling(grad_last, cache)], axis=1)


@misconception(of="gradient_norms", read="rnn.md#clipping")
def largest_value_for_norm(grad_last, cache):
    """The size of the largest value is taken. The norm is the root of the sum of the squares
    of all values.
    """
    return np.stack([np.abs(g).max(axis=1) for g in _travelling(grad_last, cache)], axis=1)


@misconception(of="gradient_norms", read="rnn.md#clipping")
def root_of_the_mean(grad_last, cache):
    """The root of the mean of the squares is taken. The norm is the root of their sum, and longer for more
    values.
    """
    return np.stack([np.sqrt((g**2).mean(axis=1)) for g in _travelling(grad_last, cache)], axis=1)


@misconception(of="gradient_norms", read="rnn.md#clipping")
def signs_kept(grad_last, cache):
    """The values are summed with their signs, so a gradient can come out negative or cancel. A norm adds
    squares.
    """
    return np.stack([g.sum(axis=1) for g in _travelling(grad_last, cache)], axis=1)


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def shares_for_norms(grad_last, cache):
    """The norms are divided by the first. The norms themselves are asked."""
    norms = np.stack([np.linalg.norm(g, axis=1) for g in _travelling(grad_last, cache)], axis=1)
    return norms / norms[:, :1]


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def each_step_by_itself(grad_last, cache):
    """Each step gets `grad_last`. The gradient travels: a step gets what the step after it has returned, so
    the Jacobians are multiplied.
    """
    gradients = [grad_last, *(_step_back(grad_last, step)[1] for step in reversed(cache))]
    return np.stack([np.linalg.norm(g, axis=1) for g in gradients], axis=1)


@misconception(of="gradient_norms", read="rnn.md#two-ways-into-a-state")
def arrives_at_every_state(grad_last, cache):
    """`grad_last` is added at every state. The loss looks at the last state only; on the way back nothing is
    added.
    """
    gradients = [grad_last]
    for step in reversed(cache):
        gradients.append(grad_last + _step_back(gradients[-1], step)[1])
    return np.stack([np.linalg.norm(g, axis=1) for g in gradients], axis=1)


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def steps_in_reading_order(grad_last, cache):
    """The steps are visited from the first to the last. The gradient arrives at the last state, and meets the
    last step first.
    """
    gradients = _travelling(grad_last, cache[::-1])
    return np.stack([np.linalg.norm(g, axis=1) for g in gradients], axis=1)


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def slopes_not_passed(grad_last, cache):
    """Only `weight_hh` is multiplied in. The Jacobian of a step has two factors, the slopes of tanh and
    `weight_hh`.
    """
    gradients = [grad_last]
    for step in reversed(cache):
        gradients.append(gradients[-1] @ step[3])
    return np.stack([np.linalg.norm(g, axis=1) for g in gradients], axis=1)


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def weight_turned_while_travelling(grad_last, cache):
    """`weight_hh` is transposed on the way back. Forward it was turned, so here it is not."""
    gradients = [grad_last]
    for step in reversed(cache):
        gradients.append(_at_the_sum(gradients[-1], step) @ step[3].T)
    return np.stack([np.linalg.norm(g, axis=1) for g in gradients], axis=1)


@misconception(of="gradient_norms", read="rnn.md#vanishing")
def gradients_of_inputs_measured(grad_last, cache):
    """The gradients of the inputs are measured. Those of the states are asked, the second thing that a step
    returns.
    """
    gradients, travelling = [grad_last], grad_last
    for step in reversed(cache):
        grad_x, travelling, *_ = _step_back(travelling, step)
        gradients.append(grad_x)
    return np.stack([np.linalg.norm(g, axis=1) for g in gradients], axis=1)


# clip_by_norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def clipped_by_value(gradients, max_norm):
    """Each number is cut for itself. That is clipping by value, which turns the direction; by norm, all are
    multiplied by the same factor.
    """
    return [np.clip(gradient, -max_norm, max_norm) for gradient in gradients], _norm(gradients)


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def each_by_its_own_norm(gradients, max_norm):
    """Each array is clipped by its own norm. The norm is that of all arrays together, and they get one
    factor; else the direction turns.
    """
    factors = [
        max_norm / max(_norm([gradient]), max_norm) if max_norm < np.inf else 1 for gradient in gradients
    ]
    clipped = [factor * gradient for factor, gradient in zip(factors, gradients, strict=True)]
    return clipped, _norm(gradients)


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def short_ones_stretched(gradients, max_norm):
    """A gradient that is short enough is stretched to the bound. The factor is never above 1: take the
    smaller of 1 and bound / norm.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = max_norm / _norm(gradients)
        return [factor * gradient for gradient in gradients], _norm(gradients)


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def stretched_never_shortened(gradients, max_norm):
    """Long gradients stay, and short ones are stretched. The factor is the *smaller* of 1 and
    bound / norm.
    """
    norm = _norm(gradients)
    factor = max(1.0, max_norm / norm) if norm > 0 and max_norm < np.inf else 1.0
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def made_of_length_one(gradients, max_norm):
    """A long gradient is brought to the length 1. It is brought to the bound: multiply by bound / norm, not
    by 1 / norm.
    """
    norm = _norm(gradients)
    return [gradient / norm if norm > max_norm else gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def times_the_bound(gradients, max_norm):
    """A long gradient is multiplied by the bound. The factor is the bound divided by the norm."""
    norm = _norm(gradients)
    return [gradient * max_norm if norm > max_norm else gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def long_ones_dropped(gradients, max_norm):
    """A long gradient becomes zero. It is shortened to the bound and keeps its direction."""
    norm = _norm(gradients)
    return [gradient * (norm <= max_norm) for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def norm_without_root(gradients, max_norm):
    """The sum of the squares is taken for the norm. The norm is the root of the sum."""
    norm = _norm(gradients) ** 2
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def norms_added(gradients, max_norm):
    """The norms of the arrays are added up. Add the squares of all numbers, and take the root once: (3, 4)
    and (12) have the norm 13 together, not 17.
    """
    norm = sum(_norm([gradient]) for gradient in gradients)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def sizes_for_squares(gradients, max_norm):
    """The sizes of all numbers are added up. The norm is the root of the sum of their squares."""
    norm = sum(np.abs(gradient).sum() for gradient in gradients)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def longest_array_for_all(gradients, max_norm):
    """The norm of the longest array is taken. All arrays together are one long vector."""
    norm = max(_norm([gradient]) for gradient in gradients)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def largest_number_for_norm(gradients, max_norm):
    """The largest number is taken for the norm. The norm is the root of the sum of all squares."""
    norm = max(np.abs(gradient).max() for gradient in gradients)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def mean_of_the_squares(gradients, max_norm):
    """The root of the *mean* of the squares is taken. The norm is the root of their sum."""
    norm = _norm(gradients) / np.sqrt(sum(gradient.size for gradient in gradients))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def first_array_only(gradients, max_norm):
    """The norm is that of the first array. All arrays together are one long vector."""
    norm = _norm(gradients[:1])
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def callers_arrays_changed(gradients, max_norm):
    """The caller's arrays are changed. `gradient *= factor` writes into them; make new ones."""
    norm = _norm(gradients)
    for gradient in gradients:
        gradient *= max_norm / norm if norm > max_norm else 1.0
    return gradients, norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def norm_after_clipping(gradients, max_norm):
    """The norm after clipping is returned. The norm before tells how long the gradient was."""
    norm = _norm(gradients)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], min(norm, max_norm)


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def zero_divided_by_zero(gradients, max_norm):
    """Zeros become something that is not a number: they were divided by their norm, which is 0. Divide only
    where the norm is above the bound.
    """
    norm = _norm(gradients)
    with np.errstate(invalid="ignore"):
        return [gradient / norm * min(norm, max_norm) for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def stopped_at_a_norm_of_zero(gradients, max_norm):
    """Zeros stop the program, since the bound is divided by their norm, which is 0. Divide only where the
    norm is above the bound.
    """
    norm = float(_norm(gradients))
    factor = min(1.0, max_norm / norm)
    return [factor * gradient for gradient in gradients], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def arrays_joined(gradients, max_norm):
    """The arrays are joined to one long vector. It is only imagined; each array keeps its shape and place."""
    norm = _norm(gradients)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * np.concatenate([gradient.ravel() for gradient in gradients])], norm


@misconception(of="clip_by_norm", read="rnn.md#clipping")
def norm_not_returned(gradients, max_norm):
    """Only the clipped gradients are returned. Two things are asked: the list, and the norm
    before clipping.
    """
    norm = _norm(gradients)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients]
