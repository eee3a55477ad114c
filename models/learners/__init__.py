"""One routine each; every one a River estimator that scores first and learns second."""
