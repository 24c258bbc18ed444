"""What a learner reads first after the most common mistakes in the exercise `comparison`, by mistake."""

MESSAGES = {
    "gates_in_the_output": """
        recurrent_shapes is not right yet: an LSTM
        called with    kind = 'LSTM', N = 7, T = 6, D = 5, H = 2
        wrong value    output: got '(7, 6, 8)', expected '(7, 6, 2)'
        known mistake  gates_in_the_output: The output has a block for each gate. Gates work inside; what leaves the layer is one state of H numbers in each direction.
    """,
    "second_bias_forgotten": """
        recurrent_parameters is not right yet: an RNN, 3 features in and 4 units
        called with    kind = 'RNN', T = 5, D = 3, H = 4
        wrong value    got 32, expected 36
        known mistake  second_bias_forgotten: One bias is counted. PyTorch has two, `bias_ih` and `bias_hh`: 2 numbers for each unit of each block.
    """,
    "as_many_units_as_gate_rows": """
        recurrent_parameters is not right yet: an LSTM, 3 features in and 5 units
        called with    kind = 'LSTM', T = 7, D = 3, H = 5
        wrong value    got 500, expected 200
        known mistake  as_many_units_as_gate_rows: The gates are counted as more units of an RNN. Then each row would hear all 4 H (3 H in a GRU) of them; each block has H rows and hears the H numbers of the old state.
    """,
    "work_of_as_many_units_as_gate_rows": """
        recurrent_multiply_adds is not right yet: an LSTM, 7 steps
        called with    kind = 'LSTM', T = 7, D = 3, H = 5
        wrong value    got 3220, expected 1120
        known mistake  work_of_as_many_units_as_gate_rows: The gates are counted as more units of an RNN. Then each row would multiply 4 H (3 H in a GRU) old states; each block has H rows and multiplies the H numbers of the old state.
    """,
    "biases_multiplied": """
        recurrent_multiply_adds is not right yet: an RNN, 5 steps, 3 features in and 4 units
        called with    kind = 'RNN', T = 5, D = 3, H = 4
        wrong value    got 180, expected 140
        known mistake  biases_multiplied: The biases are counted. A bias is added; nothing is multiplied by it.
    """,
    "first_window_forgotten": """
        convolution_shape is not right yet: a row of 7, windows of 3
        called with    shape = (2, 3, 7), C_out = 5, kernel_size = (3,)
        wrong value    got '(2, 5, 4)', expected '(2, 5, 5)'
        known mistake  first_window_forgotten: The first window is not counted. Divide what is left after it by the stride, and add 1.
    """,
    "filter_taken_for_square": """
        convolution_shape is not right yet: an image of 9 by 13, filters of 3 by 4, stride 2, padding 1
        called with    shape = (2, 6, 9, 13), C_out = 4, kernel_size = (3, 4), stride = 2, padding = 1
        wrong value    got '(2, 4, 5, 7)', expected '(2, 4, 5, 6)'
        known mistake  filter_taken_for_square: The filter is taken for a square. Each direction has its own number in `kernel_size`.
    """,
    "padded_at_one_end": """
        convolution_shape is not right yet: an image of 9 by 13, filters of 3 by 4, stride 2, padding 1
        called with    shape = (2, 6, 9, 13), C_out = 4, kernel_size = (3, 4), stride = 2, padding = 1
        wrong value    got '(2, 4, 4, 6)', expected '(2, 4, 5, 6)'
        known mistake  padded_at_one_end: The padding is counted once. It is put at both ends: 2 times padding.
    """,
    "filters_look_at_one_channel": """
        convolution_numbers is not right yet: one dimension: 3 channels, 5 filters of 2, 7 places
        called with    C_in = 3, C_out = 5, kernel_size = (2,), output_size = (7,)
        wrong value    parameters: got 15, expected 35
        known mistake  filters_look_at_one_channel: A filter is counted for one channel. It reaches through all channels and has weights for each.
    """,
    "one_hot_product_counted": """
        embedding_numbers is not right yet: 2 sentences of 5 words, 11 words in the vocabulary, 3 numbers for each
        called with    N = 2, T = 5, V = 11, k = 3
        wrong value    multiply_adds: got 330, expected 0
        known mistake  one_hot_product_counted: The product with one-hot vectors is counted. It would give the same output, but the layer copies rows and multiplies nothing.
    """,
    "window_of_weights": """
        pooling_numbers is not right yet: maps of 8 by 15, windows of 3, stride 2
        called with    shape = (2, 3, 8, 15), kernel_size = 3, stride = 2
        wrong value    parameters: got 9, expected 0
        known mistake  window_of_weights: The window is counted as weights. Pooling has none: it takes the largest number as it is.
    """,
    "layer_after_layer": """
        waiting_products is not right yet: 3 layers of an RNN on 7 places
        called with    kind = 'RNN', T = 7, layers = 3
        wrong value    got 21, expected 9
        known mistake  layer_after_layer: The second layer begins when the first has finished. In one direction it can begin after the first step: it needs only the output of its own place and its own old state.
    """,
    "recurrent_layers_side_by_side": """
        waiting_products is not right yet: 3 layers of an RNN on 7 places
        called with    kind = 'RNN', T = 7, layers = 3
        wrong value    got 7, expected 9
        known mistake  recurrent_layers_side_by_side: A stack of recurrent layers is counted like one layer. At the last place the second layer still needs what the first has just given there, the third what the second has: each layer adds a product.
    """,
    "whole_window_to_each_side": """
        places_seen is not right yet: one layer, windows of 5
        called with    kind = 'CNN', T = 20, t = 9, layers = 1, kernel_size = 5
        wrong value    before: got 5, expected 2
        known mistake  whole_window_to_each_side: A window reaches its whole size to each side. A centred window of 5 has 2 places on either side of its own.
    """,
    "strides_ignored": """
        field_of_stack is not right yet: the same, begun 2 and 3 apart
        called with    kernel_sizes = [3, 4], strides = [2, 3]
        wrong value    got 6, expected 9
        known mistake  strides_ignored: The strides are ignored. After a stride of 2, neighbouring numbers lie 2 places of the input apart, and a window above adds twice as much.
    """,
    "both_ways_while_typing": """
        choose_layer is not right yet: task B
        called with    task = 'B'
        wrong value    is_right: got False, expected True
        known mistake  both_ways_while_typing: `"bidirectional LSTM"` for task B. The second direction would begin with words that nobody has typed yet.
    """,
    "near_in_sentences": """
        reason_for is not right yet: task A
        called with    task = 'A'
        wrong value    is_right: got False, expected True
        known mistake  near_in_sentences: `"near"` for task A. It is not true of the task: ten places away is not near.
    """,
    "loop_over_the_examples": """
        wrong_line is not right yet: snippet A
        called with    snippet = 'A'
        wrong value    is_right: got False, expected True
        known mistake  loop_over_the_examples: Line 4 is right: x is (N, T, D), so with its first two axes exchanged it is read step by step.
    """,
    "snippet_a_as_found": """
        leaky_states is not right yet: two units that hear each other
        called with    x (1, 2, 1) float64 = [[[2.],  [0.]]], weight_ih (2, 1) float64 = [[1.], [0.]], weight_hh (2, 2) float64 = [[ 0., -1.], [ 3.,  0.]], leak = 0.5
        wrong values   1 of 4 differ, by 0.671381 at most; the first at [0, 1, 1]: got -0.223927, expected 0.447454
        known mistake  snippet_a_as_found: The states meet `weight_hh` the wrong way round: unit i hears what unit j should hear of it. A row of states meets a weight of the shape (out, in) transposed.
    """,
    "new_part_in_full": """
        leaky_states is not right yet: two units that hear each other
        called with    x (1, 2, 1) float64 = [[[2.],  [0.]]], weight_ih (2, 1) float64 = [[1.], [0.]], weight_hh (2, 2) float64 = [[ 0., -1.], [ 3.,  0.]], leak = 0.5
        wrong values   3 of 4 differ, by 0.546413 at most; the first at [0, 0, 0]: got 0.964028, expected 0.482014
        known mistake  new_part_in_full: The new part is added in full. What the old state keeps, the new part does not get: its share is `1 - leak`.
    """,
    "snippet_b_as_found": """
        strongest_over_time is not right yet: negative states, and two places that are filled up
        called with    states (1, 4, 1) float64 = [[[-3.],  [-1.],  [ 9.],  [ 7.]]], lengths (1,) int64 = [2]
        wrong values   1 of 1 differ, by 1 at most; the first at [0, 0]: got 0, expected -1
        known mistake  snippet_b_as_found: Zeros win where all real states are negative. A place that does not count must be filled with something that never wins: minus infinity.
    """,
    "last_word_left_out": """
        strongest_over_time is not right yet: negative states, and two places that are filled up
        called with    states (1, 4, 1) float64 = [[[-3.],  [-1.],  [ 9.],  [ 7.]]], lengths (1,) int64 = [2]
        wrong values   1 of 1 differ, by 2 at most; the first at [0, 0]: got -3, expected -1
        known mistake  last_word_left_out: The last word does not take part. A sentence of 2 words has the places 0 and 1, and a slice ends before its second number.
    """,
    "snippet_c_as_found": """
        mean_word_loss is not right yet: one sentence of two words, one place filled up
        called with    log_shares (1, 3, 2) float64 = [[[-2.  , -0.5 ],  [-3.  , -7.  ],  [-0.25, -5.  ]]], targets (1, 3) int64 = [[0, 1, 0]], lengths (1,) int64 = [2]
        wrong value    got 3, expected 4.5
        known mistake  snippet_c_as_found: The sum is divided by the number of all places, filled ones included. Divide by the number of real words.
    """,
    "snippet_d_as_found": """
        words_to_maps is not right yet: a filter that looks at the first feature only
        called with    x (1, 3, 2) float64 = [[[ 1., 10.],  [ 2., 20.],  [ 3., 30.]]], weight (1, 2, 2) float64 = [[[1., 4.],  [0., 0.]]], bias (1,) float64 = [0.5]
        wrong values   2 of 2 differ, by 32 at most; the first at [0, 0, 0]: got 41.5, expected 9.5
        known mistake  snippet_d_as_found: `reshape` lays the numbers out anew and mixes words with features. Exchange the last two axes instead.
    """,
}
