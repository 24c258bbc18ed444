"""Layer by Layer."""
