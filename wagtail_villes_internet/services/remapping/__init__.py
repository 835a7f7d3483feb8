"""From one version of the matrix to the next: each service keeps its meaning."""
