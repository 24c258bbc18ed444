"""Right answers to the exercise `representations` in several styles: `STYLES` has them by style and function."""

import math
from collections import Counter, defaultdict
from itertools import combinations

import numpy as np

# Plain loops: nothing but Python until the result becomes an array.


def loop_vocabulary(sentences, min_count=1):
    seen, counts = [], []
    for sentence in sentences:
        for word in sentence:
            if word not in seen:
                seen.append(word)
                counts.append(0)
            counts[seen.index(word)] += 1
    vocabulary = {}
    while counts and max(counts) >= min_count:
        position = counts.index(max(counts))
        vocabulary[seen.pop(position)] = len(vocabulary)
        counts.pop(position)
    return vocabulary


def loop_one_hot(ids, num_words):
    return np.array([[1 if column == word_id else 0 for column in range(num_words)] for word_id in ids])


def loop_cosine(a, b):
    dot = squares_a = squares_b = 0.0
    for x, y in zip(a, b, strict=True):
        dot += x * y
        squares_a += x * x
        squares_b += y * y
    return 0 if squares_a == 0 or squares_b == 0 else dot / math.sqrt(squares_a * squares_b)


def loop_cooccurrence(sentences, num_words, window):
    counts = [[0] * num_words for _ in range(num_words)]
    for sentence in sentences:
        for left, right in combinations(range(len(sentence)), 2):
            if right - left <= window:
                counts[sentence[left]][sentence[right]] += 1
                counts[sentence[right]][sentence[left]] += 1
    return np.array(counts)


def loop_ppmi(counts):
    size, total = len(counts), sum(float(x) for row in counts for x in row)
    rows = [sum(float(x) for x in row) / total for row in counts]
    columns = [sum(float(row[j]) for row in counts) / total for j in range(size)]
    result = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            together = float(counts[i, j]) / total
            if together > rows[i] * columns[j]:
                result[i, j] = math.log(together) - math.log(rows[i]) - math.log(columns[j])
    return result


def loop_nearest(word, vocabulary, vectors, k):
    left = {other: loop_cosine(vectors[vocabulary[word]], vectors[i]) for other, i in vocabulary.items()}
    del left[word]
    nearest = []
    while left and len(nearest) < k:
        best = max(left.values())
        nearest.append(min((w for w in left if left[w] == best), key=vocabulary.get))
        del left[nearest[-1]]
    return nearest


# Whole arrays at once.


def array_vocabulary(sentences, min_count=1):
    counts = Counter(word for sentence in sentences for word in sentence)
    return {word: i for i, (word, count) in enumerate(counts.most_common()) if count >= min_count}


def array_one_hot(ids, num_words):
    return np.equal.outer(np.asarray(ids), np.arange(num_words))


def array_cosine(a, b):
    lengths = np.sqrt(np.einsum("k,k->", a, a) * np.einsum("k,k->", b, b))
    return np.divide(np.einsum("k,k->", a, b), lengths, out=np.zeros(()), where=lengths > 0)


def array_cooccurrence(sentences, num_words, window):
    gap = np.full(window, num_words)
    text = np.concatenate([part for sentence in sentences for part in (np.array(sentence, dtype=int), gap)])
    counts = np.zeros((num_words + 1, num_words + 1), dtype=np.float32)
    for distance in range(1, window + 1):
        np.add.at(counts, (text[:-distance], text[distance:]), 1)
    return (counts + counts.T)[:-1, :-1]


def array_ppmi(counts):
    p = np.asfortranarray(counts / counts.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.log(p) - np.log(p.sum(1))[:, None] - np.log(p.sum(0))
    return np.clip(np.nan_to_num(pmi, neginf=0.0), 0.0, None)


def array_nearest(word, vocabulary, vectors, k):
    lengths = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    directions = np.divide(vectors, lengths, out=np.zeros(vectors.shape), where=lengths > 0)
    query = vocabulary[word]
    order = np.lexsort((np.arange(len(vectors)), -(directions @ directions[query])))
    words = np.empty(len(vectors), dtype=object)
    words[list(vocabulary.values())] = list(vocabulary)
    return list(words[order[order != query]][:k])


# As textbooks have it: a small number guards against the division by zero.

TINY = 1e-8


def guarded_vocabulary(sentences, min_count=1):
    counts = defaultdict(int)
    for word in [word for sentence in sentences for word in sentence]:
        counts[word] += 1
    vocabulary = defaultdict(int)
    for word, count in sorted(counts.items(), key=lambda item: item[1], reverse=True):
        if count >= min_count:
            vocabulary[word] = len(vocabulary)
    return vocabulary


def guarded_one_hot(ids, num_words):
    return np.eye(num_words)[np.asarray(ids)]


def guarded_cosine(a, b):
    return (a / (np.sqrt(np.sum(a**2)) + TINY)) @ (b / (np.sqrt(np.sum(b**2)) + TINY))


def guarded_cooccurrence(sentences, num_words, window):
    counts = np.zeros((num_words, num_words), dtype=np.int32)
    for sentence in sentences:
        for position in range(len(sentence)):
            for step in range(1, window + 1):
                if position - step >= 0:
                    counts[sentence[position], sentence[position - step]] += 1
                if position + step < len(sentence):
                    counts[sentence[position], sentence[position + step]] += 1
    return counts


def guarded_ppmi(counts):
    chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return np.maximum(0, np.log(counts / (chance + TINY * (chance == 0)) + TINY))


def guarded_nearest(word, vocabulary, vectors, k):
    query = vectors[vocabulary[word]]
    scored = [(-guarded_cosine(query, vectors[i]), i, w) for w, i in vocabulary.items() if w != word]
    return [w for _, _, w in sorted(scored)[:k]]


# With NumPy's sorting and masking, and with lists put together.


def sorted_vocabulary(sentences, min_count=1):
    text = sum(sentences, [])  # noqa: RUF017  slow, and often written
    words, first, counts = np.unique(text, return_index=True, return_counts=True)
    order = [i for i in np.lexsort((first, -counts)) if counts[i] >= min_count]
    return dict(zip(words[order], np.arange(len(order)), strict=True))


def sorted_one_hot(ids, num_words):
    vectors = np.zeros((num_words, len(ids)), dtype=np.float32)
    np.put_along_axis(vectors, np.asarray(ids)[None], 1, axis=0)
    return vectors.T


def sorted_cosine(a, b):
    if not a.any() or not b.any():
        return np.float32(0)
    return np.clip((a / np.linalg.norm(a)) @ (b / np.linalg.norm(b)), -1, 1)


def sorted_cooccurrence(sentences, num_words, window):
    counts = Counter()
    for sentence in sentences:
        padded = [None] * window + sentence + [None] * window
        for position in range(window, window + len(sentence)):
            near = padded[position - window : position] + padded[position + 1 : position + window + 1]
            counts.update((padded[position], other) for other in near)
    return np.array([[counts[i, j] for j in range(num_words)] for i in range(num_words)])


def sorted_ppmi(counts):
    seen = np.ma.masked_equal(counts, 0)
    by_chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return np.ma.log(seen / by_chance).clip(0).filled(0)


def sorted_nearest(word, vocabulary, vectors, k):
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = vectors / np.where(lengths > 0, lengths, 1)
    similarity = (directions @ directions.T)[vocabulary[word]]
    others = {other: i for other, i in vocabulary.items() if other != word}
    return sorted(others, key=lambda other: (-similarity[others[other]], others[other]))[:k]


NAMES = ("build_vocabulary", "one_hot", "cosine_similarity", "cooccurrence", "ppmi", "nearest_words")
PARTS = ("vocabulary", "one_hot", "cosine", "cooccurrence", "ppmi", "nearest")
STYLES = {
    style: {name: globals()[f"{style}_{part}"] for name, part in zip(NAMES, PARTS, strict=True)}
    for style in ("loop", "array", "guarded", "sorted")
}
