# %% [markdown]
# # An RNN, forward and back through time
#
# A recurrent network reads one element after the other and carries a state along. Reading is the easy half:
# one formula, used again at each step. Learning is the other half. All steps share the same weights, and each
# state is heard twice, by its own output and by the next state. What has to go back, and where does it add
# up?
#
# You write one step and the whole sequence, each forward and backward. Then you measure how much of a
# gradient is left after so many steps, and clip gradients that are too long. In the last part your functions
# learn to guess the next letter of the documentation of Python, NumPy and PyTorch.
#
# Letters used throughout, as in the chapter "RNN" of the book: `N` is the number of sentences in a batch, `T`
# that of steps, `D` the number of values that go in at each step, `H` the number of values of a state. As in
# PyTorch, `weight_ih` has the shape `(H, D)`, `weight_hh` the shape `(H, H)`, and there are two biases,
# `(H,)`.
#
# Write a function, then run the cell of checks below it. A failing check says what it called and what came
# out wrong; if the mistake is a known one, it also says which, and where the book explains it.
#
# A forward function returns two things, the output and a **cache**: whatever its backward function will want
# to know, for example a tuple or a list of arrays. What is in it is up to you; no check looks inside.

# %% id="setup" kind="setup"
from collections import namedtuple

import numpy as np
from check import ANY, check

Forward = namedtuple("Forward", "output cache")
names_of_weights = "grad_weight_ih grad_weight_hh grad_bias_ih grad_bias_hh"
StepGradients = namedtuple("StepGradients", f"grad_x grad_h_prev {names_of_weights}")
Gradients = namedtuple("Gradients", f"grad_x grad_h0 {names_of_weights}")
Clipped = namedtuple("Clipped", "clipped norm")
checked_pairs = {}


def without_cache(result):
    """What a forward function returned, without its cache, which may be anything."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    return (result[0], None) if is_pair else result


def only(kind, **expected):
    """For `check`: look at these gradients alone; the others may be right or wrong."""

    def view(result):
        if not (isinstance(result, tuple | list) and len(result) == len(kind._fields)):
            return result
        pairs = zip(kind._fields, result, strict=True)
        return [gradient if name in expected else None for name, gradient in pairs]

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


def arrays(*expected):
    """Some arrays, each with a name under which `check` speaks of it."""
    return namedtuple("Arrays", [f"array_{number}" for number in range(1, len(expected) + 1)])(*expected)


def random_weights(generator, d, h):
    """Weights and biases of an RNN, none of them 0 and no two alike."""
    shapes = {"weight_ih": (h, d), "weight_hh": (h, h), "bias_ih": (h,), "bias_hh": (h,)}
    return {name: 0.7 * generator.normal(size=shape) for name, shape in shapes.items()}


# %% [markdown]
# ## 1. What does one step make of a word and the state so far?
#
# The cell computes
#
# $$
# \mathbf{h}_t = \tanh\left(
# \mathbf{x}_t W_{ih}^\top + \mathbf{b}_{ih} + \mathbf{h}_{t-1} W_{hh}^\top + \mathbf{b}_{hh}
# \right)
# $$
#
# for all sentences of the batch at once. The first three checks switch off all parts of the sum but one.


# %% id="rnn-step-forward" kind="solution"
def rnn_step_forward(x, h_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    """Make the next state, for each sentence of a batch.

    Args:
        x: array of shape (N, D), what goes in at this step. No argument is changed.
        h_prev: array of shape (N, H), the state so far.
        weight_ih: array of shape (H, D), from the input to the state.
        weight_hh: array of shape (H, H), from the state to the next one.
        bias_ih: array of shape (H,).
        bias_hh: array of shape (H,).

    Returns:
        h: array of shape (N, H), the next state.
        cache: anything that rnn_step_backward needs.
    """
    ### BEGIN SOLUTION
    h = np.tanh(x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T + bias_hh)  # (N, H)
    return h, (x, h_prev, weight_ih, weight_hh, h)
    ### END SOLUTION


# %% [markdown] kind="hints" of="rnn_step_forward"
# 1. Write the shapes below the formula. Which axis disappears in the product of the input and `weight_ih`,
#    and which two axes are left?
# 2. The four parts of the sum all have `H` values for each sentence; the biases are the same for each
#    sentence. There is one tanh, and it is taken of the whole sum.
# 3. `weight_ih` has one row for each value of the state, so it is turned before the product: (N, D) times
#    (D, H). The other matrix likewise. For the cache, think of what each of the six gradients will want to
#    know: the inputs, the two matrices, and something from which the slope of tanh can be had.

# %% id="test-rnn-step-forward" kind="tests" points=2
weight_ih, weight_hh = np.array([[1.0, 0.5], [-2.0, 0.25]]), np.array([[2.0, 1.0], [-1.0, 0.5]])
nothing = np.zeros(2)
check(
    rnn_step_forward,
    np.array([[0.5, 1.0]]),  # x, (N, D) = (1, 2)
    np.array([[0.0, 0.0]]),  # h_prev, (N, H) = (1, 2)
    weight_ih,
    weight_hh,
    nothing,
    nothing,
    view=without_cache,
    expect=Forward(output=np.tanh(np.array([[1.0, -0.75]])), cache=ANY),
    case="the input alone",
)
check(
    rnn_step_forward,
    np.array([[0.0, 0.0]]),
    np.array([[0.5, -0.25]]),
    weight_ih,
    weight_hh,
    nothing,
    nothing,
    view=without_cache,
    expect=Forward(output=np.tanh(np.array([[0.75, -0.625]])), cache=ANY),
    case="the earlier state alone",
)
check(
    rnn_step_forward,
    np.array([[0.0, 0.0]]),
    np.array([[0.0, 0.0]]),
    weight_ih,
    weight_hh,
    np.array([0.5, -1.0]),
    np.array([0.25, 0.75]),
    view=without_cache,
    expect=Forward(output=np.tanh(np.array([[0.75, -0.25]])), cache=ANY),
    case="the two biases alone",
)
check(
    rnn_step_forward,
    np.array([[1.0], [-0.5]]),  # (N, D) = (2, 1)
    np.array([[0.2, -0.4, 0.6], [-0.8, 0.5, 0.3]]),  # (N, H) = (2, 3)
    np.array([[0.5], [-1.0], [2.0]]),
    np.array([[1.0, -0.5, 0.25], [0.5, 2.0, -1.0], [-0.25, 1.5, 0.5]]),
    np.array([0.1, -0.2, 0.3]),
    np.array([-0.4, 0.5, 0.6]),
    view=without_cache,
    expect=Forward(output=np.tanh(np.array([[0.75, -2.0, 2.55], [-1.525, 1.1, 1.0]])), cache=ANY),
    case="two sentences, all parts together",
)
check(
    rnn_step_forward,
    np.array([[400.0]]),
    np.array([[0.5, -0.5]]),
    np.array([[2.0], [-2.0]]),
    weight_hh,
    np.array([0.5, -1.0]),
    np.array([0.25, 0.75]),
    view=without_cache,
    expect=Forward(output=np.array([[1.0, -1.0]]), cache=ANY),
    case="a state at its two ends",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(11)
for n, d, h in ((1, 1, 1), (2, 3, 5), (4, 5, 2), (3, 1, 6), (5, 4, 1), (1, 2, 3), (3, 3, 3)):
    x, h_prev, weights = (
        generator.normal(size=(n, d)),
        generator.normal(size=(n, h)),
        random_weights(generator, d, h),
    )
    given = [x, h_prev, *weights.values()]
    hidden_check(
        rnn_step_forward,
        *given,
        view=without_cache,
        expect=Forward(torch.rnn_tanh_cell(*map(torch.from_numpy, given)).numpy(), ANY),
        case=f"one step, N = {n}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# Now backwards. `grad_output` says how the loss changes with each value of the new state. Six things went
# into this state; how does the loss change with each of them?
#
# The way leads through the tanh first, to the sum inside it, and its slope there is $1 - \tanh^2 s$ for the
# sum $s$. From the sum, one road leads to each of the six.
#
# To check a backward function, your forward function runs first, and its cache is handed on. In the checks
# the numbers are chosen so that the states are 0.6 and 0.8 in size, and the slopes 0.64 and 0.36; `tanh(log
# 2)` is 0.6, and `tanh(log 3)` is 0.8. The first cell of checks looks at the first two gradients, the second
# at those of weights and biases.


# %% id="rnn-step-backward" kind="solution"
def rnn_step_backward(grad_output, cache):
    """Gradients of the loss with respect to all that went into one step.

    Args:
        grad_output: array of shape (N, H), the gradient with respect to the new state. It is not changed.
        cache: what rnn_step_forward returned.

    Returns: six arrays, in the order of the arguments of rnn_step_forward.
        grad_x: array of shape (N, D).
        grad_h_prev: array of shape (N, H).
        grad_weight_ih: array of shape (H, D), summed over the sentences, as are the next three.
        grad_weight_hh: array of shape (H, H).
        grad_bias_ih: array of shape (H,).
        grad_bias_hh: array of shape (H,).
    """
    ### BEGIN SOLUTION
    x, h_prev, weight_ih, weight_hh, h = cache
    grad_sum = grad_output * (1 - h**2)  # (N, H), at the sum inside tanh
    grad_bias = grad_sum.sum(axis=0)
    inputs = grad_sum @ weight_ih, grad_sum @ weight_hh
    return *inputs, grad_sum.T @ x, grad_sum.T @ h_prev, grad_bias, grad_bias
    ### END SOLUTION


# %% [markdown] kind="hints" of="rnn_step_backward"
# 1. All six roads have their first part in common: from the new state to the sum. Compute the gradient at the
#    sum once. Which shape has it, and which number of the forward pass decides the slope?
# 2. From the sum on, all is linear, and shapes say nearly everything. The sum was `x` times the turned
#    `weight_ih`: which product of (N, H) and (H, D) gives (N, D), and which product of (N, H) and (N, D)
#    gives (H, D)? Is there a division anywhere?
# 3. With `h` for the new state, the slope is one minus its square, and the gradient at the sum is
#    `grad_output` times it, place by place, as a new array. An input's gradient is that times the matrix, not
#    turned. A matrix's gradient is that, turned, times the input of the matrix, so for `weight_hh` the state
#    *before*. A bias was added for each sentence once, and gets the sum over the sentences; both biases get
#    the same.

# %% id="test-rnn-step-backward" kind="tests" points=2
log2, log3 = np.log([2.0, 3.0])
step = {
    "x": np.array([[1.0, 2.0]]),
    "h_prev": np.array([[0.5, -1.0]]),
    "weight_ih": np.array([[1.0, -0.5], [0.5, 1.5]]),
    "weight_hh": np.array([[2.0, 1.0], [-1.0, 0.5]]),
    "bias_ih": np.array([log2 - 0.25, -log3 - 2.0]),
    "bias_hh": np.array([0.25, -0.5]),
}  # the sums are log 2 and -log 3, the new state is (0.6, -0.8), the slopes are 0.64 and 0.36
check(
    forward_then_backward(rnn_step_forward, rnn_step_backward),
    **step,
    grad_output=np.array([[10.0, 100.0]]),
    **only(StepGradients, grad_x=np.array([[24.4, 50.8]])),
    case="the gradient of the input",
)
check(
    forward_then_backward(rnn_step_forward, rnn_step_backward, then=1.0 - step["x"]),
    **step,
    grad_output=np.array([[10.0, 100.0]]),
    **only(StepGradients, grad_x=np.array([[24.4, 50.8]])),
    case="the gradient of the input; in between, rnn_step_forward ran on another input",
)
check(
    forward_then_backward(rnn_step_forward, rnn_step_backward),
    **step,
    grad_output=np.array([[10.0, 100.0]]),
    **only(StepGradients, grad_h_prev=np.array([[-23.2, 24.4]])),
    case="the gradient of the earlier state",
)
three_sentences = {
    "x": np.array([[1.5], [-0.25], [-0.75]]),  # (N, D) = (3, 1)
    "h_prev": np.array([[-0.5, 0.75], [0.125, 0.375], [0.875, -0.875]]),  # (N, H) = (3, 2)
    "weight_ih": np.array([[0.5 * log2], [-log3]]),
    "weight_hh": np.array([[2.0 * log2, log2], [log3, log3]]),
    "bias_ih": np.array([0.75 * log2, -0.5 * log3]),
    "bias_hh": np.array([-0.25 * log2, 0.75 * log3]),
}  # the slopes are 0.64 and 0.36 in each sentence
three_gradients = np.array([[100.0, 10.0], [-50.0, 20.0], [25.0, -20.0]])
check(
    forward_then_backward(rnn_step_forward, rnn_step_backward),
    **three_sentences,
    grad_output=three_gradients,
    **only(
        StepGradients,
        grad_x=np.array([[32 * log2 - 3.6 * log3], [-16 * log2 - 7.2 * log3], [8 * log2 + 7.2 * log3]]),
        grad_h_prev=np.array(
            [
                [128 * log2 + 3.6 * log3, 64 * log2 + 3.6 * log3],
                [-64 * log2 + 7.2 * log3, -32 * log2 + 7.2 * log3],
                [32 * log2 - 7.2 * log3, 16 * log2 - 7.2 * log3],
            ]
        ),
    ),
    case="three sentences, input and earlier state",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(12)
for n, d, h in ((1, 1, 1), (2, 3, 5), (4, 5, 2), (3, 1, 6), (5, 4, 1), (1, 2, 3), (3, 3, 3)):
    step = {"x": generator.normal(size=(n, d)), "h_prev": generator.normal(size=(n, h))}
    step |= random_weights(generator, d, h)
    grad_output = generator.normal(size=(n, h))
    tensors = [torch.tensor(array, requires_grad=True) for array in step.values()]
    (torch.rnn_tanh_cell(*tensors) * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(rnn_step_forward, rnn_step_backward),
        **step,
        grad_output=grad_output,
        **only(StepGradients, grad_x=tensors[0].grad.numpy(), grad_h_prev=tensors[1].grad.numpy()),
        case=f"gradients of input and earlier state, N = {n}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% id="test-rnn-step-backward-weights" kind="tests" points=2 of="rnn_step_backward"
log2, log3 = np.log([2.0, 3.0])
step = {
    "x": np.array([[1.0, 2.0]]),
    "h_prev": np.array([[0.5, -1.0]]),
    "weight_ih": np.array([[1.0, -0.5], [0.5, 1.5]]),
    "weight_hh": np.array([[2.0, 1.0], [-1.0, 0.5]]),
    "bias_ih": np.array([log2 - 0.25, -log3 - 2.0]),
    "bias_hh": np.array([0.25, -0.5]),
}  # as above
check(
    forward_then_backward(rnn_step_forward, rnn_step_backward),
    **step,
    grad_output=np.array([[10.0, 100.0]]),
    **only(StepGradients, grad_weight_ih=np.array([[6.4, 12.8], [36.0, 72.0]])),
    case="the gradient of weight_ih, one sentence",
)
check(
    forward_then_backward(rnn_step_forward, rnn_step_backward),
    **step,
    grad_output=np.array([[10.0, 100.0]]),
    **only(StepGradients, grad_weight_hh=np.array([[3.2, -6.4], [18.0, -36.0]])),
    case="the gradient of weight_hh, one sentence",
)
three_sentences = {
    "x": np.array([[1.5], [-0.25], [-0.75]]),
    "h_prev": np.array([[-0.5, 0.75], [0.125, 0.375], [0.875, -0.875]]),
    "weight_ih": np.array([[0.5 * log2], [-log3]]),
    "weight_hh": np.array([[2.0 * log2, log2], [log3, log3]]),
    "bias_ih": np.array([0.75 * log2, -0.5 * log3]),
    "bias_hh": np.array([-0.25 * log2, 0.75 * log3]),
}
three_gradients = np.array([[100.0, 10.0], [-50.0, 20.0], [25.0, -20.0]])
check(
    forward_then_backward(rnn_step_forward, rnn_step_backward),
    **three_sentences,
    grad_output=three_gradients,
    **only(
        StepGradients,
        grad_weight_ih=np.array([[92.0], [9.0]]),
        grad_weight_hh=np.array([[-22.0, 22.0], [-7.2, 11.7]]),
    ),
    case="three sentences, the weights",
)
check(
    forward_then_backward(rnn_step_forward, rnn_step_backward),
    **three_sentences,
    grad_output=three_gradients,
    **only(StepGradients, grad_bias_ih=np.array([48.0, 3.6]), grad_bias_hh=np.array([48.0, 3.6])),
    case="three sentences, the biases",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(13)
for n, d, h in ((1, 1, 1), (2, 3, 5), (4, 5, 2), (3, 1, 6), (5, 4, 1), (1, 2, 3), (3, 3, 3)):
    step = {"x": generator.normal(size=(n, d)), "h_prev": generator.normal(size=(n, h))}
    step |= random_weights(generator, d, h)
    grad_output = generator.normal(size=(n, h))
    tensors = [torch.tensor(array, requires_grad=True) for array in step.values()]
    (torch.rnn_tanh_cell(*tensors) * torch.from_numpy(grad_output)).sum().backward()
    of_weights = {f"grad_{name}": t.grad.numpy() for name, t in zip(step, tensors, strict=True)}
    hidden_check(
        forward_then_backward(rnn_step_forward, rnn_step_backward),
        **step,
        grad_output=grad_output,
        **only(StepGradients, **{name: of_weights[name] for name in names_of_weights.split()}),
        case=f"gradients of weights and biases, N = {n}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2. How is a whole sentence read?
#
# A sequence goes through the cell step by step, with the same weights, and each step begins with the state
# that the step before left. The first begins with `h0`, which need not be zero: it may come from the text
# before. All states are kept, `(N, T, H)`.


# %% id="rnn-forward" kind="solution"
def rnn_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    """Read a batch of sequences, step by step.

    Args:
        x: array of shape (N, T, D). No argument is changed.
        h0: array of shape (N, H), the state before the first step.
        weight_ih: array of shape (H, D).
        weight_hh: array of shape (H, H).
        bias_ih: array of shape (H,).
        bias_hh: array of shape (H,).

    Returns:
        output: array of shape (N, T, H), the state after each step.
        cache: anything that rnn_backward and gradient_norms need.
    """
    ### BEGIN SOLUTION
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, cache = rnn_step_forward(x[:, t], h, weight_ih, weight_hh, bias_ih, bias_hh)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches
    ### END SOLUTION


# %% [markdown] kind="hints" of="rnn_forward"
# 1. One loop is needed; over which axis does it run? What must a step know from the one before?
# 2. What goes in at step `t` is `(N, D)`, one vector for each sentence. Let `rnn_step_forward` do the step,
#    and keep both things that it returns. How many states are there for `T` steps, if `h0` is not counted?
# 3. A variable for the state begins as `h0` and is replaced at each step. The states that you have collected
#    are `T` arrays of shape (N, H); they are put side by side along a *new* axis in the middle. A reshape
#    would mix up sentences and steps. The caches of all steps, in a list, are cache enough.

# %% id="test-rnn-forward" kind="tests" points=3
log2, log3 = np.log([2.0, 3.0])
weight_ih, weight_hh, bias_ih, bias_hh = (
    np.array([[2.0]]),
    np.array([[0.5]]),
    np.array([0.75]),
    np.array([-0.25]),
)
check(
    rnn_forward,
    np.array(
        [
            [[log2 / 2 - 0.35], [-log3 / 2 - 0.4], [log2 / 2 - 0.05]],
            [[log3 / 2 - 0.2], [-log2 / 2 - 0.45], [log3 / 2 - 0.1]],
        ]
    ),  # x, (N, T, D) = (2, 3, 1)
    np.array([[0.4], [-0.2]]),  # h0, (N, H) = (2, 1)
    weight_ih,
    weight_hh,
    bias_ih,
    bias_hh,
    view=without_cache,
    expect=Forward(output=np.array([[[0.6], [-0.8], [0.6]], [[0.8], [-0.6], [0.8]]]), cache=ANY),
    case="two sentences of three steps, one number for a state",
)
check(
    rnn_forward,
    np.array([[[log2 / 2 - 0.35], [-log3 / 2 - 0.4]], [[log3 / 2 - 0.2], [-log2 / 2 - 0.45]]]),  # (2, 2, 1)
    np.array([[0.4], [-0.2]]),
    weight_ih,
    weight_hh,
    bias_ih,
    bias_hh,
    view=without_cache,
    expect=Forward(output=np.array([[[0.6], [-0.8]], [[0.8], [-0.6]]]), cache=ANY),
    case="two sentences of two steps",
)
check(
    rnn_forward,
    np.array([[[0.5], [-1.0], [2.0]], [[-1.5], [0.25], [1.0]]]),  # (2, 3, 1)
    np.array([[0.4, -0.3], [-0.6, 0.2]]),  # (2, 2)
    np.array([[0.5], [-0.75]]),
    np.array([[0.5, 1.5], [-1.0, 0.25]]),
    np.array([0.25, -0.5]),
    np.array([-0.5, 0.125]),
    view=without_cache,
    expect=Forward(
        output=np.array(
            [
                [[-0.24491866, -0.84112290], [-0.97237540, 0.38816521], [0.68900558, -0.66714658]],
                [[-0.76159416, 0.88535165], [0.67628201, 0.39729436], [0.82873459, -0.93565344]],
            ]
        ),  # as PyTorch computes it
        cache=ANY,
    ),
    case="two sentences of three steps, two numbers for a state",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(21)
for n, t, d, h in (
    (1, 1, 1, 1),
    (2, 4, 3, 5),
    (5, 3, 4, 2),
    (3, 6, 1, 4),
    (4, 2, 5, 1),
    (1, 7, 2, 3),
    (3, 12, 3, 3),
):
    x, h0, weights = (
        generator.normal(size=(n, t, d)),
        generator.normal(size=(n, h)),
        random_weights(generator, d, h),
    )
    tensors = [torch.from_numpy(array) for array in (x, h0, *weights.values())]
    states, _ = torch.rnn_tanh(tensors[0], tensors[1][None], tensors[2:], True, 1, 0.0, False, False, True)
    hidden_check(
        rnn_forward,
        x,
        h0,
        *weights.values(),
        view=without_cache,
        expect=Forward(states.numpy(), ANY),
        case=f"N = {n} sentences of T = {t} steps, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Back through time
#
# Now `grad_output` has a gradient for each state, `(N, T, H)`: how the loss changes with it by the way of its
# *own output*. If the loss looks at some steps only, the others hold zeros. But a state in the middle also
# acts through the next state, and so through all that follow. Both count.
#
# All steps share the weights. What should a weight get that was used `T` times?
#
# The three cells of checks ask for more and more: a loss at one step only, then at any steps, then the
# gradients of weights and biases.


# %% id="rnn-backward" kind="solution"
def rnn_backward(grad_output, cache):
    """Gradients of the loss with respect to all that went into a sequence: backpropagation through time.

    Args:
        grad_output: array of shape (N, T, H), the gradient with respect to the state after each step, by its
            own output; zeros at the steps at which there is no loss. It is not changed.
        cache: what rnn_forward returned.

    Returns: six arrays, in the order of the arguments of rnn_forward.
        grad_x: array of shape (N, T, D).
        grad_h0: array of shape (N, H).
        grad_weight_ih: array of shape (H, D), summed over sentences and steps, as are the next three.
        grad_weight_hh: array of shape (H, H).
        grad_bias_ih: array of shape (H,).
        grad_bias_hh: array of shape (H,).
    """
    ### BEGIN SOLUTION
    grad_h, grad_x, grad_weights = 0.0, [], [0.0] * 4
    for t in reversed(range(len(cache))):
        grad_x_t, grad_h, *of_step = rnn_step_backward(grad_output[:, t] + grad_h, cache[t])
        grad_x.insert(0, grad_x_t)
        for i, part in enumerate(of_step):
            grad_weights[i] = grad_weights[i] + part
    return np.stack(grad_x, axis=1), grad_h, *grad_weights
    ### END SOLUTION


# %% [markdown] kind="hints" of="rnn_backward"
# 1. At which step does it begin, and why? Which state hears of the loss in one way only?
# 2. Carry one gradient from step to step: what `rnn_step_backward` returns for the state before. Before each
#    step it is joined with that state's own part of `grad_output`; at the last step there is nothing to join
#    yet. What is left of it when all steps are done?
# 3. Six totals: the input's gradients go to the place of their step, those of weights and biases are added up
#    over the steps, starting from zeros. The gradient handed to a step is a new array, the sum of its own
#    part and of the one carried; `grad_output` belongs to the caller. What the first step returns for the
#    state before it is the gradient of `h0`.

# %% id="test-rnn-backward" kind="tests" points=2
log2, log3 = np.log([2.0, 3.0])
sentence = {
    "x": np.array(
        [[[log2 / 2 - 0.35], [-log3 / 2 - 0.4], [log2 / 2 - 0.05], [-log3 / 2 - 0.4]]]
    ),  # (1, 4, 1)
    "h0": np.array([[0.4]]),
    "weight_ih": np.array([[2.0]]),
    "weight_hh": np.array([[0.5]]),
    "bias_ih": np.array([0.75]),
    "bias_hh": np.array([-0.25]),
}  # the states are 0.6, -0.8, 0.6 and -0.8, and the slopes 0.64, 0.36, 0.64 and 0.36
check(
    forward_then_backward(rnn_forward, rnn_backward),
    **sentence,
    grad_output=np.array([[[0.0], [0.0], [100.0], [0.0]]]),
    **only(Gradients, grad_x=np.array([[[7.3728], [23.04], [128.0], [0.0]]])),
    case="a loss at the third of four steps, the gradient of the input",
)
check(
    forward_then_backward(rnn_forward, rnn_backward),
    **sentence,
    grad_output=np.array([[[0.0], [0.0], [100.0], [0.0]]]),
    **only(Gradients, grad_h0=np.array([[1.8432]])),
    case="a loss at the third of four steps, the gradient of h0",
)
check(
    forward_then_backward(rnn_forward, rnn_backward),
    **sentence,
    grad_output=np.array([[[0.0], [0.0], [0.0], [-1000.0]]]),
    **only(
        Gradients,
        grad_x=np.array([[[-13.27104], [-41.472], [-230.4], [-720.0]]]),
        grad_h0=np.array([[-3.31776]]),
    ),
    case="a loss at the last step only",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(31)
for n, t, d, h in (
    (1, 1, 1, 1),
    (2, 4, 3, 5),
    (5, 3, 4, 2),
    (3, 6, 1, 4),
    (4, 2, 5, 1),
    (1, 7, 2, 3),
    (3, 12, 3, 3),
):
    given = {"x": generator.normal(size=(n, t, d)), "h0": generator.normal(size=(n, h))}
    given |= random_weights(generator, d, h)
    grad_output = np.zeros((n, t, h))
    grad_output[:, -1] = generator.normal(size=(n, h))
    tensors = [torch.tensor(array, requires_grad=True) for array in given.values()]
    state = tensors[1]
    for step in range(t):
        state = torch.rnn_tanh_cell(tensors[0][:, step], state, *tensors[2:])
    (state * torch.from_numpy(grad_output[:, -1])).sum().backward()
    hidden_check(
        forward_then_backward(rnn_forward, rnn_backward),
        **given,
        grad_output=grad_output,
        **only(Gradients, grad_x=tensors[0].grad.numpy(), grad_h0=tensors[1].grad.numpy()),
        case=f"a loss at the last step, N = {n}, T = {t}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% id="test-rnn-backward-any-steps" kind="tests" points=2 of="rnn_backward"
log2, log3 = np.log([2.0, 3.0])
sentence = {
    "x": np.array([[[log2 / 2 - 0.35], [-log3 / 2 - 0.4], [log2 / 2 - 0.05]]]),  # (N, T, D) = (1, 3, 1)
    "h0": np.array([[0.4]]),
    "weight_ih": np.array([[2.0]]),
    "weight_hh": np.array([[0.5]]),
    "bias_ih": np.array([0.75]),
    "bias_hh": np.array([-0.25]),
}  # the first three steps of the sentence above
check(
    forward_then_backward(rnn_forward, rnn_backward),
    **sentence,
    grad_output=np.array([[[10.0], [-20.0], [100.0]]]),
    **only(Gradients, grad_x=np.array([[[15.5648], [8.64], [128.0]]]), grad_h0=np.array([[3.8912]])),
    case="a loss at every step",
)
two_sentences = sentence | {
    "x": np.array(
        [[[log2 / 2 - 0.35], [-log3 / 2 - 0.4]], [[log3 / 2 - 0.2], [-log2 / 2 - 0.45]]]
    ),  # (2, 2, 1)
    "h0": np.array([[0.4], [-0.2]]),
}  # the states are 0.6 and -0.8 in the first sentence, 0.8 and -0.6 in the second
check(
    forward_then_backward(rnn_forward, rnn_backward),
    **two_sentences,
    grad_output=np.array([[[10.0], [-20.0]], [[30.0], [40.0]]]),
    **only(
        Gradients,
        grad_x=np.array([[[8.192], [-14.4]], [[30.816], [51.2]]]),
        grad_h0=np.array([[2.048], [7.704]]),
    ),
    case="two sentences of two steps",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(32)
for n, t, d, h, at in (
    (1, 1, 1, 1, [0]),
    (2, 4, 3, 5, [0, 1, 2, 3]),
    (5, 3, 4, 2, [0, 2]),
    (3, 6, 1, 4, [1, 4]),
    (4, 2, 5, 1, [0]),
    (1, 7, 2, 3, [2, 3, 6]),
    (3, 12, 3, 3, [11]),
):
    given = {"x": generator.normal(size=(n, t, d)), "h0": generator.normal(size=(n, h))}
    given |= random_weights(generator, d, h)
    grad_output = np.zeros((n, t, h))
    grad_output[:, at] = generator.normal(size=(n, len(at), h))
    tensors = [torch.tensor(array, requires_grad=True) for array in given.values()]
    states, _ = torch.rnn_tanh(tensors[0], tensors[1][None], tensors[2:], True, 1, 0.0, True, False, True)
    (states * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(rnn_forward, rnn_backward),
        **given,
        grad_output=grad_output,
        **only(Gradients, grad_x=tensors[0].grad.numpy(), grad_h0=tensors[1].grad.numpy()),
        case=f"a loss at steps {at} of {t}, N = {n}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% id="test-rnn-backward-weights" kind="tests" points=2 of="rnn_backward"
log2, log3 = np.log([2.0, 3.0])
x = np.array([[[log2 / 2 - 0.35], [-log3 / 2 - 0.4], [log2 / 2 - 0.05]]])
sentence = {
    "x": x,
    "h0": np.array([[0.4]]),
    "weight_ih": np.array([[2.0]]),
    "weight_hh": np.array([[0.5]]),
    "bias_ih": np.array([0.75]),
    "bias_hh": np.array([-0.25]),
}  # the states are 0.6, -0.8 and 0.6, and the slopes 0.64, 0.36 and 0.64
at_the_end = np.array([[[0.0], [0.0], [100.0]]])
check(
    forward_then_backward(rnn_forward, rnn_backward),
    **sentence,
    grad_output=at_the_end,
    **only(Gradients, grad_weight_ih=np.array([3.6864 * x[0, 0] + 11.52 * x[0, 1] + 64 * x[0, 2]])),
    case="weight_ih, used three times",
)
check(
    forward_then_backward(rnn_forward, rnn_backward),
    **sentence,
    grad_output=at_the_end,
    **only(Gradients, grad_weight_hh=np.array([[3.6864 * 0.4 + 11.52 * 0.6 - 64 * 0.8]])),
    case="weight_hh, used three times",
)
check(
    forward_then_backward(rnn_forward, rnn_backward, then=1.0 - sentence["x"]),
    **sentence,
    grad_output=at_the_end,
    **only(Gradients, grad_weight_hh=np.array([[3.6864 * 0.4 + 11.52 * 0.6 - 64 * 0.8]])),
    case="weight_hh; in between, rnn_forward ran on another sentence",
)
check(
    forward_then_backward(rnn_forward, rnn_backward),
    **sentence,
    grad_output=at_the_end,
    **only(
        Gradients, grad_bias_ih=np.array([3.6864 + 11.52 + 64]), grad_bias_hh=np.array([3.6864 + 11.52 + 64])
    ),
    case="the biases, used three times",
)
check(
    forward_then_backward(rnn_forward, rnn_backward),
    x=np.array([[[0.5], [-1.0], [2.0]], [[-1.5], [0.25], [1.0]]]),  # (N, T, D) = (2, 3, 1)
    h0=np.array([[0.4, -0.3], [-0.6, 0.2]]),  # (N, H) = (2, 2)
    weight_ih=np.array([[0.5], [-0.75]]),
    weight_hh=np.array([[0.5, 1.5], [-1.0, 0.25]]),
    bias_ih=np.array([0.25, -0.5]),
    bias_hh=np.array([-0.5, 0.125]),
    grad_output=np.array(
        [[[10.0, -20.0], [0.0, 0.0], [30.0, 40.0]], [[-50.0, 60.0], [70.0, -80.0], [0.0, 0.0]]]
    ),
    expect=Gradients(
        grad_x=np.array(
            [[[-3.84933719], [-18.98164531], [-8.76839361]], [[-8.59701422], [69.52192390], [0.0]]]
        ),
        grad_h0=np.array([[-2.75439335, -22.49744996], [-14.00808485, 28.31966366]]),
        grad_weight_ih=np.array([[11.74987049], [-31.89500872]]),
        grad_weight_hh=np.array([[-58.93167940, 47.73797693], [8.91739751, -66.24009462]]),
        grad_bias_ih=np.array([53.96707563, -3.12266102]),
        grad_bias_hh=np.array([53.96707563, -3.12266102]),
    ),  # as PyTorch computes it
    case="two sentences, three steps, all six gradients",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(33)
for n, t, d, h, at in (
    (1, 1, 1, 1, [0]),
    (2, 4, 3, 5, [0, 1, 2, 3]),
    (5, 3, 4, 2, [2]),
    (3, 6, 1, 4, [1, 4]),
    (4, 2, 5, 1, [0]),
    (1, 7, 2, 3, [2, 3, 6]),
    (3, 12, 3, 3, [11]),
):
    given = {"x": generator.normal(size=(n, t, d)), "h0": generator.normal(size=(n, h))}
    given |= random_weights(generator, d, h)
    grad_output = np.zeros((n, t, h))
    grad_output[:, at] = generator.normal(size=(n, len(at), h))
    tensors = [torch.tensor(array, requires_grad=True) for array in given.values()]
    states, _ = torch.rnn_tanh(tensors[0], tensors[1][None], tensors[2:], True, 1, 0.0, True, False, True)
    (states * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        forward_then_backward(rnn_forward, rnn_backward),
        **given,
        grad_output=grad_output,
        expect=Gradients(*(tensor.grad.numpy() for tensor in tensors)),
        case=f"all six gradients, a loss at steps {at} of {t}, N = {n}, D = {d}, H = {h}",
    )


def loss_by_hand(given, grad_output):
    """The sum of all states, each times its number in `grad_output`, with plain loops."""
    (n, t, d), h = given["x"].shape, given["h0"].shape[1]
    total = 0.0
    for sentence in range(n):
        state = list(given["h0"][sentence])
        for step in range(t):
            sums = [given["bias_ih"][i] + given["bias_hh"][i] for i in range(h)]
            for i in range(h):
                sums[i] += sum(given["weight_ih"][i, j] * given["x"][sentence, step, j] for j in range(d))
                sums[i] += sum(given["weight_hh"][i, j] * state[j] for j in range(h))
            state = [np.tanh(value) for value in sums]
            total += sum(grad_output[sentence, step, i] * state[i] for i in range(h))
    return total


given = {"x": generator.normal(size=(2, 3, 1)), "h0": generator.normal(size=(2, 2))}
given |= random_weights(generator, 1, 2)
grad_output = generator.normal(size=(2, 3, 2))
slopes = {}
for name, array in given.items():
    slopes[name] = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        nudge = np.zeros(array.shape)
        nudge[place] = 1e-5
        ends = (loss_by_hand(given | {name: array + sign * nudge}, grad_output) for sign in (1, -1))
        slopes[name][place] = (next(ends) - next(ends)) / 2e-5
hidden_check(
    forward_then_backward(rnn_forward, rnn_backward),
    **given,
    grad_output=grad_output,
    expect=Gradients(*slopes.values()),
    case="finite differences of a loss at every step",
)
### END HIDDEN TESTS

# %% [markdown]
# ## 4. How much is left after so many steps?
#
# A gradient arrives at the last state and goes back from state to state, with nothing added on the way. Each
# step multiplies it by the Jacobian of that step, so it may shrink or grow. Measure it: its norm at the last
# state, one step before, two steps before, up to `h0`. Each sentence has a gradient of its own, and a norm of
# its own.


# %% id="gradient-norms" kind="solution"
def gradient_norms(grad_last, cache):
    """Measure the gradient of a loss at the last state by its distance from there.

    Args:
        grad_last: array of shape (N, H), the gradient with respect to the last state. It is not changed.
        cache: what rnn_forward returned.

    Returns:
        array of shape (N, T + 1): in column d, for each sentence the norm (the root of the sum of squares) of
        the gradient with respect to the state d steps before the last. Column 0 is the last state, column T
        is h0.
    """
    ### BEGIN SOLUTION
    norms = [np.linalg.norm(grad_last, axis=1)]
    for step in reversed(cache):
        grad_last = rnn_step_backward(grad_last, step)[1]
        norms.append(np.linalg.norm(grad_last, axis=1))
    return np.stack(norms, axis=1)
    ### END SOLUTION


# %% [markdown] kind="hints" of="gradient_norms"
# 1. Which of the six gradients of a step is the one that travels on? How many states are there, `h0`
#    included?
# 2. It is the loop of `rnn_backward` with nothing to join on the way and no totals to keep: only the norm of
#    what is carried, before the first step and after each.
# 3. The norm of a sentence's gradient is taken over its `H` values, so over axis 1; it gives one number for
#    each sentence. The list of `T + 1` such arrays becomes (N, T + 1), with the distance along the second
#    axis.

# %% id="test-gradient-norms" kind="tests" points=2
log2, log3 = np.log([2.0, 3.0])
check(
    forward_then_backward(rnn_forward, gradient_norms),
    x=np.array([[[log2 / 2 - 0.35], [-log3 / 2 - 0.4]], [[log3 / 2 - 0.2], [-log2 / 2 - 0.45]]]),  # (2, 2, 1)
    h0=np.array([[0.4], [-0.2]]),
    weight_ih=np.array([[2.0]]),
    weight_hh=np.array([[0.5]]),
    bias_ih=np.array([0.75]),
    bias_hh=np.array(
        [-0.25]
    ),  # the slopes are 0.64 and 0.36 in the first sentence, 0.36 and 0.64 in the second
    grad_last=np.array([[-100.0], [50.0]]),
    expect=np.array([[100.0, 18.0, 5.76], [50.0, 16.0, 2.88]]),
    case="two sentences of two steps, one number for a state",
)
check(
    forward_then_backward(rnn_forward, gradient_norms),
    x=np.array([[[0.5], [-1.0]], [[-1.5], [0.25]]]),  # (2, 2, 1)
    h0=np.array([[0.4, -0.3], [-0.6, 0.2]]),
    weight_ih=np.array([[0.5], [-0.75]]),
    weight_hh=np.array([[0.5, 1.5], [-1.0, 0.25]]),
    bias_ih=np.array([0.25, -0.5]),
    bias_hh=np.array([-0.5, 0.125]),
    grad_last=np.array([[30.0, 40.0], [-60.0, 80.0]]),
    expect=np.array([[50.0, 34.91567989, 49.64157233], [100.0, 89.56167270, 55.45859107]]),  # by PyTorch
    case="two sentences of two steps, two numbers for a state",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(41)
for n, t, d, h in (
    (1, 1, 1, 1),
    (2, 4, 3, 5),
    (5, 3, 4, 2),
    (3, 6, 1, 4),
    (4, 2, 5, 1),
    (1, 7, 2, 3),
    (3, 12, 3, 3),
):
    given = {"x": generator.normal(size=(n, t, d)), "h0": generator.normal(size=(n, h))}
    given |= random_weights(generator, d, h)
    grad_last = generator.normal(size=(n, h))
    x, h0, *weights = map(torch.from_numpy, given.values())
    states = [h0.requires_grad_()]
    for step in range(t):
        state = torch.rnn_tanh_cell(x[:, step], states[-1], *weights)
        state.retain_grad()
        states.append(state)
    (states[-1] * torch.from_numpy(grad_last)).sum().backward()
    lengths = [state.grad.square().sum(dim=1).sqrt() for state in reversed(states)]
    hidden_check(
        forward_then_backward(rnn_forward, gradient_norms),
        **given,
        grad_last=grad_last,
        expect=torch.stack(lengths, dim=1).numpy(),
        case=f"norms by distance, N = {n}, T = {t}, D = {d}, H = {h}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 5. What if the gradient is too long?
#
# Clipping by norm takes the gradients of *all* parameters together as one long vector. If its norm is above a
# bound, all of them are multiplied by one and the same number, so that the norm becomes the bound. The
# direction stays. A vector that is short enough stays as it is.


# %% id="clip-by-norm" kind="solution"
def clip_by_norm(gradients, max_norm):
    """Shorten gradients that are together longer than a bound.

    Args:
        gradients: list of arrays of any shapes. Neither the list nor an array in it is changed.
        max_norm: the bound, a number above 0; it may be infinite.

    Returns:
        clipped: list of arrays of the same shapes, in the same order.
        norm: the norm of all gradients together *before* clipping, a number.
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients], norm
    ### END SOLUTION


# %% [markdown] kind="hints" of="clip_by_norm"
# 1. Two arrays, (3, 4) and (12). How long is the vector (3, 4, 12)? It is not the sum of the two lengths.
# 2. First one number from all arrays: square, add everything up, take the root once. Then one factor for all
#    of them. When is it below 1, and what is it otherwise?
# 3. The factor is the bound divided by the norm, but never above 1; where all gradients are 0, nothing may be
#    divided by 0. Multiply each array by it into a new list, and return the norm that you had before.

# %% id="test-clip-by-norm" kind="tests" points=2
check(
    clip_by_norm,
    [np.array([3.0]), np.array([[12.0, -4.0]])],  # together of norm 13
    2.6,
    expect=Clipped(clipped=arrays(np.array([0.6]), np.array([[2.4, -0.8]])), norm=13.0),
    case="two arrays, too long",
)
check(
    clip_by_norm,
    [np.array([3.0]), np.array([[12.0, -4.0]])],
    26.0,
    expect=Clipped(clipped=arrays(np.array([3.0]), np.array([[12.0, -4.0]])), norm=13.0),
    case="two arrays, short enough",
)
check(
    clip_by_norm,
    [np.array([[0.5, 0.1], [-0.7, 0.5]])],  # of norm 1
    0.5,
    expect=Clipped(clipped=arrays(np.array([[0.25, 0.05], [-0.35, 0.25]])), norm=1.0),
    case="a norm of 1, and a bound below it",
)
check(
    clip_by_norm,
    [np.array([0.0, 0.0]), np.array([0.0])],
    0.5,
    expect=Clipped(clipped=arrays(np.array([0.0, 0.0]), np.array([0.0])), norm=0.0),
    case="nothing but zeros",
)
check(
    clip_by_norm,
    [np.array([6.0]), np.array([-8.0])],
    np.inf,
    expect=Clipped(clipped=arrays(np.array([6.0]), np.array([-8.0])), norm=10.0),
    case="no bound",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(51)
for shapes, max_norm in (
    (((5, 3), (5, 5), (5,), (5,)), 1.0),
    (((5, 3), (5, 5), (5,), (5,)), 100.0),
    (((4,),), 0.7),
    (((2, 3, 4), (1,), (6, 1)), 2.5),
    (((1, 1), (7,), (3, 2)), 3.0),
):
    gradients = [1.5 * generator.normal(size=shape) for shape in shapes]
    parameters = [torch.nn.Parameter(torch.zeros(shape, dtype=torch.float64)) for shape in shapes]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = torch.tensor(gradient)
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    hidden_check(
        clip_by_norm,
        gradients,
        max_norm,
        expect=Clipped(arrays(*(parameter.grad.numpy() for parameter in parameters)), norm.item()),
        case=f"arrays of shapes {shapes}, bound {max_norm}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 6. Which letter comes next?
#
# Everything is there to train an RNN on real text. `docstrings.txt` holds sentences from the documentation of
# Python's standard library, NumPy and PyTorch, one in each line; the end of a line is a letter too.
#
# The next cell mixes the lines and cuts the text into 16 streams, which are read side by side, 25 letters at
# a time. The state is handed on from one piece to the next: that is what `h0` is for. The gradient is not; it
# goes back to the beginning of the piece and ends there. A letter goes in as a one-hot vector, and a linear
# layer turns each state into a score for each letter that may come next.

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


def next_letter_loss(states, next_ids, weight, bias):
    """Mean cross-entropy over all sentences and steps, and the gradients of states, weight and bias."""
    scores = states @ weight.T + bias  # (N, T, V)
    shares = np.exp(scores - scores.max(axis=2, keepdims=True))
    shares /= shares.sum(axis=2, keepdims=True)
    right = one_hot(next_ids)
    loss = -np.log(np.maximum((shares * right).sum(axis=2), 1e-300)).mean()
    grad_scores = (shares - right) / next_ids.size
    grad_weight = np.tensordot(grad_scores, states, axes=((0, 1), (0, 1)))
    return loss, grad_scores @ weight, grad_weight, grad_scores.sum(axis=(0, 1))


def start(seed):
    """Fresh parameters, drawn as PyTorch does: four of the RNN, then weight and bias of the linear layer."""
    generator = np.random.default_rng(seed)
    shapes = (H, V), (H, H), (H,), (H,), (V, H), (V,)
    return [generator.uniform(-1, 1, size=shape) / np.sqrt(H) for shape in shapes]


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
for name, value in perplexity.items():
    print(f"{name:20} {value:5.2f}")

# %% [markdown]
# Now train, with your functions and plain gradient descent, twice from the same start: with all gradients
# clipped to the norm 0.5, and without clipping. The learning rate is large and falls to zero. What do you
# expect of the two runs?
#
# This takes a few seconds with one loop over the steps. (If your functions also loop over each value of the
# state, it may take minutes. A course usually gives a cell one minute: for the last point, let matrix
# products do what such loops do.)

# %% id="train" kind="run" capstone=true


def train(max_norm, seed=0):
    """Read the text once; returns the parameters, and loss and norm of the gradient for each piece."""
    parameters, state, curve = start(seed), np.zeros((N, H)), np.zeros((num_pieces, 2))
    for piece in range(num_pieces):
        here = slice(piece * T, piece * T + T)
        states, cache = rnn_forward(one_hot(read_x[:, here]), state, *parameters[:4])
        loss, grad_states, *grad_linear = next_letter_loss(states, read_next[:, here], *parameters[4:])
        grad_rnn = rnn_backward(grad_states, cache)[2:]  # those of x and h0 are not needed
        clipped, norm = clip_by_norm([*grad_rnn, *grad_linear], max_norm)
        learning_rate = 4.0 * (1 - piece / num_pieces)
        for parameter, gradient in zip(parameters, clipped, strict=True):
            parameter -= learning_rate * gradient
        state, curve[piece] = states[:, -1], (loss, norm)
    return parameters, curve


curves, trained = {}, {}
for name, max_norm in (("clipped", 0.5), ("not clipped", np.inf)):
    trained[name], curves[name] = train(max_norm)
    states = rnn_forward(one_hot(held_out_x), np.zeros((50, H)), *trained[name][:4])[0]
    perplexity[name] = np.exp(next_letter_loss(states, held_out_next, *trained[name][4:])[0])
    print(f"{name:20} {perplexity[name]:5.2f}   longest gradient {curves[name][:, 1].max():.3g}")

# %% id="curves" kind="run" capstone=true
figure, axes = plt.subplots(1, 2, figsize=(8, 3))
for name, curve in curves.items():
    axes[0].plot(curve[:, 0], linewidth=0.8, label=name)
    axes[1].plot(curve[:, 1], linewidth=0.8)
    axes[0].legend()
axes[0].axhline(np.log(perplexity["one letter before"]), color="gray", linestyle="dotted")
axes[0].set(xlabel="piece", ylabel="loss (dotted: one letter before)", ylim=(1.5, 5))
axes[1].axhline(0.5, color="gray", linestyle="dotted")
axes[1].set(xlabel="piece", ylabel="norm of the gradient", yscale="log")
figure.tight_layout()

# %% [markdown]
# Only a few of the gradients were longer than the bound. At a learning rate this large, one such step is
# enough to throw the weights to where nearly every state sits at the flat ends of tanh. What does the network
# without clipping still know, to judge by its perplexity?
#
# Let the other one write. It draws a letter, reads it, and draws the next.

# %% id="write" kind="run" capstone=true
generator = np.random.default_rng(2)
state, letter, written = np.zeros((1, H)), letters.index("\n"), ""
for _ in range(300):
    states, _ = rnn_forward(one_hot(np.array([[letter]])), state, *trained["clipped"][:4])  # N = 1, T = 1
    state = states[:, -1]
    scores = (state @ trained["clipped"][4].T + trained["clipped"][5])[0]
    shares = np.exp(scores - scores.max())
    letter = generator.choice(V, p=shares / shares.sum())
    written += letters[letter]
print(written)

# %% [markdown]
# Last, how far back does the loss of one guess reach? Give the last of 25 states a loss, and measure what is
# left of its gradient at the states before, as a share of what it was; before training and after.

# %% id="reach" kind="run" capstone=true
shares_left = {}
for name, parameters in (("before training", start(0)), ("after training", trained["clipped"])):
    states, cache = rnn_forward(one_hot(held_out_x[:, :T]), np.zeros((50, H)), *parameters[:4])
    grad_last = next_letter_loss(states[:, -1:], held_out_next[:, T - 1 : T], *parameters[4:])[1][:, 0]
    norms = gradient_norms(grad_last, cache)  # (50, T + 1)
    shares_left[name] = (norms / norms[:, :1]).mean(axis=0)
    plt.semilogy(shares_left[name], label=name)
    for distance in (1, 5, 15):
        print(f"{name:16} {distance:2} steps: {shares_left[name][distance]:8.3%} are left")
plt.xlabel("distance in steps")
plt.ylabel("share that is left")
plt.legend()

# %% id="test-next-letter" kind="tests" points=1 of="rnn_backward" capstone=true
assert set(perplexity) >= {"one letter before", "clipped", "not clipped"}, (
    "First run the cell that trains; it needs all of your functions."
)
first, table = curves["clipped"][0, 0], perplexity["one letter before"]
assert abs(first - np.log(V)) < 0.3, (
    f"The first loss should be near log {V}, that is {np.log(V):.2f}; got {first:.2f}."
)
assert perplexity["clipped"] < 0.8 * table, (
    f"With clipping, the RNN should clearly beat the table with its perplexity of {table:.2f}; "
    f"got {perplexity['clipped']:.2f}."
)
assert perplexity["not clipped"] > 1.3 * perplexity["clipped"], (
    f"Without clipping, training should do much worse; got a perplexity of {perplexity['not clipped']:.2f}."
)
share_clipped = np.mean(curves["clipped"][:, 1] > 0.5)
assert 0 < share_clipped < 0.5, (
    f"Some of the gradients should be longer than 0.5, not {share_clipped:.0%} of them."
)
for name in ("before training", "after training"):
    left = shares_left[name]
    assert left.shape == (T + 1,), "There should be one share for each of 25 distances, and for distance 0."
    assert abs(left[0] - 1) < 1e-9, "The share at distance 0 should be 1."
    assert left[15] < 0.1, (
        f"{name}, most of the gradient should be gone after 15 steps; {left[15]:.0%} are left."
    )

# %% [markdown]
# After 15 steps, two or three words, next to nothing is left. Does this mean that the state has forgotten
# those words? (The book has a section on it: "They are two things".) The next chapters change the cell so
# that more of the gradient arrives.
