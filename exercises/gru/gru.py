# %% [markdown]
# # A GRU, and the four ways back to its old state
#
# A GRU has one state, as an RNN has, and it does not make that state anew at each step. It makes a candidate,
# and mixes the candidate with the old state, unit by unit. One gate says in what shares, another says how
# much of the old state the candidate gets to see. There are two layers of this name; they differ by the place
# of one product, and you write a step of both.
#
# You write one step of PyTorch's GRU, the other layer's step beside it, the gradient of PyTorch's step, then
# the layer that runs the step over a sequence and its gradient through time. In the last part your layer
# learns to write docstrings letter by letter, and you put its weights into the other formula.
#
# Letters used throughout, as in the book: `N` is the size of the batch, `T` the number of steps, `D` the
# number of features that go in at each step, `H` the hidden size. What a weight and its bias make of a
# vector, before a logistic function or a tanh, is called a **sum**. The sums come from stacked weights, in
# PyTorch's order **r, z, n**: reset gate, update gate, candidate.
#
# Write a function, then run the cell of checks below it. A failing check says what it called and what came
# out wrong; if the mistake is a known one, it also says which, and where the book explains it.
#
# A forward function returns `(output, cache)`. The **cache** is whatever its backward function will want to
# know. What is in it is up to you; no check looks inside.

# %% id="setup" kind="setup"
from collections import namedtuple

import numpy as np
from check import check

step_arguments = ("x", "h_prev", "weight_ih", "weight_hh", "bias_ih", "bias_hh")
layer_arguments = ("x", "h0", "weight_ih", "weight_hh", "bias_ih", "bias_hh")
StepGradients = namedtuple("StepGradients", [f"grad_{name}" for name in step_arguments])
Gradients = namedtuple("Gradients", [f"grad_{name}" for name in layer_arguments])
checked_pairs = {}


def sigmoid(sums):
    """The logistic function 1 / (1 + exp(-s)), number by number; yours to use."""
    return 0.5 * (1.0 + np.tanh(0.5 * sums))


def only_value(position, of=2):
    """A view on one of the values that a function returned."""

    def view(result):
        if not (isinstance(result, tuple | list) and len(result) == of):
            got = f"{len(result)} values" if isinstance(result, tuple | list) else type(result).__name__
            raise TypeError(f"{of} values should be returned; got {got}")
        return result[position]

    return view


without_cache = only_value(0)  # the cache may be anything


def only_gradient(name):
    """A view on the gradient of one argument."""
    names = step_arguments if name in step_arguments else layer_arguments
    return only_value(names.index(name), of=6)


def only_block(name, letter):
    """A view on the part of a bias' gradient that belongs to one of r, z, n."""

    def view(result):
        gradient = only_gradient(name)(result)
        if not isinstance(gradient, np.ndarray):
            return gradient
        size, number = gradient.shape[-1] // 3, "rzn".index(letter)
        return gradient[..., number * size : (number + 1) * size]

    return view


def forward_then_backward(forward, backward, then=None):
    """A function that runs `forward`, hands its cache to `backward`, and returns what `backward` returns.

    With `then`, `forward` also runs on that, in between: the cache that it gave before has to stay as it was.
    """

    def gradients(**given):
        *inputs, grad_output = given.values()
        try:
            result = forward(*(array.copy() for array in inputs))
            if then is not None:
                forward(then.copy(), *(array.copy() for array in inputs[1:]))
        except NotImplementedError:
            problem = f"{forward.__name__} is not written yet, and the cache comes from it"
            raise RuntimeError(problem) from None
        if not (isinstance(result, tuple | list) and len(result) == 2):
            problem = f"{forward.__name__} should return two values, the last of them the cache"
            raise TypeError(problem)
        return backward(grad_output, result[1])

    gradients.__name__ = backward.__name__
    # One and the same for the same two.
    return checked_pairs.setdefault((forward, backward), gradients) if then is None else gradients


# %% [markdown]
# ## 1. How many numbers does a GRU learn?
#
# Before you compute with weights, count them, and compare. An RNN, a GRU and an LSTM are built of blocks of
# the same size: each block has a matrix for the input, one for the hidden state, and two biases. How many
# blocks has each of the three?


# %% id="parameter-count" kind="solution"
def parameter_count(kind, input_size, hidden_size, bias=True):
    """Number of parameters of one layer of PyTorch's nn.RNN, nn.GRU or nn.LSTM.

    Args:
        kind: "RNN", "GRU" or "LSTM".
        input_size: D, the number of features that go in at each step.
        hidden_size: H, the number of features of a hidden state.
        bias: whether there are biases; if so, the layer has both bias_ih and bias_hh.

    Returns:
        the number of all numbers in all weights and biases, a whole number.
    """
    ### BEGIN SOLUTION
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return blocks * hidden_size * (input_size + hidden_size + (2 if bias else 0))
    ### END SOLUTION


# %% [markdown] kind="hints" of="parameter_count"
# 1. For which letters does a GRU compute a sum? And an LSTM, and an RNN?
# 2. Each letter has a block of `H` rows in each of the four arrays `weight_ih`, `weight_hh`, `bias_ih` and
#    `bias_hh`. How many columns has each of the two matrices?
# 3. Count one row of each of the four arrays, multiply by the rows of a block, and by the number of blocks
#    that the kind has. A dictionary can hold the three numbers of blocks. Without biases, the two bias
#    vectors do not exist at all.

# %% id="test-parameter-count" kind="tests" points=2
check(parameter_count, "GRU", 2, 5, expect=135, case="a GRU, 2 features, 5 units")
check(parameter_count, "RNN", 2, 5, expect=45, case="an RNN, 2 features, 5 units")
check(parameter_count, "LSTM", 2, 5, expect=180, case="an LSTM, 2 features, 5 units")
check(parameter_count, "GRU", 5, 8, expect=360, case="a GRU, 5 features, 8 units")
check(parameter_count, "GRU", 5, 8, False, expect=312, case="a GRU, 5 features, 8 units, no biases")
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for kind in ("RNN", "GRU", "LSTM"):
    for d, size, bias in ((10, 20, True), (7, 3, True), (2, 11, False), (4, 4, True), (8, 5, False)):
        layer = getattr(torch.nn, kind)(d, size, bias=bias)
        hidden_check(
            parameter_count,
            kind,
            d,
            size,
            bias,
            expect=sum(parameter.numel() for parameter in layer.parameters()),
            case=f"{kind}, D = {d}, H = {size}, bias = {bias}",
        )
### END HIDDEN TESTS

# %% [markdown]
# ## 2. How are the old and the new mixed?
#
# One step, in PyTorch's form. The input and the *old* hidden state each make three sums, with a bias of their
# own. The two gates take both sums added together; the candidate takes them in another way:
#
# $$
# \begin{aligned}
# \mathbf{r}_t &= \sigma(W_{ir} \mathbf{x}_t + \mathbf{b}_{ir} + W_{hr} \mathbf{h}_{t-1} + \mathbf{b}_{hr}) \\
# \mathbf{z}_t &= \sigma(W_{iz} \mathbf{x}_t + \mathbf{b}_{iz} + W_{hz} \mathbf{h}_{t-1} + \mathbf{b}_{hz}) \\
# \mathbf{n}_t &= \tanh(W_{in} \mathbf{x}_t + \mathbf{b}_{in}
#     + \mathbf{r}_t \odot (W_{hn} \mathbf{h}_{t-1} + \mathbf{b}_{hn})) \\
# \mathbf{h}_t &= (1 - \mathbf{z}_t) \odot \mathbf{n}_t + \mathbf{z}_t \odot \mathbf{h}_{t-1}
# \end{aligned}
# $$
#
# The checks take one gate at a time. The next cell holds what they use: a step of a single unit whose sums
# are set by hand; `x_n` and `h_n` are the candidate's two sums, from the input and from the hidden state.
# These are good to know: $\sigma(\ln 3) = 0.75$, $\sigma(2 \ln 2) = 0.8$, and with the sign of the sum
# changed, 0.25 and 0.2; $\tanh(\ln 2) = 0.6$, $\tanh(\ln 3) = 0.8$. A sum of -40 shuts a gate, one of 40
# opens it.

# %% id="step-examples" kind="setup"
SHUT, OPEN = -40.0, 40.0
log2, log3 = np.log(2.0), np.log(3.0)


def one_unit(r, z, x_n, h_n, *, h, weight_hh=(0.0, 0.0, 0.0)):
    """Arguments of a step with N = D = H = 1, the old state h, and these sums."""
    weights = np.array(weight_hh)
    return {
        "x": np.array([[0.5]]),
        "h_prev": np.array([[h]]),
        "weight_ih": np.zeros((3, 1)),
        "weight_hh": weights[:, None],
        "bias_ih": np.array([r, z, x_n]),
        "bias_hh": np.array([0.0, 0.0, h_n]) - weights * h,
    }


def numbers(*shape, first):
    """Irregular numbers between -1.5 and 1.5, the same each time; another `first` gives others."""
    count = int(np.prod(shape))
    return np.round(1.5 * np.sin(np.arange(first, first + count) ** 2.0), 2).reshape(shape)


def step_example(n, d, size):
    """Arguments of a step with N = n, D = d and H = size."""
    return {
        "x": numbers(n, d, first=1),
        "h_prev": numbers(n, size, first=20),
        "weight_ih": numbers(3 * size, d, first=60),
        "weight_hh": numbers(3 * size, size, first=100),
        "bias_ih": numbers(3 * size, first=150),
        "bias_hh": numbers(3 * size, first=180),
    }


two_units = {  # r = 0.25 and 0.8, z = 0; the candidate of each unit reads the other unit's old state
    "x": np.array([[0.5]]),
    "h_prev": np.array([[(log3 + 0.5) / 0.8, 4.0 * (log2 - 0.5)]]),
    "weight_ih": np.array([[0.0], [0.0], [0.0], [0.0], [1.0], [-1.0]]),
    "weight_hh": np.array([[0.0, 0.0], [0.0, 0.0], [0.5, 0.0], [0.0, 0.25], [0.0, 1.0], [1.0, 0.0]]),
    "bias_ih": np.array([-log3, 2.0 * log2, SHUT, SHUT, 0.0, 0.0]),
    "bias_hh": np.zeros(6),
}


# %% id="gru-step-forward" kind="solution"
def gru_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """One step of PyTorch's GRU. None of the arguments is changed.

    Args:
        x: array of shape (N, D), the input of this step.
        h_prev: array of shape (N, H), the hidden state of the step before.
        weight_ih: array of shape (3 * H, D), from the input to its sums, in blocks of H rows: r, z, n.
        weight_hh: array of shape (3 * H, H), from the hidden state to its sums, in the same order.
        bias_ih: array of shape (3 * H,), added to the sums from the input.
        bias_hh: array of shape (3 * H,), added to the sums from the hidden state.

    Returns:
        h: array of shape (N, H), the new hidden state.
        cache: anything that gru_step_backward needs.
    """
    ### BEGIN SOLUTION
    x_r, x_z, x_n = np.split(x @ weight_ih.T + bias_ih, 3, axis=1)  # each (N, H)
    h_r, h_z, h_n = np.split(h_prev @ weight_hh.T + bias_hh, 3, axis=1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = np.tanh(x_n + r * h_n)
    h = (1.0 - z) * n + z * h_prev
    return h, (x, h_prev, weight_ih, weight_hh, r, z, n, h_n)
    ### END SOLUTION


# %% [markdown] kind="hints" of="gru_step_forward"
# 1. In an LSTM all sums could be added up before they were cut into blocks. Why not here? Which letter needs
#    its two sums apart?
# 2. Compute all sums from the input, `(N, 3 * H)`, and all sums from the hidden state, also `(N, 3 * H)`, and
#    cut each of them into three blocks along the axis of the units. The two gates first; the candidate waits
#    for the reset gate, and the new state for all.
# 3. Sums from the input: `x` times the transposed `weight_ih`, plus `bias_ih`; the same for the old state.
#    `np.split` cuts an array into equal parts along an axis. Both gates go through `sigmoid`. The reset gate
#    multiplies the candidate's whole sum from the hidden state, bias included, and nothing else; then the
#    other sum is added, and `np.tanh` comes last. z is the share of the old state, what is left of 1 that of
#    the candidate. For the cache, keep what went in, the three letters, and the sum that r multiplied.

# %% id="test-gru-step-forward" kind="tests" points=1
### BEGIN HIDDEN TESTS
import torch


def random_arguments(generator, n, d, size, *steps):
    """Arguments with numbers of both signs, some of them large enough for the gates to shut."""
    shapes = ((n, *steps, d), (n, size), (3 * size, d), (3 * size, size), (3 * size,), (3 * size,))
    return [1.3 * generator.normal(size=shape) for shape in shapes]


def step_by_torch(x, h, *parameters):
    """The hidden state after one step of PyTorch's cell."""
    cell = torch.nn.GRUCell(x.shape[1], h.shape[1], dtype=torch.float64)
    for parameter, array in zip(cell.parameters(), parameters, strict=True):
        parameter.data = torch.from_numpy(array)
    return cell(torch.from_numpy(x), torch.from_numpy(h)).detach().numpy()


### END HIDDEN TESTS
check(
    gru_step_forward,
    *one_unit(r=-2 * log2, z=log3, x_n=0.0, h_n=0.0, h=8.0).values(),
    view=without_cache,
    expect=np.array([[6.0]]),
    case="the update gate at 0.75, the candidate at 0",
)
check(
    gru_step_forward,
    *one_unit(r=OPEN, z=-log3, x_n=log2, h_n=0.0, h=0.0).values(),
    view=without_cache,
    expect=np.array([[0.45]]),
    case="the update gate at 0.25, the candidate at 0.6, the old state 0",
)
check(
    gru_step_forward,
    *one_unit(r=OPEN, z=log3, x_n=-0.5 - log2, h_n=0.5, h=8.0, weight_hh=(0.5, -0.25, 0.125)).values(),
    view=without_cache,
    expect=np.array([[5.85]]),
    case="both, the candidate at -0.6; the reset gate is open",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(21)
for n, d, size in ((1, 1, 1), (2, 3, 5), (4, 7, 2), (3, 1, 4), (5, 2, 3), (3, 3, 3)):
    arguments = random_arguments(generator, n, d, size)
    arguments[4][:size] = 100.0  # all that the reset gate multiplies is let through
    hidden_check(
        gru_step_forward,
        *arguments,
        view=without_cache,
        expect=step_by_torch(*arguments),
        case=f"the reset gate is open, N = {n}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% id="test-gru-step-forward-reset" kind="tests" points=2 of="gru_step_forward"
check(
    gru_step_forward,
    *two_units.values(),
    view=without_cache,
    expect=np.array([[0.6, 0.8]]),
    case="two units, the reset gate at 0.25 and 0.8; each candidate reads the other unit",
)
check(
    gru_step_forward,
    *one_unit(r=log3, z=SHUT, x_n=log2 - 1.5, h_n=2.0, h=8.0, weight_hh=(0.0, 0.0, 0.125)).values(),
    view=without_cache,
    expect=np.array([[0.6]]),
    case="the candidate, at 0.6: the reset gate at 0.75, a bias on either side",
)
check(
    gru_step_forward,
    *one_unit(r=SHUT, z=SHUT, x_n=log3, h_n=2.0, h=8.0).values(),
    view=without_cache,
    expect=np.array([[0.8]]),
    case="the candidate, at 0.8: the reset gate shut",
)
check(
    gru_step_forward,
    np.array([[0.5]]),
    np.array([[0.8]]),
    np.array([[2.0], [-1.0], [1.0]]),
    np.array([[-1.0], [0.5], [2.0]]),
    np.array([0.1, 0.2, -0.5]),
    np.array([0.0, 0.3, 0.4]),
    view=without_cache,
    expect=np.array([[0.80697656]]),
    case="the step that the chapter computes in numbers",
)
check(
    gru_step_forward,
    *step_example(n=3, d=1, size=2).values(),
    view=without_cache,
    expect=np.array([[-0.90522316, 0.86599389], [0.54172855, 1.11713625], [-0.72866114, 0.85477886]]),
    case="three examples, one feature, two units",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(22)
for n, d, size in ((1, 1, 1), (2, 3, 5), (4, 7, 2), (3, 1, 4), (5, 2, 3), (3, 3, 3)):
    arguments = random_arguments(generator, n, d, size)
    hidden_check(
        gru_step_forward,
        *arguments,
        view=without_cache,
        expect=step_by_torch(*arguments),
        case=f"one step, N = {n}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 3. The other layer called GRU
#
# In the paper as it was published, the reset gate multiplies the old state *before* the product with the
# matrix:
#
# $$
# \mathbf{n}_t = \tanh(W_{in} \mathbf{x}_t + \mathbf{b}_{in}
#     + W_{hn} (\mathbf{r}_t \odot \mathbf{h}_{t-1}) + \mathbf{b}_{hn}) .
# $$
#
# Gates and mixture stay as they are. Write this step too; it takes the same arguments and returns the new
# state alone, since you will not go back through it. Which of the products can no longer be made in one go?


# %% id="gru-step-reset-before" kind="solution"
def gru_step_reset_before(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """One step of the GRU that applies its reset gate before the matrix product.

    Args:
        x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh: as for gru_step_forward. They are not changed.

    Returns:
        h: array of shape (N, H), the new hidden state; no cache.
    """
    ### BEGIN SOLUTION
    last = 2 * h_prev.shape[1]  # where the block of the candidate begins
    x_r, x_z, x_n = np.split(x @ weight_ih.T + bias_ih, 3, axis=1)
    h_r, h_z = np.split(h_prev @ weight_hh[:last].T + bias_hh[:last], 2, axis=1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = np.tanh(x_n + (r * h_prev) @ weight_hh[last:].T + bias_hh[last:])
    return (1.0 - z) * n + z * h_prev
    ### END SOLUTION


# %% [markdown] kind="hints" of="gru_step_reset_before"
# 1. What does the reset gate multiply in the formula above, and what in the one of part 2? Where does the
#    bias stand in each?
# 2. Compute r and z as before. Only then can you make the product for the candidate: it needs the rows of
#    `weight_hh` and `bias_hh` that belong to the candidate alone. Which rows are these?
# 3. The candidate's rows begin at `2 * H`. Multiply the old state by r place by place, multiply the result by
#    these rows, transposed, and add their biases. The candidate's sum from the input is added as it is. The
#    mixture at the end takes the old state itself, not the one that r has changed.

# %% id="test-gru-step-reset-before" kind="tests" points=2
check(
    gru_step_reset_before,
    *(two_units | {"h_prev": np.array([[4.0 * (log2 + 0.5), (log3 - 0.5) / 0.8]])}).values(),
    expect=np.array([[0.8, 0.6]]),
    case="two units, the reset gate at 0.25 and 0.8; each candidate reads the other unit",
)
check(
    gru_step_reset_before,
    *one_unit(r=log3, z=SHUT, x_n=log2 - 1.75, h_n=2.0, h=8.0, weight_hh=(0.0, 0.0, 0.125)).values(),
    expect=np.array([[0.6]]),
    case="the candidate, at 0.6: the reset gate at 0.75, a bias on either side",
)
check(
    gru_step_reset_before,
    *one_unit(r=log3, z=-2 * log2, x_n=log2 - 1.75, h_n=2.0, h=8.0, weight_hh=(0.5, -0.25, 0.125)).values(),
    expect=np.array([[2.08]]),
    case="the mixture: the update gate at 0.2",
)
check(
    gru_step_reset_before,
    *step_example(n=3, d=1, size=2).values(),
    expect=np.array([[-0.86004903, -0.18224161], [0.67232121, 1.12337085], [-0.18129543, 0.14806681]]),
    case="three examples, one feature, two units",
)
### BEGIN HIDDEN TESTS
import math

from check import hidden_check


def step_with_reset_before(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """The formula, number by number."""
    batch, size = h_prev.shape
    h = np.zeros((batch, size))

    def summed(n, row, state):
        from_input = sum(weight_ih[row, d] * x[n, d] for d in range(x.shape[1]))
        return (
            from_input + bias_ih[row] + bias_hh[row] + sum(weight_hh[row, k] * state[k] for k in range(size))
        )

    for n in range(batch):
        old = list(h_prev[n])
        open_to = [old[k] / (1 + math.exp(-summed(n, k, old))) for k in range(size)]
        for unit in range(size):
            kept = 1 / (1 + math.exp(-summed(n, size + unit, old)))
            candidate = math.tanh(summed(n, 2 * size + unit, open_to))
            h[n, unit] = candidate + kept * (old[unit] - candidate)
    return h


generator = np.random.default_rng(23)
for n, d, size in ((1, 1, 1), (2, 3, 5), (4, 7, 2), (3, 1, 4), (5, 2, 3), (3, 3, 3)):
    arguments = random_arguments(generator, n, d, size)
    hidden_check(
        gru_step_reset_before,
        *arguments,
        expect=step_with_reset_before(*arguments),
        case=f"one step, N = {n}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 4. In how many ways does the old state act?
#
# Now back through one step, PyTorch's. A gradient arrives at the new state, from the layer above and from the
# next step; it is called `grad_h`. The new state depends on z, on n and on the old state. The candidate
# depends on its sum from the input and on r times its sum from the hidden state. All three letters have seen
# the old state as well.
#
# Draw the step on paper before you write, with all arrows, and go back along each. From how many places do
# gradients come back to the old state? The book's section "The paths back to the old state" counts them.
#
# To check a backward function, your forward function runs first, and its cache is handed on. The first cell
# of checks takes one place at a time, for a single unit, so that you can follow with a pencil. Its letters
# are r = 0.75, z = 0.2 and n = 0.6; the old state is -1.4, and the candidate's sum from the hidden state is
# 3. The gradient that arrives is 10.

# %% id="backward-example" kind="setup"
unit_sums = {"r": log3, "z": -2 * log2, "x_n": log2 - 2.25, "h_n": 3.0, "h": -1.4}
unit = one_unit(**unit_sums, weight_hh=(0.0, 0.0, 0.5))


# %% id="gru-step-backward" kind="solution"
def gru_step_backward(grad_h, cache):
    """Gradients of the loss with respect to all arguments of gru_step_forward.

    Args:
        grad_h: array of shape (N, H), the gradient with respect to the new hidden state. It is not changed.
        cache: what gru_step_forward returned.

    Returns:
        grad_x: array of shape (N, D).
        grad_h_prev: array of shape (N, H), for the old hidden state.
        grad_weight_ih: array of shape (3 * H, D), in the order r, z, n, summed over the batch.
        grad_weight_hh: array of shape (3 * H, H), likewise.
        grad_bias_ih, grad_bias_hh: arrays of shape (3 * H,), likewise.
    """
    ### BEGIN SOLUTION
    x, h_prev, weight_ih, weight_hh, r, z, n, h_n = cache
    grad_n = grad_h * (1.0 - z) * (1.0 - n**2)  # these three with respect to what the letter was made from
    grad_z = grad_h * (h_prev - n) * z * (1.0 - z)
    grad_r = grad_n * h_n * r * (1.0 - r)
    grad_sums_x = np.concatenate([grad_r, grad_z, grad_n], axis=1)  # (N, 3H)
    grad_sums_h = np.concatenate([grad_r, grad_z, grad_n * r], axis=1)  # (N, 3H)
    return (
        grad_sums_x @ weight_ih,
        grad_sums_h @ weight_hh + grad_h * z,
        grad_sums_x.T @ x,
        grad_sums_h.T @ h_prev,
        grad_sums_x.sum(axis=0),
        grad_sums_h.sum(axis=0),
    )
    ### END SOLUTION


# %% [markdown] kind="hints" of="gru_step_backward"
# 1. By what factor does the new state depend on the candidate? On z? (z stands in two places.) And by what
#    factor, directly, on the old state?
# 2. First the candidate, and the sum inside its tanh. From there the way parts: the sum from the input gets
#    the gradient as it is, r gets it times the sum from the hidden state, and that sum gets it times r. From
#    each gate to its sum there is one more factor, the slope of the logistic function, `a * (1 - a)` with the
#    gate's own value `a`; the slope of a tanh is `1 - a**2`.
# 3. Put the gradients of the three sums from the input side by side, `(N, 3 * H)`, and those from the hidden
#    state too; the two arrays differ in one block. From there on each is a linear layer: times its weight as
#    it stands, it gives the gradient of what the weight multiplied; its transpose, times that input, gives
#    the gradient of the weight; its sum over the batch that of the bias. What is then still missing for the
#    old state contains no weight.

# %% id="test-gru-step-backward" kind="tests" points=2
### BEGIN HIDDEN TESTS
import torch


def step_gradients_by_torch(arguments, grad_h):
    """What automatic differentiation of the formulas gives, by name."""
    x, h, weight_ih, weight_hh, bias_ih, bias_hh = tensors = [
        torch.tensor(array, requires_grad=True) for array in arguments
    ]
    from_x = torch.nn.functional.linear(x, weight_ih, bias_ih).chunk(3, dim=1)
    from_h = torch.nn.functional.linear(h, weight_hh, bias_hh).chunk(3, dim=1)
    r, z = (torch.sigmoid(from_x[i] + from_h[i]) for i in range(2))
    new = torch.lerp(torch.tanh(torch.addcmul(from_x[2], r, from_h[2])), h, z)
    gradients = torch.autograd.grad((new * torch.from_numpy(grad_h)).sum(), tensors)
    return StepGradients(*(gradient.numpy() for gradient in gradients))


### END HIDDEN TESTS
check(
    forward_then_backward(gru_step_forward, gru_step_backward),
    **unit,
    grad_h=np.array([[10.0]]),
    view=only_block("bias_ih", "n"),
    expect=np.array([5.12]),  # 10 times 0.8, and the slope 1 - 0.6 * 0.6
    case="gradient of bias_ih, block of the candidate",
)
check(
    forward_then_backward(gru_step_forward, gru_step_backward),
    **unit,
    grad_h=np.array([[10.0]]),
    view=only_block("bias_hh", "n"),
    expect=np.array([3.84]),  # 5.12 times 0.75
    case="gradient of bias_hh, block of the candidate",
)
check(
    forward_then_backward(gru_step_forward, gru_step_backward),
    **unit,
    grad_h=np.array([[10.0]]),
    view=only_block("bias_ih", "z"),
    expect=np.array([-3.2]),  # 10 times -1.4 - 0.6, and the slope 0.2 * 0.8
    case="gradient of bias_ih, block of the update gate",
)
check(
    forward_then_backward(gru_step_forward, gru_step_backward),
    **unit,
    grad_h=np.array([[10.0]]),
    view=only_block("bias_ih", "r"),
    expect=np.array([2.88]),  # 5.12 times 3, and the slope 0.75 * 0.25
    case="gradient of bias_ih, block of the reset gate",
)
check(
    forward_then_backward(gru_step_forward, gru_step_backward),
    **unit,
    grad_h=np.array([[10.0]]),
    view=only_gradient("bias_hh"),
    expect=np.array([2.88, -3.2, 3.84]),
    case="gradient of bias_hh, all three blocks",
)
check(
    forward_then_backward(gru_step_forward, gru_step_backward, then=1.0 + unit["x"]),
    **unit,
    grad_h=np.array([[10.0]]),
    view=only_gradient("weight_ih"),
    expect=0.5 * np.array([[2.88], [-3.2], [5.12]]),  # x is 0.5
    case="gradient of weight_ih; in between, gru_step_forward ran on another input",
)
for weight_hh, ways, expected in (
    ((0.0, 0.0, 0.5), "directly and through the candidate", 3.92),  # 10 times 0.2, and 3.84 times 0.5
    ((0.0, 1.5, 0.0), "directly and through the update gate", -2.8),  # 10 times 0.2, and -3.2 times 1.5
    ((1.25, 0.0, 0.0), "directly and through the reset gate", 5.6),  # 10 times 0.2, and 2.88 times 1.25
    ((1.25, 1.5, 0.5), "all four ways", 2.72),
):
    check(
        forward_then_backward(gru_step_forward, gru_step_backward),
        **one_unit(**unit_sums, weight_hh=weight_hh),
        grad_h=np.array([[10.0]]),
        view=only_gradient("h_prev"),
        expect=np.array([[expected]]),
        case=f"gradient of h_prev, {ways}",
    )
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(31)
for n, d, size in ((1, 1, 1), (1, 3, 5), (1, 2, 4)):
    arguments = random_arguments(generator, n, d, size)
    grad_h = generator.normal(size=(n, size))
    right = step_gradients_by_torch(arguments, grad_h)
    for name in ("h_prev", "bias_ih", "bias_hh"):
        hidden_check(
            forward_then_backward(gru_step_forward, gru_step_backward),
            **dict(zip(step_arguments, arguments, strict=True)),
            grad_h=grad_h,
            view=only_gradient(name),
            expect=getattr(right, f"grad_{name}"),
            case=f"gradient of {name}, one example, D = {d}, H = {size}",
        )
### END HIDDEN TESTS

# %% id="test-gru-step-backward-all" kind="tests" points=3 of="gru_step_backward"
example = step_example(n=3, d=1, size=2) | {"grad_h": numbers(3, 2, first=210)}
right = StepGradients(
    grad_x=np.array([[-0.03942700], [0.44021008], [0.31533687]]),
    grad_h_prev=np.array([[0.49720209, 0.13030620], [-0.31147023, -1.66245665], [-0.02077552, 0.08892051]]),
    grad_weight_ih=np.array(
        [[0.06440773], [-0.04752666], [0.11164333], [0.38427455], [-0.90440460], [-0.58474859]]
    ),
    grad_weight_hh=np.array(
        [
            [-0.10363818, 0.08463726],
            [0.06911238, -0.03869873],
            [-0.10472205, -0.06169713],
            [-0.08423853, -0.52501143],
            [0.31494034, -0.07231476],
            [0.67304203, -0.57471846],
        ]
    ),
    grad_bias_ih=np.array([0.09354328, -0.05238428, 0.00614925, -0.37143205, -0.76401901, -0.55399039]),
    grad_bias_hh=np.array([0.09354328, -0.05238428, 0.00614925, -0.37143205, -0.20272701, -0.52186366]),
)
for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "x", "h_prev"):
    check(
        forward_then_backward(gru_step_forward, gru_step_backward),
        **example,
        view=only_gradient(name),
        expect=getattr(right, f"grad_{name}"),
        case=f"gradient of {name}: three examples, one feature, two units",
    )
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(32)
for n, d, size in ((2, 3, 5), (4, 7, 2), (3, 1, 4), (5, 2, 3), (3, 3, 3)):
    arguments = random_arguments(generator, n, d, size)
    grad_h = generator.normal(size=(n, size))
    hidden_check(
        forward_then_backward(gru_step_forward, gru_step_backward),
        **dict(zip(step_arguments, arguments, strict=True)),
        grad_h=grad_h,
        expect=step_gradients_by_torch(arguments, grad_h),
        case=f"all gradients of a step, N = {n}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 5. One step after the other
#
# The layer runs your step over all `T` steps of a batch of sequences, from step 0 to step T - 1, with one and
# the same set of weights. The hidden state goes from each step to the next, and nothing else does. What it
# returns are the hidden states of *all* steps, `output`. (PyTorch returns `h_n` as well, which is
# `output[:, -1]`.)

# %% id="sequence-examples" kind="setup"


def unit_sequence(x, r, z, x_n, h_n, *, h0):
    """Arguments of the layer with N = D = H = 1, these inputs, and the same sums at each step."""
    step = one_unit(r, z, x_n, h_n, h=h0)
    return {"x": np.array(x).reshape(1, -1, 1), "h0": step["h_prev"], **dict(list(step.items())[2:])}


def sequence_example(n, steps, d, size):
    """Arguments of the layer with N = n, T = steps, D = d and H = size."""
    step = step_example(n, d, size)
    return {"x": numbers(n, steps, d, first=200), "h0": step["h_prev"], **dict(list(step.items())[2:])}


# %% id="gru-forward" kind="solution"
def gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Run a GRU over a batch of sequences. None of the arguments is changed.

    Args:
        x: array of shape (N, T, D), the inputs of all steps; T is at least 1.
        h0: array of shape (N, H), the hidden state before step 0.
        weight_ih: array of shape (3 * H, D), the same at all steps, in the order r, z, n.
        weight_hh: array of shape (3 * H, H), likewise.
        bias_ih, bias_hh: arrays of shape (3 * H,), likewise.

    Returns:
        output: array of shape (N, T, H), the hidden states after steps 0 to T - 1.
        cache: anything that gru_backward needs.
    """
    ### BEGIN SOLUTION
    h, hidden, caches = h0, [], []
    for t in range(x.shape[1]):
        h, cache = gru_step_forward(x[:, t], h, weight_ih, weight_hh, bias_ih, bias_hh)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), caches
    ### END SOLUTION


# %% [markdown] kind="hints" of="gru_forward"
# 1. Which axis of `x` is time? What does step 3 need that step 2 has made?
# 2. A loop over the steps calls `gru_step_forward`, and hands on the hidden state. Before the first step it
#    is `h0`. Each step has a cache of its own: keep all of them.
# 3. `x[:, t]` is the input of step `t`, of shape `(N, D)`. Collect the hidden states in a list; `np.stack`
#    puts them side by side along a new axis, and you say where that axis goes. The list of caches can be the
#    cache.

# %% id="test-gru-forward" kind="tests" points=2
### BEGIN HIDDEN TESTS
import torch


def layer_by_torch(arguments):
    """PyTorch's layer: its tensors and the hidden states of all steps."""
    x, h0, *parameters = tensors = [torch.tensor(array, requires_grad=True) for array in arguments]
    layer = torch.nn.GRU(x.shape[2], h0.shape[1], batch_first=True, dtype=torch.float64)
    names = [name for name, _ in layer.named_parameters()]
    given = dict(zip(names, parameters, strict=True))
    output, _ = torch.func.functional_call(layer, given, (x, h0.unsqueeze(0)))
    return tensors, output


### END HIDDEN TESTS
check(
    gru_forward,
    *(
        unit_sequence([log2, -log3], r=OPEN, z=log3, x_n=0.0, h_n=0.0, h0=8.0)
        | {"weight_ih": np.array([[0.0], [0.0], [1.0]])}
    ).values(),
    view=without_cache,
    expect=np.array([[[6.15], [4.4125]]]),
    case="two steps, the update gate at 0.75, the candidate at 0.6 and then at -0.8",
)
check(
    gru_forward,
    *unit_sequence([0.5, -1.0, 2.0], r=SHUT, z=log3, x_n=0.0, h_n=0.0, h0=8.0).values(),
    view=without_cache,
    expect=np.array([[[6.0], [4.5], [3.375]]]),
    case="three steps, the update gate at 0.75, the candidate at 0",
)
check(
    gru_forward,
    *sequence_example(n=2, steps=1, d=3, size=2).values(),
    view=without_cache,
    expect=np.array([[[0.09986456, 0.68197178]], [[0.46869205, 0.77259365]]]),
    case="one step of two sequences",
)
check(
    gru_forward,
    *sequence_example(n=2, steps=3, d=1, size=2).values(),
    view=without_cache,
    expect=np.array(
        [
            [[-0.92645946, 0.89113517], [-0.44791395, 0.08871936], [-0.79599999, 0.51388688]],
            [[0.52293844, 1.06593018], [-0.64340173, -0.30652203], [-0.28188829, -0.15579858]],
        ]
    ),
    case="three steps of two sequences",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(41)
for n, steps, d, size in (
    (1, 1, 1, 1),
    (2, 3, 5, 4),
    (3, 6, 2, 5),
    (4, 2, 3, 1),
    (1, 5, 4, 2),
    (5, 4, 1, 3),
    (3, 12, 3, 3),
):
    arguments = random_arguments(generator, n, d, size, steps)
    hidden_check(
        gru_forward,
        *arguments,
        view=without_cache,
        expect=layer_by_torch(arguments)[1].detach().numpy(),
        case=f"sequences, N = {n}, T = {steps}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 6. Back through time
#
# The loss tells how it would change with each hidden state: `grad_output`, of shape `(N, T, H)`. Go back from
# step T - 1 to step 0. Two gradients meet at each hidden state: its own row of `grad_output`, and what comes
# from the step after it.
#
# The weights were used at every step. What becomes of their gradients?


# %% id="gru-backward" kind="solution"
def gru_backward(grad_output, cache):
    """Gradients of the loss with respect to all arguments of gru_forward.

    Args:
        grad_output: array of shape (N, T, H), the gradient with respect to the hidden states of all steps,
            each without the part that comes through later steps. It is not changed.
        cache: what gru_forward returned.

    Returns:
        grad_x: array of shape (N, T, D).
        grad_h0: array of shape (N, H).
        grad_weight_ih: array of shape (3 * H, D), summed over the batch and all steps.
        grad_weight_hh: array of shape (3 * H, H), likewise.
        grad_bias_ih, grad_bias_hh: arrays of shape (3 * H,), likewise.
    """
    ### BEGIN SOLUTION
    grad_h, grad_x, totals = 0.0, [], [0.0, 0.0, 0.0, 0.0]
    for t in reversed(range(len(cache))):
        grad_x_t, grad_h, *parts = gru_step_backward(grad_output[:, t] + grad_h, cache[t])
        grad_x.append(grad_x_t)
        totals = list(map(np.add, totals, parts))
    return np.stack(grad_x[::-1], axis=1), grad_h, *totals
    ### END SOLUTION


# %% [markdown] kind="hints" of="gru_backward"
# 1. What arrives at the hidden state of the last step? And at that of the step before it, from two sides?
# 2. A loop over the steps, backwards, calls `gru_step_backward` with the cache of that step. Of the six
#    gradients it returns, one is handed to the step before, one belongs to this step's input, and four to the
#    weights and biases that all steps share.
# 3. What is shared gets the sum: begin with zeros and add at each step. The gradient that is handed on is
#    replaced at each step, and what is left of it after step 0 belongs to `h0`. Add a step's row of
#    `grad_output` to the gradient handed on into a new array; writing into `grad_output` would change the
#    caller's.

# %% id="test-gru-backward" kind="tests" points=2
### BEGIN HIDDEN TESTS
import torch


def gradients_by_torch(arguments, grad_output):
    """What automatic differentiation of PyTorch's layer gives, by name."""
    tensors, output = layer_by_torch(arguments)
    gradients = torch.autograd.grad((output * torch.from_numpy(grad_output)).sum(), tensors)
    return Gradients(*(gradient.numpy() for gradient in gradients))


### END HIDDEN TESTS
one_step = {"x": np.array([[[0.5]]]), "h0": np.array([[-1.4]])} | dict(list(unit.items())[2:])
check(
    forward_then_backward(gru_forward, gru_backward),
    **one_step,
    grad_output=np.array([[[10.0]]]),
    view=only_gradient("bias_ih"),
    expect=np.array([2.88, -3.2, 5.12]),  # as above
    case="gradient of bias_ih: one step",
)
check(
    forward_then_backward(gru_forward, gru_backward, then=1.0 + one_step["x"]),
    **one_step,
    grad_output=np.array([[[10.0]]]),
    view=only_gradient("weight_ih"),
    expect=0.5 * np.array([[2.88], [-3.2], [5.12]]),
    case="gradient of weight_ih; in between, gru_forward ran on another sequence",
)
path = unit_sequence([0.5, -1.0, 2.0], r=SHUT, z=2 * log2, x_n=0.0, h_n=0.0, h0=1.5)
check(
    forward_then_backward(gru_forward, gru_backward),
    **path,
    grad_output=np.array([[[5.0], [-20.0], [10.0]]]),
    view=only_gradient("h0"),
    expect=np.array([[-3.68]]),  # 5 times 0.8, -20 times 0.8 twice, 10 times 0.8 three times
    case="gradient of h0: three steps with an update gate of 0.8; all outputs have a gradient",
)
check(
    forward_then_backward(gru_forward, gru_backward),
    **path,
    grad_output=np.array([[[0.0], [0.0], [10.0]]]),
    view=only_gradient("h0"),
    expect=np.array([[5.12]]),  # 10 times 0.8, three times
    case="gradient of h0: three steps with an update gate of 0.8; only the last output has a gradient",
)
check(
    forward_then_backward(gru_forward, gru_backward),
    **path,
    grad_output=np.array([[[0.0], [0.0], [10.0]]]),
    view=only_gradient("weight_ih"),
    expect=np.array([[0.0], [2.304], [3.04]]),
    case="gradient of weight_ih: three steps with an update gate of 0.8",
)
two_steps = {
    "x": np.array([[[0.5], [-1.0]]]),
    "h0": np.array([[0.75]]),
    "weight_ih": np.array([[0.5], [-1.0], [1.5]]),
    "weight_hh": np.array([[1.0], [-0.5], [2.0]]),
    "bias_ih": np.array([0.2, 1.0, -0.3]),
    "bias_hh": np.array([0.4, 0.5, -0.6]),
}
check(
    forward_then_backward(gru_forward, gru_backward),
    **two_steps,
    grad_output=np.array([[[-20.0], [10.0]]]),
    view=only_gradient("x"),
    expect=np.array([[[-2.08499081], [-0.93215708]]]),
    case="gradient of x: two steps; both outputs have a gradient",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(51)
for n, steps, d, size in ((1, 1, 1, 1), (2, 3, 5, 4), (3, 5, 2, 1)):
    arguments = random_arguments(generator, n, d, size, steps)
    grad_output = generator.normal(size=(n, steps, size))
    right = gradients_by_torch(arguments, grad_output)
    for name in ("x", "h0"):
        hidden_check(
            forward_then_backward(gru_forward, gru_backward),
            **dict(zip(layer_arguments, arguments, strict=True)),
            grad_output=grad_output,
            view=only_gradient(name),
            expect=getattr(right, f"grad_{name}"),
            case=f"gradient of {name}, N = {n}, T = {steps}, D = {d}, H = {size}",
        )
### END HIDDEN TESTS

# %% id="test-gru-backward-all" kind="tests" points=2 of="gru_backward"
example = sequence_example(n=2, steps=3, d=1, size=1) | {"grad_output": numbers(2, 3, 1, first=230)}
right = Gradients(
    grad_x=np.array(
        [[[-0.15100354], [0.31147071], [-0.05734657]], [[-0.03087912], [-0.18732107], [-0.77604061]]]
    ),
    grad_h0=np.array([[1.10982960], [0.05282310]]),
    grad_weight_ih=np.array([[0.04279134], [-0.31279555], [0.00229987]]),
    grad_weight_hh=np.array([[-0.06261753], [-0.38847519], [0.05292489]]),
    grad_bias_ih=np.array([-0.15295597, -0.13188140, 0.52291461]),
    grad_bias_hh=np.array([-0.15295597, -0.13188140, 0.10721587]),
)
for name in ("h0", "x", "bias_ih", "bias_hh", "weight_ih", "weight_hh"):
    check(
        forward_then_backward(gru_forward, gru_backward),
        **example,
        view=only_gradient(name),
        expect=getattr(right, f"grad_{name}"),
        case=f"gradient of {name}: three steps of two sequences, one feature, one unit",
    )
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(52)
for n, steps, d, size in (
    (2, 3, 5, 4),
    (3, 6, 2, 5),
    (4, 2, 3, 1),
    (1, 5, 4, 2),
    (5, 4, 1, 3),
    (3, 12, 3, 3),
):
    arguments = random_arguments(generator, n, d, size, steps)
    grad_output = generator.normal(size=(n, steps, size))
    hidden_check(
        forward_then_backward(gru_forward, gru_backward),
        **dict(zip(layer_arguments, arguments, strict=True)),
        grad_output=grad_output,
        expect=gradients_by_torch(arguments, grad_output),
        case=f"all gradients, N = {n}, T = {steps}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 7. Which letter comes next?
#
# Everything is there to train a GRU on real text. `docstrings.txt` holds sentences from the documentation of
# Python's standard library, NumPy and PyTorch, one in each line; the end of a line is a letter too. The task
# is that of the exercises `rnn` and `lstm`, with the same text and the same loss.
#
# The next cell mixes the lines and cuts the text into 16 streams, which are read side by side, 25 letters at
# a time. The state is handed on from one piece to the next: that is what `h0` is for. A letter goes in as a
# one-hot vector, and a linear layer turns each hidden state into a score for each letter that may come next.

# %% id="corpus" kind="setup" capstone=true
from pathlib import Path

import matplotlib.pyplot as plt

lines = Path("docstrings.txt").read_text("utf-8").splitlines()
mixed = "\n".join(lines[i] for i in np.random.default_rng(0).permutation(len(lines)))
letters = sorted(set(mixed))  # id -> letter
N, T, V, H, num_pieces = 16, 25, len(letters), 40, 800
number = {letter: i for i, letter in enumerate(letters)}  # letter -> id
ids = np.array([number[letter] for letter in mixed[: N * T * num_pieces + 50_001]])
held_out, read = ids[:50_001], ids[50_000:]
held_out_x, held_out_next = held_out[:-1].reshape(50, -1), held_out[1:].reshape(50, -1)  # (50, 1000)
read_x, read_next = read[:-1].reshape(N, -1), read[1:].reshape(N, -1)  # (N, T * num_pieces)


def one_hot(ids):
    """One-hot vectors, of shape ids.shape + (V,)."""
    return np.eye(V)[ids]


def next_letter_loss(output, next_ids, weight, bias):
    """Mean cross-entropy over all sentences and steps, and the gradients of output, weight and bias."""
    scores = output @ weight.T + bias  # (N, T, V)
    shares = np.exp(scores - scores.max(axis=2, keepdims=True))
    shares /= shares.sum(axis=2, keepdims=True)
    right = one_hot(next_ids)
    loss = -np.log(np.maximum((shares * right).sum(axis=2), 1e-300)).mean()
    grad_scores = (shares - right) / next_ids.size
    grad_weight = np.tensordot(grad_scores, output, axes=((0, 1), (0, 1)))
    return loss, grad_scores @ weight, grad_weight, grad_scores.sum(axis=(0, 1))


def start(generator, *shapes):
    """Fresh parameters of these shapes, drawn as PyTorch does for layers with the hidden size H."""
    return [generator.uniform(-1, 1, size=shape) / np.sqrt(H) for shape in shapes]


print(f"{V} letters; the text begins: {mixed[:60]!r}")

# %% [markdown]
# The exercises `rnn` and `lstm` train layers of 40 units too. How many parameters has each of the three? And
# how many units could an RNN and an LSTM have, if they were to have no more parameters than the GRU?

# %% id="counts" kind="run" capstone=true
budget = parameter_count("GRU", V, H)
counts, units = {}, {}
for kind in ("RNN", "GRU", "LSTM"):
    counts[kind] = parameter_count(kind, V, H)
    units[kind] = max(size for size in range(1, 200) if parameter_count(kind, V, size) <= budget)
    print(f"{kind:5} {counts[kind]:6} parameters with {H} units; at most {budget} with {units[kind]} units")

# %% [markdown]
# How good can a guess be that looks at nothing, or at one letter only? The losses of two tables of counts, as
# perplexities: among how many equally likely letters would one have to choose, to guess as well?

# %% id="tables" kind="run" capstone=true
pairs = np.ones((V, V))  # (before, next), each counted once more than it comes
np.add.at(pairs, (read[:-1], read[1:]), 1)
alone = pairs.sum(axis=0) / pairs.sum()
given_one = pairs / pairs.sum(axis=1, keepdims=True)
perplexity = {
    "letter frequencies": np.exp(-np.log(alone[held_out_next]).mean()),
    "one letter before": np.exp(-np.log(given_one[held_out_x, held_out_next]).mean()),
}
for name, guess in perplexity.items():
    print(f"{name:20} {guess:5.2f}")

# %% [markdown]
# Now train, with your two functions and plain gradient descent. What loss do you expect at the very first
# piece, with nothing learned?
#
# This takes some seconds with one loop over the steps. (If your functions also loop over the examples, it may
# take minutes; with loops over each value of the state, hours. A course usually gives a cell one minute: for
# the last points, let matrix products do what such loops do.)

# %% id="train" kind="run" capstone=true
generator = np.random.default_rng(0)
parameters = start(generator, (3 * H, V), (3 * H, H), 3 * H, 3 * H, (V, H), V)  # the last two: linear layer
h, losses = np.zeros((N, H)), []
for piece in range(num_pieces):
    here = slice(piece * T, piece * T + T)
    output, cache = gru_forward(one_hot(read_x[:, here]), h, *parameters[:4])
    h = output[:, -1]
    loss, grad_output, *grad_linear = next_letter_loss(output, read_next[:, here], *parameters[4:])
    _, _, *grad_gru = gru_backward(grad_output, cache)
    learning_rate = 5.0 * (1 - piece / num_pieces)
    for parameter, gradient in zip(parameters, [*grad_gru, *grad_linear], strict=True):
        parameter -= learning_rate * gradient
    losses.append(float(loss))

output, _ = gru_forward(one_hot(held_out_x), np.zeros((50, H)), *parameters[:4])
perplexity["GRU"] = np.exp(next_letter_loss(output, held_out_next, *parameters[4:])[0])
print(f"{'GRU':20} {perplexity['GRU']:5.2f}")

# %% id="curve" kind="run" capstone=true
figure, axes = plt.subplots(figsize=(6, 3))
axes.plot(losses, linewidth=0.8)
axes.axhline(np.log(perplexity["one letter before"]), color="gray", linestyle="dotted")
axes.set(xlabel="piece", ylabel="loss (dotted: one letter before)")

# %% [markdown]
# Let it write. It draws a letter, reads it, and draws the next. Only the state knows what has been written.
# If you have done the exercises `rnn` and `lstm`, compare the perplexities, with the counts above beside
# them.

# %% id="write" kind="run" capstone=true
generator = np.random.default_rng(2)
h, letter, written = np.zeros((1, H)), letters.index("\n"), ""
for _ in range(300):
    h, _ = gru_step_forward(one_hot(np.array([letter])), h, *parameters[:4])
    scores = (h @ parameters[4].T + parameters[5])[0]
    shares = np.exp(scores - scores.max())
    letter = generator.choice(V, p=shares / shares.sum())
    written += letters[letter]
print(written)

# %% [markdown]
# ## 8. Right weights, wrong formula
#
# The weights that you have trained belong to PyTorch's form. Every array also fits into the other layer, and
# nothing stops you. What happens to the guesses if the trained weights are run with the reset gate before the
# product? And if the blocks are taken to stand in the order z, r, n, as another program would store them?
# Guess first: which of the two does more harm?

# %% id="wrong-formula" kind="run" capstone=true


def perplexity_with(step, weights):
    """Perplexity on the held-out text, read by `step`, which returns the new state."""
    h, hidden = np.zeros((50, H)), []
    for t in range(held_out_x.shape[1]):
        h = step(one_hot(held_out_x[:, t]), h, *weights)
        hidden.append(h)
    return np.exp(next_letter_loss(np.stack(hidden, axis=1), held_out_next, *parameters[4:])[0])


z_first = [np.concatenate([array[H : 2 * H], array[:H], array[2 * H :]]) for array in parameters[:4]]
perplexity["reset after"] = perplexity_with(lambda *given: gru_step_forward(*given)[0], parameters[:4])
perplexity["reset before"] = perplexity_with(gru_step_reset_before, parameters[:4])
perplexity["blocks z, r, n"] = perplexity_with(lambda *given: gru_step_forward(*given)[0], z_first)
for name, guess in perplexity.items():
    print(f"{name:20} {guess:8.2f}")

# %% id="test-text-and-formula" kind="tests" points=2 of="gru_backward" capstone=true
assert "GRU" in perplexity, "First run the cell that trains; it needs both functions of the layer."
assert len(losses) == num_pieces, f"There should be one loss for each of {num_pieces} pieces."
assert abs(losses[0] - np.log(V)) < 0.3, (
    f"The first loss should be near log {V}, that is {np.log(V):.2f}; got {losses[0]:.2f}."
)
table = perplexity["one letter before"]
assert perplexity["GRU"] < 0.75 * table, (
    f"The GRU should clearly beat the table, whose perplexity is {table:.2f}; got {perplexity['GRU']:.2f}."
)
assert set(perplexity) >= {"reset after", "reset before", "blocks z, r, n"}, (
    "Run the cell that reads with the wrong formula; it needs gru_step_reset_before."
)
assert abs(perplexity["reset after"] / perplexity["GRU"] - 1) < 1e-6, (
    "Step by step, your layer should guess as it did in one go."
)
for name, factor in (("reset before", 1.05), ("blocks z, r, n", 1.3)):
    assert perplexity[name] > factor * perplexity["GRU"], (
        f"With the wrong formula ({name}) the perplexity should clearly rise; got {perplexity[name]:.2f}."
    )
assert counts == {"RNN": 2840, "GRU": 8520, "LSTM": 11360}, "Run the cell that counts the parameters."

# %% [markdown]
# Nothing failed and no shape was wrong; the perplexities alone tell. With the blocks in another order the
# guesses are no better than those of the table that looks at one letter only. The other place of the reset
# gate does less harm, and is the harder to notice: without the right number beside it, you would take the
# layer for one that was trained a little less. Weights and formula belong together; what would you compare
# before you trust weights from elsewhere?
