"""What the desk decides from known facts alone."""
