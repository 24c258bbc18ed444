"""What a learner reads first after the most common mistakes in the exercise `gru`, by mistake."""

MESSAGES = {
    "one_bias_vector": """
        parameter_count is not right yet: a GRU, 2 features, 5 units
        called with    kind = 'GRU', input_size = 2, hidden_size = 5
        wrong value    got 120, expected 135
        known mistake  one_bias_vector: Only one bias vector is counted. PyTorch keeps two in each layer, `bias_ih` and `bias_hh`.
    """,
    "update_gate_turned_round": """
        gru_step_forward is not right yet: the update gate at 0.75, the candidate at 0
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[8.]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0.], [0.], [0.]], bias_ih (3,) float64 = [-1.3863,  1.0986,  0.    ], bias_hh (3,) float64 = [0., 0., 0.]
        wrong values   1 of 1 differ, by 4 at most; the first at [0, 0]: got 2, expected 6
        known mistake  update_gate_turned_round: z and 1 - z are swapped. In PyTorch's form z is the share of the *old* state, and 1 - z that of the candidate; some papers write it the other way round.
    """,
    "reset_before_the_product": """
        gru_step_forward is not right yet: two units, the reset gate at 0.25 and 0.8; each candidate reads the other unit
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 2) float64 = [[1.9983, 0.7726]], weight_ih (6, 1) float64 = [[ 0.], [ 0.], [ 0.], [ 0.], [ 1.], [-1.]], weight_hh (6, 2) float64 = [[0.  , 0.  ], [0.  , 0.  ], [0.5 , 0.  ], [0.  , 0.25], [0.  , 1.  ], [1.  , 0.  ]], bias_ih (6,) float64 = [ -1.0986,   1.3863, -40.    , -40.    ,   0.    ,   0.    ], bias_hh (6,) float64 = [0., 0., 0., 0., 0., 0.]
        wrong values   2 of 2 differ, by 0.800434 at most; the first at [0, 0]: got 0.806897, expected 0.6
        known mistake  reset_before_the_product: The reset gate multiplies the old state before the product with the matrix. That is the other layer called GRU; in PyTorch's form r multiplies what the product has made, with its bias.
    """,
    "hidden_bias_outside_the_reset": """
        gru_step_forward is not right yet: the candidate, at 0.6: the reset gate at 0.75, a bias on either side
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[8.]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0.   ], [0.   ], [0.125]], bias_ih (3,) float64 = [  1.0986, -40.    ,  -0.8069], bias_hh (3,) float64 = [0., 0., 1.]
        wrong values   1 of 1 differ, by 0.136665 at most; the first at [0, 0]: got 0.736665, expected 0.6
        known mistake  hidden_bias_outside_the_reset: The candidate's part of `bias_hh` stands outside the reset. It is added to the product first; the reset gate multiplies both.
    """,
    "reset_after_the_product": """
        gru_step_reset_before is not right yet: two units, the reset gate at 0.25 and 0.8; each candidate reads the other unit
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 2) float64 = [[4.7726, 0.7483]], weight_ih (6, 1) float64 = [[ 0.], [ 0.], [ 0.], [ 0.], [ 1.], [-1.]], weight_hh (6, 2) float64 = [[0.  , 0.  ], [0.  , 0.  ], [0.5 , 0.  ], [0.  , 0.25], [0.  , 1.  ], [1.  , 0.  ]], bias_ih (6,) float64 = [ -1.0986,   1.3863, -40.    , -40.    ,   0.    ,   0.    ], bias_hh (6,) float64 = [0., 0., 0., 0., 0., 0.]
        wrong values   2 of 2 differ, by 0.397379 at most; the first at [0, 0]: got 0.596094, expected 0.8
        known mistake  reset_after_the_product: The reset gate is applied after the product with the matrix. That is PyTorch's form; here r multiplies the old state, and the matrix comes then.
    """,
    "direct_path_dropped": """
        gru_step_backward is not right yet: gradient of h_prev, directly and through the candidate
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[-1.4]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0. ], [0. ], [0.5]], bias_ih (3,) float64 = [ 1.0986, -1.3863, -1.5569], bias_hh (3,) float64 = [0. , 0. , 3.7], grad_h (1, 1) float64 = [[10.]]
        wrong values   1 of 1 differ, by 2 at most; the first at [0, 0]: got 1.92, expected 3.92
        known mistake  direct_path_dropped: The direct path is missing. The old state also enters the mixture itself, with the share z: `grad_h` times z comes back to it without any weight.
    """,
    "reset_not_passed": """
        gru_step_backward is not right yet: gradient of bias_hh, block of the candidate
        called with    x (1, 1) float64 = [[0.5]], h_prev (1, 1) float64 = [[-1.4]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0. ], [0. ], [0.5]], bias_ih (3,) float64 = [ 1.0986, -1.3863, -1.5569], bias_hh (3,) float64 = [0. , 0. , 3.7], grad_h (1, 1) float64 = [[10.]]
        wrong values   1 of 1 differ, by 1.28 at most; the first at [0]: got 5.12, expected 3.84
        2 known mistakes give exactly this result:
        known mistake  reset_not_passed: The candidate's sum from the hidden state gets the gradient without r. It was multiplied by r, so its gradient is too; the one from the input was not.
        known mistake  same_gradient_for_both_biases: `bias_hh` gets the gradient of `bias_ih`. In an LSTM the two are the same; here the candidate's part of `bias_hh` stands inside the reset, so it has the factor r.
    """,
    "state_not_carried": """
        gru_forward is not right yet: two steps, the update gate at 0.75, the candidate at 0.6 and then at -0.8
        called with    x (1, 2, 1) float64 = [[[ 0.6931],  [-1.0986]]], h0 (1, 1) float64 = [[8.]], weight_ih (3, 1) float64 = [[0.], [0.], [1.]], weight_hh (3, 1) float64 = [[0.], [0.], [0.]], bias_ih (3,) float64 = [40.    ,  1.0986,  0.    ], bias_hh (3,) float64 = [0., 0., 0.]
        wrong values   1 of 2 differ, by 1.3875 at most; the first at [0, 1, 0]: got 5.8, expected 4.4125
        known mistake  state_not_carried: Every step begins with `h0`. Each begins with the state that the step before has made.
    """,
    "gradient_not_carried": """
        gru_backward is not right yet: gradient of h0: three steps with an update gate of 0.8; all outputs have a gradient
        called with    x (1, 3, 1) float64 = [[[ 0.5],  [-1. ],  [ 2. ]]], h0 (1, 1) float64 = [[1.5]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0.], [0.], [0.]], bias_ih (3,) float64 = [-40.    ,   1.3863,   0.    ], bias_hh (3,) float64 = [0., 0., 0.], grad_output (1, 3, 1) float64 = [[[  5.],  [-20.],  [ 10.]]]
        wrong values   1 of 1 differ, by 7.68 at most; the first at [0, 0]: got 4, expected -3.68
        known mistake  gradient_not_carried: No gradient is handed to the step before. The next step used this state too, so a gradient comes back from there.
    """,
    "gradient_of_step_0_only": """
        gru_backward is not right yet: gradient of weight_ih: three steps with an update gate of 0.8
        called with    x (1, 3, 1) float64 = [[[ 0.5],  [-1. ],  [ 2. ]]], h0 (1, 1) float64 = [[1.5]], weight_ih (3, 1) float64 = [[0.], [0.], [0.]], weight_hh (3, 1) float64 = [[0.], [0.], [0.]], bias_ih (3,) float64 = [-40.    ,   1.3863,   0.    ], bias_hh (3,) float64 = [0., 0., 0.], grad_output (1, 3, 1) float64 = [[[ 0.],  [ 0.],  [10.]]]
        wrong values   2 of 3 differ, by 2.4 at most; the first at [1, 0]: got 0.768, expected 2.304
        known mistake  gradient_of_step_0_only: The gradients of the weights are overwritten at each step. `=` keeps those of step 0; all steps use the same weights, so they add up.
    """,
}
