"""Storage: what may be asked (`protocols`), and engines that answer, opened by URL."""
