"""What a learner reads first after the most common mistakes in the exercise `pooling`, by mistake."""

MESSAGES = {
    "callers_map_changed": """
        relu_forward is not right yet: four numbers
        called with    x (1, 1, 2, 2) float64 = [[[[-1. ,  2. ],   [ 0.5, -3. ]]]]
        changed input  the argument `x` was changed in place; work on a copy of it
        known mistake  callers_map_changed: The caller's feature map is changed. `x[x < 0] = 0` writes into it; make a new array.
    """,
    "sign_of_the_gradient": """
        relu_backward is not right yet: gradients of both signs
        called with    x (1, 1, 2, 2) float64 = [[[[-1.,  2.],   [ 3., -4.]]]], grad_output (1, 1, 2, 2) float64 = [[[[ 10.,  20.],   [-30.,  40.]]]]
        wrong values   3 of 4 differ, by 40 at most; the first at [0, 0, 0, 0]: got 10, expected 0
        known mistake  sign_of_the_gradient: The sign of `grad_output` decides what passes. It is the sign of the input that does; a negative gradient passes as well.
    """,
    "zeros_win": """
        max_pool_forward is not right yet: a frame around negative numbers
        called with    x (1, 1, 2, 2) float64 = [[[[-3., -1.],   [-4., -2.]]]], kernel_size = 2, stride = 1, padding = 1
        wrong values   output: 8 of 9 differ, by 4 at most; the first at [0, 0, 0, 0]: got 0, expected -3
        known mistake  zeros_win: The frame of zeros wins against negative numbers. Pad with minus infinity, which never wins.
    """,
    "overwritten_where_windows_overlap": """
        max_pool_backward is not right yet: the largest number of two windows
        called with    x (1, 1, 2, 3) float64 = [[[[1., 3., 2.],   [0., 9., 4.]]]], kernel_size = 2, stride = 1, grad_output (1, 1, 1, 2) float64 = [[[[ 10., 200.]]]]
        wrong values   1 of 6 differ, by 10 at most; the first at [0, 0, 1, 1]: got 200, expected 210
        known mistake  overwritten_where_windows_overlap: Overlapping windows overwrite each other. `=` keeps only the gradient of the last window that a number wins; with `+=` they add up.
    """,
    "divided_by_the_side": """
        average_pool_forward is not right yet: one window
        called with    x (1, 1, 2, 2) float64 = [[[[ 1.,  5.],   [ 3., 11.]]]], kernel_size = 2, stride = 2
        wrong values   output: 1 of 1 differ, by 5 at most; the first at [0, 0, 0, 0]: got 10, expected 5
        known mistake  divided_by_the_side: The sum is divided by `kernel_size`. A window holds kernel_size times kernel_size numbers.
    """,
    "share_forgotten": """
        average_pool_backward is not right yet: one window
        called with    x (1, 1, 2, 2) float64 = [[[[ 1.,  5.],   [ 3., 11.]]]], kernel_size = 2, stride = 2, grad_output (1, 1, 1, 1) float64 = [[[[8.]]]]
        wrong values   4 of 4 differ, by 6 at most; the first at [0, 0, 0, 0]: got 8, expected 2
        known mistake  share_forgotten: Every number gets the whole gradient. The mean divided by the count, so its slope is 1 over the count: 1 / kernel_size**2.
    """,
    "axes_of_length_one_left": """
        global_average_pool_forward is not right yet: one image, two channels
        called with    x (1, 2, 2, 3) float64 = [[[[ 1.,  2.,  3.],   [ 4.,  5.,  9.]],  [[-6.,  0.,  0.],   [ 0., 12.,  0.]]]]
        wrong shape    output: got (1, 2, 1, 1), expected (1, 2)
        known mistake  axes_of_length_one_left: Two axes of length 1 are left. Here the output is (N, C), so drop them.
    """,
    "global_share_forgotten": """
        global_average_pool_backward is not right yet: one image, two channels
        called with    x (1, 2, 2, 3) float64 = [[[[ 1.,  2.,  3.],   [ 4.,  5.,  9.]],  [[-6.,  0.,  0.],   [ 0., 12.,  0.]]]], grad_output (1, 2) float64 = [[12., -6.]]
        wrong values   12 of 12 differ, by 10 at most; the first at [0, 0, 0, 0]: got 12, expected 2
        known mistake  global_share_forgotten: Every number gets the whole gradient. The mean divided by H times W, so each gets that share of it.
    """,
}
