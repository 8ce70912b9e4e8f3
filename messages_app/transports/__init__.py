"""The gateways that texts leave by: each says whether an error is certain, passing or for ever."""
