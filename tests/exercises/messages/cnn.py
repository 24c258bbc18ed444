"""What a learner reads first after the most common mistakes in the exercise `cnn`, by mistake."""

MESSAGES = {
    "weight_not_turned": """
        linear_forward is not right yet: one example, two outputs
        called with    x (1, 3) float64 = [[1., 2., 3.]], weight (2, 3) float64 = [[ 1. , -1. ,  5. ], [ 4. ,  0.5, -2. ]], bias (2,) float64 = [10., 20.]
        raised         ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 2 is different from 3)
        in the line    return x @ weight + bias, (x, weight)
        known mistake  weight_not_turned: The weight is not transposed. Its rows belong to the outputs, so the layer computes x @ weight.T.
    """,
    "grad_bias_not_summed": """
        linear_backward is not right yet: the bias
        called with    x (3, 2) float64 = [[ 1.,  2.], [ 3., -4.], [ 0.,  7.]], weight (2, 2) float64 = [[ 5.,  6.], [-7.,  8.]], bias (2,) float64 = [0.5 , 0.25], grad_output (3, 2) float64 = [[ 1., 10.], [-2.,  0.], [ 3., -1.]]
        wrong shape    grad_bias: got (3, 2), expected (2,)
        known mistake  grad_bias_not_summed: The gradient of the bias has a row for every example. The same bias served them all, so the rows are added up: (K,).
    """,
    "channels_last": """
        flatten_forward is not right yet: one image, two channels
        called with    x (1, 2, 2, 3) float64 = [[[[ 1.,  2.,  3.],   [ 4.,  5.,  6.]],  [[10., 20., 30.],   [40., 50., 60.]]]]
        wrong values   output: 10 of 12 differ, by 44 at most; the first at [0, 1]: got 10, expected 2
        known mistake  channels_last: The channels run fastest. The order is channel by channel, row by row: no axis is moved.
    """,
    "channels_last_backwards": """
        flatten_backward is not right yet: one image, two channels
        called with    x (1, 2, 2, 3) float64 = [[[[ 1.,  2.,  3.],   [ 4.,  5.,  6.]],  [[10., 20., 30.],   [40., 50., 60.]]]], grad_output (1, 12) float64 = [[ 0.5 , -1.  ,  2.  ,  7.  ,  8.  ,  9.  , -0.25,  3.  , -4.  ,  6.  ,   5.  ,  1.  ]]
        wrong values   10 of 12 differ, by 13 at most; the first at [0, 0, 0, 1]: got 2, expected -1
        known mistake  channels_last_backwards: The gradient is read as if the channels had run fastest. It goes back in the order in which the maps were laid out: channel by channel, row by row.
    """,
    "losses_summed": """
        cross_entropy_forward is not right yet: two images, three classes
        called with    scores (2, 3) float64 = [[0.    , 0.6931, 1.6094], [2.0794, 1.7918, 0.6931]], labels (2,) int64 = [2, 1]
        wrong value    output: got 1.45083, expected 0.725416
        known mistake  losses_summed: The losses of the images are added up. The loss is their mean over the batch.
    """,
    "not_shifted": """
        cross_entropy_forward is not right yet: scores of 1000 and a little more
        called with    scores (1, 2) float64 = [[1000.    , 1001.0986]], labels (1,) int64 = [0]
        not a number   output: got NaN
        known mistake  not_shifted: Large scores overflow: e to the power of 1000 is too large for a float. First subtract from each row its largest score, which changes no probability.
    """,
    "not_divided_by_the_batch": """
        cross_entropy_backward is not right yet: two images, three classes
        called with    scores (2, 3) float64 = [[0.    , 0.6931, 1.6094], [2.0794, 1.7918, 0.6931]], labels (2,) int64 = [2, 1], grad_output = 1.0
        wrong values   6 of 6 differ, by 0.3125 at most; the first at [0, 0]: got 0.125, expected 0.0625
        known mistake  not_divided_by_the_batch: The gradient is that of a sum. The loss is a mean over the batch, so its gradient is divided by N.
    """,
    "filter_flipped": """
        conv2d_forward is not right yet: one place
        called with    x (1, 1, 2, 2) float64 = [[[[1., 2.],   [3., 5.]]]], weight (1, 1, 2, 2) float64 = [[[[ 2.,  1.],   [-1.,  4.]]]], bias (1,) float64 = [10.]
        wrong values   output: 1 of 1 differ, by 6 at most; the first at [0, 0, 0, 0]: got 25, expected 31
        known mistake  filter_flipped: The filter is flipped. What deep learning calls a convolution multiplies window and filter as they lie.
    """,
    "input_gradient_overwritten": """
        conv2d_backward is not right yet: the input, six windows that overlap
        called with    x (1, 1, 3, 4) float64 = [[[[ 1.,  2.,  0.,  4.],   [ 3., -1.,  4.,  2.],   [ 0.,  5.,  2.,  1.]]]], weight (1, 1, 2, 2) float64 = [[[[ 1.,  2.],   [ 3., -1.]]]], bias (1,) float64 = [10.], grad_output (1, 1, 2, 3) float64 = [[[[ 1., 10.,  2.],   [-3.,  0.,  5.]]]]
        wrong values   grad_x: 7 of 12 differ, by 23 at most; the first at [0, 0, 0, 1]: got 10, expected 12
        known mistake  input_gradient_overwritten: Windows that overlap overwrite each other in `grad_x`. `=` keeps the last; with `+=` they add up.
    """,
    "padding_on_one_side": """
        output_shapes is not right yet: padding that keeps the size
        called with    layers = [conv(6, 5, 1, 2)], shape = (3, 9, 11)
        wrong value    got [[6, 7, 9]], expected [[6, 9, 11]]
        known mistake  padding_on_one_side: The padding is counted once. It lies on both sides, so it adds 2 * padding.
    """,
    "biases_not_counted": """
        count_parameters is not right yet: two convolutions
        called with    layers = [conv(4, 3, 1, 0), relu(), conv(2, 5, 1, 0)], shape = (3, 12, 9)
        wrong values   2 of 3 differ, by 4 at most; the first at [0]: got 108, expected 112
        known mistake  biases_not_counted: The biases are not counted. Each filter, and each output of a linear layer, has one.
    """,
    "places_of_the_map_before": """
        count_multiply_adds is not right yet: two convolutions
        called with    layers = [conv(4, 3, 1, 0), relu(), conv(2, 2, 3, 0)], shape = (3, 9, 7)
        wrong values   2 of 3 differ, by 3024 at most; the first at [0]: got 6804, expected 3780
        known mistake  places_of_the_map_before: The places of the input are counted. A filter is used once at each place of the *output*.
    """,
    "softmax_in_the_network": """
        cnn_forward is not right yet: one image
        called with    images (1, 1, 3, 2) float64 = [[[[ 0.,  2.],   [ 0., -1.],   [-1.,  2.]]]], parameters = a dict of 6 arrays
        wrong values   output: 2 of 2 differ, by 5.01799 at most; the first at [0, 0]: got 0.0179862, expected -5
        known mistake  softmax_in_the_network: Probabilities are returned. The network ends with its scores; the softmax belongs to the loss.
    """,
    "second_relu_passes_everything": """
        cnn_backward is not right yet: the second convolution
        called with    images (1, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], parameters = a dict of 6 arrays, grad_output (1, 2) float64 = [[-1.,  2.]]
        wrong values   conv2_weight: 3 of 8 differ, by 6 at most; the first at [1, 0, 0, 1]: got -6, expected 0
        known mistake  second_relu_passes_everything: The gradient does not pass through the second ReLU. On its way to the second convolution it is stopped where the output of that convolution was below 0.
    """,
    "step_into_a_new_dict": """
        training_step is not right yet: one image
        called with    images (1, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], labels (1,) int64 = [0], parameters = a dict of 6 arrays, learning_rate = 0.5
        wrong values   conv1_weight: 4 of 4 differ, by 1.25 at most; the first at [0, 0, 0, 0]: got 2, expected 2.125
        known mistake  step_into_a_new_dict: The new values go into arrays that the caller never sees. `parameters[name] -= ...` changes the caller's.
    """,
    "step_of_the_sum": """
        training_step is not right yet: the same image twice, which changes nothing in the mean
        called with    images (2, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]], [[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], labels (2,) int64 = [0, 0], parameters = a dict of 6 arrays, learning_rate = 0.5
        wrong values   conv1_weight: 4 of 4 differ, by 1.25 at most; the first at [0, 0, 0, 0]: got 2.25, expected 2.125
        known mistake  step_of_the_sum: The step is that of the summed loss, N times too large. The loss is a mean over the batch.
    """,
    "sum_of_powers_shifted_by_the_largest_of_all": """
        cross_entropy_forward is not right yet: one image with large scores, one with small ones
        called with    scores (2, 2) float64 = [[900., 900.], [  0.,   0.]], labels (2,) int64 = [0, 1]
        wrong value    output: got -inf, expected 0.693147
        known mistake  sum_of_powers_shifted_by_the_largest_of_all: All images are shifted by the same number, the largest score of the batch, and in those with small scores all powers become 0. Subtract from each row its own largest score: axis 1.
    """,
    "last_number_of_the_filter_overwrites": """
        conv2d_forward is not right yet: one place
        called with    x (1, 1, 2, 2) float64 = [[[[1., 2.],   [3., 5.]]]], weight (1, 1, 2, 2) float64 = [[[[ 2.,  1.],   [-1.,  4.]]]], bias (1,) float64 = [10.]
        wrong values   output: 1 of 1 differ, by 1 at most; the first at [0, 0, 0, 0]: got 30, expected 31
        known mistake  last_number_of_the_filter_overwrites: Each number of the filter overwrites the one before. `=` keeps only the last; what all numbers of the filter find is added up, with `+=`.
    """,
    "input_gradient_overwritten_by_the_filter": """
        conv2d_backward is not right yet: the input, six windows that overlap
        called with    x (1, 1, 3, 4) float64 = [[[[ 1.,  2.,  0.,  4.],   [ 3., -1.,  4.,  2.],   [ 0.,  5.,  2.,  1.]]]], weight (1, 1, 2, 2) float64 = [[[[ 1.,  2.],   [ 3., -1.]]]], bias (1,) float64 = [10.], grad_output (1, 1, 2, 3) float64 = [[[[ 1., 10.,  2.],   [-3.,  0.,  5.]]]]
        wrong values   grad_x: 7 of 12 differ, by 24 at most; the first at [0, 0, 0, 1]: got 2, expected 12
        known mistake  input_gradient_overwritten_by_the_filter: The numbers of the filter overwrite each other's part of `grad_x`. `=` keeps the last; with `+=` they add up.
    """,
    "gradients_only": """
        cnn_backward is not right yet: the last layer
        called with    images (1, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], parameters = a dict of 6 arrays, grad_output (1, 2) float64 = [[-1.,  2.]]
        raised         TypeError: two values are wanted, grad_images and a dict of the others; got dict
        known mistake  gradients_only: Only the dict is returned. Two values are: the gradient of the images, and the dict.
    """,
    "dict_first": """
        cnn_backward is not right yet: the last layer
        called with    images (1, 1, 3, 2) float64 = [[[[-1., -2.],   [ 0.,  1.],   [ 0., -1.]]]], parameters = a dict of 6 arrays, grad_output (1, 2) float64 = [[-1.,  2.]]
        raised         TypeError: two values are wanted, grad_images and a dict of the others; got dict, ndarray
        known mistake  dict_first: The two values change places. They come in the order of the forward function's arguments: images first, then parameters.
    """,
}
