"""Parts of the Data page: what is in view, and data sets of one's own."""
