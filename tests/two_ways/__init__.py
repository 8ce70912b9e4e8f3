"""The product as real processes, chosen by the environment alone: one computer, and a bureau."""
