"""The exercise `embedding` accepts every right answer and explains the most common wrong ones."""

import math

import numpy as np
import pytest

# Plain loops over words and dimensions.


def loop_forward(ids, weight):
    output = np.zeros((*ids.shape, weight.shape[1]))
    for place in np.ndindex(ids.shape):
        for d in range(weight.shape[1]):
            output[place][d] = weight[int(ids[place]), d]
    return output


def loop_one_hot_matmul(ids, weight):
    output = []
    for word in ids.ravel():
        one_hot = [1.0 if other == word else 0.0 for other in range(len(weight))]
        output.append(sum(share * row for share, row in zip(one_hot, weight, strict=True)))
    return np.array(output).reshape(*ids.shape, weight.shape[1])


def loop_backward(grad_output, ids, num_embeddings, padding_idx=None):
    k = grad_output.shape[-1]
    rows = [[0.0] * k for _ in range(num_embeddings)]
    for word, gradient in zip(ids.flatten().tolist(), grad_output.reshape(-1, k).tolist(), strict=True):
        if word != padding_idx:
            rows[word] = [old + new for old, new in zip(rows[word], gradient, strict=True)]
    return np.array(rows)


def loop_pairs(ids, window):
    pairs = []
    for right in range(len(ids)):
        for left in range(right):
            if right - left <= window:
                pairs += [[int(ids[right]), int(ids[left])], [int(ids[left]), int(ids[right])]]
    return pairs


def loop_loss(center, context, negatives):
    loss, grad_center, grads = 0.0, np.zeros(len(center)), []
    for vector, sign in [(context, 1), *((negative, -1) for negative in negatives)]:
        margin = sign * sum(float(a) * float(b) for a, b in zip(center, vector, strict=True))
        shrunk = math.exp(-abs(margin))
        loss += math.log1p(shrunk) + max(0.0, -margin)
        slope = -sign * (shrunk if margin > 0 else 1.0) / (1.0 + shrunk)
        grad_center = grad_center + slope * vector
        grads.append(slope * center)
    return loss, grad_center, grads[0], np.array(grads[1:])


def loop_step(weight_in, weight_out, center, context, negatives, learning_rate):
    loss, grad_center, *grads = loop_loss(weight_in[center], weight_out[context], weight_out[negatives])
    for d in range(weight_in.shape[1]):
        weight_in[center, d] = weight_in[center, d] - learning_rate * grad_center[d]
        for word, gradient in zip([context, *negatives], [grads[0], *grads[1]], strict=True):
            weight_out[word, d] = weight_out[word, d] - learning_rate * gradient[d]
    return loss


# Whole arrays at once.


def array_forward(ids, weight):
    return np.take(weight, ids, axis=0)


def array_one_hot_matmul(ids, weight):
    one_hot = np.equal.outer(ids, np.arange(weight.shape[0])).astype(np.float32)
    return np.einsum("...v,vk->...k", one_hot, weight)


def array_backward(grad_output, ids, num_embeddings, padding_idx=None):
    one_hot = ids.reshape(-1, 1) == np.arange(num_embeddings)
    if padding_idx is not None:
        one_hot[:, padding_idx] = False
    return one_hot.T @ grad_output.reshape(len(one_hot), -1)


def array_pairs(ids, window):
    ids = np.asarray(ids, dtype=np.int32)
    place = np.arange(len(ids))
    gap = np.abs(place[:, None] - place)
    centers, contexts = np.nonzero((gap > 0) & (gap <= window))
    return np.stack([ids[contexts], ids[centers]], axis=1)


def array_loss(center, context, negatives):
    rows = np.concatenate([context[None], negatives])
    label = np.zeros(len(rows))
    label[0] = 1.0
    scores = np.einsum("nk,k->n", rows, center)
    loss = np.maximum(scores, 0.0) - scores * label + np.log1p(np.exp(-np.abs(scores)))
    slopes = 0.5 * (1.0 + np.tanh(scores / 2)) - label
    grad_rows = slopes[:, None] * center
    return np.array(loss.sum()), rows.T @ slopes, grad_rows[0], grad_rows[1:]


def array_step(weight_in, weight_out, center, context, negatives, learning_rate):
    used = np.append(negatives, context)
    loss, grad_center, grad_context, grad_negatives = array_loss(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    one_hot = np.eye(len(weight_out))[:, used]
    weight_out -= learning_rate * one_hot @ np.vstack([grad_negatives, grad_context])
    weight_in[[center]] -= learning_rate * grad_center
    return loss


# As people write it who have met word2vec before: weighted counts, vectors of labels, lists.


def other_forward(ids, weight):
    return weight[ids.tolist(), :]


def other_one_hot_matmul(ids, weight):
    return np.eye(len(weight))[ids] @ weight


def other_backward(grad_output, ids, num_embeddings, padding_idx=None):
    flat = grad_output.reshape(ids.size, -1)
    columns = [np.bincount(ids.ravel(), column, minlength=num_embeddings) for column in flat.T]
    grad_weight = np.asfortranarray(np.transpose(columns))
    if padding_idx is not None:
        grad_weight[padding_idx] *= 0.0
    return grad_weight


def other_pairs(ids, window):
    ids = list(ids)
    forward = [pair for step in range(1, window + 1) for pair in zip(ids, ids[step:], strict=False)]
    return forward + [pair[::-1] for pair in forward]


def other_loss(center, context, negatives):
    def sigmoid(x):
        large = np.exp(np.minimum(x, 0.0))
        return large / (large + np.exp(np.minimum(-x, 0.0)))

    score, noise = np.dot(center, context), np.dot(negatives, center)
    loss = np.logaddexp(0, -score) + sum(np.logaddexp(0, noise))
    grad_center = (sigmoid(score) - 1) * context + (sigmoid(noise)[:, None] * negatives).sum(0)
    return [
        float(loss),
        grad_center,
        (sigmoid(score) - 1) * center,
        np.multiply.outer(sigmoid(noise), center),
    ]


def other_step(weight_in, weight_out, center, context, negatives, learning_rate):
    rows = [weight_out[context].copy(), weight_out[negatives].copy()]
    loss, grad_center, grad_context, grad_negatives = other_loss(weight_in[center].copy(), *rows)
    for negative, gradient in zip(negatives, grad_negatives, strict=True):
        weight_out[negative] += -learning_rate * gradient
    weight_out[context] += -learning_rate * grad_context
    weight_in[center] += -learning_rate * grad_center
    return loss


NAMES = (
    "embedding_forward",
    "one_hot_matmul",
    "embedding_backward",
    "skip_gram_pairs",
    "negative_sampling_loss",
    "training_step",
)
PARTS = ("forward", "one_hot_matmul", "backward", "pairs", "loss", "step")
STYLES = {
    style: {name: globals()[f"{style}_{part}"] for name, part in zip(NAMES, PARTS, strict=True)}
    for style in ("loop", "array", "other")
}


@pytest.fixture(scope="module")
def exercise(implementations):
    return implementations("embedding")


@pytest.mark.parametrize("style", STYLES)
def test_other_right_implementations_get_full_marks(exercise, style):
    assert exercise.failures(STYLES[style]) == {}


@pytest.mark.parametrize("style", STYLES)
def test_each_right_implementation_works_beside_the_reference(exercise, style):
    for name, function in STYLES[style].items():
        assert exercise.failures({name: function}) == {}


def test_slow_right_implementation_passes_the_last_part(exercise):
    functions = {
        "skip_gram_pairs": other_pairs,
        "negative_sampling_loss": other_loss,
        "training_step": other_step,
    }
    assert exercise.failures(functions, capstone=True) == {}


def test_training_that_learns_nothing_fails_the_last_part(exercise):
    def no_step(weight_in, weight_out, center, context, negatives, learning_rate):
        return 6 * math.log(2)

    assert "below 2.9" in exercise.failures({"training_step": no_step}, capstone=True)["test-trained-vectors"]


def test_a_function_that_hides_its_signature_gets_full_marks(exercise):
    for name, function in STYLES["loop"].items():
        hidden = lambda *args, _function=function, **kwargs: _function(*args, **kwargs)  # noqa: E731
        assert exercise.failures({name: hidden}) == {}


def test_pairs_that_are_not_whole_numbers_are_wrong(exercise):
    failures = exercise.failures(
        {"skip_gram_pairs": lambda ids, window: [(a + 0.5, b) for a, b in loop_pairs(ids, window)]}
    )
    assert "test-skip-gram-pairs" in failures


MESSAGES = {
    "columns_for_rows": """
        embedding_forward is not right yet: two words
        called with    ids (2,) int64 = [0, 2], weight (4, 3) float64 = [[0.5, 1. , 1.5], [2. , 2.5, 3. ], [3.5, 4. , 4.5], [5. , 5.5, 6.5]]
        wrong shape    got (4, 2), expected (2, 3)
        known mistake  columns_for_rows: Columns are looked up. The weight is (V, k), so a word is a row: the ids index its first axis.
    """,
    "ones_in_every_row": """
        one_hot_matmul is not right yet: two words
        called with    ids (2,) int64 = [1, 0], weight (4, 3) float64 = [[0.5, 1. , 1.5], [2. , 2.5, 3. ], [3.5, 4. , 4.5], [5. , 5.5, 6.5]]
        wrong values   6 of 6 differ, by 3 at most; the first at [0, 0]: got 2.5, expected 2
        known mistake  ones_in_every_row: Every row got all the ones. `one_hot[:, ids] = 1` sets those columns in all rows; each row has a single 1.
    """,
    "last_write_wins": """
        embedding_backward is not right yet: word 2 is used twice
        called with    grad_output (3, 2) float64 = [[  1.,   2.], [ 30.,  40.], [500., 600.]], ids (3,) int64 = [2, 0, 2], num_embeddings = 4
        wrong values   2 of 8 differ, by 2 at most; the first at [2, 0]: got 500, expected 501
        known mistake  last_write_wins: Repeated ids overwrite each other. Both `grad[ids] = ...` and `grad[ids] += ...` keep only the last gradient of an id; each use of a row must add to it.
    """,
    "full_windows_only": """
        skip_gram_pairs is not right yet: three words, one step to each side
        called with    ids = [7, 4, 9], window = 1
        wrong value    got [(4, 7), (4, 9)], expected [(4, 7), (4, 9), (7, 4), (9, 4)]
        known mistake  full_windows_only: Words at the ends are left out as centers. They have fewer contexts, but they have some.
    """,
    "inner_minus_forgotten": """
        negative_sampling_loss is not right yet: gradients with one negative
        called with    center (2,) float64 = [1., 2.], context (2,) float64 = [1.0986, 0.    ], negatives (1, 2) float64 = [[-0.9014,  1.    ]]
        wrong values   grad_center: 2 of 2 differ, by 1.5 at most; the first at [0]: got 0.401388, expected -0.950694
        known mistake  inner_minus_forgotten: The gradients of the negatives have the wrong sign. The minus inside sigmoid(-score) comes out once more when you differentiate: the slope is +sigmoid(score).
    """,
    "repeated_negatives_move_once": """
        training_step is not right yet: another word drawn twice
        called with    weight_in (4, 2) float64 = [[9., 8.], [7., 6.], [1., 2.], [5., 4.]], weight_out (4, 2) float64 = [[ 3.    ,  3.    ], [ 1.0986,  0.    ], [ 6.    ,  7.    ], [-0.9014,  1.    ]], center = 2, context = 1, negatives (3,) int64 = [3, 1, 3], learning_rate = 0.1
        wrong values   weight_out: 2 of 8 differ, by 0.15 at most; the first at [3, 0]: got -0.976388, expected -1.05139
        known mistake  repeated_negatives_move_once: A repeated negative moves its row only once. `table[negatives] -= ...` is buffered; each use must count.
    """,
}


@pytest.mark.parametrize("mistake", MESSAGES)
def test_what_a_learner_reads_after_the_most_common_mistake(exercise, mistake):
    written = [line.strip() for line in MESSAGES[mistake].strip().splitlines()]
    assert exercise.first_message(mistake) == written
