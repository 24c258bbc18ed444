# %% [markdown]
# # Looking back: predict, choose, mend, explain
#
# Somebody who has understood a layer can say what will come out before it is run. In this notebook you write
# no layer. You write down what you know about all of them, in five parts:
#
# 1. **Predict** shapes, parameters, work, waiting and reach, as small formulas that hold for all sizes.
# 2. **Choose** a layer for each of six tasks, and say why.
# 3. **Mend** four pieces of code, each with one wrong line.
# 4. **Explain** two comparisons in your own words; a person reads these.
# 5. **Fill in the table** of the chapter "Looking back: compare" from your own formulas.
#
# | letter | meaning |
# |---|---|
# | `N`, `T` | examples in a batch, steps (places) of a sequence |
# | `D`, `H` | features that go in at each step; hidden size, in *each* direction if there are two |
# | `V`, `k` | words in the vocabulary, numbers in the vector of a word |
#
# Everything is as in PyTorch with `batch_first=True`: sequences are (N, T, D), images (N, C, H, W), recurrent
# layers have two biases. **Predict first**: take the numbers of a check, write the answer on paper, then
# write the formula and run the check. You need no PyTorch for it.

# %% id="setup" kind="setup"
import hashlib
from collections import namedtuple

import numpy as np
from check import ANY, check

Shapes = namedtuple("Shapes", "output weight_ih weight_hh")
Numbers = namedtuple("Numbers", "parameters multiply_adds")
Prediction = namedtuple("Prediction", "parameters output multiply_adds")
Reach = namedtuple("Reach", "before after")


def shape_text(shape):
    """A shape as text, such as "(2, 5)", so that a message shows it whole."""
    if isinstance(shape, np.ndarray):
        shape = shape.tolist()
    if not isinstance(shape, tuple | list):
        return shape
    return str(tuple(n.item() if isinstance(n, np.generic) else n for n in shape))


def shapes_as_text(result):
    """A tuple, with the shapes in it as text."""
    return tuple(map(shape_text, result)) if isinstance(result, tuple | list) else result


# %% [markdown]
# ## 1. What do you know before you run it?
#
# ### Which shapes?
#
# A recurrent layer has `weight_ih` and `weight_hh`, in which the blocks of all gates are stacked. How many
# blocks has an RNN, an LSTM, a GRU? With `directions=2` the layer reads both ways; each direction has its own
# weights and a state of `H` numbers, and the two outputs stand side by side.


# %% id="recurrent-shapes" kind="solution"
def recurrent_shapes(kind, N, T, D, H, directions=1):
    """Shapes of a recurrent layer's output and weights.

    Args:
        kind: "RNN", "LSTM" or "GRU".
        N, T, D: shape of the input, (N, T, D).
        H: hidden size of each direction.
        directions: 1, or 2 for a bidirectional layer.

    Returns:
        output: shape of the outputs of all steps, a tuple.
        weight_ih: shape of `weight_ih` of one direction, a tuple.
        weight_hh: shape of `weight_hh` of one direction, a tuple.
    """
    ### BEGIN SOLUTION
    rows = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind] * H
    return (N, T, directions * H), (rows, D), (rows, H)
    ### END SOLUTION


# %% [markdown] kind="hints" of="recurrent_shapes"
# 1. Which of the letters does a gate see, and which numbers leave the layer at each step? Gates work inside.
# 2. A weight has the shape (out, in). For each gate block `H` numbers come out; into `weight_ih` goes the
#    input, into `weight_hh` the old state of the same direction.
# 3. A dict from kind to the number of blocks (1, 3 or 4) saves three cases. Rows of both weights: that number
#    times `H`. Only the last number of the output's shape knows of the directions.

# %% id="test-recurrent-shapes" kind="tests" points=2
check(
    recurrent_shapes,
    "RNN",
    2,
    5,
    3,
    4,
    view=shapes_as_text,
    expect=Shapes("(2, 5, 4)", "(4, 3)", "(4, 4)"),
    case="an RNN, 2 sentences of 5 words, 3 features in and 4 units",
)
check(
    recurrent_shapes,
    "LSTM",
    7,
    6,
    5,
    2,
    view=shapes_as_text,
    expect=Shapes("(7, 6, 2)", "(8, 5)", "(8, 2)"),
    case="an LSTM",
)
check(
    recurrent_shapes,
    "GRU",
    2,
    9,
    4,
    5,
    2,
    view=shapes_as_text,
    expect=Shapes("(2, 9, 10)", "(15, 4)", "(15, 5)"),
    case="a GRU in two directions",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for kind, (N, T, D, H), directions in (
    ("RNN", (3, 2, 5, 4), 1),
    ("RNN", (1, 4, 2, 3), 2),
    ("LSTM", (2, 3, 4, 6), 1),
    ("LSTM", (4, 2, 7, 3), 2),
    ("GRU", (2, 4, 3, 1), 1),
    ("GRU", (3, 5, 6, 2), 2),
):
    layer = getattr(torch.nn, kind)(D, H, batch_first=True, bidirectional=directions == 2)
    shapes = layer(torch.zeros(N, T, D))[0].shape, layer.weight_ih_l0.shape, layer.weight_hh_l0.shape
    hidden_check(
        recurrent_shapes,
        kind,
        N,
        T,
        D,
        H,
        directions,
        view=shapes_as_text,
        expect=Shapes(*(str(tuple(shape)) for shape in shapes)),
        case=f"{kind}, N, T, D, H = {N}, {T}, {D}, {H}, directions {directions}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### How many parameters?
#
# Now count all numbers that this layer learns, its biases among them. Two rules of thumb lead astray here:
# "four gates, so four times the units" and "longer sentences need more weights".


# %% id="recurrent-parameters" kind="solution"
def recurrent_parameters(kind, T, D, H, directions=1):
    """Number of parameters of a recurrent layer, with both of PyTorch's biases.

    Args:
        kind: "RNN", "LSTM" or "GRU".
        T: steps of the sequence that it reads.
        D: features of the input at each step.
        H: hidden size of each direction.
        directions: 1, or 2 for a bidirectional layer.

    Returns:
        int.
    """
    ### BEGIN SOLUTION
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return directions * blocks * H * (D + H + 2)
    ### END SOLUTION


# %% [markdown] kind="hints" of="recurrent_parameters"
# 1. Begin with an RNN in one direction. What is added up before the tanh? Not every letter need be in the
#    answer.
# 2. One unit of one block has a weight for each input feature, one for each number of the old state, and two
#    biases. How many units, blocks, directions are there?
# 3. The numbers of one unit add up to a bracket of three terms; the bracket is multiplied by units, by blocks
#    and by directions, and by nothing else.

# %% id="test-recurrent-parameters" kind="tests" points=2
check(
    recurrent_parameters,
    "RNN",
    5,
    3,
    4,
    expect=36,  # weight_ih 4 * 3, weight_hh 4 * 4, and two biases of 4
    case="an RNN, 3 features in and 4 units",
)
check(recurrent_parameters, "LSTM", 7, 3, 5, expect=200, case="an LSTM, 3 features in and 5 units")
check(recurrent_parameters, "GRU", 6, 5, 2, expect=54, case="a GRU, 5 features in and 2 units")
check(
    recurrent_parameters,
    "RNN",
    6,
    7,
    3,
    2,
    expect=72,
    case="an RNN in two directions, 7 features in and 3 units each way",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for H in (1, 2, 5, 8, 13, 32):
    for kind, T, D, directions in (
        ("RNN", 9, 4, 1),
        ("LSTM", 11, 6, 2),
        ("GRU", 3, 10, 2),
        ("LSTM", 4, 1, 1),
    ):
        layer = getattr(torch.nn, kind)(D, H, bidirectional=directions == 2)
        hidden_check(
            recurrent_parameters,
            kind,
            T,
            D,
            H,
            directions,
            expect=sum(parameter.numel() for parameter in layer.parameters()),
            case=f"{kind}, T, D, H = {T}, {D}, {H}, directions {directions}",
        )
### END HIDDEN TESTS

# %% [markdown]
# ### How much work?
#
# A **multiply-add** is a weight times a value, added to a sum. Biases, gates times states, tanh and the like
# are left out, as they are small. Count for *one* sequence of `T` steps.


# %% id="recurrent-multiply-adds" kind="solution"
def recurrent_multiply_adds(kind, T, D, H, directions=1):
    """Multiply-adds that a recurrent layer needs for one sequence.

    Args:
        kind: "RNN", "LSTM" or "GRU".
        T: steps of the sequence.
        D: features of the input at each step.
        H: hidden size of each direction.
        directions: 1, or 2 for a bidirectional layer.

    Returns:
        int. The first step has an old state too (of zeros) and costs the same as every other.
    """
    ### BEGIN SOLUTION
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    return T * directions * blocks * H * (D + H)
    ### END SOLUTION


# %% [markdown] kind="hints" of="recurrent_multiply_adds"
# 1. How often is one and the same weight used while the layer reads `T` words?
# 2. A matrix of (out, in) times one vector takes out times in multiply-adds. Which two matrices meet which
#    two vectors at each step? A bias is added and multiplies nothing.
# 3. Take the weights of your count of parameters without the biases: each is used once at each step.

# %% id="test-recurrent-multiply-adds" kind="tests" points=2
check(
    recurrent_multiply_adds,
    "RNN",
    5,
    3,
    4,
    expect=140,  # at each of 5 steps 4 * 3 and 4 * 4
    case="an RNN, 5 steps, 3 features in and 4 units",
)
check(recurrent_multiply_adds, "LSTM", 7, 3, 5, expect=1120, case="an LSTM, 7 steps")
check(recurrent_multiply_adds, "GRU", 6, 5, 2, expect=252, case="a GRU, 6 steps")
check(recurrent_multiply_adds, "RNN", 4, 7, 3, 2, expect=240, case="an RNN in two directions, 4 steps")
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for H in (1, 3, 6, 16):
    for kind, T, D, directions in (
        ("RNN", 9, 4, 2),
        ("LSTM", 11, 6, 1),
        ("GRU", 3, 10, 2),
        ("LSTM", 5, 1, 2),
    ):
        layer = getattr(torch.nn, kind)(D, H, bidirectional=directions == 2)
        count = 0
        for tensor in layer.parameters():
            for _ in range(T):
                count += tensor.numel() if tensor.dim() == 2 else 0
        hidden_check(
            recurrent_multiply_adds,
            kind,
            T,
            D,
            H,
            directions,
            expect=count,
            case=f"{kind}, T, D, H = {T}, {D}, {H}, directions {directions}",
        )
### END HIDDEN TESTS

# %% [markdown]
# ### How large is what a convolution returns?
#
# In one dimension a filter moves along the places of a sequence, (N, C, T), in two over an image,
# (N, C, H, W). Here the filter's size is a tuple with one number for each direction, such as `(3,)` or
# `(3, 5)`, so that one formula serves both.


# %% id="convolution-shape" kind="solution"
def convolution_shape(shape, C_out, kernel_size, stride=1, padding=0):
    """Shape of a convolution's output, in one or two dimensions.

    Args:
        shape: the input's shape, a tuple: (N, C_in, T) or (N, C_in, H, W).
        C_out: number of filters.
        kernel_size: size of a filter, a tuple: (F,) or (F_H, F_W).
        stride: how many places further the next window begins, the same in all directions.
        padding: zeros that are put before *and* after, the same in all directions.

    Returns:
        a tuple: (N, C_out, T_out) or (N, C_out, H_out, W_out). Windows that do not fit are left out.
    """
    ### BEGIN SOLUTION
    sides = [(shape[2 + i] + 2 * padding - width) // stride + 1 for i, width in enumerate(kernel_size)]
    return (shape[0], C_out, *sides)
    ### END SOLUTION


# %% [markdown] kind="hints" of="convolution_shape"
# 1. Draw a row of 7 places, and windows of 3 that begin 2 apart. How many fit? The first one begins at 0.
# 2. After the padding, the first window takes its own size away; what is left is walked in steps of the
#    stride. Then count the first window too.
# 3. Compute one number for each direction, with `//`, in a loop over the sizes of the map and those of the
#    filter together; put the number of examples and the number of filters in front.

# %% id="test-convolution-shape" kind="tests" points=2
check(
    convolution_shape,
    (2, 3, 7),
    5,
    (3,),
    view=shape_text,
    expect="(2, 5, 5)",
    case="a row of 7, windows of 3",
)
check(
    convolution_shape,
    (3, 4, 12),
    2,
    (5,),
    3,
    view=shape_text,
    expect="(3, 2, 3)",
    case="a row of 12, windows of 5, stride 3",
)
check(
    convolution_shape,
    (2, 6, 9, 13),
    4,
    (3, 4),
    2,
    1,
    view=shape_text,
    expect="(2, 4, 5, 6)",
    case="an image of 9 by 13, filters of 3 by 4, stride 2, padding 1",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for shape, C_out, kernel_size, stride, padding in (
    ((2, 3, 11), 4, (4,), 1, 0),
    ((1, 5, 10), 2, (3,), 4, 0),
    ((4, 2, 8), 7, (5,), 2, 2),
    ((3, 1, 6), 2, (1,), 3, 1),
    ((2, 3, 8, 5), 6, (2, 3), 1, 0),
    ((1, 4, 7, 12), 3, (5, 2), 3, 0),
    ((2, 5, 6, 9), 1, (4, 3), 2, 3),
):
    layer = (torch.nn.Conv1d, torch.nn.Conv2d)[len(kernel_size) - 1]
    output = layer(shape[1], C_out, kernel_size, stride, padding)(torch.zeros(shape))
    hidden_check(
        convolution_shape,
        shape,
        C_out,
        kernel_size,
        stride,
        padding,
        view=shape_text,
        expect=str(tuple(output.shape)),
        case=f"input {shape}, filters {C_out} of {kernel_size}, stride {stride}, padding {padding}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### What does a convolution cost?
#
# Parameters and multiply-adds, for one example. Which of the two depends on how large the output is?


# %% id="convolution-numbers" kind="solution"
def convolution_numbers(C_in, C_out, kernel_size, output_size):
    """Parameters and multiply-adds of a convolution, in one or two dimensions.

    Args:
        C_in: channels of the input.
        C_out: number of filters.
        kernel_size: size of a filter, a tuple: (F,) or (F_H, F_W).
        output_size: places of the output, a tuple: (T_out,) or (H_out, W_out).

    Returns:
        parameters: int, the biases included.
        multiply_adds: int, for one example; biases are not counted.
    """
    ### BEGIN SOLUTION
    weights = C_out * C_in * np.prod(kernel_size)
    return weights + C_out, weights * np.prod(output_size)
    ### END SOLUTION


# %% [markdown] kind="hints" of="convolution_numbers"
# 1. What is the shape of a convolution's weight? And how many biases has one filter?
# 2. Each filter looks at all channels of its window and has one bias. For each number of the output, all
#    weights of one filter are used once.
# 3. Weights: filters times channels times all sides of the filter. Add one bias for each filter for the
#    first result; multiply by all sides of the output for the second. `np.prod` takes a tuple of any length.

# %% id="test-convolution-numbers" kind="tests" points=2
check(
    convolution_numbers,
    3,
    5,
    (2,),
    (7,),
    expect=Numbers(parameters=35, multiply_adds=210),  # 5 * 3 * 2 weights and 5 biases
    case="one dimension: 3 channels, 5 filters of 2, 7 places",
)
check(
    convolution_numbers,
    4,
    3,
    (3, 5),
    (6, 2),
    expect=Numbers(parameters=183, multiply_adds=2160),
    case="two dimensions: 4 channels, 3 filters of 3 by 5, 6 by 2 places",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for C_in, C_out, kernel_size, output_size in (
    (2, 7, (3,), (5,)),
    (6, 1, (4,), (10,)),
    (1, 8, (5,), (1,)),
    (3, 2, (2, 4), (5, 3)),
    (5, 4, (3, 1), (2, 7)),
    (1, 6, (4, 3), (4, 6)),
):
    layer = (torch.nn.Conv1d, torch.nn.Conv2d)[len(kernel_size) - 1](C_in, C_out, kernel_size)
    row = torch.zeros(1, C_in, *(out + side - 1 for out, side in zip(output_size, kernel_size, strict=True)))
    work = layer(row).numel() * layer.weight[0].numel()  # each number of the output is one sum
    hidden_check(
        convolution_numbers,
        C_in,
        C_out,
        kernel_size,
        output_size,
        expect=Numbers(sum(parameter.numel() for parameter in layer.parameters()), work),
        case=f"{C_in} channels, {C_out} filters of {kernel_size}, output {output_size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### And two layers that hardly compute
#
# An embedding layer looks rows up, pooling compares. Predict three things of each: parameters, the shape of
# the output, multiply-adds.


# %% id="embedding-numbers" kind="solution"
def embedding_numbers(N, T, V, k):
    """What can be known of an embedding layer before it is run.

    Args:
        N, T: shape of the ids, (N, T).
        V: words in the vocabulary.
        k: numbers in the vector of a word.

    Returns:
        parameters: int.
        output: shape of the output, a tuple.
        multiply_adds: int, for the whole batch, as the layer does it: by looking up.
    """
    ### BEGIN SOLUTION
    return V * k, (N, T, k), 0
    ### END SOLUTION


# %% [markdown] kind="hints" of="embedding_numbers"
# 1. What is in the table, and what happens to it when a text has more words?
# 2. Each id of the (N, T) array is replaced by a row of numbers: the shape gets one axis more, at its end.
# 3. One row of `k` numbers for each of the `V` words, and no bias. The product with a one-hot vector gives
#    the same output; but how many products are needed to copy a row?

# %% id="test-embedding-numbers" kind="tests" points=1
check(
    embedding_numbers,
    2,
    5,
    11,
    3,
    view=shapes_as_text,
    expect=Prediction(parameters=33, output="(2, 5, 3)", multiply_adds=0),
    case="2 sentences of 5 words, 11 words in the vocabulary, 3 numbers for each",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for N, T, V, k in ((3, 4, 7, 6), (1, 9, 5, 2), (4, 2, 100, 8)):
    layer = torch.nn.Embedding(V, k)
    hidden_check(
        embedding_numbers,
        N,
        T,
        V,
        k,
        view=shapes_as_text,
        expect=Prediction(
            layer.weight.numel(), str(tuple(layer(torch.zeros(N, T, dtype=torch.int64)).shape)), 0
        ),
        case=f"N, T, V, k = {N}, {T}, {V}, {k}",
    )
### END HIDDEN TESTS


# %% id="pooling-numbers" kind="solution"
def pooling_numbers(shape, kernel_size, stride):
    """What can be known of a max pooling before it is run.

    Args:
        shape: the input's shape, (N, C, H, W).
        kernel_size: height and width of a window.
        stride: how many rows, or columns, further the next window begins.

    Returns:
        parameters: int.
        output: shape of the output, a tuple; windows that do not fit are left out.
        multiply_adds: int; a comparison is none.
    """
    ### BEGIN SOLUTION
    H_out, W_out = ((side - kernel_size) // stride + 1 for side in shape[2:])
    return 0, (*shape[:2], H_out, W_out), 0
    ### END SOLUTION


# %% [markdown] kind="hints" of="pooling_numbers"
# 1. What could a maximum learn? And do two channels ever meet in a window?
# 2. Images and channels stay as they are. Rows and columns follow the formula of the convolution.
# 3. Parameters and multiply-adds need no formula at all. For the shape, count the windows that fit, once
#    along the rows and once along the columns.

# %% id="test-pooling-numbers" kind="tests" points=1
check(
    pooling_numbers,
    (2, 3, 8, 15),
    3,
    2,
    view=shapes_as_text,
    expect=Prediction(parameters=0, output="(2, 3, 3, 7)", multiply_adds=0),
    case="maps of 8 by 15, windows of 3, stride 2",
)
check(
    pooling_numbers,
    (4, 2, 9, 6),
    2,
    2,
    view=shapes_as_text,
    expect=Prediction(parameters=0, output="(4, 2, 4, 3)", multiply_adds=0),
    case="maps of 9 by 6, windows of 2 that touch",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for shape, kernel_size, stride in (((3, 5, 7, 10), 2, 3), ((1, 4, 6, 11), 4, 1), ((2, 1, 12, 5), 5, 4)):
    layer = torch.nn.MaxPool2d(kernel_size, stride)
    hidden_check(
        pooling_numbers,
        shape,
        kernel_size,
        stride,
        view=shapes_as_text,
        expect=Prediction(len(list(layer.parameters())), str(tuple(layer(torch.zeros(shape)).shape)), 0),
        case=f"maps {shape}, windows of {kernel_size}, stride {stride}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### What must wait for what?
#
# Work is one cost, waiting another. Count the products (matrix times vector, or convolution) of which *each
# needs the result of the one before*, on the longest way from the input to the last thing computed. Products
# that could be done at the same time count once. Suppose a machine that can do as many at once as you like,
# and begins each as soon as its inputs are there.
#
# One layer you know from the chapter. What do several layers, one on top of the other, add? There the kinds
# differ, and for "both ways" it is worth drawing. (What must wait is asked, not what one program happens to
# do: PyTorch's `nn.RNN` with several layers finishes one before it begins the next.)


# %% id="waiting-products" kind="solution"
def waiting_products(kind, T, layers=1):
    """Products that must wait for one another, when all outputs of the top layer are wanted.

    Args:
        kind: "RNN", "LSTM", "GRU", "both ways" (a bidirectional RNN) or "CNN" (windows of 3 or more).
        T: places of the sequence.
        layers: how many layers of this kind stand one on top of the other.

    Returns:
        int.
    """
    ### BEGIN SOLUTION
    if kind == "CNN":
        return layers
    if kind == "both ways":
        return layers * T
    return T + layers - 1
    ### END SOLUTION


# %% [markdown] kind="hints" of="waiting_products"
# 1. One layer: what does step 5 need before it can begin? Do the blocks of an LSTM need each other? Do the
#    two directions?
# 2. Draw a grid: places to the right, layers upwards, an arrow from each result to those that need it. How
#    long is the longest way along the arrows, from the lower left to the last result? The second layer of an
#    RNN can begin as soon as the first layer has done its first step.
# 3. In a one-way stack a way goes right and up, through each column once and each row once. In a
#    bidirectional stack the second layer's first step needs both directions of that place, and one of them
#    comes last. In a CNN there are arrows upwards only.

# %% id="test-waiting-products" kind="tests" points=2
check(waiting_products, "RNN", 7, expect=7, case="an RNN on 7 places")
check(waiting_products, "LSTM", 6, expect=6, case="an LSTM on 6 places")
check(waiting_products, "GRU", 9, expect=9, case="a GRU on 9 places")
check(waiting_products, "both ways", 5, expect=5, case="a bidirectional RNN on 5 places")
check(waiting_products, "CNN", 8, 3, expect=3, case="3 layers of a CNN on 8 places")
check(waiting_products, "RNN", 7, 3, expect=9, case="3 layers of an RNN on 7 places")
check(waiting_products, "both ways", 5, 3, expect=15, case="3 layers of a bidirectional RNN on 5 places")
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check


def run_cell(kind, columns, seed):
    """One direction, step by step, with a fresh cell of PyTorch's."""
    cell, state, states = getattr(torch.nn, kind + "Cell")(columns[0].shape[1], 2), None, []
    for column in columns:
        state = cell(column, state)
        states.append(state[0] if kind == "LSTM" else state)
    return states


def longest_way(results):
    """Most products on one way back through PyTorch's own record of what was made from what."""
    most, todo = {None: 0}, [result.grad_fn for result in results]
    ends = list(todo)
    while todo:
        makers = [maker for maker, _ in todo[-1].next_functions]
        unknown = [maker for maker in makers if maker not in most]
        if unknown:
            todo += unknown
            continue
        node = todo.pop()
        is_product = node.name() in ("AddmmBackward0", "ConvolutionBackward0")
        most[node] = is_product + max((most[maker] for maker in makers), default=0)
    return max(most[end] for end in ends)


for kind, T, layers in (
    ("RNN", 4, 1),
    ("RNN", 3, 4),
    ("LSTM", 5, 2),
    ("GRU", 4, 3),
    ("both ways", 4, 1),
    ("both ways", 3, 2),
    ("CNN", 6, 1),
    ("CNN", 4, 5),
):
    results = [torch.zeros(1, 2) for _ in range(T)]
    for _ in range(layers):
        if kind == "CNN":
            conv = torch.nn.Conv1d(2, 2, 3, padding=1)
            results = list(conv(torch.stack(results, dim=2)).unbind(dim=2))
        elif kind == "both ways":
            back = run_cell("RNN", results[::-1], 1)[::-1]
            results = [torch.cat(pair, 1) for pair in zip(run_cell("RNN", results, 0), back, strict=True)]
        else:
            results = run_cell(kind, results, 0)
    hidden_check(
        waiting_products, kind, T, layers, expect=longest_way(results), case=f"{kind}, T {T}, layers {layers}"
    )
### END HIDDEN TESTS

# %% [markdown]
# ### What can an output depend on?
#
# Take the output at place `t` of `T` places (counted from 0). How many places before it, and how many after
# it, can it depend on, whatever the weights are? Its own place is not counted. The sequence has two ends.


# %% id="places-seen" kind="solution"
def places_seen(kind, T, t, layers=1, kernel_size=3):
    """Places that the output at place t can depend on.

    Args:
        kind: "RNN", "LSTM", "GRU", "both ways" (a bidirectional RNN) or "CNN" (stride 1, padding at both ends
            so that the length stays, windows centred).
        T: places of the sequence.
        t: place of the output, from 0 to T - 1.
        layers: how many layers of this kind stand one on top of the other.
        kernel_size: size of the windows of the CNN, an odd number; for all other kinds without meaning.

    Returns:
        before: int, how many places before t.
        after: int, how many places after t.
    """
    ### BEGIN SOLUTION
    after = T - 1 - t
    if kind == "CNN":
        reach = layers * (kernel_size // 2)
        return min(t, reach), min(after, reach)
    if kind == "both ways":
        return t, after
    return t, 0
    ### END SOLUTION


# %% [markdown] kind="hints" of="places_seen"
# 1. What has a one-way layer read when it gives the output of place `t`? And a bidirectional one?
# 2. How many places lie before place `t`, how many after it? For the CNN, how far to one side does one window
#    reach, and how much further does the next layer?
# 3. A centred window of 5 reaches 2 to each side, and each layer adds as much again. It cannot see more
#    places than there are: take the smaller of the two numbers, on each side for itself.

# %% id="test-places-seen" kind="tests" points=2
check(places_seen, "RNN", 9, 3, expect=Reach(before=3, after=0), case="an RNN, place 3 of 9")
check(places_seen, "LSTM", 7, 5, expect=Reach(before=5, after=0), case="an LSTM, place 5 of 7")
check(places_seen, "GRU", 8, 4, 2, expect=Reach(before=4, after=0), case="2 layers of a GRU, place 4 of 8")
check(places_seen, "both ways", 9, 3, expect=Reach(before=3, after=5), case="both ways, place 3 of 9")
check(places_seen, "CNN", 20, 9, 1, 5, expect=Reach(before=2, after=2), case="one layer, windows of 5")
check(places_seen, "CNN", 30, 13, 3, 5, expect=Reach(before=6, after=6), case="3 layers, windows of 5")
check(places_seen, "CNN", 12, 2, 4, 3, expect=Reach(before=2, after=4), case="near the beginning")
check(places_seen, "CNN", 12, 10, 2, 7, expect=Reach(before=6, after=1), case="near the end")
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

torch.manual_seed(0)
for kind, T, t, layers, kernel_size in (
    ("RNN", 6, 0, 1, 3),
    ("RNN", 6, 5, 2, 5),
    ("LSTM", 7, 3, 1, 3),
    ("GRU", 5, 2, 3, 3),
    ("both ways", 7, 2, 1, 3),
    ("both ways", 6, 0, 2, 3),
    ("CNN", 9, 4, 1, 3),
    ("CNN", 15, 8, 2, 5),
    ("CNN", 11, 1, 3, 3),
    ("CNN", 10, 9, 1, 7),
    ("CNN", 8, 3, 2, 1),
):
    row = torch.randn(1, T, 2, dtype=torch.float64, requires_grad=True)
    if kind == "CNN":
        output = row.transpose(1, 2)
        for _ in range(layers):
            output = torch.nn.Conv1d(2, 2, kernel_size, padding=kernel_size // 2).double()(output)
        output = output.transpose(1, 2)
    else:
        layer, both = getattr(torch.nn, "RNN" if kind == "both ways" else kind), kind == "both ways"
        output = layer(2, 3, layers, batch_first=True, bidirectional=both).double()(row)[0]
    output[0, t].sum().backward()
    seen = row.grad[0].abs().sum(dim=1) > 0
    hidden_check(
        places_seen,
        kind,
        T,
        t,
        layers,
        kernel_size,
        expect=Reach(int(seen[:t].sum()), int(seen[t + 1 :].sum())),
        case=f"{kind}, place {t} of {T}, layers {layers}, windows of {kernel_size}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### How far does a stack of windows see?
#
# Convolutions and poolings, one after the other, each with a window and a stride, along one dimension. How
# many places of the input does *one* number of the last output look at? Far from the ends, and with strides
# not larger than their windows, so that no place between is left out.


# %% id="field-of-stack" kind="solution"
def field_of_stack(kernel_sizes, strides):
    """Places of the input that one output of a stack of windows looks at: its receptive field.

    Args:
        kernel_sizes: list of window sizes, from the first layer to the last.
        strides: list of strides, as many.

    Returns:
        int. Without any layer it is 1: a number looks at itself.
    """
    ### BEGIN SOLUTION
    field, step = 1, 1
    for layer, width in enumerate(kernel_sizes):
        field += (width - 1) * step
        step *= strides[layer]
    return field
    ### END SOLUTION


# %% [markdown] kind="hints" of="field_of_stack"
# 1. One window of 3 sees 3 places. What does a window of 3 on top of it add, if neighbouring windows below
#    begin 1 apart? And if they begin 2 apart?
# 2. Keep two numbers while you go up: how wide the field is, and how far apart in the *input* two
#    neighbouring numbers of the layer lie.
# 3. A window of F adds F - 1 times the distance at its input. The layer's own stride makes the distance
#    larger only for what comes after.

# %% id="test-field-of-stack" kind="tests" points=2
check(field_of_stack, [5], [2], expect=5, case="one window of 5")
check(field_of_stack, [3, 4], [1, 1], expect=6, case="a window of 4 on windows of 3")
check(field_of_stack, [3, 4], [2, 3], expect=9, case="the same, begun 2 and 3 apart")
check(
    field_of_stack,
    [3, 2, 5, 2],
    [1, 2, 1, 2],
    expect=14,
    case="convolution of 3, pooling of 2, convolution of 5, pooling of 2",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

for kernel_sizes, strides in (
    ([], []),
    ([7], [3]),
    ([2, 3, 4], [1, 1, 1]),
    ([4, 3], [3, 2]),
    ([3, 2, 3, 2], [1, 2, 1, 2]),
    ([5, 3, 2], [2, 3, 1]),
    ([2, 3, 2, 3, 2, 3], [1, 2, 1, 2, 1, 1]),
):
    rows = torch.eye(101, dtype=torch.float64)[:, None]  # in each row another place is 1
    for width, stride in zip(kernel_sizes, strides, strict=True):
        rows = torch.nn.functional.conv1d(rows, torch.ones(1, 1, width, dtype=torch.float64), stride=stride)
    hidden_check(
        field_of_stack,
        kernel_sizes,
        strides,
        expect=int((rows[:, 0, rows.shape[2] // 2] > 0).sum()),
        case=f"windows {kernel_sizes}, strides {strides}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2. Which layer would you take, and why?
#
# Six tasks. For each, exactly one of the layers offered does what is asked, and exactly one of the reasons
# offered is true of the task and speaks for that layer.
#
# **A.** Finished sentences of up to 40 words lie in a file. Each word is to get its part of speech. Whether
# *run* is a verb or a noun may be decided by a word ten places before it or ten places after it.
# Layers: `"embedding"`, `"RNN"`, `"convolution of 3"`, `"bidirectional LSTM"`.
# Reasons: `"future"`, `"no order"`, `"near"`, `"names"`.
#
# **B.** A keyboard offers the next word while somebody types. Whether *is* or *are* fits is decided by a noun
# that may stand 20 words before.
# Layers: `"bidirectional LSTM"`, `"LSTM, open gate"` (its forget gate starts open), `"convolution of 3"`,
# `"global average pooling"`.
# Reasons: `"far back"`, `"future"`, `"near"`, `"no order"`.
#
# **C.** A recording has 100,000 measurements, all of them there. Peaks of a certain form, five measurements
# wide, are to be marked wherever they are, and a machine that computes thousands of products at once should
# be done quickly. Layers: `"LSTM"`, `"fully connected"`, `"convolution of 5"`, `"max pooling of 5"`.
# Reasons: `"near"`, `"far back"`, `"no order"`, `"names"`.
#
# **D.** A shop has 30,000 products, numbered as they came in. The layers that follow want 50 learned numbers
# for each. Layers: `"linear on the number"`, `"embedding"`, `"RNN"`, `"max pooling of 2"`.
# Reasons: `"names"`, `"near"`, `"far back"`, `"roughly where"`.
#
# **E.** Feature maps of a photograph say where something like an eye was found. What comes next should have a
# quarter of the numbers, change little if the eye moves by one pixel, and need no training.
# Layers: `"convolution of 3, padding 1"`, `"max pooling of 2"`, `"embedding"`, `"convolution of 1"`.
# Reasons: `"roughly where"`, `"far back"`, `"names"`, `"future"`.
#
# **F.** Film reviews of 10 to 2,000 words are to be judged good or bad. It was tried out: a review whose
# words are shuffled is judged just as well. The vectors of the words are there already; what is wanted is one
# vector for the review, at the smallest cost.
# Layers: `"bidirectional LSTM"`, `"convolution of 5"`, `"flatten"`, `"global average pooling"`.
# Reasons: `"no order"`, `"near"`, `"far back"`, `"future"`.
#
# | reason | in words |
# |---|---|
# | `"future"` | What comes later is needed too, and it is there when the answer is due. |
# | `"far back"` | What decides may lie far back and must be kept until it is needed. |
# | `"near"` | What decides lies within a few neighbouring places, and may be anywhere. |
# | `"no order"` | It counts which things are there; their order does not. |
# | `"names"` | The inputs are mere names: neither their size nor their distance means anything. |
# | `"roughly where"` | What was found counts; its exact place does not. |
#
# The right answers lie sealed in the next cell, and only a seal is compared. You gain nothing by opening it.

# %% id="setup-choices" kind="setup"
LAYERS = {
    "A": ("embedding", "RNN", "convolution of 3", "bidirectional LSTM"),
    "B": ("bidirectional LSTM", "LSTM, open gate", "convolution of 3", "global average pooling"),
    "C": ("LSTM", "fully connected", "convolution of 5", "max pooling of 5"),
    "D": ("linear on the number", "embedding", "RNN", "max pooling of 2"),
    "E": ("convolution of 3, padding 1", "max pooling of 2", "embedding", "convolution of 1"),
    "F": ("bidirectional LSTM", "convolution of 5", "flatten", "global average pooling"),
}
REASONS = {
    "A": ("future", "no order", "near", "names"),
    "B": ("far back", "future", "near", "no order"),
    "C": ("near", "far back", "no order", "names"),
    "D": ("names", "near", "far back", "roughly where"),
    "E": ("roughly where", "far back", "names", "future"),
    "F": ("no order", "near", "far back", "future"),
}
LINES = {"A": range(1, 9), "B": range(1, 6), "C": range(1, 6), "D": range(1, 6)}
SEALS = {
    "layer for A": "34336e8d61",
    "layer for B": "92194b3bc2",
    "layer for C": "1b08bd58e5",
    "layer for D": "ccced7feaa",
    "layer for E": "a1db81ec23",
    "layer for F": "ce3607d52b",
    "reason for A": "ff175e0df3",
    "reason for B": "0a7bce561f",
    "reason for C": "d7fab9294b",
    "reason for D": "704881e9d1",
    "reason for E": "cb1f43dd28",
    "reason for F": "e6ccc97034",
    "line of A": "ab63ac509f",
    "line of B": "05cefa58ac",
    "line of C": "185bf26dee",
    "line of D": "95e48384f5",
}
Answer = namedtuple("Answer", "is_right seal")


def sealed(question, choices):
    """A view of an answer: whether its seal is the right one, and the seal."""

    def look(answer):
        if answer not in choices:
            problem = f"{answer!r} is none of the choices: {', '.join(map(repr, choices))}"
            raise ValueError(problem)
        text = f"{question}: {choices[choices.index(answer)]}"
        seal = hashlib.sha256(text.encode()).hexdigest()[:10]
        return Answer(seal == SEALS[question], seal)

    return look


# %% id="choose-layer" kind="solution"
def choose_layer(task):
    """The layer that you would take for a task.

    Args:
        task: "A", "B", "C", "D", "E" or "F".

    Returns:
        str, one of the layers offered for this task.
    """
    ### BEGIN SOLUTION
    return {
        "A": "bidirectional LSTM",
        "B": "LSTM, open gate",
        "C": "convolution of 5",
        "D": "embedding",
        "E": "max pooling of 2",
        "F": "global average pooling",
    }[task]
    ### END SOLUTION


# %% [markdown] kind="hints" of="choose_layer"
# 1. Before you look at the layers, ask the task: how far apart are the things that belong together? Is what
#    comes later known? Does the order count?
# 2. Strike out each layer that *cannot* do it: one that does not see what decides, or that would need what is
#    not there yet. Then compare the cost of those that are left.
# 3. One dict from task to layer is enough. The first cell of checks goes through A, B and C and stops at the
#    first answer that is missing or wrong; the second does the same with D, E and F.

# %% id="test-choose-layer" kind="tests" points=1
for task in ("A", "B", "C"):
    check(
        choose_layer,
        task,
        view=sealed(f"layer for {task}", LAYERS[task]),
        expect=Answer(is_right=True, seal=ANY),
        case=f"task {task}",
    )

# %% id="test-choose-layer-more" kind="tests" points=1 of="choose_layer"
for task in ("D", "E", "F"):
    check(
        choose_layer,
        task,
        view=sealed(f"layer for {task}", LAYERS[task]),
        expect=Answer(is_right=True, seal=ANY),
        case=f"task {task}",
    )


# %% id="reason-for" kind="solution"
def reason_for(task):
    """The reason that is true of a task and speaks for your layer.

    Args:
        task: "A", "B", "C", "D", "E" or "F".

    Returns:
        str, one of the reasons offered for this task.
    """
    ### BEGIN SOLUTION
    return {
        "A": "future",
        "B": "far back",
        "C": "near",
        "D": "names",
        "E": "roughly where",
        "F": "no order",
    }[task]
    ### END SOLUTION


# %% [markdown] kind="hints" of="reason_for"
# 1. Read the sentence behind each reason and ask first: is this *true* of the task?
# 2. If two seem to be true, change the task in your mind so that one of them no longer is. Would you still
#    take your layer?
# 3. Look at the words of the task that give a distance, a time ("while", "are all there"), or say what
#    happens if something is moved or shuffled.

# %% id="test-reason-for" kind="tests" points=1
for task in ("A", "B", "C"):
    check(
        reason_for,
        task,
        view=sealed(f"reason for {task}", REASONS[task]),
        expect=Answer(is_right=True, seal=ANY),
        case=f"task {task}",
    )

# %% id="test-reason-for-more" kind="tests" points=1 of="reason_for"
for task in ("D", "E", "F"):
    check(
        reason_for,
        task,
        view=sealed(f"reason for {task}", REASONS[task]),
        expect=Answer(is_right=True, seal=ANY),
        case=f"task {task}",
    )

# %% [markdown]
# ## 3. Which line is wrong?
#
# Four functions that somebody wrote. Each runs, and what it returns has the right shape; each is wrong in
# exactly one line. First decide which line it is (the one with `def` is line 1), then write the function so
# that it is right.
#
# **A.** A recurrent layer with a leak: at each step a unit keeps the share `leak` of its old state, and takes
# the rest from tanh of inputs and old states together, as in an RNN without bias. The state begins at zero.
# ```python
# def leaky_states(x, weight_ih, weight_hh, leak):
#     state = np.zeros((x.shape[0], weight_hh.shape[0]))  # (N, H)
#     states = []
#     for x_t in x.swapaxes(0, 1):  # each (N, D)
#         drive = x_t @ weight_ih.T + state @ weight_hh
#         state = leak * state + (1 - leak) * np.tanh(drive)
#         states.append(state)
#     return np.array(states).swapaxes(0, 1)  # (N, T, H)
# ```
# **B.** For each sentence and each unit, the largest state over the words of the sentence. Sentences are of
# different lengths; after a sentence's end its row is filled up with whatever.
# ```python
# def strongest_over_time(states, lengths):
#     places = np.arange(states.shape[1])  # (T,)
#     real = places < lengths[:, None]  # (N, T)
#     kept = states * real[:, :, None]  # (N, T, H)
#     return kept.max(axis=1)
# ```
# **C.** The mean loss over all words of a batch, where the sentences are of different lengths. A word's loss
# is minus the logarithm of the share that the network gave to the right word.
# ```python
# def mean_word_loss(log_shares, targets, lengths):
#     rows, places = np.indices(targets.shape)  # (N, T) each
#     losses = -log_shares[rows, places, targets]  # (N, T)
#     real = places < lengths[:, None]
#     return (losses * real).mean()
# ```
# **D.** A convolution along time, for sequences that come as (N, T, D). It returns (N, C_out, T_out).
# ```python
# def words_to_maps(x, weight, bias):
#     count, length, width = x.shape
#     maps = x.reshape(count, width, length)  # (N, D, T)
#     windows = np.lib.stride_tricks.sliding_window_view(maps, weight.shape[2], axis=2)
#     return np.einsum("ndtf,cdf->nct", windows, weight) + bias[:, None]
# ```


# %% id="wrong-line" kind="solution"
def wrong_line(snippet):
    """Number of the line that is wrong.

    Args:
        snippet: "A", "B", "C" or "D".

    Returns:
        int; the line with `def` is 1.
    """
    ### BEGIN SOLUTION
    return {"A": 5, "B": 4, "C": 5, "D": 3}[snippet]
    ### END SOLUTION


# %% [markdown] kind="hints" of="wrong_line"
# 1. Say of each line what it should do before you read what it does.
# 2. The shapes are right in all four. So look at what stands *where* in an array of that shape, and at which
#    numbers take part.
# 3. Take the smallest input for which you know the answer, for example one unit that listens to one other, or
#    negative states in a short sentence, or one word in a batch with a long sentence. Copy the snippet into a
#    cell of your own and look at the values line by line.

# %% id="test-wrong-line-a" kind="tests" points=1 of="wrong_line"
check(
    wrong_line,
    "A",
    view=sealed("line of A", LINES["A"]),
    expect=Answer(is_right=True, seal=ANY),
    case="snippet A",
)

# %% id="test-wrong-line-b" kind="tests" points=1 of="wrong_line"
check(
    wrong_line,
    "B",
    view=sealed("line of B", LINES["B"]),
    expect=Answer(is_right=True, seal=ANY),
    case="snippet B",
)

# %% id="test-wrong-line-c" kind="tests" points=1 of="wrong_line"
check(
    wrong_line,
    "C",
    view=sealed("line of C", LINES["C"]),
    expect=Answer(is_right=True, seal=ANY),
    case="snippet C",
)

# %% id="test-wrong-line-d" kind="tests" points=1 of="wrong_line"
check(
    wrong_line,
    "D",
    view=sealed("line of D", LINES["D"]),
    expect=Answer(is_right=True, seal=ANY),
    case="snippet D",
)


# %% id="leaky-states" kind="solution"
def leaky_states(x, weight_ih, weight_hh, leak):
    """States of a leaky recurrent layer: leak * old + (1 - leak) * tanh(W_ih x + W_hh old), from zero.

    Args:
        x: array of shape (N, T, D).
        weight_ih: array of shape (H, D).
        weight_hh: array of shape (H, H); row i holds what unit i hears of all units.
        leak: float from 0 to 1.

    Returns:
        array of shape (N, T, H), the states after each step.
    """
    ### BEGIN SOLUTION
    states = np.zeros((x.shape[0], x.shape[1] + 1, len(weight_hh)))  # one more, for the zeros
    for t in range(x.shape[1]):
        fresh = np.tanh(x[:, t] @ weight_ih.T + states[:, t] @ weight_hh.T)
        states[:, t + 1] = leak * states[:, t] + (1 - leak) * fresh
    return states[:, 1:]
    ### END SOLUTION


# %% [markdown] kind="hints" of="leaky_states"
# 1. Give one unit a single ear: all of `weight_hh` zero but one number. Which unit should hear which?
# 2. A vector of states is a row here, and a weight is (out, in). How does a row meet such a matrix?
# 3. The input meets its weight in the right way in the same line. A square matrix does not complain if it is
#    met in the other way.

# %% id="test-leaky-states" kind="tests" points=1
check(
    leaky_states,
    np.array([[[2.0], [0.0]]]),  # (N, T, D) = (1, 2, 1)
    np.array([[1.0], [0.0]]),  # only unit 0 hears the input
    np.array([[0.0, -1.0], [3.0, 0.0]]),  # unit 0 hears -1 times unit 1, unit 1 hears 3 times unit 0
    0.5,
    expect=np.array([[[0.48201379, 0.0], [0.2410069, 0.44745367]]]),
    case="two units that hear each other",
)
check(
    leaky_states,
    np.array([[[1.0, -1.0], [0.5, 2.0], [0.0, 1.0]], [[0.2, 0.4], [-2.0, 1.0], [1.0, 0.5]]]),  # (2, 3, 2)
    np.array([[0.5, -1.0]]),  # a single unit
    np.array([[0.8]]),
    0.75,
    expect=np.array(
        [[[0.22628706], [-0.05950016], [-0.23984302]], [[-0.07282815], [-0.29660132], [-0.28068247]]]
    ),
    case="one unit, two sequences of three steps",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(61)
for (N, T, D, H), leak in (
    ((2, 4, 3, 5), 0.3),
    ((3, 2, 4, 2), 0.9),
    ((1, 5, 2, 3), 0.0),
    ((2, 4, 3, 5), 0.6),
    ((2, 3, 4, 4), 1.0),
):
    x = generator.normal(size=(N, T, D))
    weight_ih, weight_hh = generator.normal(size=(H, D)), generator.normal(size=(H, H))
    cell = torch.nn.RNNCell(D, H, bias=False).double()
    cell.load_state_dict({"weight_ih": torch.from_numpy(weight_ih), "weight_hh": torch.from_numpy(weight_hh)})
    state, states = torch.zeros(N, H, dtype=torch.float64), []
    with torch.no_grad():
        for t in range(T):
            state = torch.lerp(cell(torch.from_numpy(x[:, t]), state), state, leak)
            states.append(state.numpy())
    hidden_check(
        leaky_states,
        x,
        weight_ih,
        weight_hh,
        leak,
        expect=np.stack(states, axis=1),
        case=f"N, T, D, H = {N}, {T}, {D}, {H}, leak {leak}",
    )
### END HIDDEN TESTS


# %% id="strongest-over-time" kind="solution"
def strongest_over_time(states, lengths):
    """Largest state of each unit over the real words of each sentence.

    Args:
        states: array of shape (N, T, H); from place lengths[n] on, row n is filled up with whatever.
        lengths: integer array of shape (N,), each at least 1.

    Returns:
        array of shape (N, H).
    """
    ### BEGIN SOLUTION
    filled = np.arange(states.shape[1]) >= lengths[:, None]  # (N, T)
    return np.where(filled[:, :, None], -np.inf, states).max(axis=1)
    ### END SOLUTION


# %% [markdown] kind="hints" of="strongest_over_time"
# 1. What does a place that is not real contribute to the maximum? Try a sentence in which all states are
#    negative.
# 2. The chapter on pooling has the same question at the edges of an image: with which number is a frame
#    filled that must never win?
# 3. `np.where` chooses, place by place, between two arrays or numbers. The mask needs a third axis.

# %% id="test-strongest-over-time" kind="tests" points=1
check(
    strongest_over_time,
    np.array([[[-3.0], [-1.0], [9.0], [7.0]]]),  # (N, T, H) = (1, 4, 1)
    np.array([2]),
    expect=np.array([[-1.0]]),
    case="negative states, and two places that are filled up",
)
check(
    strongest_over_time,
    np.array([[[-4.0, 3.0], [-2.0, 1.0], [-5.0, 6.0]], [[1.5, -6.0], [8.0, 0.5], [-7.0, 4.0]]]),  # (2, 3, 2)
    np.array([3, 1]),
    expect=np.array([[-2.0, 6.0], [1.5, -6.0]]),
    case="one full sentence, one of one word",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(62)
for N, T, H in ((3, 5, 2), (4, 3, 6), (2, 7, 3)):
    states = generator.normal(size=(N, T, H)) - 1.5
    lengths = generator.integers(1, T + 1, size=N)
    parts = zip(torch.from_numpy(states), lengths.tolist(), strict=True)
    hidden_check(
        strongest_over_time,
        states,
        lengths,
        expect=torch.stack([row[:length].amax(dim=0) for row, length in parts]).numpy(),
        case=f"N, T, H = {N}, {T}, {H}",
    )
hidden_check(
    strongest_over_time,
    np.array([[[-1e4, -2e4], [1e7, 2e7]], [[-3e4, 5.0], [-4e4, 6.0]]]),
    np.array([1, 2]),
    expect=np.array([[-1e4, -2e4], [-3e4, 6.0]]),
    case="large numbers, real and filled up",
)
### END HIDDEN TESTS


# %% id="mean-word-loss" kind="solution"
def mean_word_loss(log_shares, targets, lengths):
    """Mean loss over all real words of a batch.

    Args:
        log_shares: array of shape (N, T, V), the logarithm of each word's share at each place.
        targets: integer array of shape (N, T), the right words; from place lengths[n] on any words.
        lengths: integer array of shape (N,), each at least 1.

    Returns:
        float: the sum of the losses of all real words, divided by their number.
    """
    ### BEGIN SOLUTION
    rows, places = np.nonzero(np.arange(targets.shape[1]) < lengths[:, None])  # of all real words
    return -log_shares[rows, places, targets[rows, places]].mean()
    ### END SOLUTION


# %% [markdown] kind="hints" of="mean_word_loss"
# 1. A batch of one sentence with 1 real word and 9 filled places: what should the mean be, and what does the
#    snippet return?
# 2. The losses of filled places have become 0 and do not count in the sum. Do they count anywhere else?
# 3. Divide by the number of real words, which is the sum of the lengths (or of the mask).

# %% id="test-mean-word-loss" kind="tests" points=1
check(
    mean_word_loss,
    np.array([[[-2.0, -0.5], [-3.0, -7.0], [-0.25, -5.0]]]),  # (N, T, V) = (1, 3, 2)
    np.array([[0, 1, 0]]),
    np.array([2]),
    expect=4.5,  # (2 + 7) / 2
    case="one sentence of two words, one place filled up",
)
check(
    mean_word_loss,
    np.array([[[-1.0, -4.0], [-2.0, -0.5], [-6.0, -3.0]], [[-10.0, -8.0], [-0.5, -5.0], [-9.0, -0.125]]]),
    np.array([[1, 0, 1], [0, 1, 0]]),
    np.array([3, 1]),
    expect=4.75,  # (4 + 2 + 3 + 10) / 4
    case="two sentences, of three words and of one",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(63)
for N, T, V in ((3, 5, 4), (4, 2, 7), (2, 6, 3)):
    log_shares = torch.log_softmax(torch.from_numpy(generator.normal(size=(N, T, V))), dim=2)
    targets = generator.integers(0, V, size=(N, T))
    lengths = generator.integers(1, T + 1, size=N)
    lengths[0] = T - 1
    ignored = torch.from_numpy(targets.copy())
    for row, length in enumerate(lengths.tolist()):
        ignored[row, length:] = -100  # PyTorch's mark for "does not count"
    hidden_check(
        mean_word_loss,
        log_shares.numpy(),
        targets,
        lengths,
        expect=torch.nn.functional.nll_loss(log_shares.flatten(0, 1), ignored.flatten()).item(),
        case=f"N, T, V = {N}, {T}, {V}",
    )
hidden_check(
    mean_word_loss,
    np.array([[[0.0, -30.0], [-1.0, -0.5], [-0.5, -1.0]], [[-30.0, 0.0], [-2.0, -0.25], [-0.25, -2.0]]]),
    np.array([[0, 0, 1], [1, 1, 0]]),
    np.array([2, 1]),
    expect=1 / 3,
    case="words with a share of 1",
)
### END HIDDEN TESTS


# %% id="words-to-maps" kind="solution"
def words_to_maps(x, weight, bias):
    """Convolution along time (stride 1, no padding) of sequences with their features last.

    Args:
        x: array of shape (N, T, D).
        weight: array of shape (C_out, D, F).
        bias: array of shape (C_out,).

    Returns:
        array of shape (N, C_out, T - F + 1).
    """
    ### BEGIN SOLUTION
    width = weight.shape[2]
    output = np.zeros((x.shape[0], weight.shape[0], x.shape[1] - width + 1)) + bias[:, None]
    for t in range(output.shape[2]):
        output[:, :, t] += np.einsum("nfd,cdf->nc", x[:, t : t + width], weight)
    return output
    ### END SOLUTION


# %% [markdown] kind="hints" of="words_to_maps"
# 1. Take a small sequence, 3 words of 2 numbers, and print what each line makes of it. Is the first row of
#    `maps` the first number of each word?
# 2. Two operations give an array of the shape (N, D, T). One lays the same numbers out anew in their order,
#    the other exchanges axes.
# 3. Exchange the last two axes, and leave the first where it is.

# %% id="test-words-to-maps" kind="tests" points=1
check(
    words_to_maps,
    np.array([[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]]),  # (N, T, D) = (1, 3, 2)
    np.array([[[1.0, 4.0], [0.0, 0.0]]]),  # (C_out, D, F) = (1, 2, 2): looks at the first feature
    np.array([0.5]),
    expect=np.array([[[9.5, 14.5]]]),  # 1 + 4 * 2 + 0.5, then 2 + 4 * 3 + 0.5
    case="a filter that looks at the first feature only",
)
check(
    words_to_maps,
    np.array([[[1.0, 5.0, 2.0], [0.0, -1.0, 3.0], [4.0, 2.0, -2.0], [6.0, 1.0, 1.0]]]),  # (1, 4, 3)
    np.array([[[2.0, -1.0], [0.5, 1.0], [1.0, 3.0]], [[0.0, 1.0], [-2.0, 0.0], [1.0, 1.0]]]),  # (2, 3, 2)
    np.array([10.0, -20.0]),
    expect=np.array([[[24.5, 4.5, 15.0], [-25.0, -13.0, -19.0]]]),
    case="two filters, three features, four words",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(64)
for N, T, D, C_out, F in (
    (2, 6, 3, 4, 2),
    (3, 4, 5, 1, 3),
    (1, 7, 2, 3, 5),
    (2, 3, 4, 5, 1),
    (2, 4, 4, 3, 2),
):
    x, bias = generator.normal(size=(N, T, D)), generator.normal(size=C_out)
    weight = generator.normal(size=(C_out, D, F))
    maps = torch.nn.functional.conv1d(
        torch.from_numpy(x).permute(0, 2, 1), torch.from_numpy(weight), torch.from_numpy(bias)
    )
    hidden_check(
        words_to_maps,
        x,
        weight,
        bias,
        expect=maps.numpy(),
        case=f"N, T, D = {N}, {T}, {D}, {C_out} filters of {F}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 4. And if somebody asks?
#
# Two answers in your own words; a person reads and marks them. About 120 to 200 words each, in English or in
# Korean. Write as to a friend who has met the words but has not understood them. A statement with a number
# that your functions of part 1 give is worth more than three without.
#
# **Padding and pooling.** Your friend says: "First they pad so that the map does not get smaller, then they
# pool so that it does. Why not leave out both?" Answer the friend. Up to 3 points, one for each of these:
#
# - what padding does to the length of the output, to the edges and to the reach, with one computed example;
# - what pooling does to the length and to the reach, with one computed example, and what it loses;
# - an answer to the question itself: why the two do not cancel each other, or a case in which one of them had
#   better be left out, with the reason.

# %% [markdown] kind="answer" id="answer-padding-pooling" points=3
# *What an answer may look like, for the person who marks:* Padding is about the edges. A row of 64 becomes 58
# after three convolutions of 3 without padding and stays 64 with a padding of 1; and the first place is in
# two windows and not in one only. The reach is 7 in both cases. Pooling is about the rest. With a pooling of
# 2 after each of three convolutions the length falls to 8 and the reach grows to 22, since one step in a
# later layer is two, four, eight steps in the input; later layers have less work too. What it loses is the
# exact place. So they do not cancel: padding decides what happens at the edges, pooling how far the rest is
# seen and how exactly. If the exact place is asked for (mark each pixel of a border), pooling hurts. If
# nothing of interest is at the edges, padding may be left out.

# %% [markdown]
# **A recurrent layer or a convolution on a sequence.** "I have a row of measurements, one for each minute.
# RNN or CNN?" Up to 3 points, one for each of these:
#
# - what both have in common and where they differ in parameters, work and waiting, with numbers of your own
#   for one setting;
# - what an output of each can depend on, before and after its place, and what that means for the task;
# - the questions that you would ask back, at least two, and for each what either answer would decide.

# %% [markdown] kind="answer" id="answer-rnn-cnn" points=3
# *What an answer may look like, for the person who marks:* Both use the same weights at all places, so
# neither has more parameters for a longer row, and the work of both grows with its length. With 8 features in
# and 32 out, an RNN has 1,344 parameters, three convolutions of 3 have 7,008; but on 1,000 minutes the RNN
# has 1,000 products that wait for one another, the CNN 3. An output of the RNN can depend on everything
# before and on nothing after; one of these three convolutions on 3 minutes to each side, and on nothing else,
# however long it is trained. I would ask: how far back lies what decides? A few minutes: CNN. Hours: an LSTM
# with an open forget gate, or many layers or pooling. Is the answer due at once? Then nothing may look ahead:
# the padding of the CNN must stand on the left only, and a bidirectional layer is out of the question. Must
# it be fast on a machine that does much at once? Then the waiting counts.

# %% [markdown]
# ## 5. Your own table
#
# The chapter asks for a table of five layers, all with outputs of `H` numbers. Its first rows follow from
# your formulas, for any sizes. Fill it in by calling them. A formula of part 1 that is not right yet makes
# its column wrong here too, so mend that first; what should come out for the sizes of the chapter, you can
# read there.

# %% id="setup-table" kind="setup" capstone=true
Row = namedtuple("Row", "parameters multiply_adds waiting before after")


def print_table(table):
    """Print the table with a column for each layer, as in the chapter."""
    print(f"{'':14}" + "".join(f"{name:>12}" for name in table))
    for i, field in enumerate(Row._fields):
        print(f"{field:14}" + "".join(f"{row[i]:>12,}" for row in table.values()))


# %% id="fill-table" kind="solution" capstone=true
def fill_table(T, D, H):
    """What can be known of five layers before they are run.

    The layers are "RNN", "LSTM" and "GRU" with H units, "both ways", a bidirectional RNN with H / 2 units in
    each direction, and "CNN", three convolutions with windows of 3 and padding 1: from D channels to H, then
    twice from H to H.

    Args:
        T: places of the sequence.
        D: features of the input at each place.
        H: numbers at each place of the output, an even number.

    Returns:
        dict from each of the five names to five numbers (parameters, multiply_adds, waiting, before, after):
        the last two are the places before and after the middle place, T // 2, that its output can depend on.
    """
    ### BEGIN SOLUTION
    table = {}
    for name in ("RNN", "LSTM", "GRU", "both ways"):
        setting = ("RNN", T, D, H // 2, 2) if name == "both ways" else (name, T, D, H)
        cost = recurrent_parameters(*setting), recurrent_multiply_adds(*setting)
        table[name] = Row(*cost, waiting_products(name, T), *places_seen(name, T, T // 2))
    costs = [convolution_numbers(C_in, H, (3,), (T,)) for C_in in (D, H, H)]
    cost = (sum(column) for column in zip(*costs, strict=True))
    table["CNN"] = Row(*cost, waiting_products("CNN", T, 3), *places_seen("CNN", T, T // 2, 3))
    return table
    ### END SOLUTION


# %% id="test-fill-table" kind="tests" points=3 capstone=true
filled = fill_table(24, 8, 32)
assert isinstance(filled, dict), (
    f"A dict from names to five numbers is wanted, not a {type(filled).__name__}."
)
assert list(filled) == ["RNN", "LSTM", "GRU", "both ways", "CNN"], f"The columns are {list(filled)}."
for name, row in filled.items():
    assert len(row) == 5, f"{name}: there should be five numbers, of which places_seen gives two; got {row}."
table = {name: Row(*row) for name, row in filled.items()}
for name in ("RNN", "LSTM", "GRU"):
    expected = recurrent_parameters(name, 24, 8, 32), recurrent_multiply_adds(name, 24, 8, 32)
    assert table[name][:2] == expected, f"{name}: your own formulas give {expected}, not {table[name][:2]}."
for name, layers in (("RNN", 1), ("LSTM", 1), ("GRU", 1), ("both ways", 1), ("CNN", 3)):
    expected = waiting_products(name, 24, layers)
    assert table[name].waiting == expected, f"{name}: your own formula says that {expected} products wait."
    expected = tuple(places_seen(name, 24, 12, layers, 3))
    assert table[name][3:] == expected, (
        f"{name}: your own formula says {expected} places before and after the middle place, T // 2 = 12."
    )
in_the_chapter = {
    "RNN": (1344, 30720),
    "LSTM": (5376, 122880),
    "GRU": (4032, 92160),
    "both ways": (832, 18432),
    "CNN": (7008, 165888),
}
for name, expected in in_the_chapter.items():
    assert table[name][:2] == expected, (
        f"{name}: {table[name].parameters} parameters and {table[name].multiply_adds} multiply-adds; in the "
        f"chapter it has {expected[0]} and {expected[1]}. Does a check of part 1 fail? Then mend that one "
        "first. If none does: with which sizes, and how often, do you call the formula?"
    )
### BEGIN HIDDEN TESTS
import torch

for T, D, H in ((24, 8, 32), (11, 3, 6), (9, 5, 10), (4, 7, 2)):
    made = {
        "RNN": [torch.nn.RNN(D, H)],
        "LSTM": [torch.nn.LSTM(D, H)],
        "GRU": [torch.nn.GRU(D, H)],
        "both ways": [torch.nn.RNN(D, H // 2, bidirectional=True)],
        "CNN": [torch.nn.Conv1d(C_in, H, 3) for C_in in (D, H, H)],
    }
    filled = {name: tuple(row) for name, row in fill_table(T, D, H).items()}
    sizes = "for the sizes of the chapter" if (T, D, H) == (24, 8, 32) else "for other sizes"
    for name, layers in made.items():
        parameters = [parameter for layer in layers for parameter in layer.parameters()]
        weights = sum(parameter.numel() for parameter in parameters if parameter.dim() > 1)
        reach = {"both ways": (T // 2, (T - 1) // 2), "CNN": (min(3, T // 2), min(3, (T - 1) // 2))}.get(
            name, (T // 2, 0)
        )
        right = (sum(map(torch.numel, parameters)), T * weights, 3 if name == "CNN" else T, *reach)
        assert filled[name] == right, f"The column of {name} is not right {sizes}."
### END HIDDEN TESTS

# %% id="look-at-table" kind="run" capstone=true
print_table(fill_table(24, 8, 32))

# %% [markdown]
# The chapter asked its networks for the symbol that stands `offset` places away, to the left (below 0) or to
# the right. Where an output cannot depend on that place, no training helps. Which of the five are left? With
# that the table answers a question that no single formula answers.


# %% id="can-answer" kind="solution" capstone=true
def can_answer(table, offset):
    """Names of the layers whose output at the middle place can depend on the symbol `offset` places away.

    Args:
        table: what fill_table returned.
        offset: int; below 0 it is a place before, above 0 a place after, 0 the place itself.

    Returns:
        list of names, in the order of the table.
    """
    ### BEGIN SOLUTION
    return [name for name, row in table.items() if -row[3] <= offset <= row[4]]
    ### END SOLUTION


# %% id="test-can-answer" kind="tests" points=1 capstone=true
table = fill_table(24, 8, 32)
found = can_answer(table, 4)
assert isinstance(found, list), f"A list of names is wanted, in the order of the table; got {found}."
assert found == ["both ways"], (
    f"Four places after: {found}. Just one layer reads what stands four places ahead."
)
found = can_answer(table, -4)
assert found == ["RNN", "LSTM", "GRU", "both ways"], (
    f"Four places before: {found}. Just one layer does not reach four places back."
)
found = can_answer(table, 0)
assert found == list(table), f"The place itself: {found}. Every layer sees its own place."
### BEGIN HIDDEN TESTS
for offset, right in (
    (3, ["both ways", "CNN"]),
    (-3, list(table)),
    (-12, ["RNN", "LSTM", "GRU", "both ways"]),
    (-13, []),
    (11, ["both ways"]),
    (12, []),
):
    assert can_answer(table, offset) == right, "can_answer is not right for another offset."
turned = {name: Row(*row[:3], row[4], row[3]) for name, row in table.items()}
for offset, right in ((12, ["RNN", "LSTM", "GRU", "both ways"]), (-4, ["both ways"]), (13, [])):
    assert can_answer(turned, offset) == right, "can_answer is not right for another table."
### END HIDDEN TESTS

# %% [markdown]
# Compare with the table at the end of the chapter's experiment. Which of its rows did you not need, because
# they cannot be known beforehand?
