"""What a learner reads first after the most common mistakes in the exercise `rnn`, by mistake."""

MESSAGES = {
    "weight_ih_not_turned": """
        rnn_step_forward is not right yet: the input alone
        called with    x (1, 2) float64 = [[0.5, 1. ]], h_prev (1, 2) float64 = [[0., 0.]], weight_ih (2, 2) float64 = [[ 1.  ,  0.5 ], [-2.  ,  0.25]], weight_hh (2, 2) float64 = [[ 2. ,  1. ], [-1. ,  0.5]], bias_ih (2,) float64 = [0., 0.], bias_hh (2,) float64 = [0., 0.]
        wrong values   output: 2 of 2 differ, by 1.66674 at most; the first at [0, 0]: got -0.905148, expected 0.761594
        known mistake  weight_ih_not_turned: `weight_ih` is not transposed. It is (H, D), one row for each value of the state: the product is `x @ weight_ih.T`.
    """,
    "tanh_of_each_part": """
        rnn_step_forward is not right yet: the two biases alone
        called with    x (1, 2) float64 = [[0., 0.]], h_prev (1, 2) float64 = [[0., 0.]], weight_ih (2, 2) float64 = [[ 1.  ,  0.5 ], [-2.  ,  0.25]], weight_hh (2, 2) float64 = [[ 2. ,  1. ], [-1. ,  0.5]], bias_ih (2,) float64 = [ 0.5, -1. ], bias_hh (2,) float64 = [0.25, 0.75]
        wrong values   output: 2 of 2 differ, by 0.118473 at most; the first at [0, 0]: got 0.707036, expected 0.635149
        known mistake  tanh_of_each_part: The tanh is taken of input and state separately. It is taken once, of the whole sum.
    """,
    "step_biases_not_summed": """
        rnn_step_backward is not right yet: three sentences, the biases
        called with    x (3, 1) float64 = [[ 1.5 ], [-0.25], [-0.75]], h_prev (3, 2) float64 = [[-0.5  ,  0.75 ], [ 0.125,  0.375], [ 0.875, -0.875]], weight_ih (2, 1) float64 = [[ 0.3466], [-1.0986]], weight_hh (2, 2) float64 = [[1.3863, 0.6931], [1.0986, 1.0986]], bias_ih (2,) float64 = [ 0.5199, -0.5493], bias_hh (2,) float64 = [-0.1733,  0.824 ], grad_output (3, 2) float64 = [[100.,  10.], [-50.,  20.], [ 25., -20.]]
        wrong shape    grad_bias_ih: got (3, 2), expected (2,)
        known mistake  step_biases_not_summed: The gradients of the biases have a row for each sentence. All sentences use the same bias, so sum over them, axis 0.
    """,
    "slope_left_out": """
        rnn_step_backward is not right yet: the gradient of the input
        called with    x (1, 2) float64 = [[1., 2.]], h_prev (1, 2) float64 = [[ 0.5, -1. ]], weight_ih (2, 2) float64 = [[ 1. , -0.5], [ 0.5,  1.5]], weight_hh (2, 2) float64 = [[ 2. ,  1. ], [-1. ,  0.5]], bias_ih (2,) float64 = [ 0.4431, -3.0986], bias_hh (2,) float64 = [ 0.25, -0.5 ], grad_output (1, 2) float64 = [[ 10., 100.]]
        wrong values   grad_x: 2 of 2 differ, by 94.2 at most; the first at [0, 0]: got 60, expected 24.4
        known mistake  slope_left_out: The slope of tanh is missing. The gradient passes the tanh first, where it is multiplied by 1 - h**2, place by place.
    """,
    "h0_left_out": """
        rnn_forward is not right yet: two sentences of three steps, one number for a state
        called with    x (2, 3, 1) float64 = [[[-0.0034],  [-0.9493],  [ 0.2966]], [[ 0.3493],  [-0.7966],  [ 0.4493]]], h0 (2, 1) float64 = [[ 0.4], [-0.2]], weight_ih (1, 1) float64 = [[2.]], weight_hh (1, 1) float64 = [[0.5]], bias_ih (1,) float64 = [0.75], bias_hh (1,) float64 = [-0.25]
        wrong values   output: 6 of 6 differ, by 0.143289 at most; the first at [0, 0, 0]: got 0.456711, expected 0.6
        known mistake  h0_left_out: The first state is taken to be zero, and `h0` is ignored. It may hold what was read before, and it acts on all states.
    """,
    "nothing_carried_back": """
        rnn_backward is not right yet: a loss at the third of four steps, the gradient of the input
        called with    x (1, 4, 1) float64 = [[[-0.0034],  [-0.9493],  [ 0.2966],  [-0.9493]]], h0 (1, 1) float64 = [[0.4]], weight_ih (1, 1) float64 = [[2.]], weight_hh (1, 1) float64 = [[0.5]], bias_ih (1,) float64 = [0.75], bias_hh (1,) float64 = [-0.25], grad_output (1, 4, 1) float64 = [[[  0.],  [  0.],  [100.],  [  0.]]]
        wrong values   grad_x: 2 of 4 differ, by 23.04 at most; the first at [0, 0, 0]: got 0, expected 7.3728
        known mistake  nothing_carried_back: Each step hears only its own output. What the next step returns for the state before it has to be added, or no step learns what its state was good for later.
    """,
    "sequence_weights_overwritten": """
        rnn_backward is not right yet: weight_ih, used three times
        called with    x (1, 3, 1) float64 = [[[-0.0034],  [-0.9493],  [ 0.2966]]], h0 (1, 1) float64 = [[0.4]], weight_ih (1, 1) float64 = [[2.]], weight_hh (1, 1) float64 = [[0.5]], bias_ih (1,) float64 = [0.75], bias_hh (1,) float64 = [-0.25], grad_output (1, 3, 1) float64 = [[[  0.],  [  0.],  [100.]]]
        wrong values   grad_weight_ih: 1 of 1 differ, by 8.0447 at most; the first at [0, 0]: got -0.0126311, expected 8.03207
        known mistake  sequence_weights_overwritten: The gradients of weights and biases are overwritten at each step, so that only those of step 1 are left. Add them up: `+=`, not `=`.
    """,
    "h0_not_measured": """
        gradient_norms is not right yet: two sentences of two steps, one number for a state
        called with    x (2, 2, 1) float64 = [[[-0.0034],  [-0.9493]], [[ 0.3493],  [-0.7966]]], h0 (2, 1) float64 = [[ 0.4], [-0.2]], weight_ih (1, 1) float64 = [[2.]], weight_hh (1, 1) float64 = [[0.5]], bias_ih (1,) float64 = [0.75], bias_hh (1,) float64 = [-0.25], grad_last (2, 1) float64 = [[-100.], [  50.]]
        wrong shape    got (2, 2), expected (2, 3)
        known mistake  h0_not_measured: `h0` is not measured. There are T + 1 states with it, and its gradient stands in the last column.
    """,
    "clipped_by_value": """
        clip_by_norm is not right yet: two arrays, too long
        called with    gradients = [array([3.]), array([[12., -4.]])], max_norm = 2.6
        wrong values   array_1: 1 of 1 differ, by 2 at most; the first at [0]: got 2.6, expected 0.6
        known mistake  clipped_by_value: Each number is cut for itself. That is clipping by value, which turns the direction; by norm, all are multiplied by the same factor.
    """,
}
