"""One submission's way through the suites: session, proxies, pytest."""
