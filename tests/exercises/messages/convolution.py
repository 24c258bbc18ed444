"""What a learner reads first after the most common mistakes in the exercise `convolution`, by mistake."""

MESSAGES = {
    "steps_counted": """
        output_size is not right yet: 7 pixels, a filter of 3
        called with    size = 7, kernel_size = 3
        wrong value    got 4, expected 5
        known mistake  steps_counted: The steps are counted, not the places. There is one place more than there are steps between them.
    """,
    "no_place_unnoticed": """
        output_size is not right yet: a filter larger than the image
        called with    size = 4, kernel_size = 5
        wrong value    got 'returned 0', expected 'raised ValueError'
        known mistake  no_place_unnoticed: A filter that is too large is not noticed. The formula gives 0 or less then, but there is no such map: raise a ValueError.
    """,
    "laid_between_minus_padding": """
        pad is not right yet: no border
        called with    x (1, 1, 1, 2) float64 = [[[[1., 2.]]]], padding = 0
        raised         ValueError: could not broadcast input array from shape (1,1,1,2) into shape (1,1,0,0)
        in the line    padded[:, :, padding:-padding, padding:-padding] = x
        known mistake  laid_between_minus_padding: A border of width 0 fails. The slice `[padding:-padding]` ends before it begins if padding is 0; count from the front, up to padding plus the height.
    """,
    "stride_forgotten": """
        conv2d_forward is not right yet: stride 2
        called with    x (1, 1, 3, 4) float64 = [[[[ 1.,  4.,  2.,  8.],   [ 5.,  7., -3.,  6.],   [ 9.,  3., -2.,  5.]]]], weight (1, 1, 1, 2) float64 = [[[[ 2., -1.]]]], bias (1,) float64 = [1.], stride = 2
        wrong values   output: 3 of 4 differ, by 26 at most; the first at [0, 0, 0, 1]: got 7, expected -3
        known mistake  stride_forgotten: The windows begin next to each other. The window of output row i begins at row i times the stride.
    """,
    "image_gradient_overwritten": """
        conv2d_backward is not right yet: gradient of the images, two windows that overlap
        called with    x (1, 1, 2, 3) float64 = [[[[1., 2., 5.],   [4., 7., 3.]]]], weight (1, 1, 2, 2) float64 = [[[[6., 8.],   [9., 3.]]]], bias (1,) float64 = [7.], grad_output (1, 1, 1, 2) float64 = [[[[ 1., 10.]]]]
        wrong values   grad_x: 2 of 6 differ, by 8 at most; the first at [0, 0, 0, 1]: got 60, expected 68
        known mistake  image_gradient_overwritten: Windows that overlap overwrite each other. `=` keeps only what the last one says to a pixel; with `+=` it adds up.
    """,
    "channel_changes_fastest": """
        im2col is not right yet: two channels
        called with    x (1, 2, 3, 2) float64 = [[[[ 1.,  2.],   [ 3.,  4.],   [ 5.,  6.]],  [[10., 20.],   [30., 40.],   [50., 60.]]]], kernel_size = (2, 2)
        wrong values   12 of 16 differ, by 44 at most; the first at [0, 1, 0]: got 10, expected 2
        known mistake  channel_changes_fastest: The channel changes fastest. The weight is (K, C, kH, kW), so flatten the windows in its order: channel, then row, then column.
    """,
    "copies_overwritten": """
        col2im is not right yet: two windows that overlap
        called with    columns (1, 2, 2) float64 = [[[ 1., 30.],  [ 2., 40.]]], shape = (1, 1, 1, 3), kernel_size = (1, 2)
        wrong values   1 of 3 differ, by 2 at most; the first at [0, 0, 0, 1]: got 30, expected 32
        known mistake  copies_overwritten: Where windows overlap, the last one wins. `=` forgets what the copies before have said; with `+=` it adds up.
    """,
    "fast_bias_along_the_places": """
        fast_conv2d_forward is not right yet: two images, three filters, stride 2
        called with    x (2, 1, 1, 4) float64 = [[[[ 1.,  2.,  3., -4.]]], [[[ 5., -6.,  7.,  8.]]]], weight (3, 1, 1, 2) float64 = [[[[ 1. ,  2. ]]], [[[-3. ,  4. ]]], [[[ 0.5,  6. ]]]], bias (3,) float64 = [10., 20., 30.], stride = 2
        raised         ValueError: operands could not be broadcast together with shapes (2,3,2) (3,)
        in the line    return (flat + bias).reshape(shape), cache
        known mistake  fast_bias_along_the_places: The biases are spread along the places. `product + bias` matches the last axis; the filters are the axis before it, so the bias needs the shape (K, 1).
    """,
    "fast_columns_reshaped_instead_of_transposed": """
        fast_conv2d_backward is not right yet: gradient of the weight, two places
        called with    x (1, 1, 2, 3) float64 = [[[[1., 2., 5.],   [4., 7., 3.]]]], weight (1, 1, 2, 2) float64 = [[[[6., 8.],   [9., 3.]]]], bias (1,) float64 = [7.], grad_output (1, 1, 1, 2) float64 = [[[[ 1., 10.]]]]
        wrong values   grad_weight: 4 of 4 differ, by 20 at most; the first at [0, 0, 0, 0]: got 41, expected 21
        known mistake  fast_columns_reshaped_instead_of_transposed: The columns are reshaped where they should be transposed. A reshape keeps the order of all numbers, so they meet the wrong places; swap the last two axes.
    """,
    "bias_along_the_pixels": """
        conv1x1 is not right yet: three channels, two filters
        called with    x (1, 3, 1, 3) float64 = [[[[ 1. ,  2. ,  4. ]],  [[ 3. , -5. ,  0.5]],  [[ 6. ,  4. ,  7. ]]]], weight (2, 3, 1, 1) float64 = [[[[  1.]],  [[ 10.]],  [[100.]]], [[[  2.]],  [[ -3.]],  [[  4.]]]], bias (2,) float64 = [ 0.5, 10. ]
        raised         ValueError: operands could not be broadcast together with shapes (1,2,3) (2,)
        in the line    output = weight[:, :, 0, 0] @ x.reshape(n, c, -1) + bias
        known mistake  bias_along_the_pixels: The biases are spread along the pixels. `product + bias` matches the last axis; the filters are the axis before it, so the bias needs the shape (K, 1).
    """,
}
