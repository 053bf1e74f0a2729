"""Queues: an emptiness check before a blocking get, and items put after the one that ends the consumer."""
