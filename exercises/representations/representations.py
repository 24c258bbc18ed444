# %% [markdown]
# # Words as vectors
#
# A computer knows the word *tea* as three letters. How can it find out that *tea* is closer to *coffee*
# than to *street*? In this notebook you build the oldest answer that works, from nothing but counting: six
# short functions lead from plain sentences to the neighbours of a word.
#
# **How it goes.** Each part has one cell that you write, hints if you want them, and one or more cells of
# checks. Put your code in place of the line that raises `NotImplementedError`, run your cell, then run the
# checks below it. A check that fails tells you which call it made and what was wrong with the result. Checks
# may be run as often as you like. When the notebook is graded, further checks run that are not shown here;
# they ask for nothing that the docstring does not say.
#
# | letter | meaning |
# |---|---|
# | $V$ | number of words in the vocabulary; their ids are $0, 1, \dots, V-1$ |
# | $n$ | number of ids given at once |
# | $k$ | number of elements of a vector, or of neighbours asked for |
#
# Read first: the chapter "Distributional hypothesis and distributed representation" of the book.

# %% id="setup" kind="setup"
import numpy as np
from check import check

# %% [markdown]
# ## 1. Which number stands for which word?
#
# Arrays have rows 0, 1, 2, … and no row called *tea*. So every word gets a whole number, its **id**, and
# the dictionary from word to id is the **vocabulary**. Any numbering would do. The usual one is by
# frequency: the most frequent word gets 0. Then it is easy to drop rare words, about which the text says
# too little.


# %% id="build-vocabulary" kind="solution"
def build_vocabulary(sentences, min_count=1):
    """Number the words of a text, the most frequent first.

    Args:
        sentences: list of sentences; each is a list of words (strings), taken as they are.
        min_count: words that occur fewer times than this, in all sentences together, are left out.

    Returns:
        dict from word to id. The ids are 0, 1, 2, ... by falling number of occurrences; of two words that
        occur equally often, the one that appears first in the text has the smaller id.
    """
    ### BEGIN SOLUTION
    counts = {}
    for sentence in sentences:
        for word in sentence:
            counts[word] = counts.get(word, 0) + 1
    frequent = [word for word in counts if counts[word] >= min_count]
    by_count = sorted(
        frequent, key=lambda word: -counts[word]
    )  # sorted keeps ties in the order of appearance
    return {word: number for number, word in enumerate(by_count)}
    ### END SOLUTION


# %% [markdown] kind="hints" of="build_vocabulary"
# 1. There are two jobs here: count every word of every sentence, then hand out numbers. Do the first one
#    completely before you begin with the second.
# 2. A dict (or a `collections.Counter`) remembers in which order its keys first came in. A sort that leaves
#    ties as they stand keeps that order, and Python's `sorted` is such a sort.
# 3. Sort the words that remain with `sorted(words, key=...)`, where the key is the count with a minus sign,
#    and let `enumerate` hand out the ids. With `reverse=True` and the count itself you get the same;
#    turning a sorted list round afterwards does not, because that turns the ties round as well.

# %% id="test-build-vocabulary" kind="tests" points=2
check(
    build_vocabulary,
    [["pear", "fig", "fig"], ["apple", "fig", "apple"]],
    expect={"fig": 0, "apple": 1, "pear": 2},
    case="three times fig, twice apple, once pear",
)
check(
    build_vocabulary,
    [["pear", "apple", "plum", "fig", "fig"]],
    expect={"fig": 0, "pear": 1, "apple": 2, "plum": 3},
    case="three words occur once: the order of appearance decides",
)
check(
    build_vocabulary,
    [["fig", "fig", "fig", "pear"], ["pear"]],
    expect={"fig": 0, "pear": 1},
    case="fig is in one sentence, pear in two, but fig occurs more often",
)
### BEGIN HIDDEN TESTS
from collections import Counter

from check import hidden_check

generator = np.random.default_rng(5)
alphabet = [a + b for a in "qtkbzm" for b in "oeiau"]
words = [str(w) for w in generator.choice(alphabet, size=150, p=np.arange(1, 31) / 465)]
expected = {word: i for i, (word, _) in enumerate(Counter(words).most_common())}
hidden_check(build_vocabulary, [words[:7], words[7:60], words[60:]], expect=expected, case="150 words")
shuffled = [str(w) for w in generator.permutation(alphabet)]
expected = {word: i for i, word in enumerate(shuffled)}
hidden_check(build_vocabulary, [shuffled[:11], shuffled[11:]], expect=expected, case="thirty ties")
spelled = {"c++": 0, "The": 1, "the": 2, "it's": 3, "c": 4}
words = ["The", "c++", "the", "it's", "c", "c++"]
hidden_check(build_vocabulary, [words], expect=spelled, case="capital letters and signs")
hidden_check(build_vocabulary, [["b", "a"], [], ["a"]], expect={"a": 0, "b": 1}, case="an empty sentence")
### END HIDDEN TESTS

# %% id="test-build-vocabulary-min-count" kind="tests" points=1 of="build_vocabulary"
check(
    build_vocabulary,
    [["pear", "fig", "pear", "fig", "apple", "pear"]],
    min_count=2,
    expect={"pear": 0, "fig": 1},
    case="at least two occurrences, and fig has exactly two",
)
check(
    build_vocabulary,
    [["to", "to", "to", "be", "be"], ["be", "be", "or"]],
    min_count=3,
    expect={"be": 0, "to": 1},
    case="at least three occurrences in both sentences together",
)
### BEGIN HIDDEN TESTS
from collections import Counter

from check import hidden_check

generator = np.random.default_rng(6)
words = [str(w) for w in generator.choice(list("sphinxofblackquartz"), size=90)]
for least in (2, 4, 5, 9):
    ranked = [word for word, count in Counter(words).most_common() if count > least - 1]
    hidden_check(
        build_vocabulary,
        [words[:31], words[31:]],
        min_count=least,
        expect={word: i for i, word in enumerate(ranked)},
        case=f"at least {least} occurrences in 90 words",
    )
hidden_check(build_vocabulary, [["a", "b"], ["a"]], min_count=3, expect={}, case="no word is frequent enough")
### END HIDDEN TESTS

# %% [markdown]
# ## 2. Why not simply give each word its own dimension?
#
# That is the first vector one would think of. With $V$ words, a **one-hot** vector has $V$ elements: a 1 at
# the position of the word's id and 0 everywhere else. In the vocabulary *apple, pear, banana, strawberry*,
# the word *strawberry* has id 3 and becomes $[0, 0, 0, 1]$. What such vectors cannot say, you will see in
# part 3.


# %% id="one-hot" kind="solution"
def one_hot(ids, num_words):
    """One-hot vectors of some words.

    Args:
        ids: list or array of n ids, each in 0 ... num_words - 1; an id may occur several times.
        num_words: V, the number of words in the vocabulary.

    Returns:
        array of shape (n, V), float: row i is the one-hot vector of the word ids[i].
    """
    ### BEGIN SOLUTION
    vectors = np.zeros((len(ids), num_words))  # (n, V)
    for row, word_id in enumerate(ids):
        vectors[row, word_id] = 1.0
    return vectors
    ### END SOLUTION


# %% [markdown] kind="hints" of="one_hot"
# 1. How many rows does the result have, and how many columns? Which of the two numbers do you find in
#    `ids`?
# 2. Begin with zeros of the right shape. Each row then needs exactly one 1, so you need pairs of a row and
#    a column.
# 3. The pairs are (0, `ids[0]`), (1, `ids[1]`), and so on. A loop over `enumerate(ids)` gives them one at a
#    time. Without a loop: which rows of the identity matrix `np.eye(num_words)` are what you want?

# %% id="test-one-hot" kind="tests" points=2
check(one_hot, [3], 4, expect=np.array([[0.0, 0.0, 0.0, 1.0]]), case="strawberry, word 3 of 4")
check(
    one_hot,
    [2, 0, 2],
    5,
    expect=np.array([[0.0, 0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0]]),
    case="three words, one of them twice, out of five",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(7)
for count, size in ((9, 13), (13, 7), (6, 6)):
    ids = generator.integers(0, size, size=count)
    expected = torch.nn.functional.one_hot(torch.from_numpy(ids), size).double().numpy()
    hidden_check(one_hot, ids, size, expect=expected, case=f"{count} random ids out of {size}")
expected = torch.eye(8, dtype=torch.float64).flip(0).numpy()
hidden_check(
    one_hot, [7, 6, 5, 4, 3, 2, 1, 0], 8, expect=expected, case="every id, from the last to the first"
)
hidden_check(one_hot, [0], 3, expect=np.array([[1.0, 0.0, 0.0]]), case="the first of three words")
### END HIDDEN TESTS

# %% [markdown]
# ## 3. How alike are two vectors?
#
# A vector of counts gets longer when the word is more frequent, without the word meaning anything else.
# What should count is the *direction*. The cosine of the angle between two vectors looks at nothing else:
#
# $$\cos(a, b) = \frac{a \cdot b}{\lVert a \rVert \, \lVert b \rVert}$$
#
# It is 1 for the same direction, 0 for a right angle and $-1$ for opposite directions. A vector of zeros
# has no direction; here its similarity to everything is 0.


# %% id="cosine-similarity" kind="solution"
def cosine_similarity(a, b):
    """Cosine of the angle between two vectors.

    Args:
        a, b: arrays of shape (k,), ints or floats.

    Returns:
        a float in [-1, 1]; 0.0 if one of the vectors, or both, are all zeros.
    """
    ### BEGIN SOLUTION
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / lengths) if lengths > 0 else 0.0
    ### END SOLUTION


# %% [markdown] kind="hints" of="cosine_similarity"
# 1. What should happen to the result if you double one of the two vectors? What does the dot product do
#    then?
# 2. The dot product grows with both lengths, so divide by both. The length of a vector is the square root
#    of the sum of its squares. Mind the order of operations: `x / y * z` is `(x / y) * z`.
# 3. `a @ b` is the dot product and `np.linalg.norm(a)` the length of `a`. Work out the product of the two
#    lengths first, look whether it is 0, and only then divide.

# %% id="test-cosine-similarity" kind="tests" points=2
check(
    cosine_similarity,
    np.array([2.0, 3.0, 6.0]),
    np.array([1.0, 2.0, 2.0]),
    expect=20 / 21,
    case="lengths 7 and 3, dot product 20",
)
check(
    cosine_similarity,
    np.array([1.0, 2.0, 2.0]),
    np.array([-2.0, 3.0, -6.0]),
    expect=-8 / 21,
    case="more than a right angle apart",
)
check(
    cosine_similarity,
    np.array([10.0, 15.0, 30.0]),
    np.array([1.0, 2.0, 2.0]),
    expect=20 / 21,
    case="the first example with one vector five times as long",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(3)
for size in (1, 2, 7, 50):
    a, b = generator.normal(size=(2, size)) * [[3.0], [0.7]]
    expected = torch.cosine_similarity(torch.from_numpy(a), torch.from_numpy(b), dim=0).item()
    hidden_check(cosine_similarity, a, b, expect=expected, case=f"random vectors, k = {size}")
hidden_check(cosine_similarity, a, -5 * a, expect=-1.0, case="opposite directions")
hidden_check(cosine_similarity, np.array([0.0, 2.0]), np.array([3.0, 0.0]), expect=0.0, case="a right angle")
hidden_check(
    cosine_similarity, np.array([1, 0, 2, 2]), np.array([0, 4, 3, 0]), expect=0.4, case="whole numbers"
)
### END HIDDEN TESTS

# %% id="test-cosine-similarity-zero" kind="tests" points=1 of="cosine_similarity"
check(cosine_similarity, np.array([2.0, 1.0]), np.zeros(2), expect=0.0, case="a vector of zeros")
check(
    cosine_similarity,
    np.array([3.0, -3.0, 0.0]),
    np.array([1.0, 0.0, 2.0]),
    expect=1 / np.sqrt(10.0),
    case="some elements are 0, and some add up to 0, but neither vector is all zeros",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

a = np.array([0.4, -2.0, 1.0])
hidden_check(cosine_similarity, np.zeros(3), a, expect=0.0, case="zeros first")
hidden_check(cosine_similarity, np.zeros(4), np.zeros(4), expect=0.0, case="zeros twice")
length = 5.16**0.5  # of a
hidden_check(cosine_similarity, a, np.array([0.0, 0.3, 0.4]), expect=-0.4 / length, case="not all are zeros")
hidden_check(
    cosine_similarity, np.array([0.0, -7.0, 7.0]), a, expect=1.5 * 2**0.5 / length, case="a sum of 0, first"
)
### END HIDDEN TESTS

# %% [markdown]
# Back to the question of part 2. Predict the two numbers before you run the next cell: what is the cosine
# between *pear* and *apple*, and between *pear* and *strawberry*, if all of them are one-hot?

# %% id="one-hot-cosines" kind="run"
apple, pear, banana, strawberry = one_hot([0, 1, 2, 3], 4)
print("pear, apple:     ", cosine_similarity(pear, apple))
print("pear, strawberry:", cosine_similarity(pear, strawberry))

# %% [markdown]
# It is the same for every pair of words. One-hot vectors cannot say that two words are alike; the rest of
# this notebook makes vectors that can.
#
# ## 4. Which words keep which company?
#
# Words that appear in similar contexts have similar meanings: that is the **distributional hypothesis**. To
# use it, count for each word which words stand near it. A **window** of 2 reaches two positions to the left
# and two to the right of the **center**; what it covers is the context:
#
# $$
# \text{we} \quad [\,\text{drink} \quad \text{hot} \quad \underline{\text{tea}} \quad \text{with} \quad
# \text{milk}\,] \quad \text{today}
# $$
#
# Every position of every sentence is the center once. A sentence ends where it ends: no window reaches into
# the next.


# %% id="cooccurrence" kind="solution"
def cooccurrence(sentences, num_words, window):
    """Count how often each word stands near each other word.

    Args:
        sentences: list of sentences; each is a list of ids (ints).
        num_words: V, the number of words in the vocabulary.
        window: how many positions the context reaches, to the left and to the right; at least 1.

    Returns:
        array of shape (V, V): row i, column j counts the pairs of positions in one sentence, at most `window`
        apart, whose center is word i and whose context is word j. A position is not its own context, but
        the same word at another position counts.
    """
    ### BEGIN SOLUTION
    counts = np.zeros((num_words, num_words))  # (V, V)
    for sentence in sentences:
        for position, center in enumerate(sentence):
            first = max(0, position - window)
            last = min(len(sentence) - 1, position + window)
            for other in range(first, last + 1):
                if other != position:
                    counts[center, sentence[other]] += 1
    return counts
    ### END SOLUTION


# %% [markdown] kind="hints" of="cooccurrence"
# 1. Do the first example of the checks by hand: put a finger on each position in turn and make a tally mark
#    for each context. Which three loops did you just run?
# 2. Loop over the sentences, over the positions of the center, and over the positions of its context.
#    Compare *positions*, not words, to leave the center out, and do not let a position fall below 0: Python
#    reads `sentence[-1]` as the last word.
# 3. The context reaches from `max(0, position - window)` to `position + window` or the end of the sentence,
#    whichever comes first; `range` and slices leave their end out, so it needs 1 more. Add 1 to one element
#    for each context; the mirrored element gets its 1 when the other word is the center.


# %% id="test-cooccurrence" kind="tests" points=2
check(
    cooccurrence,
    [[0, 1, 2, 3]],
    4,
    2,
    expect=np.array([[0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 0]]),
    case="four words in a row, window 2",
)
check(
    cooccurrence,
    [[3, 0, 2]],
    5,
    1,
    expect=np.array([[0, 0, 1, 1, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]),
    case="three out of five words, window 1",
)
### BEGIN HIDDEN TESTS
from check import hidden_check


def count_pairs(sentences, num_words, window):
    """Ask of every pair of positions whether it counts."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p in range(len(sentence)):
            for q in range(len(sentence)):
                counts[sentence[p], sentence[q]] += 0 < abs(p - q) <= window
    return counts


generator = np.random.default_rng(8)
sentence = [int(i) for i in generator.permutation(13)]
for window in (1, 2, 3, 5, 12, 40):
    expected = count_pairs([sentence], 14, window)
    hidden_check(cooccurrence, [sentence], 14, window, expect=expected, case=f"13 words, window {window}")
### END HIDDEN TESTS

# %% id="test-cooccurrence-repeats" kind="tests" points=1 of="cooccurrence"
check(
    cooccurrence,
    [[2, 0, 2, 2]],
    3,
    2,
    expect=np.array([[0, 0, 3], [0, 0, 0], [3, 0, 4]]),
    case="word 2 stands at three of four positions",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(9)
sentence = [int(i) for i in generator.integers(0, 4, size=31)]
for window in (1, 4, 7):
    expected = np.zeros((5, 5))
    for p in range(31):
        for q in range(31):
            expected[sentence[p], sentence[q]] += p != q and abs(p - q) <= window
    hidden_check(
        cooccurrence, [sentence], 5, window, expect=expected, case=f"31 positions, 4 words, window {window}"
    )
hidden_check(
    cooccurrence, [[1, 0] * 300], 2, 1, expect=np.array([[0, 599], [599, 0]]), case="one pair, many times"
)
hidden_check(cooccurrence, [[1, 1]], 2, 3, expect=np.array([[0, 0], [0, 2]]), case="one word, twice")
### END HIDDEN TESTS

# %% id="test-cooccurrence-sentences" kind="tests" points=1 of="cooccurrence"
check(
    cooccurrence,
    [[0, 1], [2, 0]],
    3,
    2,
    expect=np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]]),
    case="two sentences of two words",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

generator = np.random.default_rng(10)
lengths = (5, 1, 9, 0, 2, 17, 3)
sentences = [[int(i) for i in generator.integers(0, 11, size=length)] for length in lengths]
for window in (1, 3, 6):
    expected = np.zeros((12, 12))
    for sentence in sentences:
        for distance in range(1, window + 1):
            for left, right in zip(sentence, sentence[distance:], strict=False):
                expected[left, right] += 1
                expected[right, left] += 1
    hidden_check(
        cooccurrence, sentences, 12, window, expect=expected, case=f"seven sentences, window {window}"
    )
longer = np.array([[0, 1, 2], [1, 0, 0], [2, 0, 0]])
hidden_check(
    cooccurrence, [[0, 2], [1, 0], [2, 0]], 3, 9, expect=longer, case="a window longer than the text"
)
hidden_check(cooccurrence, [[4], [], [2]], 5, 2, expect=np.zeros((5, 5)), case="nobody has company")
expected = np.array([[0, 1, 0], [1, 0, 2], [0, 2, 0]])
hidden_check(cooccurrence, [[1, 0], [1, 2, 1]], 3, 1, expect=expected, case="a word in two sentences")
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Is a large count a surprise?
#
# Near *tea* stands *the* more often than *milk*, and it tells nothing: *the* stands near everything. Ask
# rather whether two words meet more often than they would by chance. With $N$ the sum of all counts,
#
# $$P(i, j) = \frac{\text{counts}_{ij}}{N}, \qquad P(i) = \sum_j P(i, j), \qquad P(j) = \sum_i P(i, j),$$
#
# and chance alone would give $P(i)\,P(j)$. The logarithm of the ratio is the **pointwise mutual
# information**; its positive part is PPMI:
#
# $$\text{PPMI}_{ij} = \max\left(0,\; \log \frac{P(i, j)}{P(i)\,P(j)}\right)$$
#
# Below 0 it would say "more rarely than by chance", for which small counts are poor evidence. Pairs that
# were never seen get 0 as well. The logarithm is the natural one, as everywhere in this guide.


# %% id="ppmi" kind="solution"
def ppmi(counts):
    """Positive pointwise mutual information of co-occurrence counts.

    Args:
        counts: array of shape (V, V), ints or floats, none negative and not all of them 0. Row i belongs to
            the word i, column j to the context j; the array need not be symmetric.

    Returns:
        array of shape (V, V), float: max(0, log(P(i, j) / (P(i) P(j)))) with the natural logarithm,
        and 0 wherever the count is 0.
    """
    ### BEGIN SOLUTION
    total = counts.sum()
    by_chance = (
        counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    )  # (V, 1) * (1, V)
    seen = counts > 0
    result = np.zeros(counts.shape)  # (V, V)
    result[seen] = np.log(counts[seen] / by_chance[seen])
    return np.maximum(result, 0.0)
    ### END SOLUTION


# %% [markdown] kind="hints" of="ppmi"
# 1. What would the counts be if words met by chance only, and each word still occurred as often as it does?
#    Compare each count with that number.
# 2. By chance, row i and column j meet (sum of row i) * (sum of column j) / (sum of all) times. The row
#    sums need shape (V, 1) and the column sums (1, V) to give a (V, V) array; `keepdims=True` helps.
# 3. Divide the counts by it, take the logarithm, and clip at 0. The logarithm of 0 and the division 0 / 0
#    are trouble: fill a float array of zeros only where `counts > 0`, or repair the results afterwards with
#    `np.where`.

# %% id="test-ppmi" kind="tests" points=2
check(
    ppmi,
    np.array([[4, 1], [3, 92]]),  # rows sum to 5 and 95, columns to 7 and 93, everything to 100
    expect=np.log(np.array([[4 * 100 / (5 * 7), 1], [1, 92 * 100 / (95 * 93)]])),
    case="two pairs more frequent than by chance, two less",
)
check(
    ppmi,
    np.array([[4.0, 1.0, 1.0], [0.5, 1.0, 0.5], [1.5, 0.5, 6.0]]),  # rows 6, 2, 8; columns 6, 2.5, 7.5
    expect=np.log(np.array([[64 / 36, 16 / 15, 1], [1, 16 / 5, 1], [1, 1, 96 / 60]])),
    case="weighted counts",
)
### BEGIN HIDDEN TESTS
from fractions import Fraction
from math import log

from check import hidden_check


def exact_ppmi(counts):
    """The definition, pair by pair, with exact fractions up to the logarithm."""
    table = [[Fraction(x) for x in row] for row in counts.tolist()]
    total = sum(map(sum, table))
    expected = np.zeros(counts.shape)
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            if count:
                chance = sum(row) / total * sum(other[j] for other in table) / total
                expected[i, j] = max(0.0, log(count / total / chance))
    return expected


generator = np.random.default_rng(11)
for size in (2, 5, 9):
    counts = generator.integers(1, 30, size=(size, size)) ** 2
    hidden_check(ppmi, counts, expect=exact_ppmi(counts), case=f"whole numbers, V = {size}")
counts = generator.gamma(0.4, size=(7, 7)) * 0.01
hidden_check(ppmi, counts, expect=exact_ppmi(counts), case="small fractions, V = 7")
hidden_check(ppmi, np.array([[2, 6], [3, 9]]), expect=np.zeros((2, 2)), case="nothing but chance")
### END HIDDEN TESTS

# %% id="test-ppmi-zeros" kind="tests" points=2 of="ppmi"
check(
    ppmi,
    np.array([[0, 3], [2, 1]]),  # rows 3, 3; columns 2, 4; all 6
    expect=np.log(np.array([[1, 18 / 12], [12 / 6, 1]])),
    case="a pair that was never seen",
)
check(
    ppmi,
    np.array([[0, 0, 4], [0, 0, 0], [4, 0, 2]]),  # rows 4, 0, 6; columns 4, 0, 6; all 10
    expect=np.log(np.array([[1, 1, 40 / 24], [1, 1, 1], [40 / 24, 1, 1]])),
    case="a word without any neighbour",
)
### BEGIN HIDDEN TESTS
import math

from check import hidden_check

generator = np.random.default_rng(12)
counts = generator.poisson(0.8, size=(8, 8)) * generator.integers(1, 9, size=(8, 8))
counts[3], counts[:, 6] = 0, 0
for kind in (int, float):
    expected = np.zeros((8, 8))
    for i in range(8):
        for j in range(8):
            if counts[i, j]:
                chance = sum(counts[i, m] for m in range(8)) * sum(counts[m, j] for m in range(8))
                expected[i, j] = max(0.0, math.log(counts[i, j] * sum(counts.flat) / chance))
    hidden_check(ppmi, counts.astype(kind), expect=expected, case=f"many zeros, {kind.__name__}")
alone = np.zeros((4, 4))
alone[2, 1] = 5.0
hidden_check(ppmi, alone, expect=np.zeros((4, 4)), case="a single pair")
### END HIDDEN TESTS

# %% [markdown]
# ## 6. Which words are nearest?
#
# Now each word has a vector: its row. To ask what a word is like, compare its row with all others by their
# cosine and name the words that come first. Vectors that point the same way may be equally near; then the
# smaller id goes first, so that the answer is always the same.


# %% id="nearest-words" kind="solution"
def nearest_words(word, vocabulary, vectors, k):
    """The words whose vectors point most nearly the same way.

    Args:
        word: a word of the vocabulary.
        vocabulary: dict from word to id, in any order; the ids are 0 ... V - 1.
        vectors: array of shape (V, number of dimensions); row i is the vector of the word with id i.
        k: how many words to return; at least 1.

    Returns:
        list of k words, the largest cosine similarity first, without `word` itself. Of equally near
        words the one with the smaller id comes first; a vector of zeros has similarity 0 to every other. If
        there are fewer than k other words, all of them.
    """
    ### BEGIN SOLUTION
    query = vocabulary[word]
    similarity = [cosine_similarity(vectors[query], vector) for vector in vectors]  # (V,)
    others = [i for i in range(len(vectors)) if i != query]
    nearest = sorted(others, key=lambda i: -similarity[i])[:k]  # sorted keeps ties by id
    word_of = {i: w for w, i in vocabulary.items()}
    return [word_of[i] for i in nearest]
    ### END SOLUTION


# %% [markdown] kind="hints" of="nearest_words"
# 1. You have written the comparison already, in part 3. What is left: compare with every row, put the ids
#    in order, leave the word itself out, and turn ids back into words.
# 2. Leave the word out by its id. It need not be the first in the order: another word may have a vector in
#    the very same direction. For the way back you need the vocabulary turned round, from id to word.
# 3. Sort ids, not similarities: `sorted(ids, key=...)` with the similarity with a minus sign, or
#    `np.argsort` of the negated similarities with `kind="stable"`, which keeps ties in the order of ids.
#    Cut to k after the word is out.

# %% id="test-nearest-words" kind="tests" points=2
check(
    nearest_words,
    "tea",
    {"tea": 0, "road": 1, "coffee": 2, "street": 3, "milk": 4},
    # cosine with tea:     1          0.20         0.87         -0.98        0.71
    np.array([[1.0, -1.0], [3.0, 2.0], [7.0, -2.0], [-2.0, 3.0], [1.0, 0.0]]),
    k=3,
    expect=["coffee", "milk", "road"],
    case="tea among five words, k = 3",
)
check(
    nearest_words,
    "sun",
    {"cat": 3, "dog": 0, "star": 2, "sun": 1},
    np.array([[0.0, 3.0], [4.0, 1.0], [3.0, 2.0], [-1.0, 2.0]]),
    k=2,
    expect=["star", "dog"],
    case="a vocabulary that is not in the order of its ids",
)
check(
    nearest_words,
    "mug",
    {"cup": 0, "mug": 1, "car": 2, "bus": 3},
    np.array([[3.0, 0.0], [3.0, 0.0], [1.0, 2.0], [1.0, 5.0]]),
    k=2,
    expect=["cup", "car"],
    case="cup has the very same vector as mug, and a smaller id",
)
### BEGIN HIDDEN TESTS
import torch
from check import hidden_check

generator = np.random.default_rng(13)
vectors = generator.normal(size=(23, 5)) * generator.gamma(2.0, size=(23, 1))
names = [f"{letter}{letter}" for letter in "abcdefghijklmnopqrstuvw"]
vocabulary = {names[i]: int(i) for i in generator.permutation(23)}
for query, k in ((0, 1), (22, 4), (9, 21), (5, 22)):
    table = torch.from_numpy(vectors)
    similarity = torch.cosine_similarity(table[query : query + 1], table, dim=1).tolist()
    ranked = sorted((-similarity[i], i) for i in range(23) if i != query)
    hidden_check(
        nearest_words,
        names[query],
        vocabulary,
        vectors,
        k=k,
        expect=[names[i] for _, i in ranked[:k]],
        case=f"23 random vectors, word {query}, k = {k}",
    )
### END HIDDEN TESTS

# %% id="test-nearest-words-edges" kind="tests" points=1 of="nearest_words"
check(
    nearest_words,
    "w12",
    {f"w{i}": i for i in [*range(10, 20), *range(10)]},
    np.tile([[0.0, 2.0], [2.0, 1.0]], (10, 1)),  # w0, w2, w4, ... have the same vector
    k=5,
    expect=["w0", "w2", "w4", "w6", "w8"],
    case="ten of twenty words have the same vector",
)
check(
    nearest_words,
    "up",
    {"down": 0, "left": 1, "up": 2, "upper": 3, "rare": 4},
    np.array([[-2.0, -3.0], [-3.0, 2.0], [1.0, 4.0], [1.0, 2.0], [0.0, 0.0]]),
    k=3,
    expect=["upper", "left", "rare"],
    case="rare has a vector of zeros: farther than left, nearer than down",
)
check(
    nearest_words,
    "yes",
    {"yes": 0, "no": 1, "maybe": 2},
    np.array([[1.0, 2.0], [3.0, -1.0], [2.0, 2.0]]),
    k=9,
    expect=["maybe", "no"],
    case="more asked for than there are",
)
### BEGIN HIDDEN TESTS
from check import hidden_check

names = [f"word{i}" for i in range(30)]
vocabulary = {names[i]: i for i in [*range(20, 30), *range(11), *range(19, 10, -1)]}
vectors = np.zeros((30, 3))
vectors[::3, 1] = 4.0
vectors[1::3, 1] = -4.0  # and every third vector stays zero
ranked = [i for i in [*range(0, 30, 3), *range(2, 30, 3), *range(1, 30, 3)] if i != 12]
hidden_check(
    nearest_words,
    "word12",
    vocabulary,
    vectors,
    k=23,
    expect=[names[i] for i in ranked[:23]],
    case="many ties",
)
others = [name for name in names if name != "word2"]
hidden_check(
    nearest_words, "word2", vocabulary, vectors, k=29, expect=others, case="the word's own vector is zeros"
)
### END HIDDEN TESTS

# %% [markdown]
# ## 7. Does counting find meaning?
#
# Time to put your functions to work on real text: the docstrings of Python's standard library, NumPy
# and PyTorch, some 400,000 words in the file `docstrings.txt`. Nobody told the program what any word means.
# Before you run the cells, predict: which words do you expect near *first*? Near *minimum*? Near *may*?

# %% id="capstone-vectors" kind="run" capstone=true
from pathlib import Path

sentences = [line.split() for line in Path("docstrings.txt").read_text("utf-8").splitlines()]

vocabulary = build_vocabulary(sentences, min_count=30)
ids = [[vocabulary[word] for word in sentence if word in vocabulary] for sentence in sentences]
vectors = ppmi(cooccurrence(ids, len(vocabulary), window=2))  # (V, V)
print(f"{len(sentences):,} sentences, {len(vocabulary):,} words that occur at least 30 times")

# %% id="capstone-neighbours" kind="run" capstone=true
queries = ["first", "minimum", "left", "width", "may", "string"]
neighbours = {word: nearest_words(word, vocabulary, vectors, k=10) for word in queries}
for word, found in neighbours.items():
    print(f"{word:>8}: {', '.join(found)}")

# %% id="test-capstone" kind="tests" points=1 capstone=true
wanted = {
    "first": {"second", "last"},
    "minimum": {"maximum", "max", "min"},
    "left": {"right", "upper", "lower"},
    "width": {"height", "length", "size"},
    "may": {"can", "should", "must", "will"},
    "string": {"strings", "bytes", "characters"},
}
for word, good in wanted.items():
    found = list(neighbours[word])
    assert len(found) == 10, f"{len(found)} neighbours of {word!r} were found; 10 were asked for."
    assert word not in found, f"{word!r} stands among its own neighbours."
    assert good & set(found), f"none of {sorted(good)} is among the neighbours of {word!r}: {found}"

# %% [markdown]
# Look at *left* and *minimum* again: right next to them stand their opposites. *Left* and *right* keep the
# same company, so a method that knows only the company takes them to be alike. That is what the
# distributional hypothesis promises, and all it promises.
#
# **To go on**, change one thing at a time in the first cell of this part and compare: a window of 1 or of
# 8; the plain counts in place of `ppmi(...)`, and see who is everyone's neighbour then; `min_count=10`,
# and wait. How many numbers are there in `vectors`, and how many of them are 0? The next chapter keeps far
# fewer numbers for each word and learns them.
