"""What a learner reads first after the most common mistakes in the exercise `bidirectional`, by mistake."""

MESSAGES = {
    "whole_row_turned": """
        reverse_padded is not right yet: three words and two places of padding
        called with    x (1, 5, 1) float64 = [[[ 1.],  [ 2.],  [ 3.],  [-7.],  [-8.]]], lengths (1,) int64 = [3]
        wrong values   5 of 5 differ, by 11 at most; the first at [0, 0, 0]: got -8, expected 3
        known mistake  whole_row_turned: The whole row is turned, so the padding comes first. Only the words are turned, each sentence within its own length.
    """,
    "states_at_the_padding": """
        one_way_forward is not right yet: the first of two sentences is shorter
        called with    x (2, 4, 1) float64 = [[[-0.6972],  [ 5.2863],  [ 7.    ],  [-8.    ]], [[ 0.1137],  [ 1.1028],  [ 5.2863],  [-2.4972]]], lengths (2,) int64 = [2, 4], weight_ih (1, 1) float64 = [[-0.5]], weight_hh (1, 1) float64 = [[1.5]], bias_ih (1,) float64 = [0.25], bias_hh (1,) float64 = [0.5]
        wrong values   output: 2 of 8 differ, by 0.99865 at most; the first at [0, 2, 0]: got -0.99865, expected 0
        known mistake  states_at_the_padding: The padding has states. After its last word a sentence has none, and the output holds zeros there.
    """,
    "one_way_weights_overwritten": """
        one_way_backward is not right yet: weight_ih, used three times
        called with    x (1, 3, 1) float64 = [[[0.1137],  [1.1028],  [5.2863]]], lengths (1,) int64 = [3], weight_ih (1, 1) float64 = [[-0.5]], weight_hh (1, 1) float64 = [[1.5]], bias_ih (1,) float64 = [0.25], bias_hh (1,) float64 = [0.5], grad_output (1, 3, 1) float64 = [[[  0.],  [  0.],  [100.]]]
        wrong values   grad_weight_ih: 1 of 1 differ, by 376.435 at most; the first at [0, 0]: got 3.77248, expected 380.207
        known mistake  one_way_weights_overwritten: The gradients of weights and biases are those of the first position alone. They add up over all words: `+=`, not `=`.
    """,
    "padding_hears_the_loss": """
        one_way_backward is not right yet: the first of two sentences is shorter, the gradient of the input
        called with    x (2, 3, 1) float64 = [[[-0.6972],  [ 5.2863],  [ 7.    ]], [[ 0.1137],  [ 1.1028],  [ 5.2863]]], lengths (2,) int64 = [2, 3], weight_ih (1, 1) float64 = [[-0.5]], weight_hh (1, 1) float64 = [[1.5]], bias_ih (1,) float64 = [0.25], bias_hh (1,) float64 = [0.5], grad_output (2, 3, 1) float64 = [[[  30.],  [  40.],  [1000.]], [[  10.],  [ -20.],  [ 100.]]]
        wrong values   grad_x: 3 of 6 differ, by 500 at most; the first at [0, 0, 0]: got -271.512, expected -12.312
        known mistake  padding_hears_the_loss: What stands in `grad_output` at the padding reaches the words. The output was zero there whatever went in; make the gradient at the sum zero at the padding.
    """,
    "joined_along_time": """
        join_directions is not right yet: one sentence of three words
        called with    states (1, 3, 1) float64 = [[[1.],  [2.],  [3.]]], states_reverse (1, 3, 1) float64 = [[[-4.],  [-5.],  [-6.]]]
        wrong shape    got (1, 6, 1), expected (1, 3, 2)
        known mistake  joined_along_time: The two are joined along the words, (N, 2 * T, H). Each word gets both states: join along the last axis.
    """,
    "halves_exchanged": """
        split_gradient is not right yet: one sentence of three words
        called with    grad_output (1, 3, 2) float64 = [[[ 1., -4.],  [ 2., -5.],  [ 3., -6.]]]
        wrong values   grad_states: 3 of 3 differ, by 9 at most; the first at [0, 0, 0]: got -4, expected 1
        known mistake  halves_exchanged: The two halves are exchanged. The forward direction's numbers stood first, and so does its gradient.
    """,
    "not_turned_again": """
        bidirectional_forward is not right yet: one sentence of two words
        called with    x (1, 2, 1) float64 = [[[0.6931],  [0.7986]]], lengths (1,) int64 = [2], argument 3 (1, 1) float64 = [[1.]], argument 4 (1, 1) float64 = [[0.5]], argument 5 (1,) float64 = [0.75], argument 6 (1,) float64 = [-0.75], argument 7 (1, 1) float64 = [[-1.]], argument 8 (1, 1) float64 = [[0.8516]], argument 9 (1,) float64 = [-0.0945], argument 10 (1,) float64 = [0.2]
        wrong values   output: 2 of 4 differ, by 0.2 at most; the first at [0, 0, 1]: got -0.6, expected -0.8
        known mistake  not_turned_again: The states of the backward direction are not turned again. Its first state belongs to the *last* word; before joining they are turned, each sentence within its length.
    """,
    "whole_rows_turned": """
        bidirectional_forward is not right yet: three sentences of two, three and one words
        called with    x (3, 3, 1) float64 = [[[ 0.5 ],  [-1.  ],  [ 7.  ]], [[-1.5 ],  [ 0.25],  [ 1.  ]], [[ 0.75],  [ 8.  ],  [ 9.  ]]], lengths (3,) int64 = [2, 3, 1], argument 3 (2, 1) float64 = [[ 0.5 ], [-0.75]], argument 4 (2, 2) float64 = [[ 0.5 ,  1.5 ], [-1.  ,  0.25]], argument 5 (2,) float64 = [ 0.25, -0.5 ], argument 6 (2,) float64 = [-0.4,  0.1], argument 7 (2, 1) float64 = [[-1.25 ], [ 0.375]], argument 8 (2, 2) float64 = [[ 0.75, -0.5 ], [ 1.25, -1.5 ]], argument 9 (2,) float64 = [0.5 , 0.25], argument 10 (2,) float64 = [ 0.125, -0.75 ]
        wrong values   output: 6 of 36 differ, by 0.590435 at most; the first at [0, 0, 2]: got 0.727042, expected 0.788512
        known mistake  whole_rows_turned: Whole rows are turned, so the backward direction reads the padding first. Turn each sentence within its own length, with `reverse_padded`.
    """,
    "only_the_backward_input_gradient": """
        bidirectional_backward is not right yet: a loss of the forward direction at the middle word
        called with    x (1, 3, 1) float64 = [[[ 0.5],  [-1. ],  [ 2. ]]], lengths (1,) int64 = [3], weight_ih (2, 1) float64 = [[ 0.5 ], [-0.75]], weight_hh (2, 2) float64 = [[ 0.5 ,  1.5 ], [-1.  ,  0.25]], bias_ih (2,) float64 = [ 0.25, -0.5 ], bias_hh (2,) float64 = [-0.4,  0.1], weight_ih_reverse (2, 1) float64 = [[-1.25 ], [ 0.375]], weight_hh_reverse (2, 2) float64 = [[ 0.75, -0.5 ], [ 1.25, -1.5 ]], bias_ih_reverse (2,) float64 = [0.5 , 0.25], bias_hh_reverse (2,) float64 = [ 0.125, -0.75 ], grad_output (1, 3, 4) float64 = [[[  0.,   0.,   0.,   0.],  [ 10., -20.,   0.,   0.],  [  0.,   0.,   0.,   0.]]]
        wrong values   grad_x: 2 of 3 differ, by 15.673 at most; the first at [0, 0, 0]: got 0, expected 11.3401
        known mistake  only_the_backward_input_gradient: The input gets the gradient of the backward direction only. It was read twice, and the gradients of both readings add up: `+=`, not `=`.
    """,
    "input_gradient_not_turned_again": """
        bidirectional_backward is not right yet: a loss of the backward direction at the first word
        called with    x (1, 3, 1) float64 = [[[ 0.5],  [-1. ],  [ 2. ]]], lengths (1,) int64 = [3], weight_ih (2, 1) float64 = [[ 0.5 ], [-0.75]], weight_hh (2, 2) float64 = [[ 0.5 ,  1.5 ], [-1.  ,  0.25]], bias_ih (2,) float64 = [ 0.25, -0.5 ], bias_hh (2,) float64 = [-0.4,  0.1], weight_ih_reverse (2, 1) float64 = [[-1.25 ], [ 0.375]], weight_hh_reverse (2, 2) float64 = [[ 0.75, -0.5 ], [ 1.25, -1.5 ]], bias_ih_reverse (2,) float64 = [0.5 , 0.25], bias_hh_reverse (2,) float64 = [ 0.125, -0.75 ], grad_output (1, 3, 4) float64 = [[[ 0.,  0., 30., 40.],  [ 0.,  0.,  0.,  0.],  [ 0.,  0.,  0.,  0.]]]
        wrong values   grad_x: 2 of 3 differ, by 12.2334 at most; the first at [0, 0, 0]: got -0.97045, expected -13.2038
        known mistake  input_gradient_not_turned_again: The gradient of the turned input is added as it is. It is in the order of the turned sentence: turn it again first.
    """,
    "output_at_the_last_word": """
        sentence_vectors is not right yet: two words and two places of padding, one number for a state
        called with    output (1, 4, 2) float64 = [[[111., 112.],  [121., 122.],  [131., 132.],  [141., 142.]]], lengths (1,) int64 = [2]
        wrong values   1 of 2 differ, by 10 at most; the first at [0, 1]: got 122, expected 112
        known mistake  output_at_the_last_word: The whole output at the last word is taken. The forward direction ends there, but the backward one has just begun; it ends at position 0.
    """,
    "hidden_size_doubled": """
        layer_sizes is not right yet: D = 3, H = 4: the parameters
        called with    input_size = 3, hidden_size = 4, num_tags = 5
        wrong value    parameters: got 104, expected 72
        known mistake  hidden_size_doubled: The parameters are those of one direction with 2 * H units. The directions never see each other's state, so `weight_hh` stays (H, H), twice.
    """,
    "words_and_numbers_turned": """
        reverse_padded is not right yet: three sentences of two, four and one words
        called with    x (3, 4, 2) float64, lengths (3,) int64 = [2, 4, 1]
        wrong values   14 of 24 differ, by 1 at most; the first at [0, 0, 0]: got 122, expected 121
        known mistake  words_and_numbers_turned: The numbers of each word are turned as well. A word moves as a whole; its own numbers stay in order.
    """,
    "padding_made_zero_too_late": """
        one_way_backward is not right yet: the first of two sentences is shorter, the gradient of the input
        called with    x (2, 3, 1) float64 = [[[-0.6972],  [ 5.2863],  [ 7.    ]], [[ 0.1137],  [ 1.1028],  [ 5.2863]]], lengths (2,) int64 = [2, 3], weight_ih (1, 1) float64 = [[-0.5]], weight_hh (1, 1) float64 = [[1.5]], bias_ih (1,) float64 = [0.25], bias_hh (1,) float64 = [0.5], grad_output (2, 3, 1) float64 = [[[  30.],  [  40.],  [1000.]], [[  10.],  [ -20.],  [ 100.]]]
        wrong values   grad_x: 2 of 6 differ, by 480 at most; the first at [0, 0, 0]: got -271.512, expected -12.312
        known mistake  padding_made_zero_too_late: The gradient at the padding is made zero when all is done. By then it has been carried on to the words; make it zero at each position, before it is carried on.
    """,
    "only_the_states_turned_by_length": """
        bidirectional_forward is not right yet: three sentences of two, three and one words
        called with    x (3, 3, 1) float64 = [[[ 0.5 ],  [-1.  ],  [ 7.  ]], [[-1.5 ],  [ 0.25],  [ 1.  ]], [[ 0.75],  [ 8.  ],  [ 9.  ]]], lengths (3,) int64 = [2, 3, 1], argument 3 (2, 1) float64 = [[ 0.5 ], [-0.75]], argument 4 (2, 2) float64 = [[ 0.5 ,  1.5 ], [-1.  ,  0.25]], argument 5 (2,) float64 = [ 0.25, -0.5 ], argument 6 (2,) float64 = [-0.4,  0.1], argument 7 (2, 1) float64 = [[-1.25 ], [ 0.375]], argument 8 (2, 2) float64 = [[ 0.75, -0.5 ], [ 1.25, -1.5 ]], argument 9 (2,) float64 = [0.5 , 0.25], argument 10 (2,) float64 = [ 0.125, -0.75 ]
        wrong values   output: 6 of 36 differ, by 1.95766 at most; the first at [0, 0, 2]: got 0.564262, expected 0.788512
        known mistake  only_the_states_turned_by_length: Whole rows of the input are turned, so the second reading begins with the padding. Turn the input as the states are turned, within the lengths, with `reverse_padded`.
    """,
    "mean_of_the_words": """
        sentence_vectors is not right yet: two words and two places of padding, one number for a state
        called with    output (1, 4, 2) float64 = [[[111., 112.],  [121., 122.],  [131., 132.],  [141., 142.]]], lengths (1,) int64 = [2]
        wrong values   2 of 2 differ, by 5 at most; the first at [0, 0]: got 116, expected 121
        known mistake  mean_of_the_words: The mean over all words is taken. It is in use too, but here the two final states are asked.
    """,
    "positions_of_all_beside_one": """
        sentence_vectors is not right yet: two words and two places of padding, one number for a state
        called with    output (1, 4, 2) float64 = [[[111., 112.],  [121., 122.],  [131., 132.],  [141., 142.]]], lengths (1,) int64 = [2]
        raised         ValueError: all the input arrays must have same number of dimensions, but the array at index 0 has 3 dimension(s) and the array at index 1 has 2 dimension(s)
        in the line    return np.concatenate([first[:, lengths - 1], second[:, 0]], axis=1)
        known mistake  positions_of_all_beside_one: Each sentence gets the positions of all: `output[:, lengths - 1]` keeps the axis of positions, and does not fit beside `output[:, 0]`. Index with `np.arange(N)` and the positions together.
    """,
    "linear_weight_turned": """
        layer_sizes is not right yet: D = 3, H = 4, five tags: the weight of a linear layer
        called with    input_size = 3, hidden_size = 4, num_tags = 5
        wrong value    linear_shape_out: got 8, expected 5
        known mistake  linear_weight_turned: The shape of the linear layer's weight is (in, out). It is (out, in), a row for each tag.
    """,
}
