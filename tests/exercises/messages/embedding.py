"""What a learner reads first after the most common mistakes in the exercise `embedding`, by mistake."""

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
