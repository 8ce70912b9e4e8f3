"""What runs in processes that the measures start: the product, and what it is compared with."""
