"""What the benchmark measures: the rows of its table, each family in a module of its own."""
