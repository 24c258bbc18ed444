# %% [markdown]
# # An LSTM, and the way back through its gates
#
# An RNN makes its whole state anew at each step. An LSTM keeps a second state, the cell state, which is
# multiplied by a gate and added to, and it shows a part of it as its hidden state. That is four blocks of
# weights, two states, and on the way back two gradients that meet at every step.
#
# You write one step of an LSTM and its gradient, then the layer that runs the step over a sequence and its
# gradient through time. In the last part your layer learns to write docstrings letter by letter, and you
# measure how far a gradient gets in it, beside an RNN.
#
# Letters used throughout, as in the book: `N` is the size of the batch, `T` the number of steps, `D` the
# number of features that go in at each step, `H` the hidden size. What stands inside a logistic function or a
# tanh is called a **sum**. All four sums come from stacked weights, in PyTorch's order **i, f, g, o**: input
# gate, forget gate, candidate, output gate.
#
# Write a function, then run the cell of checks below it. A failing check says what it called and what came
# out wrong; if the mistake is a known one, it also says which, and where the book explains it.
#
# A forward function returns its outputs and, as the last value, a **cache**: whatever its backward function
# will want to know. What is in it is up to you; no check looks inside. An LSTM has two outputs, so its
# forward functions return three values, and its backward functions take two gradients and the cache.

# %% id="setup" kind="setup"
from collections import namedtuple

import numpy as np
from check import ANY, check

StepOutput = namedtuple("StepOutput", "h c cache")
Output = namedtuple("Output", "output c_n cache")
step_arguments = ("x", "h_prev", "c_prev", "weight_ih", "weight_hh", "bias_ih", "bias_hh")
layer_arguments = ("x", "h0", "c0", "weight_ih", "weight_hh", "bias_ih", "bias_hh")
StepGradients = namedtuple("StepGradients", [f"grad_{name}" for name in step_arguments])
Gradients = namedtuple("Gradients", [f"grad_{name}" for name in layer_arguments])
checked_pairs = {}


def sigmoid(sums):
    """The logistic function 1 / (1 + exp(-s)), number by number; yours to use."""
    return 0.5 * (1.0 + np.tanh(0.5 * sums))


def only_value(position, of=3):
    """A view on one of the values that a function returned."""

    def view(result):
        if not (isinstance(result, tuple | list) and len(result) == of):
            got = f"{len(result)} values" if isinstance(result, tuple | list) else type(result).__name__
            raise TypeError(f"{of} values should be returned; got {got}")
        return result[position]

    return view


def without_cache(result):
    """The two outputs of a forward function, without its cache, which may be anything."""
    return only_value(0)(result), only_value(1)(result), None


def only_gradient(name):
    """A view on the gradient of one argument."""
    names = step_arguments if name in step_arguments else layer_arguments
    return only_value(names.index(name), of=7)


def only_block(letter):
    """A view on the part of bias_ih's gradient that belongs to one of i, f, g, o."""

    def view(result):
        gradient = only_gradient("bias_ih")(result)
        if not isinstance(gradient, np.ndarray):
            return gradient
        size, number = gradient.shape[-1] // 4, "ifgo".index(letter)
        return gradient[..., number * size : (number + 1) * size]

    return view


def forward_then_backward(forward, backward, then=None):
    """A function that runs `forward`, hands its cache to `backward`, and returns what `backward` returns.

    With `then`, `forward` also runs on that, in between: the cache that it gave before has to stay as it was.
    """

    def gradients(**given):
        inputs = [array.copy() for name, array in given.items() if not name.startswith("grad_")]
        grad_outputs = [array for name, array in given.items() if name.startswith("grad_")]
        try:
            result = forward(*inputs)
            if then is not None:
                forward(then.copy(), *(array.copy() for array in inputs[1:]))
        except NotImplementedError:
            problem = f"{forward.__name__} is not written yet, and the cache comes from it"
            raise RuntimeError(problem) from None
        if not (isinstance(result, tuple | list) and len(result) == 3):
            problem = f"{forward.__name__} should return three values, the last of them the cache"
            raise TypeError(problem)
        return backward(*grad_outputs, result[2])

    gradients.__name__ = backward.__name__
    # One and the same for the same two.
    return checked_pairs.setdefault((forward, backward), gradients) if then is None else gradients


# %% [markdown]
# ## 1. How many numbers does an LSTM learn?
#
# Before you compute with weights, count them. Each of the four blocks has a matrix for the input, one for the
# hidden state, and two biases. With `num_layers` above 1, LSTMs are stacked: the second reads the hidden
# states of the first, and so on.


# %% id="parameter-count" kind="solution"
def parameter_count(input_size, hidden_size, num_layers=1, bias=True):
    """Number of parameters of PyTorch's nn.LSTM(input_size, hidden_size, num_layers, bias).

    Args:
        input_size: D, the number of features that go in at each step.
        hidden_size: H, the number of features of a hidden state.
        num_layers: how many LSTMs are stacked; each has the hidden size H.
        bias: whether there are biases; if so, each LSTM has both bias_ih and bias_hh.

    Returns:
        the number of all numbers in all weights and biases, a whole number.
    """
    ### BEGIN SOLUTION
    total = 0
    for layer in range(num_layers):
        features = input_size if layer == 0 else hidden_size
        total += 4 * hidden_size * (features + hidden_size + (2 if bias else 0))
    return total
    ### END SOLUTION


# %% [markdown] kind="hints" of="parameter_count"
# 1. What are the shapes of `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh` of one LSTM?
# 2. Four blocks of `H` rows stand on top of each other, so each of the four arrays has `4 * H` rows. How many
#    columns has each of the two matrices? Add up the four sizes.
# 3. For a stack, do the same for each LSTM. Only the first sees `D` features; what do the others see in its
#    place? Without biases, the two bias vectors do not exist at all.

# %% id="test-parameter-count" kind="tests" points=2
check(parameter_count, 2, 3, expect=84, case="2 features, 3 units")
check(parameter_count, 5, 8, expect=480, case="5 features, 8 units")
check(parameter_count, 5, 8, 1, False, expect=416, case="5 features, 8 units, no biases")
check(parameter_count, 5, 8, 3, expect=1632, case="5 features, 8 units, three layers")
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for sizes in ((10, 20), (7, 3), (2, 11), (4, 4), (6, 5, 2), (3, 9, 4), (8, 2, 1, False), (5, 7, 3, False)):
    layer = torch.nn.LSTM(*sizes)
    hidden_check(
        parameter_count,
        *sizes,
        expect=sum(parameter.numel() for parameter in layer.parameters()),
        case=f"parameters of LSTM{sizes}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2. What is kept, what is added, what is shown?
#
# One step. All four letters are computed from the input and the *old* hidden state; then
#
# $$
# \mathbf{c}_t = \mathbf{f}_t \odot \mathbf{c}_{t-1} + \mathbf{i}_t \odot \mathbf{g}_t, \qquad
# \mathbf{h}_t = \mathbf{o}_t \odot \tanh(\mathbf{c}_t) .
# $$
#
# The checks take one gate at a time. The next cell holds what they use: a step of a single unit whose four
# sums are set by hand. Some values are good to know: $\sigma(\ln 3) = 0.75$, $\sigma(-\ln 3) = 0.25$,
# $\sigma(\ln 4) = 0.8$, $\tanh(\ln 2) = 0.6$, $\tanh(\ln 3) = 0.8$. A sum of -40 shuts a gate, one of 40
# opens it.

# %% id="step-examples" kind="setup"
SHUT, OPEN = -40.0, 40.0
log2, log3 = np.log(2.0), np.log(3.0)


def one_unit(i, f, g, o, *, c, bias_hh=0.0):
    """Arguments of a step with N = D = H = 1 and these four sums; they come from the biases alone."""
    sums, bias_hh = np.array([i, f, g, o]), np.full(4, bias_hh)
    return {
        "x": np.array([[0.5]]),
        "h_prev": np.array([[-0.75]]),
        "c_prev": np.array([[c]]),
        "weight_ih": np.zeros((4, 1)),
        "weight_hh": np.zeros((4, 1)),
        "bias_ih": sums - bias_hh,
        "bias_hh": bias_hh,
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
        "c_prev": numbers(n, size, first=40),
        "weight_ih": numbers(4 * size, d, first=60),
        "weight_hh": numbers(4 * size, size, first=100),
        "bias_ih": numbers(4 * size, first=150),
        "bias_hh": numbers(4 * size, first=180),
    }


# %% id="lstm-step-forward" kind="solution"
def lstm_step_forward(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """One step of an LSTM. None of the arguments is changed.

    Args:
        x: array of shape (N, D), the input of this step.
        h_prev: array of shape (N, H), the hidden state of the step before.
        c_prev: array of shape (N, H), the cell state of the step before.
        weight_ih: array of shape (4 * H, D), from the input to the sums, in blocks of H rows:
            i, f, g, o.
        weight_hh: array of shape (4 * H, H), from the hidden state to the sums, in the same order.
        bias_ih, bias_hh: arrays of shape (4 * H,), both added to the sums.

    Returns:
        h: array of shape (N, H), the new hidden state.
        c: array of shape (N, H), the new cell state.
        cache: anything that lstm_step_backward needs.
    """
    ### BEGIN SOLUTION
    sums = x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T + bias_hh  # (N, 4H)
    sum_i, sum_f, sum_g, sum_o = np.split(sums, 4, axis=1)  # each (N, H)
    i, f, g, o = sigmoid(sum_i), sigmoid(sum_f), np.tanh(sum_g), sigmoid(sum_o)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c, (x, h_prev, c_prev, weight_ih, weight_hh, i, f, g, o, c)
    ### END SOLUTION


# %% [markdown] kind="hints" of="lstm_step_forward"
# 1. There are four sums for each unit of each example. What shape do all of them together have, and which two
#    products of matrices make it?
# 2. Compute all sums at once, then cut them into four blocks along the axis of the units. Three of the blocks
#    go through `sigmoid`, one through `np.tanh`: which? Only then do the states come into play.
# 3. The product of the input with the transposed `weight_ih`, the same for the old hidden state and
#    `weight_hh`, and both biases: add them. `np.split` cuts an array into equal parts along an axis. The new
#    cell state needs the *old* one, the new hidden state needs the *new* one. For the cache, keep what went
#    in, the four letters, and the new cell state.

# %% id="test-lstm-step-forward" kind="tests" points=2
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check


def random_arguments(generator, n, d, size, *steps):
    """Arguments with numbers of both signs, some of them large enough for the gates to shut."""
    shapes = ((n, *steps, d), (n, size), (n, size), (4 * size, d), (4 * size, size), (4 * size,), (4 * size,))
    return [1.3 * generator.normal(size=shape) for shape in shapes]


def step_by_torch(x, h, c, *parameters):
    """Hidden and cell state after one step of PyTorch's cell."""
    cell = torch.nn.LSTMCell(x.shape[1], h.shape[1], dtype=torch.float64)
    for parameter, array in zip(cell.parameters(), parameters, strict=True):
        parameter.data = torch.from_numpy(array)
    after = cell(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c)))
    return [state.detach().numpy() for state in after]


### END HIDDEN TESTS
check(
    lstm_step_forward,
    *one_unit(i=SHUT, f=log3, g=log2, o=-log3, c=8.0).values(),
    view=only_value(1),
    expect=np.array([[6.0]]),
    case="cell state: the forget gate alone, at 0.75",
)
check(
    lstm_step_forward,
    *one_unit(i=log3, f=SHUT, g=log2, o=-log3, c=8.0).values(),
    view=only_value(1),
    expect=np.array([[0.45]]),
    case="cell state: input gate at 0.75, candidate at 0.6",
)
check(
    lstm_step_forward,
    *one_unit(i=log3, f=-log3, g=-log2, o=log2, c=8.0).values(),
    view=only_value(1),
    expect=np.array([[1.55]]),
    case="cell state: three gates and a negative candidate",
)
check(
    lstm_step_forward,
    *one_unit(i=log3, f=-log3, g=-log2, o=log2, c=8.0, bias_hh=[0.25, -0.5, 1.0, 0.75]).values(),
    view=only_value(1),
    expect=np.array([[1.55]]),
    case="cell state: the same sums from both biases",
)
check(
    lstm_step_forward,
    np.array([[0.5]]),
    np.array([[0.4]]),
    np.array([[2.0]]),
    np.array([[1.0], [2.0], [-1.0], [0.5]]),
    np.array([[0.5], [-1.0], [1.0], [2.0]]),
    np.array([-1.0, 0.5, 0.2, 0.1]),
    np.array([0.3, 0.4, -0.6, 0.0]),
    view=only_value(1),
    expect=np.array([[1.40409037]]),
    case="cell state: the step that the chapter computes in numbers",
)
check(
    lstm_step_forward,
    *step_example(n=3, d=1, size=2).values(),
    view=only_value(1),
    expect=np.array([[-0.17739274, 0.83235734], [-0.47067076, 1.17992315], [-0.14220524, 0.84909229]]),
    case="cell state: three examples, one feature, two units",
)
### BEGIN HIDDEN TESTS
generator = np.random.default_rng(21)
for n, d, size in ((1, 1, 1), (2, 3, 5), (4, 7, 2), (3, 1, 4), (5, 2, 3), (3, 3, 3)):
    arguments = random_arguments(generator, n, d, size)
    hidden_check(
        lstm_step_forward,
        *arguments,
        view=only_value(1),
        expect=step_by_torch(*arguments)[1],
        case=f"cell state, N = {n}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% id="test-lstm-step-forward-hidden" kind="tests" points=1 of="lstm_step_forward"
check(
    lstm_step_forward,
    *one_unit(i=SHUT, f=OPEN, g=-log3, o=-log3, c=log3).values(),
    view=only_value(0),
    expect=np.array([[0.2]]),
    case="hidden state: output gate at 0.25, tanh of the cell state at 0.8",
)
check(
    lstm_step_forward,
    *one_unit(i=SHUT, f=log3, g=0.0, o=-log3, c=-4.0 / 3.0 * log3).values(),
    view=only_value(0),
    expect=np.array([[-0.2]]),
    case="hidden state: a cell state that the forget gate has changed",
)
check(
    lstm_step_forward,
    *step_example(n=3, d=1, size=2).values(),
    view=without_cache,
    expect=StepOutput(
        h=np.array([[-0.17497143, 0.05794114], [-0.41881124, 0.10460246], [-0.13476147, 0.15646583]]),
        c=np.array([[-0.17739274, 0.83235734], [-0.47067076, 1.17992315], [-0.14220524, 0.84909229]]),
        cache=ANY,
    ),
    case="both states: three examples, one feature, two units",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(22)
for n, d, size in ((1, 1, 1), (2, 3, 5), (4, 7, 2), (3, 1, 4), (5, 2, 3), (3, 3, 3)):
    arguments = random_arguments(generator, n, d, size)
    hidden_check(
        lstm_step_forward,
        *arguments,
        view=without_cache,
        expect=StepOutput(*step_by_torch(*arguments), ANY),
        case=f"both states, N = {n}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Where do two gradients meet?
#
# Now back through one step. Two gradients arrive: `grad_h` at the new hidden state, from the layer above and
# from the next step; and `grad_c` at the new cell state, from the next step alone. But the cell state is also
# *shown*: whatever arrives at the hidden state reaches it too, through the output gate and the tanh. So at
# the new cell state two gradients meet. Of their sum, the forget gate, the old cell state, the input gate and
# the candidate get their parts.
#
# Draw the step on paper before you write, with all arrows, and go back along each. Seven arguments went in,
# so seven gradients come out.
#
# To check a backward function, your forward function runs first, and its cache is handed on. So put the
# forward function right before you look for a mistake in the backward one; and in parts 4 and 5, put the step
# right first. The first cell of checks takes one place at a time, for a single unit, so that you can follow
# with a pencil. Its letters are i = 0.75, f = 0.8, g = 0.6, o = 0.25; the new cell state is $\ln 3$, and its
# tanh 0.8.


# %% id="lstm-step-backward" kind="solution"
def lstm_step_backward(grad_h, grad_c, cache):
    """Gradients of the loss with respect to all arguments of lstm_step_forward.

    Args:
        grad_h: array of shape (N, H), the gradient with respect to the new hidden state. It is not changed.
        grad_c: array of shape (N, H), the gradient with respect to the new cell state, without the part that
            comes through the new hidden state of this step. It is not changed.
        cache: what lstm_step_forward returned.

    Returns:
        grad_x: array of shape (N, D).
        grad_h_prev: array of shape (N, H), for the old hidden state.
        grad_c_prev: array of shape (N, H), for the old cell state.
        grad_weight_ih: array of shape (4 * H, D), in the order i, f, g, o, summed over the batch.
        grad_weight_hh: array of shape (4 * H, H), likewise.
        grad_bias_ih, grad_bias_hh: arrays of shape (4 * H,), likewise.
    """
    ### BEGIN SOLUTION
    x, h_prev, c_prev, weight_ih, weight_hh, i, f, g, o, c = cache
    shown = np.tanh(c)
    grad_c_total = grad_c + grad_h * o * (1.0 - shown**2)  # (N, H)
    grad_sums = np.concatenate(
        [
            grad_c_total * g * i * (1.0 - i),
            grad_c_total * c_prev * f * (1.0 - f),
            grad_c_total * i * (1.0 - g**2),
            grad_h * shown * o * (1.0 - o),
        ],
        axis=1,
    )  # (N, 4H)
    return (
        grad_sums @ weight_ih,
        grad_sums @ weight_hh,
        grad_c_total * f,
        grad_sums.T @ x,
        grad_sums.T @ h_prev,
        grad_sums.sum(axis=0),
        grad_sums.sum(axis=0),
    )
    ### END SOLUTION


# %% [markdown] kind="hints" of="lstm_step_backward"
# 1. Begin at the two outputs. Which letters does the new hidden state depend on, and by what factor? And the
#    new cell state? Mark the one place where two arrows meet.
# 2. First the whole gradient at the new cell state. Then the four letters. From a letter to its sum there is
#    one more factor, the slope of the logistic function or of the tanh; with the letter's own value `a` these
#    are `a * (1 - a)` and `1 - a**2`. Put the four gradients of the sums side by side again, `(N, 4 * H)`.
# 3. From there on it is a linear layer with two inputs. The gradient of the sums, times a weight matrix as it
#    stands, gives the gradient of that matrix' input; its transpose, times the input, gives the gradient of
#    the matrix; its sum over the batch is that of a bias. The old cell state has a gradient of its own: it
#    went through the forget gate alone.

# %% id="test-lstm-step-backward" kind="tests" points=3
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check


def step_gradients_by_torch(arguments, grad_h, grad_c):
    """What automatic differentiation of the formulas gives, by name."""
    x, h, c, weight_ih, weight_hh, bias_ih, bias_hh = tensors = [
        torch.tensor(array, requires_grad=True) for array in arguments
    ]
    sums = torch.nn.functional.linear(x, weight_ih, bias_ih)
    sums = sums + torch.nn.functional.linear(h, weight_hh, bias_hh)
    i, f, g, o = sums.chunk(4, dim=1)
    new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    shown = torch.sigmoid(o) * torch.tanh(new)
    loss = (shown * torch.from_numpy(grad_h)).sum() + (new * torch.from_numpy(grad_c)).sum()
    gradients = torch.autograd.grad(loss, tensors)
    return StepGradients(*(gradient.numpy() for gradient in gradients))


### END HIDDEN TESTS
unit = one_unit(i=log3, f=2 * log2, g=log2, o=-log3, c=(log3 - 0.45) / 0.8)
unit |= {"h_prev": np.array([[0.0]]), "weight_hh": np.array([[2.0], [-1.0], [0.5], [3.0]])}
both = {"grad_h": np.array([[10.0]]), "grad_c": np.array([[-4.0]])}
from_h = {"grad_h": np.array([[10.0]]), "grad_c": np.array([[0.0]])}
from_c = {"grad_h": np.array([[0.0]]), "grad_c": np.array([[-4.0]])}
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward),
    **unit,
    **both,
    view=only_block("o"),
    expect=np.array([1.5]),  # 10 times 0.8, and the slope 0.25 * 0.75
    case="gradient of bias_ih, block of the output gate",
)
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward),
    **unit,
    **from_c,
    view=only_block("g"),
    expect=np.array([-1.92]),  # -4 times 0.75, and the slope 1 - 0.6 * 0.6
    case="gradient of bias_ih, block of the candidate; only grad_c arrives",
)
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward),
    **unit,
    **from_h,
    view=only_block("g"),
    expect=np.array([0.432]),  # 10 times 0.25, the slope 1 - 0.8 * 0.8, 0.75, and 1 - 0.6 * 0.6
    case="gradient of bias_ih, block of the candidate; only grad_h arrives",
)
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward),
    **unit,
    **from_c,
    view=only_block("i"),
    expect=np.array([-0.45]),  # -4 times 0.6, and the slope 0.75 * 0.25
    case="gradient of bias_ih, block of the input gate; only grad_c arrives",
)
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward),
    **unit,
    **from_c,
    view=only_block("f"),
    expect=np.array([-0.8 * (log3 - 0.45)]),  # -4 times the old cell state, and the slope 0.8 * 0.2
    case="gradient of bias_ih, block of the forget gate; only grad_c arrives",
)
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward),
    **unit,
    **from_c,
    view=only_gradient("c_prev"),
    expect=np.array([[-3.2]]),  # -4 times 0.8
    case="gradient of c_prev; only grad_c arrives",
)
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward),
    **unit,
    **from_h,
    view=only_gradient("c_prev"),
    expect=np.array([[0.72]]),  # 10 times 0.25, the slope 1 - 0.8 * 0.8, and 0.8
    case="gradient of c_prev; only grad_h arrives",
)
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward),
    **unit,
    **both,
    view=only_gradient("bias_ih"),
    expect=np.array([-0.34875, -0.62 * (log3 - 0.45), -1.488, 1.5]),
    case="gradient of bias_ih, all four blocks; both gradients arrive",
)
check(
    forward_then_backward(lstm_step_forward, lstm_step_backward, then=1.0 + unit["x"]),
    **unit,
    **both,
    view=only_gradient("weight_ih"),
    expect=0.5 * np.array([[-0.34875], [-0.62 * (log3 - 0.45)], [-1.488], [1.5]]),  # x is 0.5
    case="gradient of weight_ih; in between, lstm_step_forward ran on another input",
)
### BEGIN HIDDEN TESTS
generator = np.random.default_rng(31)
for n, d, size in ((1, 1, 1), (1, 3, 5), (1, 2, 4)):
    arguments = [generator.normal(size=shape) for shape in ((n, d), (n, size), (n, size), (4 * size, d))]
    arguments += [generator.normal(size=shape) for shape in ((4 * size, size), (4 * size,), (4 * size,))]
    grad_h, grad_c = generator.normal(size=(2, n, size))
    right = step_gradients_by_torch(arguments, grad_h, grad_c)
    for name in ("c_prev", "bias_ih", "bias_hh"):
        hidden_check(
            forward_then_backward(lstm_step_forward, lstm_step_backward),
            **dict(zip(step_arguments, arguments, strict=True)),
            grad_h=grad_h,
            grad_c=grad_c,
            view=only_gradient(name),
            expect=getattr(right, f"grad_{name}"),
            case=f"gradient of {name}, one example, D = {d}, H = {size}",
        )
### END HIDDEN TESTS

# %% id="test-lstm-step-backward-all" kind="tests" points=3 of="lstm_step_backward"
example = step_example(n=3, d=1, size=2)
example |= {"grad_h": numbers(3, 2, first=210), "grad_c": numbers(3, 2, first=220)}
right = StepGradients(
    grad_x=np.array([[0.20970007], [-0.13353285], [0.64190925]]),
    grad_h_prev=np.array([[-0.67314040, -0.09346471], [-0.23420604, -0.45016902], [-1.13740274, 0.41063514]]),
    grad_c_prev=np.array([[-0.00424662, 0.03481660], [-0.44262159, -0.93115656], [-0.21689180, 0.01853962]]),
    grad_weight_ih=np.array(
        [
            [0.53047073],
            [-0.02229063],
            [-0.55380358],
            [0.18779369],
            [-0.13806808],
            [0.55946972],
            [0.01789808],
            [0.00524671],
        ]
    ),
    grad_weight_hh=np.array(
        [
            [-0.71606471, 0.01878026],
            [-0.14892567, 0.23600880],
            [0.38145251, 0.48112689],
            [-0.06703250, -0.24023542],
            [0.40197070, -0.15695927],
            [-0.71842526, 0.51596508],
            [-0.01460695, -0.01139864],
            [0.15724898, -0.31172926],
        ]
    ),
    grad_bias_ih=np.array(
        [0.36564322, 0.25276499, 0.17322192, -0.14993709, -0.36477291, 0.54875043, -0.00172977, -0.28038586]
    ),
    grad_bias_hh=np.array(
        [0.36564322, 0.25276499, 0.17322192, -0.14993709, -0.36477291, 0.54875043, -0.00172977, -0.28038586]
    ),
)
for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "x", "h_prev", "c_prev"):
    check(
        forward_then_backward(lstm_step_forward, lstm_step_backward),
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
    grad_h, grad_c = generator.normal(size=(2, n, size))
    hidden_check(
        forward_then_backward(lstm_step_forward, lstm_step_backward),
        **dict(zip(step_arguments, arguments, strict=True)),
        grad_h=grad_h,
        grad_c=grad_c,
        expect=step_gradients_by_torch(arguments, grad_h, grad_c),
        case=f"all gradients of a step, N = {n}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 4. One step after the other
#
# The layer runs your step over all `T` steps of a batch of sequences, from step 0 to step T - 1, with one and
# the same set of weights. Both states go from each step to the next. What it returns are the hidden states of
# *all* steps, `output`, and the cell state after the *last* one, `c_n`. (PyTorch returns `h_n` as well, which
# is `output[:, -1]`.)

# %% id="sequence-examples" kind="setup"


def of_all_steps(x, step):
    """Arguments of the layer with inputs x, (N, T, D), and else with those of a step."""
    return dict(zip(layer_arguments, [x, *list(step.values())[1:]], strict=True))


def unit_sequence(steps, i, f, g, o, *, c0):
    """Arguments of the layer with N = D = H = 1 and the same sums at each step, from the biases alone."""
    step = one_unit(i, f, g, o, c=c0)
    return of_all_steps(np.repeat(step["x"][:, None], steps, axis=1), step)


def sequence_example(n, steps, d, size):
    """Arguments of the layer with N = n, T = steps, D = d and H = size."""
    return of_all_steps(numbers(n, steps, d, first=200), step_example(n, d, size))


# %% id="lstm-forward" kind="solution"
def lstm_forward(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Run an LSTM over a batch of sequences. None of the arguments is changed.

    Args:
        x: array of shape (N, T, D), the inputs of all steps; T is at least 1.
        h0: array of shape (N, H), the hidden state before step 0.
        c0: array of shape (N, H), the cell state before step 0.
        weight_ih: array of shape (4 * H, D), the same at all steps, in the order i, f, g, o.
        weight_hh: array of shape (4 * H, H), likewise.
        bias_ih, bias_hh: arrays of shape (4 * H,), likewise.

    Returns:
        output: array of shape (N, T, H), the hidden states after steps 0 to T - 1.
        c_n: array of shape (N, H), the cell state after step T - 1.
        cache: anything that lstm_backward needs.
    """
    ### BEGIN SOLUTION
    h, c, hidden, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, weight_ih, weight_hh, bias_ih, bias_hh)
        hidden.append(h)
        caches.append(cache)
    return np.stack(hidden, axis=1), c, caches
    ### END SOLUTION


# %% [markdown] kind="hints" of="lstm_forward"
# 1. Which axis of `x` is time? What does step 3 need that step 2 has made?
# 2. A loop over the steps calls `lstm_step_forward`, and hands on both states. Before the first step they are
#    `h0` and `c0`. Each step has a cache of its own: keep all of them.
# 3. `x[:, t]` is the input of step `t`, of shape `(N, D)`. Collect the hidden states in a list; `np.stack`
#    puts them side by side along a new axis, and you say where that axis goes. The list of caches can be the
#    cache.

# %% id="test-lstm-forward" kind="tests" points=2
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check


def layer_by_torch(arguments):
    """PyTorch's layer: its tensors, the hidden states of all steps, and the last cell state."""
    x, h0, c0, *parameters = tensors = [torch.tensor(array, requires_grad=True) for array in arguments]
    layer = torch.nn.LSTM(x.shape[2], h0.shape[1], batch_first=True, dtype=torch.float64)
    names = [name for name, _ in layer.named_parameters()]
    given = dict(zip(names, parameters, strict=True))
    states = (h0.unsqueeze(0), c0.unsqueeze(0))
    output, (_, c_n) = torch.func.functional_call(layer, given, (x, states))
    return tensors, output, c_n.squeeze(0)


### END HIDDEN TESTS
check(
    lstm_forward,
    *unit_sequence(1, i=SHUT, f=-log3, g=0.0, o=-log3, c0=4.0 * log3).values(),
    view=only_value(0),
    expect=np.array([[[0.2]]]),
    case="hidden states: one step, forget gate 0.25",
)
check(
    lstm_forward,
    *unit_sequence(2, i=SHUT, f=-log3, g=0.0, o=-log3, c0=16.0 * log3).values(),
    view=only_value(0),
    expect=np.array([[[0.25 * np.tanh(4.0 * log3)], [0.2]]]),
    case="hidden states: two steps, forget gate 0.25",
)
check(
    lstm_forward,
    *unit_sequence(3, i=SHUT, f=-log3, g=0.0, o=-log3, c0=64.0).values(),
    view=only_value(1),
    expect=np.array([[1.0]]),
    case="last cell state: three steps, forget gate 0.25",
)
check(
    lstm_forward,
    *sequence_example(n=2, steps=1, d=3, size=2).values(),
    view=only_value(0),
    expect=np.array([[[-0.21285209, 0.25982500]], [[0.21641931, 0.08245915]]]),
    case="hidden states: one step of two sequences",
)
check(
    lstm_forward,
    *sequence_example(n=2, steps=3, d=1, size=2).values(),
    view=only_value(0),
    expect=np.array(
        [
            [[-0.16569266, 0.06365756], [0.07482197, -0.05917011], [0.01422436, 0.00584922]],
            [[-0.37518667, 0.10856058], [-0.09702728, 0.17599699], [0.09678818, -0.10609595]],
        ]
    ),
    case="hidden states: three steps of two sequences",
)
check(
    lstm_forward,
    *sequence_example(n=2, steps=3, d=1, size=2).values(),
    view=only_value(1),
    expect=np.array([[0.01442070, 0.00805678], [0.10262342, -0.22389957]]),
    case="last cell state: three steps of two sequences",
)
### BEGIN HIDDEN TESTS
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
    _, output, c_n = layer_by_torch(arguments)
    hidden_check(
        lstm_forward,
        *arguments,
        view=without_cache,
        expect=Output(output.detach().numpy(), c_n.detach().numpy(), ANY),
        case=f"sequences, N = {n}, T = {steps}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Back through time
#
# The loss tells how it would change with each hidden state: `grad_output`, of shape `(N, T, H)`. It may also
# depend on the last cell state: `grad_c_n`. Go back from step T - 1 to step 0. At each step, two gradients
# come from the step after it, one for each state. Only the hidden state has something to add to that: its own
# row of `grad_output`.
#
# The weights were used at every step. What becomes of their gradients?


# %% id="lstm-backward" kind="solution"
def lstm_backward(grad_output, grad_c_n, cache):
    """Gradients of the loss with respect to all arguments of lstm_forward.

    Args:
        grad_output: array of shape (N, T, H), the gradient with respect to the hidden states of all steps,
            each without the part that comes through later steps. It is not changed.
        grad_c_n: array of shape (N, H), the gradient with respect to the last cell state, without the part
            that comes through the last hidden state. It is not changed.
        cache: what lstm_forward returned.

    Returns:
        grad_x: array of shape (N, T, D).
        grad_h0, grad_c0: arrays of shape (N, H).
        grad_weight_ih: array of shape (4 * H, D), summed over the batch and all steps.
        grad_weight_hh: array of shape (4 * H, H), likewise.
        grad_bias_ih, grad_bias_hh: arrays of shape (4 * H,), likewise.
    """
    ### BEGIN SOLUTION
    grad_h, grad_c = np.zeros(grad_c_n.shape), grad_c_n
    grad_x, totals = [], [0.0, 0.0, 0.0, 0.0]
    for t in reversed(range(len(cache))):
        arriving = grad_output[:, t] + grad_h
        grad_x_t, grad_h, grad_c, *parts = lstm_step_backward(arriving, grad_c, cache[t])
        grad_x.append(grad_x_t)
        totals = list(map(np.add, totals, parts))
    return np.stack(grad_x[::-1], axis=1), grad_h, grad_c, *totals
    ### END SOLUTION


# %% [markdown] kind="hints" of="lstm_backward"
# 1. What arrives at the hidden state of the last step? And of the step before it, from two sides? What
#    arrives at the cell state of each?
# 2. A loop over the steps, backwards, calls `lstm_step_backward` with the cache of that step. Of the seven
#    gradients it returns, two are handed to the step before, one belongs to this step's input, and four to
#    the weights and biases that all steps share.
# 3. What is shared gets the sum: begin with zeros and add at each step. The two gradients that are handed on
#    are replaced at each step, and what is left of them after step 0 belongs to `h0` and `c0`. Add a step's
#    row of `grad_output` to the gradient handed on into a new array; writing into `grad_output` would change
#    the caller's.

# %% id="test-lstm-backward" kind="tests" points=2
### BEGIN HIDDEN TESTS
from check import hidden_check


def gradients_by_torch(arguments, grad_output, grad_c_n):
    """What automatic differentiation of PyTorch's layer gives, by name."""
    tensors, output, c_n = layer_by_torch(arguments)
    loss = (output * torch.from_numpy(grad_output)).sum() + (c_n * torch.from_numpy(grad_c_n)).sum()
    return Gradients(*(gradient.numpy() for gradient in torch.autograd.grad(loss, tensors)))


### END HIDDEN TESTS
one_step = unit_sequence(1, i=log3, f=2 * log2, g=log2, o=-log3, c0=(log3 - 0.45) / 0.8)
one_step |= {"h0": np.array([[0.0]]), "weight_hh": np.array([[2.0], [-1.0], [0.5], [3.0]])}
check(
    forward_then_backward(lstm_forward, lstm_backward),
    **one_step,
    grad_output=np.array([[[10.0]]]),
    grad_c_n=np.array([[-4.0]]),
    view=only_gradient("c0"),
    expect=np.array([[-2.48]]),  # 0.72 - 3.2, as above
    case="gradient of c0: one step",
)
check(
    forward_then_backward(lstm_forward, lstm_backward, then=1.0 + one_step["x"]),
    **one_step,
    grad_output=np.array([[[10.0]]]),
    grad_c_n=np.array([[-4.0]]),
    view=only_gradient("weight_ih"),
    expect=0.5 * np.array([[-0.34875], [-0.62 * (log3 - 0.45)], [-1.488], [1.5]]),
    case="gradient of weight_ih; in between, lstm_forward ran on another sequence",
)
path = unit_sequence(3, i=SHUT, f=2 * log2, g=0.0, o=-log3, c0=log3 / 0.512)
check(
    forward_then_backward(lstm_forward, lstm_backward),
    **path,
    grad_output=np.zeros((1, 3, 1)),
    grad_c_n=np.array([[10.0]]),
    view=only_gradient("c0"),
    expect=np.array([[5.12]]),  # 10 times 0.8, three times
    case="gradient of c0: three steps with a forget gate of 0.8; only grad_c_n arrives",
)
check(
    forward_then_backward(lstm_forward, lstm_backward),
    **path,
    grad_output=np.array([[[0.0], [0.0], [10.0]]]),
    grad_c_n=np.array([[0.0]]),
    view=only_gradient("c0"),
    expect=np.array([[0.4608]]),  # 10 times 0.25, the slope 1 - 0.8 * 0.8, and 0.8 three times
    case="gradient of c0: three steps with a forget gate of 0.8; only the last output has a gradient",
)
check(
    forward_then_backward(lstm_forward, lstm_backward),
    **unit_sequence(3, i=log3, f=2 * log2, g=log2, o=-log3, c0=1.0),
    grad_output=np.zeros((1, 3, 1)),
    grad_c_n=np.array([[10.0]]),
    view=only_gradient("weight_ih"),
    expect=np.array([[1.3725], [2.472], [5.856], [0.0]]),
    case="gradient of weight_ih: three steps; only grad_c_n arrives",
)
two_steps = {
    "x": np.array([[[0.5], [-1.0]]]),
    "h0": np.array([[0.75]]),
    "c0": np.array([[-0.8]]),
    "weight_ih": np.array([[0.5], [-1.0], [1.5], [0.25]]),
    "weight_hh": np.array([[1.0], [-0.5], [2.0], [1.5]]),
    "bias_ih": np.array([0.2, 1.0, -0.3, 0.6]),
    "bias_hh": np.array([0.4, 0.5, -0.6, 0.7]),
}
check(
    forward_then_backward(lstm_forward, lstm_backward),
    **two_steps,
    grad_output=np.array([[[0.0], [10.0]]]),
    grad_c_n=np.array([[0.0]]),
    view=only_gradient("h0"),
    expect=np.array([[2.73392424]]),
    case="gradient of h0: two steps; only the last output has a gradient",
)
check(
    forward_then_backward(lstm_forward, lstm_backward),
    **two_steps,
    grad_output=np.array([[[-20.0], [10.0]]]),
    grad_c_n=np.array([[0.0]]),
    view=only_gradient("h0"),
    expect=np.array([[-8.44918344]]),
    case="gradient of h0: two steps; both outputs have a gradient",
)
check(
    forward_then_backward(lstm_forward, lstm_backward),
    **two_steps,
    grad_output=np.array([[[-20.0], [10.0]]]),
    grad_c_n=np.array([[30.0]]),
    view=only_gradient("x"),
    expect=np.array([[[5.20565123], [-2.94876406]]]),
    case="gradient of x: two steps; gradients arrive from everywhere",
)
### BEGIN HIDDEN TESTS
generator = np.random.default_rng(51)
for n, steps, d, size in ((1, 1, 1, 1), (2, 3, 5, 4), (3, 5, 2, 1)):
    arguments = random_arguments(generator, n, d, size, steps)
    grad_output, grad_c_n = generator.normal(size=(n, steps, size)), generator.normal(size=(n, size))
    right = gradients_by_torch(arguments, grad_output, grad_c_n)
    for name in ("x", "h0", "c0"):
        hidden_check(
            forward_then_backward(lstm_forward, lstm_backward),
            **dict(zip(layer_arguments, arguments, strict=True)),
            grad_output=grad_output,
            grad_c_n=grad_c_n,
            view=only_gradient(name),
            expect=getattr(right, f"grad_{name}"),
            case=f"gradient of {name}, N = {n}, T = {steps}, D = {d}, H = {size}",
        )
### END HIDDEN TESTS

# %% id="test-lstm-backward-all" kind="tests" points=3 of="lstm_backward"
example = sequence_example(n=2, steps=3, d=1, size=1)
example |= {"grad_output": numbers(2, 3, 1, first=230), "grad_c_n": numbers(2, 1, first=240)}
right = Gradients(
    grad_x=np.array(
        [[[-0.14582319], [-0.82599335], [-0.12580573]], [[0.00487113], [-0.00461540], [0.35515661]]]
    ),
    grad_h0=np.array([[-0.05589332], [-0.03329495]]),
    grad_c0=np.array([[0.48380437], [0.01614041]]),
    grad_weight_ih=np.array([[-0.24757363], [-0.28363492], [0.10769030], [0.00260723]]),
    grad_weight_hh=np.array([[0.07108619], [0.07391014], [-0.06812653], [-0.02272548]]),
    grad_bias_ih=np.array([-0.20803165, -0.45268981, 0.12702588, -0.01577708]),
    grad_bias_hh=np.array([-0.20803165, -0.45268981, 0.12702588, -0.01577708]),
)
for name in ("c0", "h0", "x", "bias_ih", "bias_hh", "weight_ih", "weight_hh"):
    check(
        forward_then_backward(lstm_forward, lstm_backward),
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
    grad_output, grad_c_n = generator.normal(size=(n, steps, size)), generator.normal(size=(n, size))
    hidden_check(
        forward_then_backward(lstm_forward, lstm_backward),
        **dict(zip(layer_arguments, arguments, strict=True)),
        grad_output=grad_output,
        grad_c_n=grad_c_n,
        expect=gradients_by_torch(arguments, grad_output, grad_c_n),
        case=f"all gradients, N = {n}, T = {steps}, D = {d}, H = {size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 6. Which letter comes next?
#
# Everything is there to train an LSTM on real text. `docstrings.txt` holds sentences from the documentation
# of Python's standard library, NumPy and PyTorch, one in each line; the end of a line is a letter too. The
# task is that of the exercise `rnn`, with the same text and the same loss.
#
# The next cell mixes the lines and cuts the text into 16 streams, which are read side by side, 25 letters at
# a time. Both states are handed on from one piece to the next: that is what `h0`, `c0` and `c_n` are for. A
# letter goes in as a one-hot vector, and a linear layer turns each hidden state into a score for each letter
# that may come next.

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


def start(generator, *shapes, size=H):
    """Fresh parameters of these shapes, drawn as PyTorch does for layers with this hidden size."""
    return [generator.uniform(-1, 1, size=shape) / np.sqrt(size) for shape in shapes]


print(f"{V} letters; the text begins: {mixed[:60]!r}")

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
# take minutes; with loops over each value of the states, hours. A course usually gives a cell one minute: for
# the last points, let matrix products do what such loops do.)

# %% id="train" kind="run" capstone=true
generator = np.random.default_rng(0)
parameters = start(generator, (4 * H, V), (4 * H, H), 4 * H, 4 * H, (V, H), V)  # the last two: linear layer
h, c, losses = np.zeros((N, H)), np.zeros((N, H)), []
for piece in range(num_pieces):
    here = slice(piece * T, piece * T + T)
    output, c, cache = lstm_forward(one_hot(read_x[:, here]), h, c, *parameters[:4])
    h = output[:, -1]
    loss, grad_output, *grad_linear = next_letter_loss(output, read_next[:, here], *parameters[4:])
    _, _, _, *grad_lstm = lstm_backward(grad_output, np.zeros((N, H)), cache)
    learning_rate = 8.0 * (1 - piece / num_pieces)
    for parameter, gradient in zip(parameters, [*grad_lstm, *grad_linear], strict=True):
        parameter -= learning_rate * gradient
    losses.append(float(loss))

zeros = np.zeros((50, H))
output, _, _ = lstm_forward(one_hot(held_out_x), zeros, zeros, *parameters[:4])
perplexity["LSTM"] = np.exp(next_letter_loss(output, held_out_next, *parameters[4:])[0])
print(f"{'LSTM':20} {perplexity['LSTM']:5.2f}")

# %% id="curve" kind="run" capstone=true
figure, axes = plt.subplots(figsize=(6, 3))
axes.plot(losses, linewidth=0.8)
axes.axhline(np.log(perplexity["one letter before"]), color="gray", linestyle="dotted")
axes.set(xlabel="piece", ylabel="loss (dotted: one letter before)")

# %% [markdown]
# Let it write. It draws a letter, reads it, and draws the next. Only the two states know what has been
# written. If you have done the exercise `rnn`, compare the two texts, and the two perplexities: which of them
# has the more parameters?

# %% id="write" kind="run" capstone=true
generator = np.random.default_rng(2)
h, c, letter, written = np.zeros((1, H)), np.zeros((1, H)), letters.index("\n"), ""
for _ in range(300):
    h, c, _ = lstm_step_forward(one_hot(np.array([letter])), h, c, *parameters[:4])
    scores = (h @ parameters[4].T + parameters[5])[0]
    shares = np.exp(scores - scores.max())
    letter = generator.choice(V, p=shares / shares.sum())
    written += letters[letter]
print(written)

# %% [markdown]
# ## 7. How far does a gradient get?
#
# Why two states, if an RNN learns from text as well? Send a gradient back from the last of 60 hidden states,
# through layers that are not trained. Each step hands a gradient to the state before it: in an RNN to the
# hidden state, in an LSTM also to the cell state. How long is it? The next cell measures it in an RNN, whose
# step is one line in each direction.

# %% id="reach-of-an-rnn" kind="setup" capstone=true


def reach_of_rnn(seed, features=8, size=32, steps=60):
    """Length of the gradient handed to each state, as a multiple of that of the last step, (T,)."""
    generator = np.random.default_rng(seed)
    weight_ih, weight_hh, bias = start(generator, (size, features), (size, size), size, size=size)
    h, states, lengths = np.zeros((1, size)), [], []
    for x in generator.normal(size=(steps, 1, features)):
        h = np.tanh(x @ weight_ih.T + h @ weight_hh.T + bias)
        states.append(h)
    grad_h = generator.normal(size=(1, size))
    for h in reversed(states):
        grad_h = (grad_h * (1 - h**2)) @ weight_hh
        lengths.append(np.linalg.norm(grad_h))
    return np.array(lengths[::-1]) / lengths[0]


# %% [markdown]
# In the LSTM your two step functions do it. What sets its curves apart is the bias with which the forget gate
# begins: -4 shuts it, 0 leaves it at one half, 2 and 5 open it. Where do you expect each, beside the RNN?

# %% id="reach" kind="run" capstone=true


def reach_of_lstm(seed, forget_bias, features=8, size=32, steps=60):
    """Length of the gradient handed to each cell state, as a multiple of that of the last step, (T,)."""
    generator = np.random.default_rng(seed)
    weight_ih, weight_hh, bias = start(generator, (4 * size, features), (4 * size, size), 4 * size, size=size)
    bias[size : 2 * size] = forget_bias
    h, c, caches, lengths = np.zeros((1, size)), np.zeros((1, size)), [], []
    for x in generator.normal(size=(steps, 1, features)):
        h, c, cache = lstm_step_forward(x, h, c, weight_ih, weight_hh, bias, np.zeros(4 * size))
        caches.append(cache)
    grad_h, grad_c = generator.normal(size=(1, size)), np.zeros((1, size))
    for saved in reversed(caches):
        _, grad_h, grad_c, *_ = lstm_step_backward(grad_h, grad_c, saved)
        lengths.append(np.linalg.norm(grad_c))
    return np.array(lengths[::-1]) / lengths[0]


reach = {"RNN": np.array([reach_of_rnn(seed) for seed in range(5)])}  # each (5, T)
for forget_bias in (-4, 0, 2, 5):
    reach[f"LSTM, bias {forget_bias}"] = np.array([reach_of_lstm(seed, forget_bias) for seed in range(5)])
for name, lengths in reach.items():
    low, high = lengths[:, 29].min(), lengths[:, 29].max()
    print(f"{name:13} 30 steps further back, five layers: {low:.1e} to {high:.1e}")

# %% id="reach-picture" kind="run" capstone=true
figure, axes = plt.subplots(figsize=(6, 3.5))
for name, lengths in reach.items():
    axes.plot(np.exp(np.log(lengths[:, ::-1]).mean(axis=0)), label=name)
axes.set(yscale="log", ylim=(1e-20, 1e3), xlabel="steps back", ylabel="length of the gradient")
axes.legend(fontsize=8)

# %% id="test-text-and-reach" kind="tests" points=2 of="lstm_backward" capstone=true
assert "LSTM" in perplexity, "First run the cell that trains; it needs both functions of the layer."
assert len(losses) == num_pieces, f"There should be one loss for each of {num_pieces} pieces."
assert abs(losses[0] - np.log(V)) < 0.3, (
    f"The first loss should be near log {V}, that is {np.log(V):.2f}; got {losses[0]:.2f}."
)
table = perplexity["one letter before"]
assert perplexity["LSTM"] < 0.75 * table, (
    f"The LSTM should clearly beat the table, whose perplexity is {table:.2f}; got {perplexity['LSTM']:.2f}."
)

assert set(reach) >= {"RNN", "LSTM, bias -4", "LSTM, bias 0", "LSTM, bias 5"}, (
    "Run the cell that measures the reach; it needs your two step functions."
)
far = {name: np.array(lengths)[:, 29] for name, lengths in reach.items()}  # 30 steps further back
assert far["LSTM, bias 5"].min() > 0.2, (
    "Through open forget gates more than a fifth of the gradient should be left after 30 steps; got "
    f"{far['LSTM, bias 5'].min():.1e}."
)
assert far["LSTM, bias 0"].max() < 1e-4, (
    "With forget gates near one half, nearly nothing should be left after 30 steps; got "
    f"{far['LSTM, bias 0'].max():.1e}."
)
assert far["LSTM, bias -4"].max() < far["RNN"].min(), (
    f"Through shut forget gates less should arrive than in the RNN; got {far['LSTM, bias -4'].max():.1e}."
)

# %% [markdown]
# All four are LSTMs, and two of them lose the gradient as surely as the RNN does. What an LSTM has and the
# RNN has not is a path that *can* stay open. How far does a gradient get in the network that you have
# trained? Your functions can measure it.
