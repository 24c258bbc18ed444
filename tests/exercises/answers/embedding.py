"""Right answers to the exercise `embedding` in several styles: `STYLES` has them by style and function."""

import math

import numpy as np

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
