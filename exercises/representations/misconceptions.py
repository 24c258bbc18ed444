"""Known wrong ways to write the functions of this exercise."""

import math
from collections import Counter

import numpy as np

from layerbook.misconceptions import misconception

CHAPTER = "distributed-representation.md"
TEXT_TO_IDS = f"{CHAPTER}#text-to-ids"
ONE_HOT = f"{CHAPTER}#sparse-representation"
COSINE = f"{CHAPTER}#cosine-similarity"
COUNTING = f"{CHAPTER}#co-occurrence"
PPMI = f"{CHAPTER}#ppmi"
NEAREST = f"{CHAPTER}#nearest-words"


def count_words(sentences):
    """Occurrences of each word, in the order of first appearance."""
    return Counter(word for sentence in sentences for word in sentence)


def numbered(words, start=0):
    """Ids in the order of `words`."""
    return {word: number for number, word in enumerate(words, start=start)}


# build_vocabulary


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def alphabetical_ids(sentences, min_count=1):
    """The ids follow the alphabet. They go by falling count: the most frequent word has id 0."""
    counts = count_words(sentences)
    return numbered(sorted(word for word in counts if counts[word] >= min_count))


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def ids_in_order_of_appearance(sentences, min_count=1):
    """The ids follow the order in which words appear. They go by falling count; appearance decides only
    ties.
    """
    counts = count_words(sentences)
    return numbered(word for word in counts if counts[word] >= min_count)


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def rarest_word_first(sentences, min_count=1):
    """The counts rise with the id. They should fall: `sorted` begins with the smallest key, so negate the
    count."""
    counts = count_words(sentences)
    return numbered(sorted((word for word in counts if counts[word] >= min_count), key=counts.get))


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def alphabetical_ties(sentences, min_count=1):
    """Equally frequent words are in the order of the alphabet. The one that appears first has the smaller
    id.
    """
    counts = count_words(sentences)
    kept = [word for word in counts if counts[word] >= min_count]
    return numbered(sorted(kept, key=lambda word: (-counts[word], word)))


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def ties_turned_round(sentences, min_count=1):
    """Equally frequent words stand in reverse order. A list sorted upwards and turned round turns its ties
    round as well; sort by the negated count instead."""
    counts = count_words(sentences)
    return numbered(sorted((word for word in counts if counts[word] >= min_count), key=counts.get)[::-1])


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def sentences_counted(sentences, min_count=1):
    """A word counts once for each sentence it is in. Every occurrence counts, also the second in one
    sentence."""
    counts = Counter(word for sentence in sentences for word in dict.fromkeys(sentence))
    return numbered(word for word, count in counts.most_common() if count >= min_count)


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def only_the_last_sentence(sentences, min_count=1):
    """Only the last sentence is counted. The counter has to be made once, before the loop over the
    sentences.
    """
    for sentence in sentences:
        counts = Counter(sentence)
    return numbered(word for word, count in counts.most_common() if count >= min_count)


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def first_sentence_only(sentences, min_count=1):
    """Only the first sentence is counted. The `return` stands inside the loop; it belongs after it."""
    counts = Counter(sentences[0])
    return numbered(word for word, count in counts.most_common() if count >= min_count)


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def min_count_in_each_sentence(sentences, min_count=1):
    """`min_count` is applied to each sentence by itself. It is the number of occurrences in all sentences
    together."""
    counts = Counter()
    for sentence in sentences:
        counts.update({word: count for word, count in Counter(sentence).items() if count >= min_count})
    return numbered(word for word, _ in counts.most_common())


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def more_than_min_count(sentences, min_count=1):
    """A word with exactly `min_count` occurrences is left out. Only rarer ones are: use `>=`, not `>`."""
    counts = count_words(sentences)
    return numbered(word for word, count in counts.most_common() if count > min_count)


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def min_count_ignored(sentences, min_count=1):
    """Rare words are still there. Leave out what occurs fewer than `min_count` times."""
    return numbered(word for word, _ in count_words(sentences).most_common())


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def ids_from_one(sentences, min_count=1):
    """The ids begin at 1. They begin at 0, because they are row numbers of arrays."""
    counts = count_words(sentences)
    return numbered((word for word, count in counts.most_common() if count >= min_count), start=1)


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def counts_in_place_of_ids(sentences, min_count=1):
    """The values are the counts. They should be ids: 0 for the most frequent word, 1 for the next, and so
    on.
    """
    return {word: count for word, count in count_words(sentences).items() if count >= min_count}


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def id_to_word(sentences, min_count=1):
    """The dict goes from id to word. The vocabulary goes from word to id."""
    counts = count_words(sentences)
    return dict(enumerate(word for word, count in counts.most_common() if count >= min_count))


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def lower_cased(sentences, min_count=1):
    """The words were put into lower case. Take them as they are; that decision belongs to whoever splits
    the text.
    """
    counts = count_words([[word.lower() for word in sentence] for sentence in sentences])
    return numbered(word for word, count in counts.most_common() if count >= min_count)


@misconception(of="build_vocabulary", read=TEXT_TO_IDS)
def extra_unknown_word(sentences, min_count=1):
    """Id 0 went to a word for unknown words. The vocabulary here holds the words of the text and no
    others.
    """
    counts = count_words(sentences)
    kept = (word for word, count in counts.most_common() if count >= min_count)
    return {"<unk>": 0} | numbered(kept, start=1)


# one_hot


@misconception(of="one_hot", read=ONE_HOT)
def axes_swapped(ids, num_words):
    """The two axes are swapped. Each word is a row, so the shape is (n, V): words given, size of the
    vocabulary."""
    return np.eye(num_words)[:, ids]


@misconception(of="one_hot", read=ONE_HOT)
def counted_from_one(ids, num_words):
    """Each 1 is one position too early. Ids begin at 0, so id 3 is the fourth element."""
    return np.eye(num_words)[np.asarray(ids) - 1]


@misconception(of="one_hot", read=ONE_HOT)
def one_column_too_late(ids, num_words):
    """The ones are shifted by one column. Id i has its 1 in column i; no column is kept free."""
    vectors = np.zeros((len(ids), num_words + 1))
    for row, word_id in enumerate(ids):
        vectors[row, word_id + 1] = 1
    return vectors


@misconception(of="one_hot", read=ONE_HOT)
def width_from_the_ids(ids, num_words):
    """There are only as many columns as the largest id asks for. There is one for each word: `num_words` of
    them."""
    return np.eye(max(ids) + 1)[ids]


@misconception(of="one_hot", read=ONE_HOT)
def all_rows_get_all_ids(ids, num_words):
    """Every row has a 1 for every id. `vectors[:, ids] = 1` writes to all rows; pair row i with ids[i]."""
    vectors = np.zeros((len(ids), num_words))
    vectors[:, ids] = 1
    return vectors


@misconception(of="one_hot", read=ONE_HOT)
def ids_used_as_rows(ids, num_words):
    """The ids were used as row numbers. They are column numbers: row i has its 1 in column ids[i]."""
    vectors = np.zeros((len(ids), num_words))
    vectors[ids] = 1
    return vectors


@misconception(of="one_hot", read=ONE_HOT)
def one_vector_for_all(ids, num_words):
    """There is one vector for all words together. Each word gets a row of its own."""
    vector = np.zeros(num_words)
    vector[ids] = 1
    return vector


@misconception(of="one_hot", read=ONE_HOT)
def each_word_once(ids, num_words):
    """A word that is given twice has only one row. The result has a row for each element of `ids`, in that
    order."""
    return np.eye(num_words)[sorted(set(np.asarray(ids).tolist()))]


@misconception(of="one_hot", read=ONE_HOT)
def columns_by_rank(ids, num_words):
    """The columns number only the words that are given. The column is the id itself, also if other ids are
    absent."""
    return np.eye(num_words)[np.unique(ids, return_inverse=True)[1]]


@misconception(of="one_hot", read=ONE_HOT)
def id_in_place_of_one(ids, num_words):
    """The id was written into the vector. The position already says which word it is; the value there is
    1.
    """
    vectors = np.zeros((len(ids), num_words))
    vectors[np.arange(len(ids)), ids] = ids
    return vectors


# cosine_similarity


@misconception(of="cosine_similarity", read=COSINE)
def dot_product_only(a, b):
    """The lengths are left in. A dot product grows with both lengths; divide by them."""
    return float(a @ b)


@misconception(of="cosine_similarity", read=COSINE)
def divided_then_multiplied(a, b):
    """One length divides and the other multiplies. `x / y * z` is `(x / y) * z`; put the product in
    parentheses."""
    length = np.linalg.norm(a)
    return float(a @ b / length * np.linalg.norm(b)) if length else 0.0


@misconception(of="cosine_similarity", read=COSINE)
def squared_lengths(a, b):
    """The square root is missing. A length is the root of the sum of squares."""
    lengths = np.sum(a**2) * np.sum(b**2)
    return float(a @ b / lengths) if lengths else 0.0


@misconception(of="cosine_similarity", read=COSINE)
def first_length_only(a, b):
    """Only the length of the first vector is divided out. The dot product grows with both; divide by both."""
    length = np.linalg.norm(a)
    return float(a @ b / length) if length else 0.0


@misconception(of="cosine_similarity", read=COSINE)
def second_length_only(a, b):
    """Only the length of the second vector is divided out. The dot product grows with both; divide by
    both.
    """
    length = np.linalg.norm(b)
    return float(a @ b / length) if length else 0.0


@misconception(of="cosine_similarity", read=COSINE)
def lengths_added(a, b):
    """The lengths are added. The dot product is proportional to their product, so divide by the product."""
    lengths = np.linalg.norm(a) + np.linalg.norm(b)
    return float(a @ b / lengths) if lengths else 0.0


@misconception(of="cosine_similarity", read=COSINE)
def length_of_the_product(a, b):
    """This divides by the length of `a * b`. Wanted is the product of two lengths, not the length of a
    product.
    """
    length = np.linalg.norm(a * b)
    return float(a @ b / length) if length else 0.0


@misconception(of="cosine_similarity", read=COSINE)
def distance_in_place_of_similarity(a, b):
    """This is a distance: 1 minus the cosine. The similarity is the cosine itself, largest for the same
    direction."""
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return 1 - float(a @ b / lengths) if lengths else 0.0


@misconception(of="cosine_similarity", read=COSINE)
def euclidean_distance(a, b):
    """This is the distance between the two end points. It depends on the lengths, which the cosine does
    not.
    """
    return float(np.linalg.norm(a - b))


@misconception(of="cosine_similarity", read=COSINE)
def sums_of_absolute_values(a, b):
    """The lengths are sums of absolute values. The cosine needs the Euclidean length: the root of the sum of
    squares."""
    lengths = np.abs(a).sum() * np.abs(b).sum()
    return float(a @ b / lengths) if lengths else 0.0


@misconception(of="cosine_similarity", read=COSINE)
def correlation(a, b):
    """The means were subtracted. That gives the correlation; the cosine takes the vectors as they are."""
    return cosine_or_zero(a - a.mean(), b - b.mean())


@misconception(of="cosine_similarity", read=COSINE)
def sign_lost(a, b):
    """The sign is lost. Vectors more than a right angle apart have a negative cosine."""
    return abs(cosine_or_zero(a, b))


@misconception(of="cosine_similarity", read=COSINE)
def angle_in_place_of_cosine(a, b):
    """This is the angle, in radians. The similarity is its cosine; no arc cosine is needed."""
    return math.acos(min(1.0, max(-1.0, cosine_or_zero(a, b))))


@misconception(of="cosine_similarity", read=COSINE)
def nan_for_zero(a, b):
    """Zero divided by zero. A vector of zeros has no direction; the result is defined as 0 here."""
    with np.errstate(all="ignore"):
        return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


@misconception(of="cosine_similarity", read=COSINE)
def raises_for_zero(a, b):
    """Python's own division raises for a length of 0. Look at the lengths first; the result is defined as 0
    here."""
    dot = sum(float(x) * float(y) for x, y in zip(a, b, strict=True))
    return dot / (math.hypot(*a) * math.hypot(*b))


def cosine_or_zero(a, b):
    """The cosine, 0 for a vector of zeros."""
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / lengths) if lengths else 0.0


# cooccurrence


def pairs(length, window):
    """Positions of center and context in a sentence."""
    for p in range(length):
        for q in range(max(0, p - window), min(length, p + window + 1)):
            if p != q:
                yield p, q


@misconception(of="cooccurrence", read=COUNTING)
def each_pair_counted_twice(sentences, num_words, window):
    """Every pair is counted twice. Each word is the center once, so the mirrored element gets its count by
    itself; add only to the row of the center."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] += 1
            counts[sentence[q], sentence[p]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def center_is_its_own_context(sentences, num_words, window):
    """The center is counted as its own context. Leave out the position of the center."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, center in enumerate(sentence):
            for context in sentence[max(0, p - window) : p + window + 1]:
                counts[center, context] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def same_word_left_out(sentences, num_words, window):
    """The same word at another position is left out. Only the position of the center is: compare positions,
    not words."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            if sentence[p] != sentence[q]:
                counts[sentence[p], sentence[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def right_side_only(sentences, num_words, window):
    """Only words to the right of the center are counted. The window reaches to both sides."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] += q > p
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def left_side_only(sentences, num_words, window):
    """Only words to the left of the center are counted. The window reaches to both sides."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] += q < p
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def right_end_left_out(sentences, num_words, window):
    """The last position on the right is missing. `range` and slices leave their end out, so it needs `window
    + 1`."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] += q < p + window
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def negative_start_of_slice(sentences, num_words, window):
    """Near the beginning of a sentence the left context is lost. There the slice starts below 0, which Python
    counts from the end; use `max(0, ...)`."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, center in enumerate(sentence):
            for context in [*sentence[p - window : p], *sentence[p + 1 : p + 1 + window]]:
                counts[center, context] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def wraps_to_the_end(sentences, num_words, window):
    """The first words have the last ones as their context. `sentence[-1]` is the last word; stop at position
    0."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, center in enumerate(sentence):
            for q in range(p - window, p + window + 1):
                if q != p and -len(sentence) <= q < len(sentence):
                    counts[center, sentence[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def window_is_the_whole_width(sentences, num_words, window):
    """The window was taken as the whole width. It reaches `window` positions to the left and as many to the
    right."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window // 2 or 1):
            counts[sentence[p], sentence[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def one_position_short(sentences, num_words, window):
    """The window is one position short on each side. `range(1, window)` ends at `window - 1`; go to `window +
    1`."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window - 1):
            counts[sentence[p], sentence[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def direct_neighbours_again_and_again(sentences, num_words, window):
    """The direct neighbours are counted once for each step of the window. Step number `d` looks at `position
    - d` and `position + d`, not always at distance 1."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), 1):
            counts[sentence[p], sentence[q]] += window
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def window_ignored(sentences, num_words, window):
    """Every word of the sentence is counted as context. Only positions at most `window` away are."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), len(sentence)):
            counts[sentence[p], sentence[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def weighted_by_distance(sentences, num_words, window):
    """Far words count less than near ones. That is another method; here each context within the window counts
    1."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] += 1 / abs(p - q)
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def overlapping_windows(sentences, num_words, window):
    """A pair is counted again for each stretch of words that holds it. Count each pair of positions once for
    each of its two centers."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for start in range(max(1, len(sentence) - window)):
            stretch = sentence[start : start + window + 1]
            for p, q in pairs(len(stretch), window):
                counts[stretch[p], stretch[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def counts_overflow(sentences, num_words, window):
    """Large counts wrapped round to small ones. An 8-bit integer ends at 255; leave the type of `np.zeros`
    as it is.
    """
    counts = np.zeros((num_words, num_words), dtype=np.uint8)
    with np.errstate(over="ignore"):
        for sentence in sentences:
            for p, q in pairs(len(sentence), window):
                counts[sentence[p], sentence[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def seen_or_not(sentences, num_words, window):
    """The result says only whether a pair was seen. It should say how often: add 1, do not set to 1."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] = 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def repeated_context_added_once(sentences, num_words, window):
    """A word twice in one window is added only once. `+=` with a list of ids as the index writes to each
    element once; loop over the context, or use `np.add.at`.
    """
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, center in enumerate(sentence):
            context = [*sentence[max(0, p - window) : p], *sentence[p + 1 : p + 1 + window]]
            counts[center, list(context)] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def position_of_first_occurrence(sentences, num_words, window):
    """A repeated word is looked up at its first position. `sentence.index(word)` finds only that one; use
    `enumerate`."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for center in sentence:
            first = sentence.index(center)
            for p, q in pairs(len(sentence), window):
                if p == first:
                    counts[center, sentence[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def repeated_words_removed(sentences, num_words, window):
    """Repeated words were removed before counting. Each position counts, so go through the sentence as it
    is.
    """
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        once = list(dict.fromkeys(sentence))
        for p, q in pairs(len(once), window):
            counts[once[p], once[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def half_the_diagonal(sentences, num_words, window):
    """The diagonal has half of its counts. If a word meets itself, both positions are the center once, so
    that pair adds 2."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] += 0.5 if sentence[p] == sentence[q] else 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def across_sentences(sentences, num_words, window):
    """The window reaches into the next sentence. Count each sentence by itself instead of joining them."""
    counts = np.zeros((num_words, num_words))
    text = [word for sentence in sentences for word in sentence]
    for p, q in pairs(len(text), window):
        counts[text[p], text[q]] += 1
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def only_the_first_sentence(sentences, num_words, window):
    """Only the first sentence is counted. The `return` stands inside the loop; it belongs after it."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] += 1
        return counts
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def only_the_first_center(sentences, num_words, window):
    """Only the first word of the first sentence was the center. The `return` stands inside the loop over
    positions."""
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        for p, q in pairs(len(sentence), window):
            if p == 0:
                counts[sentence[p], sentence[q]] += 1
        return counts
    return counts


@misconception(of="cooccurrence", read=COUNTING)
def starts_again_for_each_sentence(sentences, num_words, window):
    """Only the last sentence is counted. The zeros have to be made once, before the loop over the
    sentences.
    """
    counts = np.zeros((num_words, num_words))
    for sentence in sentences:
        counts = np.zeros((num_words, num_words))
        for p, q in pairs(len(sentence), window):
            counts[sentence[p], sentence[q]] += 1
    return counts


# ppmi


def ratio(counts, rows=None, columns=None, total=None):
    """Counts divided by what chance would give; NaN where that is 0 / 0."""
    rows = counts.sum(axis=1) if rows is None else rows
    columns = counts.sum(axis=0) if columns is None else columns
    total = counts.sum() if total is None else total
    with np.errstate(all="ignore"):
        return counts * total / np.outer(rows, columns)


def log_where_positive(values):
    """The logarithm, and 0 where there is none."""
    return np.log(values, out=np.zeros(values.shape), where=values > 0)


@misconception(of="ppmi", read=PPMI)
def not_clipped(counts):
    """Negative values are left. PPMI keeps the positive part: what would be below 0 becomes 0."""
    return log_where_positive(ratio(counts))


@misconception(of="ppmi", read=PPMI)
def logarithm_to_base_two(counts):
    """The logarithm has base 2. That is PPMI in bits; here it is the natural logarithm, `np.log`."""
    return np.maximum(log_where_positive(ratio(counts)), 0) / math.log(2)


@misconception(of="ppmi", read=PPMI)
def logarithm_to_base_ten(counts):
    """The logarithm has base 10. Here it is the natural logarithm, `np.log`."""
    return np.maximum(log_where_positive(ratio(counts)), 0) / math.log(10)


@misconception(of="ppmi", read=PPMI)
def total_forgotten(counts):
    """Everything is 0, as when the total is missing. For counts, the ratio is count * total / (row sum *
    column sum); without the total it is hardly ever above 1."""
    return np.maximum(log_where_positive(ratio(counts, total=1)), 0)


@misconception(of="ppmi", read=PPMI)
def row_sums_twice(counts):
    """The row sums are used for the contexts as well. P(j) comes from the sum of column j:
    `counts.sum(axis=0)`."""
    return np.maximum(log_where_positive(ratio(counts, columns=counts.sum(axis=1))), 0)


@misconception(of="ppmi", read=PPMI)
def column_sums_twice(counts):
    """The column sums are used for the words as well. P(i) comes from the sum of row i:
    `counts.sum(axis=1)`.
    """
    return np.maximum(log_where_positive(ratio(counts, rows=counts.sum(axis=0))), 0)


@misconception(of="ppmi", read=PPMI)
def rows_and_columns_swapped(counts):
    """Row sums and column sums are swapped. `sum(axis=1)` gives the sum of each row, which belongs to the
    word i."""
    return np.maximum(
        log_where_positive(ratio(counts, rows=counts.sum(axis=0), columns=counts.sum(axis=1))), 0
    )


@misconception(of="ppmi", read=PPMI)
def sums_without_a_second_axis(counts):
    """Row sums and column sums were multiplied element by element. Every row meets every column: give the
    row sums the shape (V, 1), or use `np.outer`.
    """
    with np.errstate(all="ignore"):
        by_chance = counts.sum(axis=1) * counts.sum(axis=0) / counts.sum()
        return np.maximum(log_where_positive(counts / by_chance), 0)


@misconception(of="ppmi", read=PPMI)
def rounded_to_whole_numbers(counts):
    """The result is cut to whole numbers. `np.zeros_like(counts)` takes over the integer type of the counts;
    make a float array."""
    result = np.zeros_like(counts)
    result[:] = np.maximum(log_where_positive(ratio(counts)), 0)
    return result


@misconception(of="ppmi", read=PPMI)
def logarithm_forgotten(counts):
    """The logarithm is missing. PPMI is the logarithm of the ratio, clipped at 0; this is the ratio."""
    return np.maximum(np.nan_to_num(ratio(counts)), 0)


@misconception(of="ppmi", read=PPMI)
def one_added_to_the_counts(counts):
    """1 was added to every count. That changes every probability; treat the zeros separately instead."""
    return np.maximum(log_where_positive(ratio(counts + 1)), 0)


@misconception(of="ppmi", read=PPMI)
def one_added_in_the_logarithm(counts):
    """1 was added inside the logarithm. Then nothing is below 0 any more, and 1 no longer means chance."""
    return np.log1p(np.nan_to_num(ratio(counts)))


@misconception(of="ppmi", read=PPMI)
def smoothed_contexts(counts):
    """The context counts were raised to the power 0.75. That is a refinement; here P(j) comes from the plain
    column sums."""
    smoothed = counts.sum(axis=0) ** 0.75
    return np.maximum(log_where_positive(ratio(counts, columns=smoothed, total=smoothed.sum())), 0)


@misconception(of="ppmi", read=PPMI)
def normalised_pmi(counts):
    """This is divided by -log P(i, j). That is the normalised variant; PPMI is not divided."""
    seen = np.where(counts > 0, counts, 1)
    scale = np.where(counts > 0, -np.log(seen / counts.sum()), 1.0)
    return np.maximum(log_where_positive(ratio(counts)), 0) / np.where(scale > 0, scale, 1.0)


@misconception(of="ppmi", read=PPMI)
def logarithm_of_zero(counts):
    """The logarithm of 0 is not a number that Python knows. A pair that was never seen gets 0 without any
    logarithm."""
    result = np.zeros(counts.shape)
    for i, j in np.ndindex(counts.shape):
        chance = counts[i].sum() * counts[:, j].sum() / counts.sum()
        result[i, j] = max(0.0, math.log(counts[i, j] / max(chance, 1e-9)))
    return result


@misconception(of="ppmi", read=PPMI)
def infinity_times_zero(counts):
    """Minus infinity was multiplied by 0, which is not a number. Choose with `np.maximum` or `np.where`
    instead of a mask that multiplies."""
    with np.errstate(all="ignore"):
        pmi = np.log(ratio(counts))
        return pmi * (pmi > 0)


@misconception(of="ppmi", read=PPMI)
def nan_for_empty_row(counts):
    """A word without neighbours gets NaN. Its row sum is 0, and 0 / 0 is not a number; its whole row should
    be 0."""
    with np.errstate(all="ignore"):
        return np.maximum(np.log(ratio(counts)), 0)


# nearest_words


def similarities(word, vocabulary, vectors):
    """Cosine of the word's vector with each row."""
    return np.array([cosine_or_zero(vectors[vocabulary[word]], vector) for vector in vectors])


def words_of(vocabulary, ids):
    """The words that have these ids."""
    word_of = {number: word for word, number in vocabulary.items()}
    return [word_of[int(number)] for number in ids]


def ranked(word, vocabulary, scores):
    """All words but `word`, the largest score first."""
    order = np.argsort(-scores, kind="stable")
    return [other for other in words_of(vocabulary, order) if other != word]


@misconception(of="nearest_words", read=NEAREST)
def names_itself(word, vocabulary, vectors, k):
    """The word is named as its own neighbour. Leave it out before you take the first k."""
    order = np.argsort(-similarities(word, vocabulary, vectors), kind="stable")
    return words_of(vocabulary, order[:k])


@misconception(of="nearest_words", read=NEAREST)
def one_too_few(word, vocabulary, vectors, k):
    """One word is missing. The word itself was taken out after the first k were cut off; take it out
    before.
    """
    order = np.argsort(-similarities(word, vocabulary, vectors), kind="stable")[:k]
    return [other for other in words_of(vocabulary, order) if other != word]


@misconception(of="nearest_words", read=NEAREST)
def one_too_many(word, vocabulary, vectors, k):
    """There is one word too many. Once the word itself is out, the first k are `[:k]`."""
    return ranked(word, vocabulary, similarities(word, vocabulary, vectors))[: k + 1]


@misconception(of="nearest_words", read=NEAREST)
def farthest_first(word, vocabulary, vectors, k):
    """The least similar words come first. A sort goes upwards; sort by the negated similarity."""
    return ranked(word, vocabulary, -similarities(word, vocabulary, vectors))[:k]


@misconception(of="nearest_words", read=NEAREST)
def ranked_by_dot_product(word, vocabulary, vectors, k):
    """The ranking goes by the dot product. It favours long vectors; use the cosine similarity."""
    return ranked(word, vocabulary, vectors @ vectors[vocabulary[word]])[:k]


@misconception(of="nearest_words", read=NEAREST)
def ranked_by_distance(word, vocabulary, vectors, k):
    """The ranking goes by Euclidean distance. That depends on the lengths of the vectors; use the cosine
    similarity."""
    return ranked(word, vocabulary, -np.linalg.norm(vectors - vectors[vocabulary[word]], axis=1))[:k]


@misconception(of="nearest_words", read=NEAREST)
def ids_in_place_of_words(word, vocabulary, vectors, k):
    """The result holds ids. Turn them back into words with the vocabulary the other way round."""
    return [
        vocabulary[other] for other in ranked(word, vocabulary, similarities(word, vocabulary, vectors))[:k]
    ]


@misconception(of="nearest_words", read=NEAREST)
def pairs_with_similarity(word, vocabulary, vectors, k):
    """The result holds pairs of word and similarity. Only the words are asked for."""
    scores = similarities(word, vocabulary, vectors)
    return [(other, float(scores[vocabulary[other]])) for other in ranked(word, vocabulary, scores)[:k]]


@misconception(of="nearest_words", read=NEAREST)
def similarities_in_place_of_words(word, vocabulary, vectors, k):
    """The result holds similarities. The words that belong to them are asked for."""
    scores = similarities(word, vocabulary, vectors)
    return [float(scores[vocabulary[other]]) for other in ranked(word, vocabulary, scores)[:k]]


@misconception(of="nearest_words", read=NEAREST)
def position_in_the_dict(word, vocabulary, vectors, k):
    """Ids were taken as positions in the dict. A dict need not be in the order of its ids; turn it round,
    from id to word."""
    query, words = vocabulary[word], list(vocabulary)
    order = np.argsort(-similarities(word, vocabulary, vectors), kind="stable")
    return [words[i] for i in order if i != query][:k]


@misconception(of="nearest_words", read=NEAREST)
def first_one_skipped(word, vocabulary, vectors, k):
    """The first in the ranking was skipped, as if it had to be the word itself. Another word can be as near;
    leave the word out by its id."""
    order = np.argsort(-similarities(word, vocabulary, vectors), kind="stable")
    return words_of(vocabulary, order[1 : k + 1])


@misconception(of="nearest_words", read=NEAREST)
def similarity_one_left_out(word, vocabulary, vectors, k):
    """All words with similarity 1 were left out. Only the word itself is; another word may point the same
    way."""
    scores = similarities(word, vocabulary, vectors)
    found = ranked(word, vocabulary, scores)
    return [other for other in found if scores[vocabulary[other]] < 1 - 1e-12][:k]


@misconception(of="nearest_words", read=NEAREST)
def ties_by_larger_id(word, vocabulary, vectors, k):
    """Equally near words are in reverse order. Sorting upwards and turning round turns ties round; sort by
    the negated similarity."""
    order = np.argsort(similarities(word, vocabulary, vectors), kind="stable")[::-1]
    return [other for other in words_of(vocabulary, order) if other != word][:k]


@misconception(of="nearest_words", read=NEAREST)
def ties_in_any_order(word, vocabulary, vectors, k):
    """Equally near words are in no particular order. `np.argsort` keeps ties in order only with
    `kind="stable"`."""
    order = np.argsort(-similarities(word, vocabulary, vectors))
    return [other for other in words_of(vocabulary, order) if other != word][:k]


@misconception(of="nearest_words", read=NEAREST)
def ties_in_order_of_the_dict(word, vocabulary, vectors, k):
    """Equally near words are in the order of the dict. The ids decide: the smaller one goes first."""
    scores = similarities(word, vocabulary, vectors)
    found = sorted((w for w in vocabulary if w != word), key=lambda w: -scores[vocabulary[w]])
    return found[:k]


@misconception(of="nearest_words", read=NEAREST)
def ties_by_the_alphabet(word, vocabulary, vectors, k):
    """Equally near words are sorted by their letters. Pairs of similarity and word sort like that; the
    smaller id goes first."""
    scores = similarities(word, vocabulary, vectors)
    found = sorted((-scores[number], other) for other, number in vocabulary.items() if other != word)
    return [other for _, other in found][:k]


@misconception(of="nearest_words", read=NEAREST)
def zeros_go_last(word, vocabulary, vectors, k):
    """A vector of zeros is ranked last. Its similarity is 0, above every negative one; dividing by its length
    gives NaN."""
    with np.errstate(all="ignore"):
        directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return ranked(word, vocabulary, directions @ directions[vocabulary[word]])[:k]


@misconception(of="nearest_words", read=NEAREST)
def sign_ignored(word, vocabulary, vectors, k):
    """The sign of the similarity is ignored. An opposite direction is the least similar, not the most."""
    return ranked(word, vocabulary, np.abs(similarities(word, vocabulary, vectors)))[:k]
