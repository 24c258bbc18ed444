"""Known wrong ways to write the functions of this exercise."""

import numpy as np

from layerbook.misconceptions import misconception

# embedding_forward


@misconception(of="embedding_forward", read="embedding-layer.md#weight-shape")
def columns_for_rows(ids, weight):
    """Columns are looked up. The weight is (V, k), so a word is a row: the ids index its first axis."""
    return weight[:, ids]


@misconception(of="embedding_forward", read="embedding-layer.md#lookup-table")
def ids_from_one(ids, weight):
    """The ids are taken to begin at 1. They begin at 0: id i is row i, and `i - 1` is the row of another
    word.
    """
    return weight[ids - 1]


@misconception(of="embedding_forward", read="embedding-layer.md#lookup-table")
def each_word_once(ids, weight):
    """Repeated ids are merged. The output has one vector for each id, in the order of the ids."""
    return weight[np.unique(ids)]


@misconception(of="embedding_forward", read="embedding-layer.md#lookup-table")
def ids_as_numbers(ids, weight):
    """The ids are multiplied as if they were quantities. An id is a name: it says which row, not how much of
    it.
    """
    return ids @ weight


@misconception(of="embedding_forward", read="embedding-layer.md#lookup-table")
def shape_flattened(ids, weight):
    """The shape of the ids is lost. Each id keeps its place: the output's shape is ids.shape + (k,)."""
    return weight[ids.ravel()]


@misconception(of="embedding_forward", read="embedding-layer.md#lookup-table")
def batch_expected(ids, weight):
    """Only a batch (N, T) is accepted. Ids come in any shape; indexing needs neither N nor T."""
    n, t = ids.shape
    return weight[ids.reshape(n * t)].reshape(n, t, -1)


@misconception(of="embedding_forward", read="embedding-layer.md#lookup-table")
def one_sentence_expected(ids, weight):
    """Only one sentence (T,) is accepted. Ids come in any shape; one index does it for all of them."""
    output = np.zeros((len(ids), weight.shape[1]))
    for position in range(len(ids)):
        output[position] = weight[ids[position]]
    return output


@misconception(of="embedding_forward", read="embedding-layer.md#lookup-table")
def transposed_output(ids, weight):
    """Words and dimensions are swapped. The vector of each id lies along the last axis of the output."""
    return weight[ids].T


@misconception(of="embedding_forward", read="embedding-layer.md#lookup-table")
def cut_to_integers(ids, weight):
    """The vectors are cut to whole numbers. An output array made with the type of the ids cannot hold
    fractions.
    """
    output = np.zeros((*ids.shape, weight.shape[1]), dtype=ids.dtype)
    output[...] = weight[ids]
    return output


@misconception(of="embedding_forward", read="embedding-layer.md#padding-id")
def zero_taken_as_padding(ids, weight):
    """Word 0 comes out as zeros. Here 0 is a word like any other; the forward pass knows no padding."""
    return weight[ids] * (ids != 0)[..., None]


# one_hot_matmul


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-times-weight")
def product_transposed(ids, weight):
    """The product comes out transposed. With one word in each row, (n, V) times (V, k) gives (n, k)."""
    one_hot = np.zeros((len(weight), ids.size))
    one_hot[ids.ravel(), np.arange(ids.size)] = 1.0
    return weight.T @ one_hot


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-encoding")
def ones_in_every_row(ids, weight):
    """Every row got all the ones. `one_hot[:, ids] = 1` sets those columns in all rows; each row has a single
    1.
    """
    one_hot = np.zeros((ids.size, len(weight)))
    one_hot[:, ids.ravel()] = 1.0
    return (one_hot @ weight).reshape(*ids.shape, -1)


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-encoding")
def whole_rows_of_ones(ids, weight):
    """Whole rows are filled with ones. `one_hot[ids] = 1` takes the ids for rows; they are the columns, and
    each row needs its own index.
    """
    one_hot = np.zeros((ids.size, len(weight)))
    one_hot[ids.ravel()] = 1.0
    return (one_hot @ weight).reshape(*ids.shape, -1)


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-encoding")
def one_vector_for_each_sentence(ids, weight):
    """All words of a sentence went into one vector. That gives the sum of their rows; each id needs a one-hot
    vector of its own.
    """
    one_hot = np.zeros((len(ids), len(weight)))
    for row, words in enumerate(ids):
        one_hot[row, words] = 1.0
    return one_hot @ weight


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-encoding")
def one_vector_for_all(ids, weight):
    """All words went into one vector. That gives the sum of their rows; each id needs a one-hot vector of its
    own.
    """
    one_hot = np.zeros(len(weight))
    one_hot[ids] = 1.0
    return one_hot @ weight


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-encoding")
def as_long_as_the_largest_id(ids, weight):
    """The one-hot vectors are too short. Their length is V, the number of rows of the weight, not the largest
    id + 1.
    """
    return np.eye(ids.max() + 1)[ids] @ weight


@misconception(of="one_hot_matmul", read="embedding-layer.md#weight-shape")
def as_long_as_a_vector(ids, weight):
    """The one-hot vectors have k places. They need V, one for each word; k is the length of a
    word's vector.
    """
    return np.eye(weight.shape[1])[ids] @ weight


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-encoding")
def ones_shifted(ids, weight):
    """The ones stand one place too early. Ids begin at 0: the 1 of id i stands at index i."""
    return np.eye(len(weight))[ids - 1] @ weight


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-times-weight")
def multiplied_elementwise(ids, weight):
    """The product is elementwise. `*` multiplies place by place; the matrix product is `@`."""
    return np.eye(len(weight))[ids] * weight


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-encoding")
def one_hot_for_one_sentence(ids, weight):
    """Only one sentence (T,) is accepted. Flatten ids of other shapes first, and give the result their shape
    back.
    """
    one_hot = np.zeros((len(ids), len(weight)))
    one_hot[np.arange(len(ids)), ids] = 1.0
    return one_hot @ weight


@misconception(of="one_hot_matmul", read="embedding-layer.md#one-hot-times-weight")
def product_flattened(ids, weight):
    """The shape of the ids is lost. After the product, give each id its place back: ids.shape + (k,)."""
    return np.eye(len(weight))[ids.ravel()] @ weight


# embedding_backward


@misconception(of="embedding_backward", read="embedding-layer.md#repeated-ids")
def last_write_wins(grad_output, ids, num_embeddings, padding_idx=None):
    """Repeated ids overwrite each other. Both `grad[ids] = ...` and `grad[ids] += ...` keep only the last
    gradient of an id; each use of a row must add to it.
    """
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    grad_weight[ids] += grad_output
    if padding_idx is not None:
        grad_weight[padding_idx] = 0.0
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#repeated-ids")
def overwritten_within_a_sentence(grad_output, ids, num_embeddings, padding_idx=None):
    """Repeats within one sentence overwrite each other. The loop adds sentence by sentence, but
    `grad[sentence] += ...` keeps only the last gradient of an id that comes twice in it.
    """
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    for sentence, gradients in zip(ids, grad_output, strict=True):
        grad_weight[sentence] += gradients
    if padding_idx is not None:
        grad_weight[padding_idx] = 0.0
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#repeated-ids")
def averaged_over_uses(grad_output, ids, num_embeddings, padding_idx=None):
    """The gradients of repeated ids are averaged. The loss depends on a row through each of its uses, so they
    add up.
    """
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    uses = np.bincount(ids.ravel(), minlength=num_embeddings)
    grad_weight /= np.maximum(uses, 1)[:, None]
    if padding_idx is not None:
        grad_weight[padding_idx] = 0.0
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#repeated-ids")
def uses_are_counted(grad_output, ids, num_embeddings, padding_idx=None):
    """The uses of each row are counted, and `grad_output` is not used. Each use adds its own
    gradient, not 1.
    """
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, 1.0)
    if padding_idx is not None:
        grad_weight[padding_idx] = 0.0
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#differentiable-in-the-weight")
def handed_through(grad_output, ids, num_embeddings, padding_idx=None):
    """The gradient of the output is returned as it came. What is asked is the gradient of the
    weight: (V, k).
    """
    return grad_output.copy()


@misconception(of="embedding_backward", read="embedding-layer.md#differentiable-in-the-weight")
def gradient_for_the_ids(grad_output, ids, num_embeddings, padding_idx=None):
    """A gradient for the ids is returned too. Ids are names, not quantities: only the weight has a
    gradient.
    """
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    if padding_idx is not None:
        grad_weight[padding_idx] = 0.0
    return np.zeros(ids.shape), grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#weight-shape")
def only_rows_up_to_the_largest_id(grad_output, ids, num_embeddings, padding_idx=None):
    """The gradient has too few rows. Words that were not used have a row too: the shape is (num_embeddings,
    k).
    """
    grad_weight = np.zeros((ids.max() + 1, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    if padding_idx is not None:
        grad_weight[padding_idx] = 0.0
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#weight-shape")
def gradient_transposed(grad_output, ids, num_embeddings, padding_idx=None):
    """The gradient is transposed. It has the shape of the weight, (V, k): one row for each word."""
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    if padding_idx is not None:
        grad_weight[padding_idx] = 0.0
    return grad_weight.T


@misconception(of="embedding_backward", read="embedding-layer.md#padding-id")
def padding_learns(grad_output, ids, num_embeddings, padding_idx=None):
    """The row of the padding id gets a gradient. It only fills sentences up and should not learn: its row
    stays 0.
    """
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#padding-id")
def padding_zero_is_false(grad_output, ids, num_embeddings, padding_idx=None):
    """The padding id 0 is overlooked. `if padding_idx:` is false for 0 as well as for None; ask `is not
    None`.
    """
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    if padding_idx:
        grad_weight[padding_idx] = 0.0
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#padding-id")
def none_clears_everything(grad_output, ids, num_embeddings, padding_idx=None):
    """Everything is 0, as when a row is cleared although there is no padding id. `grad[None] = 0` means the
    whole array; do it only if `padding_idx` is not None.
    """
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    grad_weight[padding_idx] = 0.0
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#padding-id")
def callers_gradient_cleared(grad_output, ids, num_embeddings, padding_idx=None):
    """The caller's gradient is changed. Clear the padding row in your result, or in a copy, not in
    `grad_output`.
    """
    if padding_idx is not None:
        grad_output[ids == padding_idx] = 0.0
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    return grad_weight


@misconception(of="embedding_backward", read="embedding-layer.md#padding-id")
def padding_column_cleared(grad_output, ids, num_embeddings, padding_idx=None):
    """A column is cleared for the padding id. A word is a row of the weight: the first axis counts words."""
    grad_weight = np.zeros((num_embeddings, grad_output.shape[-1]))
    np.add.at(grad_weight, ids, grad_output)
    if padding_idx is not None:
        grad_weight[:, padding_idx] = 0.0
    return grad_weight


# skip_gram_pairs


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def right_side_only(ids, window):
    """Only the words to the right are taken. The window reaches to both sides of the center."""
    return [(ids[i], ids[j]) for i in range(len(ids)) for j in range(i + 1, min(len(ids), i + window + 1))]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def left_side_only(ids, window):
    """Only the words to the left are taken. The window reaches to both sides of the center."""
    return [(ids[i], ids[j]) for i in range(len(ids)) for j in range(max(0, i - window), i)]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def one_position_short(ids, window):
    """The window is one position short on each side. `range(1, window)` ends at `window - 1`; go to `window +
    1`.
    """
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window + 1), min(len(ids), i + window))
        if i != j
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def own_context(ids, window):
    """Each word is paired with itself. The center's own position is not one of its contexts."""
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def last_position_missing(ids, window):
    """The last word of each window is missing. `range` leaves out its end, so it has to go to `i + window +
    1`.
    """
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window))
        if i != j
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def wraps_around(ids, window):
    """The first words are paired with the last. A negative position counts from the end; begin at max(0, i -
    window).
    """
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(i - window, i + window + 1)
        if i != j and -len(ids) <= j < len(ids)
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def past_the_end(ids, window):
    """The window runs past the end of the sentence. Only positions that exist count: end at min(len(ids), i +
    window + 1).
    """
    return [
        (ids[i], ids[j]) for i in range(len(ids)) for j in range(max(0, i - window), i + window + 1) if i != j
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def slice_begins_below_zero(ids, window):
    """The first words lose their left contexts. A slice that begins below 0 counts from the end and is empty
    here.
    """
    pairs = []
    for i, center in enumerate(ids):
        near = list(ids[i - window : i]) + list(ids[i + 1 : i + 1 + window])
        pairs += [(center, context) for context in near]
    return pairs


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def full_windows_only(ids, window):
    """Words at the ends are left out as centers. They have fewer contexts, but they have some."""
    return [
        (ids[i], ids[j])
        for i in range(window, len(ids) - window)
        for j in range(i - window, i + window + 1)
        if i != j
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def same_word_left_out(ids, window):
    """Equal words are not paired. Only the center's own position is left out; compare positions, not ids."""
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if ids[i] != ids[j]
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def repeated_pairs_merged(ids, window):
    """Repeated pairs are listed once. A pair that comes twice is seen twice in training; a set
    forgets that.
    """
    return sorted(
        {
            (ids[i], ids[j])
            for i in range(len(ids))
            for j in range(max(0, i - window), min(len(ids), i + window + 1))
            if i != j
        }
    )


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def positions_for_ids(ids, window):
    """Positions are returned. A pair holds the ids of the two words, not where they stand."""
    return [
        (i, j)
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if i != j
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def window_is_the_whole_width(ids, window):
    """The window is halved. `window` counts the positions to each side, not to both sides together."""
    half = window // 2
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - half), min(len(ids), i + half + 1))
        if i != j
    ]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def exactly_window_apart(ids, window):
    """Only words exactly `window` apart are paired. Nearer ones belong to the context too."""
    return [(ids[i], ids[j]) for i in range(len(ids)) for j in range(len(ids)) if abs(i - j) == window]


@misconception(of="skip_gram_pairs", read="embedding-layer.md#skip-gram")
def contexts_grouped(ids, window):
    """The contexts of a word are kept together. Skip-gram predicts each context on its own: one pair for
    each.
    """
    return [
        (
            ids[i],
            [ids[j] for j in range(max(0, i - window), min(len(ids), i + window + 1)) if i != j],
        )
        for i in range(len(ids))
    ]


# negative_sampling_loss


def _sigmoid(x):
    return np.exp(-np.logaddexp(0.0, -x))


def _parts(center, context, negatives):
    """Loss and slopes, done right; the mistakes below are in what is made of them."""
    context_score, negative_scores = context @ center, negatives @ center
    loss = np.logaddexp(0.0, -context_score) + np.logaddexp(0.0, negative_scores).sum()
    return loss, -_sigmoid(-context_score), _sigmoid(negative_scores)


def _right(center, context, negatives):
    loss, context_slope, negative_slopes = _parts(center, context, negatives)
    grad_center = context_slope * context + negative_slopes @ negatives
    return loss, grad_center, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def negatives_pulled_closer(center, context, negatives):
    """The negatives are pulled closer. Their score enters with a minus, -log sigmoid(-score), so that it
    falls.
    """
    context_slope, negative_slopes = _sigmoid(context @ center) - 1.0, _sigmoid(negatives @ center) - 1.0
    loss = np.logaddexp(0.0, -(context @ center)) + np.logaddexp(0.0, -(negatives @ center)).sum()
    grad_center = context_slope * context + negative_slopes @ negatives
    return loss, grad_center, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def inner_minus_forgotten(center, context, negatives):
    """The gradients of the negatives have the wrong sign. The minus inside sigmoid(-score) comes out once
    more when you differentiate: the slope is +sigmoid(score).
    """
    loss, context_slope, negative_slopes = _parts(center, context, negatives)
    grad_center = context_slope * context - negative_slopes @ negatives
    return loss, grad_center, context_slope * center, -np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def slope_of_minus_score(center, context, negatives):
    """The slope of a negative is taken at the wrong side. It is sigmoid(score), large for a negative that the
    model takes for real, not sigmoid(-score).
    """
    loss, context_slope, negative_slopes = _parts(center, context, negatives)
    negative_slopes = 1.0 - negative_slopes
    grad_center = context_slope * context + negative_slopes @ negatives
    return loss, grad_center, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def only_center_learns(center, context, negatives):
    """Only the center gets a gradient. The scores depend on context and negatives as much: each gets slope *
    center.
    """
    _, grad_center, _, _ = result = _right(center, context, negatives)
    return result[0], grad_center, np.zeros_like(context), np.zeros_like(negatives)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def center_without_negatives(center, context, negatives):
    """The gradient of the center lacks the negatives. The center takes part in every score, and all terms add
    up.
    """
    loss, context_slope, negative_slopes = _parts(center, context, negatives)
    return loss, context_slope * context, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def center_without_context(center, context, negatives):
    """The gradient of the center lacks the context. The center takes part in every score, and all terms add
    up.
    """
    loss, context_slope, negative_slopes = _parts(center, context, negatives)
    return loss, negative_slopes @ negatives, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def mean_over_negatives(center, context, negatives):
    """The negatives are averaged. Each of them is a term of its own; the loss is their sum, and so are its
    gradients.
    """
    _, context_slope, negative_slopes = _parts(center, context, negatives)
    negative_slopes = negative_slopes / len(negatives)
    loss = np.logaddexp(0.0, -(context @ center)) + np.logaddexp(0.0, negatives @ center).mean()
    grad_center = context_slope * context + negative_slopes @ negatives
    return loss, grad_center, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def slopes_along_the_wrong_axis(center, context, negatives):
    """The slopes do not meet their rows. Shapes (m,) and (m, k) do not go together place by place; use
    slopes[:, None] or a product with `@`.
    """
    loss, context_slope, negative_slopes = _parts(center, context, negatives)
    grad_center = context_slope * context + (negative_slopes * negatives).sum(axis=0)
    return loss, grad_center, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def signs_for_climbing(center, context, negatives):
    """The gradients point downhill. They are the slope of the loss, sigmoid(score) - label; the step
    subtracts them.
    """
    loss, *gradients = _right(center, context, negatives)
    return loss, *(-gradient for gradient in gradients)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def log_likelihood(center, context, negatives):
    """The loss has the wrong sign. It is minus the sum of the logarithms, and so never below 0."""
    loss, *gradients = _right(center, context, negatives)
    return -loss, *gradients


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def slope_of_sigmoid_too_much(center, context, negatives):
    """The slope of the sigmoid is multiplied in twice. With the logarithm, sigmoid(x) * (1 - sigmoid(x))
    shrinks to sigmoid(x) - 1; nothing more is to be multiplied.
    """
    loss, context_slope, negative_slopes = _parts(center, context, negatives)
    context_slope = context_slope * (1.0 + context_slope) * -context_slope
    negative_slopes = negative_slopes * negative_slopes * (1.0 - negative_slopes)
    grad_center = context_slope * context + negative_slopes @ negatives
    return loss, grad_center, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def softmax_over_candidates(center, context, negatives):
    """A softmax runs over the context and the negatives. Negative sampling asks 1 + m questions, each with
    its own sigmoid; their probabilities do not share a sum.
    """
    rows = np.vstack([context, negatives])
    scores = rows @ center
    log_probability = scores - np.logaddexp.reduce(scores)
    slopes = np.exp(log_probability)
    slopes[0] -= 1.0
    return -log_probability[0], slopes @ rows, slopes[0] * center, np.outer(slopes[1:], center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def precedence_of_the_sigmoid(center, context, negatives):
    """The sigmoid lacks brackets. `1 / 1 + np.exp(-x)` is 1 + exp(-x); write `1 / (1 + np.exp(-x))`."""

    def sigmoid(x):
        return 1 / 1 + np.exp(-x)

    with np.errstate(all="ignore"):
        context_slope, negative_slopes = sigmoid(context @ center) - 1.0, 1.0 - sigmoid(-(negatives @ center))
        loss = -np.log(sigmoid(context @ center)) - np.log(sigmoid(-(negatives @ center))).sum()
        grad_center = context_slope * context + negative_slopes @ negatives
        return loss, grad_center, context_slope * center, np.outer(negative_slopes, center)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def log_of_zero(center, context, negatives):
    """The logarithm of 0 is taken. For a score of -800 the sigmoid rounds to 0 and the loss to infinity; use
    log(1 + exp(-x)) in a form that does not overflow, such as np.logaddexp(0, -x).
    """
    with np.errstate(all="ignore"):
        loss = -np.log(1 / (1 + np.exp(-(context @ center))))
        loss -= np.log(1 / (1 + np.exp(negatives @ center))).sum()
    return loss, *_right(center, context, negatives)[1:]


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def small_number_in_the_logarithm(center, context, negatives):
    """A small number is added inside the logarithm. That caps the loss near 23, however wrong the model is; a
    stable form needs no such number.
    """
    loss = -np.log(_sigmoid(context @ center) + 1e-10) - np.log(_sigmoid(-(negatives @ center)) + 1e-10).sum()
    return loss, *_right(center, context, negatives)[1:]


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def scores_clipped(center, context, negatives):
    """The scores are clipped. Beyond the limit the loss stops growing; a stable form is right for
    any score.
    """
    context_score, negative_scores = (
        np.clip(context @ center, -500, 500),
        np.clip(negatives @ center, -500, 500),
    )
    loss = np.logaddexp(0.0, -context_score) + np.logaddexp(0.0, negative_scores).sum()
    return loss, *_right(center, context, negatives)[1:]


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def negatives_in_one_row(center, context, negatives):
    """The gradients of the negatives are added up. Each negative is a word with its own row: the shape is (m,
    k).
    """
    loss, grad_center, grad_context, grad_negatives = _right(center, context, negatives)
    return loss, grad_center, grad_context, grad_negatives.sum(axis=0)


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def negatives_transposed(center, context, negatives):
    """The gradient of the negatives is transposed. It has one row for each negative, (m, k): slopes first,
    then center in the outer product.
    """
    loss, grad_center, grad_context, grad_negatives = _right(center, context, negatives)
    return loss, grad_center, grad_context, grad_negatives.T


@misconception(of="negative_sampling_loss", read="embedding-layer.md#negative-sampling")
def center_and_context_swapped(center, context, negatives):
    """Two gradients have changed places. The order is loss, grad_center, grad_context, grad_negatives."""
    loss, grad_center, grad_context, grad_negatives = _right(center, context, negatives)
    return loss, grad_context, grad_center, grad_negatives


# training_step


@misconception(of="training_step", read="embedding-layer.md#repeated-ids")
def repeated_negatives_move_once(weight_in, weight_out, center, context, negatives, learning_rate):
    """A repeated negative moves its row only once. `table[negatives] -= ...` is buffered; each use must
    count.
    """
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    weight_in[center] -= learning_rate * grad_center
    weight_out[context] -= learning_rate * grad_context
    weight_out[negatives] -= learning_rate * grad_negatives
    return loss


@misconception(of="training_step", read="embedding-layer.md#repeated-ids")
def repeated_negatives_merged(weight_in, weight_out, center, context, negatives, learning_rate):
    """A repeated negative is used only once. A word drawn twice is two terms of the loss."""
    negatives = np.unique(negatives)
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    weight_in[center] -= learning_rate * grad_center
    weight_out[context] -= learning_rate * grad_context
    weight_out[negatives] -= learning_rate * grad_negatives
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def context_left_out_of_negatives(weight_in, weight_out, center, context, negatives, learning_rate):
    """A negative equal to the context is left out. Some programs do so; here every drawn id counts, and the
    two gradients of that row add up.
    """
    negatives = negatives[negatives != context]
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    weight_in[center] -= learning_rate * grad_center
    weight_out[context] -= learning_rate * grad_context
    np.subtract.at(weight_out, negatives, learning_rate * grad_negatives)
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def rows_written_back(weight_in, weight_out, center, context, negatives, learning_rate):
    """New rows are written over the table. `table[row] = old - step` forgets what another use of that row
    changed; subtract each step from the row as it is.
    """
    old = weight_out.copy()
    loss, grad_center, grad_context, grad_negatives = _right(weight_in[center], old[context], old[negatives])
    weight_in[center] -= learning_rate * grad_center
    weight_out[context] = old[context] - learning_rate * grad_context
    for negative, gradient in zip(negatives, grad_negatives, strict=True):
        weight_out[negative] = old[negative] - learning_rate * gradient
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def step_uphill(weight_in, weight_out, center, context, negatives, learning_rate):
    """The step goes uphill. A gradient points to where the loss grows; subtract it."""
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    weight_in[center] += learning_rate * grad_center
    weight_out[context] += learning_rate * grad_context
    np.add.at(weight_out, negatives, learning_rate * grad_negatives)
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def no_learning_rate(weight_in, weight_out, center, context, negatives, learning_rate):
    """The learning rate is not used. The step is learning_rate times the gradient."""
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    weight_in[center] -= grad_center
    weight_out[context] -= grad_context
    np.subtract.at(weight_out, negatives, grad_negatives)
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def only_weight_in_moves(weight_in, weight_out, center, context, negatives, learning_rate):
    """Only `weight_in` is updated. Context and negatives learn as well; their rows are in `weight_out`."""
    loss, grad_center, _, _ = _right(weight_in[center], weight_out[context], weight_out[negatives])
    weight_in[center] -= learning_rate * grad_center
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def negatives_stay(weight_in, weight_out, center, context, negatives, learning_rate):
    """The rows of the negatives are not updated. They are what pushes apart: each moves against its own
    gradient.
    """
    loss, grad_center, grad_context, _ = _right(weight_in[center], weight_out[context], weight_out[negatives])
    weight_in[center] -= learning_rate * grad_center
    weight_out[context] -= learning_rate * grad_context
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def one_table_for_both(weight_in, weight_out, center, context, negatives, learning_rate):
    """Contexts are looked up in `weight_in`. There are two tables: only the center's row is from
    `weight_in`.
    """
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_in[context], weight_in[negatives]
    )
    weight_in[center] -= learning_rate * grad_center
    weight_in[context] -= learning_rate * grad_context
    np.subtract.at(weight_in, negatives, learning_rate * grad_negatives)
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def tables_swapped(weight_in, weight_out, center, context, negatives, learning_rate):
    """The two tables are swapped. The center is looked up in `weight_in`, context and negatives in
    `weight_out`.
    """
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_out[center], weight_in[context], weight_in[negatives]
    )
    weight_out[center] -= learning_rate * grad_center
    weight_in[context] -= learning_rate * grad_context
    np.subtract.at(weight_in, negatives, learning_rate * grad_negatives)
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def new_tables_made(weight_in, weight_out, center, context, negatives, learning_rate):
    """The caller's tables do not change. An assignment to the name makes a new array; change rows in place
    with `-=`.
    """
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    weight_in, weight_out = weight_in.copy(), weight_out.copy()
    weight_in[center] -= learning_rate * grad_center
    weight_out[context] -= learning_rate * grad_context
    np.subtract.at(weight_out, negatives, learning_rate * grad_negatives)
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def loss_after_the_step(weight_in, weight_out, center, context, negatives, learning_rate):
    """The loss is computed after the step. Return the one that the gradients belong to, from before it."""
    _, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    weight_in[center] -= learning_rate * grad_center
    weight_out[context] -= learning_rate * grad_context
    np.subtract.at(weight_out, negatives, learning_rate * grad_negatives)
    return _right(weight_in[center], weight_out[context], weight_out[negatives])[0]


@misconception(of="training_step", read="embedding-layer.md#training-step")
def moved_center_used(weight_in, weight_out, center, context, negatives, learning_rate):
    """The moved center is used for the other gradients. All gradients belong to the tables as they were
    before; take them first and update afterwards.
    """
    loss, grad_center, _, _ = _right(weight_in[center], weight_out[context], weight_out[negatives])
    weight_in[center] -= learning_rate * grad_center
    _, _, grad_context, grad_negatives = _right(weight_in[center], weight_out[context], weight_out[negatives])
    weight_out[context] -= learning_rate * grad_context
    np.subtract.at(weight_out, negatives, learning_rate * grad_negatives)
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def pair_by_pair(weight_in, weight_out, center, context, negatives, learning_rate):
    """The center moves after each word. The loss is one sum: add up the gradients of the center, then move it
    once.
    """
    loss = _right(weight_in[center], weight_out[context], weight_out[negatives])[0]
    for word, label in [(context, 1.0), *((negative, 0.0) for negative in negatives)]:
        slope = _sigmoid(weight_out[word] @ weight_in[center]) - label
        step_in, step_out = slope * weight_out[word], slope * weight_in[center]
        weight_in[center] -= learning_rate * step_in
        weight_out[word] -= learning_rate * step_out
    return loss


@misconception(of="training_step", read="embedding-layer.md#training-step")
def step_divided_by_the_terms(weight_in, weight_out, center, context, negatives, learning_rate):
    """The step is divided by the number of terms. The loss is a sum over 1 + m terms; nothing is averaged."""
    loss, grad_center, grad_context, grad_negatives = _right(
        weight_in[center], weight_out[context], weight_out[negatives]
    )
    step = learning_rate / (1 + len(negatives))
    weight_in[center] -= step * grad_center
    weight_out[context] -= step * grad_context
    np.subtract.at(weight_out, negatives, step * grad_negatives)
    return loss
