# %% [markdown]
# # A layer that reads both ways
#
# Whether *a* or *an* is right depends on the word that comes after. A layer that reads from the first word to
# the last cannot know it in time. Two layers can: one reads forward, the other from the end, and their states
# are put side by side. It sounds like ten lines of code, and it nearly is. What is difficult is a batch with
# sentences of different lengths: what does the layer that comes from the end read first?
#
# You write the turning round, a small RNN for each direction, the layer that joins the two, forward and
# backward, and you count its parameters. In the last part your layer puts *a* and *an* back into sentences
# from the documentation of Python, NumPy and PyTorch, and a one-way layer tries the same.
#
# Letters used throughout, as in the chapter "GRU and bidirectional RNN" of the book: `N` is the number of
# sentences in a batch, `T` the number of positions of the batch, `D` the number of values that go in at each
# position, `H` the number of values of a state *of one direction*. `lengths`, an array of shape `(N,)`, says
# how many words each sentence has, from 1 to `T`; what stands behind them is **padding**. Parameters have
# PyTorch's names; those of the backward direction end in `_reverse`.
#
# The words *forward* and *backward* are used for two things. The two *directions* are the two ways to read a
# sentence. The two *passes* are computing the output, and computing the gradients; functions are named for
# the passes. Each direction has both passes.
#
# Write a function, then run the cell of checks below it. A failing check says what it called and what came
# out wrong; if the mistake is a known one, it also says which, and where the book explains it.
#
# `one_way_forward` and `bidirectional_forward` return two things, the output and a **cache**: whatever their
# backward function will want to know, for example a tuple of arrays. What is in it is up to you; no check
# looks inside.

# %% id="setup" kind="setup"
from collections import namedtuple

import numpy as np
from check import ANY, check

Forward = namedtuple("Forward", "output cache")
names_of_weights = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
one_way_names = [f"grad_{name}" for name in names_of_weights]
reverse_names = [f"{name}_reverse" for name in one_way_names]
OneWayGradients = namedtuple("OneWayGradients", ["grad_x", *one_way_names])
Gradients = namedtuple("Gradients", ["grad_x", *one_way_names, *reverse_names])
Halves = namedtuple("Halves", "grad_states grad_states_reverse")
Sizes = namedtuple("Sizes", "features parameters parameters_above linear_shape")
LinearShape = namedtuple("LinearShape", "linear_shape_out linear_shape_in")
checked_pairs = {}


def without_cache(result):
    """What a forward function returned, without its cache, which may be anything."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    return (result[0], None) if is_pair else result


def only(kind, **expected):
    """For `check`: look at these results alone; the others may be right or wrong."""

    def view(result):
        if not (isinstance(result, tuple | list) and len(result) == len(kind._fields)):
            return result
        pairs = zip(kind._fields, result, strict=True)
        return [value if name in expected else None for name, value in pairs]

    return {"expect": kind(*(expected.get(name, ANY) for name in kind._fields)), "view": view}


def forward_then_backward(forward, backward, then=None):
    """A function that runs `forward`, hands its cache to `backward`, and returns what `backward` returns.

    It takes all that `forward` takes, and last the gradient that `backward` takes.
    With `then`, `forward` also runs on that, in between: the cache that it gave before has to stay as it was.
    """

    def gradients(**given):
        *inputs, gradient = given.values()
        try:
            result = forward(*(array.copy() for array in inputs))
            if then is not None:
                forward(then.copy(), *(array.copy() for array in inputs[1:]))
        except NotImplementedError:
            problem = f"{forward.__name__} is not written yet, and the cache comes from it"
            raise RuntimeError(problem) from None
        if not (isinstance(result, tuple | list) and len(result) == 2):
            problem = f"{forward.__name__} should return two values, output and cache"
            raise TypeError(problem)
        return backward(gradient, result[1])

    gradients.__name__ = backward.__name__
    # One and the same for the same two.
    return checked_pairs.setdefault((forward, backward), gradients) if then is None else gradients


def numbered(n, t, d):
    """An array (n, t, d) whose numbers say where they stand: 132 is value 2 of word 3 of sentence 1."""
    sentence, word, value = np.indices((n, t, d)) + 1.0
    return 100 * sentence + 10 * word + value


def random_weights(generator, d, h, directions):
    """Weights and biases of an RNN for each direction, none of them 0 and no two alike."""
    shapes = [(h, d), (h, h), (h,), (h,)] * directions
    names = [*names_of_weights, *(f"{name}_reverse" for name in names_of_weights)]
    return {name: 0.7 * generator.normal(size=shape) for name, shape in zip(names, shapes, strict=False)}


# %% [markdown]
# ## 1. How is a sentence turned round that is shorter than its row?
#
# A layer does not go backwards. It reads a sentence that was turned round. In a batch, the row of a short
# sentence is filled up with padding. If the whole row is turned, the padding comes first, and the layer reads
# nonsense before it reads a word. So each sentence is turned *within its own length*: its first word comes to
# the place of its last, and the padding stays where it is, at the end.


# %% id="reverse-padded" kind="solution"
def reverse_padded(x, lengths):
    """Turn each sentence of a batch round, within its own length.

    Args:
        x: array of shape (N, T, D). It is not changed.
        lengths: array of N whole numbers from 1 to T, how many words each sentence has.

    Returns:
        a new array of shape (N, T, D): in row n the first lengths[n] vectors of x[n] in the opposite order,
        and after them the padding as it was.
    """
    ### BEGIN SOLUTION
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[n, :length] = x[n, :length][::-1]
    return turned
    ### END SOLUTION


# %% [markdown] kind="hints" of="reverse_padded"
# 1. A sentence of 3 words stands in a row of 5 places. At which place does word 0 end, at which word 2, and
#    what of the places 3 and 4?
# 2. One axis is the sentences, one the words, one the numbers of a word. Which one is turned? It is enough to
#    do one sentence at a time; what is the part of its row that moves?
# 3. Begin with a copy of `x`; then the padding is right already. Go over the sentences, each with its length,
#    and overwrite the first places of its row in the copy with the same places of `x` in the opposite order,
#    which a slice with the step -1 gives.

# %% id="test-reverse-padded" kind="tests" points=2
check(
    reverse_padded,
    np.array([[[1.0], [2.0], [3.0]]]),  # (N, T, D) = (1, 3, 1)
    np.array([3]),
    expect=np.array([[[3.0], [2.0], [1.0]]]),
    case="one sentence of three words",
)
check(
    reverse_padded,
    np.array([[[1.0], [2.0], [3.0], [-7.0], [-8.0]]]),  # (1, 5, 1); -7 and -8 are padding
    np.array([3]),
    expect=np.array([[[3.0], [2.0], [1.0], [-7.0], [-8.0]]]),
    case="three words and two places of padding",
)
check(
    reverse_padded,
    numbered(3, 4, 2),
    np.array([2, 4, 1]),
    expect=np.array(
        [
            [[121.0, 122.0], [111.0, 112.0], [131.0, 132.0], [141.0, 142.0]],
            [[241.0, 242.0], [231.0, 232.0], [221.0, 222.0], [211.0, 212.0]],
            [[311.0, 312.0], [321.0, 322.0], [331.0, 332.0], [341.0, 342.0]],
        ]
    ),
    case="three sentences of two, four and one words",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(11)
for (n, t, d), lengths in (
    ((1, 1, 1), [1]),
    ((2, 5, 3), [5, 4]),
    ((4, 3, 2), [1, 3, 2, 2]),
    ((3, 7, 1), [6, 2, 5]),
    ((5, 2, 4), [2, 1, 1, 2, 1]),
    ((1, 6, 5), [3]),
    ((3, 3, 3), [3, 1, 2]),
):
    x = generator.normal(size=(n, t, d))
    rows = zip(torch.from_numpy(x), lengths, strict=True)
    turned = [torch.cat([row[:length].flip(0), row[length:]]) for row, length in rows]
    hidden_check(
        reverse_padded,
        x,
        np.array(lengths),
        expect=torch.stack(turned).numpy(),
        case=f"lengths {lengths} in rows of {t}, D = {d}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2. How does one direction read, and where does it stop?
#
# Each direction is a plain RNN. The state is zero before the first word, and at each word it becomes
#
# $$
# \mathbf{h}_t = \tanh\left(
# \mathbf{x}_t W_{ih}^\top + \mathbf{b}_{ih} + \mathbf{h}_{t-1} W_{hh}^\top + \mathbf{b}_{hh}
# \right)
# $$
#
# for all sentences at once. What is new are the lengths. After its last word a sentence has no state, and the
# output holds zeros there, whatever stands in the padding.
#
# (You may have written an RNN in the exercise of the chapter "RNN". Bring it along; here it needs no `h0`,
# and it has to know the lengths.)


# %% id="one-way-forward" kind="solution"
def one_way_forward(x, lengths, weight_ih, weight_hh, bias_ih, bias_hh):
    """Read a padded batch from left to right.

    Args:
        x: array of shape (N, T, D). No argument is changed.
        lengths: array of N whole numbers from 1 to T.
        weight_ih: array of shape (H, D).
        weight_hh: array of shape (H, H).
        bias_ih: array of shape (H,).
        bias_hh: array of shape (H,).

    Returns:
        output: array of shape (N, T, H), the state after each word; zeros at the padding.
        cache: anything that one_way_backward needs.
    """
    ### BEGIN SOLUTION
    states = np.empty((*x.shape[:2], len(weight_hh)))
    h = np.zeros((len(x), len(weight_hh)))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)
        states[:, t] = h * (t < lengths)[:, None]
    return states, (x, lengths, weight_ih, weight_hh, states)
    ### END SOLUTION


# %% [markdown] kind="hints" of="one_way_forward"
# 1. Forget the lengths for a moment. One loop is needed; over which axis? Can the padding at the end of a row
#    change a state before it?
# 2. It cannot, going from left to right. So you may read through the padding like through words, and make the
#    output zero there at the end of each step or when all is done. For which sentences is position `t` still
#    a word?
# 3. The state begins as zeros of shape (N, H) and is replaced at each step: the tanh of the sum of four
#    parts, with both matrices turned. Comparing `t` with all `lengths` gives N truth values; as a column they
#    multiply the rows of the step's output. For the cache, think of what the gradients will want: the input,
#    the lengths, both matrices and all states.

# %% id="test-one-way-forward" kind="tests" points=3
log2, log3 = np.log([2.0, 3.0])  # tanh(log2) is 0.6, and tanh(log3) is 0.8
check(
    one_way_forward,
    np.array([[[1.5 - 2 * log2], [3.3 - 2 * log3], [3.9 + 2 * log2]]]),  # (N, T, D) = (1, 3, 1)
    np.array([3]),
    np.array([[-0.5]]),
    np.array([[1.5]]),
    np.array([0.25]),
    np.array([0.5]),
    view=without_cache,
    expect=Forward(output=np.array([[[0.6], [0.8], [-0.6]]]), cache=ANY),
    case="one sentence of three words",
)
check(
    one_way_forward,
    np.array(
        [
            [[1.5 - 2 * log3], [3.9 + 2 * log2], [7.0], [-8.0]],  # 7 and -8 are padding
            [[1.5 - 2 * log2], [3.3 - 2 * log3], [3.9 + 2 * log2], [-0.3 - 2 * log3]],
        ]
    ),  # (2, 4, 1)
    np.array([2, 4]),
    np.array([[-0.5]]),
    np.array([[1.5]]),
    np.array([0.25]),
    np.array([0.5]),
    view=without_cache,
    expect=Forward(
        output=np.array([[[0.8], [-0.6], [0.0], [0.0]], [[0.6], [0.8], [-0.6], [0.8]]]), cache=ANY
    ),
    case="the first of two sentences is shorter",
)
check(
    one_way_forward,
    np.array([[[0.5], [-1.0], [2.0]], [[-1.5], [7.0], [8.0]]]),  # (2, 3, 1)
    np.array([3, 1]),
    np.array([[0.5], [-0.75]]),  # (H, D) = (2, 1)
    np.array([[0.5, 1.5], [-1.0, 0.25]]),
    np.array([0.25, -0.5]),
    np.array([-0.4, 0.1]),
    view=without_cache,
    expect=Forward(
        output=np.array(
            [
                [[0.09966799, -0.64982746], [-0.91780282, 0.08764964], [0.47968346, -0.74440386]],
                [[-0.71629787, 0.61999687], [0.0, 0.0], [0.0, 0.0]],
            ]
        ),  # as PyTorch computes it
        cache=ANY,
    ),
    case="two numbers for a state",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

generator = np.random.default_rng(21)
for (n, t, d, h), lengths in (
    ((1, 1, 1, 1), [1]),
    ((2, 5, 3, 4), [5, 4]),
    ((4, 3, 2, 5), [1, 3, 2, 2]),
    ((3, 7, 4, 2), [6, 2, 5]),
    ((5, 2, 1, 3), [2, 1, 1, 2, 1]),
    ((1, 6, 5, 1), [4]),
    ((3, 12, 3, 3), [12, 9, 3]),
    ((3, 3, 3, 3), [3, 1, 2]),
):
    x, weights = generator.normal(size=(n, t, d)), random_weights(generator, d, h, 1)
    layer = torch.nn.RNN(d, h, batch_first=True, dtype=torch.float64)
    for parameter, value in zip(layer.parameters(), weights.values(), strict=True):
        parameter.data = torch.from_numpy(value)
    packed = pack_padded_sequence(torch.from_numpy(x), torch.tensor(lengths), True, enforce_sorted=False)
    output, _ = pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=t)
    hidden_check(
        one_way_forward,
        x,
        np.array(lengths),
        *weights.values(),
        view=without_cache,
        expect=Forward(output.detach().numpy(), ANY),
        case=f"lengths {lengths} in rows of {t}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# Now the backward pass. `grad_output` has a gradient for each state, `(N, T, H)`: how the loss changes with
# it by the way of its own output. A state also acts through the next one, and both count. At the padding the
# output was zero whatever went in. What is the gradient of a number that changes nothing, and may what stands
# in `grad_output` there reach anything else?
#
# To check a function for the backward pass, your forward pass runs first, and its cache is handed on. The
# states in the examples are 0.6 or 0.8 in size, so the slopes of tanh are 0.64 and 0.36.


# %% id="one-way-backward" kind="solution"
def one_way_backward(grad_output, cache):
    """Gradients of the loss with respect to all that went into a reading from left to right.

    Args:
        grad_output: array of shape (N, T, H). It is not changed. What it holds at the padding has no effect.
        cache: what one_way_forward returned.

    Returns: five arrays, in the order of the arguments of one_way_forward; lengths have no gradient.
        grad_x: array of shape (N, T, D); zeros at the padding.
        grad_weight_ih: array of shape (H, D), summed over all words, as are the next three.
        grad_weight_hh: array of shape (H, H).
        grad_bias_ih: array of shape (H,).
        grad_bias_hh: array of shape (H,).
    """
    ### BEGIN SOLUTION
    x, lengths, weight_ih, weight_hh, states = cache
    grad_sums, carried = np.empty_like(states), 0.0
    for t in reversed(range(states.shape[1])):
        slope = (1 - states[:, t] ** 2) * (t < lengths)[:, None]  # (N, H)
        grad_sums[:, t] = (grad_output[:, t] + carried) * slope
        carried = grad_sums[:, t] @ weight_hh
    grad_weight_ih = np.einsum("nth,ntd->hd", grad_sums, x)
    grad_weight_hh = np.einsum("nth,ntk->hk", grad_sums[:, 1:], states[:, :-1])
    grad_bias = grad_sums.sum(axis=(0, 1))  # the same for both biases
    return grad_sums @ weight_ih, grad_weight_ih, grad_weight_hh, grad_bias, grad_bias
    ### END SOLUTION


# %% [markdown] kind="hints" of="one_way_backward"
# 1. The way back begins at position `T - 1`. For a short sentence that is padding. What has to arrive at its
#    last word from there?
# 2. Carry one gradient from position to position, zero at first. It is joined with the position's own part of
#    `grad_output`, goes through the slope of tanh to the sum inside it, and from there through `weight_hh` to
#    the state before. At the padding the gradient at the sum is made zero; then nothing is carried on from
#    there, and no total gets anything from it.
# 3. The slope is one minus the square of the state. Keep the gradients at the sums of all positions, (N, T,
#    H). From them come all five results: times `weight_ih`, not turned, for the input; for the matrices,
#    products summed over sentences and positions, with the input and with the state *before*; for both
#    biases, the sum over sentences and positions. The state before the first word is zero, so the first
#    position adds nothing to the gradient of `weight_hh`.

# %% id="test-one-way-backward" kind="tests" points=2
log2, log3 = np.log([2.0, 3.0])
one_sentence = {
    "x": np.array([[[1.5 - 2 * log2], [3.3 - 2 * log3], [3.9 + 2 * log2]]]),  # (N, T, D) = (1, 3, 1)
    "lengths": np.array([3]),
    "weight_ih": np.array([[-0.5]]),
    "weight_hh": np.array([[1.5]]),
    "bias_ih": np.array([0.25]),
    "bias_hh": np.array([0.5]),
}  # the states are 0.6, 0.8 and -0.6, and the slopes 0.64, 0.36 and 0.64
check(
    forward_then_backward(one_way_forward, one_way_backward),
    **one_sentence,
    grad_output=np.array([[[0.0], [0.0], [100.0]]]),
    **only(OneWayGradients, grad_x=np.array([[[-16.5888], [-17.28], [-32.0]]])),
    case="a loss at the last word, the gradient of the input",
)
check(
    forward_then_backward(one_way_forward, one_way_backward),
    **one_sentence,
    grad_output=np.array([[[10.0], [-20.0], [100.0]]]),
    **only(OneWayGradients, grad_x=np.array([[[-16.3328], [-13.68], [-32.0]]])),
    case="a loss at every word, the gradient of the input",
)
two_sentences = one_sentence | {
    "x": np.array(
        [
            [[1.5 - 2 * log3], [3.9 + 2 * log2], [7.0]],  # 7 is padding
            [[1.5 - 2 * log2], [3.3 - 2 * log3], [3.9 + 2 * log2]],
        ]
    ),
    "lengths": np.array([2, 3]),
}  # the states of the first sentence are 0.8 and -0.6
check(
    forward_then_backward(one_way_forward, one_way_backward),
    **two_sentences,
    grad_output=np.array([[[30.0], [40.0], [1000.0]], [[10.0], [-20.0], [100.0]]]),
    **only(
        OneWayGradients,
        grad_x=np.array([[[-12.312], [-12.8], [0.0]], [[-16.3328], [-13.68], [-32.0]]]),
    ),
    case="the first of two sentences is shorter, the gradient of the input",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

generator = np.random.default_rng(22)
for (n, t, d, h), lengths in (
    ((1, 1, 1, 1), [1]),
    ((2, 5, 3, 4), [5, 4]),
    ((4, 3, 2, 5), [1, 3, 2, 2]),
    ((3, 7, 4, 2), [6, 2, 5]),
    ((5, 2, 1, 3), [2, 1, 1, 2, 1]),
    ((1, 6, 5, 1), [4]),
    ((3, 12, 3, 3), [12, 9, 3]),
    ((3, 3, 3, 3), [3, 1, 2]),
):
    x, weights = generator.normal(size=(n, t, d)), random_weights(generator, d, h, 1)
    grad_output = generator.normal(size=(n, t, h))
    layer = torch.nn.RNN(d, h, batch_first=True, dtype=torch.float64)
    for parameter, value in zip(layer.parameters(), weights.values(), strict=True):
        parameter.data = torch.from_numpy(value)
    leaf = torch.tensor(x, requires_grad=True)
    packed = pack_padded_sequence(leaf, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    output, _ = pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=t)
    (output * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(one_way_forward, one_way_backward),
        x=x,
        lengths=np.array(lengths),
        **weights,
        grad_output=grad_output,
        **only(OneWayGradients, grad_x=leaf.grad.numpy()),
        case=f"the gradient of the input, lengths {lengths} in rows of {t}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% id="test-one-way-backward-weights" kind="tests" points=2 of="one_way_backward"
log2, log3 = np.log([2.0, 3.0])
one_sentence = {
    "x": np.array([[[1.5 - 2 * log2], [3.3 - 2 * log3], [3.9 + 2 * log2]]]),  # (N, T, D) = (1, 3, 1)
    "lengths": np.array([3]),
    "weight_ih": np.array([[-0.5]]),
    "weight_hh": np.array([[1.5]]),
    "bias_ih": np.array([0.25]),
    "bias_hh": np.array([0.5]),
}  # as above: 33.1776, 34.56 and 64 arrive at the three sums
at_the_end = np.array([[[0.0], [0.0], [100.0]]])
check(
    forward_then_backward(one_way_forward, one_way_backward),
    **one_sentence,
    grad_output=at_the_end,
    **only(
        OneWayGradients,
        grad_weight_ih=np.array(
            [[33.1776 * (1.5 - 2 * log2) + 34.56 * (3.3 - 2 * log3) + 64 * (3.9 + 2 * log2)]]
        ),
    ),
    case="weight_ih, used three times",
)
check(
    forward_then_backward(one_way_forward, one_way_backward),
    **one_sentence,
    grad_output=at_the_end,
    **only(OneWayGradients, grad_weight_hh=np.array([[34.56 * 0.6 + 64 * 0.8]])),
    case="weight_hh, used three times, the first time with a state of zero",
)
check(
    forward_then_backward(one_way_forward, one_way_backward),
    **one_sentence,
    grad_output=at_the_end,
    **only(OneWayGradients, grad_bias_ih=np.array([131.7376]), grad_bias_hh=np.array([131.7376])),
    case="the biases, used three times",
)
check(
    forward_then_backward(one_way_forward, one_way_backward, then=1.0 - one_sentence["x"]),
    **one_sentence,
    grad_output=at_the_end,
    **only(OneWayGradients, grad_bias_ih=np.array([131.7376]), grad_bias_hh=np.array([131.7376])),
    case="the biases; in between, one_way_forward ran on another sentence",
)
check(
    forward_then_backward(one_way_forward, one_way_backward),
    x=np.array([[[0.5], [-1.0], [2.0]], [[-1.5], [7.0], [8.0]]]),  # (2, 3, 1)
    lengths=np.array([3, 1]),
    weight_ih=np.array([[0.5], [-0.75]]),
    weight_hh=np.array([[0.5, 1.5], [-1.0, 0.25]]),
    bias_ih=np.array([0.25, -0.5]),
    bias_hh=np.array([-0.4, 0.1]),
    grad_output=np.array(
        [[[10.0, -20.0], [0.0, 50.0], [30.0, 40.0]], [[-50.0, 60.0], [700.0, 800.0], [900.0, -700.0]]]
    ),
    expect=OneWayGradients(
        grad_x=np.array([[[-39.3336722], [-66.81027186], [-1.82732999]], [[-39.8751088], [0.0], [0.0]]]),
        grad_weight_ih=np.array([[44.63828915], [-107.97639254]]),
        grad_weight_hh=np.array([[-21.29735719, 2.66837164], [-7.55594851, -55.89439849]]),
        grad_bias_ih=np.array([-80.37095147, 143.54787614]),
        grad_bias_hh=np.array([-80.37095147, 143.54787614]),
    ),  # as PyTorch computes it
    case="two numbers for a state, all five gradients",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

generator = np.random.default_rng(23)
for (n, t, d, h), lengths in (
    ((1, 1, 1, 1), [1]),
    ((2, 5, 3, 4), [5, 4]),
    ((4, 3, 2, 5), [1, 3, 2, 2]),
    ((3, 7, 4, 2), [6, 2, 5]),
    ((5, 2, 1, 3), [2, 1, 1, 2, 1]),
    ((1, 6, 5, 1), [4]),
    ((3, 12, 3, 3), [12, 9, 3]),
    ((3, 3, 3, 3), [3, 1, 2]),
):
    x, weights = generator.normal(size=(n, t, d)), random_weights(generator, d, h, 1)
    grad_output = generator.normal(size=(n, t, h))
    layer = torch.nn.RNN(d, h, batch_first=True, dtype=torch.float64)
    for parameter, value in zip(layer.parameters(), weights.values(), strict=True):
        parameter.data = torch.from_numpy(value)
    packed = pack_padded_sequence(torch.from_numpy(x), torch.tensor(lengths), True, enforce_sorted=False)
    output, _ = pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=t)
    (output * torch.from_numpy(grad_output)).sum().backward()
    of_weights = [parameter.grad.numpy() for parameter in layer.parameters()]
    hidden_check(
        forward_then_backward(one_way_forward, one_way_backward),
        x=x,
        lengths=np.array(lengths),
        **weights,
        grad_output=grad_output,
        **only(OneWayGradients, **dict(zip(one_way_names, of_weights, strict=True))),
        case=f"gradients of weights and biases, lengths {lengths} in rows of {t}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 3. How are two states made one, and two again?
#
# At each position there are two states now, one of each direction, and they are put one behind the other:
# PyTorch has the `H` numbers of the forward direction first. When this function is called, the states of the
# backward direction have been turned again, so that each stands under its own word.


# %% id="join-directions" kind="solution"
def join_directions(states, states_reverse):
    """Put the states of the two directions side by side.

    Args:
        states: array of shape (N, T, H), of the forward direction. No argument is changed.
        states_reverse: array of shape (N, T, H), of the backward direction, in the order of the words.

    Returns:
        array of shape (N, T, 2 * H).
    """
    ### BEGIN SOLUTION
    return np.concatenate([states, states_reverse], axis=2)
    ### END SOLUTION


# %% [markdown] kind="hints" of="join_directions"
# 1. Both inputs have the shape (N, T, H), the output has (N, T, 2 * H). Which axis grows?
# 2. No number changes, and none is added to another. For each word there are first all numbers of the one,
#    then all of the other.
# 3. NumPy joins a list of arrays along an axis that they have already; the last one is meant, not axis 0,
#    which it takes if you do not say.

# %% id="test-join-directions" kind="tests" points=1
check(
    join_directions,
    np.array([[[1.0], [2.0], [3.0]]]),  # (N, T, H) = (1, 3, 1)
    np.array([[[-4.0], [-5.0], [-6.0]]]),
    expect=np.array([[[1.0, -4.0], [2.0, -5.0], [3.0, -6.0]]]),
    case="one sentence of three words",
)
check(
    join_directions,
    numbered(2, 3, 2),
    -numbered(2, 3, 2),
    expect=np.array(
        [
            [[111.0, 112.0, -111.0, -112.0], [121.0, 122.0, -121.0, -122.0], [131.0, 132.0, -131.0, -132.0]],
            [[211.0, 212.0, -211.0, -212.0], [221.0, 222.0, -221.0, -222.0], [231.0, 232.0, -231.0, -232.0]],
        ]
    ),
    case="two sentences, two numbers for a state",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(31)
for n, t, h in ((1, 1, 1), (2, 5, 3), (4, 3, 2), (3, 1, 6), (5, 2, 1), (3, 3, 3)):
    states, states_reverse = generator.normal(size=(2, n, t, h))
    together = np.zeros((n, t, 2 * h))
    for place in np.ndindex(together.shape):
        *at, number = place
        together[place] = states[*at, number] if number < h else states_reverse[*at, number - h]
    hidden_check(
        join_directions,
        states,
        states_reverse,
        expect=together,
        case=f"N = {n}, T = {t}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# In the backward pass the gradient of the joined output comes apart again. Each direction gets its own.


# %% id="split-gradient" kind="solution"
def split_gradient(grad_output):
    """Give each direction its part of the gradient.

    Args:
        grad_output: array of shape (N, T, 2 * H). It is not changed.

    Returns: two arrays, in the order of the arguments of join_directions.
        grad_states: array of shape (N, T, H).
        grad_states_reverse: array of shape (N, T, H).
    """
    ### BEGIN SOLUTION
    h = grad_output.shape[2] // 2
    return grad_output[:, :, :h], grad_output[:, :, h:]
    ### END SOLUTION


# %% [markdown] kind="hints" of="split_gradient"
# 1. Number 0 of the joined output is a copy of number 0 of the forward direction's state. What is its
#    gradient? Is there any calculation to do?
# 2. The first half of the last axis belongs to the forward direction, the second half to the backward one.
# 3. `H` is half the size of the last axis, as a whole number. Two slices of the last axis, up to it and from
#    it on.

# %% id="test-split-gradient" kind="tests" points=1
check(
    split_gradient,
    np.array([[[1.0, -4.0], [2.0, -5.0], [3.0, -6.0]]]),  # (N, T, 2 * H) = (1, 3, 2)
    expect=Halves(
        grad_states=np.array([[[1.0], [2.0], [3.0]]]),
        grad_states_reverse=np.array([[[-4.0], [-5.0], [-6.0]]]),
    ),
    case="one sentence of three words",
)
check(
    split_gradient,
    numbered(2, 2, 4),
    expect=Halves(
        grad_states=np.array([[[111.0, 112.0], [121.0, 122.0]], [[211.0, 212.0], [221.0, 222.0]]]),
        grad_states_reverse=np.array([[[113.0, 114.0], [123.0, 124.0]], [[213.0, 214.0], [223.0, 224.0]]]),
    ),
    case="two sentences of two words, two numbers for a state",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(32)
for n, t, h in ((1, 1, 1), (2, 5, 3), (4, 3, 2), (3, 1, 6), (6, 4, 1), (3, 3, 3)):
    grad_output = generator.normal(size=(n, t, 2 * h))
    halves = [torch.zeros(n, t, h, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    (torch.cat(halves, dim=2) * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        split_gradient,
        grad_output,
        expect=Halves(*(half.grad.numpy() for half in halves)),
        case=f"N = {n}, T = {t}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 4. The whole layer
#
# All parts are there. The forward direction reads the batch as it is, with its own weights. The backward
# direction reads the batch turned round, with *its* own weights, and its states are turned again. Then the
# two are joined. At each position the output knows the whole sentence, and nothing of the padding.
#
# The next cell holds the examples of this part.

# %% id="example" kind="setup"
both_ways = {
    "weight_ih": np.array([[0.5], [-0.75]]),  # (H, D) = (2, 1)
    "weight_hh": np.array([[0.5, 1.5], [-1.0, 0.25]]),
    "bias_ih": np.array([0.25, -0.5]),
    "bias_hh": np.array([-0.4, 0.1]),
    "weight_ih_reverse": np.array([[-1.25], [0.375]]),
    "weight_hh_reverse": np.array([[0.75, -0.5], [1.25, -1.5]]),
    "bias_ih_reverse": np.array([0.5, 0.25]),
    "bias_hh_reverse": np.array([0.125, -0.75]),
}
sentence = {"x": np.array([[[0.5], [-1.0], [2.0]]]), "lengths": np.array([3])}  # (N, T, D) = (1, 3, 1)
three_sentences = {
    "x": np.array(
        [[[0.5], [-1.0], [7.0]], [[-1.5], [0.25], [1.0]], [[0.75], [8.0], [9.0]]]
    ),  # (3, 3, 1); 7, 8 and 9 are padding
    "lengths": np.array([2, 3, 1]),
}


# %% id="bidirectional-forward" kind="solution"
def bidirectional_forward(
    x,
    lengths,
    weight_ih,
    weight_hh,
    bias_ih,
    bias_hh,
    weight_ih_reverse,
    weight_hh_reverse,
    bias_ih_reverse,
    bias_hh_reverse,
):
    """Read a padded batch both ways.

    Args:
        x: array of shape (N, T, D). No argument is changed.
        lengths: array of N whole numbers from 1 to T.
        weight_ih: array of shape (H, D), as are the next three one of the forward direction.
        weight_hh: array of shape (H, H).
        bias_ih: array of shape (H,).
        bias_hh: array of shape (H,).
        weight_ih_reverse: array of shape (H, D), as are the next three one of the backward direction.
        weight_hh_reverse: array of shape (H, H).
        bias_ih_reverse: array of shape (H,).
        bias_hh_reverse: array of shape (H,).

    Returns:
        output: array of shape (N, T, 2 * H), both states at each word; zeros at the padding.
        cache: anything that bidirectional_backward needs.
    """
    ### BEGIN SOLUTION
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    weights_reverse = weight_ih_reverse, weight_hh_reverse, bias_ih_reverse, bias_hh_reverse
    states, cache = one_way_forward(x, lengths, *weights)
    turned, cache_reverse = one_way_forward(reverse_padded(x, lengths), lengths, *weights_reverse)
    return join_directions(states, reverse_padded(turned, lengths)), (lengths, cache, cache_reverse)
    ### END SOLUTION


# %% [markdown] kind="hints" of="bidirectional_forward"
# 1. The backward direction has read a turned sentence. Which word belongs to the first state that it gives?
# 2. Five calls of functions that you have, and nothing else: `one_way_forward` twice, `reverse_padded` twice,
#    `join_directions` once. What has to be turned before the second reading, and what after it?
# 3. Read `x` with the first four parameters. Turn `x`, read that with the other four, and turn the states
#    that come out with the same lengths. Join the first reading's states with those. For the cache keep both
#    caches and the lengths.

# %% id="test-bidirectional-forward" kind="tests" points=3
log2, log3 = np.log([2.0, 3.0])
check(
    bidirectional_forward,
    np.array([[[log2], [log3 - 0.3]]]),  # (N, T, D) = (1, 2, 1)
    np.array([2]),
    np.array([[1.0]]),  # forward: tanh(x), then tanh(x + 0.5 h)
    np.array([[0.5]]),
    np.array([0.75]),
    np.array([-0.75]),
    np.array([[-1.0]]),  # backward: tanh(-x + ...) at the second word, then at the first
    np.array([[(2 * log3 - 2 * log2 - 0.3) / 0.6]]),
    np.array([log3 - log2 - 0.5]),
    np.array([0.2]),
    view=without_cache,
    expect=Forward(
        output=np.array([[[0.6, -0.8], [0.8, -0.6]]]),
        cache=ANY,
    ),
    case="one sentence of two words",
)
check(
    bidirectional_forward,
    np.array([[[0.5], [-1.0], [2.0]], [[-1.5], [0.25], [1.0]]]),  # (N, T, D) = (2, 3, 1)
    np.array([3, 3]),
    *both_ways.values(),
    view=without_cache,
    expect=Forward(
        output=np.array(
            [
                [
                    [0.09966799, -0.64982746, 0.79130449, 0.97245091],
                    [-0.91780282, 0.08764964, 0.7767033, -0.98476816],
                    [0.47968346, -0.74440386, -0.95404526, 0.24491866],
                ],
                [
                    [-0.71629787, 0.61999687, 0.99306384, -0.03022096],
                    [0.4981529, 0.27641572, -0.04124987, -0.72255478],
                    [0.76728805, -0.91845324, -0.55459972, -0.124353],
                ],
            ]
        ),  # as PyTorch computes it
        cache=ANY,
    ),
    case="two sentences of three words, two numbers for a state",
)
check(
    bidirectional_forward,
    *three_sentences.values(),
    *both_ways.values(),
    view=without_cache,
    expect=Forward(
        output=np.array(
            [
                [
                    [0.09966799, -0.64982746, 0.78851247, 0.95920881],
                    [-0.91780282, 0.08764964, 0.95404526, -0.7039056],
                    [0.0, 0.0, 0.0, 0.0],
                ],
                [
                    [-0.71629787, 0.61999687, 0.99306384, -0.03022096],
                    [0.4981529, 0.27641572, -0.04124987, -0.72255478],
                    [0.76728805, -0.91845324, -0.55459972, -0.124353],
                ],
                [
                    [0.22127847, -0.74538992, -0.30270973, -0.21532634],
                    [0.0, 0.0, 0.0, 0.0],
                    [0.0, 0.0, 0.0, 0.0],
                ],
            ]
        ),  # as PyTorch computes it
        cache=ANY,
    ),
    case="three sentences of two, three and one words",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

generator = np.random.default_rng(41)
for (n, t, d, h), lengths in (
    ((1, 1, 1, 1), [1]),
    ((2, 5, 3, 4), [5, 4]),
    ((4, 3, 2, 5), [1, 3, 2, 2]),
    ((3, 7, 4, 2), [6, 2, 5]),
    ((5, 2, 1, 3), [2, 1, 1, 2, 1]),
    ((1, 6, 5, 1), [4]),
    ((3, 12, 3, 3), [12, 9, 3]),
    ((3, 3, 3, 3), [3, 1, 2]),
):
    x, weights = generator.normal(size=(n, t, d)), random_weights(generator, d, h, 2)
    layer = torch.nn.RNN(d, h, batch_first=True, bidirectional=True, dtype=torch.float64)
    for parameter, value in zip(layer.parameters(), weights.values(), strict=True):
        parameter.data = torch.from_numpy(value)
    packed = pack_padded_sequence(torch.from_numpy(x), torch.tensor(lengths), True, enforce_sorted=False)
    output, _ = pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=t)
    hidden_check(
        bidirectional_forward,
        x,
        np.array(lengths),
        *weights.values(),
        view=without_cache,
        expect=Forward(output.detach().numpy(), ANY),
        case=f"lengths {lengths} in rows of {t}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# The backward pass takes the same way in the opposite order. What was joined is split. What was turned after
# the reading is turned before the reading's backward pass: the gradient of turning round is turning round,
# since each number has only moved. And the input was read twice. What does it get?
#
# The first checks give a loss to one direction only, so that you see which one is wrong.


# %% id="bidirectional-backward" kind="solution"
def bidirectional_backward(grad_output, cache):
    """Gradients of the loss with respect to all that went into reading both ways.

    Args:
        grad_output: array of shape (N, T, 2 * H). It is not changed. What it holds at the padding has no
            effect.
        cache: what bidirectional_forward returned.

    Returns: nine arrays, in the order of the arguments of bidirectional_forward; lengths have no gradient.
        grad_x: array of shape (N, T, D); zeros at the padding.
        grad_weight_ih, grad_weight_hh, grad_bias_ih, grad_bias_hh: those of the forward direction.
        grad_weight_ih_reverse, grad_weight_hh_reverse, grad_bias_ih_reverse, grad_bias_hh_reverse: those of
            the backward direction.
    """
    ### BEGIN SOLUTION
    lengths, cache, cache_reverse = cache
    grad_states, grad_states_reverse = split_gradient(grad_output)
    grad_turned = reverse_padded(grad_states_reverse, lengths)
    grad_x, *of_weights = one_way_backward(grad_states, cache)
    grad_x_turned, *of_weights_reverse = one_way_backward(grad_turned, cache_reverse)
    return grad_x + reverse_padded(grad_x_turned, lengths), *of_weights, *of_weights_reverse
    ### END SOLUTION


# %% [markdown] kind="hints" of="bidirectional_backward"
# 1. Draw the five calls of the forward pass with arrows between them, and go along the arrows backwards. At
#    which place do two arrows meet?
# 2. Split; then each half goes back through its own reading. Where the forward pass turned something on its
#    way into or out of the second reading, the gradient is turned at the same place. The weights' gradients
#    are ready when they come; none of them is turned, and none is added to one of the other direction.
# 3. The second half of the gradient is turned with the lengths, then goes into `one_way_backward` with the
#    second cache. What comes out for the input is in the order of the turned sentence: turn it again, and
#    add it to what the first reading gives for the input. Then come four gradients of the one direction and
#    four of the other.

# %% id="test-bidirectional-backward" kind="tests" points=2
check(
    forward_then_backward(bidirectional_forward, bidirectional_backward),
    **sentence,
    **both_ways,
    grad_output=np.array([[[0.0, 0.0, 0.0, 0.0], [10.0, -20.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]),
    **only(Gradients, grad_x=np.array([[[11.34005178], [15.67295306], [0.0]]])),
    case="a loss of the forward direction at the middle word",
)
check(
    forward_then_backward(bidirectional_forward, bidirectional_backward),
    **sentence,
    **both_ways,
    grad_output=np.array([[[0.0, 0.0, 30.0, 40.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]),
    **only(Gradients, grad_x=np.array([[[-13.20380677], [-5.61922438], [-0.97045012]]])),
    case="a loss of the backward direction at the first word",
)
check(
    forward_then_backward(bidirectional_forward, bidirectional_backward),
    **sentence,
    **both_ways,
    grad_output=np.array([[[0.0, 0.0, 30.0, 40.0], [10.0, -20.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]),
    **only(Gradients, grad_x=np.array([[[-1.86375499], [10.05372868], [-0.97045012]]])),
    case="both at once",
)
check(
    forward_then_backward(bidirectional_forward, bidirectional_backward, then=1.0 - sentence["x"]),
    **sentence,
    **both_ways,
    grad_output=np.array([[[0.0, 0.0, 30.0, 40.0], [10.0, -20.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]),
    **only(Gradients, grad_x=np.array([[[-1.86375499], [10.05372868], [-0.97045012]]])),
    case="both at once; in between, bidirectional_forward ran on another sentence",
)
check(
    forward_then_backward(bidirectional_forward, bidirectional_backward),
    **three_sentences,
    **both_ways,
    grad_output=numbered(3, 3, 4),
    **only(
        Gradients,
        grad_x=np.array(
            [
                [[-124.31107178], [-83.11166852], [0.0]],
                [[-193.49929528], [-803.61281669], [-428.13438878]],
                [[-199.21013843], [0.0], [0.0]],
            ]
        ),
    ),
    case="three sentences of two, three and one words",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

generator = np.random.default_rng(42)
for (n, t, d, h), lengths in (
    ((1, 1, 1, 1), [1]),
    ((2, 5, 3, 4), [5, 4]),
    ((4, 3, 2, 5), [1, 3, 2, 2]),
    ((3, 7, 4, 2), [6, 2, 5]),
    ((5, 2, 1, 3), [2, 1, 1, 2, 1]),
    ((1, 6, 5, 1), [4]),
    ((3, 12, 3, 3), [12, 9, 3]),
    ((3, 3, 3, 3), [3, 1, 2]),
):
    x, weights = generator.normal(size=(n, t, d)), random_weights(generator, d, h, 2)
    grad_output = generator.normal(size=(n, t, 2 * h))
    layer = torch.nn.RNN(d, h, batch_first=True, bidirectional=True, dtype=torch.float64)
    for parameter, value in zip(layer.parameters(), weights.values(), strict=True):
        parameter.data = torch.from_numpy(value)
    leaf = torch.tensor(x, requires_grad=True)
    packed = pack_padded_sequence(leaf, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    output, _ = pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=t)
    (output * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(bidirectional_forward, bidirectional_backward),
        x=x,
        lengths=np.array(lengths),
        **weights,
        grad_output=grad_output,
        **only(Gradients, grad_x=leaf.grad.numpy()),
        case=f"the gradient of the input, lengths {lengths} in rows of {t}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% id="test-bidirectional-backward-weights" kind="tests" points=1 of="bidirectional_backward"
check(
    forward_then_backward(bidirectional_forward, bidirectional_backward),
    **sentence,
    **both_ways,
    grad_output=np.array([[[0.0, 0.0, 30.0, 40.0], [10.0, -20.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]),
    **only(
        Gradients,
        grad_weight_ih=np.array([[8.6384017], [19.09617069]]),
        grad_weight_hh=np.array([[0.15711462, -1.02437496], [-1.97804598, 12.8967038]]),
        grad_bias_ih=np.array([22.00594314, -21.34671102]),
        grad_bias_hh=np.array([22.00594314, -21.34671102]),
    ),
    case="one sentence, the weights of the forward direction",
)
check(
    forward_then_backward(bidirectional_forward, bidirectional_backward),
    **sentence,
    **both_ways,
    grad_output=np.array([[[0.0, 0.0, 30.0, 40.0], [10.0, -20.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]),
    **only(
        Gradients,
        grad_weight_ih_reverse=np.array([[1.72709948], [-2.03921304]]),
        grad_weight_hh_reverse=np.array([[4.49875367, -9.96298509], [1.94398998, -2.20612224]]),
        grad_bias_ih_reverse=np.array([15.89731474, 0.20843245]),
        grad_bias_hh_reverse=np.array([15.89731474, 0.20843245]),
    ),
    case="one sentence, the weights of the backward direction",
)
check(
    forward_then_backward(bidirectional_forward, bidirectional_backward),
    **three_sentences,
    **both_ways,
    grad_output=numbered(3, 3, 4),
    expect=Gradients(
        grad_x=np.array(
            [
                [[-124.31107178], [-83.11166852], [0.0]],
                [[-193.49929528], [-803.61281669], [-428.13438878]],
                [[-199.21013843], [0.0], [0.0]],
            ]
        ),
        grad_weight_ih=np.array([[375.2838893], [-362.39146238]]),
        grad_weight_hh=np.array([[-75.82632379, 122.10640455], [-217.00129888, 145.28318486]]),
        grad_bias_ih=np.array([561.15200429, 1084.58357451]),
        grad_bias_hh=np.array([561.15200429, 1084.58357451]),
        grad_weight_ih_reverse=np.array([[714.18420976], [-90.52106789]]),
        grad_weight_hh_reverse=np.array([[-231.9993571, -93.34914871], [25.89511317, -155.06378131]]),
        grad_bias_ih_reverse=np.array([1212.60865832, 577.98165911]),
        grad_bias_hh_reverse=np.array([1212.60865832, 577.98165911]),
    ),
    case="three sentences of two, three and one words, all nine gradients",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

generator = np.random.default_rng(43)
for (n, t, d, h), lengths in (
    ((1, 1, 1, 1), [1]),
    ((2, 5, 3, 4), [5, 4]),
    ((4, 3, 2, 5), [1, 3, 2, 2]),
    ((3, 7, 4, 2), [6, 2, 5]),
    ((5, 2, 1, 3), [2, 1, 1, 2, 1]),
    ((1, 6, 5, 1), [4]),
    ((3, 12, 3, 3), [12, 9, 3]),
    ((3, 3, 3, 3), [3, 1, 2]),
):
    x, weights = generator.normal(size=(n, t, d)), random_weights(generator, d, h, 2)
    grad_output = generator.normal(size=(n, t, 2 * h))
    layer = torch.nn.RNN(d, h, batch_first=True, bidirectional=True, dtype=torch.float64)
    for parameter, value in zip(layer.parameters(), weights.values(), strict=True):
        parameter.data = torch.from_numpy(value)
    leaf = torch.tensor(x, requires_grad=True)
    packed = pack_padded_sequence(leaf, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    output, _ = pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=t)
    (output * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(bidirectional_forward, bidirectional_backward),
        x=x,
        lengths=np.array(lengths),
        **weights,
        grad_output=grad_output,
        expect=Gradients(leaf.grad.numpy(), *(parameter.grad.numpy() for parameter in layer.parameters())),
        case=f"all nine gradients, lengths {lengths} in rows of {t}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Which numbers stand for a whole sentence?
#
# To judge a sentence as a whole one wants one vector that has seen all of it. With a one-way layer that was
# the last state. Now there are two directions, and they end at different places.


# %% id="sentence-vectors" kind="solution"
def sentence_vectors(output, lengths):
    """Take from the output of a layer that reads both ways the final state of each direction.

    Args:
        output: array of shape (N, T, 2 * H), as bidirectional_forward returns it. It is not changed. What it
            holds at the padding has no effect.
        lengths: array of N whole numbers from 1 to T.

    Returns:
        array of shape (N, 2 * H): for each sentence the final state of the forward direction, and behind it
        the final state of the backward direction.
    """
    ### BEGIN SOLUTION
    h = output.shape[2] // 2
    last_words = output[np.arange(len(output)), lengths - 1]  # (N, 2 * H)
    return np.concatenate([last_words[:, :h], output[:, 0, h:]], axis=1)
    ### END SOLUTION


# %% [markdown] kind="hints" of="sentence_vectors"
# 1. Which word does the forward direction read last, and which one the backward direction? Does it depend on
#    the length of the sentence?
# 2. The backward direction ends at position 0 in every sentence. The forward direction ends at the last
#    *word*, which is the last place of the row only in the longest sentence. Each final state is one half of
#    an output.
# 3. The last word has the position length minus one, another one in each row: either go over the sentences,
#    or index with two arrays at once, the numbers of the rows and the positions. From there take the first
#    half, from position 0 the second half, and join the two along axis 1.

# %% id="test-sentence-vectors" kind="tests" points=1
check(
    sentence_vectors,
    numbered(1, 4, 2),  # (N, T, 2 * H) = (1, 4, 2)
    np.array([2]),
    expect=np.array([[121.0, 112.0]]),
    case="two words and two places of padding, one number for a state",
)
check(
    sentence_vectors,
    np.array(
        [
            [[11.0, 12.0, -13.0, -14.0], [21.0, 22.0, -23.0, -24.0], [0.0, 0.0, 0.0, 0.0]],
            [[31.0, 32.0, -33.0, -34.0], [41.0, 42.0, -43.0, -44.0], [51.0, 52.0, -53.0, -54.0]],
        ]
    ),  # (2, 3, 4)
    np.array([2, 3]),
    expect=np.array([[21.0, 22.0, -13.0, -14.0], [51.0, 52.0, -33.0, -34.0]]),
    case="two sentences of two and three words, two numbers for a state",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(51)
for (n, t, d, h), lengths in (
    ((1, 1, 1, 1), [1]),
    ((2, 5, 3, 4), [5, 4]),
    ((4, 3, 2, 5), [1, 3, 2, 2]),
    ((3, 7, 4, 2), [6, 2, 5]),
    ((5, 2, 1, 3), [2, 1, 1, 2, 1]),
    ((1, 6, 5, 1), [4]),
    ((3, 12, 3, 3), [12, 9, 3]),
    ((3, 3, 3, 3), [3, 1, 2]),
):
    layer = torch.nn.RNN(d, h, batch_first=True, bidirectional=True, dtype=torch.float64)
    x = torch.randn(n, t, d, dtype=torch.float64)
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    output, final = layer(packed)
    output, _ = pad_packed_sequence(output, batch_first=True, total_length=t)
    hidden_check(
        sentence_vectors,
        output.detach().numpy(),
        np.array(lengths),
        expect=torch.cat([final[0], final[1]], dim=1).detach().numpy(),
        case=f"lengths {lengths} in rows of {t}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 6. What doubles?
#
# A second direction costs parameters, and it changes what the layers above must be ready for. Count, for a
# layer as in part 4.


# %% id="layer-sizes" kind="solution"
def layer_sizes(input_size, hidden_size, num_tags):
    """Count what belongs to an RNN that reads both ways, and to what may follow it.

    Args:
        input_size: D, the number of values that go in at each position.
        hidden_size: H, the number of values of a state of one direction.
        num_tags: how many scores a linear layer behind it gives for each word.

    Returns: three whole numbers and a shape.
        features: how many numbers the layer gives at each position.
        parameters: how many numbers all its weights and biases have together.
        parameters_above: the same for a second RNN that reads both ways, with the same hidden_size, and takes
            the output of the first as its input.
        linear_shape: the shape of the weight of a linear layer that makes num_tags scores out of the output
            of the first, as a tuple of two numbers; (out, in) as always.
    """
    ### BEGIN SOLUTION
    features = 2 * hidden_size
    parameters = features * (input_size + hidden_size + 2)
    parameters_above = features * (features + hidden_size + 2)
    return features, parameters, parameters_above, (num_tags, features)
    ### END SOLUTION


# %% [markdown] kind="hints" of="layer_sizes"
# 1. Write down the shapes of all eight parameters of `bidirectional_forward`. How many numbers has each?
# 2. Does either direction ever see the state of the other? Then the matrix from state to state does not grow.
#    What does a layer above see of each word?
# 3. One direction has H times D, H times H and two times H numbers; there are two. For the second RNN the
#    same with the features of the first in place of D. The linear layer has a row for each tag and a column
#    for each feature.

# %% id="test-layer-sizes" kind="tests" points=1
check(
    layer_sizes,
    input_size=3,
    hidden_size=4,
    num_tags=5,
    **only(Sizes, features=8),
    case="D = 3, H = 4: the features",
)
check(
    layer_sizes,
    input_size=3,
    hidden_size=4,
    num_tags=5,
    **only(Sizes, parameters=72),
    case="D = 3, H = 4: the parameters",
)
check(
    layer_sizes,
    input_size=3,
    hidden_size=4,
    num_tags=5,
    **only(Sizes, parameters_above=112),
    case="D = 3, H = 4: the parameters of a second layer",
)
check(
    layer_sizes,
    input_size=3,
    hidden_size=4,
    num_tags=5,
    **only(Sizes, linear_shape=LinearShape(5, 8)),
    case="D = 3, H = 4, five tags: the weight of a linear layer",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for d, h, tags in ((1, 1, 2), (7, 2, 3), (2, 6, 1), (10, 5, 4), (4, 7, 11)):
    layer = torch.nn.RNN(d, h, num_layers=2, bidirectional=True)
    sizes = {"_l0": 0, "_l1": 0}
    for key, parameter in layer.named_parameters():
        sizes["_l1" if "_l1" in key else "_l0"] += parameter.numel()
    features = layer(torch.zeros(1, d))[0].shape[1]
    shape = LinearShape(*torch.nn.Linear(features, tags).weight.shape)
    hidden_check(
        layer_sizes,
        input_size=d,
        hidden_size=h,
        num_tags=tags,
        expect=Sizes(features, sizes["_l0"], sizes["_l1"], shape),
        case=f"D = {d}, H = {h}, {tags} tags",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 7. *a* or *an*?
#
# `docstrings.txt` holds sentences from the documentation of Python's standard library, NumPy and PyTorch, one
# in each line. The next cell looks for places where *a* or *an* stands, and takes the two words before it and
# the two after it. The article is hidden by the sign `_`; a network that reads letter by letter has to say at
# this place which one it was. There are equally many of both.
#
# In the test each beginning comes twice, once with an end that needs *a* and once with one that needs *an*.
# What is the best that a layer can do that reads from left to right, and has seen only the beginning when it
# comes to the place?

# %% id="places" kind="setup" capstone=true
from pathlib import Path

import matplotlib.pyplot as plt

ARTICLES = "a", "an"
found = {article: {} for article in ARTICLES}  # (words before, words after), each once
for line in Path("docstrings.txt").read_text("utf-8").splitlines():
    words = line.split(" ")
    for i in range(1, len(words) - 1):
        if words[i] in ARTICLES:
            found[words[i]][" ".join(words[max(i - 2, 0) : i]), " ".join(words[i + 1 : i + 3])] = None

generator = np.random.default_rng(0)
places = []  # (words before, words after, tag)
for tag, article in enumerate(ARTICLES):
    every = list(found[article])
    places += [(*every[i], tag) for i in generator.permutation(len(every))[:900]]
places = [places[i] for i in generator.permutation(len(places))]
held_out, read = places[:400], places[400:]
ends = [[after for _, after, tag in held_out if tag == wanted] for wanted in (0, 1)]
test = [(before, ends[tag][i % 150], tag) for i, (before, _, _) in enumerate(held_out) for tag in (0, 1)]
letters = "_ 'abcdefghijklmnopqrstuvwxyz"
D, H, N, num_steps = len(letters), 8, 32, 100


def batch(places):
    """One-hot letters (N, T, D), lengths (N,), where the article is hidden (N,), and which it was (N,)."""
    texts = [f"{before} _ {after}" for before, after, _ in places]
    lengths = np.array([len(text) for text in texts])
    x = np.zeros((len(texts), lengths.max(), D))
    for n, text in enumerate(texts):
        x[n, np.arange(len(text)), [letters.index(letter) for letter in text]] = 1
    return x, lengths, np.array([text.index("_") for text in texts]), np.array([tag for *_, tag in places])


for before, after, tag in test[:4]:
    print(f"{before} _ {after}   ({ARTICLES[tag]})")

# %% [markdown]
# Two networks are trained in the same way. The one reads both ways with your layer, 8 numbers for each
# direction. The other reads one way and has 16 numbers, so that both give a linear layer 16 features; the
# shape of that layer's weight comes from your `layer_sizes`. The linear layer looks at the one place, and its
# gradient there is all that goes back.
#
# This takes about a second with one loop over the positions. (If your functions also loop over every number,
# it may take minutes. A course usually gives a cell one minute: for the last point, let matrix products do
# what such loops do.)

# %% id="train" kind="run" capstone=true
accuracy, losses, trained = {}, {}, {}
features, _, _, linear_shape = layer_sizes(D, H, len(ARTICLES))
passes = {
    "both ways": (bidirectional_forward, bidirectional_backward, 2, H),
    "one way": (one_way_forward, one_way_backward, 1, features),
}


def start(name, seed):
    """Fresh parameters: those of the layer, and last weight and bias of the linear layer."""
    generator = np.random.default_rng(seed)
    _, _, directions, h = passes[name]
    shapes = [(h, D), (h, h), (h,), (h,)] * directions + [linear_shape, linear_shape[:1]]
    return [generator.uniform(-1, 1, size=shape) / np.sqrt(h) for shape in shapes]


def scores(output, at, parameters):
    """Scores of the two tags at one place of each sentence, (N, 2)."""
    return output[np.arange(len(output)), at] @ parameters[-2].T + parameters[-1]


def train(name, seed):
    """Train one network; returns its parameters and the loss at each step."""
    forward, backward, _, _ = passes[name]
    parameters, losses = start(name, seed), []
    means = [np.zeros_like(parameter) for parameter in parameters]
    squares = [np.zeros_like(parameter) for parameter in parameters]
    generator = np.random.default_rng(seed)
    for step in range(1, num_steps + 1):
        x, lengths, at, tags = batch([read[i] for i in generator.integers(len(read), size=N)])
        output, cache = forward(x, lengths, *parameters[:-2])
        exponentials = np.exp(scores(output, at, parameters))
        shares = exponentials / exponentials.sum(axis=1, keepdims=True)
        losses.append(-np.log(shares[np.arange(N), tags]).mean())
        grad_scores = (shares - np.eye(2)[tags]) / N
        grad_output = np.zeros(output.shape)
        grad_output[np.arange(N), at] = grad_scores @ parameters[-2]
        of_layer = backward(grad_output, cache)[1:]  # that of x is not needed
        of_linear = grad_scores.T @ output[np.arange(N), at], grad_scores.sum(axis=0)
        for gradient, parameter, mean, square in zip(
            (*of_layer, *of_linear), parameters, means, squares, strict=True
        ):  # Adam
            mean += 0.1 * (gradient - mean)
            square += 0.01 * (gradient**2 - square)
            correction = np.sqrt(1 - 0.99**step) / (1 - 0.9**step)
            parameter -= 0.02 * correction * mean / (np.sqrt(square) + 1e-8)
    return parameters, losses


x, lengths, at, tags = batch(test)
for name, (forward, _, _, _) in passes.items():
    trained[name], losses[name] = train(name, seed=0)
    guesses = scores(forward(x, lengths, *trained[name][:-2])[0], at, trained[name]).argmax(axis=1)
    accuracy[name] = (guesses == tags).mean()
    print(f"{name:10} {accuracy[name]:.1%} of {len(test)} are right")

# %% [markdown]
# Was your answer right, and to the last digit? Whatever the one-way layer makes of a beginning, it gives the
# same answer for both ends, and one of the two is wrong. More training cannot change it.

# %% id="curves" kind="run" capstone=true
for name, curve in losses.items():
    plt.plot(curve, linewidth=0.8, label=name)
    plt.legend()
plt.axhline(np.log(2), color="gray", linestyle="dotted")
plt.xlabel("step")
plt.ylabel("loss (dotted: guessing)")

# %% [markdown]
# Last, a look at the lengths. The same short text is read alone, and in a batch with a longer one; the second
# time once with the right lengths, and once as if the whole row were words. How much do its states change?

# %% id="padding" kind="run" capstone=true
pair = [("returns", "array of", 1), ("used to compute", "gradient of every", 0)]
x_pair, lengths_pair, _, _ = batch(pair)
x_alone, length_alone, _, _ = batch(pair[:1])
alone = bidirectional_forward(x_alone, length_alone, *trained["both ways"][:-2])[0][0]
change = {}
for name, told in (("told the lengths", lengths_pair), ("not told", np.full(2, lengths_pair.max()))):
    together = bidirectional_forward(x_pair, told, *trained["both ways"][:-2])[0][0, : len(alone)]
    difference = np.abs(together - alone)
    change[name] = difference[:, :H].max(), difference[:, H:].max()
    print(f"{name:17} forward direction {change[name][0]:.3f}, backward direction {change[name][1]:.3f}")

# %% id="test-articles" kind="tests" points=1 of="bidirectional_backward" capstone=true
assert set(accuracy) >= {"both ways", "one way"}, (
    "First run the cell that trains; it needs all of your functions but sentence_vectors."
)
first, last = losses["both ways"][0], np.mean(losses["both ways"][-20:])
assert abs(first - np.log(2)) < 0.6, (
    f"Before training, the loss should be near that of guessing, {np.log(2):.2f}; got {first:.2f}."
)
assert abs(accuracy["one way"] - 0.5) < 0.01, (
    f"The one-way layer can be right in half of the cases only; got {accuracy['one way']:.1%}. "
    "Has it seen what comes after the place?"
)
assert accuracy["both ways"] > 0.85, (
    f"Reading both ways, more than 85 % should be right; got {accuracy['both ways']:.1%}."
)
assert last < 0.35, f"Reading both ways, the loss should fall below 0.35; got {last:.2f}."
assert max(change["told the lengths"]) < 1e-6, (
    "A sentence in a batch should have the same states as alone, if the layer is told the lengths."
)
assert change["not told"][0] < 1e-6 < 1e-3 < change["not told"][1], (
    "Not told the lengths, the forward direction should give the same states at the words, and the backward "
    "direction others."
)

# %% [markdown]
# Without lengths, the states of a sentence would depend on how long the other sentences of its batch are.
# Nothing would crash, and the loss would still fall.
#
# One question to take along: could you use this layer to write a text, letter by letter? (The book's section
# "When the future is not known" shows what would happen.)
