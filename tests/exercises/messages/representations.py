"""What a learner reads first after the most common mistakes in the exercise `representations`, by mistake."""

MESSAGES = {
    "ids_in_order_of_appearance": """
        build_vocabulary is not right yet: three times fig, twice apple, once pear
        called with    sentences = [['pear', 'fig', 'fig'], ['apple', 'fig', 'apple']]
        wrong value    got {'pear': 0, 'fig': 1, 'apple': 2}, expected {'fig': 0, 'apple': 1, 'pear': 2}
        known mistake  ids_in_order_of_appearance: The ids follow the order in which words appear. They go by falling count; appearance decides only ties.
    """,
    "axes_swapped": """
        one_hot is not right yet: strawberry, word 3 of 4
        called with    ids = [3], num_words = 4
        wrong shape    got (4, 1), expected (1, 4)
        known mistake  axes_swapped: The two axes are swapped. Each word is a row, so the shape is (n, V): words given, size of the vocabulary.
    """,
    "dot_product_only": """
        cosine_similarity is not right yet: lengths 7 and 3, dot product 20
        called with    a (3,) float64 = [2., 3., 6.], b (3,) float64 = [1., 2., 2.]
        wrong value    got 20, expected 0.952381
        known mistake  dot_product_only: The lengths are left in. A dot product grows with both lengths; divide by them.
    """,
    "each_pair_counted_twice": """
        cooccurrence is not right yet: four words in a row, window 2
        called with    sentences = [[0, 1, 2, 3]], num_words = 4, window = 2
        wrong values   10 of 16 differ, by 1 at most; the first at [0, 1]: got 2, expected 1
        known mistake  each_pair_counted_twice: Every pair is counted twice. Each word is the center once, so the mirrored element gets its count by itself; add only to the row of the center.
    """,
    "not_clipped": """
        ppmi is not right yet: two pairs more frequent than by chance, two less
        called with    counts (2, 2) int64 = [[ 4,  1], [ 3, 92]]
        wrong values   2 of 4 differ, by 1.53687 at most; the first at [0, 1]: got -1.53687, expected 0
        known mistake  not_clipped: Negative values are left. PPMI keeps the positive part: what would be below 0 becomes 0.
    """,
    "first_one_skipped": """
        nearest_words is not right yet: cup has the very same vector as mug, and a smaller id
        called with    word = 'mug', vocabulary = {'cup': 0, 'mug': 1, 'car': 2, 'bus': 3}, vectors (4, 2) float64 = [[3., 0.], [3., 0.], [1., 2.], [1., 5.]], k = 2
        wrong value    got ['mug', 'car'], expected ['cup', 'car']
        known mistake  first_one_skipped: The first in the ranking was skipped, as if it had to be the word itself. Another word can be as near; leave the word out by its id.
    """,
}
