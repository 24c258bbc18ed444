# %% [markdown]
# # An embedding layer, and how it learns
#
# A text reaches a network as ids, whole numbers that stand for words. How does a number become a vector,
# and how does that vector learn what its word has to do with others?
#
# You write both halves of the answer: the layer (forward and backward), and the training that gives its
# rows a meaning, skip-gram with negative sampling. In the last part your functions read the documentation
# of Python, NumPy and PyTorch, and you look at what they found in it.
#
# Letters used throughout: `V` is the number of words in the vocabulary, `k` the embedding size, `m` the
# number of negative samples. The weight has the shape `(V, k)`: one row for each word.
#
# Write a function, then run the cell of checks below it. A failing check says what it called and what came
# out wrong; if the mistake is a known one, it also says which, and where the book explains it.

# %% id="setup" kind="setup"
from collections import namedtuple

import numpy as np
from check import ANY, check

LossAndGradients = namedtuple("LossAndGradients", "loss grad_center grad_context grad_negatives")


def in_any_order(pairs):
    """The pairs as a sorted list of tuples, so that the order in which they were found does not matter."""
    try:
        array = np.asarray(pairs)
    except ValueError:
        return pairs
    if array.dtype.kind in "iuf" and array.size == 0:
        return []
    if array.dtype.kind not in "iuf" or array.ndim != 2 or array.shape[1] != 2 or (array % 1).any():
        return pairs
    return sorted((int(center), int(context)) for center, context in array)


# %% [markdown]
# ## 1. Which row belongs to this word?
#
# An embedding layer is a table. Row 0 is the vector of word 0, row 1 that of word 1, and so on; the forward
# pass looks rows up. The ids may come in any shape: a single id, a sentence `(T,)`, a batch of sentences
# `(N, T)`. What does the output's shape have to be, so that each id still has its place?


# %% id="embedding-forward" kind="solution"
def embedding_forward(ids, weight):
    """Look up the vector of each id.

    Args:
        ids: integer array of any shape, also () for a single id; each from 0 to V - 1.
        weight: array of shape (V, k), one row for each word.

    Returns:
        array of shape ids.shape + (k,): in the place of each id, its row of weight.
    """
    ### BEGIN SOLUTION
    return weight[ids]
    ### END SOLUTION


# %% [markdown] kind="hints" of="embedding_forward"
# 1. Which axis of `weight` counts the words, and which counts the numbers of one word's vector?
# 2. For one id the answer is one row. What does NumPy return when the thing between the square brackets is
#    not one number but a whole array of them?
# 3. Indexing the first axis with an array of ids gives one row for each id, in the ids' order and with
#    their repeats; the result has the shape of the ids, followed by the length of a row. It needs no loop.

# %% id="test-embedding-forward" kind="tests" points=1
weight = np.array([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0], [3.5, 4.0, 4.5], [5.0, 5.5, 6.5]])  # (V, k) = (4, 3)
check(
    embedding_forward,
    np.array([0, 2]),
    weight,
    expect=np.array([[0.5, 1.0, 1.5], [3.5, 4.0, 4.5]]),
    case="two words",
)
check(
    embedding_forward,
    np.array([3, 1, 3]),
    weight,
    expect=np.array([[5.0, 5.5, 6.5], [2.0, 2.5, 3.0], [5.0, 5.5, 6.5]]),
    case="a word that comes twice",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(11)
for size, num_words, width in ((1, 2, 5), (7, 3, 4), (6, 11, 1)):
    table = generator.normal(size=(num_words, width))
    ids = generator.integers(num_words, size=size)
    hidden_check(
        embedding_forward,
        ids,
        table,
        expect=torch.nn.functional.embedding(torch.from_numpy(ids), torch.from_numpy(table)).numpy(),
        case=f"random ids, {size} of {num_words} words in {width} dimensions",
    )
### END HIDDEN TESTS

# %% id="test-embedding-forward-shapes" kind="tests" points=1 of="embedding_forward"
weight = np.array([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0], [3.5, 4.0, 4.5], [5.0, 5.5, 6.5]])
check(
    embedding_forward,
    np.array([[1, 0], [2, 2], [3, 1]]),
    weight,
    expect=np.array(
        [
            [[2.0, 2.5, 3.0], [0.5, 1.0, 1.5]],
            [[3.5, 4.0, 4.5], [3.5, 4.0, 4.5]],
            [[5.0, 5.5, 6.5], [2.0, 2.5, 3.0]],
        ]
    ),
    case="a batch of three sentences with two words each",
)
check(embedding_forward, np.array(2), weight, expect=np.array([3.5, 4.0, 4.5]), case="a single id")
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(12)
table = generator.normal(size=(13, 6))
for shape, dtype in (
    ((), "int64"),
    ((4, 7), "int32"),
    ((2, 5, 3), "uint8"),
    ((3, 1, 2, 2), "int16"),
    ((1, 1), "int8"),
):
    ids = generator.integers(13, size=shape).astype(dtype)
    hidden_check(
        embedding_forward,
        ids,
        table,
        expect=torch.nn.functional.embedding(
            torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(table)
        ).numpy(),
        case=f"ids of shape {shape} and type {dtype}",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2. Is a lookup a matrix product?
#
# Books often draw an embedding layer as a one-hot vector times the weight. Compute it that way, with all
# the zeros: a one-hot vector of length `V` for each id, times `weight`. The checks are those of the lookup,
# because the result is the same; only the work is not. How many multiplications does it take for one word,
# and how many of them are by zero?


# %% id="one-hot-matmul" kind="solution"
def one_hot_matmul(ids, weight):
    """Compute what the lookup gives, as one-hot vectors times the weight.

    Args:
        ids: integer array of any shape, also () for a single id; each from 0 to V - 1.
        weight: array of shape (V, k).

    Returns:
        array of shape ids.shape + (k,), equal to embedding_forward(ids, weight).
    """
    ### BEGIN SOLUTION
    one_hot = np.zeros((ids.size, len(weight)))  # (n, V)
    one_hot[np.arange(ids.size), ids.ravel()] = 1.0
    return (one_hot @ weight).reshape(*ids.shape, -1)
    ### END SOLUTION


# %% [markdown] kind="hints" of="one_hot_matmul"
# 1. What does a row vector with a single 1, at place 2, pick out of a matrix when you multiply the two?
# 2. Each id needs a row of its own, as long as the vocabulary: `(n, V)` times `(V, k)` is `(n, k)`. The
#    vocabulary's size stands in the shape of `weight`.
# 3. Two index arrays set one place in each row: the first counts the rows, the second says which column of
#    that row. Ids with more axes can be flattened first; give the result their shape back, followed by `k`.

# %% id="test-one-hot-matmul" kind="tests" points=2
weight = np.array([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0], [3.5, 4.0, 4.5], [5.0, 5.5, 6.5]])  # (V, k) = (4, 3)
check(
    one_hot_matmul,
    np.array([1, 0]),
    weight,
    expect=np.array([[2.0, 2.5, 3.0], [0.5, 1.0, 1.5]]),
    case="two words",
)
check(
    one_hot_matmul,
    np.array([3, 1, 3]),
    weight,
    expect=np.array([[5.0, 5.5, 6.5], [2.0, 2.5, 3.0], [5.0, 5.5, 6.5]]),
    case="a word that comes twice",
)
check(
    one_hot_matmul,
    np.array([[1, 0], [2, 2], [3, 1]]),
    weight,
    expect=np.array(
        [
            [[2.0, 2.5, 3.0], [0.5, 1.0, 1.5]],
            [[3.5, 4.0, 4.5], [3.5, 4.0, 4.5]],
            [[5.0, 5.5, 6.5], [2.0, 2.5, 3.0]],
        ]
    ),
    case="a batch of three sentences with two words each",
)
check(one_hot_matmul, np.array(2), weight, expect=np.array([3.5, 4.0, 4.5]), case="a single id")
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(21)
table = generator.normal(size=(11, 5))
for shape, dtype in (
    ((), "int16"),
    ((8,), "int64"),
    ((1,), "int64"),
    ((4, 3), "int32"),
    ((2, 7, 3), "uint8"),
):
    ids = generator.integers(11, size=shape).astype(dtype)
    one_hot = torch.nn.functional.one_hot(torch.from_numpy(ids.astype(np.int64)), 11).double()
    hidden_check(
        one_hot_matmul,
        ids,
        table,
        expect=torch.tensordot(one_hot, torch.from_numpy(table), dims=1).numpy(),
        case=f"ids of shape {shape} and type {dtype}",
    )
table = generator.normal(size=(3, 9))
ids = np.array([1, 0, 1, 1, 0])
expected = np.stack([table[1], table[0], table[1], table[1], table[0]])
hidden_check(
    one_hot_matmul, ids, table, expect=expected, case="more dimensions than words, the last word absent"
)
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Where does the gradient go?
#
# The loss tells each vector that was looked up in which direction it should move: that is `grad_output`,
# one vector for each id. The table itself is what learns, so these have to be brought back to its rows. A
# row that was not used gets nothing. What should a row get that was used three times?
#
# One row may be exempt: sentences are filled up to equal length with a padding id, and its row should never
# learn.


# %% id="embedding-backward" kind="solution"
def embedding_backward(grad_output, ids, num_embeddings, padding_idx=None):
    """Gradient of the loss with respect to the weight of an embedding layer.

    Args:
        grad_output: array of shape ids.shape + (k,), the gradient with respect to the layer's output.
        ids: integer array of any shape, the ids that were looked up.
        num_embeddings: V, the number of rows of the weight.
        padding_idx: an id whose row gets no gradient; None if there is no such id.

    Returns:
        grad_weight: array of shape (V, k).
    """
    ### BEGIN SOLUTION
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    if padding_idx is not None:
        grad_weight[padding_idx] = 0.0
    return grad_weight
    ### END SOLUTION


# %% [markdown] kind="hints" of="embedding_backward"
# 1. Think of the word *the*, which stands in a sentence three times and has one row. If each of the three
#    places asks for a small step, what is the whole step?
# 2. Begin with a table of zeros and add each gradient to its row. Try what `table[ids] += 1` does with a
#    small array when an id comes twice; it is not what a loop would do.
# 3. NumPy has an unbuffered addition, `np.add.at`, which adds for each id anew; or write the loop, over
#    flattened ids and over gradients of shape `(n, k)`. Clear the padding row at the very end, and remember
#    that 0 is an id too.

# %% id="test-embedding-backward" kind="tests" points=2
check(
    embedding_backward,
    np.array([[1.0, 2.0], [3.0, 4.0]]),
    np.array([3, 1]),
    num_embeddings=4,
    expect=np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0], [1.0, 2.0]]),
    case="two different words",
)
check(
    embedding_backward,
    np.array([[1.0, 2.0], [30.0, 40.0], [500.0, 600.0]]),
    np.array([2, 0, 2]),
    num_embeddings=4,
    expect=np.array([[30.0, 40.0], [0.0, 0.0], [501.0, 602.0], [0.0, 0.0]]),
    case="word 2 is used twice",
)
check(
    embedding_backward,
    np.array([[[1.0, 2.0], [30.0, 40.0]], [[5.0, 6.0], [700.0, 800.0]], [[9.0, 8.0], [70.0, 60.0]]]),
    np.array([[1, 1], [3, 1], [3, 0]]),
    num_embeddings=5,
    expect=np.array([[70.0, 60.0], [731.0, 842.0], [0.0, 0.0], [14.0, 14.0], [0.0, 0.0]]),
    case="a batch, with repeats in one sentence and between two",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(31)


def gradient_by_torch(grad_output, ids, num_embeddings):
    """What automatic differentiation of the lookup gives."""
    table = torch.zeros(num_embeddings, grad_output.shape[-1], dtype=torch.float64, requires_grad=True)
    rows = torch.from_numpy(ids.astype(np.int64))
    (torch.nn.functional.embedding(rows, table) * torch.from_numpy(grad_output)).sum().backward()
    return table.grad.numpy()


for shape, dtype in (
    ((), "int64"),
    ((9,), "int64"),
    ((4, 6), "int32"),
    ((3, 5, 2), "uint8"),
    ((1, 8), "int16"),
):
    ids = generator.integers(1, 6, size=shape).astype(dtype)
    grad_output = generator.normal(size=(*shape, 3))
    hidden_check(
        embedding_backward,
        grad_output,
        ids,
        7,
        expect=gradient_by_torch(grad_output, ids, 7),
        case=f"ids of shape {shape} and type {dtype}",
    )

ids = np.array([[1, 4, 1], [0, 1, 4]])
upstream = generator.normal(size=(2, 3, 2))
table, slope = generator.normal(size=(5, 2)), np.zeros((5, 2))
for row in range(5):
    for column in range(2):
        change = np.zeros((5, 2))
        change[row, column] = 1e-4
        above = sum((table + change)[ids[n, t]] @ upstream[n, t] for n in range(2) for t in range(3))
        below = sum((table - change)[ids[n, t]] @ upstream[n, t] for n in range(2) for t in range(3))
        slope[row, column] = (above - below) / 2e-4
hidden_check(embedding_backward, upstream, ids, 5, expect=slope, case="finite differences")
### END HIDDEN TESTS

# %% id="test-embedding-backward-padding" kind="tests" points=2 of="embedding_backward"
check(
    embedding_backward,
    np.array([[1.0, 2.0], [30.0, 40.0], [5.0, 6.0], [700.0, 800.0]]),
    np.array([2, 1, 2, 1]),
    num_embeddings=4,
    padding_idx=1,
    expect=np.array([[0.0, 0.0], [0.0, 0.0], [6.0, 8.0], [0.0, 0.0]]),
    case="word 1 is the padding",
)
check(
    embedding_backward,
    np.array([[1.0, 2.0], [30.0, 40.0], [5.0, 6.0]]),
    np.array([0, 2, 2]),
    num_embeddings=3,
    padding_idx=0,
    expect=np.array([[0.0, 0.0], [0.0, 0.0], [35.0, 46.0]]),
    case="word 0 is the padding",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(32)
for padding_idx, shape in ((0, (7,)), (3, (4, 5)), (5, (2, 3, 4)), (2, (1, 9))):
    ids = generator.integers(6, size=shape)
    ids.flat[0] = ids.flat[-1] = padding_idx
    grad_output = generator.normal(size=(*shape, 4))
    table = torch.zeros(6, 4, dtype=torch.float64, requires_grad=True)
    vectors = torch.nn.functional.embedding(torch.from_numpy(ids), table, padding_idx=padding_idx)
    (vectors * torch.from_numpy(grad_output)).sum().backward()
    hidden_check(
        embedding_backward,
        grad_output,
        ids,
        6,
        padding_idx=padding_idx,
        expect=table.grad.numpy(),
        case=f"padding id {padding_idx}, ids of shape {shape}",
    )
hidden_check(
    embedding_backward,
    generator.normal(size=(3, 2, 5)),
    np.full((3, 2), 1),
    3,
    padding_idx=1,
    expect=np.zeros((3, 5)),
    case="nothing but padding",
)
grad_output = generator.normal(size=(2, 3))
expected = np.zeros((4, 3))
expected[3] = grad_output[0] + grad_output[1]
hidden_check(
    embedding_backward,
    grad_output,
    np.array([3, 3]),
    4,
    padding_idx=0,
    expect=expected,
    case="padding id never used",
)
### END HIDDEN TESTS

# %% [markdown]
# ## 4. What is there to learn from?
#
# Nobody has labelled the words, but each stands among others. Skip-gram makes the task from that: given a
# word (the **center**), guess a word near it (its **context**). So a sentence is turned into pairs, one for
# each center and each *position* at most `window` steps to its left or right. At the ends of the sentence
# there are simply fewer of them.


# %% id="skip-gram-pairs" kind="solution"
def skip_gram_pairs(ids, window):
    """Pairs of a word and a word near it, from one sentence.

    Args:
        ids: the sentence, a list or 1-D array of T ids.
        window: how far a context may be from its center, in positions, to either side; at least 1.

    Returns:
        list of tuples (center, context) of ids, or an integer array of shape (n, 2), in any order. There is
        one pair for every two different positions at most `window` apart, in both directions: a word is not
        its own context, but the same word in another position is; a pair that comes twice is listed twice.
    """
    ### BEGIN SOLUTION
    pairs = []
    for i, center in enumerate(ids):
        for j in range(max(0, i - window), min(len(ids), i + window + 1)):
            if j != i:
                pairs.append((center, ids[j]))
    return pairs
    ### END SOLUTION


# %% [markdown] kind="hints" of="skip_gram_pairs"
# 1. Write the pairs of a sentence of four words and `window=1` on paper. How many does the first word have,
#    how many the second?
# 2. Go over positions, not over words: pair position `i` with those from `i - window` to `i + window`, as far
#    as they exist, without `i` itself. Compare positions, because two positions may hold the same word.
# 3. Keep the first position from falling below 0, where Python would count from the end, and the last from
#    passing the sentence's length; and remember that `range` leaves out its end.

# %% id="test-skip-gram-pairs" kind="tests" points=2
check(
    skip_gram_pairs,
    [7, 4, 9],
    window=1,
    view=in_any_order,
    expect=[(4, 7), (4, 9), (7, 4), (9, 4)],
    case="three words, one step to each side",
)
check(
    skip_gram_pairs,
    [2, 6, 3, 8],
    window=2,
    view=in_any_order,
    expect=[(2, 3), (2, 6), (3, 2), (3, 6), (3, 8), (6, 2), (6, 3), (6, 8), (8, 3), (8, 6)],
    case="four words, two steps to each side",
)
check(
    skip_gram_pairs,
    [4, 4, 1, 4, 2],
    window=1,
    view=in_any_order,
    expect=[(1, 4), (1, 4), (2, 4), (4, 1), (4, 1), (4, 2), (4, 4), (4, 4)],
    case="the same word in several positions",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(41)
for length, window, num_words in ((9, 1, 20), (10, 2, 4), (13, 3, 50), (17, 5, 3)):
    sentence = generator.integers(num_words, size=length).tolist()
    expected = [
        (sentence[i], sentence[j]) for i in range(length) for j in range(length) if 1 <= abs(i - j) <= window
    ]
    hidden_check(
        skip_gram_pairs,
        sentence,
        window,
        view=in_any_order,
        expect=sorted(expected),
        case=f"{length} words, window {window}, {num_words} different ids",
    )
### END HIDDEN TESTS

# %% id="test-skip-gram-pairs-ends" kind="tests" points=1 of="skip_gram_pairs"
check(
    skip_gram_pairs,
    [6, 2, 1],
    window=2,
    view=in_any_order,
    expect=[(1, 2), (1, 6), (2, 1), (2, 6), (6, 1), (6, 2)],
    case="a window that reaches past both ends",
)
check(skip_gram_pairs, [3], window=2, view=in_any_order, expect=[], case="a sentence of one word")
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(42)
for length, window, dtype in ((2, 1, "int64"), (5, 4, "int32"), (6, 11, "uint8"), (4, 3, "int16")):
    sentence = generator.integers(9, size=length).astype(dtype)
    expected = [
        (int(sentence[i]), int(sentence[j]))
        for i in range(length)
        for j in range(length)
        if 1 <= abs(i - j) <= window
    ]
    hidden_check(
        skip_gram_pairs,
        sentence,
        window,
        view=in_any_order,
        expect=sorted(expected),
        case=f"an array of {length} ids of type {dtype}, window {window}",
    )
hidden_check(skip_gram_pairs, [], 3, view=in_any_order, expect=[], case="an empty sentence")
### END HIDDEN TESTS

# %% [markdown]
# ## 5. What pulls together, and what pushes apart?
#
# To guess the context among all `V` words would cost `V` scores for each pair. Negative sampling asks a
# cheaper question, `1 + m` times: is this pair real? Once about the real context, and once about each of
# `m` words drawn at random. The score of a pair is a dot product, $\sigma(x) = 1 / (1 + e^{-x})$ makes it a
# probability, and the loss (Mikolov et al., 2013) is
#
# $$ L = -\log \sigma(o \cdot c) - \sum_{i=1}^{m} \log \sigma(-n_i \cdot c) $$
#
# with $c$ the center, $o$ the context, $n_i$ the negatives. Without the second part, all vectors could
# simply grow in one direction: the negatives are what pushes apart.
#
# Scores can become large. $\sigma(-800)$ is so small that a computer rounds it to 0, whose logarithm is not
# a number to train with; yet $-\log \sigma(-800)$ is an ordinary number, 800. Can you find a way to it that
# does not pass through zero?
#
# The first cell of checks looks at the loss alone: return `None` for the gradients until you come to them.


# %% id="negative-sampling-loss" kind="solution"
def negative_sampling_loss(center, context, negatives):
    """Loss of one pair with its negative samples, and its gradients.

    Args:
        center: array of shape (k,), the vector of the center word.
        context: array of shape (k,), the vector of the context word.
        negatives: array of shape (m, k), the vectors of the negative samples, m >= 1.

    Returns:
        loss: a number, the sum (not the mean) of the 1 + m terms; right for scores of any size.
        grad_center: array of shape (k,), the gradient of the loss with respect to center.
        grad_context: array of shape (k,).
        grad_negatives: array of shape (m, k).
    """
    ### BEGIN SOLUTION
    context_score = context @ center  # ()
    negative_scores = negatives @ center  # (m,)
    loss = np.logaddexp(0.0, -context_score) + np.logaddexp(0.0, negative_scores).sum()
    context_slope = -np.exp(-np.logaddexp(0.0, context_score))  # sigmoid(score) - 1 = -sigmoid(-score)
    negative_slopes = np.exp(-np.logaddexp(0.0, -negative_scores))  # sigmoid(score), (m,)
    grad_center = context_slope * context + negative_slopes @ negatives  # (k,)
    grad_context = context_slope * center  # (k,)
    grad_negatives = np.outer(negative_slopes, center)  # (m, k)
    return loss, grad_center, grad_context, grad_negatives
    ### END SOLUTION


# %% [markdown] kind="hints" of="negative_sampling_loss"
# 1. Begin with the scores: one number for the context, `m` numbers for the negatives. How does the loss
#    change if the context's score grows a little, and how if a negative's score does? The signs of all
#    gradients follow from that.
# 2. The slope of $-\log \sigma(x)$ is $\sigma(x) - 1$, and that of $-\log \sigma(-x)$ is $\sigma(x)$. A
#    score is a dot product, so the slope times the *other* vector is the gradient; the center takes part in
#    all `1 + m` scores.
# 3. $-\log \sigma(x) = \log(1 + e^{-x}) = \log(e^0 + e^{-x})$, which `np.logaddexp` computes for an `x` of
#    any size. The gradient of the negatives has one row for each: slope of that score times `center`.

# %% id="test-negative-sampling-loss" kind="tests" points=1
log3 = np.log(3.0)  # sigmoid(log 3) = 3/4 and sigmoid(-log 3) = 1/4, so all below can be done on paper
check(
    negative_sampling_loss,
    np.array([1.0, 2.0]),
    np.array([log3, 0.0]),  # score log 3: -log(3/4)
    np.array([[-log3, 0.0]]),  # score -log 3: -log(3/4) too
    expect=LossAndGradients(2 * np.log(4 / 3), ANY, ANY, ANY),
    case="the loss, one negative, and the model is right about both words",
)
check(
    negative_sampling_loss,
    np.array([1.0, 0.0, 2.0]),
    np.array([log3, 5.0, 0.0]),  # score log 3: -log(3/4)
    np.array([[2.0, 4.0, -1.0], [log3, -3.0, 0.0]]),  # scores 0 and log 3: -log(1/2) and -log(1/4)
    expect=LossAndGradients(np.log(4 / 3) + np.log(2.0) + np.log(4.0), ANY, ANY, ANY),
    case="the loss, two negatives",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(51)
for num_negatives, width in ((1, 4), (3, 5), (7, 2)):
    center, context = generator.normal(size=(2, width))
    negatives = generator.normal(size=(num_negatives, width))
    signs = torch.tensor([1.0] + [-1.0] * num_negatives, dtype=torch.float64)
    scores = torch.from_numpy(np.vstack([context, negatives])) @ torch.from_numpy(center)
    hidden_check(
        negative_sampling_loss,
        center,
        context,
        negatives,
        expect=LossAndGradients(-torch.nn.functional.logsigmoid(signs * scores).sum().item(), ANY, ANY, ANY),
        case=f"the loss, {num_negatives} negatives in {width} dimensions",
    )
### END HIDDEN TESTS

# %% id="test-negative-sampling-loss-gradients" kind="tests" points=3 of="negative_sampling_loss"
check(
    negative_sampling_loss,
    np.array([1.0, 2.0]),
    np.array([log3, 0.0]),  # slope 3/4 - 1
    np.array([[log3 - 2.0, 1.0]]),  # score log 3, slope 3/4
    expect=LossAndGradients(
        loss=np.log(4 / 3) + np.log(4.0),
        grad_center=np.array([0.5 * log3 - 1.5, 0.75]),
        grad_context=np.array([-0.25, -0.5]),
        grad_negatives=np.array([[0.75, 1.5]]),
    ),
    case="gradients with one negative",
)
check(
    negative_sampling_loss,
    np.array([1.0, 0.0, 2.0]),
    np.array([log3, 5.0, 0.0]),  # slope 3/4 - 1
    np.array([[2.0, 4.0, -1.0], [log3, -3.0, 0.0]]),  # slopes 1/2 and 3/4
    expect=LossAndGradients(
        loss=np.log(4 / 3) + np.log(2.0) + np.log(4.0),
        grad_center=np.array([1.0 + 0.5 * log3, -1.5, -0.5]),
        grad_context=np.array([-0.25, 0.0, -0.5]),
        grad_negatives=np.array([[0.5, 0.0, 1.0], [0.75, 0.0, 1.5]]),
    ),
    case="gradients with two negatives",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(52)


def loss_by_torch(center, context, negatives):
    """The loss in terms that automatic differentiation knows."""
    scores = torch.cat([context @ center.reshape(-1, 1), -(negatives @ center)])
    return -torch.nn.functional.logsigmoid(scores).sum()


for num_negatives, width in ((1, 3), (4, 7), (5, 1), (2, 6)):
    arrays = (
        generator.normal(size=width),
        generator.normal(size=width),
        generator.normal(size=(num_negatives, width)),
    )
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    loss = loss_by_torch(*tensors)
    loss.backward()
    hidden_check(
        negative_sampling_loss,
        *arrays,
        expect=LossAndGradients(loss.item(), *(tensor.grad.numpy() for tensor in tensors)),
        case=f"gradients, {num_negatives} negatives in {width} dimensions",
    )

arrays = [generator.normal(size=4), generator.normal(size=4), generator.normal(size=(3, 4))]
slopes = []
for which in range(3):
    slope = np.zeros(arrays[which].shape)
    for place in np.ndindex(slope.shape):
        values = []
        for step in (1e-5, -1e-5):
            moved = [array.copy() for array in arrays]
            moved[which][place] += step
            margins = [moved[1] @ moved[0], *(-(row @ moved[0]) for row in moved[2])]
            values.append(sum(np.log(1.0 + np.exp(-margin)) for margin in margins))
        slope[place] = (values[0] - values[1]) / 2e-5
    slopes.append(slope)
names = ("grad_center", "grad_context", "grad_negatives")
for name, slope in zip(names, slopes, strict=True):
    only = dict.fromkeys(("loss", *names), ANY) | {name: slope}
    hidden_check(
        negative_sampling_loss, *arrays, expect=LossAndGradients(**only), case=f"finite differences of {name}"
    )
### END HIDDEN TESTS

# %% id="test-negative-sampling-loss-large" kind="tests" points=1 of="negative_sampling_loss"
check(
    negative_sampling_loss,
    np.array([400.0, 0.0]),
    np.array([-2.0, 3.0]),  # score -800, as wrong as can be: loss 800, slope -1
    np.array([[-3.0, 7.0], [2.0, 1.0], [-2.0, 5.0]]),  # right (loss and slope 0), wrong (800 and 1), right
    expect=LossAndGradients(
        loss=1600.0,
        grad_center=np.array([4.0, -2.0]),
        grad_context=np.array([-400.0, 0.0]),
        grad_negatives=np.array([[0.0, 0.0], [400.0, 0.0], [0.0, 0.0]]),
    ),
    case="scores of 800 and -800",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

hidden_check(
    negative_sampling_loss,
    np.array([0.0, 0.0, 90.0]),
    np.array([1.0, 2.0, 10.0]),  # score 900: loss 0, slope 0
    np.array([[3.0, 4.0, -9.0], [5.0, -6.0, 8.0]]),  # scores -810 and 720
    expect=LossAndGradients(
        loss=720.0,
        grad_center=np.array([5.0, -6.0, 8.0]),
        grad_context=np.zeros(3),
        grad_negatives=np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 90.0]]),
    ),
    case="large scores with the context on the right side",
)
hidden_check(
    negative_sampling_loss,
    np.array([-20.0]),
    np.array([2.0]),  # score -40
    np.array([[-1.5]]),  # score 30
    expect=LossAndGradients(70.0, np.array([-3.5]), np.array([20.0]), np.array([[-20.0]])),
    case="scores of 30 and -40",
)
### END HIDDEN TESTS

# %% [markdown]
# ## 6. What does one step of training change?
#
# There are two tables. A word's row in `weight_in` is its vector as a center, its row in `weight_out` its
# vector as a context or a negative. One step takes one pair and its negatives, computes loss and gradients
# with **your** `negative_sampling_loss`, and moves the rows that took part against their gradients: plain
# stochastic gradient descent. All gradients belong to the tables as they were before the step.
#
# Negatives are drawn at random, so a word may be drawn twice, and even the context itself may be drawn.
# Each use counts: its gradients add up, as in part 3.


# %% id="training-step" kind="solution"
def training_step(weight_in, weight_out, center, context, negatives, learning_rate):
    """Take one step of gradient descent on one pair; changes both tables in place.

    Args:
        weight_in: array of shape (V, k), the vectors of words as centers.
        weight_out: array of shape (V, k), the vectors of words as contexts and negatives.
        center: the id of the center word.
        context: the id of the context word.
        negatives: integer array of shape (m,), the ids of the negative samples. Ids may be repeated, and may
            equal `context`; none is left out.
        learning_rate: the size of the step.

    Returns:
        the loss before the step, a number.
    """
    ### BEGIN SOLUTION
    loss, grad_center, grad_context, grad_negatives = negative_sampling_loss(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    weight_in[center] -= learning_rate * grad_center
    weight_out[context] -= learning_rate * grad_context
    np.subtract.at(weight_out, negatives, learning_rate * grad_negatives)
    return loss
    ### END SOLUTION


# %% [markdown] kind="hints" of="training_step"
# 1. Which rows of which table take part in this pair? Only those may change, and the loss needs their
#    values before they do.
# 2. Ask `negative_sampling_loss` once, for everything, and update afterwards. `table[row] -= step` changes
#    the caller's table; `table = table - step` makes a new one that nobody sees.
# 3. The negatives are part 3 over again: an index array with a repeated id moves its row only once. Go over
#    the negatives one by one, or use the unbuffered `np.subtract.at`.

# %% id="test-training-step" kind="tests" points=2
log3 = np.log(3.0)
weight_in = np.array([[9.0, 8.0], [7.0, 6.0], [1.0, 2.0], [5.0, 4.0]])
weight_out = np.array([[3.0, 3.0], [log3, 0.0], [6.0, 7.0], [log3 - 2.0, 1.0]])
check(
    training_step,
    weight_in=weight_in,
    weight_out=weight_out,
    center=2,
    context=1,  # score log 3, slope 3/4 - 1
    negatives=np.array([3]),  # score log 3, slope 3/4
    learning_rate=0.1,
    expect=np.log(4 / 3) + np.log(4.0),
    expect_changed={
        "weight_in": np.array([[9.0, 8.0], [7.0, 6.0], [1.15 - 0.05 * log3, 1.925], [5.0, 4.0]]),
        "weight_out": np.array([[3.0, 3.0], [log3 + 0.025, 0.05], [6.0, 7.0], [log3 - 2.075, 0.85]]),
    },
    case="one pair, one negative",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check


def step_by_torch(weight_in, weight_out, center, context, negatives, learning_rate):
    """The loss, and both tables after one step of gradient descent with PyTorch's gradients."""
    table_in, table_out = (torch.tensor(table, requires_grad=True) for table in (weight_in, weight_out))
    rows = table_out[torch.tensor([context, *negatives])]
    signs = torch.tensor([1.0] + [-1.0] * len(negatives), dtype=torch.float64)
    loss = torch.nn.functional.softplus(-signs * (rows @ table_in[center]), threshold=1e9).sum()
    loss.backward()
    with torch.no_grad():
        after_in, after_out = (table - learning_rate * table.grad for table in (table_in, table_out))
    return loss.item(), {"weight_in": after_in.numpy(), "weight_out": after_out.numpy()}


generator = np.random.default_rng(61)
for center, context, negatives, learning_rate in (
    (4, 1, [0, 6, 3], 0.3),
    (2, 5, [6], 0.025),
    (3, 3, [1, 0, 2, 5], 1.5),  # a word may be its own context: it has a row in each table
    (5, 0, [4, 5, 6, 1, 2], 0.07),  # the center drawn as a negative: again another table
):
    tables = generator.normal(size=(7, 3)), generator.normal(size=(7, 3))
    arguments = {"weight_in": tables[0], "weight_out": tables[1], "learning_rate": learning_rate}
    arguments |= {"center": center, "context": context, "negatives": np.array(negatives)}
    loss, after = step_by_torch(**arguments)
    hidden_check(
        training_step,
        **arguments,
        expect=loss,
        expect_changed=after,
        case=f"center {center}, context {context}, negatives {negatives}, learning rate {learning_rate}",
    )
### END HIDDEN TESTS

# %% id="test-training-step-repeated" kind="tests" points=1 of="training_step"
check(
    training_step,
    weight_in=weight_in,
    weight_out=weight_out,
    center=2,
    context=1,  # as context: slope -1/4
    negatives=np.array([3, 1]),  # as negative: slope 3/4, so row 1 moves by half of the center
    learning_rate=0.1,
    expect=np.log(4 / 3) + 2 * np.log(4.0),
    expect_changed={
        "weight_in": np.array([[9.0, 8.0], [7.0, 6.0], [1.15 - 0.125 * log3, 1.925], [5.0, 4.0]]),
        "weight_out": np.array([[3.0, 3.0], [log3 - 0.05, -0.1], [6.0, 7.0], [log3 - 2.075, 0.85]]),
    },
    case="the context drawn as a negative too",
)
check(
    training_step,
    weight_in=weight_in,
    weight_out=weight_out,
    center=2,
    context=1,
    negatives=np.array([3, 1, 3]),  # and word 3 drawn twice
    learning_rate=0.1,
    expect=np.log(4 / 3) + 3 * np.log(4.0),
    expect_changed={
        "weight_in": np.array([[9.0, 8.0], [7.0, 6.0], [1.3 - 0.2 * log3, 1.85], [5.0, 4.0]]),
        "weight_out": np.array([[3.0, 3.0], [log3 - 0.05, -0.1], [6.0, 7.0], [log3 - 2.15, 0.7]]),
    },
    case="another word drawn twice",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(62)
for center, context, negatives in ((1, 4, [0, 5, 0, 0]), (0, 2, [2, 3, 2]), (5, 5, [1, 5, 1]), (3, 1, [1])):
    tables = generator.normal(size=(6, 4)), generator.normal(size=(6, 4))
    after_in, after_out, loss = tables[0].copy(), tables[1].copy(), 0.0
    for word, real in [(context, 1.0), *((negative, 0.0) for negative in negatives)]:
        probability = 1.0 / (1.0 + np.exp(-sum(tables[1][word][d] * tables[0][center][d] for d in range(4))))
        loss -= np.log(probability if real else 1.0 - probability)
        for d in range(4):
            after_in[center, d] -= 0.4 * (probability - real) * tables[1][word, d]
            after_out[word, d] -= 0.4 * (probability - real) * tables[0][center, d]
    hidden_check(
        training_step,
        weight_in=tables[0],
        weight_out=tables[1],
        center=center,
        context=context,
        negatives=np.array(negatives),
        learning_rate=0.4,
        expect=loss,
        expect_changed={"weight_in": after_in, "weight_out": after_out},
        case=f"center {center}, context {context}, negatives {negatives} with repeats",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 7. What does it learn?
#
# Everything is there to train word vectors on real text: `docstrings.txt` holds sentences from the
# documentation of Python's standard library, NumPy and PyTorch, one in each line.
#
# Two choices in the next cell make so small a corpus speak. Words that stand everywhere (*the*, *of*) tell
# little about their neighbours and are left out, and of the other frequent words some uses are dropped at
# random, the more the more frequent the word: **subsampling**. Words used fewer than 100 times are left out
# as well, because nothing reliable can be learned about them from so few uses.

# %% id="corpus" kind="setup" capstone=true
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt

function_words = (
    "the and for that this with from not which will can has have was been but its you when also any all only "
    "than then are such may must should would other each same there does they these were into more whether "
    "their them because where while both either here however thus our your via per just"
)
left_out = set(function_words.split())
sentences = [line.split() for line in Path("docstrings.txt").read_text("utf-8").splitlines()]
uses = Counter(word for sentence in sentences for word in sentence if len(word) > 2 and word not in left_out)
words = [word for word, count in uses.most_common() if count >= 100]  # id -> word
vocabulary = {word: number for number, word in enumerate(words)}  # word -> id

share = np.array([uses[word] for word in words]) / sum(uses[word] for word in words)
kept = np.minimum(1.0, np.sqrt(1e-3 / share))  # the chance of a use to be kept
noise = share**0.75 / (share**0.75).sum()  # the chance of a word to be drawn as a negative

generator = np.random.default_rng(0)
corpus = [
    [
        vocabulary[word]
        for word in sentence
        if word in vocabulary and generator.random() < kept[vocabulary[word]]
    ]
    for sentence in sentences
]
print(f"{len(words)} words, {sum(map(len, corpus)):,} uses; the most frequent: {', '.join(words[:8])}")

# %% [markdown]
# Your functions do the rest: some hundred thousand pairs, then 100,000 steps with five negatives each,
# drawn in advance. The learning rate falls to zero, so that the rows come to rest. It takes some seconds,
# at most half a minute.

# %% id="train" kind="run" capstone=true
pairs = np.array([pair for sentence in corpus for pair in skip_gram_pairs(sentence, window=4)])  # (n, 2)
generator = np.random.default_rng(1)
num_steps, num_negatives, embedding_size = 100_000, 5, 24
chosen = pairs[generator.integers(len(pairs), size=num_steps)].tolist()
negatives = generator.choice(len(words), size=(num_steps, num_negatives), p=noise)
center_vectors = generator.uniform(-0.25, 0.25, size=(len(words), embedding_size))
context_vectors = np.zeros((len(words), embedding_size))

losses = np.zeros(num_steps)
for step, (center, context) in enumerate(chosen):
    learning_rate = 0.2 * (1 - step / num_steps)
    losses[step] = training_step(
        center_vectors, context_vectors, center, context, negatives[step], learning_rate
    )

# %% [markdown]
# What loss do you expect at the very start? All rows of `context_vectors` are zero, so all scores are 0, and
# each of the six questions costs $\log 2$: about 4.16 in all.

# %% id="loss-curve" kind="run" capstone=true
smooth = losses.reshape(100, -1).mean(axis=1)
figure, axes = plt.subplots(figsize=(6, 3))
axes.plot(np.arange(100) * num_steps // 100, smooth)
axes.axhline(6 * np.log(2), color="gray", linestyle="dotted")
axes.set(xlabel="step", ylabel="loss, mean of 1,000 steps")
print(f"first 1,000 steps: {smooth[0]:.2f}; last 1,000 steps: {smooth[-1]:.2f}")

# %% [markdown]
# And the vectors? Nobody told them what a word means; they know only which words stood near each other.
# Before you run this, guess: which words will be nearest to *row*, and which to *raised*? Then put in words
# of your own.

# %% id="neighbours" kind="run" capstone=true
directions = center_vectors / np.linalg.norm(center_vectors, axis=1, keepdims=True)
for word in ("row", "true", "file", "raised", "string"):
    cosines = directions @ directions[vocabulary[word]]
    nearest = [words[i] for i in np.argsort(-cosines) if words[i] != word][:6]
    print(f"{word:8}", ", ".join(nearest))

# %% id="test-trained-vectors" kind="tests" points=1 of="training_step" capstone=true
loss_per_step = np.array(losses)
assert loss_per_step.shape == (100_000,), "Run the cell that trains first, with its 100,000 steps."
start, end = loss_per_step[:1_000].mean(), loss_per_step[-10_000:].mean()
assert start > 3.5, f"The loss should start near 6 log 2 = 4.16; the first 1,000 steps average {start:.2f}."
assert end < 2.9, f"The loss should fall below 2.9; the last 10,000 steps average {end:.2f}."

trained = np.array(center_vectors)
unit = trained / np.linalg.norm(trained, axis=1, keepdims=True)
related = [
    pair
    for pair in (
        ("row", "column"),
        ("true", "false"),
        ("left", "right"),
        ("first", "last"),
        ("input", "output"),
        ("file", "filename"),
        ("raised", "exception"),
        ("string", "characters"),
        ("read", "write"),
    )
    if pair[0] in vocabulary and pair[1] in vocabulary
]
first, second = (unit[[vocabulary[pair[side]] for pair in related]] for side in (0, 1))
cosines = first @ second.T  # related pairs on the diagonal, unrelated ones elsewhere
apart = cosines[~np.eye(len(related), dtype=bool)].mean()
together = np.diag(cosines).mean()
print(f"mean cosine of {len(related)} related pairs {together:.2f}, of their mixtures {apart:.2f}")
assert together > apart + 0.2, (
    f"Related words should be closer than others: mean cosine {together:.2f} against {apart:.2f}."
)

# %% [markdown]
# Some neighbours will look odd to you. Two words are near each other here if they were *used* alike in
# these sentences, which are few, and 24 dimensions for 100,000 steps are little. Which of them would you
# explain by what the words mean, which only by where they stand?
