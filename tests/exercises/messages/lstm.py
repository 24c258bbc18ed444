"""What a learner reads first after the most common mistakes in the exercise `lstm`, by mistake."""

MESSAGES = {
    "one_bias_vector": """
        parameter_count is not right yet: 2 features, 3 units
        called with    input_size = 2, hidden_size = 3
        wrong value    got 72, expected 84
        known mistake  one_bias_vector: Only one bias vector is counted. PyTorch keeps two for each LSTM, `bias_ih` and `bias_hh`.
    """,
    "candidate_last": """
        lstm_step_forward is not right yet: cell state: input gate at 0.75, candidate at 0.6
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[-0.75]], c_prev (1, 1) float64 = [[8.]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[0.], [0.], [0.], [0.]], bias_ih (4,) float64 = [  1.0986, -40.    ,   0.6931,  -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.]
        wrong values   1 of 1 differ, by 1.05 at most; the first at [0, 0]: got -0.6, expected 0.45
        known mistake  candidate_last: The blocks are read in the order i, f, o, g. Here the candidate is the third: i, f, g, o.
    """,
    "cell_state_shown_without_tanh": """
        lstm_step_forward is not right yet: hidden state: output gate at 0.25, tanh of the cell state at 0.8
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[-0.75]], c_prev (1, 1) float64 = [[1.0986]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[0.], [0.], [0.], [0.]], bias_ih (4,) float64 = [-40.    ,  40.    ,  -1.0986,  -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.]
        wrong values   1 of 1 differ, by 0.0746531 at most; the first at [0, 0]: got 0.274653, expected 0.2
        known mistake  cell_state_shown_without_tanh: The tanh at the output is forgotten. The hidden state is o times the tanh of the new cell state.
    """,
    "tanh_slope_of_the_cell_state_forgotten": """
        lstm_step_backward is not right yet: gradient of bias_ih, block of the candidate; only grad_h arrives
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[0.]], c_prev (1, 1) float64 = [[0.8108]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[ 2. ], [-1. ], [ 0.5], [ 3. ]], bias_ih (4,) float64 = [ 1.0986,  1.3863,  0.6931, -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.], grad_h (1, 1) float64 = [[10.]], grad_c (1, 1) float64 = [[0.]]
        wrong values   1 of 1 differ, by 0.768 at most; the first at [0]: got 1.2, expected 0.432
        known mistake  tanh_slope_of_the_cell_state_forgotten: The slope of the tanh is missing on the way from the hidden state to the cell state. It is 1 - tanh(c)**2.
    """,
    "slope_of_the_forget_gate_forgotten": """
        lstm_step_backward is not right yet: gradient of bias_ih, block of the forget gate; only grad_c arrives
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[0.]], c_prev (1, 1) float64 = [[0.8108]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[ 2. ], [-1. ], [ 0.5], [ 3. ]], bias_ih (4,) float64 = [ 1.0986,  1.3863,  0.6931, -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.], grad_h (1, 1) float64 = [[0.]], grad_c (1, 1) float64 = [[-4.]]
        wrong values   1 of 1 differ, by 2.72417 at most; the first at [0]: got -3.24306, expected -0.51889
        known mistake  slope_of_the_forget_gate_forgotten: The slope of the forget gate is missing. From the gate to its sum there is one more factor, f * (1 - f).
    """,
    "cell_state_not_carried": """
        lstm_forward is not right yet: hidden states: two steps, forget gate 0.25
        called with    x (1, 2, 1) float64 = [[[0.5],  [0.5]]], h0 (1, 1) float64 = [[-0.75]], c0 (1, 1) float64 = [[17.5778]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[0.], [0.], [0.], [0.]], bias_ih (4,) float64 = [-40.    ,  -1.0986,   0.    ,  -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.]
        wrong values   1 of 2 differ, by 0.0499238 at most; the first at [0, 1, 0]: got 0.249924, expected 0.2
        2 known mistakes give exactly this result:
        known mistake  cell_state_not_carried: Every step begins with `c0`. Each begins with the cell state that the step before has made.
        known mistake  no_state_carried: Every step begins with `h0` and `c0`. Each begins with the two states that the step before has made.
    """,
    "hidden_gradient_not_carried": """
        lstm_backward is not right yet: gradient of h0: two steps; only the last output has a gradient
        called with    x (1, 2, 1) float64 = [[[ 0.5],  [-1. ]]], h0 (1, 1) float64 = [[0.75]], c0 (1, 1) float64 = [[-0.8]], weight_ih (4, 1) float64 = [[ 0.5 ], [-1.  ], [ 1.5 ], [ 0.25]], weight_hh (4, 1) float64 = [[ 1. ], [-0.5], [ 2. ], [ 1.5]], bias_ih (4,) float64 = [ 0.2,  1. , -0.3,  0.6], bias_hh (4,) float64 = [ 0.4,  0.5, -0.6,  0.7], grad_output (1, 2, 1) float64 = [[[ 0.],  [10.]]], grad_c_n (1, 1) float64 = [[0.]]
        wrong values   1 of 1 differ, by 1.13118 at most; the first at [0, 0]: got 3.8651, expected 2.73392
        known mistake  hidden_gradient_not_carried: The gradient of the hidden state is not handed to the step before. The next step's sums saw this hidden state, so a gradient comes back from there too.
    """,
    "gradient_of_step_0_only": """
        lstm_backward is not right yet: gradient of weight_ih: three steps; only grad_c_n arrives
        called with    x (1, 3, 1) float64 = [[[0.5],  [0.5],  [0.5]]], h0 (1, 1) float64 = [[-0.75]], c0 (1, 1) float64 = [[1.]], weight_ih (4, 1) float64 = [[0.], [0.], [0.], [0.]], weight_hh (4, 1) float64 = [[0.], [0.], [0.], [0.]], bias_ih (4,) float64 = [ 1.0986,  1.3863,  0.6931, -1.0986], bias_hh (4,) float64 = [0., 0., 0., 0.], grad_output (1, 3, 1) float64 = [[[0.],  [0.],  [0.]]], grad_c_n (1, 1) float64 = [[10.]]
        wrong values   3 of 4 differ, by 4.32 at most; the first at [0, 0]: got 0.36, expected 1.3725
        known mistake  gradient_of_step_0_only: The gradients of the weights are overwritten at each step. `=` keeps those of step 0; all steps use the same weights, so they add up.
    """,
}
